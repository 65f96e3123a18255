//! Sites side by side against case 13 (R: base, metafor, own integrals).

use evaluation::{
    funnel::{
        Dispersion, Standing, byar, centre, clopper_pearson, each_tail, garwood, limit_dispersed, limit_exact,
        limit_normal, limit_ratio, spread_of_arcsines, spread_of_shares, standing, wilson,
    },
    shrinkage::{Between, beta_binomial, log_odds, pool},
};

use proptest::prelude::*;

use crate::oracle::{Case, agree, numbers};

const TOLERANCE: f64 = 1e-8;

fn surgical() -> (Case, Vec<f64>, Vec<f64>) {
    let case = Case::open("13_funnel_surgical");
    let (events, total) = (case.column("data.csv", "r"), case.column("data.csv", "n"));
    (case, events, total)
}

/// What the case holds: a key that no test below asks for would be missing here.
#[test]
fn every_result_of_the_case_is_asked_for_or_named() {
    let (case, ..) = surgical();
    let asked = [
        "arcsine",
        "betabinomial_ml",
        "ci",
        "expected_rank",
        "limits",
        "limits_additive",
        "limits_multiplicative",
        "p0",
        "phi",
        "phi_winsor10",
        "prob_i_less_j",
        "rma_DL",
        "rma_EB",
        "rma_HE",
        "rma_ML",
        "rma_PM",
        "rma_REML",
        "smr",
        "tau2_winsor10",
        "z",
        "z_additive",
    ];
    // asked for in `mixed_logistic`
    let left = ["glmm_agq25"];
    let mut all: Vec<&str> = asked.into_iter().chain(left).collect();
    all.sort_unstable();
    assert_eq!(case.keys(), all);
}

#[test]
fn limits_exact_normal_and_widened() {
    let (case, events, total) = surgical();
    let centre = centre(&events, &total).unwrap();
    agree("p0", &[centre], case.expected(&["p0"]), TOLERANCE);
    let spread = spread_of_shares(&events, &total, 0.1).unwrap();
    agree("z", &spread.z, case.expected(&["z"]), TOLERANCE);
    agree("phi", &[spread.phi], case.expected(&["phi"]), TOLERANCE);
    agree("phi winsorised", &[spread.phi_winsorised], case.expected(&["phi_winsor10"]), TOLERANCE);
    agree("tau2", &[spread.tau2], case.expected(&["tau2_winsor10"]), TOLERANCE);
    agree("z additive", &spread.z_additive(), case.expected(&["z_additive"]), TOLERANCE);
    let q = numbers(case.expected(&["limits", "q"]));
    let all = |limit: &dyn Fn(f64, f64) -> f64| {
        total.iter().flat_map(|n| q.iter().map(|q| limit(*n, *q))).collect::<Vec<_>>()
    };
    agree("exact", &all(&|n, q| limit_exact(n, centre, q)), case.expected(&["limits", "limits"]), TOLERANCE);
    agree("normal", &all(&|n, q| limit_normal(n, centre, q)), case.expected(&["limits", "normal"]), TOLERANCE);
    let multiplied = Dispersion::Multiplicative(spread.phi_winsorised);
    let found = all(&|n, q| limit_dispersed(n, centre, q, multiplied));
    agree("multiplicative", &found, case.expected(&["limits_multiplicative"]), TOLERANCE);
    let found = all(&|n, q| limit_dispersed(n, centre, q, Dispersion::Additive(spread.tau2)));
    agree("additive", &found, case.expected(&["limits_additive"]), TOLERANCE);
    let arcsine = spread_of_arcsines(&events, &total, 0.1).unwrap();
    agree("arcsine z", &arcsine.z, case.expected(&["arcsine", "z"]), TOLERANCE);
    agree("arcsine phi", &[arcsine.phi_winsorised], case.expected(&["arcsine", "phi_winsor10"]), TOLERANCE);
    agree("arcsine tau2", &[arcsine.tau2], case.expected(&["arcsine", "tau2"]), TOLERANCE);
}

#[test]
fn intervals_of_shares_and_of_observed_over_expected() {
    let (case, events, total) = surgical();
    let each = |interval: &dyn Fn(f64, f64) -> (f64, f64)| {
        events.iter().zip(&total).flat_map(|(r, n)| <[f64; 2]>::from(interval(*r, *n))).collect::<Vec<_>>()
    };
    let found = each(&|r, n| clopper_pearson(r, n, 0.95));
    agree("Clopper-Pearson", &found, case.expected(&["ci", "clopper_pearson"]), TOLERANCE);
    agree("Wilson", &each(&|r, n| wilson(r, n, 0.95)), case.expected(&["ci", "wilson"]), TOLERANCE);
    let centre = centre(&events, &total).unwrap();
    let found: Vec<f64> = total.iter().map(|n| n * centre).collect();
    agree("E", &found, case.expected(&["smr", "E"]), TOLERANCE);
    agree("O", &events, case.expected(&["smr", "O"]), TOLERANCE);
    let found: Vec<f64> = events.iter().zip(&found).map(|(o, e)| o / e).collect();
    agree("SMR", &found, case.expected(&["smr", "smr"]), TOLERANCE);
    let found = each(&|r, n| garwood(r, n * centre, 0.95).unwrap());
    agree("Garwood", &found, case.expected(&["smr", "garwood"]), TOLERANCE);
    // the case takes 1.96 and not the quantile
    let found = each(&|r, n| byar(r, n * centre, 1.96).unwrap());
    agree("Byar", &found, case.expected(&["smr", "byar"]), TOLERANCE);
}

#[test]
fn sites_drawn_towards_their_mean() {
    let (case, events, total) = surgical();
    let (y, v) = log_odds(&events, &total).unwrap();
    for (key, between, tolerance) in [
        ("rma_DL", Between::DerSimonianLaird, TOLERANCE),
        ("rma_HE", Between::Hedges, TOLERANCE),
        ("rma_EB", Between::PauleMandel, TOLERANCE),
        // R stops its search for this root early: its own empirical Bayes, the same root, differs by 1e-6
        ("rma_PM", Between::PauleMandel, 1e-4),
        ("rma_REML", Between::Restricted, TOLERANCE),
        ("rma_ML", Between::Likelihood, TOLERANCE),
    ] {
        let expected = |name: &str| case.expected(&[key, name]).clone();
        let found = pool(&y, &v, between).unwrap();
        agree("yi", &y, &expected("yi"), TOLERANCE);
        agree("vi", &v, &expected("vi"), TOLERANCE);
        for (name, found) in [
            ("mu", found.mean),
            ("se", found.error),
            ("tau2", found.tau2),
            ("I2", found.i2),
            ("Q", found.q),
            ("Qp", found.q_chance),
        ] {
            agree(&format!("{key} {name}"), &[found], &expected(name), tolerance);
        }
        let (sites, errors): (Vec<f64>, Vec<f64>) = found.sites.into_iter().unzip();
        agree(&format!("{key} blup"), &sites, &expected("blup"), tolerance);
        agree(&format!("{key} blup_se"), &errors, &expected("blup_se"), tolerance);
        // the case holds no prediction intervals
        assert!(numbers(&expected("pred_int")).is_empty());
    }
}

#[test]
fn places_are_intervals_from_the_beta_binomial() {
    let (case, events, total) = surgical();
    let expected = |name: &str| case.expected(&["betabinomial_ml", name]).clone();
    let found = beta_binomial(&events, &total, 0.95).unwrap();
    // the case names this tolerance for what comes from a search for a maximum
    let tolerance = expected("tolerance").as_f64().unwrap();
    agree("a", &[found.a], &expected("a"), tolerance);
    agree("b", &[found.b], &expected("b"), tolerance);
    agree("log-likelihood", &[found.log_likelihood], &expected("loglik"), tolerance);
    agree("mean", &found.sites.iter().map(|s| s.0).collect::<Vec<_>>(), &expected("post_mean"), tolerance);
    agree("lower", &found.sites.iter().map(|s| s.1).collect::<Vec<_>>(), &expected("post_lower"), tolerance);
    agree("upper", &found.sites.iter().map(|s| s.2).collect::<Vec<_>>(), &expected("post_upper"), tolerance);
    let sites = events.len();
    let smaller: Vec<f64> =
        (0..sites).flat_map(|i| (0..sites).map(move |j| (i, j))).map(|(i, j)| found.smaller(i, j)).collect();
    agree("i < j", &smaller, case.expected(&["prob_i_less_j"]), tolerance);
    let places = found.places(0.95);
    agree("mean place", &places.iter().map(|p| p.mean).collect::<Vec<_>>(), case.expected(&["expected_rank"]), 1e-4);
    assert!(places.iter().all(|p| 1 <= p.lower && p.lower <= p.upper && p.upper <= sites));
    // of twelve hospitals none but H has an interval of fewer than four places: a list would say what the data do not
    let narrow: Vec<usize> = (0..sites).filter(|&i| places[i].upper - places[i].lower < 3).collect();
    assert!(narrow.iter().all(|i| *i == 7), "{places:?}");
}

#[test]
fn who_stands_apart_is_told_for_all_sites_together() {
    let (_, events, total) = surgical();
    let found = standing(&events, &total, 0.95).unwrap();
    let apart: Vec<usize> = (0..found.len()).filter(|&i| found[i] != Standing::AsOthers).collect();
    // H alone: B, E and K lie outside the 95% limits of one site, which twelve equal sites leave in 46% of the networks
    assert_eq!((apart, found[7]), (vec![7], Standing::More));
    assert!((each_tail(1, 0.95).unwrap() - 0.025).abs() < 1e-12);
    assert!((1.0 - 2.0 * each_tail(12, 0.95).unwrap()).powi(12) - 0.95 < 1e-12);
}

#[test]
fn the_limit_of_a_ratio_meets_the_exact_interval_of_the_expected() {
    // where the limit is a whole count, so many or fewer come with that chance: P(X ≤ 3 | 3) = 13 e⁻³
    let q = 13.0 * (-3.0_f64).exp();
    assert!((limit_ratio(3.0, q) - 1.0).abs() < 1e-9);
}

#[test]
fn counts_that_cannot_be_are_refused_with_their_row() {
    for (events, total, row, told) in [
        (vec![1.0, 5.0], vec![4.0, 4.0], Some(1), "up to the total of its row, 4"),
        (vec![1.0, -1.0], vec![4.0, 4.0], Some(1), "-1"),
        (vec![1.5, 1.0], vec![4.0, 4.0], Some(0), "1.5"),
        (vec![0.0, f64::NAN], vec![4.0, 4.0], Some(1), "NaN"),
        (vec![0.0, 0.0], vec![4.0, 0.0], Some(1), "at least 1"),
        (vec![0.0, 0.0], vec![4.0, 4.0], None, "above 0 and below 1"),
        (vec![4.0, 4.0], vec![4.0, 4.0], None, "above 0 and below 1"),
        (vec![], vec![], None, "at least one row"),
        (vec![1.0], vec![4.0, 4.0], None, "has 2 values"),
    ] {
        let problem = standing(&events, &total, 0.95).unwrap_err();
        assert_eq!(problem.row, row, "{problem}");
        assert!(problem.to_string().contains(told), "{problem}");
    }
    assert!(standing(&[1.0, 2.0], &[4.0, 4.0], 1.5).is_err());
    // equal sites: no distribution of sites to estimate
    assert!(beta_binomial(&[20.0, 20.0, 20.0], &[100.0, 100.0, 100.0], 0.95).is_err());
}

proptest! {
    /// What is said of a site does not hang on where it stands in the file, and turns round when the outcome does.
    #[test]
    fn the_order_of_sites_does_not_matter_and_the_outcome_can_be_turned_round(
        sites in prop::collection::vec((1..200_u32, 0.0..1.0_f64), 2..9),
        turn in 0..9_usize,
    ) {
        let total: Vec<f64> = sites.iter().map(|site| f64::from(site.0)).collect();
        let events: Vec<f64> = sites.iter().map(|site| (f64::from(site.0) * site.1).round()).collect();
        let all = events.iter().sum::<f64>();
        prop_assume!(all > 0.0 && all < total.iter().sum());
        let found = standing(&events, &total, 0.95).unwrap();
        let turn = turn % sites.len();
        let rotated = |values: &[f64]| [&values[turn..], &values[..turn]].concat();
        let again = standing(&rotated(&events), &rotated(&total), 0.95).unwrap();
        prop_assert_eq!([&found[turn..], &found[..turn]].concat(), again);
        let without: Vec<f64> = events.iter().zip(&total).map(|(r, n)| n - r).collect();
        let other = standing(&without, &total, 0.95).unwrap();
        for (one, other) in found.iter().zip(other) {
            let mirrored = match one {
                Standing::AsOthers => Standing::AsOthers,
                Standing::Fewer => Standing::More,
                Standing::More => Standing::Fewer,
            };
            prop_assert_eq!(mirrored, other);
        }
    }

    /// Both intervals hold the share and stay in range; the exact one covers at least as much as its level says.
    #[test]
    fn intervals_of_a_share_hold_it(n in 1..400_u32, share in 0.0..1.0_f64) {
        let (r, n) = ((f64::from(n) * share).round(), f64::from(n));
        for (lower, upper) in [wilson(r, n, 0.95), clopper_pearson(r, n, 0.95)] {
            prop_assert!(0.0 <= lower && lower <= r / n && r / n <= upper && upper <= 1.0, "{lower} {upper}");
        }
    }

    /// Drawn to their mean, sites lie between it and where they were, and never change sides.
    #[test]
    fn a_site_is_drawn_towards_the_mean_and_not_past_it(sites in prop::collection::vec((-2.0..2.0_f64, 0.01..1.0_f64), 2..10)) {
        let (y, v): (Vec<f64>, Vec<f64>) = sites.into_iter().unzip();
        for between in [Between::DerSimonianLaird, Between::Hedges, Between::PauleMandel, Between::Likelihood, Between::Restricted] {
            let found = pool(&y, &v, between).unwrap();
            for (drawn, own) in found.sites.iter().zip(&y) {
                let (low, high) = (found.mean.min(*own), found.mean.max(*own));
                prop_assert!(low - 1e-9 <= drawn.0 && drawn.0 <= high + 1e-9, "{between:?} {found:?}");
            }
        }
    }
}
