//! What is asked of a definition: day or period, place, breakdowns, known-at. What does not fit is refused, with the reason.

use domain::{
    codes::Category,
    ids::{Code, SiteId},
    programme::{Base, Classification, Column, Definition, List, Of, Programme},
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// A period: [from, to).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
}

/// The base with the time that belongs to it: a stock over a period, or a flow on a day, cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// What began in a period.
    Inflow(Period),
    /// What is there at the start of a day.
    Stock(Date),
    /// What ended in a period.
    Outflow(Period),
}

impl Moment {
    /// Which base.
    pub const fn base(self) -> Base {
        match self {
            Self::Inflow(_) => Base::Inflow,
            Self::Stock(_) => Base::Stock,
            Self::Outflow(_) => Base::Outflow,
        }
    }

    /// The last day that it looks at.
    fn last(self) -> Date {
        match self {
            Self::Inflow(period) | Self::Outflow(period) => period.to,
            Self::Stock(on) => on,
        }
    }
}

/// Days as they were asked, before they are known to fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// Reference date.
    pub on: Option<Date>,
    /// First day of a period.
    pub from: Option<Date>,
    /// Day after its last.
    pub to: Option<Date>,
}

/// Why a figure is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such definition.
    #[error("there is no figure {asked}; there are {known}")]
    NoDefinition {
        /// What was asked.
        asked: String,
        /// Those there are.
        known: String,
    },
    /// A stock without its day.
    #[error("{id} is a stock and has no reference date: a number without one says nothing; give the day (--on DATE)")]
    NoDate {
        /// Definition.
        id: Code,
    },
    /// A flow without its period.
    #[error(
        "{id} is an {base} and has no period: give its first day and the day after its last (--from DATE --to DATE)"
    )]
    NoPeriod {
        /// Definition.
        id: Code,
        /// Base.
        base: Base,
    },
    /// A stock over a period.
    #[error("{id} is a stock, counted on one day; over a period stock and flow would be mixed: give --on DATE alone")]
    StockOverPeriod {
        /// Definition.
        id: Code,
    },
    /// A flow on one day.
    #[error(
        "{id} is an {base}, counted over a period; on one day flow and stock would be mixed: give --from and --to alone"
    )]
    FlowOnDay {
        /// Definition.
        id: Code,
        /// Base.
        base: Base,
    },
    /// A period without days.
    #[error("the period [{from}, {to}) has no days: --to is the day after the last, and comes after --from")]
    EmptyPeriod {
        /// First day.
        from: Date,
        /// Day after the last.
        to: Date,
    },
    /// It looks further than what is known.
    #[error("{day} lies after {known}, the day up to which things are known: give an earlier day, or a later known-at")]
    Ahead {
        /// The day asked.
        day: Date,
        /// The last day known.
        known: Date,
    },
    /// Known at a moment that has not come.
    #[error("nothing is known yet as on {asked}: the last day is {today}")]
    KnownAhead {
        /// The day asked.
        asked: Date,
        /// Today.
        today: Date,
    },
    /// No such breakdown.
    #[error("{id} has no breakdown by {asked}; it has {known}")]
    NoBreakdown {
        /// Definition.
        id: Code,
        /// What was asked.
        asked: String,
        /// Those there are.
        known: String,
    },
    /// No such site.
    #[error("there is no site {asked}; there are {known}")]
    NoSite {
        /// What was asked.
        asked: String,
        /// Those there are.
        known: String,
    },
    /// No such classification.
    #[error("there is no classification {asked}; there are {known}")]
    NoClassification {
        /// What was asked.
        asked: String,
        /// Those there are.
        known: String,
    },
    /// A class without a classification.
    #[error("{id} needs classes: say by which classification (--classification); there are {known}")]
    NeedsClassification {
        /// Definition.
        id: Code,
        /// Those there are.
        known: String,
    },
    /// Two bases in one table.
    #[error("{first} is on the base {one}, {second} on the base {other}: two bases are never put in one table")]
    TwoBases {
        /// One definition.
        first: Code,
        /// Its base.
        one: Base,
        /// Another.
        second: Code,
        /// Its base.
        other: Base,
    },
    /// Another day, period, place, breakdown or known-at date in one table.
    #[error("{first} and {second} are not about the same {what}: they do not stand in one table")]
    NotAlike {
        /// One definition.
        first: Code,
        /// Another.
        second: Code,
        /// What differs.
        what: &'static str,
    },
}

/// A definition with everything that was asked of it.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// What is counted.
    pub definition: &'a Definition,
    /// When.
    pub moment: Moment,
    /// Where; everywhere when none.
    pub site: Option<SiteId>,
    /// Broken down by.
    pub by: Vec<Column>,
    /// By which classification classes are told.
    pub classification: Option<&'a Classification>,
}

impl Question<'_> {
    /// What it tells of a case to be counted, or to be counted there: the categories of what is asked of it.
    pub fn tells(&self, programme: &Programme) -> Vec<Category> {
        let parts = self.definition.only.iter().chain(&self.definition.share).map(|part| part.column);
        let mut out: Vec<Category> =
            parts.chain(self.by.iter().copied()).flat_map(|column| tells(programme, column)).collect();
        if self.definition.of == Of::Review {
            out.push(Category::Cooperation);
        }
        out.sort();
        out.dedup();
        out
    }
}

/// What the value of a column tells of a case, beside where it stands.
fn tells(programme: &Programme, column: Column) -> Vec<Category> {
    match column {
        Column::Cooperation | Column::Consequence => vec![Category::Cooperation],
        Column::AgeBand | Column::Sex => vec![Category::Identity],
        Column::Pause => programme.reveals_any(List::Pauses).collect(),
        _ => vec![],
    }
}

/// What is asked, as text and days.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// When.
    pub days: Days,
    /// Where; everywhere when none.
    pub site: Option<SiteId>,
    /// Broken down by.
    pub by: Vec<Column>,
    /// By which classification.
    pub classification: Option<Code>,
}

fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = codes.collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// A definition by its name.
///
/// # Errors
/// [`Refused::NoDefinition`], with those there are.
pub fn definition<'a>(programme: &'a Programme, id: &str) -> Result<&'a Definition, Refused> {
    let known = || listed(programme.definitions.iter().map(|definition| definition.id.as_str()));
    programme.definition(id).ok_or_else(|| Refused::NoDefinition { asked: id.to_owned(), known: known() })
}

/// The moment up to which a day is known: its end, or now when it is not over.
///
/// # Errors
/// [`Refused::KnownAhead`] for a day after today.
pub fn known_at(day: Option<Date>, now: Timestamp) -> Result<Timestamp, Refused> {
    let Some(day) = day else { return Ok(now) };
    let end =
        day.tomorrow().ok().and_then(|next| next.to_datetime(Time::midnight()).to_zoned_datetime(amsterdam()).ok());
    match end.map(|end| end.timestamp()) {
        Some(end) if end <= now => Ok(end.saturating_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(end)),
        _ if day == day_of(now) => Ok(now),
        _ => Err(Refused::KnownAhead { asked: day, today: day_of(now) }),
    }
}

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)
}

/// The day of a moment in the Netherlands.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned_datetime(amsterdam()).date()
}

impl<'a> Question<'a> {
    /// Puts a question, as it can be answered with what was known at a moment.
    ///
    /// # Errors
    /// [`Refused`] says what is wrong and what would be right.
    pub fn new(
        programme: &'a Programme,
        definition: &'a Definition,
        asked: Asked,
        known_at: Timestamp,
    ) -> Result<Self, Refused> {
        let moment = moment(definition, asked.days)?;
        // the start of the day after the last one known is the latest moment that anything can be said about
        let known = day_of(known_at);
        let latest = known.tomorrow().unwrap_or(known);
        if moment.last() > latest {
            return Err(Refused::Ahead { day: moment.last(), known });
        }
        if let Some(column) = asked.by.iter().find(|column| !definition.by.contains(column)) {
            let known = listed(definition.by.iter().map(|column| column.code()));
            return Err(Refused::NoBreakdown { id: definition.id.clone(), asked: column.to_string(), known });
        }
        if let Some(site) = asked.site.as_ref().filter(|site| programme.site(site).is_none()) {
            let known = listed(programme.sites.iter().map(|site| site.id.as_str()));
            return Err(Refused::NoSite { asked: site.to_string(), known });
        }
        let classification = classification(programme, definition, &asked)?;
        Ok(Self { definition, moment, site: asked.site, by: asked.by, classification })
    }
}

fn moment(definition: &Definition, days: Days) -> Result<Moment, Refused> {
    let (id, base) = (definition.id.clone(), definition.base);
    let period = || match (days.from, days.to) {
        (Some(from), Some(to)) if from < to => Ok(Period { from, to }),
        (Some(from), Some(to)) => Err(Refused::EmptyPeriod { from, to }),
        _ => Err(Refused::NoPeriod { id: id.clone(), base }),
    };
    match base {
        Base::Stock if days.from.is_some() || days.to.is_some() => Err(Refused::StockOverPeriod { id }),
        Base::Stock => days.on.map(Moment::Stock).ok_or(Refused::NoDate { id }),
        Base::Inflow | Base::Outflow if days.on.is_some() => Err(Refused::FlowOnDay { id, base }),
        Base::Inflow => period().map(Moment::Inflow),
        Base::Outflow => period().map(Moment::Outflow),
    }
}

/// The classification asked or the definition's own, where classes are told.
fn classification<'a>(
    programme: &'a Programme,
    definition: &Definition,
    asked: &Asked,
) -> Result<Option<&'a Classification>, Refused> {
    let parts = definition.only.iter().chain(&definition.share).map(|part| part.column);
    let needed = parts.chain(asked.by.iter().copied()).any(|column| column == Column::Class);
    let known = || listed(programme.classifications.iter().map(|classification| classification.id.as_str()));
    let wanted = asked.classification.as_ref().or(definition.classification.as_ref());
    match wanted {
        Some(id) => {
            let found = programme.classification(id);
            let found = found.ok_or_else(|| Refused::NoClassification { asked: id.to_string(), known: known() })?;
            Ok(needed.then_some(found))
        }
        None if needed => Err(Refused::NeedsClassification { id: definition.id.clone(), known: known() }),
        None => Ok(None),
    }
}
