//! "Who can see what about me": for one participant, from the policy as it is now, in their language, to be printed.

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

/// What some workers can see.
struct RowView {
    org: String,
    role: String,
    categories: String,
    purposes: String,
    /// When alone, if not always.
    only: Option<String>,
}

struct CaseView {
    heading: String,
    anchor: String,
    now: Vec<RowView>,
    special: Vec<RowView>,
}

#[derive(Template)]
#[template(path = "sees.html")]
struct Page {
    shell: Shell,
    l: L,
    spoken: Spoken,
    name: String,
    made: String,
    cases: Vec<CaseView>,
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
    let found = match signed.app.desk.who_sees(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let row = |row: &desk::Sees| {
        let categories = row.categories.iter().filter(|category| category.of_a_person());
        let part = |category| format!("{} ({})", spoken.code_text("category", category), spoken.say("sees-agreed"));
        let agreed = row.agreed.iter().map(part);
        let only = matches!(row.relation.code(), "agenda" | "question" | "break-glass");
        RowView {
            org: signed.names.org_id(&row.org),
            role: spoken.code_text("role", row.role),
            categories: spoken.list(categories.map(|category| spoken.code_text("category", category)).chain(agreed)),
            purposes: spoken.list(row.purposes.iter().map(|purpose| spoken.code_text("purpose", purpose))),
            only: only.then(|| spoken.code_text("sees", row.relation)),
        }
    };
    let cases = found.cases.iter().zip(1..).map(|(case, number)| CaseView {
        heading: format!("{} {}", signed.names.site(&case.site), case.case_number),
        anchor: format!("zaak-{number}"),
        now: case.now.iter().map(row).collect(),
        special: case.only_when.iter().map(row).collect(),
    });
    let base = format!("/deelnemer/{id}/wie-ziet");
    let today = signed.today();
    render(&Page {
        shell: signed.shell(spoken.say("sees-title")).under(Menu::Participants),
        l: signed.l,
        name: found.person.name().unwrap_or_default().to_owned(),
        // digits and hyphens read the same in every script
        made: format!("{:02}-{:02}-{}", today.day(), today.month(), today.year()),
        cases: cases.collect(),
        back: format!("/deelnemer/{id}"),
        languages: Spoken::ALL
            .iter()
            .map(|one| (*one, format!("{base}?taal={}", one.code()), *one == spoken))
            .collect(),
        spoken,
    })
}
