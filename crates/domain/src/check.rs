//! What a draft must hold by itself, before its place in the history is looked at.

use jiff::civil::Date;

use crate::{
    date::year_in_range,
    fact::{Body, Kind, Sealed},
    ids::Code,
    programme::{List, Method, Programme},
    refusal::Refusal,
    trajectory::{Draft, Recorded},
};

/// The most a sealed part may hold, in bytes: a long report, not a book.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Checks one draft.
pub(crate) fn draft(
    draft: &Draft,
    history: &[Recorded],
    today: Date,
    method: &Method,
    programme: &Programme,
) -> Result<(), Refusal> {
    year_in_range(draft.valid_from.year()).map_err(|problem| Refusal::from(problem).field("valid_from"))?;
    if draft.valid_from > today {
        return Err(Refusal::new("date-in-future").with("today", today).field("valid_from"));
    }
    if let Some(until) = draft.codes.until {
        year_in_range(until.year()).map_err(|problem| Refusal::from(problem).field("until"))?;
    }
    correction(draft, history)?;
    let sealed = Sealed { body: draft.body.clone(), why: draft.why.clone() };
    if sealed.to_bytes().len() > LONGEST {
        return Err(Refusal::new("text-too-long").with("most", LONGEST));
    }
    let codes = Codes { programme };
    codes.clear(draft)?;
    codes.body(draft, method)
}

/// A correction names a fact of this history that still holds, and says why.
fn correction(draft: &Draft, history: &[Recorded]) -> Result<(), Refusal> {
    let kind = draft.body.kind();
    let Some(target) = draft.supersedes else {
        return if kind == Kind::Withdrawn { Err(Refusal::new("withdrawal-of-nothing")) } else { Ok(()) };
    };
    let found = history.iter().find(|recorded| recorded.fact.header.id == target);
    let found = found.ok_or_else(|| Refusal::new("superseded-unknown"))?;
    if history.iter().any(|recorded| recorded.fact.header.supersedes == Some(target)) {
        return Err(Refusal::new("already-superseded"));
    }
    if kind != Kind::Withdrawn && kind != found.fact.header.kind {
        return Err(Refusal::new("other-kind").with("kind", found.fact.header.kind));
    }
    text("why", draft.why.as_deref().unwrap_or_default())
}

fn text(field: &'static str, value: &str) -> Result<(), Refusal> {
    if value.trim().is_empty() { Err(Refusal::new("text-missing").field(field)) } else { Ok(()) }
}

struct Codes<'a> {
    programme: &'a Programme,
}

impl Codes<'_> {
    fn one(&self, field: &'static str, list: List, code: &Code) -> Result<(), Refusal> {
        if self.programme.list(list).contains(code.as_str()) {
            Ok(())
        } else {
            Err(Refusal::new("code-unknown").with("code", code).field(field))
        }
    }

    fn all<'c>(
        &self,
        field: &'static str,
        list: List,
        codes: impl IntoIterator<Item = &'c Code>,
    ) -> Result<(), Refusal> {
        codes.into_iter().try_for_each(|code| self.one(field, list, code))
    }

    fn clear(&self, draft: &Draft) -> Result<(), Refusal> {
        let codes = &draft.codes;
        self.all("scenario", List::Scenarios, &codes.scenario)?;
        self.all("pause", List::Pauses, &codes.pause)?;
        self.all("obstacle", List::Obstacles, &codes.obstacle)?;
        self.all("outflow_reason", List::OutflowReasons, &codes.outflow_reason)?;
        for org in [&codes.partner, &draft.source].into_iter().flatten() {
            if self.programme.org(org).is_none() {
                return Err(Refusal::new("organisation-unknown").with("code", org).field("partner"));
            }
        }
        Ok(())
    }

    fn body(&self, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        match &draft.body {
            Body::IdentityRecorded(b) => self.identity(b, draft.valid_from),
            Body::Registered(b) => {
                self.all("informed_in", List::Languages, &b.informed_in)?;
                text("circumstances", &b.circumstances)
            }
            Body::Screened(b) => self.screened(b, draft, method),
            Body::StatusChanged(b) => text("reason", &b.reason),
            Body::ShelterStarted(b) => {
                self.one("kind", List::ShelterKinds, &b.kind)?;
                self.one("funder", List::Funders, &b.funder)?;
                text("location", &b.location)
            }
            Body::ShelterEnded(b) => text("reason", &b.reason),
            Body::IntakeHeld(b) => {
                self.all("languages", List::Languages, &b.languages)?;
                self.all("interpreter", List::Languages, &b.interpreter)?;
                self.all("needs", List::Needs, &b.needs)?;
                if b.languages.is_empty() { Err(Refusal::new("choice-missing").field("languages")) } else { Ok(()) }
            }
            Body::ObstacleNoted(_) | Body::ObstacleResolved(_) | Body::PauseStarted(_) | Body::PauseEnded(_) => Ok(()),
            Body::DossierRequested(b) => self.all("items", List::DossierItems, &b.items),
            Body::DossierDelivered(b) => self.all("items", List::DossierItems, &b.items),
            Body::DossierCompleted(_) | Body::WorkerReleased(_) | Body::WorkerAssigned(_) => Ok(()),
            Body::DossierIncomplete(b) => {
                self.all("missing", List::DossierItems, &b.missing)?;
                if b.missing.is_empty() { Err(Refusal::new("choice-missing").field("missing")) } else { Ok(()) }
            }
            Body::Decided(b) => self.decided(b),
            Body::GoalSet(b) => text("text", &b.text),
            Body::ActionAdded(b) => text("text", &b.text),
            Body::GoalClosed(b) => self.one("result", List::Results, &b.result),
            Body::ActionClosed(b) => self.one("result", List::Results, &b.result),
            Body::ContactNoted(b) => {
                self.one("how", List::ContactKinds, &b.how)?;
                text("note", &b.note)
            }
            Body::CooperationReviewed(b) => self.reviewed(b, method),
            Body::Left(b) => {
                self.all("destination", List::Countries, &b.destination)?;
                self.one("evidence", List::Evidence, &b.evidence)
            }
            Body::PersonLinked(_) | Body::PersonUnlinked(_) | Body::Withdrawn(_) => Ok(()),
        }
    }

    fn identity(&self, b: &crate::participant::IdentityRecorded, on: Date) -> Result<(), Refusal> {
        if b.names.is_empty() {
            return Err(Refusal::new("name-missing").field("name"));
        }
        for name in &b.names {
            text("name", &name.text)?;
            self.one("name_kind", List::NameKinds, &name.kind)?;
            if name.text.chars().count() > 200 || name.text.chars().any(char::is_control) {
                return Err(Refusal::new("name-malformed").field("name"));
            }
        }
        if b.birth.is_some_and(|birth| birth.year() > on.year()) {
            return Err(Refusal::new("birth-in-future").field("birth"));
        }
        self.all("nationalities", List::Countries, &b.nationalities)?;
        match (&b.v_number, &b.v_number_missing) {
            (None, None) => Err(Refusal::new("v-number-or-reason").field("v_number")),
            (Some(_), Some(_)) => Err(Refusal::new("v-number-and-reason").field("v_number_missing")),
            (None, Some(reason)) => self.one("v_number_missing", List::VNumberMissing, reason),
            (Some(_), None) => Ok(()),
        }
    }

    fn screened(&self, b: &crate::screening::Screened, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        use crate::{codes::Status, programme::Admission};
        let m = &b.mandate;
        self.one("on_behalf_of", List::OnBehalfOf, &m.on_behalf_of)?;
        self.one("form", List::Forms, &m.form)?;
        year_in_range(m.form_date.year()).map_err(|problem| Refusal::from(problem).field("form_date"))?;
        text("mandate_by", &m.by)?;
        text("reason", &b.reason)?;
        self.all("remedy", List::Remedies, &b.remedy)?;
        let among = |field, allowed: &[Code], code: &Option<Code>| match code {
            Some(code) if allowed.contains(code) => Ok(()),
            Some(code) => Err(Refusal::new("not-in-method").with("code", code).field(field)),
            None => Err(Refusal::new("choice-missing").field(field)),
        };
        let exception = b.exception_by.is_some();
        if exception {
            among("exception_by", &method.exception_by, &b.exception_by)?;
        }
        match draft.codes.status {
            Some(Status::Refused) => {
                among("ground", &method.refusal_grounds, &b.ground)?;
                if b.remedy.is_none() { Err(Refusal::new("remedy-missing").field("remedy")) } else { Ok(()) }
            }
            Some(Status::Admitted) if method.admission == Admission::Conference && !exception => {
                Err(Refusal::new("conference-admits").field("status"))
            }
            Some(Status::Admitted) if exception => Ok(()),
            Some(Status::Admitted | Status::ShelteredWithoutStatus) => among("ground", &method.grounds, &b.ground),
            _ => Ok(()),
        }
    }

    fn decided(&self, b: &crate::conference::Decided) -> Result<(), Refusal> {
        self.one("perspective", List::Perspectives, &b.perspective)?;
        text("reason", &b.reason)?;
        if b.present.is_empty() {
            return Err(Refusal::new("present-missing").field("present"));
        }
        let orgs = b.present.iter().map(|p| &p.org).chain(b.commitments.iter().map(|c| &c.org));
        for org in orgs {
            if self.programme.org(org).is_none() {
                return Err(Refusal::new("organisation-unknown").with("code", org).field("present"));
            }
        }
        b.commitments.iter().try_for_each(|commitment| text("commitments", &commitment.text))
    }

    fn reviewed(&self, b: &crate::cooperation::CooperationReviewed, method: &Method) -> Result<(), Refusal> {
        self.one("consequence", List::Consequences, &b.consequence)?;
        text("reason", &b.reason)?;
        let mut names: Vec<String> = b.assessors.iter().map(|name| name.trim().to_lowercase()).collect();
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        if names.len() < usize::from(method.assessors) {
            return Err(Refusal::new("assessors-missing").with("needed", method.assessors).field("assessors"));
        }
        Ok(())
    }
}
