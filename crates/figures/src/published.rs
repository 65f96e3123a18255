//! Figures that others published, beside ours: the same base, the same period, or the reason why not.
//!
//! What has to be counted stands in the programme's files, number by number; nothing about a place is known here.

use domain::{
    ids::{Code, SiteId},
    programme::{Classification, Count, Counted, Number, OutcomeClass, Programme, Published, What},
};
use jiff::civil::Date;
use journal::Tx;

use crate::count::{self, Period};

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

/// Every number of every published figure, beside ours.
///
/// # Errors
/// When the read tables cannot be read.
pub fn compare(tx: &mut Tx<'_>, programme: &Programme, figures: &[Published]) -> journal::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for figure in figures {
        for number in &figure.numbers {
            lines.push(line(tx, programme, figure, number)?);
        }
    }
    Ok(lines)
}

fn line(tx: &mut Tx<'_>, programme: &Programme, figure: &Published, number: &Number) -> journal::Result<Line> {
    let ours = ours(tx, programme, number.site.as_ref(), &number.counts)?;
    let verdict = match (apart(number), ours) {
        (Some(why), _) => Verdict::Incomparable(why),
        (None, Some(ours)) if number.value == ours.to_string() => Verdict::Equal,
        (None, _) => Verdict::Differs,
    };
    Ok(Line {
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
    })
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

/// Our own number; none where nothing of ours is counted.
fn ours(tx: &mut Tx<'_>, programme: &Programme, site: Option<&SiteId>, what: &What) -> journal::Result<Option<u64>> {
    let span = |(from, to): (Date, Date)| Period { from, to };
    Ok(match what {
        What::Inflow { period, counted } => Some(count::inflow(tx, site, span(*period), *counted)?),
        What::Stock { on, counted } => Some(count::stock(tx, site, *on, *counted)?),
        What::Outflow { period, reasons } => {
            let left = count::outflow(tx, site, span(*period))?;
            let meant = |reason: &str| reasons.is_empty() || reasons.iter().any(|code| *code == *reason);
            Some(left.iter().filter(|(reason, _)| meant(reason)).map(|(_, n)| n).sum())
        }
        What::Share { period, classification, class } => {
            let left = count::outflow(tx, site, span(*period))?;
            // the files of a programme are checked: it has this classification
            programme.classification(classification).map(|by| share(by, *class, &left))
        }
        What::State { on, scenario } => Some(count::with_scenario(tx, site, *on, scenario.as_str())?),
        What::Nothing(..) => None,
    })
}

/// The share of a class in whole per cent, rounded half up.
fn share(by: &Classification, class: OutcomeClass, left: &[(String, u64)]) -> u64 {
    let all: u64 = left.iter().map(|(_, n)| n).sum();
    let in_class = |reason: &str| by.map.iter().any(|(code, to)| *code == *reason && to.class == class);
    let count: u64 = left.iter().filter(|(reason, _)| in_class(reason)).map(|(_, n)| n).sum();
    (count * 200 + all) / (all * 2).max(1)
}
