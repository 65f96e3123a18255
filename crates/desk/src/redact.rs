//! Takes out of a state what a role may not see, before it leaves this room.

use access::may_see;
use domain::{
    codes::{Category, Role},
    participant::Person,
    trajectory::Trajectory,
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

/// Leaves of a person what the role may see.
pub(crate) fn person(person: &mut Person, role: Role) {
    if !may_see(role, Category::Identity) {
        person.identity = None;
        person.earlier.clear();
        person.links.clear();
    }
}
