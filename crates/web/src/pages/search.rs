//! Finding a participant. By POST: a name in an address would end up in logs and histories.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::Request, http::StatusCode, response::Response};
use desk::{Query, Why};
use domain::{codes::Category, ids::ParticipantId, participant::IdentityRecorded};
use sha2::{Digest as _, Sha256};

use crate::{
    form::{FieldKind, FieldSpec},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// Someone found.
pub(crate) struct MatchView {
    participant: ParticipantId,
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
#[derive(Default)]
pub(crate) struct Results {
    /// Whether there was a search at all.
    pub searched: bool,
    /// Who was found.
    pub matches: Vec<MatchView>,
    /// Whether someone alike is known elsewhere.
    pub elsewhere: bool,
    /// How many, in words.
    pub count: String,
    found: BTreeSet<ParticipantId>,
}

impl Results {
    /// Who was found, as one word that tells nothing of them: whether someone saw just these. Empty when there is nobody.
    pub(crate) fn seen(&self) -> String {
        if self.found.is_empty() && !self.elsewhere {
            return String::new();
        }
        let mut hash = Sha256::new();
        self.found.iter().for_each(|id| hash.update(id.0.as_bytes()));
        hash.update([u8::from(self.elsewhere)]);
        journal::hex(&hash.finalize()[..16])
    }

    /// What both searches found, each once.
    fn and(mut self, signed: &Signed, other: Self) -> Self {
        let Self { matches, elsewhere, found, .. } = other;
        let new = matches.into_iter().filter(|one| !self.found.contains(&one.participant)).collect::<Vec<_>>();
        self.matches.extend(new);
        self.found.extend(found);
        self.elsewhere |= elsewhere;
        self.searched = true;
        self.count = signed.l.f("search-count", &[("count", &self.matches.len())]);
        self
    }
}

/// Who may be known already under an identity that is about to be registered: by its names and its number.
///
/// # Errors
/// As [`desk::Desk::search`].
pub(crate) async fn alike(signed: &Signed, identity: &IdentityRecorded) -> Result<Results, desk::Failure> {
    let number = identity.v_number.as_ref().map(ToString::to_string);
    let mut all = Results::default();
    for typed in identity.names.iter().map(|name| name.text.clone()).chain(number) {
        let found = search(signed, &Asked { typed, ..Asked::default() }).await?;
        all = all.and(signed, found);
    }
    Ok(all)
}

/// What was typed.
#[derive(Default)]
pub(crate) struct Asked {
    /// A name, V-number or case number.
    pub typed: String,
    /// Year of birth, as typed.
    pub year: String,
    /// What is wrong with it: where, and in words.
    pub wrong: Option<(&'static str, String)>,
    birth_year: Option<i16>,
}

impl Asked {
    /// Reads the form of a search.
    pub(crate) async fn read(signed: &Signed, request: Request) -> Result<Self, Response> {
        let mut data = signed.form(request, &fields()).await?;
        signed.same_session(data.csrf())?;
        signed.app.pace.search(signed.who.user).map_err(|wait| signed.answer(crate::pace::too_many_searches(wait)))?;
        let (typed, year) = (data.text("zoek"), data.text("jaar"));
        let birth_year = year.parse().ok().filter(|year| domain::date::year_in_range(*year).is_ok());
        if birth_year.is_none() && !year.is_empty() {
            data.wrong_words("jaar", signed.l.t("search-year-wrong"));
        }
        let anchor = |field: &str| if field == "jaar" { "jaar" } else { "zoek-naam" };
        let wrong = data.errors().all(signed.l).into_iter().map(|(field, words)| (anchor(&field), words)).next();
        Ok(Self { typed, year, wrong, birth_year })
    }

    /// The status of the page that answers.
    pub(crate) fn status(&self) -> StatusCode {
        if self.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    shell: Shell,
    l: L,
    asked: Asked,
    results: Results,
    may_register: bool,
    title: String,
    action: &'static str,
}

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("zoek", "search-label", FieldKind::Text { max: 200 }, Category::Identity),
        FieldSpec::new("jaar", "search-year", FieldKind::Text { max: 4 }, Category::Identity),
    ]
}

/// The empty form.
pub(crate) async fn show(signed: Signed) -> Response {
    if !Menu::Participants.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    page(&signed, Asked::default(), Results::default())
}

/// The results.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    let asked = match Asked::read(&signed, request).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    match search(&signed, &asked).await {
        Ok(results) => page(&signed, asked, results),
        Err(failure) => signed.trouble(failure),
    }
}

/// Searches; nothing typed, or something that cannot be right, finds nobody.
pub(crate) async fn search(signed: &Signed, asked: &Asked) -> Result<Results, desk::Failure> {
    if asked.typed.is_empty() || asked.wrong.is_some() {
        return Ok(Results::default());
    }
    let query = Query { text: asked.typed.clone(), birth_year: asked.birth_year };
    let found = signed.app.desk.search(&signed.who, query).await?;
    let matches: Vec<MatchView> = found.matches.iter().map(|found| view(signed, found)).collect();
    let count = signed.l.f("search-count", &[("count", &matches.len())]);
    let ids = matches.iter().map(|one| one.participant).collect();
    Ok(Results { searched: true, matches, elsewhere: found.elsewhere, count, found: ids })
}

fn view(signed: &Signed, found: &desk::Match) -> MatchView {
    let (l, names) = (signed.l, &signed.names);
    let identity = found.person.identity.as_ref();
    let number = found.trajectories.first().map(|(_, number, _)| number.clone()).unwrap_or_default();
    let mut below = Vec::new();
    if let Some(identity) = identity {
        below.extend(identity.birth.map(|birth| l.f("search-born", &[("date", &l.partial(birth))])));
        below.extend(identity.v_number.as_ref().map(|number| l.f("head-v-number", &[("number", number)])));
        below.extend(
            identity.nationalities.first().map(|code| names.of(domain::programme::List::Countries, code.as_str())),
        );
    }
    let aliases =
        identity.map(|identity| identity.names.iter().skip(1).map(|name| name.text.as_str()).collect::<Vec<_>>());
    let open = found.trajectories.iter().any(|(.., open)| *open);
    MatchView {
        participant: found.participant,
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

fn page(signed: &Signed, asked: Asked, results: Results) -> Response {
    let l = signed.l;
    let title = l.t("search-title").into_owned();
    render_with(
        asked.status(),
        &Page {
            shell: signed.shell(title.clone()).under(Menu::Participants),
            l,
            asked,
            results,
            may_register: Menu::Register.allowed(&signed.who),
            title,
            action: "/deelnemers",
        },
    )
}
