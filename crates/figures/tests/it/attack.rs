//! Someone who has every release of the demonstration, and the curves of its evaluation, and a linear program.
//!
//! The attack is made from what was published alone: which numbers are told, and who is in them. It shares the solver with the
//! ledger, but not what the ledger keeps.

use std::collections::{BTreeMap, BTreeSet};

use domain::programme::{Base, Classification, Column, Of, Programme};
use figures::{
    count,
    disclosure::attack::{Attack, Statement},
    evaluation::{
        HORIZONS, MONTH,
        cohort::{ENTERED, Person, arrays, read},
        guard::check,
        plan::{By, Estimator, Plan, TimeZero},
        safe::{Results, evaluate},
    },
    figure::{self, Value},
    guarded::{Guarded, Told},
    history::Snapshot,
    question::{self, Asked, Days, Question},
    release,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use journal::params;
use uuid::Uuid;

use crate::world::{World, published};

/// How closely a small group may be known.
const TEN: f64 = 10.0;
/// The same for a group that no number is about and that may as well be nobody: it lies between the steps of curves.
const NINE: f64 = 9.0;
/// What is left beside each other of pages and releases, which know nothing of each other: whether anyone is there stays open.
const SIX: f64 = 6.0;

/// Every number that anyone published, and who is in it.
#[derive(Default)]
struct Published {
    /// What is told of each number; none: it is hidden.
    told: Vec<Option<u64>>,
    /// The numbers that each person, phase or review is in.
    who: BTreeMap<String, BTreeSet<usize>>,
}

impl Published {
    fn number(&mut self, told: Option<u64>, who: impl IntoIterator<Item = String>) {
        let number = self.told.len();
        self.told.push(told);
        for one in who {
            self.who.entry(one).or_default().insert(number);
        }
    }

    /// The groups of one to nine that can be known more closely than to within ten: every number, and who stands in the same
    /// numbers. And how many were tried. What may as well be nobody may be known to within `numbers`; a group that no number is about, to
    /// within `between`: such groups lie between the steps of two curves.
    #[expect(clippy::cast_precision_loss, reason = "counts of people")]
    fn given_away(&self, numbers: f64, between: f64) -> (Vec<String>, usize) {
        let mut groups: BTreeMap<&BTreeSet<usize>, u64> = BTreeMap::new();
        for numbers in self.who.values() {
            *groups.entry(numbers).or_default() += 1;
        }
        let truth: Vec<f64> = groups.values().map(|people| *people as f64).collect();
        let places = |number: usize| -> Vec<usize> {
            groups.keys().enumerate().filter(|(_, numbers)| numbers.contains(&number)).map(|(place, _)| place).collect()
        };
        let people = |places: &[usize]| places.iter().map(|place| truth[*place]).sum::<f64>();
        let mut statements = Vec::new();
        for (number, told) in self.told.iter().enumerate() {
            let groups = places(number);
            if let Some(told) = told {
                let told = *told as f64;
                assert!(
                    (people(&groups) - told).abs() < 0.5,
                    "number {number} is {told}, but {} are in it",
                    people(&groups)
                );
                statements.push(Statement { groups, from: told, to: told });
            }
        }
        let attack = Attack::new(&truth, statements).unwrap();
        let single = (0..truth.len()).map(|place| (vec![place], between));
        let targets: Vec<(Vec<usize>, f64)> =
            single.chain((0..self.told.len()).map(|number| (places(number), numbers))).collect();
        let (mut found, mut tried) = (Vec::new(), 0);
        for (target, width) in targets {
            let people = people(&target);
            if (0.5..9.5).contains(&people) {
                tried += 1;
                let known = attack.interval(&target).unwrap();
                let nobody = known.from < 1e-6 && known.width() > width - 1e-6;
                if known.width() < TEN - 1e-6 && !nobody {
                    found.push(format!("{people} people: between {} and {}", known.from, known.to));
                }
            }
        }
        (found, tried)
    }
}

/// Adds what a release shows of a figure.
fn add(all: &mut Published, snapshot: &Snapshot, question: &Question<'_>, shown: &Guarded) {
    let counted = count::count(snapshot, question);
    let unit = |member: &count::Member| {
        let trip = &snapshot.trips[member.trip];
        match question.definition.of {
            Of::Participation | Of::ReEntry => snapshot.people[trip.person].id.to_string(),
            of => format!("{of} {} {}", trip.id, member.on),
        }
    };
    let mut tell = |told: Told, members: Vec<&count::Member>| {
        let number = match told {
            Told::Value(value) => Some(value.count()),
            Told::Whole(whole) => Some(whole),
            Told::Hidden(_) => None,
        };
        all.number(number, members.iter().map(|member| unit(member)));
        if let Some(part) = &question.definition.share {
            let inside =
                |member: &&&count::Member| count::within(part, &count::value(snapshot, question, member, part.column));
            let told = if let Told::Value(Value::Share { part, .. }) = told { Some(part) } else { None };
            all.number(told, members.iter().filter(inside).map(|member| unit(member)));
        }
    };
    tell(shown.total, counted.members.iter().collect());
    let cells = figure::members(snapshot, question, &counted);
    for (key, told) in &shown.cells {
        tell(*told, cells.get(key).cloned().unwrap_or_default());
    }
}

/// Releases of two quarters, one after the other, each table as the monitor has it, and some crossed. What the product refuses is
/// not released.
fn releases(world: &World, all: &mut Published) -> (usize, usize) {
    let mut earlier: Vec<release::Asked> = Vec::new();
    let mut refused = 0;
    for (from, to) in [(date(2022, 1, 1), date(2022, 4, 1)), (date(2022, 4, 1), date(2022, 7, 1))] {
        let at = if to == date(2022, 7, 1) { world.now() } else { question::known_at(Some(to), world.now()).unwrap() };
        let (history, checkpoint) = world.history(at);
        let snapshot = history.known(at, checkpoint, &world.programme);
        let asked: [(&str, &[Column]); 6] = [
            ("inflow", &[Column::Site]),
            ("stock", &[Column::Site]),
            ("outflow", &[Column::Class]),
            ("outflow", &[Column::Site, Column::Class]),
            ("durable-share", &[Column::Site]),
            ("stock", &[Column::Scenario]),
        ];
        for (id, by) in asked {
            let definition = question::definition(&world.programme, id).unwrap();
            let days = match definition.base {
                Base::Stock => Days { on: Some(to), ..Days::default() },
                _ => Days { on: None, from: Some(from), to: Some(to) },
            };
            let asked = Asked { days, by: by.to_vec(), ..Asked::default() };
            let question = Question::new(&world.programme, definition, asked, at).unwrap();
            let name = format!("{id} {by:?} {from}");
            let questions = [question];
            match release::draft(&history, &snapshot, &world.programme, &name, &questions, &earlier) {
                Ok(drafted) => {
                    add(all, &snapshot, &questions[0], &drafted.figures[0]);
                    earlier.push(drafted.asked);
                }
                Err(release::Trouble::Refused(_)) => refused += 1,
                Err(other) => panic!("{name}: {other}"),
            }
        }
    }
    (earlier.len(), refused)
}

#[test]
fn all_releases_and_curves_of_the_demonstration_give_nobody_away() {
    let world = published();
    curves(&world.test.store.read_blocking(read).unwrap(), &world.programme);
    releases_together(world);
}

fn releases_together(world: &World) {
    let mut all = Published::default();
    let (released, refused) = releases(world, &mut all);
    assert!(released >= 6, "{released} released, {refused} refused");
    let told = all.told.iter().flatten().count();
    let hidden = all.told.len() - told;
    assert!(told > 20 && hidden > 10, "{told} told, {hidden} hidden");
    let (found, tried) = all.given_away(TEN, TEN);
    println!("{released} releases, {refused} refused, {told} told, {hidden} hidden, {tried} small groups");
    assert!(tried > 10 && found.is_empty(), "{tried} tried: {found:#?}");
    // the attack works: a hidden number that is told after all gives others away
    let small = all.told.iter().position(Option::is_none).unwrap();
    let people = all.who.values().filter(|numbers| numbers.contains(&small)).count() as u64;
    all.told[small] = Some(people);
    assert!(!all.given_away(TEN, TEN).0.is_empty(), "number {small} is told, and nothing is found");
}

fn plan(by: By, zero: TimeZero, classification: &str) -> Plan {
    Plan {
        by,
        zero,
        classification: classification.parse().unwrap(),
        estimator: Estimator::AalenJohansen,
        starting: None,
        seen_from: None,
        until: date(2022, 7, 1),
    }
}

/// Adds what the evaluation shows: counts, and of every curve, as if each step told it, how many lie in it.
fn add_evaluation(
    all: &mut Published,
    people: &[Person],
    names: &[String],
    plan: &Plan,
    classification: &Classification,
    results: &Results,
) {
    let checked = check(plan.clone()).unwrap();
    // one at a time, so that each row is known to be of someone
    let rows: Vec<(usize, f64, u8, String)> = people
        .iter()
        .enumerate()
        .filter_map(|(number, person)| {
            let rows = arrays(std::slice::from_ref(person), &checked, classification);
            Some((number, *rows.time.first()?, rows.event[0], rows.group[0].clone()))
        })
        .collect();
    for group in &results.groups {
        let own: Vec<_> = rows.iter().filter(|row| group.name.is_empty() || row.3 == group.name).collect();
        let name = |row: &&(usize, f64, u8, String)| names[row.0].clone();
        all.number(group.people.told(), own.iter().map(&name));
        all.number(group.leavers.told(), own.iter().filter(|row| row.2 > 0).map(&name));
        for (class, cause) in group.classes.iter().zip(1_u8..) {
            let had: Vec<_> = own.iter().filter(|row| row.2 == cause).copied().collect();
            all.number(class.left.told(), had.iter().map(&name));
            for (within, horizon) in class.within.iter().zip(HORIZONS) {
                let inside: Vec<String> = had.iter().filter(|row| row.1 <= horizon).map(&name).collect();
                all.number(within.told().map(|_| inside.len() as u64), inside);
            }
            let Some(curve) = &class.curve else { continue };
            for step in curve.time.windows(2) {
                let (from, to) = (step[0] * MONTH + 1e-6, step[1] * MONTH + 1e-6);
                let inside: Vec<String> = had.iter().filter(|row| row.1 > from && row.1 <= to).map(&name).collect();
                all.number(Some(inside.len() as u64), inside);
            }
        }
    }
}

fn curves(people: &[Person], programme: &Programme) {
    for (by, zero) in [(By::Nothing, TimeZero::Entry), (By::Site, TimeZero::Entry), (By::Scenario, TimeZero::Scenario)]
    {
        let mut all = Published::default();
        let plan = plan(by, zero, "letter-2018");
        let classification = programme.classification(&plan.classification).unwrap();
        let results = evaluate(people, &check(plan.clone()).unwrap(), classification).unwrap();
        let names: Vec<String> = (0..people.len()).map(|number| format!("person {number}")).collect();
        add_evaluation(&mut all, people, &names, &plan, classification, &results);
        let (found, tried) = all.given_away(TEN, NINE);
        println!("{by:?}: {} numbers, {tried} small groups, {} found", all.told.len(), found.len());
        assert!(found.is_empty(), "{by:?}: {found:#?}");
    }
}

/// Networks of other sizes, invented without a store: the steps of one group lie otherwise between those of all in each.
#[test]
fn the_curves_of_other_networks_give_nobody_away() {
    const SITES: [&str; 5] = ["amsterdam", "eindhoven", "groningen", "rotterdam", "utrecht"];
    const REASONS: [&str; 5] =
        ["permit", "return-to-country-of-origin", "onward-migration", "forced-return", "unknown-destination"];
    let programme = crate::world::programme();
    for (seed, n) in [(1, 120), (2, 400), (3, 1_200)] {
        let mut state = 0x2545_F491_4F6C_DD1D_u64.wrapping_mul(seed);
        let mut below = |most: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::try_from(state % most).unwrap()
        };
        let mut person = || {
            let site = SITES[[0, 0, 0, 1, 2, 2, 3, 4, 4, 4][usize::try_from(below(10)).unwrap()]];
            let entered = date(2017, 4, 1).saturating_add(below(1_100).days());
            let (stay, reason) = (below(1_600), REASONS[usize::try_from(below(5)).unwrap()]);
            let left = (below(10) < 6).then(|| (entered.saturating_add(stay.days()), reason.to_owned()));
            let scenario = Some((format!("scenario-{}", below(6)), entered.saturating_add(below(90).days())));
            Person { site: site.into(), method: format!("{site}-2019"), entered, scenario, left }
        };
        let people: Vec<Person> = (0..n).map(|_| person()).collect();
        curves(&people, &programme);
    }
}

/// Who stands in each row of the cohort.
fn names(world: &World) -> Vec<String> {
    let statuses: Vec<String> = ENTERED.iter().map(|status| format!("'{status}'")).collect();
    let statuses = statuses.join(", ");
    let query = format!(
        "SELECT participant, valid_from, site FROM spell WHERE line = 'status' AND known_to IS NULL AND code IN ({statuses})
         ORDER BY participant, valid_from, trajectory"
    );
    let mut rows: Vec<(Uuid, Date, String)> = world
        .test
        .store
        .read_blocking(move |tx| tx.query(&query, params![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
        .unwrap();
    rows.dedup_by_key(|row| row.0);
    rows.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.2.cmp(&b.2)));
    rows.into_iter().map(|(id, ..)| id.to_string()).collect()
}

/// The counts of the pages of one day under one classification, beside all releases. The ledger does not know the pages, so a group can be
/// known to be six at most, where ten could be asked; but it stays open whether anyone is in it (`docs/disclosure.md`).
#[test]
fn beside_the_releases_the_counts_of_the_pages_show_nobody_to_be_there() {
    let world = published();
    let people = world.test.store.read_blocking(read).unwrap();
    let names = names(world);
    let mut all = Published::default();
    releases(world, &mut all);
    let (of_releases, participants) = (all.told.len(), all.who.len());
    for by in [By::Nothing, By::Site, By::Method] {
        let plan = plan(by, TimeZero::Entry, "letter-2018");
        let classification = world.programme.classification(&plan.classification).unwrap();
        let mut results = evaluate(&people, &check(plan.clone()).unwrap(), classification).unwrap();
        results.groups.iter_mut().flat_map(|group| &mut group.classes).for_each(|class| class.curve = None);
        add_evaluation(&mut all, &people, &names, &plan, classification, &results);
    }
    // the same people in both: the cohort holds everyone whom a release counted
    assert!(participants > 1_000 && all.who.len() == people.len(), "{participants}, {}", all.who.len());
    let (found, tried) = all.given_away(SIX, SIX);
    println!("{of_releases} and {} numbers, {tried} small groups", all.told.len() - of_releases);
    assert!(tried > 80 && found.is_empty(), "{tried} tried: {found:#?}");
}
