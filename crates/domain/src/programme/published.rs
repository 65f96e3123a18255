//! Figures that others published, with what has to be counted to stand beside them (`[[figure]]`).

use std::fmt;

use jiff::civil::Date;

use super::{
    List, OutcomeClass,
    log::{Log, Target},
    read::Table,
};
use crate::ids::{Code, SiteId};

/// The word for a figure about all sites together.
const NATIONAL: &str = "national";
/// Highest number of people, places or days that a figure may hold.
const HIGHEST: i64 = 1_000_000_000;

choices! {
    /// What a published number counts.
    Count {
        /// Everyone who entered in the period.
        Inflow = "inflow",
        /// Everyone present on a day.
        Stock = "stock",
        /// Everyone who left in the period.
        Outflow = "outflow",
        /// The share of a class among who left in the period, in whole per cent.
        Share = "share",
        /// Everyone with a scenario on a day.
        State = "state",
        /// Places.
        Capacity = "capacity",
        /// Places in use.
        Occupied = "occupied",
        /// Million euro.
        Budget = "budget",
        /// A number meant to be reached.
        Target = "target",
        /// A sum of numbers that count different things.
        Mixed = "mixed",
    }

    /// Which participation statuses count as taking part.
    Counted {
        /// Admitted, sheltered without LVV status, or on a living allowance only.
        Entered = "entered",
        /// Admitted only.
        AdmittedOnly = "admitted-only",
    }
}

/// A figure as it was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Name.
    pub id: Code,
    /// Its numbers.
    pub numbers: Vec<Number>,
    /// Where it was published.
    pub source: String,
    /// Remark.
    pub note: Option<String>,
}

/// One number of a published figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Which part of the figure: an outflow reason, a class, or a word of its own.
    pub part: Option<Code>,
    /// A site; none: all together.
    pub site: Option<SiteId>,
    /// The number, as published.
    pub value: String,
    /// What is counted.
    pub counts: What,
    /// Published as "about": shown, never compared.
    pub approximate: bool,
}

/// What has to be counted to stand beside a number. Periods are [from, to).
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Who entered.
    Inflow {
        /// When.
        period: (Date, Date),
        /// Which statuses.
        counted: Counted,
    },
    /// Who is present at the start of a day.
    Stock {
        /// The day.
        on: Date,
        /// Which statuses.
        counted: Counted,
    },
    /// Who left.
    Outflow {
        /// When.
        period: (Date, Date),
        /// With one of these reasons; none named: with any.
        reasons: Vec<Code>,
    },
    /// The share of a class among who left.
    Share {
        /// When.
        period: (Date, Date),
        /// By which classification.
        classification: Code,
        /// The class.
        class: OutcomeClass,
    },
    /// Who is present at the start of a day with a scenario.
    State {
        /// The day.
        on: Date,
        /// The scenario.
        scenario: Code,
    },
    /// Nothing of ours: places, money, targets, mixed sums.
    Nothing(Count, Option<(Date, Date)>),
}

impl What {
    /// What kind of count it is.
    pub fn count(&self) -> Count {
        match self {
            Self::Inflow { .. } => Count::Inflow,
            Self::Stock { .. } => Count::Stock,
            Self::Outflow { .. } => Count::Outflow,
            Self::Share { .. } => Count::Share,
            Self::State { .. } => Count::State,
            Self::Nothing(count, _) => *count,
        }
    }

    /// The period, or the day twice.
    pub fn period(&self) -> Option<(Date, Date)> {
        match self {
            Self::Inflow { period, .. } | Self::Outflow { period, .. } | Self::Share { period, .. } => Some(*period),
            Self::Stock { on, .. } | Self::State { on, .. } => Some((*on, *on)),
            Self::Nothing(_, period) => *period,
        }
    }
}

/// What a figure says once for all its numbers.
struct Shared {
    site: Option<SiteId>,
    period: Option<(Date, Date)>,
    on: Option<Date>,
    classification: Option<Code>,
    /// The keys that are there, right or wrong: what is wrong is told where it stands.
    said: Vec<&'static str>,
}

/// A figure; each of its mistakes is in the log.
pub(super) fn figure<'a>(mut t: Table<'a, '_>, log: &Log<'a>) -> Option<Published> {
    let id: Option<Code> = t.defines("id", Target::Figure);
    let national = t.string("place").is_some_and(|place| place == NATIONAL);
    // a place that is no text at all was told already
    let site = if national || !t.is_text("place") { None } else { t.refers("place", Target::Site) };
    let (period, on) = (period(&mut t, log), t.maybe_date("on"));
    let classification = t.has("classification").then(|| t.refers("classification", Target::Classification)).flatten();
    let (source, note) = (t.string("source"), t.maybe_string("note"));
    let (at, tables) = (t.at(), t.tables("numbers"));
    if tables.is_empty() {
        let remedy = "add `numbers = [{ value = 12, count = \"inflow\" }]`.";
        log.find(at, "This figure has no numbers.", remedy);
    }
    let said = ["period", "on", "classification"].into_iter().filter(|key| t.has(key)).collect();
    let shared = Shared { said, site: site.clone(), period, on, classification };
    let all = tables.len();
    let numbers: Vec<Number> = tables.into_iter().filter_map(|row| number(row, &shared, log)).collect();
    t.done();
    (numbers.len() == all && (national || site.is_some())).then_some(())?;
    Some(Published { id: id?, numbers, source: source?, note })
}

/// `[from, to]`: the day after the last stands second.
fn period<'a>(t: &mut Table<'a, '_>, log: &Log<'a>) -> Option<(Date, Date)> {
    let days = t.maybe_dates("period")?;
    match days[..] {
        [from, to] if from < to => Some((from, to)),
        _ => {
            let remedy = "write the first day and the day after the last: `period = [2019-04-01, 2020-03-01]`.";
            log.find(t.place_of("period"), "This is not a period.", remedy);
            None
        }
    }
}

/// Which keys a number may have beside `part`, `site`, `value`, `count`, `approximate` and `period`.
fn allowed(count: Count) -> &'static [&'static str] {
    match count {
        Count::Inflow => &["counted"],
        Count::Stock => &["counted", "on"],
        Count::Outflow => &["reasons"],
        Count::Share => &["class"],
        Count::State => &["scenario", "on"],
        _ => &[],
    }
}

/// Which keys it must have, itself or its figure, each with an example.
fn needed(count: Count) -> &'static [(&'static str, &'static str)] {
    const PERIOD: (&str, &str) = ("period", "[2019-04-01, 2020-03-01]");
    match count {
        Count::Inflow | Count::Outflow => &[PERIOD],
        Count::Stock => &[("on", "2020-03-01")],
        Count::Share => &[PERIOD, ("classification", "\"…\""), ("class", "\"durable\"")],
        Count::State => &[("on", "2020-03-01"), ("scenario", "\"…\"")],
        _ => &[],
    }
}

fn number<'a>(mut t: Table<'a, '_>, shared: &Shared, log: &Log<'a>) -> Option<Number> {
    let (part, count) = (t.maybe_code("part"), t.choice("count", Count::ALL));
    let site = if t.has("site") { Some(t.refers("site", Target::Site)?) } else { shared.site.clone() };
    let approximate = t.maybe_flag("approximate").unwrap_or(false);
    let (own_period, own_day) = (period(&mut t, log), t.maybe_date("on"));
    let counted = t.maybe_choice("counted", Counted::ALL);
    let reasons = if t.has("reasons") { t.all("reasons", Target::In(List::OutflowReasons))? } else { vec![] };
    let class = t.maybe_choice("class", OutcomeClass::ALL);
    let scenario = t.has("scenario").then(|| t.refers("scenario", Target::In(List::Scenarios))).flatten();
    let value = value(&mut t, count);
    let at = t.at();
    let (period, on) = (own_period.or(shared.period), own_day.or(shared.on));
    if let Some(count) = count {
        misplaced(&t, count, log);
    }
    for (key, example) in count.map_or(&[][..], needed) {
        if !t.has(key) && !shared.said.contains(key) {
            let message =
                format!("A number with `count = \"{}\"` does not say its `{key}`.", count.map_or("", Count::code));
            let place = match *key {
                "classification" => "to the figure",
                "class" | "scenario" => "to the number",
                _ => "to the number or its figure",
            };
            log.find(at, message, format!("add `{key} = {example}` {place}."));
        }
    }
    t.done();
    let counted = counted.unwrap_or(Counted::Entered);
    let counts = match count? {
        Count::Inflow => period.map(|period| What::Inflow { period, counted }),
        Count::Stock => on.map(|on| What::Stock { on, counted }),
        Count::Outflow => period.map(|period| What::Outflow { period, reasons }),
        Count::Share => {
            let classified = period.zip(shared.classification.clone()).zip(class);
            classified.map(|((period, classification), class)| What::Share { period, classification, class })
        }
        Count::State => on.zip(scenario).map(|(on, scenario)| What::State { on, scenario }),
        count => Some(What::Nothing(count, period)),
    };
    Some(Number { part, site, value: value?, counts: counts?, approximate })
}

/// The number as it is shown: people and places are whole, a share is at most a hundred, money may have decimals.
fn value(t: &mut Table<'_, '_>, count: Option<Count>) -> Option<String> {
    match count {
        Some(Count::Budget) => t.amount("value").map(|amount| amount.to_string()),
        Some(Count::Share) => t.number("value", 0, 100).map(|n: i64| n.to_string()),
        _ => t.number("value", 0, HIGHEST).map(|n: i64| n.to_string()),
    }
}

/// A key that says something about another kind of count would be passed over in silence.
fn misplaced<'a>(t: &Table<'a, '_>, count: Count, log: &Log<'a>) {
    for key in ["counted", "on", "reasons", "class", "scenario"] {
        if t.has(key) && !allowed(count).contains(&key) {
            let message = format!("A number with `count = \"{count}\"` has no `{key}`.");
            log.find(t.place_of(key), message, "leave it out, or give the number another `count`.");
        }
    }
}
