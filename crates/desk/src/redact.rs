//! Takes out of a state what may not be seen, before it leaves this room.

use std::collections::HashSet;

use access::{Categories, Standing};
use domain::{
    codes::{Category, OrgKind},
    fact::{Body, Fact, Header, Kind},
    history::History,
    ids::{Code, FactId, OrgId, UserId},
    participant::Person,
    programme::{List, Method, Programme},
    trajectory::{Draft, Recorded, Trajectory},
};
use jiff::civil::Date;
use views::project::Card;

/// Who looks: what they may see, and which codes of the programme tell more than that.
#[derive(Clone, Copy)]
pub(crate) struct Eyes<'a> {
    pub(crate) see: Categories,
    pub(crate) programme: &'a Programme,
    /// Of the dossier no more than this.
    pub(crate) part: Option<Part<'a>>,
}

/// What someone sees of the dossier who does not see it whole: item by item what its contract lets their kind of
/// organisation see, and the part that their own organisation delivers.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    /// Their own organisation; none where others look along.
    pub(crate) own: Option<&'a OrgId>,
    pub(crate) kind: OrgKind,
    pub(crate) today: Date,
}

impl<'a> Part<'a> {
    /// Of someone who stands so to a case; none when they see the dossier whole, or nothing of it.
    pub(crate) fn of(standing: &'a Standing, today: Date) -> Option<Self> {
        let (own, kind) = standing.looks_for();
        standing.agreed().contains(Category::Dossier).then_some(Self { own: Some(own), kind, today })
    }

    pub(crate) fn shows(&self, partner: &OrgId, item: &Code, t: &Trajectory, method: &Method) -> bool {
        let agreed = method.contracted(partner, item);
        self.own == Some(partner) || agreed.is_some_and(|agreed| agreed.shows_to(self.kind, t, self.today))
    }

    /// Leaves of the dossier what is seen.
    pub(crate) fn keep(&self, t: &mut Trajectory, method: &Method) {
        let (mut deliveries, mut documents) = (std::mem::take(&mut t.deliveries), std::mem::take(&mut t.documents));
        for delivery in &mut deliveries {
            let partner = delivery.partner.clone();
            let shown = |item: &Code| self.shows(&partner, item, t, method);
            delivery.asked.retain(shown);
            delivery.items.retain(shown);
            delivery.missing.retain(shown);
            delivery.states.retain(|now| shown(&now.code));
        }
        documents.retain(|document| {
            let item = document.detail.as_ref().map(|detail| &detail.item);
            item.is_some_and(|item| self.shows(&document.partner, item, t, method))
        });
        (t.deliveries, t.documents) = (deliveries, documents);
    }
}

impl Eyes<'_> {
    fn hides(&self, category: Category) -> bool {
        !self.see.contains(category)
    }

    /// Whether a kind of fact is not there for who looks, by its head: of the dossier they may see their own part.
    fn hides_fact(&self, h: &Header) -> bool {
        let own = self.part.as_ref().and_then(|part| part.own);
        let mine = h.kind.category() == Category::Dossier && own.is_some() && own == h.codes.partner.as_ref();
        self.hides(h.kind.category()) && !mine
    }

    /// Whether a code tells what may not be seen.
    fn hides_code(&self, list: List, code: &Code) -> bool {
        self.programme.reveals(list, code).is_some_and(|category| self.hides(category))
    }

    /// Whether the reason of no pause may be known: that one is left out would tell that it is of those that may not.
    pub(crate) fn hides_pauses(&self) -> bool {
        self.programme.reveals_any(List::Pauses).any(|category| self.hides(category))
    }

    /// Leaves of a trajectory what may be seen.
    pub(crate) fn trajectory(&self, t: &mut Trajectory) {
        let method = self.programme.method(&t.method);
        match (&self.part, method) {
            (Some(part), Some(method)) => {
                part.keep(t, method);
                sections(t, |category| category != Category::Dossier && self.hides(category));
            }
            _ => sections(t, |category| self.hides(category)),
        }
        t.obstacles.retain(|obstacle| !self.hides_code(List::Obstacles, &obstacle.code));
        if self.hides_pauses() {
            t.pauses.iter_mut().for_each(|pause| pause.code = None);
        }
        if let Some(detail) = t.intake.as_mut().and_then(|intake| intake.detail.as_mut()) {
            detail.needs.retain(|need| !self.hides_code(List::Needs, need));
        }
        t.latest.retain(|recorded| !self.hides_fact(&recorded.fact.header));
        t.latest.iter_mut().for_each(|recorded| self.fact(&mut recorded.fact));
    }

    /// Leaves of a fact that may be seen what may be seen: what was said at an intake was said in confidence; a note on an
    /// obstacle or pause may be medical.
    pub(crate) fn fact(&self, fact: &mut Fact) {
        let hidden = |category| self.hides(category);
        if self.hides_pauses() {
            fact.header.codes.pause = None;
        }
        if let Some(Body::IntakeHeld(body)) = &mut fact.body {
            body.needs.retain(|need| !self.hides_code(List::Needs, need));
        }
        match &mut fact.body {
            Some(Body::IntakeHeld(body)) if hidden(Category::GuidanceNotes) => body.summary.clear(),
            Some(Body::ObstacleNoted(body)) if hidden(Category::Medical) => body.note.clear(),
            Some(Body::ObstacleResolved(body)) if hidden(Category::Medical) => body.note.clear(),
            Some(Body::PauseStarted(body)) if hidden(Category::Medical) => body.note.clear(),
            Some(Body::PauseEnded(body)) if hidden(Category::Medical) => body.note.clear(),
            Some(Body::HoldSet(body)) if hidden(Category::Legal) => body.note.clear(),
            Some(Body::HoldLifted(body)) if hidden(Category::Legal) => body.note.clear(),
            _ => {}
        }
    }

    /// The facts of a history that are not there for who looks: of kinds they may not see, and about obstacles that tell
    /// what they may not see. Of such an obstacle no fact is left: neither an earlier version nor its end.
    pub(crate) fn unseen(&self, history: &[Recorded]) -> HashSet<FactId> {
        let read = History::of(history);
        let heads = || history.iter().map(|recorded| &recorded.fact.header);
        let told = |h: &&Header| h.codes.obstacle.as_ref().is_some_and(|code| self.hides_code(List::Obstacles, code));
        let obstacles: HashSet<FactId> = heads().filter(told).map(|h| read.current(h.id)).collect();
        let of_one = |h: &Header| {
            let about = h.codes.about.filter(|_| h.kind == Kind::ObstacleResolved);
            [Some(h.id), about].into_iter().flatten().any(|id| obstacles.contains(&read.current(id)))
        };
        heads().filter(|h| self.hides_fact(h) || of_one(h)).map(|h| h.id).collect()
    }
}

/// The parts of a trajectory that are of one category.
fn sections(t: &mut Trajectory, hidden: impl Fn(Category) -> bool) {
    if hidden(Category::GuidanceNotes) {
        t.contacts.clear();
    }
    if hidden(Category::ShelterAddress) {
        t.stays.clear();
    }
    if hidden(Category::Legal) {
        t.screenings.iter_mut().for_each(|screening| screening.detail = None);
        t.objections.clear();
        t.holds.iter_mut().for_each(|hold| (hold.note, hold.end) = (None, None));
    }
    if hidden(Category::Dossier) {
        for delivery in &mut t.deliveries {
            delivery.asked.clear();
            delivery.items.clear();
            delivery.missing.clear();
            delivery.states.clear();
        }
        t.documents.clear();
    }
    if hidden(Category::Cooperation) {
        t.reviews.clear();
        t.rounds.clear();
        t.measures.clear();
    }
    if hidden(Category::Departure)
        && let Some(outflow) = &mut t.outflow
    {
        outflow.detail = None;
    }
    if hidden(Category::Departure) {
        t.departure.clear();
    }
    if hidden(Category::Medical) {
        t.obstacles.iter_mut().for_each(|obstacle| obstacle.note = None);
        t.pauses.iter_mut().for_each(|pause| pause.note = None);
    }
    if hidden(Category::GuidanceNotes)
        && let Some(detail) = t.intake.as_mut().and_then(|intake| intake.detail.as_mut())
    {
        // what was said at the intake was said in confidence; languages and needs are for the work
        detail.summary = String::new();
    }
}

/// Puts back into a correction what its author cannot see of the fact it replaces: it did not stand in the form, and
/// would be lost.
pub(crate) fn carry_over(draft: &mut Draft, history: &[Recorded], eyes: Eyes<'_>) {
    let Some(target) = draft.supersedes else { return };
    let old = history.iter().find(|recorded| recorded.fact.header.id == target);
    if let Some(Header { codes, .. }) = old.map(|old| &old.fact.header) {
        // no form shows it: the link to the trajectory before this one
        draft.codes.previous = draft.codes.previous.or(codes.previous);
        if eyes.hides_pauses() {
            draft.codes.pause = codes.pause.clone();
        }
    }
    let old = old.and_then(|old| old.fact.body.as_ref());
    if let (Body::IntakeHeld(new), Some(Body::IntakeHeld(old))) = (&mut draft.body, old) {
        new.needs.extend(old.needs.iter().filter(|need| eyes.hides_code(List::Needs, need)).cloned());
    }
    let hidden = |category| eyes.hides(category);
    match (&mut draft.body, old) {
        (Body::IntakeHeld(new), Some(Body::IntakeHeld(old))) if hidden(Category::GuidanceNotes) => {
            new.summary.clone_from(&old.summary);
        }
        (Body::ObstacleNoted(new), Some(Body::ObstacleNoted(old))) if hidden(Category::Medical) => {
            new.note.clone_from(&old.note);
        }
        (Body::ObstacleResolved(new), Some(Body::ObstacleResolved(old))) if hidden(Category::Medical) => {
            new.note.clone_from(&old.note);
        }
        (Body::PauseStarted(new), Some(Body::PauseStarted(old))) if hidden(Category::Medical) => {
            new.note.clone_from(&old.note);
        }
        (Body::PauseEnded(new), Some(Body::PauseEnded(old))) if hidden(Category::Medical) => {
            new.note.clone_from(&old.note);
        }
        (Body::HoldSet(new), Some(Body::HoldSet(old))) if hidden(Category::Legal) => new.note.clone_from(&old.note),
        (Body::HoldLifted(new), Some(Body::HoldLifted(old))) if hidden(Category::Legal) => {
            new.note.clone_from(&old.note);
        }
        _ => {}
    }
}

/// Takes out the assessments that others made and that may not be known yet: who assesses second does so without knowing
/// what the first found. The author of an assessment sees their own.
pub(crate) fn blind(t: &mut Trajectory, user: UserId) {
    let open = t.rounds.iter_mut().filter(|round| !round.is_complete());
    let others = open.flat_map(|round| &mut round.assessments).filter(|one| one.by != user);
    others.for_each(|one| one.detail = None);
}

/// The same for a fact: an assessment by another shows only when it stands in a round in which all are in.
pub(crate) fn blind_fact(fact: &mut Fact, all_in: &[FactId], current: FactId, user: UserId) {
    let h = &fact.header;
    if h.kind == Kind::CooperationAssessed && h.actor != user && !all_in.contains(&current) {
        (fact.body, fact.why) = (None, None);
    }
}

/// The assessments of rounds in which all are in.
pub(crate) fn all_in(t: &Trajectory) -> Vec<FactId> {
    let complete = t.rounds.iter().filter(|round| round.is_complete());
    complete.flat_map(|round| &round.assessments).map(|one| one.fact).collect()
}

/// Leaves of a person what may be seen.
pub(crate) fn person(person: &mut Person, see: Categories) {
    if !see.contains(Category::Identity) {
        person.identity = None;
        person.earlier.clear();
        person.links.clear();
    }
    if !see.contains(Category::Process) {
        person.rights = domain::rights::Rights::default();
    }
}

/// Leaves of a card what may be seen.
pub(crate) fn card(card: &mut Card, see: Categories) {
    if !see.contains(Category::Identity) {
        let action = card.action.take();
        *card = Card { action, ..Card::default() };
    }
    if !see.contains(Category::Process) {
        card.action = None;
    }
}
