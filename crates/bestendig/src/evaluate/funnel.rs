//! `evaluate funnel`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use evaluation::{
    Groups,
    funnel::{
        Dispersion, Standing, centre, clopper_pearson, each_tail, limit_dispersed, limit_exact, limit_normal,
        spread_of_shares, standing, wilson,
    },
    shrinkage::{Between, beta_binomial, log_odds, pool},
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, FEW},
    file::Table,
    survival::events,
};

#[derive(Args)]
#[command(
    after_long_help = "One row a site (--events, --total), or one row a person (--event; with --time and --at: had by then). Says which sites lie\n\
    further from all together than chance would bring any of so many equal sites; what lies within cannot be told apart, and no\n\
    order is given: places are intervals (docs/evaluate.md).\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate funnel sites.csv --group site --events durable --total left\n\
    \x20 bestendig evaluate funnel people.csv --group site --event outcome --cause durable"
)]
pub(crate) struct Funnel {
    /// CSV file with a header
    file: PathBuf,
    /// Column with the site
    #[arg(long, value_name = "COL")]
    group: String,
    /// Column with the number of events of each site
    #[arg(long, value_name = "COL", requires = "total", conflicts_with = "event", required_unless_present = "event")]
    events: Option<String>,
    /// Column with the number of people of each site
    #[arg(long, value_name = "COL", requires = "events")]
    total: Option<String>,
    /// Column with the event of each person: 0 (or censored) is none
    #[arg(long, value_name = "COL")]
    event: Option<String>,
    /// The event that counts, when the column has several
    #[arg(long, value_name = "CAUSE", requires = "event")]
    cause: Option<String>,
    /// Column with the time of the event or of censoring
    #[arg(long, value_name = "COL", requires = "at", requires = "event")]
    time: Option<String>,
    /// Only events up to this time count
    #[arg(long, value_name = "T", requires = "time", allow_negative_numbers = true)]
    at: Option<f64>,
    /// Level for all sites together, and of each interval
    #[arg(long, value_name = "P", default_value_t = 0.95, allow_negative_numbers = true)]
    level: f64,
    /// Share of the sites drawn in on each side before their spread is estimated
    #[arg(long, value_name = "Q", default_value_t = 0.1, allow_negative_numbers = true)]
    winsor: f64,
}

/// Counts of each site, in the order of the file or of the labels.
struct Counts {
    table: Table,
    names: Vec<String>,
    events: Vec<f64>,
    total: Vec<f64>,
    rows: usize,
    roles: [(&'static str, Option<String>); 2],
}

impl Counts {
    fn refused(&self, problem: &evaluation::Problem) -> anyhow::Error {
        let roles: Vec<(&str, Option<&str>)> = self.roles.iter().map(|(role, own)| (*role, own.as_deref())).collect();
        self.table.refused(problem, &roles)
    }
}

impl Funnel {
    pub(super) fn answer(&self) -> Result<Answer> {
        let counts = match (&self.events, &self.total) {
            (Some(events), Some(total)) => self.sites(events, total)?,
            _ => self.people()?,
        };
        let refused = |problem| counts.refused(&problem);
        let (events, total) = (&counts.events, &counts.total);
        let middle = centre(events, total).map_err(refused)?;
        let stands = standing(events, total, self.level).map_err(refused)?;
        let spread = spread_of_shares(events, total, self.winsor).map_err(refused)?;
        let tail = each_tail(events.len(), self.level)?;
        let method = "Spiegelhalter (2005): exact binomial limits, level shared by all sites (Šidák 1967); spread from scores \
                      drawn in on both sides; sites drawn to their mean by REML on the log odds; places from a beta-binomial";
        let mut answer = Answer::new("funnel", method, counts.rows);
        answer.put("share", middle);
        answer.put("level", self.level);
        answer.put("level_each", 1.0 - 2.0 * tail);
        answer.put(
            "dispersion",
            json!({ "phi": spread.phi, "phi_winsorised": spread.phi_winsorised, "tau2": spread.tau2 }),
        );
        let (odds, variance) = log_odds(events, total).map_err(refused)?;
        let pooled = pool(&odds, &variance, Between::Restricted).map_err(refused)?;
        answer.put(
            "pooled",
            json!({ "log_odds": pooled.mean, "se": pooled.error, "tau2": pooled.tau2, "i2": pooled.i2,
                "q": pooled.q, "p": pooled.q_chance }),
        );
        let places = places(&mut answer, events, total, self.level);
        let z = evaluation::distribution::two_sided(self.level);
        let site = |i: usize| {
            let (r, n) = (events[i], total[i]);
            let limits = |q_low: f64, limit: &dyn Fn(f64) -> f64| json!([limit(q_low), limit(1.0 - q_low)]);
            let (drawn, error) = pooled.sites[i];
            let share = |x: f64| 1.0 / (1.0 + (-x).exp());
            let mut told = json!({
                "group": counts.names[i], "events": r, "total": n, "share": r / n,
                "wilson": <[f64; 2]>::from(wilson(r, n, self.level)),
                "exact": <[f64; 2]>::from(clopper_pearson(r, n, self.level)),
                "z": spread.z[i], "standing": told_standing(stands[i]),
                "limits": limits(tail, &|q| limit_exact(n, middle, q)),
                "limits_each": limits((1.0 - self.level) / 2.0, &|q| limit_exact(n, middle, q)),
                "limits_normal": limits(tail, &|q| limit_normal(n, middle, q)),
                "limits_multiplicative":
                    limits(tail, &|q| limit_dispersed(n, middle, q, Dispersion::Multiplicative(spread.phi_winsorised))),
                "limits_additive": limits(tail, &|q| limit_dispersed(n, middle, q, Dispersion::Additive(spread.tau2))),
                "drawn": { "share": share(drawn), "lower": share(drawn - z * error), "upper": share(drawn + z * error) },
            });
            if let Some(places) = &places {
                told["place"] = json!([places[i].lower, places[i].upper]);
            }
            told
        };
        let told: Vec<Value> = (0..events.len()).map(site).collect();
        answer.put("groups", told);
        for (name, total) in counts.names.iter().zip(total).filter(|(_, total)| **total < FEW) {
            answer.warn(
                "few-people",
                format!("group {name}: {total} people, fewer than {FEW}; its share says very little"),
            );
        }
        Ok(answer)
    }

    /// One row a site.
    fn sites(&self, events: &str, total: &str) -> Result<Counts> {
        let table = Table::read(&self.file, &[&self.group, events, total])?;
        let names = table.groups(&self.group)?;
        if names.count() < table.rows() {
            let row = (0..table.rows()).find(|row| names.of()[..*row].contains(&names.of()[*row])).unwrap_or(0);
            return Err(table.wrong(
                row,
                &self.group,
                "stands here a second time; with --events give one row for each site",
            ));
        }
        Ok(Counts {
            names: names.of().iter().map(|code| names.names()[*code as usize].clone()).collect(),
            events: table.numbers(events)?,
            total: table.numbers(total)?,
            rows: table.rows(),
            roles: [("events", Some(events.to_owned())), ("total", Some(total.to_owned()))],
            table,
        })
    }

    /// One row a person.
    fn people(&self) -> Result<Counts> {
        let Some(heading) = &self.event else { bail!("name the column of events: --event, or --events with --total") };
        let wanted: Vec<&str> =
            [Some(&self.group), Some(heading), self.time.as_ref()].into_iter().flatten().map(String::as_str).collect();
        let table = Table::read(&self.file, &wanted)?;
        let groups = table.groups(&self.group)?;
        let (event, causes) = events(&table, heading)?;
        let cause = match (&self.cause, causes.len()) {
            (_, 0) => return Err(table.wrong_column(heading, "nobody has an event, so there is nothing to compare")),
            (None, 1) => 1,
            (None, _) => bail!("there are several events: say which counts with --cause ({})", causes.join(", ")),
            (Some(name), _) => match causes.iter().position(|cause| cause == name) {
                Some(place) => place + 1,
                None => bail!("no row has the cause {name}; there are {}", causes.join(", ")),
            },
        };
        let mut had: Vec<bool> = event.iter().map(|event| usize::from(*event) == cause).collect();
        if let (Some(heading), Some(at)) = (&self.time, self.at) {
            let time = table.numbers(heading)?;
            super::survival::times(&[at])?;
            if let Some(row) = (0..time.len()).find(|row| event[*row] == 0 && time[*row] < at) {
                let what = format!(
                    "is censored before {at}, so whether the event came by then is not known; choose an earlier --at, or use cuminc"
                );
                return Err(table.wrong(row, heading, what));
            }
            had.iter_mut().zip(&time).for_each(|(had, time)| *had &= *time <= at);
        }
        let (events, total) = count(&groups, &had);
        let names = groups.names().to_vec();
        let roles = [("events", Some(heading.clone())), ("total", Some(self.group.clone()))];
        Ok(Counts { names, events, total, rows: table.rows(), roles, table })
    }
}

fn count(groups: &Groups, had: &[bool]) -> (Vec<f64>, Vec<f64>) {
    let (mut events, mut total) = (vec![0.0; groups.count()], vec![0.0; groups.count()]);
    for (code, had) in groups.of().iter().zip(had) {
        total[*code as usize] += 1.0;
        events[*code as usize] += f64::from(u8::from(*had));
    }
    (events, total)
}

fn told_standing(standing: Standing) -> &'static str {
    match standing {
        Standing::AsOthers => "as-others",
        Standing::Fewer => "fewer",
        Standing::More => "more",
    }
}

/// Places when the sites vary at all; where they do not, a warning says so.
fn places(
    answer: &mut Answer,
    events: &[f64],
    total: &[f64],
    level: f64,
) -> Option<Vec<evaluation::shrinkage::Places>> {
    match beta_binomial(events, total, level) {
        Ok(fit) => Some(fit.places(level)),
        Err(problem) => {
            answer.warn("no-places", format!("no places are given: {}", problem.what));
            None
        }
    }
}
