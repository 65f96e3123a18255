//! What others do beside a command: changes to the same thing, and other trajectories of the same person.

use domain::{
    codes::{ObjectionOutcome, Status},
    fact::{Body, Header, Kind},
    history::History,
    ids::FactId,
    refusal::Refusal,
    trajectory::{Draft, Trajectory},
};
use jiff::civil::Date;
use views::file::Membership;

/// Whether a draft changes the same thing as a fact that someone else recorded in the meantime. What only adds (a
/// contact, an action) never does; what closes, corrects or withdraws touches the fact it names.
pub(crate) fn clashes(mine: &Draft, theirs: &Header, history: &History<'_>) -> bool {
    let touched = |about: Option<FactId>, supersedes| {
        [about, supersedes].into_iter().flatten().map(|fact| history.current(fact)).collect::<Vec<_>>()
    };
    let about = |kind: Kind, about: Option<FactId>| about.filter(|_| closes(kind));
    let kind = mine.body.kind();
    let own = touched(about(kind, mine.codes.about), mine.supersedes);
    let other = touched(about(theirs.kind, theirs.codes.about), theirs.supersedes);
    // their correction stands in the place of what it corrects: `current` of both is the same
    if own.iter().any(|fact| other.contains(fact) || *fact == theirs.id) {
        return true;
    }
    match (subject(kind), subject(theirs.kind)) {
        (Some(one), Some(other)) => {
            one == other || [one, other].iter().any(|subject| ["any", "left"].contains(subject))
        }
        _ => false,
    }
}

/// Whether a kind ends or settles the fact it names; an action only serves its goal.
fn closes(kind: Kind) -> bool {
    kind != Kind::ActionAdded
}

/// What a kind of fact changes that others change too.
fn subject(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Screened | Kind::StatusChanged | Kind::Registered => Some("admission"),
        Kind::ShelterStarted | Kind::ShelterEnded => Some("shelter"),
        Kind::IntakeHeld => Some("intake"),
        Kind::DossierRequested
        | Kind::DossierDelivered
        | Kind::DossierCompleted
        | Kind::DossierIncomplete
        | Kind::DossierReminded
        | Kind::DossierUnavailable
        | Kind::DossierRejected => Some("dossier"),
        Kind::TermExtended => Some("terms"),
        // documents are apart from each other: what is done with one clashes by the fact that brought it
        Kind::DocumentAdded | Kind::DocumentReleased | Kind::DocumentCondemned | Kind::DocumentDestroyed => None,
        Kind::Decided | Kind::CaseDiscussed | Kind::Escalated | Kind::Advised => Some("conference"),
        Kind::Tabled | Kind::Untabled => Some("agenda"),
        // two who assess at the same time do not disturb each other: the history says who was first
        Kind::CooperationAssessed => None,
        Kind::CooperationReviewed | Kind::MeasureTaken => Some("cooperation"),
        Kind::ObjectionMade | Kind::ObjectionDecided => Some("objection"),
        Kind::HoldSet | Kind::HoldLifted => Some("hold"),
        Kind::DepartureStep => None,
        Kind::PauseStarted | Kind::PauseEnded => Some("pause"),
        // whoever records the end must have seen what was recorded last, and the other way round
        Kind::Left => Some("left"),
        Kind::IdentityRecorded => Some("identity"),
        Kind::PersonLinked | Kind::PersonUnlinked => Some("links"),
        Kind::WorkerAssigned | Kind::WorkerReleased => Some("workers"),
        // two different actions can be closed at once: these clash by the fact they name
        Kind::ActionClosed | Kind::GoalClosed | Kind::ObstacleResolved => None,
        Kind::ObstacleNoted | Kind::GoalSet | Kind::ActionAdded | Kind::ContactNoted => None,
        Kind::InformationGiven | Kind::RightsRequested => None,
        Kind::RightsAnswered | Kind::RestrictionChanged => Some("rights"),
        // a withdrawal may touch anything
        Kind::Withdrawn => Some("any"),
    }
}

/// Kinds that can open a trajectory again, or move its first or last day.
pub(crate) fn may_overlap(kind: Kind) -> bool {
    matches!(kind, Kind::Left | Kind::Screened | Kind::Registered | Kind::ObjectionDecided | Kind::Withdrawn)
}

/// Says in the clear that an objection that is upheld annuls a refusal: who was refused is to be screened again, unless they have
/// another trajectory at the site since, which then goes on.
pub(crate) fn annuls(draft: &mut Draft, all: &[Membership], t: &Trajectory) {
    let Body::ObjectionDecided(body) = &draft.body else { return };
    let against = draft.codes.about.is_some_and(|about| t.is_against_refusal(about));
    let other = |one: &Membership| one.trajectory != t.id && one.site == t.site.as_str();
    let since = |one: &Membership| one.ended.is_none_or(|ended| draft.valid_from < ended);
    let back = all.iter().any(|one| other(one) && since(one));
    let reopens = body.outcome == ObjectionOutcome::Upheld && against && !back;
    draft.codes.status = reopens.then_some(Status::Registered);
}

/// At one site a person has one trajectory at a time: a change that would make two overlap is refused.
///
/// # Errors
/// Which other trajectory stands in the way; for an earlier one, the day on which it ended.
pub(crate) fn one_at_a_time(all: &[Membership], before: &Trajectory, now: &Trajectory) -> Result<(), Refusal> {
    let others = all.iter().filter(|other| other.trajectory != now.id && other.site == now.site.as_str());
    for other in others {
        let theirs = (other.opened, other.ended);
        let was = overlap((before.opened, before.ended()), theirs);
        if was || !overlap((now.opened, now.ended()), theirs) {
            continue;
        }
        return Err(match other.ended {
            Some(ended) if other.opened <= before.opened => {
                Refusal::new("before-previous-ended").with("on", ended).possible(ended).field("valid_from")
            }
            _ => Refusal::new("later-trajectory").with("case", &other.case_number),
        });
    }
    Ok(())
}

/// Whether two spans share a day, or one lies open over the other; a span of no length shares none.
fn overlap(one: (Date, Option<Date>), other: (Date, Option<Date>)) -> bool {
    let before = |day: Date, end: Option<Date>| end.is_none_or(|end| day < end);
    before(one.0, other.1) && before(other.0, one.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn spans_that_meet_do_not_overlap() {
        let (may, june, july) = (date(2022, 5, 1), date(2022, 6, 1), date(2022, 7, 1));
        assert!(!overlap((may, Some(june)), (june, None)));
        assert!(overlap((may, Some(july)), (june, None)));
        assert!(overlap((may, None), (june, None)));
        assert!(overlap((may, None), (june, Some(july))));
    }
}
