//! Ways of working as data: how many were under each version, two versions field by field, and changes written down before they start.

mod fields;

use askama::Template;
use axum::{
    extract::{RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use desk::{
    Failure,
    evaluation::{Kept, may_change},
};
use domain::{
    codes::Category,
    ids::SiteId,
    programme::{Method, Programme},
};
use figures::{
    disclosure::{
        Method as Protection,
        table::{Shown, Table},
    },
    evaluation::{
        change::{Change, Direction, Effect, Few, Finding, Indicator, finding},
        cohort::{self, Person},
    },
};

use self::fields::{FieldLine, compared};
use crate::{
    chart::number,
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData, FormView, VERSION},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// A version in the list.
struct VersionView {
    id: String,
    site: String,
    name: String,
    from: String,
    to: String,
    people: String,
}

/// A change that was written down, and what became of it.
struct ChangeView {
    what: String,
    site: String,
    starts: String,
    expected: String,
    written: String,
    found: Vec<String>,
}

#[derive(Template)]
#[template(path = "methods.html")]
struct Page {
    shell: Shell,
    l: L,
    versions: Vec<VersionView>,
    first: String,
    second: String,
    heads: (String, String),
    lines: Vec<FieldLine>,
    changes: Vec<ChangeView>,
    form: Option<FormView>,
}

/// The form to write down a change.
fn form_fields(signed: &Signed) -> Vec<FieldSpec> {
    let l = signed.l;
    let sites = signed.who.sites.iter().map(|site| Choice::new(site.as_str(), signed.names.site(site.as_str())));
    let classifications = signed.names.programme().classifications.iter();
    let field = |name, label, kind| FieldSpec::new(name, label, kind, Category::Figures).required();
    vec![
        field("site", "change-site", FieldKind::Select(sites.collect())),
        field("what", "change-what", FieldKind::Text { max: 200 }).hint("change-what-hint"),
        field("starts", "change-starts", FieldKind::Date).hint("change-starts-hint"),
        field(
            "indicator",
            "change-indicator",
            FieldKind::Radios(Indicator::ALL.map(|it| Choice::new(it.code(), l.code("indicator", it.code()))).to_vec()),
        ),
        field(
            "direction",
            "change-direction",
            FieldKind::Radios(
                Direction::ALL.map(|it| Choice::new(it.code(), l.code("change-direction", it.code()))).to_vec(),
            ),
        ),
        field(
            "classification",
            "evaluation-classification",
            FieldKind::Select(
                classifications.map(|it| Choice::new(it.id.as_str(), signed.names.text(&it.name))).collect(),
            ),
        ),
    ]
}

/// Which two versions to compare.
fn query_fields(programme: &Programme) -> Vec<FieldSpec> {
    let choices = || programme.methods.iter().map(|method| Choice::new(method.id.as_str(), "")).collect::<Vec<_>>();
    let field = |name| FieldSpec::new(name, "methods-version", FieldKind::Select(choices()), Category::Figures);
    vec![field("eerste"), field("tweede")]
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    if !Menu::Evaluation.allowed(&signed.who) {
        return signed.trouble(Failure::Denied);
    }
    let programme = signed.app.desk.programme().clone();
    let data = match FormData::from_query(query.as_deref(), &query_fields(&programme)) {
        Ok(data) => data,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (first, second) = (data.raw("eerste").to_owned(), data.raw("tweede").to_owned());
    page(&signed, StatusCode::OK, (&first, &second), None).await
}

async fn page(signed: &Signed, status: StatusCode, chosen: (&str, &str), data: Option<&FormData>) -> Response {
    let l = signed.l;
    let programme = signed.app.desk.programme().clone();
    let people = match signed.app.desk.store().read(cohort::read).await {
        Ok(people) => people,
        Err(error) => return signed.trouble(Failure::Store(error)),
    };
    let changes = match signed.app.desk.changes(&signed.who).await {
        Ok(kept) => {
            let read = |one: &Kept| serde_json::from_str(&one.body).ok();
            let all: Vec<Change> = kept.iter().filter_map(read).collect();
            kept.iter().filter_map(|one| change_view(signed, &programme, (&people, &all), one)).collect()
        }
        Err(failure) => return signed.trouble(failure),
    };
    let version = |id: &str, otherwise: usize| {
        programme.methods.iter().find(|method| method.id.as_str() == id).or_else(|| programme.methods.get(otherwise))
    };
    let (first, second) = (version(chosen.0, 0), version(chosen.1, 1).or_else(|| version(chosen.1, 0)));
    let id = |method: Option<&Method>| method.map_or_else(String::new, |method| method.id.to_string());
    let head =
        |method: Option<&Method>| method.map_or_else(String::new, |method| signed.names.text(&method.name).to_owned());
    let empty = FormData::empty(&form_fields(signed))
        .with(CSRF, &signed.csrf)
        .with(COMMAND, signed.new_command())
        .with(VERSION, "");
    let form = may_change(&signed.who)
        .then(|| FormView::new(l, "/werkwijzen", data.unwrap_or(&empty)).submit(l.t("change-submit")));
    let shell = signed.shell(l.t("methods-title")).under(Menu::Evaluation);
    let lines = first.zip(second).map(|(a, b)| compared(l, &signed.names, a, b)).unwrap_or_default();
    let versions = versions(signed, &programme, &people);
    let (first, second, heads) = (id(first), id(second), (head(first), head(second)));
    render_with(status, &Page { shell, l, versions, first, second, heads, lines, changes, form })
}

/// Every version, with how many people came in under it.
fn versions(signed: &Signed, programme: &Programme, people: &[Person]) -> Vec<VersionView> {
    let l = signed.l;
    let under = |method: &Method| people.iter().filter(|person| person.method == method.id.as_str()).count() as u64;
    let counts: Vec<u64> = programme.methods.iter().map(under).collect();
    let shown = match Table::new(&[counts]).and_then(|table| table.protect(Protection::Suppression)) {
        Ok(shown) => shown.into_iter().next().unwrap_or_default(),
        // without methods there is nothing to show; what cannot be made safe is not shown
        Err(why) => {
            tracing::debug!(%why, "no numbers beside the methods");
            Vec::new()
        }
    };
    let words = |shown: Option<&Shown>| match shown {
        Some(Shown::Number(number)) => number.to_string(),
        Some(Shown::Small) => l.t("told-few").into_owned(),
        Some(Shown::Protecting) | None => l.t("told-protecting").into_owned(),
    };
    let view = |(at, method): (usize, &Method)| VersionView {
        id: method.id.to_string(),
        site: signed.names.site(method.site.as_str()),
        name: signed.names.text(&method.name).to_owned(),
        from: l.date(method.from),
        to: method.to.map_or_else(|| l.t("methods-open").into_owned(), |to| l.date(to)),
        people: words(shown.get(at)),
    };
    programme.methods.iter().enumerate().map(view).collect()
}

fn change_view(
    signed: &Signed,
    programme: &Programme,
    (people, all): (&[Person], &[Change]),
    kept: &Kept,
) -> Option<ChangeView> {
    let change: Change = serde_json::from_str(&kept.body).ok()?;
    let l = signed.l;
    let classification = programme.classifications.iter().find(|it| it.id.as_str() == change.classification)?;
    let found = finding(people, &change, all, classification, signed.today());
    let name = signed.app.desk.colleague(kept.by).map(|account| account.name).unwrap_or_default();
    let direction = l.code("change-direction", change.direction.code());
    let indicator = l.code("indicator", change.indicator.code());
    Some(ChangeView {
        site: signed.names.site(&change.site),
        starts: l.date(change.starts),
        expected: format!("{indicator}: {direction}"),
        written: format!("{}, {name}", l.date(kept.on)),
        found: words(l, &change, found),
        what: change.what,
    })
}

/// What was found, in sentences.
fn words(l: L, change: &Change, found: Finding) -> Vec<String> {
    match found {
        Finding::Waiting => vec![l.t("change-waiting").into_owned()],
        Finding::TooEarly => vec![l.f("change-too-early", &[("days", &change.indicator.horizon())])],
        Finding::TooFew { of, enough } => {
            let few = match of {
                Few::People => "change-too-few",
                Few::Outcomes => "change-too-few-outcomes",
            };
            let needed = enough.map(|enough| l.f("change-enough", &[("enough", &enough)]));
            std::iter::once(l.t(few).into_owned()).chain(needed).collect()
        }
        Finding::Effect(effect) => effect_words(l, effect),
    }
}

fn effect_words(l: L, effect: Effect) -> Vec<String> {
    let points = |value: f64| number(l, value * 100.0, 0);
    let (from, to) = effect.interval;
    let mut words = vec![l.f(
        "change-before-after",
        &[
            ("before", &points(effect.before)),
            ("after", &points(effect.after)),
            ("nbefore", &effect.people_before),
            ("nafter", &effect.people_after),
        ],
    )];
    words.extend(effect.others.map(|others| l.f("change-others", &[("others", &points(others))])));
    words.push(l.f(
        "change-effect",
        &[("difference", &points(effect.difference)), ("from", &points(from)), ("to", &points(to))],
    ));
    if from <= 0.0 && to >= 0.0 {
        words.push(l.t("change-undecided").into_owned());
        words.push(l.f("change-enough", &[("enough", &effect.enough)]));
    }
    words.push(l.t("change-assumes").into_owned());
    words
}

/// Writes down a change, before its first day.
pub(crate) async fn submit(signed: Signed, request: Request) -> Response {
    if !Menu::Evaluation.allowed(&signed.who) || !may_change(&signed.who) {
        return signed.trouble(Failure::Denied);
    }
    let data = match signed.form(request, &form_fields(&signed)).await {
        Ok(data) => data,
        Err(response) => return response,
    };
    let mut data = match signed.own_form(data) {
        Ok(data) => data,
        Err(data) => return page(&signed, StatusCode::FORBIDDEN, ("", ""), Some(&data)).await,
    };
    let command = match data.command() {
        Ok(command) => command,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let (site, what, starts) = (data.parsed::<SiteId>("site"), data.text("what"), data.date("starts"));
    let indicator = data.choice("indicator", Indicator::from_code);
    let (direction, by) = (data.choice("direction", Direction::from_code), data.code("classification"));
    let (Some(site), Some(starts), Some(indicator), Some(direction), Some(by), true) =
        (site, starts, indicator, direction, by, data.is_right())
    else {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, ("", ""), Some(&data)).await;
    };
    let change = Change { site: site.to_string(), what, starts, indicator, direction, classification: by.to_string() };
    let body = match serde_json::to_string(&change) {
        Ok(body) => body,
        Err(error) => return signed.trouble(Failure::Unreadable(format!("a change as JSON: {error}"))),
    };
    match signed.app.desk.keep_change(&signed.who, command, site, starts, body).await {
        Ok(()) => Redirect::to("/werkwijzen#wijzigingen").into_response(),
        Err(Failure::Refused(refusal)) => {
            data.refused(&refusal, signed.refusal(&refusal));
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, ("", ""), Some(&data)).await
        }
        Err(failure) => signed.trouble(failure),
    }
}
