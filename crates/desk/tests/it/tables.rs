//! Read tables: every statement fits both databases, and what is kept command by command equals what is rebuilt.

use std::collections::{BTreeMap, BTreeSet};

use access::Principal;
use desk::{Order, Target};
use domain::{
    codes::Role,
    fact::{Body, Fact, Kind},
    ids::{FactId, ParticipantId, Stream, TrajectoryId},
    trajectory::{Draft, Recorded},
};
use jiff::Timestamp;
use population::{Member, Size};

use crate::{
    dump::{dump, same_as_rebuilt},
    world::{World, admission, command, day, on, programme, register, someone, worlds},
};

#[test]
fn every_statement_prepares_on_both_databases() {
    for world in worlds() {
        journal::testing::prepare_all(&world.test.store, desk::statements()).unwrap();
    }
}

/// A network given again, command by command, as the people in it gave them. Ids are new: what was said of old ones is
/// said of those.
struct Replay<'a> {
    world: &'a World,
    runtime: tokio::runtime::Runtime,
    roles: BTreeMap<domain::ids::UserId, Role>,
    facts: BTreeMap<FactId, FactId>,
    people: BTreeMap<ParticipantId, ParticipantId>,
    trajectories: BTreeMap<TrajectoryId, TrajectoryId>,
    /// Links are given once and stand on both sides.
    linked: BTreeSet<(ParticipantId, ParticipantId)>,
    commands: usize,
}

/// One command: when, and its facts.
type Given<'a> = (Timestamp, Stream, &'a [Recorded]);

impl<'a> Replay<'a> {
    fn new(world: &'a World) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let roles = population::staff(world.desk.programme()).into_iter().map(|one| (one.user, one.role)).collect();
        let (facts, people, trajectories) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { world, runtime, roles, facts, people, trajectories, linked: BTreeSet::new(), commands: 0 }
    }

    fn all(&mut self, members: &[Member]) {
        let mut given: Vec<Given<'_>> = Vec::new();
        let mut identities: BTreeMap<ParticipantId, &Recorded> = BTreeMap::new();
        for member in members {
            identities.insert(member.participant, &member.person[0]);
            // who someone is comes with their first registration
            let streams =
                std::iter::once(&member.person[1..]).chain(member.trajectories.iter().map(|(_, facts)| &facts[..]));
            for chunk in streams.flat_map(|facts| facts.chunk_by(|a, b| a.fact.header.command == b.fact.header.command))
            {
                given.push((chunk[0].fact.header.recorded_at, chunk[0].fact.header.stream, chunk));
            }
        }
        given.sort_by_key(|(at, stream, chunk)| (*at, *stream, chunk[0].number));
        let half = given.len() / 2;
        for (number, (at, stream, chunk)) in given.into_iter().enumerate() {
            self.world.clock.move_to(&at.to_string());
            if number == half {
                // a day's first list brings rows up to that day, in the middle of the work too
                self.runtime.block_on(self.world.desk.roll()).unwrap();
            }
            match stream {
                Stream::Participant(_) => self.on_person(chunk),
                Stream::Trajectory(_) => self.on_trajectory(chunk, &identities),
            }
        }
    }

    fn who(&self, facts: &[Recorded]) -> Principal {
        let h = &facts[0].fact.header;
        let may = |role: &Role| facts.iter().all(|recorded| access::may_do(*role, recorded.fact.header.kind));
        let own = self.roles.get(&h.actor).copied();
        let role = own.into_iter().chain(Role::ALL.iter().copied()).find(may).unwrap();
        let programme = self.world.desk.programme();
        let sites = programme.sites.iter().map(|site| site.id.clone()).collect();
        let org_kind = programme.org(&h.org).unwrap().kind;
        let one = someone(self.world, role, h.site.as_str());
        let who = Principal { user: h.actor, org: h.org.clone(), org_kind, sites, ..one };
        Principal { purpose: access::working_purpose(who.asker(), who.settings), ..who }
    }

    fn draft(&self, fact: &Fact) -> Draft {
        let h = &fact.header;
        let mut codes = h.codes.clone();
        codes.about = codes.about.map(|about| self.facts[&about]);
        let mut body = fact.body.clone().unwrap();
        match &mut body {
            Body::PersonLinked(link) => link.other = self.people[&link.other],
            Body::PersonUnlinked(link) => link.other = self.people[&link.other],
            _ => {}
        }
        let supersedes = h.supersedes.map(|target| self.facts[&target]);
        let source = (h.source != h.org).then(|| h.source.clone());
        Draft { body, codes, valid_from: h.valid_from, supersedes, why: fact.why.clone(), source }
    }

    fn execute(&mut self, who: &Principal, target: Target, drafts: Vec<Draft>) -> desk::Done {
        let order = Order { command: command(), expected: None, target, drafts };
        let done = self.runtime.block_on(self.world.desk.execute(who, order.clone()));
        self.commands += 1;
        done.unwrap_or_else(|failure| panic!("{failure:?} {order:?}"))
    }

    /// Remembers the ids that the last facts of a stream got.
    fn learn(&mut self, stream: Stream, facts: &[&Recorded]) {
        let stored = self.world.test.store.read_blocking(move |tx| journal::read::stream(tx, stream)).unwrap();
        for (old, new) in facts.iter().zip(&stored[stored.len() - facts.len()..]) {
            assert_eq!(old.fact.header.kind, new.header.kind);
            self.facts.insert(old.fact.header.id, new.header.id);
        }
    }

    fn on_person(&mut self, facts: &[Recorded]) {
        let subject = facts[0].fact.header.subject;
        if let Some(Body::PersonLinked(link)) = &facts[0].fact.body {
            assert_eq!(facts.len(), 1);
            let pair = (subject.min(link.other), subject.max(link.other));
            // the second side comes by itself; and who is not registered yet is linked from their side
            if self.linked.contains(&pair) || !self.people.contains_key(&link.other) {
                return;
            }
            self.linked.insert(pair);
        }
        let drafts = facts.iter().map(|recorded| self.draft(&recorded.fact)).collect();
        let own = self.people[&subject];
        self.execute(&self.who(facts), Target::Participant(own), drafts);
        self.learn(Stream::Participant(own), &facts.iter().collect::<Vec<_>>());
    }

    fn on_trajectory(&mut self, facts: &[Recorded], identities: &BTreeMap<ParticipantId, &Recorded>) {
        let h = &facts[0].fact.header;
        let Stream::Trajectory(id) = h.stream else { panic!("a trajectory") };
        let mut drafts: Vec<Draft> = facts.iter().map(|recorded| self.draft(&recorded.fact)).collect();
        let target = match (self.trajectories.get(&id), self.people.get(&h.subject)) {
            (Some(known), _) => Target::Trajectory(*known),
            (None, known) => {
                drafts[0].codes.previous = None;
                let identity = known.is_none().then(|| Box::new(self.draft(&identities[&h.subject].fact)));
                Target::New { site: h.site.clone(), known: known.copied(), identity }
            }
        };
        let new = !self.people.contains_key(&h.subject);
        let done = self.execute(&self.who(facts), target, drafts);
        let own = done.trajectory.unwrap();
        self.trajectories.insert(id, own);
        self.people.insert(h.subject, done.participant);
        self.learn(Stream::Trajectory(own), &facts.iter().collect::<Vec<_>>());
        if new {
            self.learn(Stream::Participant(done.participant), &[identities[&h.subject]]);
        }
    }
}

/// Some people of the published network: a few households whole, people who came back, and others.
fn some() -> Vec<Member> {
    let all = population::draw(&programme(), 5, Size::Published);
    let others = |member: &Member| -> Vec<ParticipantId> {
        let bodies = member.person.iter().map(|recorded| &recorded.fact.body);
        bodies
            .filter_map(|body| if let Some(Body::PersonLinked(link)) = body { Some(link.other) } else { None })
            .collect()
    };
    let mut chosen: BTreeSet<ParticipantId> = all.iter().step_by(150).map(|member| member.participant).collect();
    chosen.extend(all.iter().filter(|member| member.trajectories.len() > 1).take(4).map(|member| member.participant));
    // a rest period that still runs at the end: their row changes by itself
    let rests = |member: &&Member| {
        let facts = member.trajectories.iter().flat_map(|(_, facts)| facts);
        let last =
            facts.map(|recorded| &recorded.fact.header).filter(|h| h.kind.milestone()).max_by_key(|h| h.valid_from);
        last.is_some_and(|h| h.kind == Kind::DossierCompleted && h.valid_from > day("2022-06-17"))
    };
    chosen.extend(all.iter().filter(rests).take(4).map(|member| member.participant));
    for member in all.iter().filter(|member| !others(member).is_empty()).take(5) {
        chosen.insert(member.participant);
        chosen.extend(others(member));
    }
    // a household is whole or not there at all
    let whole = |member: &Member| others(member).iter().all(|other| chosen.contains(other));
    all.into_iter().filter(|member| chosen.contains(&member.participant) && whole(member)).collect()
}

#[test]
fn what_is_kept_command_by_command_equals_what_is_rebuilt() {
    let members = some();
    for world in worlds() {
        let mut replay = Replay::new(&world);
        replay.all(&members);
        assert!(replay.commands > 400 && !replay.linked.is_empty(), "{} commands", replay.commands);
        let shifts = |world: &World| {
            let sql = "SELECT COUNT(*) FROM trajectory WHERE shift_on <= '2022-08-20'";
            let count = |tx: &mut journal::Tx<'_>| tx.one(sql, journal::params![], |row| row.get::<i64>(0));
            world.test.store.read_blocking(count).unwrap().unwrap()
        };
        world.clock.move_to("2022-08-20T10:00:00Z");
        assert!(shifts(&world) > 0, "no row changes by itself: the clock moves nothing");
        replay.runtime.block_on(world.desk.roll()).unwrap();
        assert_eq!(shifts(&world), 0);
        let kept = dump(&world);
        assert!(kept["spell"].len() > 100 && kept["file, sealed"].len() > 20);
        assert!(kept["spell"].iter().any(|row| !row.ends_with("None")), "no spell was ever corrected");
        same_as_rebuilt(&world);
        assert_eq!(world.desk.verify(|_| {}).unwrap().findings, Vec::<String>::new());
    }
}

#[test]
fn a_correction_is_kept_as_it_would_be_rebuilt() {
    for world in worlds() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (id, _) = runtime.block_on(register(&world, "Zebedeus Kastdeur", "2022-06-01"));
        let who = someone(&world, Role::Coordinator, "groningen");
        runtime.block_on(world.desk.execute(&who, on(id, None, admission(&world, day("2022-06-03"))))).unwrap();
        let item = runtime.block_on(world.desk.timeline(&who, id)).unwrap().remove(0);
        let again = admission(&world, day("2022-06-02")).correcting(item.fact.header.id, "verkeerde datum");
        runtime.block_on(world.desk.execute(&who, on(id, None, again))).unwrap();
        same_as_rebuilt(&world);
    }
}
