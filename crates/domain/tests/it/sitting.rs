//! A sitting from plan to fixed minutes; quorum, attendance, recusal; its log read in any other way is refused.

use std::{collections::BTreeSet, sync::LazyLock};

use domain::{
    codes::{Board, OrgKind},
    ids::{OrgId, SittingId, TrajectoryId, UserId},
    programme::{Conference, Programme},
    sitting::{Act, Counted, Line, Member, Person, Quorum, Rules, Seat, Sitting, Slot, Stage, planned, sat_over},
};
use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;
use uuid::Uuid;

use crate::world::{day, programme};

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}
fn case(number: u128) -> TrajectoryId {
    TrajectoryId(Uuid::from_u128(9_000 + number))
}

const ORGS: &[&str] = &["municipality-groningen", "inlia", "ind", "dtv", "avim"];

/// A table and its log.
#[derive(Clone)]
struct Table {
    programme: Programme,
    lines: Vec<Line>,
    today: Date,
    digest: String,
    fix_from: Option<Date>,
    gone: BTreeSet<UserId>,
}

impl Table {
    fn planned() -> Self {
        // read once: two hundred tables would read it two hundred times
        static READ: LazyLock<Programme> = LazyLock::new(|| programme("lvv-2018"));
        let programme = READ.clone();
        let act = Act::Planned {
            board: Board::Lso,
            site: "groningen".parse().unwrap(),
            on: day("2022-07-12"),
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: 180,
            place: "stadhuis".into(),
        };
        let line = Line { number: 1, at: Timestamp::UNIX_EPOCH, by: user(1), act };
        Self {
            programme,
            lines: vec![line],
            today: day("2022-07-12"),
            digest: "d1".into(),
            fix_from: None,
            gone: BTreeSet::new(),
        }
    }

    fn conference(&self) -> &Conference {
        self.programme.conference(Board::Lso, &"groningen".parse().unwrap()).unwrap()
    }

    fn state(&self) -> Sitting {
        Sitting::of(SittingId(Uuid::nil()), &self.lines).unwrap()
    }

    fn try_by(&mut self, by: UserId, act: Act) -> Result<Sitting, String> {
        let number = u32::try_from(self.lines.len() + 1).unwrap();
        let at = Timestamp::from_second(i64::from(number) * 60).unwrap();
        let line = Line { number, at, by, act };
        let gone = self.gone.clone();
        let rules = Rules { today: self.today, digest: &self.digest, fix_from: self.fix_from, gone: &gone };
        let next = self.state().take(&line, rules).map_err(|refusal| refusal.problem.key.to_owned())?;
        self.lines.push(line);
        assert_eq!(next, self.state(), "what is answered is what is read back");
        Ok(next)
    }

    fn does(&mut self, act: Act) -> Sitting {
        self.try_by(user(1), act).unwrap()
    }

    fn holds(&self, of: Option<TrajectoryId>) -> bool {
        self.quorum(of).holds()
    }

    fn quorum(&self, of: Option<TrajectoryId>) -> Quorum {
        self.counted(of, self.conference(), &BTreeSet::new(), &BTreeSet::new())
    }

    fn counted(
        &self,
        case: Option<TrajectoryId>,
        conference: &Conference,
        gone: &BTreeSet<OrgKind>,
        hands: &BTreeSet<UserId>,
    ) -> Quorum {
        let kind_of = |org: &OrgId| self.programme.org(org).map(|known| known.kind);
        self.state().quorum(Counted { conference, case, kind_of: &kind_of, gone, hands })
    }

    /// Opened with these organisations there, all in mandate; their accounts are 1, 2 and so on.
    fn open(orgs: &[&str]) -> Self {
        let mut table = Self::planned();
        let members = (1..).zip(ORGS).map(|(n, org)| Member { user: user(n), org: org.parse().unwrap() }).collect();
        table.does(Act::Invited { members });
        table.does(Act::Ordered { slots: [1, 2].map(|n| Slot { case: case(n), minutes: 20 }).to_vec() });
        table.does(Act::Opened {});
        table.does(Act::Attended { seats: seats(orgs) });
        table
    }
}

fn seats(orgs: &[&str]) -> Vec<Seat> {
    let number = |org: &str| ORGS.iter().position(|known| *known == org).unwrap() as u128 + 1;
    let seat = |org: &&str| Seat {
        org: org.parse().unwrap(),
        name: format!("Proef {org}"),
        user: Some(user(number(org))),
        mandate: true,
    };
    orgs.iter().map(seat).collect()
}

#[test]
fn from_plan_to_fixed_minutes() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    assert!(table.holds(None));
    table.does(Act::Began { case: case(1) });
    table.does(Act::Began { case: case(2) });
    let closed = table.does(Act::Closed {});
    assert_eq!((closed.stage, closed.taken(case(1), Timestamp::UNIX_EPOCH)), (Stage::Closed, 60));
    let digest = || "d1".to_owned();
    assert_eq!(table.try_by(user(5), Act::Confirmed { digest: digest() }), Err("minutes-not-there".into()));
    for who in 1..=3 {
        table.try_by(user(who), Act::Confirmed { digest: digest() }).unwrap();
    }
    let fix = Act::Fixed { digest: digest(), facts: vec![] };
    assert_eq!(table.try_by(user(1), fix.clone()), Err("minutes-unconfirmed".into()), "dtv has not");
    table.try_by(user(4), Act::Confirmed { digest: digest() }).unwrap();
    assert_eq!(table.does(fix.clone()).stage, Stage::Fixed);
    assert_eq!(table.try_by(user(1), fix), Err("sitting-stage".into()), "fixed is fixed");
    assert!(!table.state().stage.shows_cases());
}

#[test]
fn who_never_answers_blocks_the_minutes_until_the_term_and_is_named_in_them() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    table.does(Act::Closed {});
    for who in 1..=2 {
        table.try_by(user(who), Act::Confirmed { digest: "d1".into() }).unwrap();
    }
    let fix = Act::Fixed { digest: "d1".into(), facts: vec![] };
    table.fix_from = Some(day("2022-07-26"));
    table.today = day("2022-07-25");
    assert_eq!(table.try_by(user(1), fix.clone()), Err("minutes-unconfirmed".into()), "the day before");
    table.today = day("2022-07-26");
    let state = table.does(fix);
    let names: Vec<&str> = state.unanswered().iter().map(|seat| seat.name.as_str()).collect();
    assert_eq!((state.stage, names), (Stage::Fixed, vec!["Proef ind", "Proef dtv"]));
}

#[test]
fn who_has_no_account_any_more_does_not_block_the_minutes() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    table.does(Act::Closed {});
    for who in 1..=3 {
        table.try_by(user(who), Act::Confirmed { digest: "d1".into() }).unwrap();
    }
    let fix = Act::Fixed { digest: "d1".into(), facts: vec![] };
    assert_eq!(table.try_by(user(1), fix.clone()), Err("minutes-unconfirmed".into()));
    table.gone = [user(4)].into();
    assert_eq!(table.does(fix).unanswered().len(), 1, "and they are named");
}

#[test]
fn contested_minutes_are_a_draft_again() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    table.does(Act::Closed {});
    let digest = || "d1".to_owned();
    for who in 1..=3 {
        table.try_by(user(who), Act::Confirmed { digest: digest() }).unwrap();
    }
    let contest = |reason: &str| Act::Contested { digest: digest(), reason: reason.into() };
    assert_eq!(table.try_by(user(4), contest("")), Err("text-missing".into()));
    let state = table.try_by(user(4), contest("ik zegde iets anders toe")).unwrap();
    assert!(state.confirmed.is_empty() && state.contested.len() == 1, "all look again");
    // corrected: the digest is another, and the old one can no longer be confirmed
    table.digest = "d2".into();
    assert_eq!(table.try_by(user(4), Act::Confirmed { digest: digest() }), Err("minutes-changed".into()));
    for who in 1..=4 {
        table.try_by(user(who), Act::Confirmed { digest: "d2".into() }).unwrap();
    }
    assert_eq!(table.does(Act::Fixed { digest: "d2".into(), facts: vec![] }).stage, Stage::Fixed);
}

#[test]
fn the_quorum_is_lost_halfway() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    table.does(Act::Began { case: case(1) });
    assert!(table.holds(Some(case(1))));
    table.does(Act::Attended { seats: seats(&["municipality-groningen", "inlia", "ind"]) });
    assert!(!table.holds(Some(case(2))), "three of four");
    table.does(Act::Attended { seats: seats(&["municipality-groningen", "ind", "dtv", "avim"]) });
    let quorum = table.quorum(None);
    assert_eq!(quorum.missing, [OrgKind::Ngo], "four, but without who guides");
    assert_eq!(table.state().seats_of_all().len(), 5);
}

#[test]
fn without_mandate_or_recused_one_does_not_count() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    let mut present = seats(&["municipality-groningen", "inlia", "ind", "dtv"]);
    present[3].mandate = false;
    table.does(Act::Attended { seats: present });
    assert!(!table.holds(None));
    table.does(Act::Attended { seats: seats(&["municipality-groningen", "inlia", "ind", "dtv"]) });
    let recused = |out| Act::Recused { case: case(1), org: "inlia".parse().unwrap(), one: None, out };
    table.does(recused(true));
    assert!(!table.holds(Some(case(1))) && table.holds(Some(case(2))), "of that case alone");
    table.does(recused(false));
    assert!(table.holds(Some(case(1))));
}

#[test]
fn one_person_keeps_out_and_their_organisation_stays_when_another_of_it_is_there() {
    let mut table = review_team();
    let out =
        |org: &str, one: Person, out| Act::Recused { case: case(1), org: org.parse().unwrap(), one: Some(one), out };
    // of two of the IND one keeps out: the other counts
    table.does(out("ind", Person::Account(user(3)), true));
    assert!(table.holds(Some(case(1))), "the IND is still there");
    assert!(table.state().seats().iter().filter(|seat| table.state().keeps_out(case(1), seat)).count() == 1);
    // both: then the IND is not
    table.does(out("ind", Person::Account(user(33)), true));
    assert!(!table.holds(Some(case(1))) && table.holds(Some(case(2))), "of that case alone");
    assert!(!table.quorum(Some(case(1))).present.contains(&OrgKind::Ind));
    table.does(out("ind", Person::Account(user(3)), false));
    assert!(table.holds(Some(case(1))), "one comes back");
    // a guest has no account, and is known by name; who is not there cannot keep out
    let mut there = seats(&["municipality-groningen", "inlia", "ind"]);
    let guest = |name: &str| Seat { org: "dtv".parse().unwrap(), name: name.into(), user: None, mandate: true };
    there.extend([guest("Gast Een"), guest("Gast Twee")]);
    table.does(Act::Attended { seats: there });
    table.does(out("dtv", Person::Guest("Gast Een".into()), true));
    assert!(table.holds(Some(case(1))), "the other guest of the DT&V counts");
    let nobody = out("dtv", Person::Guest("Gast Drie".into()), true);
    assert_eq!(table.try_by(user(1), nobody), Err("recused-not-there".into()));
    // who kept out had no hand in the case
    table.does(Act::Began { case: case(1) });
    table.does(Act::Closed {});
    assert!(!sat_over(&table.state(), case(1)).contains(&user(33)));
}

/// An MRT: of the IND two people, accounts 3 and 33.
fn review_team() -> Table {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    let mut there = seats(&["municipality-groningen", "inlia", "ind", "dtv"]);
    there.push(Seat { name: "Proef ind twee".into(), user: Some(user(33)), ..there[2].clone() });
    table.does(Act::Attended { seats: there });
    table
}

#[test]
fn a_member_of_the_mrt_who_had_a_hand_in_the_case_does_not_count_in_it() {
    let table = review_team();
    let mrt = table.programme.conference(Board::Mrt, &"groningen".parse().unwrap()).unwrap();
    assert_eq!(mrt.fresh, [OrgKind::Ind, OrgKind::Dtv]);
    let nobody = BTreeSet::new();
    let quorum = |who: &[u128]| {
        let hands = who.iter().map(|number| user(*number)).collect();
        table.counted(Some(case(1)), mrt, &nobody, &hands)
    };
    assert!(quorum(&[]).holds());
    let old = quorum(&[4]);
    assert_eq!((old.holds(), old.missing, old.not_fresh), (false, vec![OrgKind::Dtv], vec!["Proef dtv".to_owned()]));
    // the municipality brings the case in, and the guide speaks for the participant: they know it
    assert!(quorum(&[1, 2]).holds());
    // of two, the one with fresh eyes counts, and one is not enough
    let half = quorum(&[33]);
    assert_eq!((half.missing, half.present.len()), (vec![OrgKind::Ind], 4));
}

#[test]
fn at_an_mrt_the_ind_sits_with_two() {
    let mut table = review_team();
    let mrt = table.programme.conference(Board::Mrt, &"groningen".parse().unwrap()).unwrap().clone();
    let none = || (BTreeSet::new(), BTreeSet::new());
    let missing = |table: &Table| {
        let (gone, hands) = none();
        table.counted(None, &mrt, &gone, &hands).missing
    };
    assert!(missing(&table).is_empty());
    table.does(Act::Attended { seats: seats(&["municipality-groningen", "inlia", "ind", "dtv"]) });
    assert_eq!(missing(&table), [OrgKind::Ind]);
    assert!(table.holds(None), "at an LSO one is enough");
}

#[test]
fn nothing_waits_for_a_kind_of_partner_that_has_gone() {
    let table = Table::open(&["municipality-groningen", "inlia"]);
    let gone: BTreeSet<OrgKind> = [OrgKind::Ind, OrgKind::Dtv, OrgKind::Police].into();
    let lso = table.counted(None, table.conference(), &gone, &BTreeSet::new());
    assert_eq!((lso.holds(), lso.needed), (true, 2), "of five kinds two are left, and both are there");
    let mrt = table.programme.conference(Board::Mrt, &"groningen".parse().unwrap()).unwrap();
    assert!(table.counted(None, mrt, &gone, &BTreeSet::new()).missing.is_empty());
    let one: BTreeSet<OrgKind> = [OrgKind::Ind].into();
    let lso = table.counted(None, table.conference(), &one, &BTreeSet::new());
    assert_eq!((lso.holds(), lso.needed), (false, 4), "who is still a partner is waited for");
}

#[test]
fn who_sat_at_the_table_while_a_case_lay_there_had_a_hand_in_it() {
    let mut table = Table::open(&["municipality-groningen", "inlia", "ind", "dtv"]);
    table.does(Act::Began { case: case(1) });
    table.does(Act::Attended { seats: seats(&["municipality-groningen", "inlia", "dtv", "avim"]) });
    table.does(Act::Recused { case: case(2), org: "inlia".parse().unwrap(), one: None, out: true });
    table.does(Act::Began { case: case(2) });
    table.does(Act::Closed {});
    let state = table.state();
    let over = |of| sat_over(&state, case(of)).into_iter().collect::<Vec<_>>();
    assert_eq!(over(1), [1, 2, 3, 4, 5].map(user), "the police came in while it lay there");
    assert_eq!(over(2), [1, 4, 5].map(user), "the IND had gone, and the guide kept out");
    assert!(over(3).is_empty());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut table = Table::planned();
    table.today = day("2022-07-11");
    let refused = |table: &mut Table, act: Act| table.try_by(user(1), act).unwrap_err();
    assert_eq!(refused(&mut table, Act::Opened {}), "sitting-not-yet");
    assert_eq!(refused(&mut table, Act::Closed {}), "sitting-stage");
    assert_eq!(refused(&mut table, Act::Invited { members: vec![] }), "choice-missing");
    let slot = Slot { case: case(1), minutes: 20 };
    assert_eq!(refused(&mut table, Act::Ordered { slots: vec![slot, slot] }), "tabled-here-already");
    assert_eq!(refused(&mut table, Act::Ordered { slots: vec![Slot { minutes: 0, ..slot }] }), "case-minutes");
    let many = (0..61).map(|n| Slot { case: case(n), minutes: 5 }).collect();
    assert_eq!(refused(&mut table, Act::Ordered { slots: many }), "agenda-too-long");
    table.today = day("2022-07-12");
    table.does(Act::Opened {});
    assert_eq!(refused(&mut table, Act::Began { case: case(1) }), "not-on-agenda");
    let twice = [seats(&["ind"]), seats(&["ind"])].concat();
    assert_eq!(refused(&mut table, Act::Attended { seats: twice }), "seat-twice");
    assert_eq!(refused(&mut table, Act::Cancelled { reason: "geen zaal".into() }), "sitting-stage");
    let key =
        |on: &str, minutes, place: &str| planned(day(on), minutes, place, day("2022-07-01")).unwrap_err().problem.key;
    assert_eq!(key("2022-06-30", 60, "zaal"), "sitting-in-past");
    assert_eq!(key("2022-07-30", 5, "zaal"), "sitting-minutes");
    assert_eq!(key("2022-07-30", 60, " "), "text-missing");
    assert_eq!(key("2300-07-30", 60, "zaal"), "date-year");
}

/// Any act, sensible or not.
fn act() -> impl Strategy<Value = Act> {
    let slots = proptest::collection::vec((0_u128..4, 0_u16..50), 0..4).prop_map(|all| Act::Ordered {
        slots: all.into_iter().map(|(n, minutes)| Slot { case: case(n), minutes }).collect(),
    });
    let attended = proptest::collection::vec(0_usize..5, 0..5)
        .prop_map(|all| Act::Attended { seats: seats(&all.into_iter().map(|n| ORGS[n]).collect::<Vec<_>>()) });
    let digest = || prop_oneof![Just("d1".to_owned()), Just("d2".to_owned())];
    prop_oneof![
        slots,
        attended,
        Just(Act::Opened {}),
        Just(Act::Closed {}),
        (0_u128..4).prop_map(|n| Act::Began { case: case(n) }),
        (0_u128..4, 0_usize..5, any::<bool>()).prop_map(|(n, org, out)| Act::Recused {
            case: case(n),
            org: ORGS[org].parse().unwrap(),
            one: (n % 2 == 0).then(|| Person::Account(user(org as u128 + 1))),
            out
        }),
        digest().prop_map(|digest| Act::Confirmed { digest }),
        digest().prop_map(|digest| Act::Contested { digest, reason: "anders".into() }),
        digest().prop_map(|digest| Act::Fixed { digest, facts: vec![] }),
        Just(Act::Cancelled { reason: "geen zaal".into() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is tried, by whom, in whatever order: what was accepted replays, and fixed minutes are what all who were
    /// there confirmed.
    #[test]
    fn a_log_that_was_accepted_reads_back(acts in proptest::collection::vec((1_u128..6, act()), 0..40)) {
        let mut table = Table::planned();
        for (by, act) in acts {
            let before = table.state();
            if table.try_by(user(by), act).is_err() {
                prop_assert_eq!(before, table.state(), "what is refused changes nothing");
            }
        }
        let state = table.state();
        if let Some((digest, ..)) = &state.fixed {
            prop_assert!(state.unconfirmed(digest).is_empty());
        }
        // a log with a line left out, or two swapped, is not read as if nothing happened
        if table.lines.len() > 2 {
            let mut short = table.lines.clone();
            short.remove(1);
            prop_assert!(Sitting::of(state.id, &short).is_err());
        }
    }
}
