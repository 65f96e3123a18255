//! Two versions of a method, field by field, each with where it comes from.

use domain::{
    ids::Code,
    programme::{Contracted, EndRule, List, Method},
    term::Rule,
};

use crate::{names::Names, text::L};

/// One field of both.
pub(crate) struct FieldLine {
    pub(crate) label: String,
    pub(crate) first: Cell,
    pub(crate) second: Cell,
    /// Whether they differ.
    pub(crate) differs: bool,
}

/// The value in one version.
pub(crate) struct Cell {
    pub(crate) value: String,
    /// Where it was published, or that it is our assumption.
    pub(crate) source: String,
}

/// The fields of two versions, in the order of the work.
pub(crate) fn compared(l: L, names: &Names, first: &Method, second: &Method) -> Vec<FieldLine> {
    let one = |key: &str, label: String, write: &dyn Fn(&Method) -> String| {
        let cell = |method: &Method| Cell { value: write(method), source: source(l, names, method, key) };
        let (first, second) = (cell(first), cell(second));
        FieldLine { label, differs: first.value != second.value, first, second }
    };
    let line = |key: &str, write: &dyn Fn(&Method) -> String| one(key, l.code("method", key).into_owned(), write);
    let days = |days: Option<u16>| match days {
        Some(days) => l.f("method-value-days", &[("days", &days)]),
        None => nothing(l),
    };
    let months = |months: Option<u16>| match months {
        Some(months) => l.f("method-value-months", &[("months", &months)]),
        None => nothing(l),
    };
    let list = |of: List, codes: &[Code]| if codes.is_empty() { nothing(l) } else { names.all(of, codes) };
    let partners = |method: &Method| {
        let orgs: Vec<String> = method.deliver.iter().map(|org| names.org_id(org)).collect();
        if orgs.is_empty() { nothing(l) } else { orgs.join(", ") }
    };
    let rule = |rule: &Rule| l.code("rule", rule.code()).into_owned();
    let joined = |lines: Vec<String>| if lines.is_empty() { nothing(l) } else { lines.join("; ") };
    let items = |method: &Method| {
        let one = |item: &Contracted| {
            let (name, from) = (names.of(List::DossierItems, item.item.as_str()), names.org_id(&item.from));
            let needed = if item.required { format!(" ({})", l.t("dossier-required")) } else { String::new() };
            format!("{name}, {from}{needed}")
        };
        joined(method.dossier.iter().map(one).collect())
    };
    let pauses = |method: &Method| {
        let one = |(pause, rules): (&Code, &Vec<Rule>)| {
            let rules: Vec<String> = rules.iter().map(rule).collect();
            format!("{}: {}", names.of(List::Pauses, pause.as_str()), rules.join(", "))
        };
        joined(method.pauses.iter().map(one).collect())
    };
    let extensions = |method: &Method| {
        let one = |(of, most): (&Rule, &u16)| format!("{}: {}", rule(of), days(Some(*most)));
        joined(method.extensions.iter().map(one).collect())
    };
    let ends = |method: &Method| {
        let one = |(of, end): (&Rule, &EndRule)| format!("{}: {}", rule(of), l.code("method-rest-end", end.code()));
        joined(method.ends.iter().map(one).collect())
    };
    let skipped = |method: &Method| {
        let steps: Vec<_> = method.may_skip.iter().map(|step| l.code("method-step", step.code())).collect();
        if steps.is_empty() { nothing(l) } else { steps.join(", ") }
    };
    let mut lines = vec![
        line("from", &|m| l.date(m.from)),
        line("admission", &|m| l.code("method-admission", m.admission.code()).into_owned()),
        line("screening_days", &|m| days(m.screening_days)),
        line("grounds", &|m| list(List::AdmissionGrounds, &m.grounds)),
        line("refusal_grounds", &|m| list(List::RefusalGrounds, &m.refusal_grounds)),
        line("exception_by", &|m| list(List::ExceptionBy, &m.exception_by)),
        line("intake_days", &|m| days(m.intake_days)),
        line("deliver", &partners),
        line("dossier", &items),
        line("dossier_days", &|m| days(m.dossier_days)),
        line("reminder_days", &|m| days(m.reminder_days)),
        line("check_days", &|m| days(m.check_days)),
        line("rest_starts", &|m| l.code("rest-starts", m.rest_starts).into_owned()),
        line("rest_days", &|m| days(Some(m.rest_days))),
        line("rest_end", &|m| l.code("method-rest-end", m.rest_end.code()).into_owned()),
        line("decision_days", &|m| days(m.decision_days)),
        line("undecided_days", &|m| days(m.undecided_days)),
        line("may_skip", &skipped),
        line("review_days", &|m| days(m.review_days)),
        line("assessors", &|m| m.assessors.to_string()),
        line("max_stay_months", &|m| months(m.max_stay_months)),
        line("ends", &ends),
        line("pauses", &pauses),
        line("extensions", &extensions),
        line("shelter_hours", &|m| words(m.shelter_hours.as_str())),
    ];
    let mut keys: Vec<&String> = first.characteristics.keys().chain(second.characteristics.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let value = |method: &Method| method.characteristics.get(key).map_or_else(|| nothing(l), |value| words(value));
        lines.push(one("characteristics", words(key), &value));
    }
    lines
}

fn nothing(l: L) -> String {
    l.t("method-value-none").into_owned()
}

/// A code of the programme's files that has no words of its own.
fn words(code: &str) -> String {
    code.replace(['-', '_'], " ")
}

/// Where a field comes from.
fn source(l: L, names: &Names, method: &Method, key: &str) -> String {
    match (method.assumptions.get(key), method.sources.get(key)) {
        (Some(why), _) => l.f("method-assumption", &[("why", &names.text(why))]),
        (None, Some(source)) => source.clone(),
        (None, None) => String::new(),
    }
}
