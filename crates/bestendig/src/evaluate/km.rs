//! `evaluate km`

use anyhow::Result;
use clap::{Args, ValueEnum};
use evaluation::{Confidence, Curve, Event, Problem, bands::Band, kaplan_meier};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    survival::{Columns, Interval, Rows, Stretch, Weights, times, whole},
};

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    HallWellner,
    EqualPrecision,
}

#[derive(Args)]
#[command(
    after_long_help = "Any cause counts as the event, unless --cause names one; the others are then censored, and 1 minus the curve is no\n\
    probability (a warning says so: use `cuminc`). Greenwood's variance, with weights the robust one. Each group has its whole\n\
    curve, or with --at the values at those times (docs/evaluate.md).\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate km lung.csv --time time --event status --group sex --at 180,365\n\
    \x20 bestendig evaluate km lung.csv --time time --event status --band hall-wellner\n\
    \x20 bestendig evaluate km stock.csv --time left --event outcome --entry arrived --since 90 --conf log"
)]
pub(crate) struct Km {
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    weights: Weights,
    #[command(flatten)]
    interval: Interval,
    /// Only this cause is the event
    #[arg(long, value_name = "NAME")]
    cause: Option<String>,
    /// Only those still there at this time, from then on (a sample of who was present is best read so)
    #[arg(long, value_name = "T", allow_negative_numbers = true, conflicts_with = "band")]
    since: Option<f64>,
    /// Also a band that holds the whole curve; no delayed entry and no weights
    #[arg(long, value_name = "KIND", value_enum, conflicts_with_all = ["entry", "weights", "at"])]
    band: Option<Kind>,
    /// The stretch of the band, as FROM,TO [default: from the first event to the last time]
    #[arg(long, value_name = "FROM,TO", requires = "band")]
    over: Option<Stretch>,
    /// Values at these times, separated by commas, instead of the whole curve
    #[arg(long, value_name = "T,…", value_delimiter = ',', allow_negative_numbers = true)]
    at: Vec<f64>,
}

impl Km {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let confidence = self.interval.confidence()?;
        let rows = self.columns.read(Some(&self.weights), &[])?.since(self.since)?;
        let method = "Kaplan and Meier (1958); at risk on (entry, time], events before censoring at equal times";
        let mut answer = Answer::new("km", method, rows.time.len());
        let event = self.event(&rows, &mut answer)?;
        let sample = rows.sample_of(&event)?;
        let curves = kaplan_meier(&sample, &rows.groups, &confidence, rows.variance());
        let curves = curves.map_err(|problem| rows.refused(&problem))?;
        answer.put("interval", self.interval.told());
        answer.put("variance", rows.told_variance());
        answer.put("causes", rows.causes.clone());
        answer.put("event", self.cause.as_ref().map_or_else(|| rows.causes.clone(), |cause| vec![cause.clone()]));
        for (group, curve) in curves.iter().enumerate() {
            rows.guard_few(&mut answer, group, &self.at, &curve.time, &curve.people);
        }
        answer.put("since", json!(self.since));
        let mut groups = Vec::new();
        for (curve, name) in curves.iter().zip(rows.groups.names()) {
            let mut told = self.told(curve, name);
            if let Some(kind) = self.band {
                told["band"] = self.band(curve, kind, confidence).map_err(|problem| rows.refused(&problem))?;
            }
            groups.push(told);
        }
        answer.put("groups", groups);
        Ok(answer)
    }

    /// The events that count, and the guard on 1 − Kaplan-Meier where there are several causes.
    fn event(&self, rows: &Rows, answer: &mut Answer) -> Result<Vec<Event>> {
        let Some(cause) = &self.cause else {
            if rows.causes.len() > 1 {
                let text = format!(
                    "the events have {} causes ({}), and all count as the event; for the probability of each use `evaluate cuminc`",
                    rows.causes.len(),
                    rows.causes.join(", ")
                );
                answer.warn("one-minus-km", text);
            }
            return Ok(rows.event.clone());
        };
        if rows.causes.len() > 1 {
            let text = format!(
                "1 minus this curve is more than the probability of {cause}, as other causes end what it follows; use `evaluate cuminc`"
            );
            answer.warn("one-minus-km", text);
        }
        Ok(rows.only(rows.cause(cause)?))
    }

    /// On the scale of the interval.
    fn band(&self, curve: &Curve, kind: Kind, confidence: Confidence) -> Result<Value, Problem> {
        let kind = match kind {
            Kind::HallWellner => Band::HallWellner,
            Kind::EqualPrecision => Band::EqualPrecision,
        };
        let over = self.over.unwrap_or_else(|| whole(&curve.time, &curve.events));
        let band = curve.band(kind, confidence.scale(), confidence.level(), over.from, over.to)?;
        Ok(json!({ "time": band.time, "lower": band.lower, "upper": band.upper, "critical": band.critical }))
    }

    fn told(&self, curve: &Curve, name: &str) -> Value {
        let quantile = |p: f64| {
            let quantile = curve.quantile(p);
            json!({ "p": p, "time": quantile.value, "lower": quantile.lower, "upper": quantile.upper })
        };
        let mut told = json!({
            "group": name,
            "rows": curve.rows,
            "events": curve.events.iter().sum::<f64>(),
            "quantiles": [quantile(0.25), quantile(0.5), quantile(0.75)],
        });
        if self.at.is_empty() {
            told["curve"] = json!({
                "time": curve.time,
                "people": curve.people,
                "at_risk": curve.at_risk,
                "events": curve.events,
                "censored": curve.censored,
                "survival": curve.survival.value,
                "se": curve.survival.se,
                "lower": curve.survival.lower,
                "upper": curve.survival.upper,
                "hazard": curve.hazard,
                "hazard_se": curve.hazard_se,
            });
        } else {
            let point = |t: &f64| {
                let point = curve.at(*t);
                json!({ "time": t, "people": curve.people_at(*t), "survival": point.value, "se": point.se,
                    "lower": point.lower, "upper": point.upper })
            };
            told["at"] = self.at.iter().map(point).collect();
        }
        told
    }
}
