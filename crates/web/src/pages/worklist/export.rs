//! What the worklist shows, as a file for a spreadsheet: the same query, the same columns, all its pages.

use axum::{
    extract::RawQuery,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};

use super::{
    asked::Asked,
    columns::{Column, chosen},
};
use crate::{problem_page::Trouble, row::RowView, session::Signed};

/// More pages than this are no list that someone works from.
const MOST_PAGES: u32 = 100;

/// The file.
pub(crate) async fn export(signed: Signed, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let (asked, _) = Asked::parse(query.as_deref().unwrap_or_default());
    let columns = chosen(&asked, &headers);
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let heads = [l.t("row-participant"), l.t("worklist-number")];
    let mut out = line(heads.into_iter().chain(columns.iter().map(|column| l.t(column.key()))));
    let mut page = 1;
    loop {
        let list = match signed.app.desk.worklist(&signed.who, asked.filter(page)).await {
            Ok(list) => list,
            Err(failure) => return signed.trouble(failure),
        };
        if list.pages > MOST_PAGES {
            let most = MOST_PAGES * views::worklist::PAGE;
            let words = l.f("export-too-much", &[("count", &list.total), ("most", &most)]);
            return signed.answer(Trouble::unanswerable().saying(words));
        }
        for item in &list.items {
            let row = RowView::new(item, l, names, today);
            let cells = columns.iter().map(|column| cell(&row, *column));
            out.push_str(&line([row.name.as_str(), row.number.as_str()].into_iter().chain(cells)));
        }
        if page >= list.pages {
            break;
        }
        page += 1;
    }
    let named = format!("attachment; filename=\"{}-{today}.csv\"", l.t("export-file"));
    let kind = "text/csv; charset=utf-8; header=present".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], out).into_response()
}

fn cell(row: &RowView, column: Column) -> &str {
    match column {
        Column::Phase => &row.phase,
        Column::Status => &row.status,
        Column::Scenario => &row.scenario,
        Column::Next => &row.action,
        Column::Due => &row.due_day,
        Column::WaitingOn => &row.waiting_on,
        Column::Guide => &row.guide,
        Column::Site => &row.site,
    }
}

/// One line: every cell quoted, with the semicolon that spreadsheets here expect.
fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell.as_ref())).collect();
    format!("{}\r\n", cells.join(";"))
}

/// A spreadsheet reads a cell that begins with one of these as a formula: a quotation mark before it makes it text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for cell in ["=1+1", "+31", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(quoted(cell), format!("\"'{cell}\""));
        }
        assert_eq!(line(["Zebedeus; \"Zeb\"", "1-2"]), "\"Zebedeus; \"\"Zeb\"\"\";\"1-2\"\r\n");
    }
}
