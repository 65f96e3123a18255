//! A running term gets a later last day.

use domain::{
    codes::Category::Process,
    fact::{Body, Codes, Kind},
    ids::FactId,
    problem::Problem,
    term::{Rule, Term, TermExtended},
};

use super::{Ask, Step, line, note, source};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

/// The terms that run and that the way of working lets be extended; of a correction also the one it is about.
fn running<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Term> {
    let all = ask.file.terms.iter().chain(&ask.file.other_terms).map(|view| &view.term);
    let method = ask.method;
    all.filter(move |term| method.extendable(term))
}

fn value(rule: Rule, trigger: FactId) -> String {
    format!("{rule}.{trigger}")
}

fn parsed(text: &str) -> Result<(Rule, FactId), Problem> {
    let unknown = || Problem::new("term-not-running");
    let (rule, trigger) = text.split_once('.').ok_or_else(unknown)?;
    Ok((Rule::from_code(rule).ok_or_else(unknown)?, trigger.parse().map_err(|_| unknown())?))
}

fn choices(ask: &Ask<'_>) -> Vec<Choice> {
    let (l, names) = (ask.signed.l, &ask.signed.names);
    let choice = |term: &Term| {
        let org = term.waiting_on.as_ref().map(|org| format!(", {}", names.org_id(org))).unwrap_or_default();
        let label = format!("{}{org}: {}", l.code("rule", term.rule), l.date(term.end));
        Some(Choice::new(value(term.rule, term.trigger()?), label))
    };
    let mut out: Vec<Choice> = running(ask).filter_map(choice).collect();
    // a correction may be about a term that no longer runs
    if let Some((rule, about)) = ask.corrects.and_then(corrected) {
        let kept = value(rule, about);
        if !out.iter().any(|choice| choice.value == kept) {
            out.push(Choice::new(kept, l.code("rule", rule)));
        }
    }
    out
}

fn corrected(fact: &domain::fact::Fact) -> Option<(Rule, FactId)> {
    match &fact.body {
        Some(Body::TermExtended(body)) => Some((body.rule, fact.header.codes.about?)),
        _ => None,
    }
}

/// The first that can be extended, to a day after its last.
fn trial(ask: &Ask<'_>) -> Codes {
    let first = running(ask).next();
    Codes {
        about: first.and_then(Term::trigger),
        until: first.map(|term| domain::term::after(term.end)),
        ..Codes::default()
    }
}

pub(super) const EXTEND: Step = Step {
    path: "termijn-verlengen",
    kind: Kind::TermExtended,
    group: "terms",
    trial,
    fields: |ask| {
        vec![
            FieldSpec::new("term", "field-term", FieldKind::Radios(choices(ask)), Process).required(),
            FieldSpec::new("until", "field-extended-until", FieldKind::Date, Process).required(),
            note("ground", "field-term-ground", Process).required(),
            line("by", "field-term-by", Process).required(),
            source(ask, Process),
        ]
    },
    read: |_, data| {
        let term = data.chosen("term").and_then(|text| match parsed(&text) {
            Ok(term) => Some(term),
            Err(problem) => {
                data.wrong("term", problem);
                None
            }
        });
        let (until, ground, by) = (data.date("until"), data.text("ground"), data.text("by"));
        let (rule, about) = term?;
        Some((TermExtended { rule, ground, by }.into(), Codes { about: Some(about), until, ..Codes::default() }))
    },
    fill: |fact, data: FormData| {
        let data = match corrected(fact) {
            Some((rule, about)) => data.with("term", value(rule, about)),
            None => data,
        };
        let data = match fact.header.codes.until {
            Some(until) => data.with_date("until", until),
            None => data,
        };
        match &fact.body {
            Some(Body::TermExtended(body)) => data.with("ground", &body.ground).with("by", &body.by),
            _ => data,
        }
    },
};
