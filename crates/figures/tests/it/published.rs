//! The invented network in running read tables gives every published figure that can be compared.

use domain::programme::{Count, Counted};
use figures::published::{Line, Told, Verdict, compare};
use population::Size;

use crate::world::{World, filled};

fn lines(world: &World) -> Vec<Line> {
    let (history, checkpoint) = world.history(world.now());
    compare(&history.known(world.now(), checkpoint, &world.programme), &world.programme, &world.programme.published)
}

#[test]
fn both_databases_count_the_same() {
    let mut first: Option<Vec<Line>> = None;
    for test in journal::testing::stores(&desk::migrations()) {
        let database = test.database;
        let lines = lines(&filled(test, 2018, Size::Small(40)));
        assert!(lines.iter().filter(|line| line.ours.is_some_and(|ours| ours > 0)).count() > 5, "{database}");
        assert_eq!(*first.get_or_insert_with(|| lines.clone()), lines, "{database}");
    }
}

#[test]
fn ours_is_told_exactly_only_where_it_was_published_already() {
    let test = journal::testing::stores(&desk::migrations()).remove(0);
    let lines = lines(&filled(test, 2018, Size::Small(40)));
    let (mut few, mut about) = (0, 0);
    for line in &lines {
        match line.told() {
            Told::Published(ours) => {
                assert_eq!((line.theirs.clone(), line.verdict), (ours.to_string(), Verdict::Equal));
            }
            Told::Few => few += u32::from(line.ours.is_some_and(|ours| (1..10).contains(&ours))),
            Told::About(near) => {
                let ours = line.ours.unwrap();
                assert!(near % 5 == 0 && near.abs_diff(ours) <= 2, "{line:?}");
                assert!(ours == 0 || ours >= 10 || line.base == Count::Share, "{line:?}");
                about += 1;
            }
            Told::Nothing => assert_eq!(line.ours, None),
        }
    }
    assert!(few > 0 && about > 3, "{few} {about}");
}

#[test]
fn every_statement_is_understood_by_both_databases() {
    for test in journal::testing::stores(&desk::migrations()) {
        for sql in figures::history::statements() {
            test.store.read_blocking(move |tx| tx.prepare(&sql)).unwrap();
        }
    }
}

/// And the others say why not.
pub(crate) fn every_published_figure_with_exact_dates_is_reproduced(world: &World) {
    let lines = lines(world);
    let differs: Vec<&Line> = lines.iter().filter(|line| line.verdict == Verdict::Differs).collect();
    assert!(differs.is_empty(), "{differs:#?}");
    let theirs = |figure: &str, part: Option<&str>| {
        let line = lines.iter().find(|line| line.figure == figure && line.part.as_deref() == part);
        line.map(|line| (line.theirs.clone(), line.ours)).unwrap()
    };
    assert_eq!(theirs("national-inflow-2022", None), ("2065".to_owned(), Some(2065)));
    assert_eq!(theirs("national-outflow-2022", None), ("1258".to_owned(), Some(1258)));
    assert_eq!(theirs("amsterdam-outflow-reason-2020-03", Some("total")), ("142".to_owned(), Some(142)));
    assert_eq!(theirs("groningen-first-period", Some("inflow")), ("330".to_owned(), Some(330)));
    assert_eq!(theirs("groningen-first-period", Some("outflow")), ("133".to_owned(), Some(133)));
    assert_eq!(theirs("eindhoven-first-evaluation", Some("participants")), ("50".to_owned(), Some(50)));
    for (class, percent) in [("durable", 18), ("semi-durable", 41), ("none", 41)] {
        assert_eq!(theirs("national-outflow-class-2022", Some(class)).1, Some(percent), "{class}");
    }
    assert_eq!(lines.iter().filter(|line| line.verdict == Verdict::Equal).count(), 26);
    // bases are never added up: the sum of the mixed table has no number of ours
    let mixed = lines.iter().find(|line| line.base == Count::Mixed).unwrap();
    assert_eq!((mixed.ours, mixed.verdict), (None, Verdict::Incomparable("mixed-bases")));
    // every other says why it cannot be compared, each of the reasons is met, and a page has words for it
    let apart = lines.iter().filter_map(|line| match line.verdict {
        Verdict::Incomparable(why) => Some(why),
        _ => None,
    });
    let reasons: std::collections::BTreeSet<&str> = apart.collect();
    assert_eq!(reasons, ["approximate", "budget", "capacity", "mixed-bases", "target"].into());
    assert!(lines.iter().all(|line| line.verdict != Verdict::Differs));
    // whom a line counts stands on the line: two count the admitted only, all other people the three statuses
    let who = |counted| lines.iter().filter(|line| line.population.counted == Some(counted)).count();
    assert_eq!(who(Counted::AdmittedOnly), 2);
    for line in lines.iter().filter(|line| line.verdict == Verdict::Equal) {
        assert!(line.population.counted.is_some() || line.population.scenario.is_some(), "{line:?}");
    }
    let together = lines.iter().find(|line| line.part.as_deref() == Some("return-or-legal-settlement")).unwrap();
    assert_eq!(together.population.reasons.len(), 3);
    let state = lines.iter().find(|line| line.base == Count::State).unwrap();
    assert_eq!(state.population.scenario.as_ref().map(domain::ids::Code::as_str), Some("art64-medical"));
}
