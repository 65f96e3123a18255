//! The cases behind a number, as far as someone may see them.

use access::{Categories, Scope};
use domain::{codes::Category, ids::TrajectoryId};
use jiff::civil::Date;
use journal::{Tx, Value};

use crate::{
    scoped,
    worklist::{COLUMNS, ListRow, list_row},
};

/// Every trajectory that someone sees in a list, open or ended, in order of case number, with what they see of it.
pub fn visible(tx: &mut Tx<'_>, scope: &Scope, today: Date) -> journal::Result<Vec<(TrajectoryId, Categories)>> {
    let scoped::Rows { condition, columns, values } = scoped::rows(scope, Category::Process, today, 1);
    let sql = format!("SELECT t.id, {columns} FROM trajectory t WHERE {condition} ORDER BY t.case_number, t.id");
    tx.query(&sql, &values, |row| {
        let (relation, state) = scoped::case(row, 1)?;
        Ok((TrajectoryId(row.get(0)?), scope.sees(relation, state)))
    })
}

/// Some of them, at most a page full, as rows of a list, in order of case number.
pub fn among(tx: &mut Tx<'_>, scope: &Scope, today: Date, ids: &[TrajectoryId]) -> journal::Result<Vec<ListRow>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let scoped::Rows { condition, columns, mut values } = scoped::rows(scope, Category::Process, today, 1);
    let first = values.len() + 1;
    let marks: Vec<String> = (first..first + ids.len()).map(|at| format!("${at}")).collect();
    values.extend(ids.iter().map(|id| Value::from(id.0)));
    let sql = format!(
        "SELECT {COLUMNS}, {columns} FROM trajectory t WHERE {condition} AND t.id IN ({}) ORDER BY t.case_number, t.id",
        marks.join(", ")
    );
    tx.query(&sql, &values, list_row)
}
