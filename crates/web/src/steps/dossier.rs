//! The dossier: asked, delivered, checked; per partner.

use domain::{
    codes::Category::Dossier,
    dossier::{
        DossierCompleted, DossierDelivered, DossierIncomplete, DossierRejected, DossierReminded, DossierRequested,
        DossierUnavailable,
    },
    fact::{Body, Codes, Fact, Kind},
    ids::{Code, OrgId},
    programme::List,
};

use super::{Ask, Step, note, source};
use crate::form::{Choice, FieldKind, FieldSpec, FormData};

/// Who can be asked for something; for who brings a part alone, their own organisation.
fn suppliers<'a>(ask: &'a Ask<'_>) -> Vec<&'a OrgId> {
    let mut all = ask.method.suppliers();
    all.retain(|org| ask.file.standing.sees(Dossier) || **org == ask.signed.who.org);
    all
}

fn partner(ask: &Ask<'_>) -> FieldSpec {
    let names = &ask.signed.names;
    let choices = suppliers(ask).into_iter().map(|org| Choice::new(org.as_str(), names.org_id(org))).collect();
    FieldSpec::new("partner", "field-partner", FieldKind::Radios(choices), Dossier).required()
}

fn items(ask: &Ask<'_>, name: &'static str, label: &'static str) -> FieldSpec {
    let mut list = ask.signed.names.choices(List::DossierItems);
    let agreed = |item: &str| ask.method.items_of(&ask.signed.who.org).any(|agreed| agreed.item.as_str() == item);
    list.retain(|choice| ask.file.standing.sees(Dossier) || agreed(&choice.value));
    FieldSpec::new(name, label, FieldKind::Checkboxes(list), Dossier)
}

fn codes(data: &mut FormData) -> Codes {
    Codes { partner: data.parsed("partner"), ..Codes::default() }
}

/// The first partner for whom the step could be next.
fn trial(ask: &Ask<'_>, fits: fn(Option<&domain::dossier::Delivery>) -> bool) -> Codes {
    let of = |org: &OrgId| ask.file.trajectory.deliveries.iter().find(|delivery| delivery.partner == *org);
    let all = suppliers(ask);
    let partner = all.iter().find(|org| fits(of(org))).or_else(|| all.first());
    Codes { partner: partner.copied().cloned(), ..Codes::default() }
}

fn filled(fact: &Fact, mut data: FormData, name: &'static str, items: &[Code], note: &str) -> FormData {
    if let Some(partner) = &fact.header.codes.partner {
        data = data.with("partner", partner);
    }
    for item in items {
        data = data.with(name, item);
    }
    data.with("note", note)
}

pub(super) const REQUEST: Step = Step {
    path: "dossier-vragen",
    kind: Kind::DossierRequested,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_none()),
    fields: |ask| vec![partner(ask), items(ask, "items", "field-items-asked"), note("note", "field-note", Dossier)],
    read: |_, data| {
        let codes = codes(data);
        let (items, note) = (data.codes("items"), data.text("note"));
        Some((DossierRequested { items, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierRequested(b)) => filled(fact, data, "items", &b.items, &b.note),
        _ => data,
    },
};

pub(super) const DELIVER: Step = Step {
    path: "dossier-geleverd",
    kind: Kind::DossierDelivered,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|delivery| delivery.complete.is_none())),
    fields: |ask| {
        vec![
            partner(ask),
            items(ask, "items", "field-items-delivered"),
            source(ask, Dossier),
            note("note", "field-note", Dossier),
        ]
    },
    read: |_, data| {
        let codes = codes(data);
        let (items, note) = (data.codes("items"), data.text("note"));
        Some((DossierDelivered { items, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierDelivered(b)) => filled(fact, data, "items", &b.items, &b.note),
        _ => data,
    },
};

pub(super) const COMPLETE: Step = Step {
    path: "dossier-compleet",
    kind: Kind::DossierCompleted,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|d| d.complete.is_none() && !d.delivered.is_empty())),
    fields: |ask| vec![partner(ask), note("note", "field-note", Dossier)],
    read: |_, data| {
        let codes = codes(data);
        let note = data.text("note");
        Some((DossierCompleted { note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierCompleted(b)) => filled(fact, data, "items", &[], &b.note),
        _ => data,
    },
};

pub(super) const INCOMPLETE: Step = Step {
    path: "dossier-onvolledig",
    kind: Kind::DossierIncomplete,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|delivery| !delivery.delivered.is_empty())),
    fields: |ask| {
        vec![partner(ask), items(ask, "missing", "field-items-missing").required(), note("note", "field-note", Dossier)]
    },
    read: |_, data| {
        let codes = codes(data);
        let (missing, note) = (data.codes("missing"), data.text("note"));
        Some((DossierIncomplete { missing, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierIncomplete(b)) => filled(fact, data, "missing", &b.missing, &b.note),
        _ => data,
    },
};

fn ground(ask: &Ask<'_>, list: List) -> FieldSpec {
    FieldSpec::new("ground", "field-dossier-ground", FieldKind::Select(ask.signed.names.choices(list)), Dossier)
        .required()
}

pub(super) const REMIND: Step = Step {
    path: "dossier-herinneren",
    kind: Kind::DossierReminded,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|delivery| delivery.complete.is_none())),
    fields: |ask| vec![partner(ask), items(ask, "items", "field-items-reminded"), note("note", "field-note", Dossier)],
    read: |_, data| {
        let codes = codes(data);
        let (items, note) = (data.codes("items"), data.text("note"));
        Some((DossierReminded { items, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierReminded(b)) => filled(fact, data, "items", &b.items, &b.note),
        _ => data,
    },
};

pub(super) const UNAVAILABLE: Step = Step {
    path: "dossier-niet-beschikbaar",
    kind: Kind::DossierUnavailable,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|delivery| delivery.complete.is_none())),
    fields: |ask| {
        vec![
            partner(ask),
            items(ask, "items", "field-items-unavailable").required(),
            ground(ask, List::UnavailableGrounds),
            source(ask, Dossier),
            note("note", "field-note", Dossier),
        ]
    },
    read: |_, data| {
        let codes = codes(data);
        let (items, ground, note) = (data.codes("items"), data.code("ground"), data.text("note"));
        Some((DossierUnavailable { items, ground: ground?, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierUnavailable(b)) => filled(fact, data, "items", &b.items, &b.note).with("ground", &b.ground),
        _ => data,
    },
};

pub(super) const REJECT: Step = Step {
    path: "dossier-terugsturen",
    kind: Kind::DossierRejected,
    group: "dossier",
    trial: |ask| trial(ask, |delivery| delivery.is_some_and(|delivery| !delivery.items.is_empty())),
    fields: |ask| {
        vec![
            partner(ask),
            items(ask, "items", "field-items-rejected").required(),
            ground(ask, List::RejectionGrounds),
            note("note", "field-note", Dossier),
        ]
    },
    read: |_, data| {
        let codes = codes(data);
        let (items, ground, note) = (data.codes("items"), data.code("ground"), data.text("note"));
        Some((DossierRejected { items, ground: ground?, note }.into(), codes))
    },
    fill: |fact, data| match &fact.body {
        Some(Body::DossierRejected(b)) => filled(fact, data, "items", &b.items, &b.note).with("ground", &b.ground),
        _ => data,
    },
};
