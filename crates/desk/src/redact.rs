//! Takes out of a state what may not be seen, before it leaves this room.

use access::{Categories, Standing};
use domain::{
    codes::Category,
    fact::{Body, Fact, Kind},
    ids::{FactId, UserId},
    participant::Person,
    trajectory::{Draft, Recorded, Trajectory},
};
use views::project::Card;

/// Leaves of a trajectory what may be seen.
pub(crate) fn trajectory(t: &mut Trajectory, see: Categories) {
    let hidden = |category| !see.contains(category);
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
    t.latest.retain(|recorded| see.contains(recorded.fact.header.kind.category()));
    t.latest.iter_mut().for_each(|recorded| fact(&mut recorded.fact, see));
}

/// Leaves of a fact whose kind may be seen what may be seen: what was said at an intake was said in confidence; a note on an
/// obstacle or pause may be medical.
pub(crate) fn fact(fact: &mut Fact, see: Categories) {
    let hidden = |category| !see.contains(category);
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

/// Puts back into a correction what its author cannot see of the fact it replaces: it did not stand in the form, and
/// would be lost.
pub(crate) fn carry_over(draft: &mut Draft, history: &[Recorded], standing: &Standing) {
    let Some(target) = draft.supersedes else { return };
    let old = history.iter().find(|recorded| recorded.fact.header.id == target);
    // no form shows it: the link to the trajectory before this one
    if let Some(old) = old {
        draft.codes.previous = draft.codes.previous.or(old.fact.header.codes.previous);
    }
    let old = old.and_then(|old| old.fact.body.as_ref());
    let hidden = |category| !standing.sees(category);
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
