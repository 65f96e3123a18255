//! `evaluate cuminc`

use anyhow::Result;
use clap::Args;
use evaluation::{Confidence, Event, Incidence, Problem, aalen_johansen};
use rand::{Rng as _, SeedableRng as _, rngs::ChaCha12Rng};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    survival::{Columns, Interval, Rows, Stretch, Weights, times, whole},
};

/// Processes drawn for a band: its critical value is then known to about one percent.
const REPLICATES: usize = 2_000;

#[derive(Args)]
#[command(
    after_long_help = "The probability of having had each cause, and of no event yet; at every time they add up to 1. Greenwood's kind of\n\
    variance, with weights the robust one; `delta_se` is the standard error of cmprsk beside it. Each group has its whole curves,\n\
    or with --at the values at those times (docs/evaluate.md).\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate cuminc people.csv --time days --event outcome --group site --at 365,730\n\
    \x20 bestendig evaluate cuminc people.csv --time days --event outcome --band --over 30,730\n\
    \x20 bestendig evaluate cuminc people.csv --time days --event outcome --weights w --conf logit"
)]
pub(crate) struct Cuminc {
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    weights: Weights,
    #[command(flatten)]
    interval: Interval,
    /// Only those still there at this time, from then on (a sample of who was present is best read so)
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    since: Option<f64>,
    /// Also a band for each cause that holds the whole curve; no weights
    #[arg(long, conflicts_with_all = ["weights", "at"])]
    band: bool,
    /// The stretch of the band, as FROM,TO [default: from the first event of the cause to the last time]
    #[arg(long, value_name = "FROM,TO", requires = "band")]
    over: Option<Stretch>,
    /// Which random numbers the band is drawn with
    #[arg(long, value_name = "N", default_value_t = 2018, requires = "band")]
    seed: u64,
    /// Values at these times, separated by commas, instead of the whole curves
    #[arg(long, value_name = "T,…", value_delimiter = ',', allow_negative_numbers = true)]
    at: Vec<f64>,
}

impl Cuminc {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let confidence = self.interval.confidence()?;
        let rows = self.columns.read(Some(&self.weights), &[])?.since(self.since)?;
        let curves = aalen_johansen(&rows.sample()?, &rows.groups, &confidence, rows.variance());
        let curves = curves.map_err(|problem| rows.refused(&problem))?;
        let method = "Aalen and Johansen (1978); at risk on (entry, time], events before censoring at equal times";
        let mut answer = Answer::new("cuminc", method, rows.time.len());
        answer.put("interval", self.interval.told());
        answer.put("variance", rows.told_variance());
        answer.put("causes", rows.causes.clone());
        answer.put("since", json!(self.since));
        for (group, curve) in curves.iter().enumerate() {
            rows.guard_few(&mut answer, group, &self.at, &curve.time, &curve.people);
        }
        let mut groups = Vec::new();
        for (curve, name) in curves.iter().zip(rows.groups.names()) {
            let mut told = self.told(curve, name, &rows);
            if self.band {
                self.put_bands(&mut told, curve, &confidence).map_err(|problem| rows.refused(&problem))?;
            }
            groups.push(told);
        }
        answer.put("groups", groups);
        Ok(answer)
    }

    /// A band beside the curve of each cause that the group had.
    fn put_bands(&self, told: &mut Value, curve: &Incidence, confidence: &Confidence) -> Result<(), Problem> {
        let mut random = ChaCha12Rng::seed_from_u64(self.seed);
        for (index, cause) in (1..).take(curve.causes.len()).enumerate() {
            let events = &curve.events[index];
            if events.iter().all(|events| *events <= 0.0) {
                continue;
            }
            let over = self.over.unwrap_or_else(|| whole(&curve.time, events));
            let (scale, level) = (confidence.scale(), confidence.level());
            let band = curve.band(cause, scale, level, (over.from, over.to), REPLICATES, &mut || random.next_u64())?;
            told["curve"]["causes"][index]["band"] =
                json!({ "time": band.time, "lower": band.lower, "upper": band.upper, "critical": band.critical });
        }
        Ok(())
    }

    fn told(&self, curve: &Incidence, name: &str, rows: &Rows) -> Value {
        let causes = || (1..).zip(&rows.causes);
        let mut told = json!({ "group": name, "rows": curve.rows });
        // the delta method has no form for weights
        let delta = |cause: Event| if rows.told_variance() == "greenwood" { curve.delta_se(cause) } else { Vec::new() };
        if self.at.is_empty() {
            let cause = |(code, name): (Event, &String)| {
                let index = usize::from(code) - 1;
                let estimate = &curve.causes[index];
                json!({ "cause": name, "events": curve.events[index], "incidence": estimate.value, "se": estimate.se,
                    "delta_se": delta(code), "lower": estimate.lower, "upper": estimate.upper,
                    "hazard": curve.hazards[index] })
            };
            let free = &curve.event_free;
            told["curve"] = json!({
                "time": curve.time,
                "people": curve.people,
                "at_risk": curve.at_risk,
                "censored": curve.censored,
                "event_free": { "value": free.value, "se": free.se, "lower": free.lower, "upper": free.upper },
                "causes": causes().map(cause).collect::<Vec<_>>(),
            });
        } else {
            let point = |cause: Event, t: f64| {
                let point = curve.at(cause, t);
                json!({ "value": point.value, "se": point.se, "lower": point.lower, "upper": point.upper })
            };
            let at = |t: &f64| {
                let cause = |(code, name): (Event, &String)| {
                    let mut told = point(code, *t);
                    told["cause"] = json!(name);
                    told
                };
                json!({ "time": t, "people": curve.people_at(*t), "event_free": point(0, *t),
                    "causes": causes().map(cause).collect::<Vec<_>>() })
            };
            told["at"] = self.at.iter().map(at).collect();
        }
        told
    }
}
