//! Steps of the departure process: which, and who took it.

use domain::{
    codes::{Category::Departure, OrgKind},
    departure::DepartureStep,
    fact::{Body, Codes, Kind},
    ids::OrgId,
    programme::List,
};

use super::{Ask, Step, note};
use crate::form::{Choice, FieldKind, FieldSpec};

/// Partners of the site, those whose work departure is first; whoever is that records its own steps.
fn partners(ask: &Ask<'_>) -> Vec<Choice> {
    let (names, own) = (&ask.signed.names, &ask.signed.who);
    if own.org_kind == OrgKind::Dtv {
        return vec![Choice::new(own.org.as_str(), names.org_id(&own.org))];
    }
    let site = names.programme().site(&ask.file.trajectory.site);
    let mut orgs: Vec<&OrgId> = site.map(|site| site.partners.iter().collect()).unwrap_or_default();
    let dtv = |org: &OrgId| names.programme().org(org).is_some_and(|org| org.kind == OrgKind::Dtv);
    orgs.sort_by_key(|org| !dtv(org));
    orgs.into_iter().map(|org| Choice::new(org.as_str(), names.org_id(org))).collect()
}

pub(super) const TAKE: Step = Step {
    path: "vertrekstap",
    kind: Kind::DepartureStep,
    group: "departure",
    trial: |ask| {
        let list = &ask.signed.names.programme().list(List::DepartureSteps);
        Codes { departure: list.first().cloned(), partner: Some(ask.signed.who.org.clone()), ..Codes::default() }
    },
    fields: |ask| {
        let steps = FieldKind::Select(ask.signed.names.choices(List::DepartureSteps));
        vec![
            FieldSpec::new("departure", "field-departure", steps, Departure).required(),
            FieldSpec::new("partner", "field-departure-by", FieldKind::Select(partners(ask)), Departure).required(),
            note("note", "field-note", Departure),
        ]
    },
    read: |_, data| {
        let (departure, partner) = (data.code("departure"), data.parsed("partner"));
        let note = data.text("note");
        Some((DepartureStep { note }.into(), Codes { departure, partner, ..Codes::default() }))
    },
    fill: |fact, mut data| {
        if let Some(step) = &fact.header.codes.departure {
            data = data.with("departure", step);
        }
        if let Some(partner) = &fact.header.codes.partner {
            data = data.with("partner", partner);
        }
        match &fact.body {
            Some(Body::DepartureStep(b)) => data.with("note", &b.note),
            _ => data,
        }
    },
};
