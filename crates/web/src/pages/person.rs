//! The page of a person: who they are, their trajectories, the people they belong to; corrections and links.

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use desk::{Change, Failure, Order, PersonPage, Target};
use domain::{
    codes::{Category, Relation, Right},
    fact::{Body, Fact, Kind, Withdrawn},
    ids::{FactId, ParticipantId},
    participant::{PersonLinked, PersonUnlinked},
    programme::List,
    trajectory::{Draft, Recorded},
};

use super::{
    register::{fill_identity, identity_fields, read_identity},
    rights::{self, RightsAct, RightsView},
};
use crate::{
    conflict::Conflict,
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION, visible},
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
    history: Vec<FactView>,
    may_edit: bool,
    may_link: bool,
    /// Address to register a member of the household.
    household: Option<String>,
    rights: RightsView,
    csrf: String,
}

/// Something recorded about a person.
struct FactView {
    what: String,
    when: String,
    by: String,
    why: Option<String>,
    superseded: bool,
    /// Addresses to correct and to withdraw it.
    correct: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct FormPage {
    shell: Shell,
    l: L,
    title: String,
    known: Option<String>,
    results: Option<super::search::Results>,
    conflict: Option<Conflict>,
    form: FormView,
}

/// What is done to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// From a day on, someone is known otherwise.
    Identity,
    Link,
    Unlink,
    /// What is recorded about their rights.
    Rights(RightsAct),
    /// What was recorded was wrong.
    Correct(FactId),
    /// It was wrong, and what was known before holds again.
    Withdraw(FactId),
}

impl Act {
    fn from_path(path: &str) -> Option<Self> {
        match path {
            "gegevens" => Some(Self::Identity),
            "koppelen" => Some(Self::Link),
            "ontkoppelen" => Some(Self::Unlink),
            other => RightsAct::ALL.into_iter().find(|act| act.path() == other).map(Self::Rights),
        }
    }

    /// The kind of fact that changes.
    fn kind(self) -> Kind {
        match self {
            Self::Identity | Self::Correct(_) | Self::Withdraw(_) => Kind::IdentityRecorded,
            Self::Link => Kind::PersonLinked,
            Self::Unlink => Kind::PersonUnlinked,
            Self::Rights(act) => act.kind(),
        }
    }

    fn path(self) -> String {
        match self {
            Self::Identity => "gegevens".to_owned(),
            Self::Link => "koppelen".to_owned(),
            Self::Unlink => "ontkoppelen".to_owned(),
            Self::Rights(act) => act.path().to_owned(),
            Self::Correct(fact) => format!("feit/{fact}/verbeter"),
            Self::Withdraw(fact) => format!("feit/{fact}/intrekken"),
        }
    }

    fn title(self, l: L, kind: Kind) -> String {
        let what = l.code("kind", kind);
        match self {
            Self::Correct(_) => l.f("step-correct", &[("what", &what)]),
            Self::Withdraw(_) => l.f("step-withdraw", &[("what", &what)]),
            other => l.t(&format!("person-{}", other.path())).into_owned(),
        }
    }
}

/// A form about a person: who asks, about whom, for what.
struct Work {
    signed: Signed,
    id: ParticipantId,
    known: PersonPage,
    act: Act,
}

async fn load(signed: &Signed, text: &str) -> Result<(ParticipantId, PersonPage), Response> {
    let Ok(id) = text.parse::<ParticipantId>() else { return Err(signed.trouble(Failure::Hidden)) };
    let page = signed.app.desk.person(&signed.who, id).await.map_err(|failure| signed.trouble(failure))?;
    Ok((id, page))
}

/// Whether another fact took the place of this one.
fn superseded(page: &PersonPage, fact: FactId) -> bool {
    domain::history::History::of(&page.facts).superseded_by(fact).is_some()
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
    let may_edit = page.standing.may_record(Kind::IdentityRecorded);
    let history = page.facts.iter().map(|recorded| {
        let h = &recorded.fact.header;
        let superseded = superseded(&page, h.id);
        let base = format!("/deelnemer/{id}/feit/{}", h.id);
        let mends = matches!(h.kind, Kind::IdentityRecorded | Kind::PersonLinked);
        let correct = page.standing.may_record(h.kind) && !superseded && mends;
        FactView {
            what: l.code("kind", h.kind).into_owned(),
            when: l.date(h.valid_from),
            by: signed.app.desk.colleague(h.actor).map(|account| account.name).unwrap_or_default(),
            why: recorded.fact.why.as_ref().map(|why| l.f("event-why", &[("why", why)])),
            correct: correct.then(|| (format!("{base}/verbeter"), format!("{base}/intrekken"))),
            superseded,
        }
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
        may_edit,
        may_link: page.standing.may_record(Kind::PersonLinked),
        household: (Menu::Register.allowed(&signed.who) && page.standing.may_record(Kind::PersonLinked))
            .then(|| format!("/aanmelden/{id}/gezin")),
        rights: RightsView::new(&signed, &page),
        csrf: signed.csrf.clone(),
        name,
        rows,
    })
}

impl Work {
    async fn new(signed: Signed, text: &str, act: Option<Act>) -> Result<Self, Response> {
        let Some(act) = act else { return Err(signed.trouble(Failure::Hidden)) };
        let (id, known) = load(&signed, text).await?;
        let whole = !matches!(act, Act::Correct(_) | Act::Withdraw(_));
        if whole && !known.standing.may_record(act.kind()) {
            return Err(signed.trouble(Failure::Denied));
        }
        let work = Self { signed, id, known, act };
        match act {
            Act::Correct(fact) | Act::Withdraw(fact) => match work.fact(fact).map(|old| old.fact.header.kind) {
                Some(kind) if work.known.standing.may_record(kind) => Ok(work),
                Some(_) => Err(work.signed.trouble(Failure::Denied)),
                None => Err(work.signed.trouble(Failure::Hidden)),
            },
            _ => Ok(work),
        }
    }

    /// A fact that can be mended: who the person is, or to whom they belong. An unlinking is not: link anew.
    fn fact(&self, fact: FactId) -> Option<&Recorded> {
        let mut facts = self.known.facts.iter();
        let mends = |kind| matches!(kind, Kind::IdentityRecorded | Kind::PersonLinked);
        facts.find(|recorded| recorded.fact.header.id == fact && mends(recorded.fact.header.kind))
    }

    /// The link a correction is about.
    fn link(&self, fact: FactId) -> Option<&PersonLinked> {
        match self.fact(fact).and_then(|old| old.fact.body.as_ref()) {
            Some(Body::PersonLinked(link)) => Some(link),
            _ => None,
        }
    }

    fn relations(&self) -> FieldSpec {
        let l = self.signed.l;
        let relations = Relation::ALL.iter().map(|r| Choice::new(r.code(), l.code("relation", r))).collect();
        FieldSpec::new("relation", "field-relation", FieldKind::Radios(relations), Category::Identity).required()
    }

    fn fields(&self) -> Vec<FieldSpec> {
        use Category::Identity;
        let why =
            || FieldSpec::new("why", "field-why", FieldKind::TextArea, Identity).required().hint("field-why-hint");
        let day = || FieldSpec::new("valid_from", "field-valid-from", FieldKind::Date, Identity).required();
        let out = match self.act {
            Act::Identity => [identity_fields(&self.signed), vec![day()]].concat(),
            Act::Correct(fact) if self.link(fact).is_some() => vec![self.relations(), day(), why()],
            Act::Correct(_) => [identity_fields(&self.signed), vec![day(), why()], self.on_request()].concat(),
            Act::Rights(act) => act.fields(&self.signed, &self.known),
            Act::Withdraw(_) => vec![why()],
            Act::Link => {
                vec![
                    FieldSpec::new("case", "field-other-case", FieldKind::Text { max: 20 }, Identity)
                        .required()
                        .hint("field-other-case-hint"),
                    self.relations(),
                    day(),
                ]
            }
            Act::Unlink => {
                let linked = self.known.linked.iter().map(|(link, name, _)| Choice::new(link.other.to_string(), name));
                let linked = FieldKind::Radios(linked.collect());
                vec![FieldSpec::new("other", "field-other", linked, Identity).required(), day()]
            }
        };
        visible(out, self.known.standing.categories())
    }

    /// The request that asked for a correction, where there is one.
    fn on_request(&self) -> Vec<FieldSpec> {
        let asked = &self.known.person.rights.requests;
        let rectify = asked
            .iter()
            .filter(|request| request.detail.as_ref().is_some_and(|detail| detail.right == Right::Rectification));
        if rectify.clone().next().is_none() {
            return vec![];
        }
        let kind = rights::requests(rectify, self.signed.l);
        vec![FieldSpec::new("about", "field-on-request", kind, Category::Identity).hint("field-on-request-hint")]
    }

    fn fresh(&self) -> FormData {
        let data = FormData::empty(&self.fields());
        let mut facts = self.known.facts.iter().filter(|recorded| recorded.fact.header.kind == Kind::IdentityRecorded);
        let today = self.signed.today();
        let data = match self.act {
            Act::Identity => {
                let data = data.with_date("valid_from", today);
                match facts.find(|recorded| !superseded(&self.known, recorded.fact.header.id)) {
                    Some(current) => fill_identity(&current.fact, data),
                    None => data,
                }
            }
            Act::Correct(fact) => match self.fact(fact) {
                Some(Recorded { fact: Fact { body: Some(Body::PersonLinked(link)), header, .. }, .. }) => {
                    data.with_date("valid_from", header.valid_from).with("relation", link.relation)
                }
                Some(old) => fill_identity(&old.fact, data.with_date("valid_from", old.fact.header.valid_from)),
                None => data,
            },
            Act::Withdraw(_) => data,
            Act::Link | Act::Unlink | Act::Rights(_) => data.with_date("valid_from", today),
        };
        data.with(CSRF, &self.signed.csrf)
            .with(COMMAND, self.signed.new_command())
            .with(VERSION, self.known.person.version)
    }

    fn page(&self, status: StatusCode, data: &FormData) -> Response {
        self.page_with(status, data, None)
    }

    fn page_with(&self, status: StatusCode, data: &FormData, conflict: Option<Conflict>) -> Response {
        let (l, id) = (self.signed.l, self.id);
        let kind = match self.act {
            Act::Correct(fact) | Act::Withdraw(fact) => self.fact(fact).map(|old| old.fact.header.kind),
            _ => None,
        };
        let title = self.act.title(l, kind.unwrap_or(Kind::IdentityRecorded));
        let form =
            FormView::new(l, format!("/deelnemer/{id}/{}", self.act.path()), data).cancel(format!("/deelnemer/{id}"));
        let known = self.known.person.name().map(str::to_owned);
        let shell = self.signed.shell(title.clone()).under(Menu::Participants);
        render_with(status, &FormPage { shell, l, title, known, results: None, conflict, form })
    }

    async fn take(&self, request: Request) -> Response {
        let data = match self.signed.form(request, &self.fields()).await {
            Ok(data) => data,
            Err(response) => return response,
        };
        let mut data = match self.signed.own_form(data) {
            Ok(data) => data,
            Err(data) => return self.page(StatusCode::FORBIDDEN, &data),
        };
        if data.wants_more() {
            return self.page(StatusCode::OK, &data);
        }
        let (command, expected) = match (data.command(), data.version()) {
            (Ok(command), Ok(version)) => (command, version),
            (Err(bad), _) | (_, Err(bad)) => return self.signed.answer(bad.trouble()),
        };
        let draft = match self.read(&mut data).await {
            Ok(Some(draft)) => draft,
            Ok(None) => return self.page(StatusCode::UNPROCESSABLE_ENTITY, &data),
            Err(failure) => return self.signed.trouble(failure),
        };
        let order = Order { command, expected, target: Target::Participant(self.id), drafts: vec![draft] };
        match self.signed.app.desk.execute(&self.signed.who, order).await {
            Ok(_) => Redirect::to(&format!("/deelnemer/{}", self.id)).into_response(),
            Err(failure) => self.failed(failure, data).await,
        }
    }

    async fn failed(&self, failure: Failure, mut data: FormData) -> Response {
        match failure {
            Failure::Refused(refusal) => {
                data.refused(&refusal, self.signed.refusal(&refusal));
                self.page(StatusCode::UNPROCESSABLE_ENTITY, &data)
            }
            Failure::Conflict { yours, now, changes } => {
                let conflict = self.conflict(yours, &changes, &data).await;
                // the form now knows the newer version: sent again, it is a decision with open eyes
                let data = data.again(VERSION, now).again(COMMAND, self.signed.new_command());
                self.page_with(StatusCode::CONFLICT, &data, Some(conflict))
            }
            Failure::ReusedCommand => self.page(StatusCode::UNPROCESSABLE_ENTITY, &self.signed.sent_before(data)),
            Failure::Overtaken => {
                data.wrong_words("", self.signed.l.t("error-overtaken"));
                self.page(StatusCode::CONFLICT, &data)
            }
            other => self.signed.trouble(other),
        }
    }

    /// Whose changes came first, and what they say beside what was filled in here.
    async fn conflict(&self, yours: u32, changes: &[Change], data: &FormData) -> Conflict {
        let (l, signed) = (self.signed.l, &self.signed);
        // read again: what is in the way may have come after this form was loaded
        let facts = match signed.app.desk.person(&signed.who, self.id).await {
            Ok(page) => page.facts,
            Err(error) => {
                tracing::error!(%error, "what others changed could not be read");
                vec![]
            }
        };
        let theirs = facts.iter().filter(|recorded| recorded.number > yours).map(|recorded| {
            let h = &recorded.fact.header;
            let by = signed.app.desk.colleague(h.actor).map(|account| account.name).unwrap_or_default();
            let (what, date, at) = (l.code("kind", h.kind), l.date(h.valid_from), l.moment(h.recorded_at));
            let words = l.f("conflict-change", &[("what", &what), ("date", &date), ("by", &by), ("at", &at)]);
            let fields = visible(identity_fields(signed), self.known.standing.categories());
            let said = fill_identity(&recorded.fact, FormData::empty(&fields)).said(l);
            let lines = said.iter().map(|(label, value)| l.f("conflict-field", &[("label", label), ("value", value)]));
            (words, lines.collect())
        });
        let by = changes.first().map(|change| change.by.clone()).unwrap_or_default();
        Conflict {
            title: l.f("conflict-title", &[("by", &by)]),
            changes: theirs.collect(),
            yours: data.said(l),
            look: (format!("/deelnemer/{}", self.id), l.t("conflict-look-person").into_owned()),
        }
    }

    async fn read(&self, data: &mut FormData) -> Result<Option<Draft>, Failure> {
        let signed = &self.signed;
        Ok(match self.act {
            Act::Identity => {
                let on = data.date("valid_from");
                read_identity(signed.names.programme(), data, on)
            }
            Act::Correct(fact) if let Some(link) = self.link(fact) => {
                let (on, why) = (data.date("valid_from"), data.text("why"));
                let relation = data.choice("relation", Relation::from_code).filter(|_| data.is_right());
                let body = relation.map(|relation| PersonLinked { other: link.other, relation });
                on.zip(body).map(|(on, body)| Draft::new(body, on).correcting(fact, why))
            }
            Act::Correct(fact) => {
                let (on, why) = (data.date("valid_from"), data.text("why"));
                let about = if data.has_field("about") { data.parsed::<FactId>("about") } else { None };
                read_identity(signed.names.programme(), data, on).map(|mut draft| {
                    draft.codes.about = about;
                    draft.correcting(fact, why)
                })
            }
            Act::Withdraw(fact) => {
                let why = data.text("why");
                data.is_right().then(|| Draft::new(Withdrawn {}, signed.today()).correcting(fact, why))
            }
            Act::Rights(act) => act.read(data),
            Act::Unlink => {
                let on = data.date("valid_from");
                let other = data.parsed::<ParticipantId>("other");
                on.zip(other).map(|(on, other)| Draft::new(PersonUnlinked { other }, on))
            }
            Act::Link => {
                let on = data.date("valid_from");
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
                on.zip(body).map(|(on, body)| Draft::new(body, on))
            }
        })
    }
}

/// The form of an act.
pub(crate) async fn form(signed: Signed, Path((text, path)): Path<(String, String)>) -> Response {
    shown(Work::new(signed, &text, Act::from_path(&path)).await)
}

/// Takes it.
pub(crate) async fn submit(signed: Signed, Path((text, path)): Path<(String, String)>, request: Request) -> Response {
    taken(Work::new(signed, &text, Act::from_path(&path)).await, request).await
}

/// The form to correct what was recorded about someone.
pub(crate) async fn show_correction(signed: Signed, Path((text, fact)): Path<(String, String)>) -> Response {
    shown(Work::new(signed, &text, fact.parse().ok().map(Act::Correct)).await)
}

/// Takes the correction.
pub(crate) async fn correct(signed: Signed, Path((text, fact)): Path<(String, String)>, request: Request) -> Response {
    taken(Work::new(signed, &text, fact.parse().ok().map(Act::Correct)).await, request).await
}

/// The form to withdraw what was recorded about someone.
pub(crate) async fn show_withdrawal(signed: Signed, Path((text, fact)): Path<(String, String)>) -> Response {
    shown(Work::new(signed, &text, fact.parse().ok().map(Act::Withdraw)).await)
}

/// Withdraws it.
pub(crate) async fn withdraw(signed: Signed, Path((text, fact)): Path<(String, String)>, request: Request) -> Response {
    taken(Work::new(signed, &text, fact.parse().ok().map(Act::Withdraw)).await, request).await
}

fn shown(work: Result<Work, Response>) -> Response {
    work.map_or_else(|response| response, |work| work.page(StatusCode::OK, &work.fresh()))
}

async fn taken(work: Result<Work, Response>, request: Request) -> Response {
    match work {
        Ok(work) => work.take(request).await,
        Err(response) => response,
    }
}
