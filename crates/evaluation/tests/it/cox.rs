//! Cox regression against R survival (cases 05, 06 and 19), and what it refuses.

use evaluation::cox::{Clock, Cox, CoxFit, Ties};
use evaluation::regression::Covariates;
use proptest::prelude::*;
use serde_json::Value;

use crate::reference::{Table, close, expected, flat, in_order, numbers};

const TOLERANCE: f64 = 1e-8;
const COLON: [&str; 6] = ["lev", "lev5fu", "age", "sex", "nodes", "obstruct"];

struct Rows {
    time: Vec<f64>,
    event: Vec<bool>,
    names: Vec<&'static str>,
    columns: Vec<Vec<f64>>,
}

impl Rows {
    fn of(table: &Table, time: &str, event: &str, names: &[&'static str]) -> Self {
        Self {
            time: table.numbers(time),
            event: table.flags(event),
            names: names.to_vec(),
            columns: names.iter().map(|name| table.numbers(name)).collect(),
        }
    }

    fn covariates(&self) -> Covariates<'_> {
        self.names.iter().zip(&self.columns).fold(Covariates::new(), |all, (name, column)| all.with(*name, column))
    }
}

/// Everything that the cases say about a fitted model, as far as they say it.
fn check(what: &str, fit: &CoxFit, expected: &Value) {
    let names: Vec<&str> = fit.names.iter().map(String::as_str).collect();
    let errors = fit.standard_errors();
    close(&format!("{what} coef"), &fit.coefficients, &in_order(&expected["coef"], &names), TOLERANCE);
    close(&format!("{what} loglik"), &fit.loglik, &numbers(&expected["loglik"]), TOLERANCE);
    for key in ["se", "robust_se"] {
        if !expected[key].is_null() {
            close(&format!("{what} {key}"), &errors, &numbers(&expected[key]), TOLERANCE);
        }
    }
    if !expected["naive_se"].is_null() {
        let naive: Vec<f64> = (0..names.len()).map(|j| fit.model_variance[(j, j)].sqrt()).collect();
        close(&format!("{what} naive_se"), &naive, &numbers(&expected["naive_se"]), TOLERANCE);
    }
    if !expected["var"].is_null() {
        close(&format!("{what} var"), &flat(&fit.variance), &numbers(&expected["var"]), TOLERANCE);
    }
    assert_eq!(fit.robust, !expected["naive_var"].is_null() || !expected["naive_se"].is_null(), "{what}");
    if !expected["naive_var"].is_null() {
        close(&format!("{what} naive_var"), &flat(&fit.model_variance), &numbers(&expected["naive_var"]), TOLERANCE);
    }
    if !expected["score"].is_null() {
        close(&format!("{what} score"), &[fit.score_test], &numbers(&expected["score"]), TOLERANCE);
    }
    if !expected["z"].is_null() {
        let z: Vec<f64> = fit.coefficients.iter().zip(&errors).map(|(b, se)| b / se).collect();
        close(&format!("{what} z"), &z, &numbers(&expected["z"]), TOLERANCE);
        close(&format!("{what} wald"), &[fit.wald], &numbers(&expected["wald"]), TOLERANCE);
        close(&format!("{what} lr"), &[fit.likelihood_ratio()], &numbers(&expected["lr"]), TOLERANCE);
        let concordance = fit.concordance();
        let ours = [concordance.share, concordance.standard_error];
        close(&format!("{what} concordance"), &ours, &numbers(&expected["concordance"]), TOLERANCE);
    }
}

#[test]
fn case_05_ties_strata_clusters_and_weights() {
    let table = Table::read("05_cox_colon", "data.csv");
    let expected = expected("05_cox_colon");
    let rows = Rows::of(&table, "time", "status", &COLON);
    let covariates = rows.covariates();
    let cox = || Cox::new(&rows.time, &rows.event, &covariates);
    check("efron", &cox().fit().unwrap(), &expected["efron"]);
    check("breslow", &cox().ties(Ties::Breslow).fit().unwrap(), &expected["breslow"]);
    check("exact", &cox().ties(Ties::Exact).fit().unwrap(), &expected["exact"]);
    check("strata", &cox().strata(&table.codes("extent")).fit().unwrap(), &expected["strata"]);
    check("cluster_robust", &cox().clusters(&table.codes("clus")).fit().unwrap(), &expected["cluster_robust"]);
    check("weighted_robust", &cox().weights(&table.numbers("w")).fit().unwrap(), &expected["weighted_robust"]);
}

#[test]
fn case_05_proportional_hazards_baseline_and_prediction() {
    let expected = expected("05_cox_colon");
    let rows = Rows::of(&Table::read("05_cox_colon", "data.csv"), "time", "status", &COLON);
    let covariates = rows.covariates();
    let fit = Cox::new(&rows.time, &rows.event, &covariates).fit().unwrap();
    for (key, clock) in [("zph_km", Clock::KaplanMeier), ("zph_identity", Clock::Identity)] {
        let tests = fit.proportional(clock).unwrap();
        let names: Vec<&str> = tests.iter().map(|test| test.covariate.as_deref().unwrap_or("GLOBAL")).collect();
        assert_eq!(Value::from(names), expected[key]["rows"]);
        let column = |of: fn(&evaluation::cox::Proportional) -> f64| tests.iter().map(of).collect::<Vec<f64>>();
        close(key, &column(|test| test.chi_squared), &numbers(&expected[key]["chisq"]), TOLERANCE);
        close(key, &column(|test| test.p), &numbers(&expected[key]["p"]), TOLERANCE);
        if !expected[key]["df"].is_null() {
            let degrees: Vec<usize> = tests.iter().map(|test| test.degrees).collect();
            assert_eq!(Value::from(degrees), expected[key]["df"]);
        }
    }
    let baseline = &fit.baseline().unwrap()[0];
    let at = |time: f64| baseline.hazard[baseline.times.partition_point(|known| *known <= time) - 1];
    let hazard: Vec<f64> = numbers(&expected["basehaz_uncentered"]["at"]).into_iter().map(at).collect();
    close("basehaz_uncentered", &hazard, &numbers(&expected["basehaz_uncentered"]["hazard"]), TOLERANCE);

    let predict = &expected["predict"];
    let times = numbers(&predict["times"]);
    for person in 0..3 {
        let x: Vec<f64> = COLON.iter().map(|name| predict["newdata"][name][person].as_f64().unwrap()).collect();
        let ours = fit.predict(&x, 0, &times, 0.95).unwrap();
        for (at, ours) in ours.iter().enumerate() {
            let theirs: Vec<f64> = ["surv", "std_err", "lower", "upper"]
                .iter()
                .map(|key| predict[key][at][person].as_f64().unwrap())
                .collect();
            close("predict", &[ours.survival, ours.standard_error, ours.lower, ours.upper], &theirs, TOLERANCE);
        }
    }
}

#[test]
fn case_05_residuals() {
    let expected = expected("05_cox_colon");
    let rows = Rows::of(&Table::read("05_cox_colon", "data.csv"), "time", "status", &COLON);
    let covariates = rows.covariates();
    let fit = Cox::new(&rows.time, &rows.event, &covariates).fit().unwrap();
    close("martingale", &fit.martingale().unwrap()[..20], &numbers(&expected["martingale_first20"]), TOLERANCE);
    close("deviance", &fit.deviance().unwrap()[..20], &numbers(&expected["deviance_first20"]), TOLERANCE);
    let schoenfeld: Vec<f64> = fit.schoenfeld().unwrap()[..5].iter().flat_map(|event| event.residual.clone()).collect();
    close("schoenfeld", &schoenfeld, &numbers(&expected["schoenfeld_first5"]), TOLERANCE);
    let score = flat(&fit.score_residuals().unwrap().rows(0, 5).into_owned());
    close("score residuals", &score, &numbers(&expected["score_resid_first5"]), 1e-7);
    let dfbeta = flat(&fit.dfbeta().unwrap().rows(0, 5).into_owned());
    close("dfbeta", &dfbeta, &numbers(&expected["dfbeta_first5"]), TOLERANCE);
}

#[test]
fn case_06_delayed_entry() {
    let expected = expected("06_lefttrunc_channing_jasa");
    let table = Table::read("06_lefttrunc_channing_jasa", "channing.csv");
    let rows = Rows::of(&table, "exit", "death", &["male"]);
    let covariates = rows.covariates();
    let cox = Cox::new(&rows.time, &rows.event, &covariates);
    let entry = table.numbers("entry");
    check("cox_delayed_entry", &cox.clone().entry(&entry).fit().unwrap(), &expected["cox_delayed_entry"]);
    check("cox_ignoring_entry_WRONG", &cox.fit().unwrap(), &expected["cox_ignoring_entry_WRONG"]);
}

/// "Had a transplant, ever" as a baseline group makes it look like a cure (-1.717); as it happened, it does nothing (-0.010).
#[test]
fn case_06_immortal_time_naive_time_dependent_and_landmarks() {
    let expected = expected("06_lefttrunc_channing_jasa");
    let jasa = Table::read("06_lefttrunc_channing_jasa", "jasa.csv");
    let rows = Rows::of(&jasa, "futime", "fustat", &["ever", "age", "surgery"]);
    let covariates = rows.covariates();
    let naive = Cox::new(&rows.time, &rows.event, &covariates).fit().unwrap();
    check("immortal_naive_ever_WRONG", &naive, &expected["immortal_naive_ever_WRONG"]);
    assert!((naive.coefficients[0] + 1.717).abs() < 5e-4);

    let heart = Table::read("06_lefttrunc_channing_jasa", "heart_startstop.csv");
    let rows = Rows::of(&heart, "stop", "event", &["trans", "age", "year", "surgery"]);
    let covariates = rows.covariates();
    let start = heart.numbers("start");
    let cox = Cox::new(&rows.time, &rows.event, &covariates).entry(&start);
    let fit = cox.clone().fit().unwrap();
    check("time_dependent", &fit, &expected["time_dependent"]);
    assert!((fit.coefficients[0] + 0.010).abs() < 5e-4);
    let robust = cox.clusters(&heart.codes("id")).fit().unwrap();
    check("time_dependent_robust", &robust, &expected["time_dependent_robust"]);

    let (wait, ever) = (jasa.numbers("wait"), jasa.flags("ever"));
    for landmark in [30.0, 60.0, 90.0] {
        let kept: Vec<usize> = (0..ever.len()).filter(|row| jasa.numbers("futime")[*row] > landmark).collect();
        let pick = |column: &[f64]| kept.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        let tx: Vec<f64> = kept.iter().map(|row| f64::from(u8::from(ever[*row] && wait[*row] <= landmark))).collect();
        let expected = &expected[format!("landmark_{landmark}")];
        assert_eq!(kept.len() as u64, expected["n"].as_u64().unwrap());
        close("n_tx", &[tx.iter().sum()], &numbers(&expected["n_tx"]), 0.0);
        let (age, surgery) = (pick(&jasa.numbers("age")), pick(&jasa.numbers("surgery")));
        let covariates = Covariates::new().with("tx", &tx).with("age", &age).with("surgery", &surgery);
        let time: Vec<f64> = pick(&jasa.numbers("futime")).iter().map(|time| time - landmark).collect();
        let event: Vec<bool> = kept.iter().map(|row| jasa.flags("fustat")[*row]).collect();
        check("landmark", &Cox::new(&time, &event, &covariates).fit().unwrap(), expected);
    }
}

/// The case mix of case 19: sites and grounds against the first, as R's `model.matrix` has it.
pub(crate) fn case_mix(table: &Table, site: &str) -> (Vec<String>, Vec<Vec<f64>>) {
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    let sites = table.text(site);
    for level in ["Rotterdam", "Utrecht", "Eindhoven", "Groningen"] {
        names.push(format!("{site}{level}"));
        columns.push(sites.iter().map(|of| f64::from(u8::from(of == level))).collect());
    }
    names.push("age10".into());
    columns.push(table.numbers("age").iter().map(|age| (age - 36.0) / 10.0).collect());
    names.push("female".into());
    columns.push(table.numbers("female"));
    names.push("yrs5".into());
    columns.push(table.numbers("years_since_refusal").iter().map(|years| (years - 5.0) / 5.0).collect());
    let regions = table.text("region");
    let mut levels = regions.clone();
    levels.sort();
    levels.dedup();
    for level in &levels[1..] {
        names.push(format!("region{level}"));
        columns.push(regions.iter().map(|of| f64::from(u8::from(of == level))).collect());
    }
    for name in ["health", "earlier_dtv"] {
        names.push(name.into());
        columns.push(table.numbers(name));
    }
    (names, columns)
}

pub(crate) fn covariates((names, columns): &(Vec<String>, Vec<Vec<f64>>)) -> Covariates<'_> {
    names.iter().zip(columns).fold(Covariates::new(), |all, (name, column)| all.with(name, column))
}

#[test]
fn case_19_cause_specific_cox_and_the_trap_of_three_reviews() {
    let expected = expected("19_lvv_synth");
    let table = Table::read("19_lvv_synth", "persons.csv");
    let mix = case_mix(&table, "entry_site");
    let mix = covariates(&mix);
    let (time, events) = (table.numbers("time"), table.events("event"));
    for cause in 1..=6 {
        let event: Vec<bool> = events.iter().map(|of| *of == cause).collect();
        check(
            &format!("cscox_{cause}"),
            &Cox::new(&time, &event, &mix).fit().unwrap(),
            &expected[format!("cscox_{cause}")],
        );
    }

    let durable: Vec<bool> = events.iter().map(|of| (1..=3).contains(of)).collect();
    let reviews: Vec<f64> = table.numbers("reviews").iter().map(|n| f64::from(u8::from(*n >= 3.0))).collect();
    let naive = Covariates::new().with("rev3", &reviews);
    let naive = Cox::new(&time, &durable, &naive).fit().unwrap();
    let theirs = &expected["immortal_naive_reviews3_WRONG"];
    close(
        "naive reviews",
        &[naive.coefficients[0], naive.standard_errors()[0]],
        &[theirs["coef"].as_f64().unwrap(), theirs["se"].as_f64().unwrap()],
        TOLERANCE,
    );

    let cut: Vec<f64> = table.numbers("dossier_days").iter().map(|days| days + 14.0 + 270.0).collect();
    let (mut start, mut stop, mut event, mut had) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in 0..time.len() {
        start.push(0.0);
        stop.push(time[row].min(cut[row]));
        event.push(durable[row] && time[row] <= cut[row]);
        had.push(0.0);
        if time[row] > cut[row] {
            start.push(cut[row]);
            stop.push(time[row]);
            event.push(durable[row]);
            had.push(1.0);
        }
    }
    let had = Covariates::new().with("rev3", &had);
    let fit = Cox::new(&stop, &event, &had).entry(&start).fit().unwrap();
    let theirs = &expected["immortal_time_varying_reviews3"];
    close(
        "reviews as they happened",
        &[fit.coefficients[0], fit.standard_errors()[0]],
        &[theirs["coef"].as_f64().unwrap(), theirs["se"].as_f64().unwrap()],
        TOLERANCE,
    );
}

#[test]
fn case_19_time_dependent_site_stratified_by_phase() {
    let expected = expected("19_lvv_synth");
    let persons = Table::read("19_lvv_synth", "persons.csv");
    let spells = Table::read("19_lvv_synth", "spells.csv");
    let (names, of_person) = case_mix(&persons, "entry_site");
    let place: std::collections::BTreeMap<u32, usize> = persons.codes("id").into_iter().zip(0..).collect();
    let id = spells.codes("id");
    let sites = spells.text("site");
    let mut all = (Vec::new(), Vec::new());
    for (name, column) in names.iter().zip(&of_person) {
        if let Some(level) = name.strip_prefix("entry_site") {
            all.0.push(format!("site{level}"));
            all.1.push(sites.iter().map(|site| f64::from(u8::from(site == level))).collect::<Vec<f64>>());
        } else {
            // R names the two regions as one number there; the column is the same
            all.0.push(name.clone());
            all.1.push(id.iter().map(|id| column[place[id]]).collect());
        }
    }
    let mix = covariates(&all);
    let (start, stop, phase) = (spells.numbers("start"), spells.numbers("stop"), spells.codes("phase"));
    for cause in [1, 4, 5] {
        let event: Vec<bool> = spells.events("event").iter().map(|of| *of == cause).collect();
        let fit = Cox::new(&stop, &event, &mix).entry(&start).strata(&phase).clusters(&id).fit().unwrap();
        check(&format!("td_cox_{cause}"), &fit, &expected[format!("td_cox_{cause}")]);
    }
}

fn refusal(cox: Cox<'_>) -> String {
    cox.fit().unwrap_err().to_string()
}

#[test]
fn what_cannot_be_estimated_is_named() {
    let time = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let event = [true, true, true, true, true, false, false, false];
    let x = [0.3, 0.1, 0.9, 0.4, 0.2, 0.8, 0.5, 0.7];
    let double: Vec<f64> = x.iter().map(|value| 2.0 * value + 1.0).collect();
    let apart = [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    let same = [3.0; 8];
    let good = Covariates::new().with("x", &x);
    let fits = |covariates: &Covariates<'_>| refusal(Cox::new(&time, &event, covariates));
    assert!(Cox::new(&time, &event, &good).fit().is_ok());
    assert!(fits(&Covariates::new()).contains("no covariates"));
    let text = fits(&Covariates::new().with("x", &x).with("twice", &double));
    assert!(text.starts_with("twice") && text.contains("follows from"), "{text}");
    let text = fits(&Covariates::new().with("x", &x).with("apart", &apart));
    assert!(text.starts_with("apart") && text.contains("separates"), "{text}");
    let text = fits(&Covariates::new().with("same", &same));
    assert!(text.starts_with("same") && text.contains("one value"), "{text}");
    let strata = [0, 0, 0, 0, 0, 1, 1, 1];
    let text = refusal(Cox::new(&time, &event, &Covariates::new().with("apart", &apart)).strata(&strata));
    assert!(text.starts_with("apart") && text.contains("one value"), "{text}");
    let text = refusal(Cox::new(&time, &[false; 8], &good));
    assert!(text.starts_with("event") && text.contains("censored"), "{text}");
    let bad = [0.3, 0.1, f64::NAN, 0.4, 0.2, 0.8, 0.5, 0.7];
    assert!(fits(&Covariates::new().with("x", &bad)).starts_with("row 3, x"));
    assert!(refusal(Cox::new(&[1.0, 2.0], &event, &good)).contains("8 values where the others have 2"));
    let entry = [0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert!(refusal(Cox::new(&time, &event, &good).entry(&entry)).starts_with("row 3, entry"));
    let weights = [1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    assert!(refusal(Cox::new(&time, &event, &good).weights(&weights)).starts_with("row 2, weights"));
    assert!(refusal(Cox::new(&time, &event, &good).robust().ties(Ties::Exact)).contains("exact"));
    assert!(refusal(Cox::new(&[], &[], &good)).contains("no rows"));
}

fn people() -> impl Strategy<Value = Vec<(f64, bool, f64, f64, u32)>> {
    let person = (1_u32..40, prop::bool::weighted(0.6), -20_i32..20, 0_u32..2, 0_u32..3);
    prop::collection::vec(person, 30..80).prop_map(|rows| {
        rows.into_iter().map(|(t, e, x, z, s)| (f64::from(t), e, f64::from(x) / 10.0, f64::from(z), s)).collect()
    })
}

type People = [(f64, bool, f64, f64, u32)];

fn split(people: &People) -> (Vec<f64>, Vec<bool>, Vec<f64>, Vec<f64>, Vec<u32>) {
    let mut out = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (time, event, x, z, stratum) in people {
        out.0.push(*time);
        out.1.push(*event);
        out.2.push(*x);
        out.3.push(*z);
        out.4.push(*stratum);
    }
    out
}

fn fitted(people: &People) -> Option<CoxFit> {
    let (time, event, x, z, strata) = split(people);
    let covariates = Covariates::new().with("x", &x).with("z", &z);
    Cox::new(&time, &event, &covariates).strata(&strata).robust().fit().ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The order of the rows changes nothing; martingale residuals and score residuals add up to 0.
    #[test]
    fn any_order_gives_the_same_fit(people in people(), turn in 0_usize..80) {
        let Some(fit) = fitted(&people) else { return Ok(()) };
        let mut turned = people.clone();
        turned.rotate_left(turn % people.len());
        turned.reverse();
        let again = fitted(&turned).unwrap();
        close("coef", &again.coefficients, &fit.coefficients, 1e-8);
        close("var", &flat(&again.variance), &flat(&fit.variance), 1e-7);
        prop_assert!(fit.martingale().unwrap().iter().sum::<f64>().abs() < 1e-8);
        prop_assert!(fit.score_residuals().unwrap().row_sum().iter().all(|sum| sum.abs() < 1e-6));
    }

    /// Cutting the time of everyone in two changes nothing.
    #[test]
    fn intervals_of_one_person_are_that_person(people in people(), cut in 1_u32..30) {
        let Some(fit) = fitted(&people) else { return Ok(()) };
        let cut = f64::from(cut) + 0.5;
        let (mut start, mut parts, mut id) = (Vec::new(), Vec::new(), Vec::new());
        for (person, (time, event, x, z, stratum)) in (0..).zip(&people) {
            let later = *time > cut;
            start.push(0.0);
            parts.push((time.min(cut), *event && !later, *x, *z, *stratum));
            id.push(person);
            if later {
                start.push(cut);
                parts.push((*time, *event, *x, *z, *stratum));
                id.push(person);
            }
        }
        let (time, event, x, z, strata) = split(&parts);
        let covariates = Covariates::new().with("x", &x).with("z", &z);
        let cut = Cox::new(&time, &event, &covariates).entry(&start).strata(&strata).clusters(&id).fit().unwrap();
        close("coef", &cut.coefficients, &fit.coefficients, 1e-7);
        close("var", &flat(&cut.variance), &flat(&fit.variance), 1e-6);
        prop_assert!((cut.concordance().share - fit.concordance().share).abs() < 1e-9);
    }

    /// A weight of two is the person twice (with Breslow ties, where that is so).
    #[test]
    fn a_weight_counts_people(people in people(), heavy in prop::collection::vec(any::<bool>(), 80)) {
        let doubled: Vec<_> = people.iter().zip(&heavy).flat_map(|(person, heavy)| vec![*person; 1 + usize::from(*heavy)]).collect();
        let weights: Vec<f64> = people.iter().zip(&heavy).map(|(_, heavy)| 1.0 + f64::from(u8::from(*heavy))).collect();
        let (time, event, x, z, strata) = split(&people);
        let covariates = Covariates::new().with("x", &x).with("z", &z);
        let model = Cox::new(&time, &event, &covariates).strata(&strata).ties(Ties::Breslow);
        let Ok(weighted) = model.weights(&weights).fit() else { return Ok(()) };
        let (time, event, x, z, strata) = split(&doubled);
        let covariates = Covariates::new().with("x", &x).with("z", &z);
        let twice = Cox::new(&time, &event, &covariates).strata(&strata).ties(Ties::Breslow).fit().unwrap();
        close("coef", &weighted.coefficients, &twice.coefficients, 1e-8);
        close("information", &flat(&weighted.model_variance), &flat(&twice.model_variance), 1e-8);
        close("loglik", &weighted.loglik, &twice.loglik, 1e-9);
    }
}
