//! Of every field of every kind of fact: which category of information it is. What is sealed, and who may open it,
//! follows from this list.

use serde_json::{Map, Value};

use crate::{
    codes::Category,
    fact::{Kind, Sealed},
    problem::{Parsed, Problem},
};

/// The fields in the sealed part of a kind, each with its category. A kind without fields here does not compile; a test
/// compares the names with those of the structs.
pub const fn fields(kind: Kind) -> &'static [(&'static str, Category)] {
    use Category::{Cooperation, Departure, Dossier, GuidanceNotes, Identity, Legal, Medical, Process, ShelterAddress};
    match kind {
        Kind::IdentityRecorded => &[
            ("names", Identity),
            ("birth", Identity),
            ("v_number", Identity),
            ("v_number_missing", Identity),
            ("nationalities", Identity),
        ],
        Kind::PersonLinked => &[("other", Identity), ("relation", Identity)],
        Kind::PersonUnlinked => &[("other", Identity)],
        Kind::Registered => &[("circumstances", Process), ("informed_in", Process)],
        Kind::Screened => {
            &[("ground", Legal), ("exception_by", Legal), ("reason", Legal), ("mandate", Legal), ("remedy", Legal)]
        }
        Kind::StatusChanged => &[("reason", Process)],
        Kind::ShelterStarted => &[("kind", ShelterAddress), ("location", ShelterAddress), ("funder", ShelterAddress)],
        Kind::ShelterEnded => &[("reason", ShelterAddress)],
        // what is said at the intake is said in confidence; languages and needs are for the work
        Kind::IntakeHeld => {
            &[("languages", Process), ("interpreter", Process), ("needs", Process), ("summary", GuidanceNotes)]
        }
        // that something stands in the way is known to all who work on it; what exactly is often a matter of health
        Kind::ObstacleNoted | Kind::ObstacleResolved | Kind::PauseStarted | Kind::PauseEnded => &[("note", Medical)],
        Kind::DossierRequested | Kind::DossierDelivered => &[("items", Dossier), ("note", Dossier)],
        Kind::DossierCompleted => &[("note", Dossier)],
        Kind::DossierIncomplete => &[("missing", Dossier), ("note", Dossier)],
        Kind::DossierReminded => &[("items", Dossier), ("note", Dossier)],
        Kind::DossierUnavailable | Kind::DossierRejected => {
            &[("items", Dossier), ("ground", Dossier), ("note", Dossier)]
        }
        Kind::DocumentAdded => &[
            ("document", Dossier),
            ("item", Dossier),
            ("name", Dossier),
            ("media", Dossier),
            ("size", Dossier),
            ("sha256", Dossier),
            ("note", Dossier),
        ],
        Kind::DocumentReleased => &[("board", Dossier), ("note", Dossier)],
        Kind::DocumentCondemned => &[("ground", Dossier), ("note", Dossier)],
        Kind::DocumentDestroyed => &[("note", Dossier)],
        Kind::Decided => {
            // the mandate is of the admission that a decision may be; who may see the decision may see in whose name
            &[
                ("perspective", Process),
                ("reason", Process),
                ("present", Process),
                ("commitments", Process),
                ("mandate", Process),
                ("sitting", Process),
                ("options", Process),
                ("dissent", Process),
                ("exception_by", Process),
            ]
        }
        Kind::Tabled => {
            &[("sitting", Process), ("board", Process), ("why", Process), ("question", Process), ("also", Process)]
        }
        Kind::Untabled => &[("reason", Process)],
        Kind::CaseDiscussed => &[("sitting", Process), ("outcome", Process), ("reason", Process)],
        Kind::Escalated => {
            &[("sitting", Process), ("from", Process), ("to", Process), ("question", Process), ("positions", Process)]
        }
        Kind::Advised => &[("sitting", Process), ("from", Process), ("answer", Process), ("text", Process)],
        Kind::GoalSet => &[("text", Process), ("owner", Process)],
        Kind::GoalClosed | Kind::ActionClosed => &[("result", Process), ("note", Process)],
        Kind::ActionAdded => &[("text", Process), ("owner", Process), ("worker", Process)],
        Kind::ContactNoted => &[("how", GuidanceNotes), ("note", GuidanceNotes)],
        Kind::CooperationAssessed => &[
            ("criteria", Cooperation),
            ("cooperates", Cooperation),
            ("reason", Cooperation),
            ("evidence", Cooperation),
        ],
        Kind::CooperationReviewed => &[
            ("reason", Cooperation),
            ("assessors", Cooperation),
            ("consequence", Cooperation),
            ("heard", Cooperation),
            ("not_heard", Cooperation),
            ("settled", Cooperation),
        ],
        Kind::MeasureTaken => &[
            ("measure", Cooperation),
            ("reason", Cooperation),
            ("heard", Cooperation),
            ("mandate", Cooperation),
            ("remedy", Cooperation),
        ],
        Kind::ObjectionMade => &[("by", Legal), ("grounds", Legal)],
        Kind::ObjectionDecided => &[("outcome", Legal), ("reason", Legal)],
        // that someone must be sheltered, and on which ground, is known to all who could end it; the case itself is law
        Kind::HoldSet => &[("ground", Process), ("note", Legal)],
        Kind::HoldLifted => &[("note", Legal)],
        Kind::DepartureStep => &[("note", Departure)],
        Kind::TermExtended => &[("rule", Process), ("ground", Process), ("by", Process)],
        Kind::WorkerAssigned => &[("user", Process), ("task", Process), ("function", Process)],
        Kind::WorkerReleased => &[("note", Process)],
        Kind::Left => &[("destination", Departure), ("evidence", Departure), ("note", Departure)],
        Kind::InformationGiven => {
            &[("language", Process), ("how", Process), ("text_version", Process), ("interpreter", Process)]
        }
        Kind::RightsRequested => &[("right", Process), ("text", Process), ("by", Process)],
        Kind::RightsAnswered => &[("outcome", Process), ("reason", Process), ("remedy", Process)],
        Kind::RestrictionChanged => &[("restricted", Process), ("ground", Process), ("note", Process)],
        Kind::Withdrawn => &[],
    }
}

/// The fields of a kind that are of another category than the kind itself. Each is a text.
pub fn apart(kind: Kind) -> impl Iterator<Item = (&'static str, Category)> {
    fields(kind).iter().copied().filter(move |(_, category)| *category != kind.category())
}

impl Sealed {
    /// The bytes to encrypt, by category: first the kind's own (JSON `{"body": …, "why": …}`), then the fields that stand
    /// apart and are not empty (JSON `{"field": …}`).
    pub fn sections(&self) -> Vec<(Category, Vec<u8>)> {
        let kind = self.body.kind();
        let (mut body, mut taken) = (self.body.to_value(), Vec::<(Category, Map<String, Value>)>::new());
        for (field, category) in apart(kind) {
            let value = body.as_object_mut().and_then(|body| body.remove(field)).filter(|value| *value != "");
            let Some(value) = value else { continue };
            match taken.iter_mut().find(|(known, _)| *known == category) {
                Some((_, map)) => drop(map.insert(field.to_owned(), value)),
                None => taken.push((category, Map::from_iter([(field.to_owned(), value)]))),
            }
        }
        let mut own = Map::from_iter([("body".to_owned(), body)]);
        if let Some(why) = &self.why {
            own.insert("why".to_owned(), Value::String(why.clone()));
        }
        let apart = taken.into_iter().map(|(category, map)| (category, Value::Object(map).to_string().into_bytes()));
        std::iter::once((kind.category(), Value::Object(own).to_string().into_bytes())).chain(apart).collect()
    }

    /// Joins the sections that could be opened. `None` when the kind's own could not: then nothing can be said. A field
    /// whose section stayed closed is empty.
    ///
    /// # Errors
    /// `fact-newer` when a newer program wrote it, `fact-unreadable` (with what and where) otherwise.
    pub fn from_sections(kind: Kind, version: u16, sections: &[(Category, Option<Vec<u8>>)]) -> Parsed<Option<Self>> {
        let of =
            |category| sections.iter().find(|(known, _)| *known == category).and_then(|(_, bytes)| bytes.as_deref());
        let Some(own) = of(kind.category()) else { return Ok(None) };
        if apart(kind).next().is_none() {
            return Self::from_bytes(kind, version, own).map(Some);
        }
        let unreadable = |error: serde_json::Error| {
            Problem::new("fact-unreadable").with("kind", kind.code()).with("where", crate::fact::describe(&error))
        };
        let mut whole: Value = serde_json::from_slice(own).map_err(unreadable)?;
        for (field, category) in apart(kind) {
            let part = of(category).map(serde_json::from_slice::<Value>).transpose().map_err(unreadable)?;
            let value = part.and_then(|mut part| part.get_mut(field).map(Value::take));
            if let Some(body) = whole.get_mut("body").and_then(Value::as_object_mut) {
                body.insert(field.to_owned(), value.unwrap_or_else(|| Value::String(String::new())));
            }
        }
        Self::from_bytes(kind, version, whole.to_string().as_bytes()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Body, intake::IntakeHeld, obstacle::ObstacleNoted};

    /// The names serde knows: an unknown field is refused with the list of known ones.
    fn names(kind: Kind) -> Vec<String> {
        let error = Body::from_value(kind, serde_json::json!({ "zzz": 1 })).unwrap_err().to_string();
        assert!(error.starts_with("unknown field `zzz`"), "{kind} takes fields it does not know: {error}");
        let mut names: Vec<String> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        names.sort();
        names
    }

    #[test]
    fn every_field_of_every_kind_has_a_category() {
        for kind in Kind::ALL {
            let mut listed: Vec<&str> = fields(*kind).iter().map(|(name, _)| *name).collect();
            listed.sort_unstable();
            assert_eq!(names(*kind), listed, "{kind}");
        }
    }

    fn intake() -> Sealed {
        let body = IntakeHeld {
            languages: vec!["fa".parse().unwrap()],
            interpreter: None,
            needs: vec![],
            summary: "in vertrouwen verteld".into(),
        };
        Sealed { body: body.into(), why: Some("verzonnen reden".into()) }
    }

    #[test]
    fn what_was_said_in_confidence_stands_apart() {
        let sections = intake().sections();
        assert_eq!(
            sections.iter().map(|(category, _)| *category).collect::<Vec<_>>(),
            [Category::Process, Category::GuidanceNotes]
        );
        assert!(!String::from_utf8_lossy(&sections[0].1).contains("vertrouwen"));
        let open = |keep: &[Category]| {
            let some = sections.iter().map(|(c, bytes)| (*c, keep.contains(c).then(|| bytes.clone())));
            Sealed::from_sections(Kind::IntakeHeld, 1, &some.collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(open(&[Category::Process, Category::GuidanceNotes]), Some(intake()));
        let Some(Sealed { body: Body::IntakeHeld(body), why: Some(_) }) = open(&[Category::Process]) else { panic!() };
        assert_eq!((body.languages.len(), body.summary.as_str()), (1, ""));
        assert_eq!(open(&[Category::GuidanceNotes]), None);
    }

    #[test]
    fn a_note_about_an_obstacle_is_medical() {
        let sealed = Sealed { body: ObstacleNoted { note: "verzonnen ziekte".into() }.into(), why: None };
        let sections = sealed.sections();
        assert_eq!(sections[1].0, Category::Medical);
        assert!(!String::from_utf8_lossy(&sections[0].1).contains("ziekte"));
        let empty = Sealed { body: ObstacleNoted { note: String::new() }.into(), why: None };
        assert_eq!(empty.sections().len(), 1);
        let back = Sealed::from_sections(
            Kind::ObstacleNoted,
            1,
            &empty.sections().into_iter().map(|(c, bytes)| (c, Some(bytes))).collect::<Vec<_>>(),
        );
        assert_eq!(back.unwrap(), Some(empty));
    }
}
