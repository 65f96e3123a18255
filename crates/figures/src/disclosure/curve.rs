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
/// Steps are in order of time.
pub fn coarsen(steps: &[Step], until: f64) -> Option<Drawn> {
    let end = steps.iter().position(|step| step.at_risk < THRESHOLD);
    let inside = &steps[..end.unwrap_or(steps.len())];
    if super::small(inside.iter().map(|step| step.events).sum()) {
        return None;
    }
    let (mut kept, mut gathered) = (Vec::new(), 0);
    for (place, step) in inside.iter().enumerate() {
        gathered += step.events;
        if gathered >= THRESHOLD {
            kept.push(place);
            gathered = 0;
        }
    }
    // what is left over goes with the last step, which then stands where they are complete
    if gathered > 0
        && let (Some(last), Some(place)) = (kept.last_mut(), inside.iter().rposition(|step| step.events > 0))
    {
        *last = place;
    }
    let until = end.map_or(until, |place| steps[place].time.min(until));
    Some(Drawn { kept, until, cut: end.is_some() })
}

/// The number at risk as it stands under a curve: rounded down to a multiple of five, none below ten. Exact numbers under
/// two times would count those between them.
pub fn at_risk(people: u64) -> Option<u64> {
    (people >= THRESHOLD).then_some(people / super::BASE * super::BASE)
}
