//! `evaluate states`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evaluation::{
    Groups, Problem,
    states::{Moves, Occupancy, Transitions, occupancy, transitions},
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, FEW},
    file::Table,
    survival::times,
};

#[derive(Args)]
#[command(
    after_long_help = "A row is a stretch in one state: from --start to --stop in the state of --from, ending in a move to the state of --event\n\
    (0, censored or empty: none was seen). Without --from the first state of everyone is `start`, and every next row begins\n\
    where the row before it of the same person ended. Going back to an earlier state is possible.\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate states phases.csv --id case --start from_day --stop to_day --from phase --event next --at 90,365\n\
    \x20 bestendig evaluate states phases.csv --id case --start from_day --stop to_day --event next --at 365 --since 90"
)]
pub(crate) struct States {
    /// CSV file with a header
    file: PathBuf,
    /// Column with the person
    #[arg(long, value_name = "COL")]
    id: String,
    /// Column with the time at which the stretch begins
    #[arg(long, value_name = "COL")]
    start: String,
    /// Column with the time at which it ends
    #[arg(long, value_name = "COL")]
    stop: String,
    /// Column with the state moved to at the end
    #[arg(long, value_name = "COL")]
    event: String,
    /// Column with the state of the stretch
    #[arg(long, value_name = "COL")]
    from: Option<String>,
    /// Times, separated by commas
    #[arg(long, value_name = "T,…", value_delimiter = ',', required = true, allow_negative_numbers = true)]
    at: Vec<f64>,
    /// Transition matrices from this time on
    #[arg(long, value_name = "T", default_value_t = 0.0, allow_negative_numbers = true)]
    since: f64,
}

/// The columns, coded.
struct Rows {
    start: Vec<f64>,
    stop: Vec<f64>,
    from: Vec<usize>,
    to: Vec<Option<usize>>,
    id: Vec<usize>,
    states: Vec<String>,
}

impl States {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        times(&[self.since])?;
        let mut wanted = vec![self.id.as_str(), &self.start, &self.stop, &self.event];
        wanted.extend(self.from.as_deref());
        let table = Table::read(&self.file, &wanted)?;
        let rows = self.rows(&table)?;
        let roles = [
            ("start", Some(self.start.as_str())),
            ("stop", Some(&self.stop)),
            ("to", Some(&self.event)),
            ("from", Some(self.from.as_ref().unwrap_or(&self.event))),
            ("id", Some(&self.id)),
        ];
        let refused = |problem: Problem| table.refused(&problem, &roles);
        let moves = Moves::new(&rows.start, &rows.stop, &rows.from, &rows.to, rows.states.len()).map_err(refused)?;
        moves.paths(&rows.id).map_err(refused)?;
        let method = "Aalen and Johansen (1978), product over times; covariance of Greenwood's kind (Andersen and others 1993, \
            4.4.19); at risk in a state on (start, stop]";
        let mut answer = Answer::new("states", method, table.rows());
        answer.put("states", rows.states.clone());
        let matrices = transitions(&moves, self.since, &self.at).map_err(refused)?;
        self.warn(&mut answer, &matrices, &rows.states);
        let told = matrices.iter().map(|one| self.told(one));
        answer.put("transitions", told.collect::<Vec<_>>());
        if self.since <= 0.0 {
            let occupied = occupancy(&moves, &self.at).map_err(refused)?;
            answer.put("occupancy", occupied.iter().map(|one| of_occupancy(one, &rows.states)).collect::<Vec<_>>());
        }
        Ok(answer)
    }

    fn rows(&self, table: &Table) -> Result<Rows> {
        let (start, stop) = (table.numbers(&self.start)?, table.numbers(&self.stop)?);
        let id = table.groups(&self.id)?;
        let (event, names) = (table.cells(&self.event)?, Groups::from_labels(&self.names(table)?));
        let code = |name: &str| names.names().iter().position(|known| known == name);
        let to: Vec<Option<usize>> = event.iter().map(|cell| if none(cell) { None } else { code(cell) }).collect();
        let from = match &self.from {
            Some(heading) => {
                let cells = table.cells(heading)?;
                let state = |(row, cell): (usize, &&str)| {
                    code(cell).ok_or_else(|| table.wrong(row, heading, "is empty; give the state of this stretch"))
                };
                cells.iter().enumerate().map(state).collect::<Result<Vec<_>>>()?
            }
            None => carried(&start, &to, id.of(), code("start").unwrap_or_default()),
        };
        let id = id.of().iter().map(|code| *code as usize).collect();
        Ok(Rows { start, stop, from, to, id, states: names.names().to_vec() })
    }

    /// Every state that occurs.
    fn names<'a>(&self, table: &'a Table) -> Result<Vec<&'a str>> {
        let mut names: Vec<&str> = table.cells(&self.event)?.into_iter().filter(|cell| !none(cell)).collect();
        match &self.from {
            Some(heading) => names.extend(table.cells(heading)?.into_iter().filter(|cell| !cell.is_empty())),
            None => names.push("start"),
        }
        Ok(names)
    }

    fn warn(&self, answer: &mut Answer, matrices: &[Transitions], states: &[String]) {
        for one in matrices {
            for (state, people) in states.iter().zip(&one.at_risk).filter(|(_, people)| (1.0..FEW).contains(*people)) {
                answer.warn_few(state, one.at, *people);
            }
        }
    }

    fn told(&self, one: &Transitions) -> Value {
        let se: Vec<Vec<f64>> =
            one.covariance.iter().map(|row| (0..row.len()).map(|to| row[to][to].max(0.0).sqrt()).collect()).collect();
        json!({ "from": self.since, "to": one.at, "p": one.p, "se": se, "covariance": one.covariance,
            "at_risk_after": one.at_risk })
    }
}

fn of_occupancy(one: &Occupancy, states: &[String]) -> Value {
    let state = |index: usize| {
        json!({ "state": states[index], "p": one.p[index], "se": one.se[index], "mean_time": one.mean_time[index],
            "mean_time_se": one.mean_time_se[index] })
    };
    json!({ "time": one.at, "states": (0..states.len()).map(state).collect::<Vec<_>>() })
}

/// No move was seen.
fn none(cell: &str) -> bool {
    cell.is_empty() || cell == "censored" || cell == "cens" || cell == "0"
}

/// The state of each row: where the row before it of the same person ended.
fn carried(start: &[f64], to: &[Option<usize>], id: &[u32], first: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..id.len()).collect();
    order.sort_by(|a, b| id[*a].cmp(&id[*b]).then(start[*a].total_cmp(&start[*b])));
    let mut from = vec![first; id.len()];
    for pair in order.windows(2).filter(|pair| id[pair[0]] == id[pair[1]]) {
        from[pair[1]] = to[pair[0]].unwrap_or(from[pair[0]]);
    }
    from
}
