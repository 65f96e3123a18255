//! How many left at each time, and how many were at risk: what every estimate here is made from.

use crate::{Event, Groups, Sample};

/// One group: its distinct times in order, with what happened at each. Everything is a sum of weights (1 without weights).
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Distinct times at which someone left, by event or censoring
    pub(crate) time: Vec<f64>,
    /// At risk just before each time: entered before it, and not yet left
    pub(crate) at_risk: Vec<f64>,
    /// Events: `causes` values for each time
    pub(crate) events: Vec<f64>,
    /// Censored at each time (after the events)
    pub(crate) censored: Vec<f64>,
    /// How many causes
    pub(crate) causes: usize,
    /// Sum of all weights
    pub(crate) everyone: f64,
    /// Rows of the group
    pub(crate) rows: usize,
}

impl Table {
    /// Events of all causes at the time with this index.
    pub(crate) fn any(&self, index: usize) -> f64 {
        self.of(index).iter().sum()
    }

    /// Events of each cause at the time with this index.
    pub(crate) fn of(&self, index: usize) -> &[f64] {
        &self.events[index * self.causes..(index + 1) * self.causes]
    }

    /// Who is at risk, from who left and who entered (in order of entry).
    fn finish(&mut self, entered: Option<&[(f64, f64)]>, everyone: f64) {
        let (mut now, mut next) = (if entered.is_some() { 0.0 } else { everyone }, 0);
        for index in 0..self.time.len() {
            while let Some((entry, weight)) = entered.and_then(|all| all.get(next))
                && *entry < self.time[index]
            {
                now += weight;
                next += 1;
            }
            // sums of fractions can end a hair off: never fewer at risk than leave now
            let leaving = self.any(index) + self.censored[index];
            self.at_risk.push(now.max(leaving));
            now -= leaving;
        }
    }
}

/// Groups side by side: everything at each time at which someone of any group left.
pub(crate) struct Walk<'a> {
    tables: &'a [Table],
    entered: Option<&'a [Vec<(f64, f64)>]>,
    next: Vec<usize>,
    came: Vec<usize>,
    leaving: Vec<f64>,
    /// At risk in each group, just before this time
    pub(crate) at_risk: Vec<f64>,
    /// Index of this time in the table of each group that has it
    pub(crate) here: Vec<Option<usize>>,
}

impl<'a> Walk<'a> {
    /// Through these tables; `entered` of [`entries`] when entry is delayed.
    pub(crate) fn new(tables: &'a [Table], entered: Option<&'a [Vec<(f64, f64)>]>) -> Self {
        let groups = tables.len();
        let everyone = |table: &Table| if entered.is_some() { 0.0 } else { table.everyone };
        Self {
            tables,
            entered,
            next: vec![0; groups],
            came: vec![0; groups],
            leaving: vec![0.0; groups],
            at_risk: tables.iter().map(everyone).collect(),
            here: vec![None; groups],
        }
    }

    /// Goes to the next time; false after the last.
    pub(crate) fn step(&mut self) -> bool {
        let upcoming = self.tables.iter().zip(&self.next).filter_map(|(table, next)| table.time.get(*next));
        let Some(time) = upcoming.copied().reduce(f64::min) else { return false };
        for (group, table) in self.tables.iter().enumerate() {
            self.at_risk[group] -= self.leaving[group];
            while let Some((entry, weight)) = self.entered.and_then(|all| all[group].get(self.came[group]))
                && *entry < time
            {
                self.at_risk[group] += weight;
                self.came[group] += 1;
            }
            let index = self.next[group];
            let here = table.time.get(index).is_some_and(|own| *own <= time);
            self.here[group] = here.then_some(index);
            self.leaving[group] = if here { table.any(index) + table.censored[index] } else { 0.0 };
            self.next[group] += usize::from(here);
        }
        true
    }
}

/// Entries of each group in order, when entry is delayed.
pub(crate) fn entries(sample: &Sample, groups: &Groups) -> Option<Vec<Vec<(f64, f64)>>> {
    sample.entry().map(|entry| entered(sample, entry, groups))
}

/// The rows of each group, counted by time.
pub(crate) fn tables(sample: &Sample, groups: &Groups) -> Vec<Table> {
    let mut tables = match last_day(sample, groups) {
        Some(last) if sample.weights().is_none() => by_day(sample, groups, last, |_| 1_u32),
        Some(last) => {
            let weights = sample.weights().unwrap_or_default();
            by_day(sample, groups, last, |row| weights[row])
        }
        None => by_order(sample, groups),
    };
    let entered = entries(sample, groups);
    let everyone = everyone(sample, groups);
    for (group, table) in tables.iter_mut().enumerate() {
        table.finish(entered.as_ref().map(|all| all[group].as_slice()), everyone[group].0);
        (table.everyone, table.rows) = everyone[group];
    }
    tables
}

/// Sum of weights and number of rows of each group.
fn everyone(sample: &Sample, groups: &Groups) -> Vec<(f64, usize)> {
    let mut all = vec![(0.0, 0); groups.count()];
    if let Some(weights) = sample.weights() {
        for (code, weight) in groups.of().iter().zip(weights) {
            all[*code as usize].0 += weight;
            all[*code as usize].1 += 1;
        }
    } else {
        for code in groups.of() {
            all[*code as usize].1 += 1;
        }
        for (sum, rows) in &mut all {
            *sum = count(*rows);
        }
    }
    all
}

/// Entries of each group, in order, with their weights.
fn entered(sample: &Sample, entry: &[f64], groups: &Groups) -> Vec<Vec<(f64, f64)>> {
    let mut all = vec![Vec::new(); groups.count()];
    for (row, (entry, code)) in entry.iter().zip(groups.of()).enumerate() {
        all[*code as usize].push((*entry, sample.weights().map_or(1.0, |weights| weights[row])));
    }
    for one in &mut all {
        one.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    }
    all
}

/// The last day, when all times are whole and a cell for each day, group and event costs less than sorting.
fn last_day(sample: &Sample, groups: &Groups) -> Option<usize> {
    let most = 65_536 + 4 * sample.rows();
    let cells = groups.count() * (sample.causes() + 1);
    let days = most / cells;
    let mut last = 0.0_f64;
    for block in sample.time().chunks(4096) {
        let whole = block.iter().all(|time| time.fract() <= 0.0);
        last = block.iter().fold(last, |last, time| last.max(*time));
        if !whole || last >= count(days) {
            return None;
        }
    }
    Some(day(last))
}

/// A sum in a cell: a whole number without weights, which is quicker.
trait Cell: Copy + std::ops::AddAssign + Into<f64> + Default {}
impl Cell for u32 {}
impl Cell for f64 {}

fn by_day<C: Cell>(sample: &Sample, groups: &Groups, last: usize, weight: impl Fn(usize) -> C) -> Vec<Table> {
    let (days, kinds) = (last + 1, sample.causes() + 1);
    let mut cells = vec![C::default(); groups.count() * days * kinds];
    let mut anyone = vec![false; groups.count() * days];
    let rows = sample.time().iter().zip(sample.event()).zip(groups.of());
    for (row, ((time, event), code)) in rows.enumerate() {
        let place = *code as usize * days + day(*time);
        cells[place * kinds + usize::from(*event)] += weight(row);
        anyone[place] = true;
    }
    let group = |group: usize| {
        let mut table = Table { causes: sample.causes(), ..Table::default() };
        for day in (0..days).filter(|day| anyone[group * days + day]) {
            let cell = &cells[(group * days + day) * kinds..][..kinds];
            table.time.push(count(day));
            table.censored.push(cell[0].into());
            table.events.extend(cell[1..].iter().map(|sum| (*sum).into()));
        }
        table
    };
    (0..groups.count()).map(group).collect()
}

fn by_order(sample: &Sample, groups: &Groups) -> Vec<Table> {
    // the bits of numbers from zero on are in the order of the numbers; adding zero turns −0 into 0
    let key = |(row, (time, code)): (usize, (&f64, &u32))| (*code, (time + 0.0).to_bits(), row);
    let mut order: Vec<(u32, u64, usize)> = sample.time().iter().zip(groups.of()).enumerate().map(key).collect();
    order.sort_unstable();
    let mut tables = vec![Table { causes: sample.causes(), ..Table::default() }; groups.count()];
    for (code, bits, row) in order {
        let (table, time) = (&mut tables[code as usize], f64::from_bits(bits));
        if table.time.last().is_none_or(|last| *last < time) {
            table.time.push(time);
            table.censored.push(0.0);
            table.events.extend(std::iter::repeat_n(0.0, sample.causes()));
        }
        let weight = sample.weights().map_or(1.0, |weights| weights[row]);
        put(table, sample.event()[row], weight);
    }
    tables
}

/// Adds someone who leaves at the last time so far.
fn put(table: &mut Table, event: Event, weight: f64) {
    let last = table.time.len() - 1;
    match usize::from(event).checked_sub(1) {
        Some(cause) => table.events[last * table.causes + cause] += weight,
        None => table.censored[last] += weight,
    }
}

/// A count as a number; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// A whole time, zero or more, as an index.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, zero or more, small")]
fn day(time: f64) -> usize {
    time as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_order_count_alike() {
        let time = [3.0, 1.0, 3.0, 2.0, 7.0, 3.0, 0.0];
        let event = [1, 2, 0, 0, 1, 2, 1];
        let (weights, entry) = ([1.0, 2.0, 0.5, 1.0, 3.0, 1.0, 1.0], [1.0, 0.5, 2.0, 0.0, 3.0, 0.0, 0.0]);
        let groups = Groups::from_codes(vec![0, 1, 0, 1, 0, 0, 1], vec!["a".into(), "b".into()]).unwrap();
        let whole = Sample::new(&time, &event).unwrap();
        let halves: Vec<f64> = time.iter().map(|time| time + 0.5).collect();
        let later: Vec<f64> = entry.iter().map(|entry| entry + 0.5).collect();
        let apart = Sample::new(&halves, &event).unwrap();
        let cases = [
            (whole, apart),
            (whole.with_weights(&weights).unwrap(), apart.with_weights(&weights).unwrap()),
            (Sample::new(&time[..6], &event[..6]).unwrap(), Sample::new(&halves[..6], &event[..6]).unwrap()),
        ];
        for (nth, (whole, apart)) in cases.into_iter().enumerate() {
            let rows = whole.rows();
            let groups = Groups::from_codes(groups.of()[..rows].to_vec(), groups.names().to_vec()).unwrap();
            let (whole, apart) = if nth == 2 {
                (whole.with_entry(&entry[..6]).unwrap(), apart.with_entry(&later[..6]).unwrap())
            } else {
                (whole, apart)
            };
            assert!(last_day(&whole, &groups).is_some() && last_day(&apart, &groups).is_none());
            for (a, b) in tables(&whole, &groups).iter().zip(tables(&apart, &groups)) {
                assert_eq!((&a.at_risk, &a.events, &a.censored, a.rows), (&b.at_risk, &b.events, &b.censored, b.rows));
                assert!(a.time.iter().zip(&b.time).all(|(a, b)| (a + 0.5 - b).abs() < 1e-12));
            }
        }
    }
}
