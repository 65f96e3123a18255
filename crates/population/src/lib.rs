//! A synthetic network: invented people whose numbers are those that were published about the LVV.
//!
//! The same programme, seed and size give the same facts, ids and times included. Nobody in it exists.

use domain::{
    codes::Relation,
    fact::Header,
    ids::{Code, CommandId, FactId, ParticipantId, Stream, TrajectoryId},
    programme::{List, Method, Programme},
    trajectory::{Draft, Recorded},
};
use jiff::civil::Date;

mod cooperation;
mod departure;
mod dice;
mod guidance;
mod household;
mod life;
mod lvv;
mod names;
mod pen;
mod person;
mod reentry;
mod sitting;
mod slot;
mod staff;
mod words;

pub use sitting::{Held, sittings};
pub use staff::{Staff, staff};

use dice::{Dice, later};
use life::Life;
use pen::{Clock, Place, Planned};
use person::Someone;
use slot::{Fate, NotIn, Slot, Stay};
use staff::Crew;

/// How large a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As published: 2,065 people who took part (a programme without published figures gets sixty).
    Published,
    /// So many times the published numbers.
    Scaled(u32),
    /// About so many people who take part, evenly over the sites, whatever was published.
    Small(u32),
}

/// Someone, with everything recorded about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Who.
    pub participant: ParticipantId,
    /// The history of the person.
    pub person: Vec<Recorded>,
    /// The histories of their trajectories, in order.
    pub trajectories: Vec<(TrajectoryId, Vec<Recorded>)>,
}

/// Draws a network.
pub fn draw(programme: &Programme, seed: u64, size: Size) -> Vec<Member> {
    members(programme, seed, size).collect()
}

/// Draws a network member by member, so that a large one need not be held in memory.
pub fn members(programme: &Programme, seed: u64, size: Size) -> impl Iterator<Item = Member> {
    let (slots, end) = slot::slots(programme, seed, size);
    let network = Network::new(programme, seed, slots, end);
    (0..network.slots.len()).filter_map(move |at| network.member(at))
}

/// A code of a list: the one meant, or the first of the list where a programme does not have it.
fn known(programme: &Programme, list: List, code: &str) -> Code {
    let listed = programme.list(list);
    // a slip in this crate shows in its tests; other programmes have codes of their own
    debug_assert!(programme.id != "lvv-2018" || listed.contains(code), "{code} is not in {}", list.name());
    let found = listed.0.iter().find(|entry| entry.code == *code).or_else(|| listed.0.first());
    #[expect(clippy::expect_used, reason = "the codes of this crate are well formed; a test draws all of them")]
    found.map_or_else(|| code.parse().expect("a well-formed code"), |entry| entry.code.clone())
}

struct Network<'a> {
    programme: &'a Programme,
    seed: u64,
    slots: Vec<Slot>,
    /// Day after the last fact.
    end: Date,
    crews: Vec<Crew>,
    /// The members of each household, by the first of them.
    households: std::collections::BTreeMap<usize, Vec<usize>>,
    clock: Clock,
}

impl<'a> Network<'a> {
    fn new(programme: &'a Programme, seed: u64, slots: Vec<Slot>, end: Date) -> Self {
        let mut households: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
        for (at, slot) in slots.iter().enumerate() {
            if let Some((first, _)) = slot.household {
                households.entry(first).or_default().push(at);
            }
        }
        let crews = programme.sites.iter().map(|site| Crew::of(programme, site)).collect();
        Self { programme, seed, slots, end, crews, households, clock: Clock::new() }
    }

    /// The id of a member is the first throw of its dice: others can name it without drawing the member.
    fn participant(&self, at: usize) -> ParticipantId {
        ParticipantId(Dice::of(self.seed, at as u64).id())
    }

    fn method(&self, site: usize, on: Date) -> Option<&'a Method> {
        let id = &self.programme.sites[site].id;
        self.programme.method_on(id, on).or_else(|| self.programme.methods.iter().find(|method| method.site == *id))
    }

    fn member(&self, at: usize) -> Option<Member> {
        let slot = &self.slots[at];
        let mut dice = Dice::of(self.seed, at as u64);
        let participant = ParticipantId(dice.id());
        let (site, on) = match &slot.fate {
            Fate::TakesPart(stays) => stays.first().map(|stay| (stay.site, stay.enter))?,
            Fate::NotIn(site, on, _) => (*site, *on),
        };
        let (head, place) = slot.household.unwrap_or((at, 0));
        let size = self.households.get(&head).map_or(1, Vec::len);
        let child = size > 1 && household::is_child(place, size);
        let family = person::family(self.seed, head);
        let who = person::someone(self.programme, at, family, child, on, &mut dice);
        let told = Told { participant, who: &who, command: CommandId(dice.id()), head };
        let mut trajectories: Vec<(TrajectoryId, Vec<Recorded>)> = Vec::new();
        match &slot.fate {
            Fate::NotIn(site, on, why) => trajectories.push(self.not_in(&told, *site, *on, *why, &mut dice)?),
            Fate::TakesPart(stays) => {
                let mut previous = None;
                for stay in stays {
                    let told = self.stay(&told, stay, previous, &mut dice)?;
                    previous = stay.exit.map(|(left, _)| (told.0, left));
                    trajectories.push(told);
                }
            }
        }
        let registration = &trajectories.first()?.1.first()?.fact.header;
        let links = self.links(at, place, head);
        let person = self.person(&told, site, registration, (links, later(on, 1)), &mut dice)?;
        Some(Member { participant, person, trajectories })
    }

    fn life<'l>(&'l self, told: &Told<'l>, site: usize, on: Date, dice: &'l mut Dice) -> Option<Life<'l>> {
        let crew = &self.crews[site];
        Some(Life {
            programme: self.programme,
            site: &self.programme.sites[site],
            method: self.method(site, on)?,
            crew,
            // a household has one guide
            guide: crew.guides.get(told.head % crew.guides.len().max(1))?.clone(),
            who: told.who,
            id: TrajectoryId(dice.id()),
            previous: None,
            horizon: self.end,
            dice,
            plans: vec![],
        })
    }

    fn stay(
        &self,
        told: &Told<'_>,
        stay: &Stay,
        previous: Option<(TrajectoryId, Date)>,
        dice: &mut Dice,
    ) -> Option<(TrajectoryId, Vec<Recorded>)> {
        let mut life = Life { previous, ..self.life(told, stay.site, stay.enter, dice)? };
        let registered = life.registered_on(stay.enter);
        life.tell(stay, registered, previous.is_none().then_some(told.command));
        Some(self.written(told, life))
    }

    fn not_in(
        &self,
        told: &Told<'_>,
        site: usize,
        on: Date,
        why: NotIn,
        dice: &mut Dice,
    ) -> Option<(TrajectoryId, Vec<Recorded>)> {
        let mut life = self.life(told, site, on, dice)?;
        life.not_in(on, why, told.command);
        Some(self.written(told, life))
    }

    fn written(&self, told: &Told<'_>, life: Life<'_>) -> (TrajectoryId, Vec<Recorded>) {
        let place = Place { subject: told.participant, site: &life.site.id, method: &life.method.id };
        (life.id, pen::write(life.plans, &place, self.end, &self.clock, None, life.dice))
    }

    /// The history of the person, begun by the command that registered them.
    fn person(
        &self,
        told: &Told<'_>,
        site: usize,
        registration: &Header,
        (links, linked_on): (Vec<(ParticipantId, Relation)>, Date),
        dice: &mut Dice,
    ) -> Option<Vec<Recorded>> {
        let crew = &self.crews[site];
        let by = crew.guides.iter().find(|guide| guide.user == registration.actor).unwrap_or(&crew.coordinator);
        let (fact, on) = (FactId(dice.id()), registration.valid_from);
        let draft = Draft::new(told.who.identity.clone(), on).codes(told.who.codes.clone());
        let first = Planned::one(Stream::Participant(told.participant), on, by, fact, draft);
        let mut plans = vec![Planned { command: Some(told.command), ..first }];
        plans.extend(person::later_on(told.who, told.participant, (fact, on), by, links, linked_on, dice));
        plans.retain(|plan| plan.on < self.end);
        let method = self.method(site, on)?;
        let place = Place { subject: told.participant, site: &self.programme.sites[site].id, method: &method.id };
        Some(pen::write(plans, &place, self.end, &self.clock, Some(registration.recorded_at), dice))
    }

    fn links(&self, at: usize, place: usize, head: usize) -> Vec<(ParticipantId, Relation)> {
        let Some(together) = self.households.get(&head) else { return vec![] };
        let others = together.iter().enumerate().filter(|(_, other)| **other != at);
        let relation = |other| household::relation(place, other, together.len());
        others.map(|(other, who)| (self.participant(*who), relation(other))).collect()
    }
}

/// What all trajectories of someone share.
struct Told<'a> {
    participant: ParticipantId,
    who: &'a Someone,
    /// The command that registers them: identity and first trajectory together.
    command: CommandId,
    /// First member of the household.
    head: usize,
}
