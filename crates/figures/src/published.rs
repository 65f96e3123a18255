//! Figures that others published, beside ours: the same base, the same period, or the reason why not.

use std::collections::BTreeMap;

use domain::{
    ids::{Code, SiteId},
    programme::{OutcomeClass, Programme},
};
use jiff::civil::{Date, date};
use journal::Tx;
use serde::Deserialize;

use crate::count::{self, Counted, Period};

/// A published figure, as the programme's file `published.toml` holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Name.
    pub id: String,
    /// Inflow, stock, outflow, capacity, budget; or a mixture, said so.
    pub base: String,
    /// A site, `national` or `per pilot`.
    pub place: String,
    /// [from, to).
    #[serde(default)]
    pub period: Option<[String; 2]>,
    /// Reference date.
    #[serde(default)]
    pub reference_date: Option<String>,
    /// Classification of outcome classes.
    #[serde(default)]
    pub classification: Option<String>,
    /// Shares in whole per cent.
    #[serde(default)]
    pub percent: BTreeMap<String, u64>,
    /// One value, or several with their names.
    #[serde(default)]
    pub value: Option<toml::Value>,
    /// The sum, as published.
    #[serde(default)]
    pub total: Option<u64>,
    /// Values that are a state of those present.
    #[serde(default)]
    pub state: BTreeMap<String, u64>,
    /// Values published as "about".
    #[serde(default)]
    pub approximate: BTreeMap<String, u64>,
    /// Values meant to be reached.
    #[serde(default)]
    pub target: BTreeMap<String, u64>,
    /// Places in use.
    #[serde(default)]
    pub occupied: BTreeMap<String, u64>,
    /// Where it was published.
    pub source: String,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    figure: Vec<Published>,
}

/// Reads the published figures of a programme.
///
/// # Errors
/// What is wrong and in which line.
pub fn parse(text: &str) -> Result<Vec<Published>, toml::de::Error> {
    toml::from_str::<Document>(text).map(|document| document.figure)
}

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

/// One number of a published figure, beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The published figure.
    pub figure: String,
    /// Which part of it: a site, a reason, a class, or nothing.
    pub part: Option<String>,
    /// `inflow`, `stock`, `outflow`, `share`, `state`, `capacity`, `occupied`,
    /// `budget`, `target`.
    pub base: &'static str,
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

/// What is counted for one published number.
struct Asked<'a> {
    figure: &'a Published,
    part: Option<&'a str>,
    base: &'static str,
    site: Option<&'a SiteId>,
    theirs: u64,
}

impl Asked<'_> {
    fn line(&self, period: Option<(Date, Date)>, ours: u64) -> Line {
        let verdict = if ours == self.theirs { Verdict::Equal } else { Verdict::Differs };
        self.with(period, Some(ours), verdict)
    }

    fn with(&self, period: Option<(Date, Date)>, ours: Option<u64>, verdict: Verdict) -> Line {
        Line {
            figure: self.figure.id.clone(),
            part: self.part.map(str::to_owned),
            base: self.base,
            site: self.site.map(ToString::to_string),
            period,
            theirs: self.theirs.to_string(),
            ours,
            verdict,
            source: self.figure.source.clone(),
        }
    }
}

/// Every number of every published figure, beside ours.
///
/// # Errors
/// When the read tables cannot be read.
pub fn compare(tx: &mut Tx<'_>, programme: &Programme, figures: &[Published]) -> journal::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for figure in figures {
        one(tx, programme, figure, &mut lines)?;
    }
    Ok(lines)
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn one(tx: &mut Tx<'_>, programme: &Programme, figure: &Published, out: &mut Vec<Line>) -> journal::Result<()> {
    let site = programme.sites.iter().find(|site| site.id.as_str() == figure.place).map(|site| &site.id);
    let period = figure.period.as_ref().and_then(|[from, to]| Some(Period { from: day(from)?, to: day(to)? }));
    match (figure.base.as_str(), period) {
        ("inflow" | "outflow" | "inflow and outflow", Some(period)) => flow(tx, programme, figure, site, period, out)?,
        (base, _) if base.starts_with("MIXED") => mixed(tx, programme, figure, out)?,
        ("capacity", _) => incomparable(figure, "capacity", "capacity", out),
        ("budget", _) => incomparable(figure, "budget", "budget", out),
        _ => incomparable(figure, "unknown", "no-base", out),
    }
    Ok(())
}

/// The numbers of a figure by name; a figure of one number has no name.
fn values(figure: &Published) -> Vec<(Option<&str>, u64)> {
    let whole = |value: &toml::Value| value.as_integer().and_then(|n| u64::try_from(n).ok());
    match &figure.value {
        Some(toml::Value::Table(table)) => {
            table.iter().filter_map(|(name, value)| Some((Some(name.as_str()), whole(value)?))).collect()
        }
        Some(value) => whole(value).map(|n| (None, n)).into_iter().collect(),
        None => vec![],
    }
}

fn flow(
    tx: &mut Tx<'_>,
    programme: &Programme,
    figure: &Published,
    site: Option<&SiteId>,
    period: Period,
    out: &mut Vec<Line>,
) -> journal::Result<()> {
    let span = Some((period.from, period.to));
    let left = count::outflow(tx, site, period)?;
    let all: u64 = left.iter().map(|(_, n)| n).sum();
    let by_reason = |reasons: &[&str]| -> u64 {
        left.iter().filter(|(reason, _)| reasons.contains(&reason.as_str())).map(|(_, n)| n).sum()
    };
    for (part, theirs) in values(figure) {
        let asked = |base| Asked { figure, part, base, site, theirs };
        out.push(match part {
            None if figure.base == "outflow" => asked("outflow").line(span, all),
            None | Some("inflow" | "participants") => {
                asked("inflow").line(span, count::inflow(tx, site, period, Counted::Entered)?)
            }
            Some("outflow") => asked("outflow").line(span, all),
            Some("return_or_legal_settlement") => asked("outflow").line(span, by_reason(SETTLED)),
            Some("return") => asked("outflow").line(span, by_reason(&["return-to-country-of-origin"])),
            Some(reason) => asked("outflow").line(span, by_reason(&[reason.replace('_', "-").as_str()])),
        });
    }
    if let Some(theirs) = figure.total {
        out.push(Asked { figure, part: Some("total"), base: "outflow", site, theirs }.line(span, all));
    }
    shares(programme, figure, site, span, &left, out);
    for (name, theirs) in &figure.state {
        // the one state that is published: departure postponed on medical grounds, a scenario of ours
        let ours = count::with_scenario(tx, site, period.to, "art64-medical")?;
        let asked = Asked { figure, part: Some(name), base: "state", site, theirs: *theirs };
        out.push(asked.line(Some((period.to, period.to)), ours));
    }
    for (name, theirs) in &figure.approximate {
        let ours = count::stock(tx, site, period.to, Counted::Entered)?;
        let asked = Asked { figure, part: Some(name), base: "stock", site, theirs: *theirs };
        out.push(asked.with(Some((period.to, period.to)), Some(ours), Verdict::Incomparable("approximate")));
    }
    for (name, theirs) in &figure.target {
        let asked = Asked { figure, part: Some(name), base: "target", site, theirs: *theirs };
        out.push(asked.with(None, None, Verdict::Incomparable("target")));
    }
    Ok(())
}

/// "Return to the country of origin, or legal settlement in the Netherlands or a third country".
const SETTLED: &[&str] = &["return-to-country-of-origin", "onward-migration", "permit"];

/// Shares of outcome classes, in whole per cent of all who left.
fn shares(
    programme: &Programme,
    figure: &Published,
    site: Option<&SiteId>,
    span: Option<(Date, Date)>,
    left: &[(String, u64)],
    out: &mut Vec<Line>,
) {
    let named = figure.classification.as_ref().and_then(|id| id.parse::<Code>().ok());
    let Some(classification) = named.and_then(|id| programme.classification(&id)) else { return };
    let all: u64 = left.iter().map(|(_, n)| n).sum();
    for (name, theirs) in &figure.percent {
        let class = match name.as_str() {
            "durable" => OutcomeClass::Durable,
            "semi_durable" => OutcomeClass::SemiDurable,
            _ => OutcomeClass::None,
        };
        let in_class = |reason: &str| classification.map.iter().any(|(code, to)| *code == *reason && to.class == class);
        let count: u64 = left.iter().filter(|(reason, _)| in_class(reason)).map(|(_, n)| n).sum();
        let percent = (count * 200 + all) / (all * 2).max(1);
        out.push(Asked { figure, part: Some(name), base: "share", site, theirs: *theirs }.line(span, percent));
    }
}

/// A table that mixes bases: each site on its own base; the product refuses to add them up.
fn mixed(tx: &mut Tx<'_>, programme: &Programme, figure: &Published, out: &mut Vec<Line>) -> journal::Result<()> {
    let on = figure.reference_date.as_deref().and_then(day).unwrap_or(date(2019, 12, 31));
    for (part, theirs) in values(figure) {
        let Some(site) = programme.sites.iter().find(|site| Some(site.id.as_str()) == part) else { continue };
        let id = Some(&site.id);
        let line = if matches!(site.id.as_str(), "amsterdam" | "eindhoven") {
            let period = Period { from: site.opens, to: on };
            let ours = count::inflow(tx, id, period, Counted::AdmittedOnly)?;
            Asked { figure, part: None, base: "inflow", site: id, theirs }.line(Some((site.opens, on)), ours)
        } else {
            let ours = count::stock(tx, id, on, Counted::Entered)?;
            Asked { figure, part: None, base: "stock", site: id, theirs }.line(Some((on, on)), ours)
        };
        out.push(line);
    }
    let sum = values(figure).iter().map(|(_, n)| n).sum();
    let asked = Asked { figure, part: Some("total"), base: "mixed", site: None, theirs: sum };
    out.push(asked.with(None, None, Verdict::Incomparable("mixed-bases")));
    Ok(())
}

fn incomparable(figure: &Published, base: &'static str, why: &'static str, out: &mut Vec<Line>) {
    let mut parts: Vec<(&'static str, Option<&str>, String)> = match &figure.value {
        Some(toml::Value::Table(table)) => {
            table.iter().map(|(name, value)| (base, Some(name.as_str()), value.to_string())).collect()
        }
        Some(value) => vec![(base, None, value.to_string())],
        None => vec![],
    };
    parts.extend(figure.occupied.iter().map(|(name, value)| ("occupied", Some(name.as_str()), value.to_string())));
    for (base, part, theirs) in parts {
        let asked = Asked { figure, part, base, site: None, theirs: 0 };
        out.push(Line { theirs, ..asked.with(None, None, Verdict::Incomparable(why)) });
    }
}
