//! The results that go with a pack: standard analyses of its own rows, under the disclosure threshold, at full precision.

use std::collections::{BTreeMap, BTreeSet};

use evaluation::{
    Confidence, Groups, Sample, Variance, aalen_johansen, cox::Cox, fine_gray::FineGray, gray, regression::Covariates,
};

use super::{PackError, Person, anonymous::ANY};
use crate::{
    disclosure::{THRESHOLD, small},
    evaluation::cohort,
};

/// The classes of a pack, by number.
pub(crate) const CLASSES: [&str; 3] = {
    let [first, second, third] = cohort::CLASSES;
    [first.code(), second.code(), third.code()]
};
/// When incidence is told, in days.
pub(crate) const MOMENTS: [u32; 2] = [365, 730];
/// What R may differ by, relative to the size of the number (or to 0.001, if that is more): rounding, and how far an
/// iteration went.
const EXACT: f64 = 1e-8;
const ITERATED: f64 = 1e-6;
const SANDWICH: f64 = 1e-5;

/// One number of a result, or why it is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Which analysis: `incidence`, `gray`, `cox-durable` …
    pub analysis: String,
    /// Of what: a site and a moment, or a coefficient.
    pub term: String,
    /// Which number: `estimate`, `se` …
    pub quantity: String,
    /// The number; none when it is left out because few stand behind it.
    pub value: Option<f64>,
    /// Relative difference that another program may come to.
    pub tolerance: f64,
    /// Why there is no number: `small`, `protecting` or `counted-otherwise`; empty where there is one.
    pub why: String,
}

/// A model's columns: people left in, and levels, the first being the one that others are held against.
pub(crate) struct Design {
    pub(crate) rows: Vec<usize>,
    pub(crate) levels: Vec<(&'static str, Vec<String>)>,
}

/// All results.
///
/// # Errors
/// When a kernel cannot compute one; a model without enough events is left out, not an error.
pub fn results(people: &[Person]) -> Result<Vec<Figure>, PackError> {
    let mut out = incidence(people)?;
    out.extend(grays(people)?);
    for class in 1..=3 {
        out.extend(models(people, class)?);
    }
    Ok(out)
}

/// The sites that are named, and the rows at them.
pub(crate) fn at_sites(people: &[Person]) -> (Vec<usize>, BTreeSet<&str>) {
    let rows: Vec<usize> = (0..people.len()).filter(|row| people[*row].site != ANY).collect();
    let sites = rows.iter().map(|row| people[*row].site.as_str()).collect();
    (rows, sites)
}

fn of(people: &[Person], rows: &[usize]) -> (Vec<f64>, Vec<u8>) {
    rows.iter().map(|row| (f64::from(people[*row].time), people[*row].event)).unzip()
}

/// Cumulative incidence of each class by site (Aalen-Johansen). Left out where fewer than ten are at risk, or few had the event.
fn incidence(people: &[Person]) -> Result<Vec<Figure>, PackError> {
    let (_, sites) = at_sites(people);
    let mut out = Vec::new();
    for site in sites {
        let rows: Vec<usize> = (0..people.len()).filter(|row| people[*row].site == site).collect();
        let (time, event) = of(people, &rows);
        if event.iter().all(|event| *event == 0) {
            continue;
        }
        let sample = Sample::new(&time, &event)?;
        let curves = aalen_johansen(&sample, &Groups::one(rows.len()), &Confidence::default(), Variance::Greenwood)?;
        for moment in MOMENTS {
            let t = f64::from(moment);
            let at_risk = time.iter().filter(|time| **time >= t).count() as u64;
            for (class, name) in (1_u8..).zip(CLASSES) {
                let had = rows.iter().filter(|row| people[**row].event == class && people[**row].time <= moment).count()
                    as u64;
                let shown = at_risk >= THRESHOLD && !small(had) && usize::from(class) <= sample.causes();
                let point = shown.then(|| curves[0].at(class, t));
                for (quantity, value) in [("estimate", point.map(|p| p.value)), ("se", point.map(|p| p.se))] {
                    let term = format!("{site}/{name}/{moment}");
                    out.push(Figure {
                        analysis: "incidence".into(),
                        term,
                        quantity: quantity.into(),
                        value,
                        tolerance: EXACT,
                        why: if value.is_none() { "small".to_owned() } else { String::new() },
                    });
                }
            }
        }
    }
    Ok(out)
}

/// Gray's test between the named sites, for each class that enough had.
fn grays(people: &[Person]) -> Result<Vec<Figure>, PackError> {
    let (rows, sites) = at_sites(people);
    if sites.len() < 2 {
        return Ok(Vec::new());
    }
    let (time, event) = of(people, &rows);
    if event.iter().all(|event| *event == 0) {
        return Ok(Vec::new());
    }
    let labels: Vec<&str> = rows.iter().map(|row| people[*row].site.as_str()).collect();
    let tests = gray(&Sample::new(&time, &event)?, &Groups::from_labels(&labels), None, 0.0)?;
    let mut out = Vec::new();
    for test in tests {
        let had = event.iter().map(|event| u64::from(*event == test.cause)).sum::<u64>();
        let Some(name) = CLASSES.get(usize::from(test.cause) - 1).filter(|_| had >= THRESHOLD) else { continue };
        for (quantity, value) in [("statistic", test.statistic), ("p", test.p)] {
            out.push(Figure {
                analysis: "gray".into(),
                term: (*name).to_owned(),
                quantity: quantity.into(),
                value: Some(value),
                tolerance: ITERATED,
                why: String::new(),
            });
        }
    }
    Ok(out)
}

/// Levels that at least ten people and ten events stand behind; people at other levels are left out of the model.
pub(crate) fn design(people: &[Person], class: u8) -> Option<Design> {
    let columns: [(&str, fn(&Person) -> &str); 3] = [("site", |p| &p.site), ("age", |p| &p.age), ("sex", |p| &p.sex)];
    let mut rows: Vec<usize> = (0..people.len()).collect();
    loop {
        let mut levels = Vec::new();
        let mut kept = rows.clone();
        for (name, of) in columns {
            let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
            for row in &rows {
                let count = counts.entry(of(&people[*row])).or_default();
                count.0 += 1;
                count.1 += u64::from(people[*row].event == class);
            }
            let enough = |level: &str| level != ANY && counts[level].0 >= THRESHOLD && counts[level].1 >= THRESHOLD;
            let mut own: Vec<&str> = counts.keys().copied().filter(|level| enough(level)).collect();
            own.sort_by_key(|level| (std::cmp::Reverse(counts[level].0), *level));
            kept.retain(|row| own.contains(&of(&people[*row])));
            levels.push((name, own.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        }
        if kept.len() == rows.len() {
            levels.retain(|(_, own)| own.len() > 1);
            return (!levels.is_empty() && !rows.is_empty()).then_some(Design { rows, levels });
        }
        rows = kept;
    }
}

fn level<'a>(person: &'a Person, column: &str) -> &'a str {
    match column {
        "site" => &person.site,
        "age" => &person.age,
        _ => &person.sex,
    }
}

/// Cox for the hazard and Fine-Gray for the incidence of a class, by site, age and sex.
fn models(people: &[Person], class: u8) -> Result<Vec<Figure>, PackError> {
    let Some(design) = design(people, class) else { return Ok(Vec::new()) };
    let (time, event) = of(people, &design.rows);
    let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
    for (name, levels) in &design.levels {
        for own in &levels[1..] {
            let column = design.rows.iter().map(|row| f64::from(u8::from(level(&people[*row], name) == own))).collect();
            columns.push((format!("{name}={own}"), column));
        }
    }
    let covariates = columns.iter().fold(Covariates::new(), |all, (name, column)| all.with(name, column));
    let explained: Vec<bool> = event.iter().map(|event| *event == class).collect();
    let cox = Cox::new(&time, &explained, &covariates).fit()?;
    let gray = FineGray::new(&time, &event, class, &covariates).fit()?;
    let name = CLASSES[usize::from(class) - 1];
    let mut out = Vec::new();
    let mut tell = |analysis: &str, estimates: &[f64], errors: &[f64], tolerances: (f64, f64)| {
        for ((term, _), (estimate, se)) in columns.iter().zip(estimates.iter().zip(errors)) {
            for (quantity, value, tolerance) in [("estimate", estimate, tolerances.0), ("se", se, tolerances.1)] {
                let analysis = format!("{analysis}-{name}");
                out.push(Figure {
                    analysis,
                    term: term.clone(),
                    quantity: quantity.into(),
                    value: Some(*value),
                    tolerance,
                    why: String::new(),
                });
            }
        }
    };
    tell("cox", &cox.coefficients, &cox.standard_errors(), (EXACT, EXACT));
    tell("finegray", &gray.coefficients, &gray.standard_errors(), (ITERATED, SANDWICH));
    Ok(out)
}
