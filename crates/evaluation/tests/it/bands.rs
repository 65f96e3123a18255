//! Case 02 (bone marrow transplants): R survMisc, whose critical values come from tables (ends rounded).

use evaluation::{
    Confidence, Curve, Groups, Sample, Scale, Variance,
    bands::{Band, Banded, critical_value},
    kaplan_meier,
};
use serde_json::Value;

use crate::oracle::{Case, agree, names, numbers};

#[test]
fn bands_on_three_scales() {
    let case = Case::open("02_bands_bmt");
    let (time, died) = (case.column("data.csv", "t2"), case.codes::<u8>("data.csv", "d3"));
    let groups = Groups::from_labels(&case.text("data.csv", "group"));
    let sample = Sample::new(&time, &died).unwrap();
    let curves = kaplan_meier(&sample, &groups, &Confidence::default(), Variance::Greenwood).unwrap();
    assert_eq!(case.keys(), ["group1", "group2", "group3"]);
    for (curve, key) in curves.iter().zip(case.keys()) {
        let group = case.expected(&[key]);
        for name in names(group) {
            let (kind, scale) = name.split_once('_').unwrap();
            let kind = if kind == "nair" { Band::EqualPrecision } else { Band::HallWellner };
            let scale = match scale {
                "lin" => Scale::Plain,
                "log" => Scale::LogLog,
                "asi" => Scale::Arcsine,
                other => panic!("{other} is not checked"),
            };
            // with the table's value everything agrees to rounding; with the exact one as far as the table is exact
            let table = of_table(curve, kind, &group[name.replace("log", "lin").replace("asi", "lin")]);
            let same = curve.band_with(kind, scale, table, 100.0, 600.0).unwrap();
            as_expected(curve, &same, &group[name], 1e-9);
            let band = curve.band(kind, scale, 0.95, 100.0, 600.0).unwrap();
            // its ends are rounded to 0.1 before they are looked up: up to 4% off here
            assert!((band.critical / table - 1.0).abs() < 0.04, "{key} {name}: {} and {table}", band.critical);
            as_expected(curve, &band, &group[name], 2e-2);
        }
    }
}

/// The critical value that R looked up, from its band on the plain scale.
fn of_table(curve: &Curve, kind: Band, plain: &Value) -> f64 {
    let index = 8;
    let [value, lower, of_hazard] = ["S", "lower", "SCV"].map(|name| numbers(&plain[name])[index]);
    let n = curve.rows as f64;
    match kind {
        Band::EqualPrecision => (value - lower) / (value * of_hazard.sqrt()),
        Band::HallWellner => (value - lower) * n.sqrt() / (value * (1.0 + n * of_hazard)),
    }
}

fn as_expected(curve: &Curve, band: &Banded, expected: &Value, tolerance: f64) {
    let se = |t: &f64| curve.at(*t).se;
    let variance: Vec<f64> = band.time.iter().map(|t| se(t).powi(2)).collect();
    let of_hazard: Vec<f64> = band.time.iter().zip(&band.value).map(|(t, s)| (se(t) / s).powi(2)).collect();
    for column in names(expected) {
        match column {
            "t" => agree(column, &band.time, &expected[column], 1e-12),
            "S" => agree(column, &band.value, &expected[column], 1e-12),
            "Sv" => agree(column, &variance, &expected[column], 1e-12),
            "SCV" => agree(column, &of_hazard, &expected[column], 1e-12),
            // the number of the covariate group in that call, which was made for one
            "cg" => agree(column, &vec![1.0; band.time.len()], &expected[column], 0.0),
            "lower" => agree(column, &band.lower, &expected[column], tolerance),
            "upper" => agree(column, &band.upper, &expected[column], tolerance),
            other => panic!("{other} is not checked"),
        }
    }
}

#[test]
fn the_table_of_hall_and_wellner_is_reached_at_its_own_ends() {
    // as R looked them up for the three groups
    for (from, to, table) in [(0.1, 0.6, 1.3211), (0.1, 0.3, 1.0865), (0.3, 0.7, 1.3348)] {
        let exact = critical_value(Band::HallWellner, 0.95, from, to);
        assert!((exact - table).abs() < 5e-4, "{from} to {to}: {exact} and {table}");
    }
}
