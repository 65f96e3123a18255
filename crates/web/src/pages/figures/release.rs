//! Releases inside: drafting a table of the monitor, having it checked by someone else, releasing it.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{Failure, release::Release};
use domain::{
    codes::Category,
    programme::{FigureTable, Programme},
};
use figures::{
    export,
    figure::canonical,
    history::{History, Snapshot},
    release::{self, Asked, Trouble as Unsafe},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    Known,
    ask::{self, Ask},
    counted, known, monitor, refused,
    table::{self, TableView},
};
use crate::{
    form::{Choice, FieldKind, FieldSpec},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::{L, Lang},
};

const HERE: &str = "/cijfers/vrijgaven";

/// Two people releasing at once would not see each other's numbers: one at a time. A store is served by one process.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// All that a release publishes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// Title.
    pub(super) title: String,
    /// The figures, with everything they say about themselves.
    pub(super) figures: Vec<serde_json::Value>,
    /// The table in Dutch.
    pub(super) nl: TableView,
    /// And in English.
    pub(super) en: TableView,
    /// Its lines, for files.
    pub(super) lines: Vec<Vec<String>>,
}

impl Content {
    /// What a release publishes.
    pub(super) fn of(release: &Release) -> Result<Self, Failure> {
        serde_json::from_str(&release.draft.content)
            .map_err(|error| Failure::Unreadable(format!("the release {}: {error}", release.id)))
    }

    /// The table in a language.
    pub(super) fn table(self, lang: Lang) -> TableView {
        match lang {
            Lang::Nl => self.nl,
            Lang::En => self.en,
        }
    }
}

struct ReleaseView {
    href: String,
    title: String,
    state: String,
    drafted: String,
    checked: String,
    released: String,
}

#[derive(Template)]
#[template(path = "figures_releases.html")]
struct List {
    shell: Shell,
    l: L,
    ask: Ask,
    error: Option<String>,
    command: String,
    tables: Vec<Choice>,
    sites: Vec<(Choice, bool)>,
    releases: Vec<ReleaseView>,
}

#[derive(Template)]
#[template(path = "figures_release.html")]
struct One {
    shell: Shell,
    l: L,
    error: Option<String>,
    command: String,
    view: ReleaseView,
    table: TableView,
    hash: String,
    /// The state in code.
    state: String,
    /// Whether the reader drafted it.
    own: bool,
    public: Option<String>,
}

fn signature(signed: &Signed, by: Option<(domain::ids::UserId, jiff::Timestamp)>) -> String {
    let Some((user, at)) = by else { return String::new() };
    let name = signed.app.desk.colleague(user).map_or_else(|| user.to_string(), |account| account.name);
    signed.l.f("destruction-signed", &[("name", &name), ("at", &signed.l.moment(at))])
}

fn view(signed: &Signed, one: &Release) -> ReleaseView {
    ReleaseView {
        href: format!("{HERE}/{}", one.id),
        title: one.draft.title.clone(),
        state: signed.l.code("release-state", &one.state).into_owned(),
        drafted: signature(signed, Some(one.drafted)),
        checked: signature(signed, one.checked),
        released: signature(signed, one.released),
    }
}

/// The page with all releases.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    let ask = Ask::parse(query.as_deref().unwrap_or_default(), signed.today(), &[]);
    match ask {
        Ok(ask) => list(&signed, StatusCode::OK, ask, None).await,
        Err(wrong) => {
            let words = ask::words(&signed, &wrong);
            signed.answer(crate::problem_page::Trouble::new(StatusCode::BAD_REQUEST).saying(words))
        }
    }
}

async fn list(signed: &Signed, status: StatusCode, ask: Ask, error: Option<String>) -> Response {
    let releases = match signed.app.desk.releases(&signed.who).await {
        Ok(releases) => releases,
        Err(failure) => return signed.trouble(failure),
    };
    let (l, names) = (signed.l, &signed.names);
    let tables = names.programme().tables.iter().map(|one| Choice::new(one.id.as_str(), names.text(&one.name)));
    let page = List {
        shell: signed.shell(l.t("release-title")).under(Menu::Figures),
        l,
        error,
        command: signed.new_command().to_string(),
        tables: tables.collect(),
        sites: monitor::sites(signed, &ask),
        releases: releases.iter().map(|one| view(signed, one)).collect(),
        ask,
    };
    render_with(status, &page)
}

fn text(name: &'static str, max: usize) -> FieldSpec {
    FieldSpec::new(name, "release-title", FieldKind::Text { max }, Category::Figures)
}

/// Drafts a release of a table.
pub(crate) async fn draft(signed: Signed, request: Request) -> Response {
    let fields: Vec<FieldSpec> =
        [("titel", 120), ("tabel", 48), ("lvv", 48), ("op", 10), ("van", 10), ("tot", 10), ("bekend", 10)]
            .map(|(name, max)| text(name, max))
            .into();
    let (data, command) = match signed.ordered(request, &fields).await {
        Ok(ordered) => ordered,
        Err(response) => return response,
    };
    let parts = ["lvv", "op", "van", "tot", "bekend"].map(|name| format!("{name}={}", data.raw(name)));
    let fresh = || Ask::new(signed.today());
    let wrong = |words: String| list(&signed, StatusCode::UNPROCESSABLE_ENTITY, fresh(), Some(words));
    let ask = match Ask::parse(&parts.join("&"), signed.today(), &[]) {
        Ok(ask) => ask,
        Err(found) => return wrong(ask::words(&signed, &found)).await,
    };
    let title = data.raw("titel").trim().to_owned();
    if title.is_empty() {
        return wrong(signed.l.t("release-no-title").into_owned()).await;
    }
    if !access::may_release(&signed.who) {
        return signed.trouble(Failure::Hidden);
    }
    let at = match ask.known_at(signed.app.desk.clock().business()) {
        Ok(at) => at,
        Err(why) => return refused(&signed, &why),
    };
    let known = match known(&signed, at).await {
        Ok(known) => known,
        Err(response) => return response,
    };
    let wanted = data.raw("tabel");
    let Some(one) = known.programme.tables.iter().find(|table| table.id == *wanted).cloned() else {
        return signed.trouble(Failure::Hidden);
    };
    let earlier = match earlier(&signed, None).await {
        Ok(earlier) => earlier,
        Err(failure) => return signed.trouble(failure),
    };
    let draft = counted(&signed, move |signed| made(signed, &known, &one, &ask, &title, command, &earlier));
    let draft = match draft.await {
        Ok(Ok(draft)) => draft,
        Ok(Err(Wrong::Refused(why))) => return refused(&signed, &why),
        Ok(Err(Wrong::Unsafe(why))) => return wrong(unsafe_words(&signed, &why)).await,
        Ok(Err(Wrong::Fault(failure))) => return signed.trouble(failure),
        Err(response) => return response,
    };
    match signed.app.desk.draft_release(&signed.who, command, draft).await {
        Ok(id) => Redirect::to(&format!("{HERE}/{id}")).into_response(),
        Err(failure) => signed.trouble(failure),
    }
}

enum Wrong {
    Refused(figures::question::Refused),
    Unsafe(Unsafe),
    Fault(Failure),
}

fn made(
    signed: &Signed,
    known: &Known,
    one: &FigureTable,
    ask: &Ask,
    title: &str,
    command: domain::ids::CommandId,
    earlier: &[Asked],
) -> Result<desk::release::Draft, Wrong> {
    let fault = |error: serde_json::Error| Wrong::Fault(Failure::Unreadable(error.to_string()));
    let questions = table::questions(known, one, ask).map_err(Wrong::Refused)?;
    let name = format!("{title} ({})", command.0);
    let drafted = release::draft(&known.history, &known.snapshot, &known.programme, &name, &questions, earlier);
    let drafted = drafted.map_err(Wrong::Unsafe)?;
    let figures = &drafted.figures;
    let in_language = |lang: Lang| {
        let other = Signed { l: L::new(lang), names: signed.app.names(lang), ..signed.clone() };
        table::published(&other, one, &questions, figures.clone())
    };
    let content = Content {
        title: title.to_owned(),
        figures: figures.iter().map(figures::guarded::Guarded::json).collect(),
        nl: in_language(Lang::Nl),
        en: in_language(Lang::En),
        lines: export::sheet(figures),
    };
    // one text for one value: what is signed can be made again by whoever has the parts
    let content = canonical(&serde_json::to_value(&content).map_err(fault)?);
    Ok(desk::release::Draft {
        title: title.to_owned(),
        asked: serde_json::to_string(&drafted.asked).map_err(fault)?,
        exact: drafted.exact,
        hash: journal::hex(&Sha256::digest(content.as_bytes())),
        content,
    })
}

fn unsafe_words(signed: &Signed, why: &Unsafe) -> String {
    tracing::warn!(%why, "a release would give small groups away");
    signed.l.t("release-unsafe").into_owned()
}

fn asked(release: &Release) -> Result<Asked, Failure> {
    serde_json::from_str(&release.draft.asked)
        .map_err(|error| Failure::Unreadable(format!("the release {}: {error}", release.id)))
}

/// What was released before.
async fn earlier(signed: &Signed, but: Option<uuid::Uuid>) -> Result<Vec<Asked>, Failure> {
    let released = signed.app.desk.released().await?;
    released.iter().filter(|one| Some(one.id) != but).map(asked).collect()
}

async fn found(signed: &Signed, id: &str) -> Result<Release, Response> {
    let id = id.parse().map_err(|_| signed.trouble(Failure::Hidden))?;
    signed.app.desk.release(&signed.who, id).await.map_err(|failure| signed.trouble(failure))
}

/// One release.
pub(crate) async fn one(signed: Signed, Path(id): Path<String>) -> Response {
    match found(&signed, &id).await {
        Ok(found) => page(&signed, StatusCode::OK, &found, None),
        Err(response) => response,
    }
}

fn page(signed: &Signed, status: StatusCode, found: &Release, error: Option<String>) -> Response {
    let content = match Content::of(found) {
        Ok(content) => content,
        Err(failure) => return signed.trouble(failure),
    };
    let l = signed.l;
    let page = One {
        shell: signed.shell(&found.draft.title).under(Menu::Figures),
        l,
        error,
        command: signed.new_command().to_string(),
        view: view(signed, found),
        table: content.table(l.lang),
        hash: found.draft.hash.clone(),
        state: found.state.clone(),
        own: found.drafted.0 == signed.who.user,
        public: (found.state == "released").then(|| format!("/openbaar/cijfers/{}", found.id)),
    };
    render_with(status, &page)
}

/// Checks, releases or drops.
pub(crate) async fn decide(signed: Signed, Path(id): Path<String>, request: Request) -> Response {
    let data = match signed.form(request, &[text("besluit", 20)]).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    let found = match found(&signed, &id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let done = match data.raw("besluit") {
        "gecontroleerd" => check(&signed, &found).await,
        "vrijgeven" => publish(&signed, &found).await,
        "weg" => signed.app.desk.drop_release(&signed.who, found.id).await,
        _ => return signed.trouble(Failure::Hidden),
    };
    match done {
        Ok(()) => Redirect::to(&format!("{HERE}/{id}")).into_response(),
        Err(Failure::Refused(refusal)) => {
            let words = signed.refusal(&refusal);
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &found, Some(words))
        }
        Err(failure) => signed.trouble(failure),
    }
}

/// Counts a release again, as known then.
async fn again(signed: &Signed, found: &Release) -> Result<(Known, Asked, String), Failure> {
    let asked = asked(found)?;
    let known = read(signed, asked.known_at).await?;
    let again = desk::aside(move || {
        let exact = release::recount(&known.snapshot, &known.programme, &asked);
        exact.map(|exact| (known, asked, exact)).map_err(|why| Failure::Unreadable(why.to_string()))
    });
    again.await?
}

async fn read(signed: &Signed, at: jiff::Timestamp) -> Result<Known, Failure> {
    let (programme, reader) = (signed.app.desk.programme().clone(), signed.app.figures.clone());
    let (now, of): (_, std::sync::Arc<Programme>) = (signed.app.desk.clock().business(), programme.clone());
    let read = signed.app.desk.store().read(move |tx| reader.known(tx, at, now, &of)).await;
    let (snapshot, history): (Snapshot, std::sync::Arc<History>) = read.map_err(Failure::Store)?;
    Ok(Known { snapshot, history, programme, visible: std::collections::HashMap::new() })
}

async fn check(signed: &Signed, found: &Release) -> Result<(), Failure> {
    let (_, _, exact) = again(signed, found).await?;
    signed.app.desk.check_release(&signed.who, found.id, exact).await
}

/// Releases what was checked, if it still counts the same and gives nobody away beside everything released before.
async fn publish(signed: &Signed, found: &Release) -> Result<(), Failure> {
    let _one = ONE_AT_A_TIME.lock().await;
    let (known, asked, exact) = again(signed, found).await?;
    if exact != found.draft.exact {
        return Err(domain::refusal::Refusal::new("release-changed").into());
    }
    let earlier = earlier(signed, Some(found.id)).await?;
    let stands = desk::aside(move || {
        release::stands(&known.history, &known.programme, &asked, &earlier).map_err(|why| why.to_string())
    });
    if let Err(why) = stands.await? {
        tracing::warn!(%why, "a release would give small groups away");
        return Err(domain::refusal::Refusal::new("release-unsafe").into());
    }
    signed.app.desk.publish_release(&signed.who, found.id).await
}
