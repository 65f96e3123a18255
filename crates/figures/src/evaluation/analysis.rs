//! The estimates, exactly, before disclosure control: nothing outside this room sees them.

use evaluation::{
    Confidence, Groups, Incidence, Problem, Sample, Variance, aalen_johansen,
    restricted::{MeanTimes, restricted_means},
};

use super::{HORIZONS, cohort::Arrays};

/// One group: how many, what became of them, and the curves.
#[derive(Debug, Clone)]
pub(super) struct Exact {
    /// Which group.
    pub(super) name: String,
    /// How many people.
    pub(super) people: u64,
    /// How many left with each class up to 12 months, between 12 and 24, and later.
    pub(super) left: Vec<[u64; 3]>,
    /// The cumulative incidences; none when nobody left.
    pub(super) incidence: Option<Incidence>,
    /// Mean time lost up to 24 months, in days; none when nobody was followed so long.
    pub(super) lost: Option<MeanTimes>,
}

/// Estimates for everyone together and for each group, everyone first.
pub(super) fn estimate(arrays: &Arrays, classes: usize) -> Result<Vec<Exact>, Problem> {
    if arrays.time.is_empty() {
        return Err(Problem::whole("there are no rows: nobody started their clock; ask about a longer period"));
    }
    let mut exact = vec![one(arrays, "", classes)?];
    let groups = Groups::from_labels(&arrays.group);
    if groups.count() > 1 {
        for (name, rows) in groups.names().iter().zip(groups.rows()) {
            exact.push(one(&select(arrays, &rows), name, classes)?);
        }
    }
    Ok(exact)
}

fn select(arrays: &Arrays, rows: &[usize]) -> Arrays {
    let mut selected = Arrays::default();
    for row in rows {
        selected.time.push(arrays.time[*row]);
        selected.event.push(arrays.event[*row]);
        selected.entry.push(arrays.entry[*row]);
        selected.group.push(arrays.group[*row].clone());
    }
    selected
}

fn one(arrays: &Arrays, name: &str, classes: usize) -> Result<Exact, Problem> {
    let mut left = vec![[0; 3]; classes];
    for (time, event) in arrays.time.iter().zip(&arrays.event) {
        if let Some(class) = usize::from(*event).checked_sub(1) {
            left[class][HORIZONS.iter().filter(|horizon| *time > **horizon).count()] += 1;
        }
    }
    let people = arrays.time.len() as u64;
    if arrays.event.iter().all(|event| *event == 0) {
        return Ok(Exact { name: name.to_owned(), people, left, incidence: None, lost: None });
    }
    let mut sample = Sample::new(&arrays.time, &arrays.event)?;
    if arrays.entry.iter().any(|entry| *entry > 0.0) {
        sample = sample.with_entry(&arrays.entry)?;
    }
    let groups = Groups::one(arrays.time.len());
    let incidence = aalen_johansen(&sample, &groups, &Confidence::default(), Variance::Greenwood)?.pop();
    // refused when nobody was followed up to the horizon: then there is no such mean
    let lost =
        restricted_means(&sample, &groups, HORIZONS[1], Variance::Greenwood).ok().and_then(|mut means| means.pop());
    Ok(Exact { name: name.to_owned(), people, left, incidence, lost })
}
