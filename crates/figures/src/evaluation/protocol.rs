//! The trial that an analysis imitates, part by part (Hernán and Robins 2016, American Journal of Epidemiology 183, 758-764).
//!
//! Codes and dates, no sentences: pages write it in words, a file keeps it as it is.

use domain::programme::Classification;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    HORIZONS,
    cohort::{CLASSES, ENTERED},
    guard::Checked,
    plan::{By, Estimator, Plan, TimeZero},
};
use crate::disclosure;

/// The protocol of one analysis, stored with its results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Who is in: participation statuses that count, and the period in which the clock starts.
    pub eligibility: Eligibility,
    /// The day on which the clock starts.
    pub time_zero: TimeZero,
    /// What is compared, as it was on time zero.
    pub strategies: Strategies,
    /// From when and until when people are followed.
    pub follow_up: FollowUp,
    /// What is counted as an outcome.
    pub outcome: Outcome,
    /// What is estimated.
    pub estimand: Estimand,
    /// How.
    pub analysis: Analysis,
    /// The plan, to do it again.
    pub plan: Plan,
}

/// Who is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    /// Statuses of taking part.
    pub statuses: Vec<String>,
    /// Period in which the clock starts, [from, to).
    pub starting: Option<(Date, Date)>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategies {
    /// By what.
    pub by: By,
    /// The codes of the groups.
    pub groups: Vec<String>,
    /// Whether differences in who came are taken out; they are not, so differences are no effects.
    pub adjusted: bool,
}

/// How long people are followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Not before this day.
    pub seen_from: Option<Date>,
    /// Up to this day; who had not left by then is censored.
    pub until: Date,
    /// The horizons, in days.
    pub horizons: Vec<f64>,
}

/// The outcomes: classes of leaving, each the competitor of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The classification.
    pub classification: String,
    /// Where it was published.
    pub source: String,
    /// Its classes, in order of cause.
    pub classes: Vec<String>,
}

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Estimand {
    /// The chance of having left with each class within a horizon, when everything goes as it went, with the mean time lost to it.
    CumulativeIncidence,
}

/// How it is estimated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// The estimator.
    pub estimator: Estimator,
    /// The variance: Andersen, Borgan, Gill and Keiding (1993), 4.4.19.
    pub variance: String,
    /// The interval: 95%, symmetric on log(-log).
    pub interval: String,
    /// How small groups are protected.
    pub disclosure: disclosure::Method,
    /// The threshold.
    pub threshold: u64,
    /// The version of the program.
    pub software: String,
}

/// The protocol of a plan.
pub fn protocol(plan: &Checked, classification: &Classification, groups: Vec<String>) -> Protocol {
    Protocol {
        eligibility: Eligibility {
            statuses: ENTERED.iter().map(ToString::to_string).collect(),
            starting: plan.starting,
        },
        time_zero: plan.zero,
        strategies: Strategies { by: plan.by, groups, adjusted: false },
        follow_up: FollowUp { seen_from: plan.seen_from, until: plan.until, horizons: HORIZONS.to_vec() },
        outcome: Outcome {
            classification: classification.id.to_string(),
            source: classification.source.clone(),
            classes: CLASSES.iter().map(ToString::to_string).collect(),
        },
        estimand: Estimand::CumulativeIncidence,
        analysis: Analysis {
            estimator: plan.estimator,
            variance: "greenwood".to_owned(),
            interval: "95% log(-log)".to_owned(),
            disclosure: disclosure::Method::Suppression,
            threshold: disclosure::THRESHOLD,
            software: env!("CARGO_PKG_VERSION").to_owned(),
        },
        plan: (**plan).clone(),
    }
}
