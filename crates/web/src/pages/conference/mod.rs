//! Conferences: sittings in a list, one planned, its agenda, the pack, the table on the day, the minutes, the queue.

pub(crate) mod agenda;
pub(crate) mod case;
pub(crate) mod list;
pub(crate) mod minutes;
pub(crate) mod pack;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod table;

use axum::response::{IntoResponse as _, Redirect, Response};
use desk::Failure;
use domain::{
    codes::Category,
    ids::{CommandId, SittingId},
    programme::Conference,
    sitting::{Sitting, Stage},
};

use crate::{
    form::{COMMAND, CSRF, FieldKind, FieldSpec, FormData, VERSION},
    session::Signed,
    text::L,
};

/// What every page of a sitting shows on top.
pub(crate) struct Top {
    /// `/overleg/<id>`.
    base: String,
    /// "LSO Groningen".
    title: String,
    /// When and where.
    when: String,
    /// How far it is, in words, and the class of its badge.
    stage: (String, &'static str),
    /// Whether who looks keeps the agenda.
    chairs: bool,
    /// Whether it is being held.
    open: bool,
    /// Whether it is over: there are minutes.
    over: bool,
    /// Which page this is.
    current: &'static str,
}

impl Top {
    fn new(signed: &Signed, sitting: &Sitting, current: &'static str) -> Self {
        let l = signed.l;
        let class = match sitting.stage {
            Stage::Planned => "note",
            Stage::Open => "warn",
            Stage::Closed => "note",
            Stage::Fixed => "good",
            Stage::Cancelled => "bad",
        };
        Self {
            base: format!("/overleg/{}", sitting.id),
            title: title(signed, sitting),
            when: l.f(
                "sitting-when",
                &[("day", &l.date(sitting.on)), ("time", &clock(sitting.at)), ("place", &sitting.place)],
            ),
            stage: (l.code("sitting-is", sitting.stage.code()).into_owned(), class),
            chairs: conference(signed, sitting)
                .is_some_and(|conference| desk::conference::chairs(&signed.who, conference, &sitting.site)),
            open: sitting.stage == Stage::Open,
            over: matches!(sitting.stage, Stage::Closed | Stage::Fixed),
            current,
        }
    }

    /// Whether this is the page shown.
    fn is_current(&self, page: &str) -> bool {
        self.current == page
    }
}

/// "09:30".
fn clock(at: jiff::civil::Time) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn title(signed: &Signed, sitting: &Sitting) -> String {
    format!("{} {}", signed.l.code("board", sitting.board), signed.names.site(sitting.site.as_str()))
}

fn conference<'s>(signed: &'s Signed, sitting: &Sitting) -> Option<&'s Conference> {
    signed.names.programme().conference(sitting.board, &sitting.site)
}

/// The id in an address; what is none is not found.
fn id(signed: &Signed, text: &str) -> Result<SittingId, Response> {
    text.parse().map_err(|_| signed.trouble(Failure::Hidden))
}

/// A form with a token, a new command and the version of the sitting.
fn fresh(signed: &Signed, fields: &[FieldSpec], version: Option<u32>) -> FormData {
    let version = version.map(|version| version.to_string()).unwrap_or_default();
    FormData::empty(fields).with(CSRF, &signed.csrf).with(COMMAND, signed.new_command()).with(VERSION, version)
}

/// A form that was sent, with its command and version.
///
/// # Errors
/// The page that says why it is not this form, or that it is of another session.
async fn sent(
    signed: &Signed,
    request: axum::extract::Request,
    fields: &[FieldSpec],
) -> Result<(FormData, CommandId, Option<u32>), Response> {
    let (data, command) = signed.ordered(request, fields).await?;
    let version = data.version().map_err(|bad| signed.answer(bad.trouble()))?;
    Ok((data, command, version))
}

/// Back to a page after a form.
fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// What a whole number in a text field says; noted as wrong when it is none.
fn number(data: &mut FormData, name: &str, l: L) -> Option<u16> {
    let text = data.text(name);
    let read = text.parse().ok();
    if read.is_none() && !text.is_empty() {
        data.wrong_words(name, l.t("form-number"));
    }
    read
}

/// A line of one's own.
fn line(name: &'static str, label: &'static str, max: usize) -> FieldSpec {
    FieldSpec::new(name, label, FieldKind::Text { max }, Category::Process)
}
