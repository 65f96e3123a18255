//! A curve whose steps each rest on at least ten people.
//!
//! A step of a survival curve or a cumulative incidence is `events / at risk` times what went before: whoever sees the steps can
//! count the people behind each. So steps are taken together until ten events lie in each, and the curve stops where fewer
//! than ten are at risk. Where it changes, its value is the estimate at that time, at full precision; between, it lags behind.

use super::THRESHOLD;

/// One time at which the estimate changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// How many were at risk just before.
    pub at_risk: u64,
    /// How many had the event of this curve.
    pub events: u64,
}

/// What may be drawn of a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The steps that stay, by their place: at each the curve takes the value of the estimate there.
    pub kept: Vec<usize>,
    /// To which time the curve runs.
    pub until: f64,
    /// Whether it was cut because fewer than ten were at risk.
    pub cut: bool,
}

/// What may be drawn of a curve followed until `until`; none when fewer than ten events lie under it (and not none at all).
/// Steps are in order of time. `told` are times at which the estimate itself stands elsewhere, in order: steps are gathered
/// between them, or the difference of a step and such a number would rest on fewer than ten.
pub fn coarsen(steps: &[Step], told: &[f64], until: f64) -> Option<Drawn> {
    let end = steps.iter().position(|step| step.at_risk < THRESHOLD);
    let inside = &steps[..end.unwrap_or(steps.len())];
    if super::small(inside.iter().map(|step| step.events).sum()) {
        return None;
    }
    let mut drawn =
        Drawn { kept: Vec::new(), until: end.map_or(until, |place| steps[place].time.min(until)), cut: end.is_some() };
    let (mut from, mut last) = (0, 0.0);
    for mark in told.iter().copied().chain([f64::INFINITY]) {
        let to = inside.partition_point(|step| step.time <= mark);
        let Some(kept) = gathered(&inside[from..to]) else {
            // what is left after the last such number is too little to be drawn
            (drawn.until, drawn.cut) = (last, true);
            break;
        };
        drawn.kept.extend(kept.into_iter().map(|place| from + place));
        (from, last) = (to, mark);
    }
    Some(drawn)
}

/// The places where ten events are complete; none when there are fewer, and not none at all.
fn gathered(steps: &[Step]) -> Option<Vec<usize>> {
    let (mut kept, mut gathered) = (Vec::new(), 0);
    for (place, step) in steps.iter().enumerate() {
        gathered += step.events;
        if gathered >= THRESHOLD {
            kept.push(place);
            gathered = 0;
        }
    }
    // what is left over goes with the last step, which then stands where they are complete
    if gathered > 0 {
        *kept.last_mut()? = steps.iter().rposition(|step| step.events > 0)?;
    }
    Some(kept)
}

/// The number at risk as it stands under a curve: rounded down to a multiple of five, none below ten. Exact numbers under
/// two times would count those between them.
pub fn at_risk(people: u64) -> Option<u64> {
    (people >= THRESHOLD).then_some(people / super::BASE * super::BASE)
}
