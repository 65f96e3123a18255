//! The read log for others: as *Logboek Dataverwerkingen* 1.0 without employees, and with them for who audits.
//!
//! Both have the ids of the trace: joined, they tell who did what with whose data. A data subject is named by an id that is
//! keyed under this programme, so the files do not lead back to a record by themselves.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use desk::{Desk, Failure, ReadLine};
use jiff::Timestamp;
use serde::Serialize;

/// Lines read at a time.
const CHUNK: u32 = 2000;

/// Why a log could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReadLogError {
    /// The store.
    #[error(transparent)]
    Desk(#[from] Failure),
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A line of the standard: one processing of the data of one person.
#[derive(Serialize)]
struct Ldv<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    status_code: &'a str,
    name: &'a str,
    start_time: Timestamp,
    end_time: Timestamp,
    resource: Resource,
    attributes: Attributes,
}

#[derive(Serialize)]
struct Resource {
    #[serde(rename = "service.name")]
    name: &'static str,
    #[serde(rename = "service.version")]
    version: &'static str,
}

#[derive(Serialize)]
struct Attributes {
    #[serde(rename = "dpl.core.processing_activity_id")]
    activity: &'static str,
    #[serde(rename = "dpl.core.data_subject_id")]
    subject: String,
    #[serde(rename = "dpl.core.data_subject_id_type")]
    kind: &'static str,
}

/// A line for who audits: one page that was answered, or refused.
#[derive(Serialize)]
struct Audit<'a> {
    number: u64,
    time: Timestamp,
    trace_id: String,
    span_id: String,
    employee: String,
    login: String,
    role: &'a str,
    organisation: &'a str,
    session: Option<String>,
    source: access::Source,
    activity: &'static str,
    purpose: &'a str,
    categories: Vec<&'a str>,
    relation: &'a str,
    policy: &'a str,
    outcome: &'a str,
    subjects: Vec<String>,
    refused: Option<&'static str>,
    method: Option<&'a str>,
    route: Option<&'a str>,
    times: Option<u32>,
}

/// Writes one line for each data subject of each reading, without employees; how many.
///
/// # Errors
/// When the file exists or cannot be written, or the store cannot be read; then there is no file.
pub fn ldv(desk: &Desk, path: &Path, progress: impl FnMut(u64, u64)) -> Result<u64, ReadLogError> {
    let resource = || Resource { name: "bestendig", version: env!("CARGO_PKG_VERSION") };
    write(desk, path, None, progress, |_, line| {
        let one = |subject: &domain::ids::ParticipantId| {
            json(&Ldv {
                trace_id: line.trace.to_string(),
                span_id: line.span.to_string(),
                parent_span_id: line.parent.map(|parent| parent.to_string()),
                status_code: status(line),
                name: line.activity.code(),
                start_time: line.time(),
                end_time: line.time(),
                resource: resource(),
                attributes: Attributes {
                    activity: line.activity.uri(),
                    subject: desk.outside_id(*subject),
                    kind: "urn:bestendig:keyed-id",
                },
            })
        };
        line.subjects.iter().map(one).collect()
    })
}

fn status(line: &ReadLine) -> &'static str {
    if line.outcome == "ok" { "OK" } else { "ERROR" }
}

/// Writes one line for each reading, with the employee; how many. A name that ends in `.csv` gives a table.
///
/// # Errors
/// As [`ldv`].
pub fn audit(desk: &Desk, path: &Path, progress: impl FnMut(u64, u64)) -> Result<u64, ReadLogError> {
    let csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let head = csv.then(|| HEAD.join(","));
    write(desk, path, head, progress, |number, line| {
        let account = desk.colleague(line.user);
        let audit = Audit {
            number,
            time: line.time(),
            trace_id: line.trace.to_string(),
            span_id: line.span.to_string(),
            employee: account.as_ref().map_or_else(|| line.user.to_string(), |account| account.name.clone()),
            login: account.map(|account| account.login).unwrap_or_default(),
            role: line.role.code(),
            organisation: line.org.as_str(),
            session: line.session.map(|session| session.to_string()),
            source: line.source,
            activity: line.activity.uri(),
            purpose: line.purpose.code(),
            categories: line.categories.iter().map(|category| category.code()).collect(),
            relation: line.relation.code(),
            policy: &line.policy,
            outcome: &line.outcome,
            subjects: line.subjects.iter().map(|subject| desk.outside_id(*subject)).collect(),
            refused: line.refused.as_ref().map(|attempt| attempt.what.code()),
            method: line.refused.as_ref().map(|attempt| attempt.method.as_str()),
            route: line.refused.as_ref().map(|attempt| attempt.route.as_str()),
            times: line.refused.as_ref().map(|attempt| attempt.times),
        };
        Ok(vec![if csv { row(&audit)? } else { json(&audit)? }])
    })
}

const HEAD: [&str; 21] = [
    "number",
    "time",
    "trace_id",
    "span_id",
    "employee",
    "login",
    "role",
    "organisation",
    "session",
    "source",
    "activity",
    "purpose",
    "categories",
    "relation",
    "policy",
    "outcome",
    "subjects",
    "refused",
    "method",
    "route",
    "times",
];

fn json<T: Serialize>(value: &T) -> Result<String, ReadLogError> {
    serde_json::to_string(value).map_err(|error| Failure::Unreadable(error.to_string()).into())
}

fn row(audit: &Audit<'_>) -> Result<String, ReadLogError> {
    let value = serde_json::to_value(audit).map_err(|error| Failure::Unreadable(error.to_string()))?;
    let cell = |name: &&str| match &value[*name] {
        serde_json::Value::String(text) => cell(text),
        serde_json::Value::Array(many) => {
            cell(&many.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(" "))
        }
        serde_json::Value::Null => String::new(),
        other => cell(&other.to_string()),
    };
    Ok(HEAD.iter().map(cell).collect::<Vec<_>>().join(","))
}

/// A cell of a table: quoted, and what a spreadsheet would take for a formula made into text.
pub fn cell(text: &str) -> String {
    // also behind spaces: some programs drop those first
    let formula =
        text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if formula || text.contains([',', ';', '"', '\n', '\r', ' ']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn write(
    desk: &Desk,
    path: &Path,
    head: Option<String>,
    mut progress: impl FnMut(u64, u64),
    lines: impl Fn(u64, &ReadLine) -> Result<Vec<String>, ReadLogError>,
) -> Result<u64, ReadLogError> {
    let wrong = |source| ReadLogError::File { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(path).map_err(wrong)?);
    let mut all = || {
        let (mut count, mut number, total) = (0, 0, desk.reads_in_all()?);
        if let Some(head) = &head {
            writeln!(out, "{head}").map_err(wrong)?;
        }
        loop {
            let chunk = desk.reads_after(number, CHUNK)?;
            let Some((last, _)) = chunk.last() else { return Ok(count) };
            number = *last;
            for (number, line) in &chunk {
                for text in lines(*number, line)? {
                    writeln!(out, "{text}").map_err(wrong)?;
                    count += 1;
                }
            }
            progress(number, total);
        }
    };
    let written = all();
    let durable = |out: BufWriter<File>| out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all();
    let written = written.and_then(|count| durable(out).map_err(wrong).map(|()| count));
    written.inspect_err(|_| {
        // half a log is worse than none; when even this fails the first error says more
        let _ = std::fs::remove_file(path);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text() {
        assert_eq!(cell("=cmd()"), "\"'=cmd()\"");
        assert_eq!(cell(" +31"), "\"' +31\"");
        assert_eq!(cell("@SUM(1)"), "\"'@SUM(1)\"");
        assert_eq!(cell("say \"no\""), "\"say \"\"no\"\"\"");
        assert_eq!(cell("gewoon"), "gewoon");
    }
}
