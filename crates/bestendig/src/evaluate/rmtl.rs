//! `evaluate rmtl`

use anyhow::Result;
use clap::Args;
use evaluation::{
    distribution::two_sided,
    restricted::{Mean, MeanTimes},
    restricted_means,
};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    survival::{Columns, Rows, Weights, times},
};

#[derive(Args)]
#[command(
    after_long_help = "Up to each horizon: the mean time without an event, and lost to each cause; together they are the horizon. Differences\n\
    between groups are against the first. A horizon that a group was not followed to is refused.\n\
    \n\
    Example:\n\
    \x20 bestendig evaluate rmtl people.csv --time days --event outcome --group site --at 365,730"
)]
pub(crate) struct Rmtl {
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    weights: Weights,
    /// Horizons, separated by commas
    #[arg(long, value_name = "T,…", value_delimiter = ',', required = true, allow_negative_numbers = true)]
    at: Vec<f64>,
    /// Level of confidence
    #[arg(long, value_name = "P", default_value_t = 0.95, allow_negative_numbers = true)]
    level: f64,
}

impl Rmtl {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let z = two_sided(evaluation::problem::level(self.level)?);
        let rows = self.columns.read(Some(&self.weights), &[])?;
        let sample = rows.sample()?;
        let method = "area under Kaplan-Meier and Aalen-Johansen curves: Irwin (1949), Andersen (2013); intervals are \
            mean ± z standard errors";
        let mut answer = Answer::new("rmtl", method, rows.time.len());
        answer.put("variance", rows.told_variance());
        answer.put("level", self.level);
        answer.put("causes", rows.causes.clone());
        let mut horizons = Vec::new();
        for horizon in &self.at {
            let means = restricted_means(&sample, &rows.groups, *horizon, rows.variance());
            let means = means.map_err(|problem| rows.refused(&problem))?;
            horizons.push(told(*horizon, &means, &rows, z));
        }
        answer.put("horizons", horizons);
        Ok(answer)
    }
}

fn told(horizon: f64, means: &[MeanTimes], rows: &Rows, z: f64) -> Value {
    let told = |mean: &Mean| {
        let half = z * mean.se;
        json!({ "mean": mean.value, "se": mean.se, "lower": mean.value - half, "upper": mean.value + half })
    };
    let difference = |mean: &Mean, first: &Mean| Mean { value: mean.value - first.value, se: mean.se.hypot(first.se) };
    let group = |(index, means): (usize, &MeanTimes), first: &MeanTimes| {
        let causes = rows.causes.iter().zip(means.causes.iter().zip(&first.causes)).map(|(name, (mean, first))| {
            let mut cause = told(mean);
            cause["cause"] = json!(name);
            if index > 0 {
                cause["difference"] = told(&difference(mean, first));
            }
            cause
        });
        let mut free = told(&means.event_free);
        if index > 0 {
            free["difference"] = told(&difference(&means.event_free, &first.event_free));
        }
        json!({ "group": rows.groups.names()[index], "event_free": free, "causes": causes.collect::<Vec<_>>() })
    };
    let groups: Vec<Value> =
        means.first().map_or_else(Vec::new, |first| means.iter().enumerate().map(|one| group(one, first)).collect());
    json!({ "horizon": horizon, "groups": groups })
}
