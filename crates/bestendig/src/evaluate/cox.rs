//! `evaluate cox`

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use evaluation::cox::{Clock, Cox as Kernel, CoxFit, Ties};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    model::{Model, Read, test},
    survival::times,
};

#[derive(Args)]
#[command(
    after_long_help = "Covariates that change are given as several rows of one person: --start and --stop bound each row, --id says whose it\n\
    is. Someone is at risk after --start (or --entry) up to and including --stop (or --time). What was measured after the start of a\n\
    row must not stand in it: `had a review, ever` makes a review look like a cure.\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate cox people.csv --time days --event outcome --cause departure --covariates age,sex,site\n\
    \x20 bestendig evaluate cox spells.csv --start from --stop to --id person --event event --covariates site,age --strata phase"
)]
pub(crate) struct Cox {
    #[command(flatten)]
    model: Model,
    /// Column with the time of the event or of censoring
    #[arg(long, value_name = "COL", required_unless_present = "stop", conflicts_with = "stop")]
    time: Option<String>,
    /// Column with the time of entry, when people come under observation later than at 0
    #[arg(long, value_name = "COL", conflicts_with = "start")]
    entry: Option<String>,
    /// Column with the start of each row
    #[arg(long, value_name = "COL", requires = "stop")]
    start: Option<String>,
    /// Column with the end of each row
    #[arg(long, value_name = "COL", requires = "start")]
    stop: Option<String>,
    /// Column that says which rows are one person; the variance is then robust
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Column with strata, each with its own baseline
    #[arg(long, value_name = "COL")]
    strata: Option<String>,
    /// Column with weights; the variance is then robust
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
    /// The robust (sandwich) variance, each row on its own
    #[arg(long)]
    robust: bool,
    /// How events at the same time share a risk set
    #[arg(long, value_name = "HOW", value_enum, default_value = "efron")]
    ties: Tied,
    /// Times at which to tell the cumulative baseline hazard, for covariates that are all 0
    #[arg(long, value_name = "T,…", value_delimiter = ',')]
    at: Vec<f64>,
    /// Time along which to test whether effects drift (proportional hazards)
    #[arg(long, value_name = "CLOCK", value_enum, default_value = "km")]
    drift: Drift,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tied {
    Efron,
    Breslow,
    Exact,
}

#[derive(Clone, Copy, ValueEnum)]
enum Drift {
    Km,
    Identity,
    Log,
}

impl Cox {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let (time, entry) = (self.time.as_ref().or(self.stop.as_ref()), self.entry.as_ref().or(self.start.as_ref()));
        let roles = [
            ("time", time),
            ("entry", entry),
            ("clusters", self.id.as_ref()),
            ("strata", self.strata.as_ref()),
            ("weights", self.weights.as_ref()),
        ];
        let read = self.model.read(&roles)?;
        let Some(time) = time else { bail!("name the column of times with --time, or with --start and --stop") };
        let numbers = |heading: Option<&String>| heading.map(|heading| read.table.numbers(heading)).transpose();
        let groups = |heading: Option<&String>| heading.map(|heading| read.table.groups(heading)).transpose();
        let (stop, start, weights) = (read.table.numbers(time)?, numbers(entry)?, numbers(self.weights.as_ref())?);
        let (id, strata) = (groups(self.id.as_ref())?, groups(self.strata.as_ref())?);
        not_negative(&read, time, &stop)?;
        if let (Some(id), Some(start), Some(heading)) = (&id, &start, &self.start) {
            apart(&read, heading, id.of(), start, &stop)?;
        }
        let (event, covariates) = (read.explained(), read.covariates());
        let mut kernel = Kernel::new(&stop, &event, &covariates).ties(match self.ties {
            Tied::Efron => Ties::Efron,
            Tied::Breslow => Ties::Breslow,
            Tied::Exact => Ties::Exact,
        });
        if let Some(start) = &start {
            kernel = kernel.entry(start);
        }
        if let Some(weights) = &weights {
            kernel = kernel.weights(weights);
        }
        if let Some(strata) = &strata {
            kernel = kernel.strata(strata.of());
        }
        if let Some(id) = &id {
            kernel = kernel.clusters(id.of());
        }
        if self.robust {
            kernel = kernel.robust();
        }
        let fit = kernel.fit().map_err(|problem| read.refused(&problem))?;
        let strata = strata.as_ref().map_or(&[][..], |strata| strata.names());
        self.told(&read, &fit, strata)
    }

    fn told(&self, read: &Read, fit: &CoxFit, strata: &[String]) -> Result<Answer> {
        let ties = match self.ties {
            Tied::Efron => "ties by Efron (1977)",
            Tied::Breslow => "ties by Breslow (1974)",
            Tied::Exact => "ties by the exact conditional likelihood",
        };
        let variance =
            if fit.robust { "sandwich of Lin and Wei (1989)" } else { "inverse of the observed information" };
        let method = format!("Cox (1972), {ties}; variance: {variance}; at risk on (entry, time]");
        let mut answer = Answer::new("cox", &method, fit.len());
        read.tell(&mut answer, fit.events);
        let df = fit.coefficients.len();
        let model: Vec<f64> = (0..df).map(|j| fit.model_variance[(j, j)].sqrt()).collect();
        answer
            .put("coefficients", read.coefficients("hazard_ratio", &fit.coefficients, &fit.standard_errors(), &model));
        answer.put("variance", matrix(&fit.variance));
        answer.put("robust", fit.robust);
        answer.put("loglik", fit.loglik.to_vec());
        answer.put(
            "tests",
            json!({ "likelihood_ratio": test(fit.likelihood_ratio(), df), "wald": test(fit.wald, df), "score": test(fit.score_test, df) }),
        );
        let concordance = fit.concordance();
        answer.put("concordance", json!({ "share": concordance.share, "se": concordance.standard_error }));
        answer.put("steps", fit.steps);
        if matches!(self.ties, Tied::Exact) {
            if !self.at.is_empty() {
                bail!("--at is not offered with exact ties: choose --ties efron");
            }
            return Ok(answer);
        }
        answer.put("proportional", self.drifts(read, fit)?);
        if !self.at.is_empty() {
            answer.put("baseline", self.baseline(read, fit, strata)?);
        }
        Ok(answer)
    }

    fn drifts(&self, read: &Read, fit: &CoxFit) -> Result<Value> {
        let clock = match self.drift {
            Drift::Km => Clock::KaplanMeier,
            Drift::Identity => Clock::Identity,
            Drift::Log => Clock::Log,
        };
        let tests = fit.proportional(clock).map_err(|problem| read.refused(&problem))?;
        let line = |one: &evaluation::cox::Proportional| {
            let name = one.covariate.as_deref().unwrap_or("all together");
            json!({ "covariate": name, "statistic": one.chi_squared, "df": one.degrees, "p": one.p })
        };
        Ok(tests.iter().map(line).collect())
    }

    fn baseline(&self, read: &Read, fit: &CoxFit, strata: &[String]) -> Result<Value> {
        let baselines = fit.baseline().map_err(|problem| read.refused(&problem))?;
        let line = |one: &evaluation::cox::Baseline| {
            let at = |time: &f64| {
                let seen = one.times.partition_point(|known| known <= time);
                json!({ "time": time, "hazard": seen.checked_sub(1).map_or(0.0, |last| one.hazard[last]) })
            };
            let stratum = strata.get(one.stratum as usize).map_or("all", String::as_str);
            json!({ "stratum": stratum, "at": self.at.iter().map(at).collect::<Vec<_>>() })
        };
        Ok(baselines.iter().map(line).collect())
    }
}

/// Refuses a time before 0.
pub(super) fn not_negative(read: &Read, heading: &str, time: &[f64]) -> Result<()> {
    match time.iter().position(|time| *time < 0.0) {
        Some(row) => Err(read.table.wrong(row, heading, format!("{} is negative; a time is 0 or more", time[row]))),
        None => Ok(()),
    }
}

/// Refuses rows of one person that overlap: they would be at risk twice.
fn apart(read: &Read, heading: &str, id: &[u32], start: &[f64], stop: &[f64]) -> Result<()> {
    let mut order: Vec<usize> = (0..id.len()).collect();
    order.sort_by(|a, b| id[*a].cmp(&id[*b]).then(start[*a].total_cmp(&start[*b])));
    let overlap = order.windows(2).find(|pair| id[pair[0]] == id[pair[1]] && start[pair[1]] < stop[pair[0]]);
    match overlap {
        Some(pair) => {
            let what = format!(
                "{} lies within another row of the same person, which ends at {}",
                start[pair[1]], stop[pair[0]]
            );
            Err(read.table.wrong(pair[1], heading, what))
        }
        None => Ok(()),
    }
}

/// Row after row.
pub(super) fn matrix(values: &evaluation::regression::Matrix) -> Vec<Vec<f64>> {
    values.row_iter().map(|row| row.iter().copied().collect()).collect()
}
