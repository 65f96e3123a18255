//! What our own figures count (`[[definition]]`), and which of them stand in one table (`[[table]]`).
//!
//! A definition has exactly one base; the day or the period is asked when it is computed, and what is asked has to fit
//! the base. Two bases in one table are refused here, before anything is counted.

use std::fmt;

use super::{
    List, OutcomeClass, Text,
    log::{Log, Place, Target, one_of},
    read::Table,
};
use crate::{
    codes::{Phase, Sex, Status},
    ids::Code,
};

choices! {
    /// On which ground something is counted (*grondslag*).
    Base {
        /// Who or what began in a period.
        Inflow = "inflow",
        /// Who or what is there at the start of a day.
        Stock = "stock",
        /// Who or what ended in a period.
        Outflow = "outflow",
    }

    /// What begins, is there, or ends.
    Of {
        /// Taking part: a participant, counted once.
        Participation = "participation",
        /// Coming back after an earlier trajectory has ended: a participant, counted once.
        ReEntry = "re-entry",
        /// A phase of a trajectory.
        Phase = "phase",
        /// A cooperation review (begins and ends on its day), or the wait for one.
        Review = "review",
    }

    /// What is told of what is counted.
    Measure {
        /// How many.
        Count = "count",
        /// How many days it lasted, or lasts until the day: median and quartiles.
        Days = "days",
        /// Which part of them.
        Share = "share",
    }

    /// A breakdown: each thing counted has exactly one value in each.
    Column {
        /// Site.
        Site = "site",
        /// Way of working under which the trajectory opened.
        Method = "method",
        /// Participation status.
        Status = "status",
        /// Phase.
        Phase = "phase",
        /// Scenario agreed, or none.
        Scenario = "scenario",
        /// Reason of a pause, or none.
        Pause = "pause",
        /// Outcome of the last cooperation review, or none.
        Cooperation = "cooperation",
        /// Whether a review had a consequence.
        Consequence = "consequence",
        /// Why someone left.
        Reason = "reason",
        /// Class of that reason, by a classification.
        Class = "class",
        /// Ten-year age band.
        AgeBand = "age-band",
        /// Sex.
        Sex = "sex",
        /// Whether the DT&V has a task in the trajectory.
        Dtv = "dtv",
        /// Whether it is a return after an earlier trajectory.
        ReEntry = "re-entry",
        /// Calendar quarter in which it began or ended.
        Quarter = "quarter",
    }

    /// What a definition leaves out beside what it does not count; every figure tells how many.
    Exclude {
        /// Phases that ended because the trajectory did: nobody waited to the end.
        CutShort = "cut-short",
        /// Trajectories of participants who came back.
        Returned = "returned",
    }
}

impl Base {
    /// Whether it is asked about a period; otherwise about a day.
    pub const fn flows(self) -> bool {
        !matches!(self, Self::Stock)
    }
}

impl Column {
    /// The column with a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.code() == code)
    }

    /// Whether something counted on a base has a value in it.
    pub const fn fits(self, base: Base, of: Of) -> bool {
        match self {
            Self::Site | Self::Method | Self::AgeBand | Self::Sex | Self::ReEntry => true,
            Self::Quarter => base.flows(),
            Self::Status | Self::Phase | Self::Pause | Self::Dtv => {
                !matches!((base, of), (Base::Outflow, Of::Participation)) || matches!(self, Self::Dtv)
            }
            Self::Scenario => !matches!((base, of), (Base::Inflow, Of::Participation)),
            Self::Cooperation => !matches!((base, of), (Base::Inflow, Of::Participation | Of::ReEntry)),
            Self::Consequence => matches!((base, of), (Base::Inflow, Of::Review)),
            Self::Reason | Self::Class => matches!((base, of), (Base::Outflow, Of::Participation)),
        }
    }
}

/// A part of what is counted: those with one of some values in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// In which column.
    pub column: Column,
    /// Which values; none named: any but `unknown` and `none`.
    pub values: Vec<Code>,
}

/// What a figure counts. A change of any of it is a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Name in addresses and commands.
    pub id: Code,
    /// From 1.
    pub version: u16,
    /// Name on screen.
    pub name: Text,
    /// What a reader has to know beside it.
    pub note: Option<Text>,
    /// Base.
    pub base: Base,
    /// What begins, is there, or ends.
    pub of: Of,
    /// The participation statuses that count as taking part.
    pub statuses: Vec<Status>,
    /// The phases meant, where phases are counted.
    pub phases: Vec<Phase>,
    /// Only these.
    pub only: Vec<Part>,
    /// What is told.
    pub measure: Measure,
    /// The part meant, where a share is told.
    pub share: Option<Part>,
    /// Breakdowns that may be asked.
    pub by: Vec<Column>,
    /// What it leaves out beside.
    pub exclude: Vec<Exclude>,
    /// By which classification, where one is needed and none is asked.
    pub classification: Option<Code>,
}

/// Figures of one base beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// Name.
    pub id: Code,
    /// Title.
    pub name: Text,
    /// Which figures; all on one base.
    pub figures: Vec<Code>,
    /// What the rows are.
    pub by: Column,
}

/// The statuses in which someone takes part (design: entered).
pub const TAKING_PART: &[Status] = &[Status::Admitted, Status::ShelteredWithoutStatus, Status::LivingAllowanceOnly];

/// A definition; each of its mistakes is in the log.
pub(super) fn definition<'a>(mut t: Table<'a, '_>, log: &Log<'a>) -> Option<Definition> {
    let id: Option<Code> = t.defines("id", Target::Definition);
    let (version, name, note) = (t.number("version", 1, 1000), t.text("name"), t.maybe_text("note"));
    for key in ["on", "period"].into_iter().filter(|key| t.has(key)).collect::<Vec<_>>() {
        let message = format!("A definition has no `{key}`: the day or the period is asked each time it is computed.");
        log.find(t.place_of(key), message, "leave it out; a figure without one is refused then.");
        t.knows(key);
    }
    let (base, of) = (t.choice("base", Base::ALL), t.choice("of", Of::ALL));
    let statuses = t.maybe_choices("statuses", Status::ALL)?;
    let phases = t.maybe_choices("phases", Phase::ALL)?;
    let measure = t.maybe_choice("measure", Measure::ALL).unwrap_or(Measure::Count);
    let (by, exclude) = (t.maybe_choices("by", Column::ALL)?, t.maybe_choices("exclude", Exclude::ALL)?);
    let only_at = t.place_of("only");
    let only: Vec<Part> = t.tables("only").into_iter().filter_map(part).collect();
    let share_at = t.place_of("share");
    let share = t.table("share").and_then(part);
    let classification = t.has("classification").then(|| t.refers("classification", Target::Classification)).flatten();
    t.knows("classification");
    let (by_at, at) = (t.place_of("by"), t.at());
    t.done();
    let made = Definition {
        id: id?,
        version: version?,
        name: name?,
        note,
        base: base?,
        of: of?,
        statuses: if statuses.is_empty() { TAKING_PART.to_vec() } else { statuses },
        phases,
        only,
        measure,
        share,
        by,
        exclude,
        classification,
    };
    made.only.iter().for_each(|part| values(part, &made.id, log, only_at));
    made.share.iter().for_each(|part| values(part, &made.id, log, share_at));
    fits(&made, log, &Places { at, by: by_at, only: only_at, share: share_at });
    Some(made)
}

struct Places<'a> {
    at: Place<'a>,
    by: Place<'a>,
    only: Place<'a>,
    share: Place<'a>,
}

/// `{ column = "class", values = ["durable"] }`.
fn part(mut t: Table<'_, '_>) -> Option<Part> {
    let column = t.choice("column", Column::ALL);
    let values = t.codes("values");
    t.done();
    Some(Part { column: column?, values: values? })
}

/// What a definition says has to fit together.
fn fits<'a>(d: &Definition, log: &Log<'a>, at: &Places<'a>) {
    let id = &d.id;
    let columns = d.by.iter().map(|column| (*column, at.by));
    let columns = columns.chain(d.only.iter().map(|part| (part.column, at.only)));
    for (column, place) in columns.chain(d.share.iter().map(|part| (part.column, at.share))) {
        if !column.fits(d.base, d.of) {
            let fitting: Vec<&str> =
                Column::ALL.iter().filter(|column| column.fits(d.base, d.of)).map(|column| column.code()).collect();
            let message = format!("The {} of {} ({id}) has no `{column}`.", d.base, d.of);
            log.find(place, message, format!("use one of `{}`.", fitting.join("`, `")));
        }
    }
    if (d.of == Of::Phase) == d.phases.is_empty() {
        let (message, remedy) = if d.phases.is_empty() {
            (format!("The definition {id} counts phases and does not say which."), "add `phases = [\"dossier\"]`.")
        } else {
            (
                format!("The definition {id} names phases and counts something else."),
                "leave `phases` out, or write `of = \"phase\"`.",
            )
        };
        log.find(at.at, message, remedy);
    }
    if (d.measure == Measure::Share) != d.share.is_some() {
        let message = format!("In the definition {id} `measure = \"share\"` and `share` do not go together.");
        log.find(
            at.share,
            message,
            "give both: `measure = \"share\"`, `share = { column = \"class\", values = [\"durable\"] }`; or none.",
        );
    }
    if d.measure == Measure::Days && matches!(d.of, Of::Participation | Of::ReEntry) {
        let message = format!("The definition {id} asks how many days {} lasts.", d.of);
        log.find(at.at, message, "measure days of `phase` or `review`.");
    }
    if matches!((d.base, d.of), (Base::Stock | Base::Outflow, Of::ReEntry)) {
        let message = format!("The definition {id} asks for the {} of re-entry, which is a moment.", d.base);
        log.find(at.at, message, "write `base = \"inflow\"`, or use the breakdown `re-entry`.");
    }
    if d.exclude.contains(&Exclude::CutShort) && !(d.base == Base::Outflow && matches!(d.of, Of::Phase | Of::Review)) {
        let message = format!("In the definition {id} nothing can be cut short.");
        log.find(at.at, message, "leave `cut-short` out: it is for the outflow of a phase or a review.");
    }
}

/// A table; its figures are known only when all files are read.
pub(super) fn table(mut t: Table<'_, '_>) -> Option<FigureTable> {
    let id = t.defines("id", Target::FigureTable);
    let (name, figures) = (t.text("name"), t.all("figures", Target::Definition));
    let by = t.choice("by", Column::ALL);
    t.done();
    Some(FigureTable { id: id?, name: name?, figures: figures?, by: by? })
}

/// Two bases are never put in one table; each figure has the breakdown of its rows.
pub(super) fn tables<'a>(tables: &[(Place<'a>, FigureTable)], definitions: &[Definition], log: &Log<'a>) {
    for (at, table) in tables {
        let of: Vec<&Definition> =
            table.figures.iter().filter_map(|id| definitions.iter().find(|known| known.id == *id)).collect();
        let Some(first) = of.first() else {
            if table.figures.is_empty() {
                log.find(*at, format!("The table {} has no figures.", table.id), "name at least one definition.");
            }
            continue;
        };
        if let Some(other) = of.iter().find(|other| other.base != first.base) {
            let message = format!(
                "The table {} puts the {} `{}` beside the {} `{}`.",
                table.id, first.base, first.id, other.base, other.id
            );
            log.find(*at, message, "two bases are never put in one table: make a table for each.");
        }
        for one in of.iter().filter(|one| !one.by.contains(&table.by)) {
            let message =
                format!("The table {} has rows by `{}`, which `{}` does not allow.", table.id, table.by, one.id);
            log.find(*at, message, format!("add `{}` to the `by` of that definition.", table.by));
        }
    }
}

/// Values of a part have to be codes that can occur: of a list, or of the program itself.
fn values<'a>(part: &Part, id: &Code, log: &Log<'a>, at: Place<'a>) {
    let target = match part.column {
        Column::Site => Some(Target::Site),
        Column::Method => Some(Target::Method),
        column => list_of(column).map(Target::In),
    };
    let known = own_values(part.column);
    for value in &part.values {
        match (target, &known) {
            (Some(target), _) if *value != "none" => log.use_of(at, target, value.as_str()),
            (None, Some(known)) if !known.contains(&value.as_str()) => {
                let message = format!("In the definition {id} `{value}` is no value of `{}`.", part.column);
                log.find(at, message, format!("{} or leave it out.", one_of(value.as_str(), known)));
            }
            _ => {}
        }
    }
}

/// The values of a column that are codes of the program; `None` where they are not.
fn own_values(column: Column) -> Option<Vec<&'static str>> {
    Some(match column {
        Column::Class => OutcomeClass::ALL.iter().map(|class| class.code()).collect(),
        Column::Dtv | Column::ReEntry | Column::Consequence => vec!["yes", "no"],
        Column::Cooperation => vec!["yes", "no", "none"],
        Column::Sex => Sex::ALL.iter().map(|sex| sex.code()).collect(),
        Column::Phase => Phase::ALL.iter().map(|phase| phase.code()).collect(),
        Column::Status => Status::ALL.iter().map(|status| status.code()).collect(),
        _ => return None,
    })
}

/// The list in which the values of a column stand, where a programme has one.
pub const fn list_of(column: Column) -> Option<List> {
    match column {
        Column::Scenario => Some(List::Scenarios),
        Column::Pause => Some(List::Pauses),
        Column::Reason => Some(List::OutflowReasons),
        _ => None,
    }
}
