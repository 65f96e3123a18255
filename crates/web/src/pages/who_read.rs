//! "Who saw my file": for one participant, in their language, to be printed.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use domain::ids::ParticipantId;

use crate::{
    page::{Menu, Shell, render},
    session::Signed,
    spoken::Spoken,
    text::L,
};

/// What one organisation read on one day.
struct RowView {
    day: String,
    org: String,
    role: String,
    categories: String,
    purpose: String,
    times: u64,
}

#[derive(Template)]
#[template(path = "who_read.html")]
struct Page {
    shell: Shell,
    l: L,
    spoken: Spoken,
    name: String,
    made: String,
    rows: Vec<RowView>,
    back: String,
    languages: Vec<(Spoken, String, bool)>,
}

/// The language of the page.
#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    taal: Option<String>,
}

/// The page.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Ok(id) = text.parse::<ParticipantId>() else { return signed.trouble(desk::Failure::Hidden) };
    let own = Spoken::from_code(signed.l.lang.code()).unwrap_or(Spoken::Nl);
    let spoken = asked.taal.as_deref().and_then(Spoken::from_code).unwrap_or(own);
    let found = match signed.app.desk.who_read(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    // digits and hyphens read the same in every script
    let numeric = |day: jiff::civil::Date| format!("{:02}-{:02}-{}", day.day(), day.month(), day.year());
    let rows = found.readings.iter().map(|read| RowView {
        day: numeric(read.day),
        org: signed.names.org_id(&read.org),
        role: spoken.code_text("role", read.role),
        categories: list(spoken, read.categories.iter().map(|category| spoken.code_text("category", category))),
        purpose: spoken.code_text("purpose", read.purpose),
        times: read.times,
    });
    let base = format!("/deelnemer/{id}/wie-las");
    render(&Page {
        shell: signed.shell(spoken.say("who-read-title")).under(Menu::Participants),
        l: signed.l,
        name: found.person.name().unwrap_or_default().to_owned(),
        made: numeric(desk::clock::date_of(signed.app.desk.clock().real())),
        rows: rows.collect(),
        back: format!("/deelnemer/{id}"),
        languages: Spoken::ALL
            .iter()
            .map(|one| (*one, format!("{base}?taal={}", one.code()), *one == spoken))
            .collect(),
        spoken,
    })
}

fn list(spoken: Spoken, words: impl Iterator<Item = String>) -> String {
    let comma = if matches!(spoken, Spoken::Ar | Spoken::Fa) { "، " } else { ", " };
    words.collect::<Vec<_>>().join(comma)
}
