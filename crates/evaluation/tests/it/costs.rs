//! Costs against results: case 16 (R, with the resamples handed in).

use evaluation::{
    costs::{Arm, Fieller, acceptable, bca, bootstrap, difference, jackknife_cost, percentile, quadrants},
    least_squares::{self, Variance},
};
use nalgebra::DMatrix;

use crate::oracle::{Case, agree, numbers};

const TOLERANCE: f64 = 1e-9;

struct Data {
    case: Case,
    arm: Vec<f64>,
    cost: Vec<f64>,
    effect: Vec<f64>,
}

fn open() -> Data {
    let case = Case::open("16_cea_bootstrap");
    let (arm, cost) = (case.column("data.csv", "arm"), case.column("data.csv", "cost"));
    let effect = case.column("data.csv", "effect");
    Data { case, arm, cost, effect }
}

impl Data {
    /// The first 120 rows are the first arm.
    fn arms(&self) -> (Arm<'_>, Arm<'_>) {
        assert!(self.arm.iter().enumerate().all(|(row, arm)| (*arm > 0.5) == (row >= 120)));
        let of = |rows: std::ops::Range<usize>| Arm { cost: &self.cost[rows.clone()], effect: &self.effect[rows] };
        (of(0..120), of(120..240))
    }

    /// Row numbers from 1 over both arms in the file; from 0 within an arm here.
    fn resamples(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/16_cea_bootstrap/boot_index.csv");
        std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .map(|line| {
                let rows: Vec<usize> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
                (rows[..120].iter().map(|row| row - 1).collect(), rows[120..].iter().map(|row| row - 121).collect())
            })
            .collect()
    }
}

#[test]
fn every_result_of_the_case_is_asked_for() {
    let asked = [
        "bootstrap",
        "cov",
        "delta_cost",
        "delta_effect",
        "fieller",
        "icer",
        "inb",
        "net_benefit_regression",
        "var_cost",
        "var_effect",
    ];
    assert_eq!(open().case.keys(), asked);
}

#[test]
fn differences_their_ratio_and_net_benefit() {
    let data = open();
    let (first, second) = data.arms();
    let found = difference(first, second).unwrap();
    for (key, found) in [
        ("delta_cost", found.cost),
        ("delta_effect", found.effect),
        ("var_cost", found.cost_variance),
        ("var_effect", found.effect_variance),
        ("cov", found.covariance),
        ("icer", found.ratio()),
    ] {
        agree(key, &[found], data.case.expected(&[key]), TOLERANCE);
    }
    let Fieller::Outside { lower, upper } = found.fieller(0.95) else { panic!("{:?}", found.fieller(0.95)) };
    assert_eq!(data.case.expected(&["fieller", "kind"]), "exclusive");
    agree("fieller", &[upper], data.case.expected(&["fieller", "r1"]), TOLERANCE);
    agree("fieller", &[lower], data.case.expected(&["fieller", "r2"]), TOLERANCE);
    let worth = numbers(data.case.expected(&["inb", "lambda"]));
    let all: Vec<_> = worth.iter().map(|worth| found.net_benefit(*worth, 0.95)).collect();
    let column = |of: &dyn Fn(&evaluation::costs::NetBenefit) -> f64| all.iter().map(of).collect::<Vec<_>>();
    agree("inb", &column(&|b| b.estimate), data.case.expected(&["inb", "inb"]), TOLERANCE);
    agree("se", &column(&|b| b.error), data.case.expected(&["inb", "se"]), TOLERANCE);
    agree("lower", &column(&|b| b.lower), data.case.expected(&["inb", "lower"]), TOLERANCE);
    agree("upper", &column(&|b| b.upper), data.case.expected(&["inb", "upper"]), TOLERANCE);
    agree("ceac", &column(&|b| b.acceptable), data.case.expected(&["inb", "ceac_normal"]), TOLERANCE);
}

#[test]
fn the_three_kinds_of_interval_of_a_ratio() {
    let base = evaluation::costs::Difference {
        cost: 100.0,
        effect: 1.0,
        cost_variance: 25.0,
        effect_variance: 0.0025,
        covariance: 0.0,
    };
    let Fieller::Bounded { lower, upper } = base.fieller(0.95) else { panic!("bounded") };
    assert!(lower < base.ratio() && base.ratio() < upper);
    assert!(matches!(evaluation::costs::Difference { effect: 0.05, ..base }.fieller(0.95), Fieller::Outside { .. }));
    let nothing = evaluation::costs::Difference { cost: 1.0, effect: 0.05, ..base };
    assert_eq!(nothing.fieller(0.95), Fieller::Everything);
}

#[test]
fn resamples_give_curve_quadrants_and_intervals() {
    let data = open();
    let (first, second) = data.arms();
    let expected = |key: &str| data.case.expected(&["bootstrap", key]).clone();
    let points = bootstrap(first, second, &data.resamples()).unwrap();
    assert_eq!(points.len() as u64, expected("B").as_u64().unwrap());
    let (cost, effect): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    agree("dC", &cost, &expected("dC"), TOLERANCE);
    agree("dE", &effect, &expected("dE"), TOLERANCE);
    let curve: Vec<f64> =
        numbers(data.case.expected(&["inb", "lambda"])).iter().map(|worth| acceptable(&points, *worth)).collect();
    agree("ceac", &curve, &expected("ceac"), TOLERANCE);
    let pair = |(lower, upper): (f64, f64)| [lower, upper];
    agree("percentile", &pair(percentile(&cost, 0.95).unwrap()), &expected("ci_dC_percentile"), TOLERANCE);
    agree("percentile", &pair(percentile(&effect, 0.95).unwrap()), &expected("ci_dE_percentile"), TOLERANCE);
    let found = quadrants(&points);
    for (key, found) in
        [("NE", found.north_east), ("SE", found.south_east), ("SW", found.south_west), ("NW", found.north_west)]
    {
        agree(key, &[found], &expected("quadrants")[key], TOLERANCE);
    }
    let whole = difference(first, second).unwrap().cost;
    let found = bca(&cost, whole, &jackknife_cost(first, second).unwrap(), 0.95).unwrap();
    let bca = expected("bca_dC");
    agree("z0", &[found.bias], &bca["z0"], TOLERANCE);
    agree("a", &[found.acceleration], &bca["a"], TOLERANCE);
    agree("q", &pair(found.shares), &bca["q"], TOLERANCE);
    agree("ci", &[found.lower, found.upper], &bca["ci"], TOLERANCE);
}

#[test]
fn net_benefit_by_regression() {
    let data = open();
    let days = data.case.column("data.csv", "days");
    let benefit: Vec<f64> = data.effect.iter().zip(&data.cost).map(|(e, c)| 30_000.0 * e - c).collect();
    let design = DMatrix::from_fn(240, 3, |row, column| [1.0, data.arm[row], days[row]][column]);
    let fit = least_squares::fit(&design, &benefit).unwrap();
    let expected = |key: &str| data.case.expected(&["net_benefit_regression", key]).clone();
    for (found, name) in fit.coefficients.iter().zip(["(Intercept)", "arm", "days"]) {
        agree(name, &[*found], &expected("coef")[name], TOLERANCE);
    }
    for (key, variance) in
        [("se_ols", Variance::Classic), ("se_hc0", Variance::Hc0), ("se_hc1", Variance::Hc1), ("se_hc3", Variance::Hc3)]
    {
        agree(key, &fit.errors(variance).unwrap(), &expected(key), TOLERANCE);
    }
}

#[test]
fn what_cannot_be_is_refused_with_its_row() {
    let two = Arm { cost: &[1.0, 2.0], effect: &[0.0, 1.0] };
    assert_eq!(difference(Arm { cost: &[1.0, f64::NAN], ..two }, two).unwrap_err().row, Some(1));
    assert!(difference(Arm { effect: &[1.0], ..two }, two).unwrap_err().to_string().contains("effect"));
    assert!(difference(Arm { cost: &[1.0], effect: &[1.0] }, two).is_err());
    assert_eq!(bootstrap(two, two, &[(vec![0, 1], vec![0, 2])]).unwrap_err().row, Some(0));
    assert!(bca(&[1.0, 2.0], 0.5, &[1.0, 2.0], 0.95).is_err() && percentile(&[], 0.95).is_err());
    // a column that follows from another
    let design = DMatrix::from_fn(4, 2, |row, column| (row as f64 + 1.0) * (column as f64 + 1.0));
    assert!(least_squares::fit(&design, &[1.0, 2.0, 3.0, 5.0]).is_err());
}
