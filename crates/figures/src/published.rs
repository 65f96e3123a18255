//! Figures that others published, beside ours: the same base, the same period, or the reason why not.
//!
//! What has to be counted stands in the programme's files, number by number; nothing about a place is known here.

use domain::{
    codes::Status,
    ids::{Code, SiteId},
    programme::{
        Base, Column, Count, Counted, Definition, Measure, Number, Of, Part, Programme, Published, TAKING_PART, Text,
        What,
    },
};
use jiff::civil::Date;

use crate::{
    disclosure,
    figure::{self, Value},
    history::Snapshot,
    question::{Moment, Period, Question},
};

/// Whether ours can stand beside theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same number.
    Equal,
    /// Another number.
    Differs,
    /// Cannot be compared; the text key says why (`incomparable-<key>`).
    Incomparable(&'static str),
}

/// Whom a number counts, beside its base and its period: a page shows this with every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Population {
    /// Which participation statuses; none: nobody of ours is counted.
    pub counted: Option<Counted>,
    /// Only who left with one of these reasons; empty: with any.
    pub reasons: Vec<Code>,
    /// Only who has this scenario.
    pub scenario: Option<Code>,
    /// By which classification a class was computed.
    pub classification: Option<Code>,
}

/// One number of a published figure, beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The published figure.
    pub figure: String,
    /// Which part of it: a reason, a class, a word of its own, or nothing.
    pub part: Option<String>,
    /// What kind of count.
    pub base: Count,
    /// Whom it counts.
    pub population: Population,
    /// Site, or `None` for the whole network.
    pub site: Option<String>,
    /// The period, or the reference date twice.
    pub period: Option<(Date, Date)>,
    /// Theirs.
    pub theirs: String,
    /// Ours, from the read tables.
    pub ours: Option<u64>,
    /// Whether they agree.
    pub verdict: Verdict,
    /// Where theirs was published.
    pub source: String,
}

/// Ours as a page may tell it to who cannot see every case in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing of ours is counted.
    Nothing,
    /// Itself: it is what was published already, and tells nothing more.
    Published(u64),
    /// The nearest multiple of five: the exact one, beside the others of its figure, could give a small group away.
    About(u64),
    /// A group below the threshold.
    Few,
}

impl Line {
    /// Ours as it may be told (docs/disclosure.md).
    pub fn told(&self) -> Told {
        match (self.ours, self.verdict) {
            (None, _) => Told::Nothing,
            (Some(ours), Verdict::Equal) => Told::Published(ours),
            (Some(ours), _) if self.base != Count::Share && disclosure::small(ours) => Told::Few,
            (Some(ours), _) => Told::About((ours + 2) / 5 * 5),
        }
    }
}

/// Every number of every published figure, beside ours.
pub fn compare(snapshot: &Snapshot, programme: &Programme, figures: &[Published]) -> Vec<Line> {
    let numbers = figures.iter().flat_map(|figure| figure.numbers.iter().map(move |number| (figure, number)));
    numbers.map(|(figure, number)| line(snapshot, programme, figure, number)).collect()
}

fn line(snapshot: &Snapshot, programme: &Programme, figure: &Published, number: &Number) -> Line {
    let ours = ours(snapshot, programme, number.site.as_ref(), &number.counts);
    let verdict = match (apart(number), ours) {
        (Some(why), _) => Verdict::Incomparable(why),
        (None, Some(ours)) if number.value == ours.to_string() => Verdict::Equal,
        (None, _) => Verdict::Differs,
    };
    Line {
        figure: figure.id.to_string(),
        part: number.part.as_ref().map(ToString::to_string),
        base: number.counts.count(),
        population: population(&number.counts),
        site: number.site.as_ref().map(ToString::to_string),
        period: number.counts.period(),
        theirs: number.value.clone(),
        ours,
        verdict,
        source: figure.source.clone(),
    }
}

/// Why a number cannot be compared, if it cannot.
fn apart(number: &Number) -> Option<&'static str> {
    match number.counts.count() {
        Count::Capacity | Count::Occupied => Some("capacity"),
        Count::Budget => Some("budget"),
        Count::Target => Some("target"),
        Count::Mixed => Some("mixed-bases"),
        _ if number.approximate => Some("approximate"),
        Count::Inflow | Count::Stock | Count::Outflow | Count::Share | Count::State => None,
    }
}

fn population(what: &What) -> Population {
    let everyone = Population { counted: Some(Counted::Entered), ..Population::default() };
    match what {
        What::Inflow { counted, .. } | What::Stock { counted, .. } => {
            Population { counted: Some(*counted), ..Population::default() }
        }
        What::Outflow { reasons, .. } => Population { reasons: reasons.clone(), ..everyone },
        What::Share { classification, .. } => Population { classification: Some(classification.clone()), ..everyone },
        What::State { scenario, .. } => Population { scenario: Some(scenario.clone()), ..Population::default() },
        What::Nothing(..) => Population::default(),
    }
}

/// The statuses that count.
fn statuses(counted: Counted) -> Vec<Status> {
    match counted {
        Counted::Entered => TAKING_PART.to_vec(),
        Counted::AdmittedOnly => vec![Status::Admitted],
    }
}

/// What a published number counts, as a definition of our own.
fn definition(id: &Code, what: &What) -> Option<(Definition, Moment)> {
    let name = Text { nl: id.to_string(), en: id.to_string() };
    let of = |base, statuses| Definition {
        id: id.clone(),
        version: 1,
        name: name.clone(),
        note: None,
        base,
        of: Of::Participation,
        statuses,
        phases: vec![],
        only: vec![],
        measure: Measure::Count,
        share: None,
        by: vec![],
        exclude: vec![],
        classification: None,
    };
    let taking_part = || TAKING_PART.to_vec();
    let part = |column, values: &[Code]| Part { column, values: values.to_vec() };
    let span = |(from, to): (Date, Date)| Period { from, to };
    Some(match what {
        What::Inflow { period, counted } => (of(Base::Inflow, statuses(*counted)), Moment::Inflow(span(*period))),
        What::Stock { on, counted } => (of(Base::Stock, statuses(*counted)), Moment::Stock(*on)),
        What::Outflow { period, reasons } => {
            let only = if reasons.is_empty() { vec![] } else { vec![part(Column::Reason, reasons)] };
            (Definition { only, ..of(Base::Outflow, taking_part()) }, Moment::Outflow(span(*period)))
        }
        What::Share { period, classification, class } => {
            let class: Code = class.code().parse().ok()?;
            let share = Some(part(Column::Class, &[class]));
            let classification = Some(classification.clone());
            let left = of(Base::Outflow, taking_part());
            (Definition { measure: Measure::Share, share, classification, ..left }, Moment::Outflow(span(*period)))
        }
        What::State { on, scenario } => {
            let only = vec![part(Column::Scenario, std::slice::from_ref(scenario))];
            (Definition { only, ..of(Base::Stock, taking_part()) }, Moment::Stock(*on))
        }
        What::Nothing(..) => return None,
    })
}

/// Our own number; none where nothing of ours is counted.
fn ours(snapshot: &Snapshot, programme: &Programme, site: Option<&SiteId>, what: &What) -> Option<u64> {
    let id: Code = "published".parse().ok()?;
    let (definition, moment) = definition(&id, what)?;
    let classification = definition.classification.as_ref().and_then(|id| programme.classification(id));
    let question = Question { definition: &definition, moment, site: site.cloned(), by: vec![], classification };
    Some(match figure::compute(snapshot, programme, &question).total {
        Value::Count(count) | Value::Days { count, .. } => count,
        // whole per cent, rounded half up
        Value::Share { part, whole } => (part * 200 + whole) / (whole * 2).max(1),
    })
}
