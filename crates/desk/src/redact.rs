//! Takes out of a state what a role may not see, before it leaves this room.

use access::may_see;
use domain::{
    codes::{Category, Role},
    fact::Body,
    participant::Person,
    trajectory::{Draft, Recorded, Trajectory},
};

/// Leaves of a trajectory what the role may see.
pub(crate) fn trajectory(t: &mut Trajectory, role: Role) {
    let hidden = |category| !may_see(role, category);
    if hidden(Category::GuidanceNotes) {
        t.contacts.clear();
    }
    if hidden(Category::ShelterAddress) {
        t.stays.clear();
    }
    if hidden(Category::Legal) {
        t.screenings.iter_mut().for_each(|screening| screening.detail = None);
    }
    if hidden(Category::Dossier) {
        for delivery in &mut t.deliveries {
            delivery.items.clear();
            delivery.missing.clear();
        }
    }
    if hidden(Category::Departure)
        && let Some(outflow) = &mut t.outflow
    {
        outflow.detail = None;
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
    t.latest.retain(|recorded| may_see(role, recorded.fact.header.kind.category()));
}

/// Puts back into a correction what its author cannot see of the fact it replaces: it did not stand in the form, and
/// would be lost.
pub(crate) fn carry_over(draft: &mut Draft, history: &[Recorded], role: Role) {
    let Some(target) = draft.supersedes else { return };
    let old = history.iter().find(|recorded| recorded.fact.header.id == target).and_then(|old| old.fact.body.as_ref());
    let hidden = |category| !may_see(role, category);
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
        _ => {}
    }
}

/// Leaves of a person what the role may see.
pub(crate) fn person(person: &mut Person, role: Role) {
    if !may_see(role, Category::Identity) {
        person.identity = None;
        person.earlier.clear();
        person.links.clear();
    }
}
