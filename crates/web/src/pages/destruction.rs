//! Destruction at the end of retention, for administrators: what is due (case numbers only), proposals, certificates.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use desk::{Certificate, Destruction, Due, Failure, Signature, destruction::HOLD_REASONS};
use domain::codes::Category;

use crate::{
    form::{Choice, FieldKind, FieldSpec},
    page::{Shell, render, render_with},
    session::Signed,
    text::L,
};

const HERE: &str = "/beheer/vernietigen";

struct DueView {
    case: String,
    others: String,
    ended: String,
    /// Each ground with its last day; the first is the longest and decides.
    grounds: Vec<String>,
    holds: Vec<Choice>,
}

struct DestructionView {
    address: String,
    state: String,
    proposed: String,
    decided: String,
    cases: String,
    open: bool,
    own: bool,
}

#[derive(Template)]
#[template(path = "destruction.html")]
struct Page {
    shell: Shell,
    l: L,
    error: Option<String>,
    summary: String,
    command: String,
    due: Vec<DueView>,
    held: Vec<DueView>,
    reasons: Vec<Choice>,
    destructions: Vec<DestructionView>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    shell: Shell,
    l: L,
    view: DestructionView,
    command: String,
    certificate: Option<CertificateView>,
}

struct CertificateView {
    people: String,
    on: String,
    final_on: String,
    grounds: Vec<(String, String, usize)>,
    count: String,
    hashes: Vec<String>,
}

/// The page.
pub(crate) async fn show(signed: Signed) -> Response {
    page(&signed, StatusCode::OK, None).await
}

async fn page(signed: &Signed, status: StatusCode, error: Option<String>) -> Response {
    let retention = match signed.app.desk.retention(&signed.who).await {
        Ok(retention) => retention,
        Err(failure) => return signed.trouble(failure),
    };
    let l = signed.l;
    let reasons = HOLD_REASONS.iter().map(|code| Choice::new(*code, l.code("hold", code))).collect();
    let summary = l.f("destruction-summary", &[("count", &retention.total), ("shown", &retention.due.len())]);
    let page = Page {
        shell: signed.shell(l.t("destruction-title")),
        l,
        error,
        summary,
        command: signed.new_command().to_string(),
        due: retention.due.iter().map(|due| due_view(signed, due)).collect(),
        held: retention.held.iter().map(|due| due_view(signed, due)).collect(),
        reasons,
        destructions: retention.destructions.iter().map(|one| view(signed, one)).collect(),
    };
    render_with(status, &page)
}

fn due_view(signed: &Signed, due: &Due) -> DueView {
    let l = signed.l;
    let name = |code: &domain::ids::Code| {
        let ground = signed.names.programme().retention.iter().find(|ground| ground.id == *code);
        ground.map_or_else(|| code.to_string(), |ground| signed.names.text(&ground.name).to_owned())
    };
    let ground = |kept: &domain::retention::Kept| {
        l.f("destruction-ground", &[("ground", &name(&kept.ground)), ("until", &l.date(kept.until))])
    };
    DueView {
        case: due.cases.first().cloned().unwrap_or_default(),
        others: due.cases.get(1..).unwrap_or_default().join(", "),
        ended: l.date(due.ended),
        grounds: due.grounds.iter().map(ground).collect(),
        holds: due.holds.iter().map(|code| Choice::new(code, l.code("hold", code))).collect(),
    }
}

fn signature(l: L, signature: &Signature) -> String {
    l.f("destruction-signed", &[("name", &signature.name), ("at", &l.moment(signature.at))])
}

fn view(signed: &Signed, one: &Destruction) -> DestructionView {
    let l = signed.l;
    DestructionView {
        address: format!("{HERE}/{}", one.id),
        state: l.code("destruction-state", &one.state).into_owned(),
        proposed: signature(l, &one.proposed),
        decided: one.decided.as_ref().map(|decided| signature(l, decided)).unwrap_or_default(),
        cases: one.cases.join(", "),
        open: one.state == "proposed",
        own: one.proposed.account == signed.who.user,
    }
}

fn text(name: &'static str, kind: FieldKind) -> FieldSpec {
    FieldSpec::new(name, "destruction-title", kind, Category::Process)
}

/// Proposes what was ticked.
pub(crate) async fn propose(signed: Signed, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let fields = [text("zaak", FieldKind::Checkboxes(vec![]))];
    let (data, command) = match signed.ordered(request, &fields).await {
        Ok(ordered) => ordered,
        Err(response) => return response,
    };
    let cases = data.raws("zaak").iter().filter(|case| !case.is_empty()).cloned().collect();
    let done = signed.app.desk.propose_destruction(&signed.who, command, cases).await;
    answer(&signed, done, HERE).await
}

/// Back to where it shows, or the page again with why not.
async fn answer(signed: &Signed, done: Result<(), Failure>, to: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(Failure::Refused(refusal)) => {
            let words = signed.refusal(&refusal);
            page(signed, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Stops destruction of a case, or lets it go on.
pub(crate) async fn hold(signed: Signed, request: Request) -> Response {
    let line = || FieldKind::Text { max: 60 };
    let fields = [text("zaak", line()), text("reden", line()), text("aan", line())];
    let data = match signed.form(request, &fields).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let (case, reason) = (data.raw("zaak").to_owned(), data.raw("reden").to_owned());
    let done = signed.app.desk.hold(&signed.who, case, reason, data.raw("aan") == "ja").await;
    answer(&signed, done, HERE).await
}

async fn found(signed: &Signed, id: &str) -> Result<Destruction, Response> {
    let id = id.parse().map_err(|_| signed.trouble(Failure::Hidden))?;
    signed.app.desk.destruction(&signed.who, id).await.map_err(|failure| signed.trouble(failure))
}

/// One proposal, or its certificate.
pub(crate) async fn one(signed: Signed, Path(id): Path<String>) -> Response {
    let found = match found(&signed, &id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let l = signed.l;
    render(&CertificatePage {
        shell: signed.shell(l.t("destruction-one")),
        l,
        view: view(&signed, &found),
        command: signed.new_command().to_string(),
        certificate: found.certificate.map(|certificate| certificate_view(l, certificate)),
    })
}

fn certificate_view(l: L, certificate: Certificate) -> CertificateView {
    CertificateView {
        people: l.f("destruction-people", &[("count", &certificate.people)]),
        on: l.date(certificate.destroyed_on),
        final_on: l.date(certificate.final_on),
        grounds: certificate.grounds,
        count: l.f("destruction-hashes", &[("count", &certificate.hashes.len())]),
        hashes: certificate.hashes,
    }
}

/// Approves a proposal, or withdraws it.
pub(crate) async fn decide(signed: Signed, Path(id): Path<String>, request: Request) -> Response {
    let request = match signed.fresh(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let data = match signed.form(request, &[text("besluit", FieldKind::Text { max: 20 })]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let Ok(id) = id.parse() else { return signed.trouble(Failure::Hidden) };
    let approve = match data.raw("besluit") {
        "goed" => true,
        "niet" => false,
        _ => return signed.trouble(Failure::Hidden),
    };
    let done = signed.app.desk.decide_destruction(&signed.who, id, approve).await;
    answer(&signed, done, &format!("{HERE}/{id}")).await
}

/// The certificate as JSON.
pub(crate) async fn certificate(signed: Signed, Path(id): Path<String>) -> Response {
    let found = match found(&signed, &id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Some(certificate) = found.certificate else { return signed.trouble(Failure::Hidden) };
    match serde_json::to_string_pretty(&certificate) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => signed.trouble(Failure::Unreadable(error.to_string())),
    }
}
