//! `figure` and `figure-diff`: numbers from the store, on stdout.

use std::{collections::BTreeMap, io::Write as _};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use domain::{
    ids::{Code, SiteId},
    programme::{Column, Programme},
};
use figures::{
    diff::{self, Because, Report},
    export, figure,
    guarded::{self, Guarded},
    history::{History, checkpoint_at},
    question::{self, Asked, Days, Question},
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value as Json, json};

use crate::{
    args::Place,
    place::{Time, open},
};

/// What is asked of a figure.
#[derive(Args)]
pub(crate) struct FigureArgs {
    /// Name of the definition [default: list them]
    name: Option<String>,
    #[command(flatten)]
    what: What,
    /// As known at the end of this day, or at this moment (2022-03-01T09:30:00Z) [default: now]
    #[arg(long, value_name = "DATE")]
    known_at: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

/// What is asked of two reports.
#[derive(Args)]
pub(crate) struct DiffArgs {
    /// Name of the definition
    name: String,
    #[command(flatten)]
    what: What,
    /// As known when, in the first report
    #[arg(long, value_name = "DATE")]
    known_at: String,
    /// As known when, in the second report
    #[arg(long, value_name = "DATE")]
    against: String,
    /// Reference date of the second report [default: that of the first]
    #[arg(long, value_name = "DATE")]
    then_on: Option<Date>,
    /// First day of the period of the second report [default: that of the first]
    #[arg(long, value_name = "DATE", requires = "then_to")]
    then_from: Option<Date>,
    /// Day after its last
    #[arg(long, value_name = "DATE", requires = "then_from")]
    then_to: Option<Date>,
}

#[derive(Args, Clone)]
pub(crate) struct What {
    /// Only this site; people are then counted once within it [default: the whole network]
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// Reference date of a stock: who is there at the start of the day
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// First day of the period of an inflow or outflow
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Day after its last
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Breakdown; may be given twice
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// Classification of outcomes [default: that of the definition]
    #[arg(long, value_name = "NAME")]
    classification: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// One figure with everything it says about itself
    Json,
    /// A line for each number
    Csv,
}

/// A day (its end) or a moment.
fn moment(text: Option<&str>, now: Timestamp) -> Result<Timestamp> {
    let Some(text) = text else { return Ok(now) };
    if let Ok(day) = text.parse::<Date>() {
        return Ok(question::known_at(Some(day), now)?);
    }
    let at: Timestamp = text
        .parse()
        .with_context(|| format!("{text} is no day and no moment; write 2022-03-01 or 2022-03-01T09:30:00Z"))?;
    if at > now {
        bail!("nothing is known yet as on {at}: it is {now}");
    }
    Ok(at)
}

impl What {
    fn asked(&self) -> Result<Asked> {
        let code = |what: &str, text: &str| format!("{text} is no {what}: lower-case letters, digits and hyphens");
        let site = self.site.as_deref().map(|text| text.parse::<SiteId>().map_err(|_| code("site", text)));
        let classification =
            self.classification.as_deref().map(|text| text.parse::<Code>().map_err(|_| code("classification", text)));
        let by = self.by.iter().map(|text| {
            let known: Vec<&str> = Column::ALL.iter().map(|column| column.code()).collect();
            Column::from_code(text)
                .with_context(|| format!("there is no breakdown {text}; there are {}", known.join(", ")))
        });
        let by = by.collect::<Result<Vec<_>>>()?;
        if by.len() > 2 {
            bail!("a figure is broken down by two columns at most");
        }
        if by.len() == 2 && by[0] == by[1] {
            bail!("the breakdown {} is given twice", by[0]);
        }
        Ok(Asked {
            days: Days { on: self.on, from: self.from, to: self.to },
            site: site.transpose().map_err(anyhow::Error::msg)?,
            by,
            classification: classification.transpose().map_err(anyhow::Error::msg)?,
        })
    }
}

/// What figures there are, on stdout.
fn list(programme: &Programme) -> Result<()> {
    let all: Vec<Json> = programme.definitions.iter().map(figure::definition).collect();
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&all)?)?)
}

/// `figure`.
pub(crate) fn figure(place: &Place, args: &FigureArgs) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let programme = opened.desk.programme().clone();
    let Some(name) = &args.name else { return list(&programme) };
    let known_at = moment(args.known_at.as_deref(), opened.desk.clock().business())?;
    let definition = question::definition(&programme, name)?;
    let question = Question::new(&programme, definition, args.what.asked()?, known_at)?;
    let (history, checkpoint) = opened
        .store
        .read_blocking(move |tx| Ok::<_, journal::Error>((History::load(tx)?, checkpoint_at(tx, known_at)?)))?;
    let snapshot = history.known(known_at, checkpoint, &programme);
    let counted = guarded::protect(figure::compute(&snapshot, &programme, &question))?;
    write(&counted, args.format)
}

fn write(figure: &Guarded, format: Format) -> Result<()> {
    let mut out = std::io::stdout();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&figure.json())?)?,
        Format::Csv => out.write_all(&export::csv(&export::sheet(std::slice::from_ref(figure)))?)?,
    }
    Ok(())
}

/// `figure-diff`.
pub(crate) fn diff(place: &Place, args: &DiffArgs) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let programme = opened.desk.programme().clone();
    let now = opened.desk.clock().business();
    let (first, second) = (moment(Some(&args.known_at), now)?, moment(Some(&args.against), now)?);
    if second < first {
        bail!("the second report is known earlier ({second}) than the first ({first}): give them the other way round");
    }
    let definition = question::definition(&programme, &args.name)?;
    let asked = args.what.asked()?;
    let mut then = asked.clone();
    if let Some(on) = args.then_on {
        then.days = Days { on: Some(on), ..Days::default() };
    }
    if args.then_from.is_some() {
        then.days = Days { on: None, from: args.then_from, to: args.then_to };
    }
    let one = Question::new(&programme, definition, asked, first)?;
    let other = Question::new(&programme, definition, then, second)?;
    let (history, checkpoints) = opened.store.read_blocking(move |tx| {
        let checkpoints = (checkpoint_at(tx, first)?, checkpoint_at(tx, second)?);
        Ok::<_, journal::Error>((History::load(tx)?, checkpoints))
    })?;
    let report = |question: &Question<'_>, at, checkpoint| {
        let snapshot = history.known(at, checkpoint, &programme);
        guarded::protect(figure::compute(&snapshot, &programme, question))
    };
    let shown = (report(&one, first, checkpoints.0)?, report(&other, second, checkpoints.1)?);
    let (before, after) = (Report { question: &one, known_at: first }, Report { question: &other, known_at: second });
    let mut changes = diff::changes(&history, &programme, before, after);
    let mut explained = opened.store.read_blocking(move |tx| {
        diff::explain(tx, &history, &mut changes)?;
        Ok::<_, journal::Error>(changes)
    })?;
    explained.retain(|change| !change.deltas.is_empty());
    let whole = json!({ "before": shown.0.json(), "after": shown.1.json(), "changes": summary(&explained) });
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&whole)?)?)
}

/// How many changes of each kind; small numbers are left out. Numbers of cases are for the page, which knows who looks.
fn summary(changes: &[diff::Change]) -> Json {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for change in changes {
        let learnt = matches!(change.because, Because::Learnt(_));
        let mut names: Vec<String> = change
            .facts
            .iter()
            .map(|fact| format!("{}{}", fact.kind, if fact.corrects { " (correction)" } else { "" }))
            .collect();
        names.sort();
        names.dedup();
        let name = match (learnt, names.is_empty()) {
            (false, _) => "another day, period or place".to_owned(),
            (true, true) => "a change that was foreseen".to_owned(),
            (true, false) => names.join(" + "),
        };
        *kinds.entry(name).or_default() += 1;
    }
    let lines = kinds.into_iter().map(|(what, count)| {
        let count = (!figures::disclosure::small(count)).then_some(count);
        json!({ "what": what, "count": count, "hidden": count.is_none().then_some("small") })
    });
    lines.collect()
}
