//! Finding a participant. By POST: a name in an address would end up in logs and histories.

use askama::Template;
use axum::{extract::Request, response::Response};
use desk::{Query, Why};
use domain::codes::Category;

use crate::{
    form::{FieldKind, FieldSpec, FormData, body},
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

/// Someone found.
pub(crate) struct MatchView {
    /// Name.
    pub name: String,
    /// Other names.
    pub aliases: String,
    /// Year of birth, V-number, nationality.
    pub below: String,
    /// Why this one was found.
    pub why: String,
    /// Their trajectories: address, case number, whether it is open.
    pub trajectories: Vec<(String, String, bool)>,
    /// Address to register this person again, when no trajectory is open.
    pub again: Option<String>,
}

/// What a search gives, as pages show it.
pub(crate) struct Results {
    /// Whether there was a search at all.
    pub searched: bool,
    /// Who was found.
    pub matches: Vec<MatchView>,
    /// Whether someone alike is known elsewhere.
    pub elsewhere: bool,
    /// How many, in words.
    pub count: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    shell: Shell,
    l: L,
    typed: String,
    year: String,
    results: Results,
    may_register: bool,
    title: String,
    action: &'static str,
}

/// The fields of a search.
pub(crate) fn fields() -> Vec<FieldSpec> {
    let text = |name, label| FieldSpec {
        name,
        label,
        hint: None,
        kind: FieldKind::Text { max: 200 },
        required: false,
        category: Category::Identity,
    };
    vec![text("zoek", "search-label"), text("jaar", "search-year")]
}

/// The empty form.
pub(crate) async fn show(signed: Signed) -> Response {
    if !Menu::Participants.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    let results = Results { searched: false, matches: vec![], elsewhere: false, count: String::new() };
    page(&signed, String::new(), String::new(), results)
}

/// The results.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    let lang = signed.l.lang;
    let (content_type, bytes) = match body(request, lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let data = match FormData::parse(content_type.as_deref(), &bytes, &fields()) {
        Ok(data) => data,
        Err(bad) => return bad.page(lang),
    };
    if let Err(response) = signed.same_session(data.raw("csrf")) {
        return response;
    }
    let (typed, year) = (data.raw("zoek").trim().to_owned(), data.raw("jaar").trim().to_owned());
    match search(&signed, &typed, &year).await {
        Ok(results) => page(&signed, typed, year, results),
        Err(failure) => signed.trouble(failure),
    }
}

/// Searches; nothing typed finds nobody.
pub(crate) async fn search(signed: &Signed, typed: &str, year: &str) -> Result<Results, desk::Failure> {
    if typed.is_empty() {
        return Ok(Results { searched: false, matches: vec![], elsewhere: false, count: String::new() });
    }
    let query = Query { text: typed.to_owned(), birth_year: year.parse().ok() };
    let found = signed.app.desk.search(&signed.who, query).await?;
    let matches: Vec<MatchView> = found.matches.iter().map(|found| view(signed, found)).collect();
    let count = signed.l.f("search-count", &[("count", &matches.len())]);
    Ok(Results { searched: true, matches, elsewhere: found.elsewhere, count })
}

fn view(signed: &Signed, found: &desk::Match) -> MatchView {
    let (l, names) = (signed.l, &signed.names);
    let identity = found.person.identity.as_ref();
    let number = found.trajectories.first().map(|(_, number, _)| number.clone()).unwrap_or_default();
    let mut below = Vec::new();
    if let Some(identity) = identity {
        below.extend(identity.birth.map(|birth| l.f("search-born", &[("date", &l.partial(birth))])));
        below.extend(identity.v_number.as_ref().map(|number| l.f("head-v-number", &[("number", number)])));
        below.extend(identity.nationalities.first().map(|code| names.of(domain::programme::List::Countries, code.as_str())));
    }
    let aliases = identity.map(|identity| identity.names.iter().skip(1).map(|name| name.text.as_str()).collect::<Vec<_>>());
    let open = found.trajectories.iter().any(|(.., open)| *open);
    MatchView {
        name: found.person.name().map_or(number, str::to_owned),
        aliases: aliases.unwrap_or_default().join(", "),
        below: below.join(" · "),
        why: match &found.why {
            Why::VNumber => l.t("search-why-v-number").into_owned(),
            Why::CaseNumber => l.t("search-why-case").into_owned(),
            Why::Name(name, score) if *score > 0.999 => l.f("search-why-same-name", &[("name", name)]),
            Why::Name(name, _) => l.f("search-why-name", &[("name", name)]),
        },
        trajectories: found
            .trajectories
            .iter()
            .map(|(id, number, open)| (format!("/traject/{id}"), number.clone(), *open))
            .collect(),
        again: (!open && Menu::Register.allowed(&signed.who)).then(|| format!("/aanmelden/{}", found.participant)),
    }
}

fn page(signed: &Signed, typed: String, year: String, results: Results) -> Response {
    let l = signed.l;
    let title = l.t("search-title").into_owned();
    render(&Page {
        shell: signed.shell(title.clone()).under(Menu::Participants),
        l,
        typed,
        year,
        results,
        may_register: Menu::Register.allowed(&signed.who),
        title,
        action: "/deelnemers",
    })
}
