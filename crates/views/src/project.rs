//! From states to rows: pure, so that kept and rebuilt tables can only be equal.

use domain::{
    case_number::CaseNumber,
    codes::Task,
    ids::{OrgId, SiteId, TrajectoryId, UserId},
    participant::Person,
    programme::{Method, Programme, Site},
    spell::Spell,
    term::{Rule, Term, terms},
    trajectory::Trajectory,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Sorts after every real date: nothing is due.
pub const NEVER: Date = Date::constant(9999, 12, 31);

/// The personal values a list shows, sealed under the person's key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The name shown.
    pub name: String,
    /// V-number, as people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v_number: Option<String>,
    /// First nationality; programme code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// What the next action is, when the next term is an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// A row of `trajectory`, before its sealed part.
#[derive(Debug, Clone, PartialEq)]
pub struct TrajectoryRow {
    /// What the row is about.
    pub state: Trajectory,
    /// Short number for people.
    pub case_number: String,
    /// The phase and since when, as of the day the row was made.
    pub phase: (domain::codes::Phase, Date),
    /// The next term.
    pub next: Option<Term>,
    /// The worker who guides.
    pub guide: Option<(UserId, domain::ids::OrgId)>,
    /// Day on which the row changes by itself.
    pub shift_on: Option<Date>,
    /// When it last changed, and by whom.
    pub changed: (Timestamp, UserId),
    /// The values to seal.
    pub card: Card,
    /// All terms.
    pub terms: Vec<Term>,
    /// Organisations with a task in it.
    pub involved: Vec<OrgId>,
    /// Whether the participant's data may not be used (GDPR article 18).
    pub restricted: bool,
}

/// The row of a trajectory as it stands on a day.
///
/// `None` when the programme no longer knows the site.
pub fn trajectory_row(
    state: &Trajectory,
    person: &Person,
    method: &Method,
    programme: &Programme,
    today: Date,
    changed: (Timestamp, UserId),
) -> Option<TrajectoryRow> {
    let site = programme.site(&state.site)?;
    let terms = terms(state, method, &site.lead);
    let counting = || terms.iter().filter(|term| term.counts_on(today));
    let next = counting().find(|term| term.rule.asks_action()).or_else(|| counting().next()).cloned();
    // a term that starts or stops counting later changes what is next; so does a phase that lies ahead
    let edges = terms.iter().flat_map(|term| [Some(term.from), term.until.map(domain::term::after)]).flatten();
    let phases = state.phases.iter().map(|(_, on)| *on);
    let shift_on = edges.chain(phases).filter(|day| *day > today).min();
    let guide = state.worker(Task::CaseManager);
    let guide = guide.and_then(|worker| Some((worker.detail.as_ref()?.user?, worker.org.clone())));
    Some(TrajectoryRow {
        case_number: CaseNumber::of(&site.prefix, state.id).to_string(),
        phase: state.phase_since(today),
        card: card(state, person, next.as_ref()),
        next,
        guide,
        shift_on,
        changed,
        terms,
        involved: involved(state, site),
        restricted: person.restricted,
        state: state.clone(),
    })
}

/// Who has a task in it: who leads, guides or has another worker on it, runs the location where they stay or stayed,
/// registered them, was asked for the dossier, or has something to do.
fn involved(state: &Trajectory, site: &Site) -> Vec<OrgId> {
    let workers = state.workers.iter().map(|worker| &worker.org);
    let shelters = site.shelters.iter().filter(|_| !state.stays.is_empty());
    let asked = state.deliveries.iter().map(|delivery| &delivery.partner);
    let owners = state.actions.iter().filter_map(|action| action.detail.as_ref()).map(|detail| &detail.owner);
    let all = [&site.lead, &state.registered_by].into_iter().chain(workers).chain(shelters).chain(asked).chain(owners);
    let mut all: Vec<OrgId> = all.cloned().collect();
    all.sort();
    all.dedup();
    all
}

fn card(state: &Trajectory, person: &Person, next: Option<&Term>) -> Card {
    let identity = person.identity.as_ref();
    let about = next.filter(|term| matches!(term.rule, Rule::Action | Rule::AfterCare)).and_then(|term| term.about);
    let action = state.actions.iter().find(|action| Some(action.fact) == about);
    Card {
        name: person.name().unwrap_or_default().to_owned(),
        v_number: identity.and_then(|identity| identity.v_number.as_ref()).map(ToString::to_string),
        nationality: identity.and_then(|identity| identity.nationalities.first()).map(ToString::to_string),
        action: action.and_then(|action| action.detail.as_ref()).map(|detail| detail.text.clone()),
    }
}

/// A spell with the time it was learnt and, once it turned out otherwise, the time that was learnt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownSpell {
    /// The interval.
    pub spell: Spell,
    /// When it was learnt.
    pub from: Timestamp,
    /// When it turned out otherwise.
    pub to: Option<Timestamp>,
}

/// Whose spells they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpellsOf {
    /// Which trajectory.
    pub trajectory: TrajectoryId,
    /// At which site.
    pub site: SiteId,
}

/// The spells known over time, from the states after each command: `(recorded at, spells then)`.
pub fn known_spells(steps: impl IntoIterator<Item = (Timestamp, Vec<Spell>)>) -> Vec<KnownSpell> {
    let mut known: Vec<KnownSpell> = Vec::new();
    for (at, now) in steps {
        for open in known.iter_mut().filter(|open| open.to.is_none()) {
            if !now.contains(&open.spell) {
                open.to = Some(at);
            }
        }
        for spell in now {
            if !known.iter().any(|open| open.to.is_none() && open.spell == spell) {
                known.push(KnownSpell { spell, from: at, to: None });
            }
        }
    }
    // what was known for no time at all was never known
    known.retain(|spell| spell.to.is_none_or(|to| to > spell.from));
    known.sort();
    known
}
