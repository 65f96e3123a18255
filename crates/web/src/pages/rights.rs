//! What a participant is told about their data, what they ask, and what is answered: the forms of it on the page of a
//! person, and the list of who answers them.

use askama::Template;
use axum::response::Response;
use desk::PersonPage;
use domain::{
    codes::{AskedBy, Category, InformedHow, Outcome, RestrictionGround, Right},
    fact::{Codes, Kind},
    ids::FactId,
    programme::List,
    rights::{InformationGiven, Request, RestrictionChanged, RightsAnswered, RightsRequested},
    trajectory::Draft,
};

use crate::{
    form::{Choice, FieldKind, FieldSpec, FormData},
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

/// What is recorded about the rights of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RightsAct {
    Inform,
    Ask,
    Answer,
    Restrict,
}

impl RightsAct {
    /// Every one, in the order of the work.
    pub(crate) const ALL: [Self; 4] = [Self::Inform, Self::Ask, Self::Answer, Self::Restrict];

    /// The end of its address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Inform => "informeren",
            Self::Ask => "verzoek",
            Self::Answer => "antwoord",
            Self::Restrict => "beperking",
        }
    }

    /// The kind of fact it records.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Inform => Kind::InformationGiven,
            Self::Ask => Kind::RightsRequested,
            Self::Answer => Kind::RightsAnswered,
            Self::Restrict => Kind::RestrictionChanged,
        }
    }

    /// Its fields, with the day from which it holds.
    pub(crate) fn fields(self, signed: &Signed, known: &PersonPage) -> Vec<FieldSpec> {
        use Category::Process;
        let l = signed.l;
        let day = |label| FieldSpec::new("valid_from", label, FieldKind::Date, Process).required();
        match self {
            Self::Inform => vec![
                FieldSpec::new(
                    "language",
                    "field-informed-language",
                    FieldKind::Select(signed.names.choices(List::Languages)),
                    Process,
                )
                .required(),
                FieldSpec::new("how", "field-informed-how", radios(InformedHow::ALL, "informed-how", l), Process)
                    .required(),
                FieldSpec::new("text_version", "field-text-version", FieldKind::Text { max: 100 }, Process)
                    .required()
                    .hint("field-text-version-hint"),
                FieldSpec::new(
                    "interpreter",
                    "field-informed-interpreter",
                    FieldKind::Checkboxes(vec![Choice::new("yes", l.t("field-informed-interpreter-yes"))]),
                    Process,
                ),
                day("field-valid-from"),
            ],
            Self::Ask => vec![
                FieldSpec::new("right", "field-right", radios(Right::ALL, "right", l), Process)
                    .required()
                    .hint("field-right-hint"),
                FieldSpec::new("text", "field-right-text", FieldKind::TextArea, Process).required(),
                FieldSpec::new("by", "field-asked-by", radios(AskedBy::ALL, "asked-by", l), Process).required(),
                day("field-received"),
            ],
            Self::Answer => vec![
                FieldSpec::new("about", "field-about-request", requests(known.person.rights.open(), l), Process)
                    .required(),
                FieldSpec::new("outcome", "field-rights-outcome", radios(Outcome::ALL, "outcome", l), Process)
                    .required(),
                FieldSpec::new("reason", "field-rights-reason", FieldKind::TextArea, Process)
                    .hint("field-rights-reason-hint"),
                FieldSpec::new("remedy", "field-rights-remedy", FieldKind::TextArea, Process)
                    .hint("field-rights-remedy-hint"),
                day("field-valid-from"),
            ],
            Self::Restrict => {
                let both = [("on", "restriction-on"), ("off", "restriction-off")];
                let both = both.map(|(value, key)| Choice::new(value, l.t(key))).to_vec();
                let grounds = radios(RestrictionGround::ALL, "restriction-ground", l);
                vec![
                    FieldSpec::new("restricted", "field-restricted", FieldKind::Radios(both), Process).required(),
                    FieldSpec::new("ground", "field-restriction-ground", grounds, Process).required(),
                    FieldSpec::new("note", "field-note", FieldKind::TextArea, Process),
                    day("field-valid-from"),
                ]
            }
        }
    }

    /// Reads the form; `None` with the errors noted in it.
    pub(crate) fn read(self, data: &mut FormData) -> Option<Draft> {
        let on = data.date("valid_from");
        match self {
            Self::Inform => {
                let (language, how) = (data.code("language"), data.choice("how", InformedHow::from_code));
                let text_version = data.text("text_version");
                let interpreter = data.chosen("interpreter").is_some();
                let right = data.is_right();
                let body = InformationGiven { language: language?, how: how?, text_version, interpreter };
                on.filter(|_| right).map(|on| Draft::new(body, on))
            }
            Self::Ask => {
                let (right, by) = (data.choice("right", Right::from_code), data.choice("by", AskedBy::from_code));
                let text = data.text("text");
                let whole = data.is_right();
                let body = RightsRequested { right: right?, text, by: by? };
                on.filter(|_| whole).map(|on| Draft::new(body, on))
            }
            Self::Answer => {
                let about = data.parsed::<FactId>("about");
                let outcome = data.choice("outcome", Outcome::from_code);
                let (reason, remedy) = (data.text("reason"), data.optional_text("remedy"));
                let whole = data.is_right();
                let body = RightsAnswered { outcome: outcome?, reason, remedy };
                let codes = Codes { about: Some(about?), ..Codes::default() };
                on.filter(|_| whole).map(|on| Draft::new(body, on).codes(codes))
            }
            Self::Restrict => {
                let restricted = data.chosen("restricted");
                let ground = data.choice("ground", RestrictionGround::from_code);
                let note = data.text("note");
                let whole = data.is_right();
                let body = RestrictionChanged { restricted: restricted? == "on", ground: ground?, note };
                on.filter(|_| whole).map(|on| Draft::new(body, on))
            }
        }
    }
}

/// A short list of codes of the program.
fn radios<T: std::fmt::Display + Copy>(all: &[T], family: &str, l: L) -> FieldKind {
    FieldKind::Radios(all.iter().map(|one| Choice::new(one.to_string(), l.code(family, one))).collect())
}

/// Requests to choose from, by day and right.
pub(crate) fn requests<'a>(all: impl Iterator<Item = &'a Request>, l: L) -> FieldKind {
    FieldKind::Radios(all.map(|request| Choice::new(request.fact.to_string(), asked(request, l))).collect())
}

/// "3 maart 2022: Inzage".
fn asked(request: &Request, l: L) -> String {
    let right = request.detail.as_ref().map(|detail| l.code("right", detail.right).into_owned()).unwrap_or_default();
    l.f("person-rights-request", &[("date", &l.date(request.on)), ("right", &right)])
}

/// The rights of a person, as their page shows them.
pub(crate) struct RightsView {
    /// Buttons: address and words.
    pub(crate) acts: Vec<(String, String)>,
    /// When they were informed.
    pub(crate) informed: Vec<String>,
    /// What they asked, and what became of it, and whether it is late.
    pub(crate) requests: Vec<(String, String, bool)>,
    /// Whether their data may not be used.
    pub(crate) restricted: bool,
    /// Whether everything that is held can be had here.
    pub(crate) extract: bool,
}

impl RightsView {
    /// For who may see it.
    pub(crate) fn new(signed: &Signed, page: &PersonPage) -> Self {
        let (l, person, today) = (signed.l, &page.person, signed.today());
        let acts = RightsAct::ALL.into_iter().filter(|act| page.standing.may_record(act.kind()));
        let acts = acts.filter(|act| *act != RightsAct::Answer || person.rights.open().next().is_some());
        let acts = acts.map(|act| {
            let title = l.t(&format!("person-{}", act.path())).into_owned();
            (format!("/deelnemer/{}/{}", person.id, act.path()), title)
        });
        let informed = person.rights.informed.iter().filter_map(|one| {
            let detail = one.detail.as_ref()?;
            let language = signed.names.of(List::Languages, detail.language.as_str());
            let (date, how) = (l.date(one.on), l.code("informed-how", detail.how));
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("date", &date), ("language", &language), ("how", &how), ("version", &detail.text_version)];
            let mut words = l.f("person-rights-informed-one", &values);
            if detail.interpreter {
                words = format!("{words}, {}", l.t("person-rights-interpreter"));
            }
            Some(words)
        });
        let requests = person.rights.requests.iter().map(|request| {
            let term = request.term();
            let late = request.is_open() && term.end < today;
            let status = match &request.answered {
                Some(answered) => {
                    let outcome = answered.detail.as_ref().map(|detail| l.code("outcome", detail.outcome).into_owned());
                    let (outcome, date) = (outcome.unwrap_or_default(), l.date(answered.on));
                    l.f("person-rights-answered", &[("outcome", &outcome), ("date", &date)])
                }
                None if late => l.f("person-rights-overdue", &[("date", &l.date(term.end))]),
                None => l.f("person-rights-due", &[("date", &l.date(term.end))]),
            };
            (asked(request, l), status, late)
        });
        Self {
            acts: acts.collect(),
            informed: informed.collect(),
            requests: requests.collect(),
            restricted: person.restricted,
            extract: page.standing.may_record(Kind::RightsAnswered),
        }
    }
}

/// A request on the list.
struct RowView {
    case_number: String,
    href: String,
    asked: String,
    received: String,
    due: String,
    late: bool,
    marks: Vec<String>,
}

#[derive(Template)]
#[template(path = "rights.html")]
struct ListPage {
    shell: Shell,
    l: L,
    rows: Vec<RowView>,
}

/// The list of requests that wait, for who answers them.
pub(crate) async fn list(signed: Signed) -> Response {
    let open = match signed.app.desk.open_requests(&signed.who).await {
        Ok(open) => open,
        Err(failure) => return signed.trouble(failure),
    };
    let l = signed.l;
    let rows = open.into_iter().map(|one| {
        let right = one.request.detail.as_ref().map(|detail| l.code("right", detail.right).into_owned());
        let mut marks = Vec::new();
        if one.request.extended.is_some() {
            marks.push(l.t("rights-extended").into_owned());
        }
        marks.extend(one.term.moved_from().map(|day| l.f("rights-moved", &[("date", &l.date(day))])));
        RowView {
            case_number: one.case_number,
            href: format!("/deelnemer/{}", one.participant),
            asked: right.unwrap_or_default(),
            received: l.date(one.request.on),
            due: l.date(one.term.end),
            late: one.overdue,
            marks,
        }
    });
    let rows = rows.collect();
    render(&ListPage { shell: signed.shell(l.t("rights-title")).under(Menu::Rights), l, rows })
}
