//! What a draft must hold by itself, before its place in the history is looked at.

use jiff::civil::Date;

use crate::{
    date::year_in_range,
    fact::{Body, Fact, Kind, Sealed},
    history::History,
    ids::{Code, OrgId, UserId},
    programme::{List, Method, Programme},
    refusal::Refusal,
    screening::Mandate,
    trajectory::{Draft, Recorded},
};

/// The most a sealed part may hold, in bytes: a long report, not a book.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Checks a fact that was recorded elsewhere, by the rules for drafts: `history` holds what stands before it.
///
/// # Errors
/// What is wrong, and the field it is about. Of a forgotten fact only what is left is checked.
pub fn recorded(
    fact: &Fact,
    history: &[Recorded],
    today: Date,
    method: &Method,
    programme: &Programme,
) -> Result<(), Refusal> {
    let h = &fact.header;
    let Some(body) = &fact.body else {
        day(h.valid_from, today)?;
        until(h.codes.until)?;
        return Codes { programme, today }.clear(&h.codes, Some(&h.source));
    };
    let draft = Draft {
        body: body.clone(),
        codes: h.codes.clone(),
        valid_from: h.valid_from,
        supersedes: h.supersedes,
        why: fact.why.clone(),
        source: Some(h.source.clone()),
    };
    content(&draft, history, today, method, programme)?;
    // what a later version asks for cannot be had of an earlier one
    if h.version == h.kind.version() { newest(&draft, method, programme) } else { Ok(()) }
}

/// Checks one draft.
pub(crate) fn draft(
    draft: &Draft,
    history: &[Recorded],
    today: Date,
    method: &Method,
    programme: &Programme,
) -> Result<(), Refusal> {
    content(draft, history, today, method, programme)?;
    newest(draft, method, programme)
}

/// What only the newest version of a kind must hold.
fn newest(draft: &Draft, method: &Method, programme: &Programme) -> Result<(), Refusal> {
    if let Body::CooperationReviewed(body) = &draft.body {
        return heard(draft, body, method);
    }
    let Body::Decided(body) = &draft.body else { return Ok(()) };
    if draft.codes.status.is_some() && body.mandate.is_none() {
        return Err(Refusal::new("mandate-missing").field("mandate_by"));
    }
    let partners = programme.site(&method.site).map(|site| site.partners.as_slice()).unwrap_or_default();
    // who does not take part (any more) is not waited for
    let mut there = partners.iter().filter(|org| method.is_there(org, draft.valid_from));
    let silent = there.find(|org| !body.commitments.iter().any(|said| said.org == **org));
    match silent {
        Some(org) => Err(Refusal::new("commitment-missing").with("partner", org).field("commitments")),
        None => Ok(()),
    }
}

/// Before a negative review the participant is heard, or it says why not.
fn heard(draft: &Draft, b: &crate::cooperation::CooperationReviewed, method: &Method) -> Result<(), Refusal> {
    let silent = b.heard.is_none() && b.not_heard.as_deref().unwrap_or_default().trim().is_empty();
    if draft.codes.cooperates == Some(false) && silent && !method.criteria.is_empty() {
        return Err(Refusal::new("not-heard-why").field("not_heard"));
    }
    Ok(())
}

/// An assessment is its author's own: nobody else corrects it, and nobody at all once the other is in (they would know what
/// that one found). Whoever recorded it of the wrong person withdraws it.
pub(crate) fn own_assessment(
    draft: &Draft,
    history: &[Recorded],
    actor: UserId,
    method: &Method,
) -> Result<(), Refusal> {
    let Some(target) = draft.supersedes else { return Ok(()) };
    let found = history.iter().map(|recorded| &recorded.fact.header).find(|header| header.id == target);
    let Some(found) = found.filter(|header| header.kind == Kind::CooperationAssessed) else { return Ok(()) };
    if found.actor != actor {
        return Err(Refusal::new("assessment-of-another"));
    }
    let state = crate::trajectory::replay(history, method)?;
    let in_all = state.round_of(state.current(target)).is_some_and(crate::cooperation::Round::is_complete);
    if in_all && method.assessors > 1 && draft.body.kind() != Kind::Withdrawn {
        return Err(Refusal::new("assessments-all-in"));
    }
    Ok(())
}

fn day(valid_from: Date, today: Date) -> Result<(), Refusal> {
    year_in_range(valid_from.year()).map_err(|problem| Refusal::from(problem).field("valid_from"))?;
    if valid_from > today {
        return Err(Refusal::new("date-in-future").with("today", today).field("valid_from"));
    }
    Ok(())
}

fn until(until: Option<Date>) -> Result<(), Refusal> {
    until.map_or(Ok(()), |until| year_in_range(until.year()).map_err(|problem| Refusal::from(problem).field("until")))
}

fn content(
    draft: &Draft,
    history: &[Recorded],
    today: Date,
    method: &Method,
    programme: &Programme,
) -> Result<(), Refusal> {
    day(draft.valid_from, today)?;
    until(draft.codes.until)?;
    correction(draft, history)?;
    let sealed = Sealed { body: draft.body.clone(), why: draft.why.clone() };
    if sealed.to_bytes().len() > LONGEST {
        return Err(Refusal::new("text-too-long").with("most", LONGEST));
    }
    let codes = Codes { programme, today };
    codes.clear(&draft.codes, draft.source.as_ref())?;
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
    if found.fact.header.kind == Kind::Withdrawn {
        return Err(Refusal::new("withdrawal-stays"));
    }
    if History::of(history).superseded_by(target).is_some() {
        return Err(Refusal::new("already-superseded"));
    }
    // a file would be left behind that no page shows; who wants it gone has it destroyed
    if kind == Kind::Withdrawn && found.fact.header.kind == Kind::DocumentAdded {
        return Err(Refusal::new("document-not-withdrawn"));
    }
    if found.fact.header.kind == Kind::DocumentDestroyed {
        return Err(Refusal::new("document-stays-destroyed"));
    }
    if kind != Kind::Withdrawn && kind != found.fact.header.kind {
        return Err(Refusal::new("other-kind").with("kind", found.fact.header.kind));
    }
    on_request(draft, history)?;
    text("why", draft.why.as_deref().unwrap_or_default())
}

/// A correction of who someone is may name the request of theirs that asked for it.
fn on_request(draft: &Draft, history: &[Recorded]) -> Result<(), Refusal> {
    let (Kind::IdentityRecorded, Some(about)) = (draft.body.kind(), draft.codes.about) else { return Ok(()) };
    let asked = history.iter().map(|recorded| &recorded.fact.header).find(|header| header.id == about);
    match asked {
        Some(header) if header.kind == Kind::RightsRequested => Ok(()),
        _ => Err(Refusal::new("request-unknown").field("about")),
    }
}

fn text(field: &'static str, value: &str) -> Result<(), Refusal> {
    if value.trim().is_empty() { Err(Refusal::new("text-missing").field(field)) } else { Ok(()) }
}

/// A code that must be given, of those the method uses.
fn among(field: &'static str, allowed: &[Code], code: Option<&Code>) -> Result<(), Refusal> {
    if code.is_none() { Err(Refusal::new("choice-missing").field(field)) } else { optional(field, allowed, code) }
}

/// A code that may be given, of those the method uses.
fn optional<'c>(
    field: &'static str,
    allowed: impl IntoIterator<Item = &'c Code>,
    code: Option<&Code>,
) -> Result<(), Refusal> {
    match code {
        Some(code) if !allowed.into_iter().any(|known| known == code) => {
            Err(Refusal::new("not-in-method").with("code", code).field(field))
        }
        _ => Ok(()),
    }
}

/// Whatever is not simply done has a reason; a refusal says where to go with it (GDPR article 12(4)).
fn answered(b: &crate::rights::RightsAnswered) -> Result<(), Refusal> {
    use crate::codes::Outcome;
    if b.outcome != Outcome::Granted {
        text("reason", &b.reason)?;
    }
    let remedy = b.remedy.as_deref().unwrap_or_default().trim();
    if matches!(b.outcome, Outcome::Refused | Outcome::Partly) && remedy.is_empty() {
        return Err(Refusal::new("remedy-missing").field("remedy"));
    }
    Ok(())
}

struct Codes<'a> {
    programme: &'a Programme,
    today: Date,
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

    fn some_items(&self, items: &[Code]) -> Result<(), Refusal> {
        if items.is_empty() {
            return Err(Refusal::new("choice-missing").field("items"));
        }
        self.all("items", List::DossierItems, items)
    }

    fn clear(&self, codes: &crate::fact::Codes, source: Option<&OrgId>) -> Result<(), Refusal> {
        self.all("scenario", List::Scenarios, &codes.scenario)?;
        self.all("pause", List::Pauses, &codes.pause)?;
        self.all("obstacle", List::Obstacles, &codes.obstacle)?;
        self.all("outflow_reason", List::OutflowReasons, &codes.outflow_reason)?;
        self.all("departure", List::DepartureSteps, &codes.departure)?;
        for org in codes.partner.as_ref().into_iter().chain(source) {
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
                if self.programme.method_on(&method.site, draft.valid_from).is_none() {
                    return Err(Refusal::new("site-not-open").with("site", &method.site).field("valid_from"));
                }
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
            Body::DossierReminded(b) => self.all("items", List::DossierItems, &b.items),
            Body::DossierUnavailable(b) => {
                self.one("ground", List::UnavailableGrounds, &b.ground)?;
                self.some_items(&b.items)
            }
            Body::DossierRejected(b) => {
                self.one("ground", List::RejectionGrounds, &b.ground)?;
                self.some_items(&b.items)
            }
            Body::DocumentAdded(b) => {
                self.one("item", List::DossierItems, &b.item)?;
                let hash = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
                if b.sha256.len() != 64 || !b.sha256.chars().all(hash) {
                    return Err(Refusal::new("hash-malformed").field("file"));
                }
                crate::document::file_name(&b.name).map(drop)
            }
            Body::DocumentCondemned(b) => self.one("ground", List::RejectionGrounds, &b.ground),
            Body::DocumentReleased(_) | Body::DocumentDestroyed(_) => Ok(()),
            Body::DossierCompleted(_) | Body::WorkerReleased(_) => Ok(()),
            Body::WorkerAssigned(b) => self.worker(b, draft, method),
            Body::DossierIncomplete(b) => {
                self.all("missing", List::DossierItems, &b.missing)?;
                if b.missing.is_empty() { Err(Refusal::new("choice-missing").field("missing")) } else { Ok(()) }
            }
            Body::Decided(b) => self.decided(b, draft, method),
            Body::Tabled(b) => self.tabled(b, method),
            Body::Untabled(b) => text("reason", &b.reason),
            Body::CaseDiscussed(b) => text("reason", &b.reason),
            Body::Escalated(b) => self.escalated(b, draft, method),
            Body::Advised(b) => text("text", &b.text),
            Body::GoalSet(b) => text("text", &b.text),
            Body::ActionAdded(b) => text("text", &b.text),
            Body::GoalClosed(b) => self.one("result", List::Results, &b.result),
            Body::ActionClosed(b) => self.one("result", List::Results, &b.result),
            Body::ContactNoted(b) => {
                self.one("how", List::ContactKinds, &b.how)?;
                text("note", &b.note)
            }
            Body::CooperationAssessed(b) => self.assessed(b, method),
            Body::CooperationReviewed(b) => self.reviewed(b, method),
            Body::MeasureTaken(b) => {
                text("reason", &b.reason)?;
                self.all("remedy", List::Remedies, &b.remedy)?;
                b.heard.as_ref().map_or(Ok(()), |heard| self.heard(heard))?;
                b.mandate.as_ref().map_or(Ok(()), |mandate| self.mandate(mandate))
            }
            Body::ObjectionMade(b) => text("grounds", &b.grounds),
            Body::ObjectionDecided(b) => text("reason", &b.reason),
            Body::HoldSet(b) => {
                self.one("ground", List::HoldGrounds, &b.ground)?;
                text("note", &b.note)
            }
            Body::HoldLifted(b) => text("note", &b.note),
            Body::DepartureStep(_) => Ok(()),
            Body::Left(b) => {
                self.all("destination", List::Countries, &b.destination)?;
                self.one("evidence", List::Evidence, &b.evidence)
            }
            Body::TermExtended(b) => {
                if !b.rule.of_the_method() {
                    return Err(Refusal::new("term-not-extendable").with("rule", b.rule).field("term"));
                }
                text("ground", &b.ground)?;
                text("by", &b.by)
            }
            Body::InformationGiven(b) => {
                self.one("language", List::Languages, &b.language)?;
                text("text_version", &b.text_version)
            }
            Body::RightsRequested(b) => text("text", &b.text),
            Body::RightsAnswered(b) => answered(b),
            Body::PersonLinked(_) | Body::PersonUnlinked(_) | Body::Withdrawn(_) => Ok(()),
            Body::RestrictionChanged(_) => Ok(()),
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
        if b.birth.is_some_and(|birth| birth.first_day() > on) {
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

    fn mandate(&self, m: &Mandate) -> Result<(), Refusal> {
        self.one("on_behalf_of", List::OnBehalfOf, &m.on_behalf_of)?;
        self.one("form", List::Forms, &m.form)?;
        year_in_range(m.form_date.year()).map_err(|problem| Refusal::from(problem).field("form_date"))?;
        if m.form_date > self.today {
            return Err(Refusal::new("date-in-future").with("today", self.today).field("form_date"));
        }
        text("mandate_by", &m.by)
    }

    fn screened(&self, b: &crate::screening::Screened, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        use crate::{codes::Status, programme::Admission};
        self.mandate(&b.mandate)?;
        text("reason", &b.reason)?;
        self.all("remedy", List::Remedies, &b.remedy)?;
        let status = draft.codes.status;
        let exception = b.exception_by.is_some();
        if exception {
            if status != Some(Status::Admitted) {
                return Err(Refusal::new("exception-only-admits").field("exception_by"));
            }
            among("exception_by", &method.exception_by, b.exception_by.as_ref())?;
        }
        if b.remedy.is_some() && status != Some(Status::Refused) {
            return Err(Refusal::new("remedy-without-refusal").field("remedy"));
        }
        let either = || method.grounds.iter().chain(&method.refusal_grounds);
        match status {
            Some(Status::Refused) => {
                among("ground", &method.refusal_grounds, b.ground.as_ref())?;
                if b.remedy.is_none() { Err(Refusal::new("remedy-missing").field("remedy")) } else { Ok(()) }
            }
            Some(Status::Admitted) if method.admission == Admission::Conference && !exception => {
                Err(Refusal::new("conference-admits").field("status"))
            }
            Some(Status::Admitted) if exception => optional("ground", either(), b.ground.as_ref()),
            Some(Status::Admitted | Status::ShelteredWithoutStatus) => {
                among("ground", &method.grounds, b.ground.as_ref())
            }
            Some(Status::OutsideLvv) => optional("ground", either(), b.ground.as_ref()),
            _ => optional("ground", &method.grounds, b.ground.as_ref()),
        }
    }

    /// Whether a case may stand on two agendas is for the body to say.
    fn tabled(&self, b: &crate::agenda::Tabled, method: &Method) -> Result<(), Refusal> {
        let conference = self.programme.conference(b.board, &method.site);
        let conference = conference.ok_or_else(|| Refusal::new("conference-unknown").field("board"))?;
        if b.also && conference.twice == crate::programme::Twice::Refuse {
            return Err(Refusal::new("tabled-twice-refused").field("also"));
        }
        Ok(())
    }

    /// A case goes where the programme sends it, within its term, with a question.
    fn escalated(&self, b: &crate::escalation::Escalated, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        let conference = |board| self.programme.conference(board, &method.site);
        let from = conference(b.from).ok_or_else(|| Refusal::new("conference-unknown").field("from"))?;
        let to = conference(b.to).ok_or_else(|| Refusal::new("conference-unknown").field("to"))?;
        // the partners have had the advice of the next body and still do not agree: then the one after it
        let mut allowed = std::iter::successors(from.next, |board| conference(*board).and_then(|known| known.next));
        if !allowed.any(|board| board == b.to) {
            return Err(Refusal::new("escalation-way").with("board", b.to).field("to"));
        }
        if to.days.is_some() && draft.codes.until.is_none() {
            return Err(Refusal::new("due-missing").field("until"));
        }
        if draft.codes.partner.is_none() {
            return Err(Refusal::new("choice-missing").field("partner"));
        }
        text("question", &b.question)?;
        b.positions.iter().try_for_each(|position| text("positions", &position.text))
    }

    fn decided(&self, b: &crate::conference::Decided, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        self.one("perspective", List::Perspectives, &b.perspective)?;
        text("reason", &b.reason)?;
        if b.present.is_empty() {
            return Err(Refusal::new("present-missing").field("present"));
        }
        if let Some(guest) = b.present.iter().find(|present| self.programme.org(&present.org).is_none()) {
            return Err(Refusal::new("organisation-unknown").with("code", &guest.org).field("present"));
        }
        let site = self.programme.site(&method.site);
        let partner = |org: &OrgId| site.is_some_and(|site| site.partners.contains(org));
        if let Some(other) = b.commitments.iter().find(|said| !partner(&said.org)) {
            return Err(Refusal::new("not-a-partner").with("partner", &other.org).field("commitments"));
        }
        b.present.iter().try_for_each(|present| text("present", &present.name))?;
        for said in &b.commitments {
            if said.nothing && (!said.text.trim().is_empty() || said.due.is_some()) {
                return Err(Refusal::new("commitment-and-nothing").with("partner", &said.org).field("commitments"));
            }
            if !said.nothing {
                text("commitments", &said.text)?;
            }
        }
        if b.exception_by.is_some() {
            if draft.codes.status.is_none() {
                return Err(Refusal::new("exception-only-admits").field("exception_by"));
            }
            among("exception_by", &method.exception_by, b.exception_by.as_ref())?;
        }
        for way in &b.options {
            text("options", &way.text)?;
            text("options", &way.reason)?;
        }
        if let Some(other) = b.dissent.iter().find(|said| !partner(&said.org)) {
            return Err(Refusal::new("not-a-partner").with("partner", &other.org).field("dissent"));
        }
        b.dissent.iter().try_for_each(|said| text("dissent", &said.reason))?;
        b.mandate.as_ref().map_or(Ok(()), |mandate| self.mandate(mandate))
    }

    /// Every criterion of the rubric once, and a no with its reason.
    fn assessed(&self, b: &crate::cooperation::CooperationAssessed, method: &Method) -> Result<(), Refusal> {
        use crate::codes::Answer;
        text("reason", &b.reason)?;
        for judged in &b.criteria {
            among("criteria", &method.criteria, Some(&judged.criterion))?;
            if judged.answer == Answer::No && judged.text.trim().is_empty() {
                return Err(Refusal::new("no-without-reason").with("criterion", &judged.criterion).field("criteria"));
            }
        }
        let times = |code: &Code| b.criteria.iter().filter(|judged| judged.criterion == *code).count();
        match method.criteria.iter().find(|code| times(code) != 1) {
            Some(code) => Err(Refusal::new("criterion-once").with("criterion", code).field("criteria")),
            None => Ok(()),
        }
    }

    /// Someone without an account is told by function, of a partner of the site.
    fn worker(&self, b: &crate::partner::WorkerAssigned, draft: &Draft, method: &Method) -> Result<(), Refusal> {
        if b.user.is_some() {
            return Ok(());
        }
        text("function", &b.function)?;
        let partners = self.programme.site(&method.site).map(|site| site.partners.as_slice()).unwrap_or_default();
        match &draft.codes.partner {
            Some(org) if partners.contains(org) => Ok(()),
            Some(org) => Err(Refusal::new("not-a-partner").with("partner", org).field("org")),
            None => Err(Refusal::new("partner-missing").field("org")),
        }
    }

    fn heard(&self, b: &crate::cooperation::Hearing) -> Result<(), Refusal> {
        self.one("heard_language", List::Languages, &b.language)?;
        self.all("heard_interpreter", List::Languages, &b.interpreter)?;
        year_in_range(b.on.year()).map_err(|problem| Refusal::from(problem).field("heard_on"))?;
        text("heard_said", &b.said)
    }

    fn reviewed(&self, b: &crate::cooperation::CooperationReviewed, method: &Method) -> Result<(), Refusal> {
        self.one("consequence", List::Consequences, &b.consequence)?;
        text("reason", &b.reason)?;
        b.heard.as_ref().map_or(Ok(()), |heard| self.heard(heard))?;
        // by a rubric the assessors are those who assessed
        if !method.criteria.is_empty() && b.assessors.is_empty() {
            return Ok(());
        }
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
