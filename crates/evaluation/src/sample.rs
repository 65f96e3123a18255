//! Checked times and events of people, as the kernels take them.

use crate::{
    Groups, Problem,
    problem::{finite, same_length},
};

/// Why the time of someone ended: 0 is censored, 1, 2, … are causes.
pub type Event = u8;

/// The event of someone whose end was not seen.
pub const CENSORED: Event = 0;

/// Times and events, one row a person; every row was checked.
///
/// Someone is at risk on `(entry, time]`; without entries, from the start up to and including `time`.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    time: &'a [f64],
    event: &'a [Event],
    entry: Option<&'a [f64]>,
    weights: Option<&'a [f64]>,
    causes: usize,
}

impl<'a> Sample<'a> {
    /// Refuses an empty sample, columns of different lengths, a time that is negative or no number, and a sample
    /// without any event.
    pub fn new(time: &'a [f64], event: &'a [Event]) -> Result<Self, Problem> {
        if time.is_empty() {
            return Err(Problem::whole("there are no rows; give at least one"));
        }
        same_length("event", event.len(), time.len())?;
        // one quick pass over what is nearly always right; the row is sought when it is not
        if !time.iter().all(|time| (0.0..f64::INFINITY).contains(time)) {
            time.iter().enumerate().try_for_each(|(row, time)| not_negative(row, "time", *time))?;
        }
        let causes = usize::from(event.iter().copied().max().unwrap_or(CENSORED));
        if causes == 0 {
            let what =
                format!("all {} are censored, so there is nothing to estimate; 1, 2, … mark an event", time.len());
            return Err(Problem::column("event", what));
        }
        Ok(Self { time, event, entry: None, weights: None, causes })
    }

    /// With delayed entry: nobody is at risk before their entry. Refuses an entry that is not before the time.
    pub fn with_entry(mut self, entry: &'a [f64]) -> Result<Self, Problem> {
        same_length("entry", entry.len(), self.time.len())?;
        for (row, (entry, time)) in entry.iter().zip(self.time).enumerate() {
            not_negative(row, "entry", *entry)?;
            if entry >= time {
                return Err(Problem::at(row, "entry", format!("{entry} is not before the time, {time}")));
            }
        }
        self.entry = Some(entry);
        Ok(self)
    }

    /// With weights, zero or more, not all zero.
    pub fn with_weights(mut self, weights: &'a [f64]) -> Result<Self, Problem> {
        same_length("weights", weights.len(), self.time.len())?;
        for (row, weight) in weights.iter().enumerate() {
            not_negative(row, "weights", *weight)?;
        }
        if weights.iter().all(|weight| *weight == 0.0) {
            return Err(Problem::column("weights", "all are 0; at least one must be more"));
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// Times, zero or more.
    pub fn time(&self) -> &'a [f64] {
        self.time
    }

    /// Events: 0 censored, else the cause.
    pub fn event(&self) -> &'a [Event] {
        self.event
    }

    /// Times of entry, when they are delayed.
    pub fn entry(&self) -> Option<&'a [f64]> {
        self.entry
    }

    /// Weights, when there are any.
    pub fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }

    /// The same rows, each counting once.
    #[must_use]
    pub fn unweighted(self) -> Self {
        Self { weights: None, ..self }
    }

    /// The highest cause.
    pub fn causes(&self) -> usize {
        self.causes
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.time.len()
    }

    /// Refuses groups that are not for these rows.
    pub fn fits(&self, groups: &Groups, column: &'static str) -> Result<(), Problem> {
        same_length(column, groups.of().len(), self.rows())
    }

    /// Refuses a cause that nobody had.
    pub fn has_cause(&self, cause: Event) -> Result<(), Problem> {
        if cause != CENSORED && self.event.contains(&cause) {
            return Ok(());
        }
        Err(Problem::column("event", format!("nobody has cause {cause}")))
    }
}

/// Refuses what is negative or no number.
pub fn not_negative(row: usize, column: &'static str, value: f64) -> Result<(), Problem> {
    finite(row, column, value)?;
    if value < 0.0 {
        return Err(Problem::at(row, column, format!("{value} is negative; it must be 0 or more")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_value_is_told_with_its_row_and_column() {
        let place = |problem: Problem| (problem.row, problem.column.map(|column| column.to_string()));
        let at = |row: usize, column: &str| (Some(row), Some(column.to_owned()));
        assert_eq!(place(Sample::new(&[], &[]).unwrap_err()), (None, None));
        assert_eq!(place(Sample::new(&[1.0, -2.0], &[1, 1]).unwrap_err()), at(1, "time"));
        assert_eq!(place(Sample::new(&[f64::NAN, 2.0], &[1, 1]).unwrap_err()), at(0, "time"));
        assert_eq!(place(Sample::new(&[1.0, f64::INFINITY], &[1, 1]).unwrap_err()), at(1, "time"));
        assert_eq!(place(Sample::new(&[1.0, 2.0], &[0, 0]).unwrap_err()), (None, Some("event".to_owned())));
        assert_eq!(place(Sample::new(&[1.0, 2.0], &[1]).unwrap_err()), (None, Some("event".to_owned())));
        let sample = Sample::new(&[1.0, 2.0], &[0, 1]).unwrap();
        assert_eq!(place(sample.with_entry(&[0.0, 2.0]).unwrap_err()), at(1, "entry"));
        assert_eq!(place(sample.with_entry(&[-1.0, 1.0]).unwrap_err()), at(0, "entry"));
        assert_eq!(place(sample.with_weights(&[1.0, f64::NAN]).unwrap_err()), at(1, "weights"));
        assert_eq!(place(sample.with_weights(&[0.0, 0.0]).unwrap_err()), (None, Some("weights".to_owned())));
        assert!(sample.has_cause(2).is_err() && sample.has_cause(0).is_err() && sample.has_cause(1).is_ok());
    }
}
