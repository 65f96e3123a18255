//! What the commands on times and events share: their columns, read and checked.

use std::{path::PathBuf, str::FromStr};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use evaluation::{Confidence, Event, Groups, Problem, Sample, Scale, Variance};
use serde_json::{Value, json};

use super::{
    answer::{Answer, FEW},
    file::Table,
};

/// The file and its columns.
#[derive(Args)]
pub(crate) struct Columns {
    /// CSV file with a header
    file: PathBuf,
    /// Column with the time of the event or of censoring
    #[arg(long, value_name = "COL")]
    time: String,
    /// Column with the event: 0 (or censored) is censored, anything else a cause
    #[arg(long, value_name = "COL")]
    event: String,
    /// Column with the time of entry, when people come under observation later than at 0
    #[arg(long, value_name = "COL")]
    entry: Option<String>,
    /// Column with the group; without it all are one
    #[arg(long, value_name = "COL")]
    group: Option<String>,
}

/// How sure: the scale and the level of intervals.
#[derive(Args)]
pub(crate) struct Interval {
    /// Scale on which intervals are symmetric
    #[arg(long, value_name = "SCALE", value_enum, default_value = "loglog")]
    conf: Conf,
    /// Level of confidence
    #[arg(long, value_name = "P", default_value_t = 0.95, allow_negative_numbers = true)]
    level: f64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Conf {
    Loglog,
    Log,
    Plain,
    Logit,
    Arcsine,
}

impl Interval {
    pub(super) fn confidence(&self) -> Result<Confidence> {
        let scale = match self.conf {
            Conf::Loglog => Scale::LogLog,
            Conf::Log => Scale::Log,
            Conf::Plain => Scale::Plain,
            Conf::Logit => Scale::Logit,
            Conf::Arcsine => Scale::Arcsine,
        };
        Ok(Confidence::new(scale, self.level)?)
    }

    /// For the answer.
    pub(super) fn told(&self) -> Value {
        let scale = self.conf.to_possible_value().map(|value| value.get_name().to_owned());
        json!({ "scale": scale, "level": self.level })
    }
}

/// The weights of a file, when they are asked for.
#[derive(Args)]
pub(crate) struct Weights {
    /// Column with weights; the variance is then the robust one (infinitesimal jackknife)
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
}

/// The rows of a file, checked.
pub(super) struct Rows {
    pub(super) table: Table,
    pub(super) time: Vec<f64>,
    pub(super) event: Vec<Event>,
    /// Names of the causes, from 1
    pub(super) causes: Vec<String>,
    pub(super) groups: Groups,
    entry: Option<Vec<f64>>,
    weights: Option<Vec<f64>>,
    /// Rows of the file that are left, when some were there no longer
    kept: Option<Vec<usize>>,
    /// Which argument of the kernels came from which column
    roles: Vec<(&'static str, Option<String>)>,
}

/// More causes than this are a column that holds something else.
const MOST_CAUSES: usize = 50;

impl Columns {
    pub(super) fn read(&self, weights: Option<&Weights>, others: &[(&'static str, Option<&String>)]) -> Result<Rows> {
        let weights = weights.and_then(|weights| weights.weights.as_ref());
        let mut roles = vec![
            ("time", Some(&self.time)),
            ("event", Some(&self.event)),
            ("entry", self.entry.as_ref()),
            ("group", self.group.as_ref()),
            ("weights", weights),
        ];
        roles.extend(others);
        let wanted: Vec<&str> = roles.iter().filter_map(|(_, heading)| heading.map(String::as_str)).collect();
        let table = Table::read(&self.file, &wanted)?;
        let numbers = |heading: Option<&String>| heading.map(|heading| table.numbers(heading)).transpose();
        let (event, causes) = events(&table, &self.event)?;
        let groups = match &self.group {
            Some(heading) => table.groups(heading)?,
            None => Groups::one(table.rows()),
        };
        let rows = Rows {
            time: table.numbers(&self.time)?,
            event,
            causes,
            groups,
            entry: numbers(self.entry.as_ref())?,
            weights: numbers(weights)?,
            kept: None,
            roles: roles.into_iter().map(|(role, heading)| (role, heading.cloned())).collect(),
            table,
        };
        rows.sample()?;
        Ok(rows)
    }
}

/// Codes and names of the causes. 0 and `censored` are no cause.
pub(super) fn events(table: &Table, heading: &str) -> Result<(Vec<Event>, Vec<String>)> {
    let cells = table.cells(heading)?;
    if let Some(row) = cells.iter().position(|cell| cell.is_empty()) {
        return Err(table.wrong(row, heading, "is empty; 0 says that no event was seen"));
    }
    let censored = |cell: &str| cell == "censored" || cell.parse::<f64>().is_ok_and(|number| number == 0.0);
    let seen: Vec<&str> = cells.iter().copied().filter(|cell| !censored(cell)).collect();
    let causes = Groups::from_labels(&seen);
    if causes.count() > MOST_CAUSES {
        let what =
            format!("has {} different events, more than {MOST_CAUSES}; name the column with the cause", causes.count());
        return Err(table.wrong_column(heading, what));
    }
    let mut codes = causes.of().iter();
    let code = |cell: &&str| {
        if censored(cell) {
            return Ok(evaluation::CENSORED);
        }
        Ok(Event::try_from(codes.next().copied().unwrap_or_default() + 1)?)
    };
    Ok((cells.iter().map(code).collect::<Result<_>>()?, causes.names().to_vec()))
}

impl Rows {
    /// Only those still there at `since`, at risk from then on.
    pub(super) fn since(mut self, since: Option<f64>) -> Result<Self> {
        let Some(since) = since else { return Ok(self) };
        times(&[since])?;
        let kept: Vec<usize> = (0..self.time.len()).filter(|row| self.time[*row] > since).collect();
        if kept.is_empty() {
            bail!("nobody is still there at {since}; give an earlier time");
        }
        let entry = |row: &usize| self.entry.as_ref().map_or(since, |entry| entry[*row].max(since));
        self.entry = Some(kept.iter().map(entry).collect());
        self.weights = self.weights.map(|weights| kept.iter().map(|row| weights[*row]).collect());
        let name = |row: &usize| self.groups.names()[self.groups.of()[*row] as usize].as_str();
        self.groups = Groups::from_labels(&kept.iter().map(name).collect::<Vec<_>>());
        self.time = kept.iter().map(|row| self.time[*row]).collect();
        self.event = kept.iter().map(|row| self.event[*row]).collect();
        self.kept = Some(kept);
        self.sample()?;
        Ok(self)
    }

    pub(super) fn sample(&self) -> Result<Sample<'_>> {
        self.sample_of(&self.event)
    }

    /// The same rows with other events.
    pub(super) fn sample_of<'a>(&'a self, event: &'a [Event]) -> Result<Sample<'a>> {
        let sample = Sample::new(&self.time, event).and_then(|sample| match &self.entry {
            Some(entry) => sample.with_entry(entry),
            None => Ok(sample),
        });
        let sample = sample.and_then(|sample| match &self.weights {
            Some(weights) => sample.with_weights(weights),
            None => Ok(sample),
        });
        sample.map_err(|problem| self.refused(&problem))
    }

    /// A kernel's refusal, with line and heading.
    pub(super) fn refused(&self, problem: &Problem) -> anyhow::Error {
        let mut problem = problem.clone();
        problem.row = problem.row.map(|row| self.kept.as_ref().map_or(row, |kept| kept[row]));
        let roles: Vec<(&str, Option<&str>)> = self.roles.iter().map(|(role, own)| (*role, own.as_deref())).collect();
        self.table.refused(&problem, &roles)
    }

    /// Robust where there are weights.
    pub(super) fn variance(&self) -> Variance {
        if self.weights.is_some() { Variance::Robust } else { Variance::Greenwood }
    }

    pub(super) fn told_variance(&self) -> &'static str {
        match self.variance() {
            Variance::Greenwood => "greenwood",
            Variance::Robust => "robust",
        }
    }

    /// Code of a cause by its name.
    pub(super) fn cause(&self, name: &str) -> Result<Event> {
        match self.causes.iter().position(|cause| cause == name) {
            Some(place) => Ok(Event::try_from(place + 1)?),
            None => bail!("no row has the cause {name}; there are {}", self.causes.join(", ")),
        }
    }

    /// Only this cause is the event; the others are censored at their time.
    pub(super) fn only(&self, cause: Event) -> Vec<Event> {
        self.event.iter().map(|event| Event::from(*event == cause)).collect()
    }

    /// Warns of each group in which an estimate rests on few: at the times asked for, or from the first time with few.
    pub(super) fn guard_few(&self, answer: &mut Answer, group: usize, at: &[f64], time: &[f64], people: &[f64]) {
        let name = &self.groups.names()[group];
        let at_risk = |t: f64| time.iter().position(|time| *time >= t).map_or(0.0, |index| people[index]);
        let few = if at.is_empty() {
            // with delayed entry few are at risk early; without it, only towards the end
            let index = people.iter().position(|people| *people < FEW);
            index.map(|index| (time[index], people[index]))
        } else {
            at.iter().map(|t| (*t, at_risk(*t))).find(|(_, people)| *people < FEW)
        };
        if let Some((time, people)) = few {
            answer.warn_few(name, time, people);
        }
    }
}

/// The two ends of a stretch, as `FROM,TO`.
#[derive(Clone, Copy)]
pub(crate) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
}

impl FromStr for Stretch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once(',').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        match ends {
            Some((from, to)) if 0.0 <= from && from < to => Ok(Self { from, to }),
            _ => Err("write two times from 0, the earlier first, such as 30,365".to_owned()),
        }
    }
}

/// From the first event to the last time.
pub(super) fn whole(time: &[f64], events: &[f64]) -> Stretch {
    let first = events.iter().position(|events| *events > 0.0).map_or(0.0, |index| time[index]);
    Stretch { from: first, to: time.last().copied().unwrap_or_default() }
}

/// Refuses times that cannot be asked for.
pub(super) fn times(at: &[f64]) -> Result<()> {
    match at.iter().find(|time| !(**time >= 0.0 && time.is_finite())) {
        Some(time) => bail!("--at {time} is not possible; give times from 0, separated by commas"),
        None => Ok(()),
    }
}
