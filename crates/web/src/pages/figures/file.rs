//! A table of the monitor as a file: the same numbers, each line with what it counts.

use axum::{
    extract::RawQuery,
    http::header,
    response::{IntoResponse as _, Response},
};
use figures::export;

use super::{
    asked, counted, refused,
    table::{self, Not},
    unsafe_numbers,
};
use crate::session::Signed;

/// Kinds of file.
pub(super) const CSV: &str = "text/csv; charset=utf-8; header=present";
pub(super) const JSON: &str = "application/json";
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The file.
pub(crate) async fn table(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let (ask, known) = match asked(&signed, query.as_deref(), &["tabel", "soort"]).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let wanted = ask.own("tabel").unwrap_or_default();
    let Some((at, one)) = known.programme.tables.iter().enumerate().find(|(_, table)| table.id == *wanted) else {
        return signed.trouble(desk::Failure::Hidden);
    };
    let named = format!("{}-{}", one.id, ask.on);
    let kind = ask.own("soort").map(str::to_owned);
    // as on the page, where it stands beside the others
    let views = match counted(&signed, move |signed| table::views(signed, &known, &ask)).await {
        Ok(Ok(views)) => views,
        Ok(Err(Not::Refused(why))) => return refused(&signed, &why),
        Ok(Err(Not::Unsafe(why))) => return unsafe_numbers(&signed, &why),
        Err(response) => return response,
    };
    let figures = views.into_iter().nth(at).map(|view| view.figures).unwrap_or_default();
    let lines = export::sheet(&figures);
    let (kind, end, bytes) = match kind.as_deref() {
        Some("json") => {
            let all: Vec<_> = figures.iter().map(::figures::guarded::Guarded::json).collect();
            (JSON, "json", serde_json::to_vec_pretty(&all).map_err(|error| error.to_string()))
        }
        Some("xlsx") => (XLSX, "xlsx", export::xlsx(&lines)),
        _ => (CSV, "csv", export::csv(&lines).map_err(|error| error.to_string())),
    };
    match bytes {
        Ok(bytes) => {
            let named = format!("attachment; filename=\"{named}.{end}\"");
            ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, named)], bytes).into_response()
        }
        Err(error) => signed.trouble(desk::Failure::Unreadable(error)),
    }
}
