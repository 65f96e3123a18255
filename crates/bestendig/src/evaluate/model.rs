//! What the regressions share: their covariates, read from a file, and what is told of the coefficients.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use evaluation::{
    Event,
    distribution::{chi_square_tail, normal_tail, two_sided},
    regression::Covariates,
};
use serde_json::{Value, json};

use super::{answer::Answer, file::Table, survival::events};

/// The file, its events and its covariates.
#[derive(Args)]
pub(crate) struct Model {
    /// CSV file with a header
    file: PathBuf,
    /// Column with the event: 0 (or censored) is censored, anything else a cause
    #[arg(long, value_name = "COL")]
    event: String,
    /// The cause to explain, when the column has several
    #[arg(long, value_name = "CAUSE")]
    cause: Option<String>,
    /// Columns of covariates: numbers as they are, text as categories against the first
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    covariates: Vec<String>,
    /// Level of confidence
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    level: f64,
}

/// More categories than this are a column that holds something else.
const MOST_CATEGORIES: usize = 50;
/// Fewer events for each coefficient than this, and the estimates lean on chance (Peduzzi and others 1995).
const EVENTS_EACH: usize = 10;

/// A file read for a model.
pub(super) struct Read {
    pub(super) table: Table,
    pub(super) event: Vec<Event>,
    /// The code of the cause to explain
    pub(super) cause: Event,
    /// The name of that cause
    pub(super) named: String,
    /// Causes besides it
    pub(super) others: Vec<String>,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    /// Category that the others are held against, of each column of text
    references: Vec<(String, String)>,
    roles: Vec<(&'static str, Option<String>)>,
    level: f64,
}

impl Model {
    /// Reads the file; `roles` are further columns by the name of the kernel's argument.
    pub(super) fn read(&self, roles: &[(&'static str, Option<&String>)]) -> Result<Read> {
        evaluation::problem::level(self.level)?;
        let mut wanted: Vec<&str> = roles.iter().filter_map(|(_, heading)| heading.map(String::as_str)).collect();
        wanted.push(&self.event);
        wanted.extend(self.covariates.iter().map(String::as_str));
        let table = Table::read(&self.file, &wanted)?;
        let (event, causes) = events(&table, &self.event)?;
        let cause = match (&self.cause, causes.len()) {
            (_, 0) => {
                return Err(table.wrong_column(&self.event, "all rows are censored, so there is nothing to explain"));
            }
            (None, 1) => 0,
            (None, _) => bail!("there are several events: say which to explain with --cause ({})", causes.join(", ")),
            (Some(name), _) => match causes.iter().position(|cause| cause == name) {
                Some(place) => place,
                None => bail!("no row has the cause {name}; there are {}", causes.join(", ")),
            },
        };
        let mut read = Read {
            event,
            cause: Event::try_from(cause + 1)?,
            named: causes[cause].clone(),
            others: causes
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != cause)
                .map(|(_, name)| name.clone())
                .collect(),
            names: Vec::new(),
            columns: Vec::new(),
            references: Vec::new(),
            roles: roles.iter().map(|(role, heading)| (*role, heading.cloned())).collect(),
            level: self.level,
            table,
        };
        read.roles.push(("event", Some(self.event.clone())));
        for heading in &self.covariates {
            read.covariate(heading)?;
        }
        Ok(read)
    }
}

impl Read {
    /// Numbers as they are; text as one column of 0 and 1 for each category but the first.
    fn covariate(&mut self, heading: &str) -> Result<()> {
        if self.names.iter().any(|name| name == heading) || self.references.iter().any(|(name, _)| name == heading) {
            bail!("--covariates names {heading} twice");
        }
        let cells = self.table.cells(heading)?;
        if cells.iter().any(|cell| cell.parse::<f64>().is_ok()) {
            self.columns.push(self.table.numbers(heading)?);
            self.names.push(heading.to_owned());
            return Ok(());
        }
        let groups = self.table.groups(heading)?;
        if groups.count() > MOST_CATEGORIES {
            let what = format!(
                "has {} different texts, more than {MOST_CATEGORIES}; give a number or fewer categories",
                groups.count()
            );
            return Err(self.table.wrong_column(heading, what));
        }
        self.references.push((heading.to_owned(), groups.names()[0].clone()));
        for (code, name) in (0..).zip(groups.names()).skip(1) {
            self.columns.push(groups.of().iter().map(|of| f64::from(u8::from(*of == code))).collect());
            self.names.push(format!("{heading}={name}"));
        }
        if groups.count() == 1 {
            return Err(self
                .table
                .wrong_column(heading, format!("is {} on every row; leave it out", groups.names()[0])));
        }
        Ok(())
    }

    /// The level of confidence.
    pub(super) fn level(&self) -> f64 {
        self.level
    }

    pub(super) fn covariates(&self) -> Covariates<'_> {
        self.names.iter().zip(&self.columns).fold(Covariates::new(), |all, (name, column)| all.with(name, column))
    }

    /// Which rows have the event to explain.
    pub(super) fn explained(&self) -> Vec<bool> {
        self.event.iter().map(|event| *event == self.cause).collect()
    }

    /// A kernel's refusal, with line and heading.
    pub(super) fn refused(&self, problem: &evaluation::Problem) -> anyhow::Error {
        let roles: Vec<(&str, Option<&str>)> = self.roles.iter().map(|(role, own)| (*role, own.as_deref())).collect();
        self.table.refused(problem, &roles)
    }

    /// Says what was explained by what, and warns when that is more than the events can carry.
    pub(super) fn tell(&self, answer: &mut Answer, events: usize) {
        answer.put("cause", self.named.clone());
        answer.put("events", events);
        let references = self.references.iter().map(|(column, category)| (column.clone(), json!(category)));
        answer.put("references", Value::Object(references.collect()));
        answer.put("level", self.level);
        if events < EVENTS_EACH * self.names.len() {
            let text = format!(
                "{events} events for {} coefficients, fewer than {EVENTS_EACH} for each; the estimates lean on chance",
                self.names.len()
            );
            answer.warn("few-events", text);
        }
    }

    /// A line for each coefficient; `ratio` names what its exponent is.
    pub(super) fn coefficients(&self, ratio: &str, estimates: &[f64], errors: &[f64], model: &[f64]) -> Value {
        let z = two_sided(self.level);
        let line = |((name, beta), (se, model)): ((&String, &f64), (&f64, &f64))| {
            json!({
                "covariate": name, "coefficient": beta, "se": se, "model_se": model, ratio: beta.exp(),
                "lower": (beta - z * se).exp(), "upper": (beta + z * se).exp(),
                "z": beta / se, "p": 2.0 * normal_tail((beta / se).abs()),
            })
        };
        self.names.iter().zip(estimates).zip(errors.iter().zip(model)).map(line).collect()
    }
}

/// A chi-squared test.
pub(super) fn test(statistic: f64, df: usize) -> Value {
    json!({ "statistic": statistic, "df": df, "p": chi_square_tail(statistic, df) })
}
