//! Registration: search first, then a new person, or a known one again.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use desk::{Failure, Order, Target};
use domain::{
    codes::{AgeBand, Category, Relation, Sex},
    fact::{Body, Codes, Fact},
    ids::{CommandId, ParticipantId, SiteId},
    participant::{IdentityRecorded, Name, PersonLinked},
    programme::{List, Programme},
    registration::Registered,
    trajectory::Draft,
};
use jiff::civil::Date;

use super::search::{Asked, Results, alike, search};
use crate::{
    conflict::Conflict,
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION, cell, visible},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchFirst {
    shell: Shell,
    l: L,
    asked: Asked,
    results: Results,
    may_register: bool,
    title: String,
    action: &'static str,
}

#[derive(Template)]
#[template(path = "register.html")]
struct Page {
    shell: Shell,
    l: L,
    title: String,
    known: Option<String>,
    results: Option<Results>,
    conflict: Option<Conflict>,
    form: FormView,
}

fn allowed(signed: &Signed) -> Result<(), Response> {
    if Menu::Register.allowed(&signed.who) { Ok(()) } else { Err(signed.trouble(Failure::Denied)) }
}

/// The search that comes first.
pub(crate) async fn start(signed: Signed) -> Response {
    if let Err(response) = allowed(&signed) {
        return response;
    }
    search_first(&signed, Asked::default())
}

fn search_first(signed: &Signed, asked: Asked) -> Response {
    let title = signed.l.t("register-search-first").into_owned();
    let shell = signed.shell(title.clone()).under(Menu::Register);
    let (l, status, results) = (signed.l, asked.status(), Results::default());
    render_with(status, &SearchFirst { shell, l, asked, results, may_register: false, title, action: "/aanmelden" })
}

/// The results of that search, and under them the form for someone new.
pub(crate) async fn searched(signed: Signed, request: Request) -> Response {
    if let Err(response) = allowed(&signed) {
        return response;
    }
    let asked = match Asked::read(&signed, request).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    if asked.typed.is_empty() || asked.wrong.is_some() {
        return search_first(&signed, asked);
    }
    let results = match search(&signed, &asked).await {
        Ok(results) => results,
        Err(failure) => return signed.trouble(failure),
    };
    let mut form = fresh(&signed, &fields(&signed, &Whom::New));
    // what was searched for is what will be registered: nobody types a name twice
    form = match domain::vnumber::VNumber::try_from(asked.typed.clone()) {
        Ok(number) => form.with("v_number", number),
        Err(_) => form.with(cell("name", 1, "text"), &asked.typed),
    };
    form = form.with(SEEN, results.seen());
    page(&signed, StatusCode::OK, &form, Whom::New, Some(results))
}

/// Whom the sender saw as who might be the same person: nobody is registered who may be known, unless someone looked.
const SEEN: &str = "gezien";

/// Whom a registration is about.
#[derive(Clone)]
enum Whom {
    /// Someone new.
    New,
    /// Someone known, again.
    Known(ParticipantId, String),
    /// Someone new, of the household of someone known.
    Household(ParticipantId, String),
}

impl Whom {
    fn known(&self) -> Option<ParticipantId> {
        match self {
            Self::Known(id, _) => Some(*id),
            _ => None,
        }
    }
}

fn fields(signed: &Signed, whom: &Whom) -> Vec<FieldSpec> {
    use Category::{Identity, Process};
    let known = whom.known();
    let names = &signed.names;
    let sites: Vec<Choice> =
        signed.who.sites.iter().map(|site| Choice::new(site.as_str(), names.site(site.as_str()))).collect();
    let mut out = Vec::new();
    if let Whom::Household(..) = whom {
        let own = |r: &&Relation| **r != Relation::SamePerson;
        let relations = Relation::ALL.iter().filter(own);
        let relations = relations.map(|r| Choice::new(r.code(), signed.l.code("relation", r))).collect();
        let relations = FieldKind::Radios(relations);
        out.push(FieldSpec::new("relation", "field-household-relation", relations, Identity).required());
    }
    if known.is_none() {
        out.push(FieldSpec::new(SEEN, "search-found", FieldKind::Hidden, Identity));
        out.extend(identity_fields(signed));
    }
    out.push(FieldSpec::new("valid_from", "field-registered-on", FieldKind::Date, Process).required());
    if sites.len() > 1 {
        out.push(FieldSpec::new("site", "head-site", FieldKind::Select(sites), Process).required());
    }
    out.push(FieldSpec::new("circumstances", "field-circumstances", FieldKind::TextArea, Process).required());
    let informed = FieldKind::Select(names.choices(List::Languages));
    out.push(FieldSpec::new("informed_in", "field-informed-in", informed, Identity).hint("field-informed-in-hint"));
    visible(out, access::Standing::of_new_case(&signed.who).categories())
}

/// The fields of an identity.
pub(crate) fn identity_fields(signed: &Signed) -> Vec<FieldSpec> {
    use Category::Identity;
    let (l, names) = (signed.l, &signed.names);
    let select = |name, label, choices| FieldSpec::new(name, label, FieldKind::Select(choices), Identity);
    let sexes = Sex::ALL.iter().map(|sex| Choice::new(sex.code(), l.code("sex", sex))).collect();
    let columns = vec![
        FieldSpec::new("text", "field-name", FieldKind::Text { max: 200 }, Identity).required(),
        select("kind", "field-name-kind", names.choices(List::NameKinds)),
    ];
    let countries = vec![select("country", "field-nationality", names.choices(List::Countries))];
    vec![
        FieldSpec::new("name", "field-names", FieldKind::Repeat { rows: 2, columns }, Identity)
            .hint("field-names-hint"),
        FieldSpec::new("birth", "field-birth", FieldKind::PartialDate, Identity).hint("form-partial-hint"),
        FieldSpec::new("sex", "field-sex", FieldKind::Radios(sexes), Identity).required(),
        FieldSpec::new(
            "nationalities",
            "field-nationalities",
            FieldKind::Repeat { rows: 1, columns: countries },
            Identity,
        ),
        FieldSpec::new("v_number", "field-v-number", FieldKind::Text { max: 20 }, Identity).hint("field-v-number-hint"),
        select("v_number_missing", "field-v-number-missing", names.choices(List::VNumberMissing)),
    ]
}

/// Reads an identity; its errors stand in the form. A name whose kind was not chosen gets the programme's first.
pub(crate) fn read_identity(programme: &Programme, data: &mut FormData, on: Option<Date>) -> Option<Draft> {
    let mut names = Vec::new();
    for row in data.rows("name") {
        let text = data.text(&cell("name", row, "text"));
        let kind = data.code(&cell("name", row, "kind")).or_else(|| programme.list(List::NameKinds).first().cloned());
        if !text.is_empty() {
            names.extend(kind.map(|kind| Name { text, kind }));
        }
    }
    let (birth, sex) = (data.partial_date("birth"), data.choice("sex", Sex::from_code));
    let (v_number, v_number_missing) = (data.v_number("v_number"), data.code("v_number_missing"));
    let mut nationalities = Vec::new();
    for row in data.rows("nationalities") {
        let country = data.code(&cell("nationalities", row, "country"));
        nationalities.extend(country.filter(|code| !nationalities.contains(code)));
    }
    if !data.is_right() {
        return None;
    }
    let on = on?;
    let age_band = birth.map(|birth| AgeBand::of_age(birth.age_on(on)));
    let identity = IdentityRecorded { names, birth, v_number, v_number_missing, nationalities };
    Some(Draft::new(identity, on).codes(Codes { sex, age_band, ..Codes::default() }))
}

/// Fills the fields of an identity.
pub(crate) fn fill_identity(fact: &Fact, mut data: FormData) -> FormData {
    let Some(Body::IdentityRecorded(b)) = &fact.body else { return data };
    for (row, name) in (1..).zip(&b.names) {
        data = data.with(cell("name", row, "text"), &name.text).with(cell("name", row, "kind"), &name.kind);
    }
    if let Some(birth) = b.birth {
        data = data.with_partial("birth", birth);
    }
    if let Some(sex) = fact.header.codes.sex {
        data = data.with("sex", sex);
    }
    if let Some(number) = &b.v_number {
        data = data.with("v_number", number);
    }
    if let Some(reason) = &b.v_number_missing {
        data = data.with("v_number_missing", reason);
    }
    for (row, code) in (1..).zip(&b.nationalities) {
        data = data.with(cell("nationalities", row, "country"), code);
    }
    data
}

fn fresh(signed: &Signed, fields: &[FieldSpec]) -> FormData {
    FormData::empty(fields)
        .with_date("valid_from", signed.today())
        .with(CSRF, &signed.csrf)
        .with(COMMAND, signed.new_command())
        .with(VERSION, "")
}

fn page(signed: &Signed, status: StatusCode, data: &FormData, whom: Whom, results: Option<Results>) -> Response {
    let l = signed.l;
    let (title, action, known) = match whom {
        Whom::New => ("register-title", "/aanmelden/nieuw".to_owned(), None),
        Whom::Known(id, name) => ("register-again-title", format!("/aanmelden/{id}"), Some(name)),
        Whom::Household(id, name) => ("register-household-title", format!("/aanmelden/{id}/gezin"), Some(name)),
    };
    let title = l.t(title).into_owned();
    let form = FormView::new(l, action, data);
    render_with(
        status,
        &Page {
            shell: signed.shell(title.clone()).under(Menu::Register),
            l,
            title,
            known,
            results,
            conflict: None,
            form,
        },
    )
}

/// Someone new.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    take(signed, Whom::New, request).await
}

/// The form for someone known.
pub(crate) async fn again(signed: Signed, Path(text): Path<String>) -> Response {
    shown(signed, &text, Whom::Known).await
}

/// The form for a member of the household of someone known.
pub(crate) async fn household(signed: Signed, Path(text): Path<String>) -> Response {
    shown(signed, &text, Whom::Household).await
}

/// A member of the household of someone known.
pub(crate) async fn submit_household(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    match known(&signed, &text).await {
        Ok((id, name)) => take(signed, Whom::Household(id, name), request).await,
        Err(response) => response,
    }
}

/// Someone known: who, and their name.
async fn known(signed: &Signed, text: &str) -> Result<(ParticipantId, String), Response> {
    allowed(signed)?;
    let Ok(id) = text.parse::<ParticipantId>() else { return Err(signed.trouble(Failure::Hidden)) };
    match signed.app.desk.person(&signed.who, id).await {
        Ok(known) => Ok((id, known.person.name().unwrap_or_default().to_owned())),
        Err(failure) => Err(signed.trouble(failure)),
    }
}

async fn shown(signed: Signed, text: &str, whom: fn(ParticipantId, String) -> Whom) -> Response {
    match known(&signed, text).await {
        Ok((id, name)) => {
            let whom = whom(id, name);
            page(&signed, StatusCode::OK, &fresh(&signed, &fields(&signed, &whom)), whom, None)
        }
        Err(response) => response,
    }
}

/// Someone known, again.
pub(crate) async fn submit_again(signed: Signed, Path(text): Path<String>, request: Request) -> Response {
    match known(&signed, &text).await {
        Ok((id, name)) => take(signed, Whom::Known(id, name), request).await,
        Err(response) => response,
    }
}

/// Who may be the person that is about to be registered; nobody for a form that was carried out before, which has the same
/// effect once more.
async fn maybe_known(signed: &Signed, command: CommandId, target: &Target) -> Result<Results, Failure> {
    let Target::New { identity: Some(identity), .. } = target else { return Ok(Results::default()) };
    let Body::IdentityRecorded(identity) = &identity.body else { return Ok(Results::default()) };
    if signed.app.desk.carried_out(command).await? {
        return Ok(Results::default());
    }
    alike(signed, identity).await
}

async fn take(signed: Signed, whom: Whom, request: Request) -> Response {
    if let Err(response) = allowed(&signed) {
        return response;
    }
    let data = match signed.form(request, &fields(&signed, &whom)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, &data, whom, None),
    };
    if data.wants_more() {
        return page(&signed, StatusCode::OK, &data, whom, None);
    }
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let Some((target, drafts)) = read(&signed, &whom, &mut data) else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, whom, None);
    };
    let found = match maybe_known(&signed, command, &target).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let seen = found.seen();
    if !seen.is_empty() && seen != data.raw(SEEN) {
        data.wrong_words("", signed.l.t("register-look-first"));
        return page(&signed, StatusCode::CONFLICT, &data.again(SEEN, seen), whom, Some(found));
    }
    let order = Order { command, expected: None, target, drafts };
    match signed.app.desk.execute(&signed.who, order).await {
        Ok(done) => {
            let to = done.trajectory.map_or_else(|| "/".to_owned(), |id| format!("/traject/{id}"));
            Redirect::to(&to).into_response()
        }
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &data, whom, None)
        }
        Err(Failure::Overtaken) => {
            data.wrong_words("", signed.l.t("error-overtaken"));
            page(&signed, StatusCode::CONFLICT, &data, whom, None)
        }
        Err(Failure::ReusedCommand) => {
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &signed.sent_before(data), whom, None)
        }
        Err(failure) => signed.trouble(failure),
    }
}

fn read(signed: &Signed, whom: &Whom, data: &mut FormData) -> Option<(Target, Vec<Draft>)> {
    let known = whom.known();
    let relation = match whom {
        Whom::Household(..) => data.choice("relation", Relation::from_code),
        _ => None,
    };
    let on = data.date("valid_from");
    let site: Option<SiteId> =
        if signed.who.sites.len() > 1 { data.parsed("site") } else { signed.who.sites.first().cloned() };
    let circumstances = data.text("circumstances");
    let informed_in = data.code("informed_in");
    let identity = match known {
        Some(_) => None,
        None => Some(Box::new(read_identity(signed.names.programme(), data, on)?)),
    };
    if !data.is_right() {
        return None;
    }
    let registered = Draft::new(Registered { circumstances, informed_in }, on?);
    let mut drafts = vec![registered];
    if let Whom::Household(other, _) = whom {
        // asked is what the new person is to the known one; written about the new person is the other way round
        let body = PersonLinked { other: *other, relation: relation?.mirrored() };
        drafts.push(Draft::new(body, on?));
    }
    Some((Target::New { site: site?, known, identity }, drafts))
}
