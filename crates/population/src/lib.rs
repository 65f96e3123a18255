//! A synthetic network: invented people whose numbers are those that were published about the LVV.
//!
//! The same programme, seed and size give the same facts, ids and times included. Nobody in it exists.

use domain::{
    codes::Relation,
    ids::{Code, CommandId, FactId, ParticipantId, Stream, TrajectoryId},
    programme::{List, Method, Programme},
    trajectory::{Draft, Recorded},
};
use jiff::civil::Date;

mod dice;
mod guidance;
mod household;
mod life;
mod lvv;
mod names;
mod pen;
mod person;
mod reentry;
mod slot;
mod staff;
mod words;

pub use staff::{Staff, staff};

use dice::{Dice, later};
use life::Life;
use pen::{Clock, Place, Planned};
use slot::{Fate, Slot, Stay};
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
pub fn draw(programme: &Programme, seed: u64, size: Size) -> Vec<Member> { members(programme, seed, size).collect() }

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
    /// Size of the household of each first member.
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
    fn participant(&self, at: usize) -> ParticipantId { ParticipantId(Dice::of(self.seed, at as u64).id()) }

    fn method(&self, site: usize, on: Date) -> Option<&'a Method> {
        let id = &self.programme.sites[site].id;
        self.programme.method_on(id, on).or_else(|| self.programme.methods.iter().find(|method| method.site == *id))
    }

    fn member(&self, at: usize) -> Option<Member> {
        let slot = &self.slots[at];
        let mut dice = Dice::of(self.seed, at as u64);
        let participant = ParticipantId(dice.id());
        let (site, first_on) = match &slot.fate {
            Fate::TakesPart(stays) => stays.first().map(|stay| (stay.site, stay.enter))?,
            Fate::NotIn(site, on, _) => (*site, *on),
        };
        let (size, place, head) = slot.household.map_or((1, 0, at), |(first, place)| {
            (self.households.get(&first).map_or(1, Vec::len), place, first)
        });
        let child = size > 1 && household::is_child(place, size);
        let family = person::family(self.seed, head);
        let who = person::someone(self.programme, at, family, child, first_on, &mut dice);
        let command = CommandId(dice.id());
        let mut trajectories: Vec<(TrajectoryId, Vec<Recorded>)> = Vec::new();
        let mut opened = None;
        let mut previous = None;
        let told: Vec<Option<&Stay>> = match &slot.fate {
            Fate::TakesPart(stays) => stays.iter().map(Some).collect(),
            Fate::NotIn(..) => vec![None],
        };
        for stay in told {
            let (site, on) = stay.map_or((site, first_on), |stay| (stay.site, stay.enter));
            let method = self.method(site, on)?;
            let crew = &self.crews[site];
            let id = TrajectoryId(dice.id());
            let guide = crew.guides[head % crew.guides.len()].clone();
            let mut life = Life {
                programme: self.programme,
                site: &self.programme.sites[site],
                method,
                crew,
                guide,
                who: &who,
                id,
                previous,
                horizon: self.end,
                dice: &mut dice,
                plans: vec![],
            };
            let first = trajectories.is_empty().then_some(command);
            match (stay, &slot.fate) {
                (Some(stay), _) => {
                    let registered = life.registered_on(stay.enter);
                    opened = opened.or(Some(registered));
                    life.tell(stay, registered, first);
                }
                (None, Fate::NotIn(_, _, why)) => {
                    opened = Some(on);
                    life.not_in(on, *why, command);
                }
                (None, Fate::TakesPart(_)) => continue,
            }
            let plans = life.plans;
            let place = Place { subject: participant, site: &self.programme.sites[site].id, method: &method.id };
            let (facts, _) = pen::write(plans, &place, self.end, &self.clock, None, &mut dice);
            previous = stay.and_then(|stay| stay.exit).map(|(left, _)| (id, left));
            trajectories.push((id, facts));
        }
        let registration = trajectories.first().and_then(|(_, facts)| facts.first())?;
        let (moment, by) = (registration.fact.header.recorded_at, registration.fact.header.actor);
        let crew = &self.crews[site];
        let by = crew.guides.iter().find(|guide| guide.user == by).unwrap_or(&crew.coordinator).clone();
        let opened = opened?;
        let fact = FactId(dice.id());
        let stream = Stream::Participant(participant);
        let draft = Draft::new(who.identity.clone(), opened).codes(who.codes.clone());
        let mut plans = vec![Planned { command: Some(command), ..Planned::one(stream, opened, &by, fact, draft) }];
        let links = self.links(at, place, size, head);
        plans.extend(person::later_on(&who, participant, (fact, opened), &by, links, later(first_on, 1), &mut dice));
        plans.retain(|plan| plan.on < self.end);
        let method = self.method(site, first_on)?;
        let at_site = Place { subject: participant, site: &self.programme.sites[site].id, method: &method.id };
        let (person, _) = pen::write(plans, &at_site, self.end, &self.clock, Some(moment), &mut dice);
        Some(Member { participant, person, trajectories })
    }

    fn links(&self, at: usize, place: usize, size: usize, head: usize) -> Vec<(ParticipantId, Relation)> {
        let Some(together) = self.households.get(&head).filter(|_| size > 1) else { return vec![] };
        let others = together.iter().enumerate().filter(|(_, other)| **other != at);
        others.map(|(other, who)| (self.participant(*who), household::relation(place, other, size))).collect()
    }
}
