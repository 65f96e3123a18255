//! The evaluation: the share among leavers next to the chance over time, per site, scenario or method, with its protocol.

mod shown;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, Request},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::codes::Category;
use figures::evaluation::{
    cohort,
    guard::{self, Guard},
    plan::{By, Estimator, Plan, TimeZero},
    safe::{Results, Trouble, evaluate},
};
use uuid::Uuid;

use self::shown::Shown;
use crate::{
    form::{COMMAND, CSRF, Choice, FieldKind, FieldSpec, FormData},
    page::{Menu, Shell, render_with},
    session::Signed,
    text::L,
};

/// An analysis that was kept, in the list.
struct KeptView {
    href: String,
    when: String,
    by: String,
    what: String,
}

#[derive(Template)]
#[template(path = "evaluation.html")]
struct Page {
    shell: Shell,
    l: L,
    /// The choices of the form: name, label, options with which is chosen.
    selects: Vec<(&'static str, String, Vec<(Choice, bool)>)>,
    shown: Option<Shown>,
    /// Why there is no result.
    refused: Option<String>,
    /// What the form to keep it sends along.
    keep: Vec<(&'static str, String)>,
    kept: Vec<KeptView>,
}

#[derive(Template)]
#[template(path = "evaluation_kept.html")]
struct KeptPage {
    shell: Shell,
    l: L,
    shown: Shown,
    when: String,
    by: String,
}

/// What can be asked in the address; the first of each is asked when nothing is said.
fn fields(signed: &Signed) -> Vec<FieldSpec> {
    let l = signed.l;
    let select = |name, label, choices| FieldSpec::new(name, label, FieldKind::Select(choices), Category::Figures);
    let by = [By::Site, By::Nothing, By::Method, By::Scenario, By::Cooperation, By::Shelter, By::Reviews];
    let classifications = signed.names.programme().classifications.iter();
    vec![
        select(
            "per",
            "evaluation-by",
            by.map(|by| Choice::new(by.code(), l.code("evaluation-by", by.code()))).to_vec(),
        ),
        select(
            "vanaf",
            "evaluation-zero",
            TimeZero::ALL.map(|zero| Choice::new(zero.code(), l.code("evaluation-zero", zero.code()))).to_vec(),
        ),
        select(
            "indeling",
            "evaluation-classification",
            classifications.map(|it| Choice::new(it.id.as_str(), signed.names.text(&it.name))).collect(),
        ),
        select(
            "uitkomst",
            "evaluation-class",
            cohort::CLASSES.map(|class| Choice::new(class.code(), l.code("outcome-class", class.code()))).to_vec(),
        ),
        select(
            "schatting",
            "evaluation-estimator",
            Estimator::ALL.map(|it| Choice::new(it.code(), l.code("evaluation-estimator", it.code()))).to_vec(),
        ),
    ]
}

/// A plan with the place of the class to show; none when the address asks something that is not offered.
fn plan(signed: &Signed, data: &FormData) -> Option<(Plan, usize)> {
    let said = |name: &str, first: &str| match data.raw(name) {
        "" => first.to_owned(),
        chosen => chosen.to_owned(),
    };
    let first = signed.names.programme().classifications.first()?;
    let (by, zero) = (said("per", By::Site.code()), said("vanaf", TimeZero::Entry.code()));
    let (classification, class) = (said("indeling", first.id.as_str()), said("uitkomst", cohort::CLASSES[0].code()));
    let estimator = said("schatting", Estimator::AalenJohansen.code());
    let known = signed.names.programme().classifications.iter().find(|it| it.id.as_str() == classification)?;
    let plan = Plan {
        by: By::from_code(&by)?,
        zero: TimeZero::from_code(&zero)?,
        classification: known.id.clone(),
        estimator: Estimator::from_code(&estimator)?,
        starting: None,
        seen_from: None,
        until: signed.today(),
    };
    let class = cohort::CLASSES.iter().position(|it| it.code() == class)?;
    Some((plan, class))
}

/// Why an analysis is refused, in words.
fn refusal(l: L, guard: Guard) -> String {
    match guard {
        Guard::MeasuredLater(by, zero) => l.f(
            "evaluation-guard-measured-later",
            &[("by", &l.code("evaluation-by", by.code())), ("zero", &l.code("evaluation-zero", zero.code()))],
        ),
        other => l.code("evaluation-guard", other.code()).into_owned(),
    }
}

/// The results, or why there are none.
async fn results(signed: &Signed, plan: Plan) -> Result<Result<Results, String>, Response> {
    let l = signed.l;
    let checked = match guard::check(plan) {
        Ok(checked) => checked,
        Err(guard) => return Ok(Err(refusal(l, guard))),
    };
    let people = match signed.app.desk.store().read(cohort::read).await {
        Ok(people) => people,
        Err(error) => return Err(signed.trouble(desk::Failure::Store(error))),
    };
    let programme = signed.app.desk.programme().clone();
    let made = desk::aside(move || {
        programme.classification(&checked.classification).map(|by| evaluate(&people, &checked, by))
    });
    match made.await {
        Ok(Some(Ok(results))) => Ok(Ok(results)),
        // nobody came yet, or nobody left
        Ok(Some(Err(Trouble::Nothing(_))) | None) => Ok(Err(l.t("evaluation-nothing").into_owned())),
        Ok(Some(Err(Trouble::Unsafe(why)))) => {
            tracing::warn!(%why, "an analysis could not be made safe");
            Ok(Err(l.t("evaluation-unsafe").into_owned()))
        }
        Err(failure) => Err(signed.trouble(failure)),
    }
}

/// The page.
pub(crate) async fn show(signed: Signed, RawQuery(query): RawQuery) -> Response {
    if !Menu::Evaluation.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    let fields = fields(&signed);
    let data = match FormData::from_query(query.as_deref(), &fields) {
        Ok(data) => data,
        Err(bad) => return signed.answer(bad.trouble()),
    };
    let l = signed.l;
    let (results, asked) = match plan(&signed, &data) {
        Some((plan, class)) => match results(&signed, plan.clone()).await {
            Ok(results) => (results, Some((plan, class))),
            Err(response) => return response,
        },
        None => (Err(l.t("evaluation-not-offered").into_owned()), None),
    };
    let kept = match signed.app.desk.analyses(&signed.who).await {
        Ok(kept) => kept.iter().filter_map(|kept| listed(&signed, kept)).collect(),
        Err(failure) => return signed.trouble(failure),
    };
    let status = if results.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (shown, refused) = match (results, &asked) {
        (Ok(results), Some((_, class))) => (Some(Shown::new(l, &signed.names, &results, *class)), None),
        (Ok(_), None) => (None, None),
        (Err(why), _) => (None, Some(why)),
    };
    // nobody yet: the page is right, there is only nothing on it
    let status = if refused.as_deref() == Some(&*l.t("evaluation-nothing")) { StatusCode::OK } else { status };
    let selects = selects(&signed, &fields, asked.as_ref());
    let keep = fields.iter().map(|field| (field.name, data.raw(field.name).to_owned())).collect::<Vec<_>>();
    let keep = keep.into_iter().chain([(CSRF, signed.csrf.clone()), (COMMAND, signed.new_command().to_string())]);
    let shell = signed.shell(l.t("evaluation-title")).under(Menu::Evaluation);
    render_with(status, &Page { shell, l, selects, shown, refused, keep: keep.collect(), kept })
}

/// The choices with the one that was asked.
fn selects(
    signed: &Signed,
    fields: &[FieldSpec],
    asked: Option<&(Plan, usize)>,
) -> Vec<(&'static str, String, Vec<(Choice, bool)>)> {
    let on = |name: &str, value: &str| {
        asked.is_some_and(|(plan, class)| match name {
            "per" => plan.by.code() == value,
            "vanaf" => plan.zero.code() == value,
            "indeling" => plan.classification.as_str() == value,
            "uitkomst" => cohort::CLASSES[*class].code() == value,
            _ => plan.estimator.code() == value,
        })
    };
    let select = |field: &FieldSpec| {
        let FieldKind::Select(choices) = &field.kind else { return None };
        let marked = choices.iter().map(|choice| (choice.clone(), on(field.name, &choice.value))).collect();
        Some((field.name, signed.l.t(field.label).into_owned(), marked))
    };
    fields.iter().filter_map(select).collect()
}

fn listed(signed: &Signed, kept: &desk::evaluation::Kept) -> Option<KeptView> {
    let results: Results = serde_json::from_str(&kept.body).ok()?;
    let l = signed.l;
    let protocol = &results.protocol;
    let by = l.code("evaluation-by", protocol.plan.by.code());
    let what = l.f("evaluation-kept-what", &[("by", &by), ("until", &l.date(protocol.follow_up.until))]);
    let name = signed.app.desk.colleague(kept.by).map(|account| account.name).unwrap_or_default();
    Some(KeptView { href: format!("/evaluatie/{}", kept.id), when: l.moment(kept.at), by: name, what })
}

/// An analysis as it is kept: the results, and which outcome was looked at.
#[derive(serde::Serialize, serde::Deserialize)]
struct Looked {
    #[serde(flatten)]
    results: Results,
    /// Its code; what was kept before it was noted shows the first.
    #[serde(default)]
    class: String,
}

/// Keeps the analysis as it is now, with its protocol.
pub(crate) async fn keep(signed: Signed, request: Request) -> Response {
    if !Menu::Evaluation.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    let (data, command) = match signed.ordered(request, &fields(&signed)).await {
        Ok(ordered) => ordered,
        Err(response) => return response,
    };
    let trouble =
        |why: String| signed.answer(crate::problem_page::Trouble::new(StatusCode::UNPROCESSABLE_ENTITY).saying(why));
    let Some((plan, class)) = plan(&signed, &data) else {
        return trouble(signed.l.t("evaluation-not-offered").into_owned());
    };
    let results = match results(&signed, plan).await {
        Ok(Ok(results)) => results,
        Ok(Err(why)) => return trouble(why),
        Err(response) => return response,
    };
    let body = match serde_json::to_string(&Looked { results, class: cohort::CLASSES[class].code().to_owned() }) {
        Ok(body) => body,
        Err(error) => return signed.trouble(desk::Failure::Unreadable(format!("results as JSON: {error}"))),
    };
    match signed.app.desk.keep_analysis(&signed.who, command, body).await {
        Ok(()) => Redirect::to(&format!("/evaluatie/{}", command.0)).into_response(),
        Err(failure) => signed.trouble(failure),
    }
}

/// An analysis as it was kept.
pub(crate) async fn one(signed: Signed, Path(id): Path<String>) -> Response {
    if !Menu::Evaluation.allowed(&signed.who) {
        return signed.trouble(desk::Failure::Denied);
    }
    let Ok(id) = Uuid::parse_str(&id) else { return signed.trouble(desk::Failure::Hidden) };
    let kept = match signed.app.desk.analysis(&signed.who, id).await {
        Ok(kept) => kept,
        Err(failure) => return signed.trouble(failure),
    };
    let Looked { results, class } = match serde_json::from_str(&kept.body) {
        Ok(looked) => looked,
        Err(error) => return signed.trouble(desk::Failure::Unreadable(format!("a kept analysis: {error}"))),
    };
    let l = signed.l;
    let class = cohort::CLASSES.iter().position(|known| known.code() == class).unwrap_or(0);
    let shown = Shown::new(l, &signed.names, &results, class);
    let by = signed.app.desk.colleague(kept.by).map(|account| account.name).unwrap_or_default();
    let shell = signed.shell(l.t("evaluation-kept-title")).under(Menu::Evaluation);
    render_with(StatusCode::OK, &KeptPage { shell, l, shown, when: l.moment(kept.at), by })
}
