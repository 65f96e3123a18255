//! The page of a person: who they are, their trajectories, the people they belong to; corrections and links.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use desk::{Failure, Order, PersonPage, Target};
use domain::{
    codes::{Category, Relation},
    fact::{Body, Kind},
    ids::ParticipantId,
    participant::{PersonLinked, PersonUnlinked},
    programme::List,
    trajectory::Draft,
};

use super::register::{fill_identity, identity_fields, read_identity};
use crate::{
    form::{CSRF, COMMAND, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION, body, for_role},
    page::{Menu, Shell, render, render_with},
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
    shell: Shell,
    l: L,
    name: String,
    base: String,
    rows: Vec<(String, String)>,
    names: Vec<(String, String)>,
    trajectories: Vec<(String, String, String)>,
    linked: Vec<(String, Option<String>, String)>,
    history: Vec<(String, String, String)>,
    may_edit: bool,
    may_link: bool,
}

#[derive(Template)]
#[template(path = "register.html")]
struct FormPage {
    shell: Shell,
    l: L,
    title: String,
    known: Option<String>,
    results: Option<super::search::Results>,
    form: FormView,
}

/// What is done to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Identity,
    Link,
    Unlink,
}

impl Act {
    fn from_path(path: &str) -> Option<Self> {
        match path {
            "gegevens" => Some(Self::Identity),
            "koppelen" => Some(Self::Link),
            "ontkoppelen" => Some(Self::Unlink),
            _ => None,
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Identity => Kind::IdentityRecorded,
            Self::Link => Kind::PersonLinked,
            Self::Unlink => Kind::PersonUnlinked,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Identity => "gegevens",
            Self::Link => "koppelen",
            Self::Unlink => "ontkoppelen",
        }
    }
}

async fn load(signed: &Signed, text: &str) -> Result<(ParticipantId, PersonPage), Response> {
    let Ok(id) = text.parse::<ParticipantId>() else { return Err(signed.trouble(Failure::Hidden)) };
    let page = signed.app.desk.person(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    Ok((id, page))
}

/// The page.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>) -> Response {
    let (id, page) = match load(&signed, &text).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let (l, words) = (signed.l, &signed.names);
    let identity = page.person.identity.as_ref();
    let mut rows = Vec::new();
    let mut row = |key: &str, value: String| rows.push((l.t(key).into_owned(), value));
    if let Some(identity) = identity {
        row("field-birth", identity.birth.map_or_else(|| "–".to_owned(), |birth| l.partial(birth)));
        row("field-sex", l.code("sex", page.person.sex).into_owned());
        row("field-nationality", words.all(List::Countries, &identity.nationalities));
        match (&identity.v_number, &identity.v_number_missing) {
            (Some(number), _) => row("field-v-number", number.to_string()),
            (None, Some(reason)) => row("field-v-number", words.of(List::VNumberMissing, reason.as_str())),
            (None, None) => {}
        }
    }
    let all = identity.into_iter().flat_map(|identity| &identity.names);
    let names = all.map(|name| (name.text.clone(), words.of(List::NameKinds, name.kind.as_str())));
    let trajectories = page.trajectories.iter().map(|other| {
        let days = match other.ended {
            Some(ended) => l.f("span", &[("from", &l.date(other.opened)), ("to", &l.date(ended))]),
            None => l.f("span-open", &[("from", &l.date(other.opened))]),
        };
        (format!("/traject/{}", other.trajectory), format!("{} {}", words.site(&other.site), other.case_number), days)
    });
    let linked = page.linked.iter().map(|(link, name, file)| {
        (name.clone(), file.map(|id| format!("/traject/{id}")), l.code("relation", link.relation).into_owned())
    });
    let history = page.facts.iter().map(|recorded| {
        let h = &recorded.fact.header;
        let by = signed.app.desk.colleague(h.actor).map(|account| account.name).unwrap_or_default();
        (l.code("kind", h.kind).into_owned(), l.date(h.valid_from), by)
    });
    let name = page.person.name().unwrap_or_default().to_owned();
    render(&Page {
        shell: signed.shell(name.clone()).under(Menu::Participants),
        l,
        base: format!("/deelnemer/{id}"),
        names: names.collect(),
        trajectories: trajectories.collect(),
        linked: linked.collect(),
        history: history.collect(),
        may_edit: access::may_do(signed.who.role, Kind::IdentityRecorded),
        may_link: access::may_do(signed.who.role, Kind::PersonLinked),
        name,
        rows,
    })
}

fn fields(signed: &Signed, act: Act, page: &PersonPage) -> Vec<FieldSpec> {
    use Category::Identity;
    let l = signed.l;
    let mut out = match act {
        Act::Identity => identity_fields(signed),
        Act::Link => {
            let relations = Relation::ALL.iter().map(|r| Choice::new(r.code(), l.code("relation", r))).collect();
            vec![
                FieldSpec::new("case", "field-other-case", FieldKind::Text { max: 20 }, Identity)
                    .required()
                    .hint("field-other-case-hint"),
                FieldSpec::new("relation", "field-relation", FieldKind::Radios(relations), Identity).required(),
            ]
        }
        Act::Unlink => {
            let linked = page.linked.iter().map(|(link, name, _)| Choice::new(link.other.to_string(), name));
            vec![FieldSpec::new("other", "field-other", FieldKind::Radios(linked.collect()), Identity).required()]
        }
    };
    out.push(FieldSpec::new("valid_from", "field-valid-from", FieldKind::Date, Identity).required());
    for_role(out, signed.who.role)
}

fn page(signed: &Signed, id: ParticipantId, act: Act, known: &PersonPage, data: &FormData, status: StatusCode) -> Response {
    let l = signed.l;
    let title = l.t(&format!("person-{}", act.path())).into_owned();
    let form = FormView::new(l, format!("/deelnemer/{id}/{}", act.path()), data);
    let known = known.person.name().map(str::to_owned);
    let shell = signed.shell(title.clone()).under(Menu::Participants);
    render_with(status, &FormPage { shell, l, title, known, results: None, form })
}

/// The form of an act.
pub(crate) async fn form(signed: Signed, Path((text, path)): Path<(String, String)>) -> Response {
    let Some(act) = Act::from_path(&path) else { return signed.trouble(Failure::Hidden) };
    let (id, known) = match load(&signed, &text).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if !access::may_do(signed.who.role, act.kind()) {
        return signed.trouble(Failure::Denied);
    }
    let mut data = FormData::empty(&fields(&signed, act, &known)).with_date("valid_from", signed.today());
    let current = known.facts.iter().find(|recorded| recorded.fact.header.kind == Kind::IdentityRecorded);
    if let (Act::Identity, Some(recorded)) = (act, current) {
        data = fill_identity(&recorded.fact, data);
    }
    let data = data
        .with(CSRF, &signed.csrf)
        .with(COMMAND, signed.new_command())
        .with(VERSION, known.person.version);
    page(&signed, id, act, &known, &data, StatusCode::OK)
}

/// Takes it.
pub(crate) async fn submit(
    signed: Signed,
    Path((text, path)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(act) = Act::from_path(&path) else { return signed.trouble(Failure::Hidden) };
    let (id, known) = match load(&signed, &text).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let lang = signed.l.lang;
    let (content_type, bytes) = match body(request, lang).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let mut data = match FormData::parse(content_type.as_deref(), &bytes, &fields(&signed, act, &known)) {
        Ok(data) => data,
        Err(bad) => return bad.page(lang),
    };
    if let Err(response) = signed.same_session(data.csrf()) {
        return response;
    }
    if data.wants_more() {
        return page(&signed, id, act, &known, &data, StatusCode::OK);
    }
    let (command, expected) = match (data.command(), data.version()) {
        (Ok(command), Ok(version)) => (command, version),
        (Err(bad), _) | (_, Err(bad)) => return bad.page(lang),
    };
    let draft = match read(&signed, act, &mut data).await {
        Ok(Some(draft)) => draft,
        Ok(None) => return page(&signed, id, act, &known, &data, StatusCode::UNPROCESSABLE_ENTITY),
        Err(failure) => return signed.trouble(failure),
    };
    let order = Order { command, expected, target: Target::Participant(id), drafts: vec![draft] };
    match signed.app.desk.execute(&signed.who, order).await {
        Ok(_) => Redirect::to(&format!("/deelnemer/{id}")).into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal);
            page(&signed, id, act, &known, &data, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(Failure::Conflict { changes, .. }) => {
            let by = changes.first().map(|change| change.by.clone()).unwrap_or_default();
            data.wrong_words("", signed.l.f("conflict-title", &[("by", &by)]));
            page(&signed, id, act, &known, &data, StatusCode::CONFLICT)
        }
        Err(failure) => signed.trouble(failure),
    }
}

async fn read(signed: &Signed, act: Act, data: &mut FormData) -> Result<Option<Draft>, Failure> {
    let on = data.date("valid_from");
    match act {
        Act::Identity => Ok(read_identity(data, on)),
        Act::Unlink => {
            let other = data.parsed::<ParticipantId>("other");
            Ok(on.zip(other).map(|(on, other)| Draft::new(Body::from(PersonUnlinked { other }), on)))
        }
        Act::Link => {
            let number = data.text("case");
            let relation = data.choice("relation", Relation::from_code);
            let query = desk::Query { text: number, birth_year: None };
            let found = signed.app.desk.search(&signed.who, query).await?;
            let exact = found.matches.into_iter().find(|found| !matches!(found.why, desk::Why::Name(..)));
            let Some(other) = exact else {
                data.wrong_words("case", signed.l.t("field-other-case-unknown"));
                return Ok(None);
            };
            let body = relation.map(|relation| PersonLinked { other: other.participant, relation });
            Ok(on.zip(body).map(|(on, body)| Draft::new(Body::from(body), on)))
        }
    }
}
