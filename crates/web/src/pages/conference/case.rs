//! A case on the table or in a pack: everything of it that may be seen, as headings with lines.

use desk::{File, conference::CaseAtTable};
use domain::{codes::Category, ids::SittingId, programme::List};

use crate::{
    head::{Head, terms},
    pages::{dossier::document_meta, file::Parts},
    session::Signed,
};

/// A part of a case.
pub(crate) struct Section {
    pub(crate) title: String,
    /// Name (may be empty) and words.
    pub(crate) rows: Vec<(String, String)>,
}

/// A document that was released to a body.
pub(crate) struct Released {
    pub(crate) name: String,
    pub(crate) href: String,
    /// Of whom, which item, kind, size, day.
    pub(crate) meta: String,
}

/// A case.
pub(crate) struct CaseView {
    /// Its place on the agenda.
    pub(crate) place: usize,
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) ids: Vec<String>,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) minutes: String,
    pub(crate) outcome: Option<String>,
    pub(crate) sections: Vec<Section>,
    /// Documents that were released to this body.
    pub(crate) documents: Vec<Released>,
    /// Categories that are left out because of who is in the room.
    pub(crate) withheld: String,
}

impl CaseView {
    /// Of a case, as far as it was left to be seen.
    pub(crate) fn new(signed: &Signed, sitting: SittingId, case: &CaseAtTable) -> Self {
        let (l, names, today) = (signed.l, &signed.names, signed.today());
        let colleague = |user| signed.app.desk.colleague(user).map(|account| account.name);
        let file = &case.file;
        // without anything to see only the number of the case is left
        let seen = file.standing.sees(Category::Process);
        let head = Head::new(file, None, l, names, today, colleague);
        let withheld = case.withheld.iter().map(|category| l.code("category", category).into_owned());
        Self {
            place: case.place,
            id: file.trajectory.id.to_string(),
            number: file.case_number.clone(),
            name: head.name,
            ids: if seen { head.ids } else { vec![] },
            facts: if seen { head.facts } else { vec![] },
            minutes: l.f("case-minutes", &[("minutes", &case.minutes)]),
            outcome: case.outcome.map(|end| l.code("agenda-end", end.code()).into_owned()),
            sections: if seen { sections(signed, case) } else { vec![] },
            documents: if seen { documents(signed, sitting, case) } else { vec![] },
            withheld: withheld.collect::<Vec<_>>().join(", "),
        }
    }
}

fn sections(signed: &Signed, case: &CaseAtTable) -> Vec<Section> {
    let (l, names, today) = (signed.l, &signed.names, signed.today());
    let (file, t) = (&case.file, &case.file.trajectory);
    let base = format!("/traject/{}", t.id);
    let parts = Parts { l, names, base: &base, today };
    let mut out = Vec::new();
    let mut add = |key: &str, rows: Vec<(String, String)>| {
        if !rows.is_empty() {
            out.push(Section { title: l.t(key).into_owned(), rows });
        }
    };
    add("case-why", why(signed, case));
    let terms = terms(file, l, names, today).into_iter();
    add(
        "file-terms",
        terms
            .map(|term| {
                (term.title, [Some(term.day), term.waiting_on].into_iter().flatten().collect::<Vec<_>>().join(" · "))
            })
            .collect(),
    );
    add("file-intake", t.intake.as_ref().and_then(|intake| parts.intake(intake)).unwrap_or_default());
    let obstacles = t.obstacles.iter().rev().map(|obstacle| parts.obstacle(obstacle));
    add("file-obstacles", obstacles.map(|(what, when, note)| (what, joined([Some(when), note]))).collect());
    for (title, rows) in t.decisions.iter().rev().map(|decision| parts.decision(decision)) {
        add("file-decisions", std::iter::once((String::new(), title)).chain(rows).collect());
    }
    add("case-other-bodies", escalations(signed, file));
    for delivery in parts.deliveries(file) {
        let head = std::iter::once((delivery.partner, delivery.state));
        add("tab-dossier", head.chain(delivery.rows).collect());
    }
    for (title, rows) in t.reviews.iter().rev().map(|review| parts.review(review)) {
        add("file-reviews", std::iter::once((String::new(), title)).chain(rows).collect());
    }
    add("tab-plan", plan(signed, file));
    let pauses =
        t.pauses.iter().rev().map(|pause| (names.pause(l, pause.code.as_ref()), parts.span(pause.from, pause.to)));
    add("file-pauses", pauses.collect());
    for (title, rows) in t.screenings.iter().rev().map(|screening| parts.screening(screening)) {
        add("case-screening", std::iter::once((String::new(), title)).chain(rows).collect());
    }
    add("case-shelter", t.stays.iter().rev().filter_map(|stay| parts.stay(stay)).collect());
    add("file-outflow", t.outflow.as_ref().map(|outflow| parts.outflow(outflow)).unwrap_or_default());
    out
}

fn documents(signed: &Signed, sitting: SittingId, case: &CaseAtTable) -> Vec<Released> {
    let (l, names, t) = (signed.l, &signed.names, &case.file.trajectory);
    let released = t.documents.iter().filter_map(|document| {
        let detail = document.detail.as_ref()?;
        let of = [names.org_id(&document.partner), names.of(List::DossierItems, detail.item.as_str())];
        let meta = [&of[..], &[document_meta(l, document)]].concat().join(" · ");
        let href = format!("/overleg/{sitting}/stukken/{}/document/{}", t.id, document.fact);
        Some(Released { name: detail.name.clone(), href, meta })
    });
    released.collect()
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn why(signed: &Signed, case: &CaseAtTable) -> Vec<(String, String)> {
    let l = signed.l;
    let Some(tabled) = &case.tabled else { return vec![] };
    let mut rows = vec![(l.t("field-agenda-why").into_owned(), l.code("agenda-why", tabled.why).into_owned())];
    if !tabled.question.is_empty() {
        rows.push((l.t("field-agenda-question").into_owned(), tabled.question.clone()));
    }
    rows
}

/// Times the case went to another body, and what came back.
fn escalations(signed: &Signed, file: &File) -> Vec<(String, String)> {
    let (l, names) = (signed.l, &signed.names);
    let mut rows = Vec::new();
    for one in file.trajectory.escalations.iter().rev() {
        let Some(detail) = &one.detail else { continue };
        let title = l.f("case-sent", &[("board", &l.code("board", detail.to)), ("day", &l.date(one.on))]);
        rows.push((title, detail.question.clone()));
        rows.extend(detail.positions.iter().map(|position| (names.org_id(&position.org), position.text.clone())));
        match &one.answer {
            Some((on, _, Some(answer))) => {
                rows.push((format!("{}, {}", l.code("answered", answer.answer), l.date(*on)), answer.text.clone()));
            }
            Some(_) => {}
            None if one.ended.is_none() => {
                let due = one.due.map(|due| l.date(due)).unwrap_or_default();
                rows.push((l.t("rule-escalation").into_owned(), l.f("event-until", &[("date", &due)])));
            }
            None => {}
        }
    }
    rows
}

fn plan(signed: &Signed, file: &File) -> Vec<(String, String)> {
    let (l, names, t) = (signed.l, &signed.names, &file.trajectory);
    let goals = t.goals.iter().filter(|goal| goal.closed.is_none()).filter_map(|goal| {
        let detail = goal.detail.as_ref()?;
        Some((l.t("field-goal").into_owned(), joined([Some(detail.text.clone()), Some(names.org_id(&detail.owner))])))
    });
    let actions = t.actions.iter().filter(|action| action.closed.is_none()).filter_map(|action| {
        let detail = action.detail.as_ref()?;
        let words = joined([Some(detail.text.clone()), Some(names.org_id(&detail.owner)), Some(l.date(action.due))]);
        Some((l.t("field-action").into_owned(), words))
    });
    goals.chain(actions).collect()
}
