//! `evaluate gformula`

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use evaluation::{
    Groups, Sample,
    balance::{e_value, e_value_of_interval, effective_size, overlap, standardised_difference},
    sample_size::{Aim, smallest_difference},
    standardisation::{Compared, Risk, Standardised, g_formula},
    weighting::{aiptw, iptw, propensity},
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, FEW},
    model::{Model, Read},
    survival::times,
};

#[derive(Args)]
#[command(
    after_long_help = "The risk of a cause by each time if everyone were in each group, with the covariates taken into account. They must have been\n\
    known before time 0: a covariate measured later, or `had three reviews` as a group, makes what follows look like a cause.\n\
    g: a Cox model of each cause. iptw: chances of being in a group, and of being censored. aiptw: both; right when either is.\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate gformula people.csv --time days --event outcome --cause durable --group site --covariates age,sex --at 365,730\n\
    \x20 bestendig evaluate gformula people.csv --time days --event outcome --cause durable --group method --covariates age --at 365 --by aiptw"
)]
pub(crate) struct Gformula {
    #[command(flatten)]
    model: Model,
    /// Column with the time of the event or of censoring
    #[arg(long, value_name = "COL")]
    time: String,
    /// Column with the site or method to compare
    #[arg(long, value_name = "COL")]
    group: String,
    /// Times at which the risk is asked, separated by commas
    #[arg(long, value_name = "T,…", value_delimiter = ',', required = true, allow_negative_numbers = true)]
    at: Vec<f64>,
    /// How to standardise
    #[arg(long, value_name = "HOW", value_enum, default_value = "g")]
    by: By,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The g-formula
    G,
    /// Inverse chances of being in the group
    Iptw,
    /// Both (doubly robust)
    Aiptw,
}

impl Gformula {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let read = self.model.read(&[("time", Some(&self.time)), ("group", Some(&self.group))])?;
        let refused = |problem| read.refused(&problem);
        let time = read.table.numbers(&self.time)?;
        let groups = read.table.groups(&self.group)?;
        let sample = Sample::new(&time, &read.event).map_err(refused)?;
        let covariates = read.covariates();
        // a column of text has become one for each category
        let named = |name: &String| name == &self.group || name.starts_with(&format!("{}=", self.group));
        if covariates.names().iter().any(named) {
            bail!("--covariates names the group, {}; leave it out there", self.group);
        }
        let compared = Compared { sample: &sample, groups: &groups, covariates: &covariates };
        let level = read.level();
        let found = match self.by {
            By::G => g_formula(compared, read.cause, &self.at, level),
            By::Iptw => iptw(compared, read.cause, &self.at, level),
            By::Aiptw => aiptw(compared, read.cause, &self.at, level),
        }
        .map_err(refused)?;
        let mut answer = Answer::new("gformula", self.method(), time.len());
        let events = read.explained().iter().filter(|explained| **explained).count();
        read.tell(&mut answer, events);
        answer.put("groups", groups.names().to_vec());
        answer.put("at", self.at.iter().enumerate().map(|(t, at)| told(&found, t, *at, level)).collect::<Vec<_>>());
        if self.by != By::G {
            let balance = (0..groups.count()).map(|g| balance(&mut answer, compared, g)).collect::<Result<Vec<_>, _>>();
            answer.put("balance", balance.map_err(refused)?);
        }
        guard_few(&mut answer, &groups, &time, &self.at);
        guard_left(&mut answer, &read, &time, &self.at);
        Ok(answer)
    }

    fn method(&self) -> &'static str {
        match self.by {
            By::G => {
                "g-formula with a Cox model (Efron) of each cause: Ozenne, Scheike, Stærk and Gerds (2020); influence functions"
            }
            By::Iptw => {
                "inverse chances of the group (logistic) and of being censored (Kaplan-Meier): Ozenne, Scheike, Stærk and \
                 Gerds (2020); influence functions"
            }
            By::Aiptw => {
                "doubly robust: Cox models of each cause, inverse chances of the group and of being censored: Ozenne, Scheike, \
                 Stærk and Gerds (2020); influence functions"
            }
        }
    }
}

fn risk(risk: Risk) -> Value {
    json!({ "estimate": risk.estimate, "se": risk.error, "lower": risk.lower, "upper": risk.upper })
}

/// Risks, and what each group differs from the first.
fn told(found: &Standardised, t: usize, at: f64, level: f64) -> Value {
    let groups = &found.groups;
    let risks: Vec<Value> = (0..groups.len())
        .map(|g| {
            let mut told = risk(found.risk(g, t));
            told["group"] = json!(groups[g]);
            told
        })
        .collect();
    let against = |g: usize| {
        let difference = found.difference(g, 0, t);
        let mut told = json!({ "group": groups[g], "against": groups[0], "difference": risk(difference) });
        if let Some(ratio) = found.ratio(g, 0, t) {
            told["ratio"] = risk(ratio);
            // for the estimate, and for the end of its interval that is nearest to none
            let e = e_value(ratio.estimate).ok().zip(e_value_of_interval(ratio.lower, ratio.upper).ok());
            told["e_value"] =
                json!(e.map(|(estimate, interval)| json!({ "estimate": estimate, "interval": interval })));
        }
        let aim = Aim { false_alarm: 1.0 - level, power: 0.8 };
        told["smallest_difference_seen"] = json!(smallest_difference(difference.error, aim).ok());
        told
    };
    json!({ "time": at, "risks": risks, "differences": (1..groups.len()).map(against).collect::<Vec<_>>() })
}

/// How alike a group and all others are before and after weighting, and how many people that leaves.
fn balance(answer: &mut Answer, compared: Compared<'_>, group: usize) -> Result<Value, evaluation::Problem> {
    let model = propensity(compared, group)?;
    let inside: Vec<bool> = compared.groups.of().iter().map(|of| *of as usize == group).collect();
    let weights: Vec<f64> =
        inside.iter().zip(&model.fitted).map(|(inside, p)| if *inside { 1.0 / p } else { 1.0 / (1.0 - p) }).collect();
    let one = vec![1.0; weights.len()];
    let name = &compared.groups.names()[group];
    let mut worst = 0.0_f64;
    let covariates = compared
        .covariates
        .names()
        .iter()
        .zip(compared.covariates.columns())
        .map(|(name, column)| {
            let after = standardised_difference(column, &inside, &weights)?;
            worst = worst.max(after.abs());
            Ok(json!({ "covariate": name, "before": standardised_difference(column, &inside, &one)?, "after": after }))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let own: Vec<f64> = weights.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(weight, _)| *weight).collect();
    let met = overlap(&inside, &model.fitted)?;
    if worst > 0.1 {
        let text = format!(
            "group {name}: a covariate still differs by {worst:.2} standard deviations after weighting, more than 0.1"
        );
        answer.warn("imbalance", text);
    }
    if met.treated_outside + met.others_outside > 0 || met.extreme > 0 {
        let text = format!(
            "group {name}: {} in it and {} others have nobody alike on the other side, and {} have a chance below 0.1 or above 0.9",
            met.treated_outside, met.others_outside, met.extreme
        );
        answer.warn("overlap", text);
    }
    Ok(
        json!({ "group": name, "people": own.len(), "effective": effective_size(&own), "largest_weight": own.iter().copied().fold(0.0, f64::max),
        "overlap": { "from": met.from, "to": met.to, "inside_outside": met.treated_outside, "others_outside": met.others_outside, "extreme": met.extreme },
        "covariates": covariates }),
    )
}

/// Fewer than ten of a group still followed at a time.
fn guard_few(answer: &mut Answer, groups: &Groups, time: &[f64], at: &[f64]) {
    for (code, name) in (0..).zip(groups.names()) {
        let followed = |t: f64| -> f64 {
            groups.of().iter().zip(time).filter(|(of, time)| **of == code && **time >= t).map(|_| 1.0).sum()
        };
        if let Some((t, people)) = at.iter().map(|t| (*t, followed(*t))).find(|(_, people)| *people < FEW) {
            answer.warn_few(name, t, people);
        }
    }
}

/// A time by which nobody had the cause.
fn guard_left(answer: &mut Answer, read: &Read, time: &[f64], at: &[f64]) {
    let explained = read.explained();
    for t in at {
        if !explained.iter().zip(time).any(|(explained, time)| *explained && time <= t) {
            answer.warn("no-events", format!("nobody had the event by {t}; every risk there is 0 and says nothing"));
        }
    }
}
