//! How long the record of a person is kept: arithmetic on the grounds of a programme. The longest wins, each is shown.

use jiff::{ToSpan as _, civil::Date};

use crate::{
    ids::Code,
    programme::{Applies, Retention},
};

/// A trajectory that ended, as retention looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Day on which it ended.
    pub on: Date,
    /// Whether someone took part.
    pub admitted: bool,
}

/// A ground with the last day on which it keeps the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The ground.
    pub ground: Code,
    /// The last day; from the next the ground no longer holds.
    pub until: Date,
}

/// Every ground that applies to someone's trajectories, the longest first. Of a ground that applies to several the latest
/// end counts. Empty without trajectories or grounds: nothing says the record may go.
pub fn kept(grounds: &[Retention], trajectories: &[Ended]) -> Vec<Kept> {
    let mut out: Vec<Kept> = grounds
        .iter()
        .filter_map(|ground| {
            let applies = |ended: &&Ended| match ground.applies {
                Applies::Everyone => true,
                Applies::Admitted => ended.admitted,
                Applies::NotAdmitted => !ended.admitted,
            };
            let last = trajectories.iter().filter(applies).map(|ended| ended.on).max()?;
            let term = i32::from(ground.years).years().days(i32::from(ground.days));
            Some(Kept { ground: ground.id.clone(), until: last.saturating_add(term) })
        })
        .collect();
    out.sort_by(|one, other| other.until.cmp(&one.until).then_with(|| one.ground.cmp(&other.ground)));
    out
}

/// The last day of the longest ground; `None` when no ground says how long the record is kept.
pub fn until(kept: &[Kept]) -> Option<Date> {
    kept.first().map(|longest| longest.until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Text;

    fn ground(id: &str, applies: Applies, years: u16, days: u16) -> Retention {
        let name = Text { nl: id.into(), en: id.into() };
        Retention { id: id.parse().unwrap(), name, applies, years, days, source: "verzonnen".into(), assumption: None }
    }

    fn ended(on: &str, admitted: bool) -> Ended {
        Ended { on: on.parse().unwrap(), admitted }
    }

    #[test]
    fn the_longest_ground_wins_and_each_is_shown() {
        let grounds = [
            ground("short", Applies::Everyone, 0, 42),
            ground("given", Applies::Admitted, 10, 0),
            ground("refused", Applies::NotAdmitted, 5, 0),
        ];
        let one = kept(&grounds, &[ended("2020-02-29", true)]);
        let shown: Vec<_> = one.iter().map(|kept| (kept.ground.as_str(), kept.until.to_string())).collect();
        assert_eq!(shown, [("given", "2030-02-28".to_owned()), ("short", "2020-04-11".to_owned())]);
        // a refusal later on does not shorten what was given before
        let two = kept(&grounds, &[ended("2020-03-01", true), ended("2024-06-01", false)]);
        assert_eq!(until(&two).unwrap().to_string(), "2030-03-01");
        assert_eq!(two.len(), 3);
        assert_eq!(until(&kept(&grounds, &[])), None);
        assert_eq!(until(&kept(&[], &[ended("2020-03-01", true)])), None, "no rule, no destruction");
    }
}
