//! Mistakes in the bodies in which partners decide together.

use super::*;
use crate::codes::{Board, OrgKind};

const CONFERENCE: &str = r#"
[[conference]]
board = "lso"
name = { nl = "Overleg", en = "Conference" }
sites = ["harbour"]
here = true
chair = "municipality"
members = ["municipality", "ngo"]
must = []
quorum = 2
minutes = 120
case_minutes = 20
papers_days = 7
owner = "municipality"
proposes = ["review"]
review_ahead_days = 14
twice = "refuse"

[conference.sources]
members = "test"
quorum = "test"
minutes = "test"
case_minutes = "test"

[lists]"#;

fn with() -> String {
    sound().replacen("\n[lists]", CONFERENCE, 1)
}

/// Breaks the conference and expects one finding, at the line of a word, that says two things.
#[track_caller]
fn finds(piece: &str, by: &str, at: &str, says: &str, remedy: &str) {
    assert_eq!(CONFERENCE.matches(piece).count(), 1, "`{piece}` stands once");
    let text = sound().replacen("\n[lists]", &CONFERENCE.replacen(piece, by, 1), 1);
    let line = text.lines().position(|line| line.contains(at)).expect("the word stands in the text") + 1;
    let findings = parse(&text).expect_err("a mistake is found");
    let [finding] = &findings[..] else { panic!("one finding, not {findings:#?}") };
    assert_eq!(finding.line, line, "{finding}");
    assert!(finding.message.contains(says) && finding.remedy.contains(remedy), "{finding}");
}

#[test]
fn a_sound_conference_is_read() {
    let programme = parse(&with()).unwrap();
    let site = "harbour".parse().unwrap();
    let lso = programme.conference(Board::Lso, &site).unwrap();
    assert_eq!((lso.capacity(), lso.quorum, lso.chair), (6, 2, OrgKind::Municipality));
    assert!(programme.conference(Board::Mrt, &site).is_none());
    assert_eq!(programme.conferences_of(&site).len(), 1);
}

#[test]
fn who_is_no_partner_is_no_member() {
    finds(
        "members = [\"municipality\", \"ngo\"]",
        "members = [\"municipality\", \"ngo\", \"ind\"]",
        "[[conference]]",
        "`ind` is a member of the conference lso, but harbour has no such partner",
        "take `ind` out of `members`",
    );
}

#[test]
fn a_quorum_that_can_never_be_met_is_found() {
    finds("quorum = 2", "quorum = 3", "[[conference]]", "quorum of the conference lso is 3, of 2", "at most 2");
}

#[test]
fn a_case_goes_further_on_and_to_a_body_that_there_is() {
    finds("owner =", "next = \"mrt\"\nowner =", "[[conference]]", "which harbour lacks", "add a `[[conference]]` mrt");
    let text = with().replacen("owner =", "next = \"lso\"\nowner =", 1);
    let findings = parse(&text).unwrap_err();
    assert!(findings[0].message.contains("not further on"), "{findings:?}");
}

#[test]
fn two_bodies_of_a_kind_at_one_site_are_found() {
    let both = CONFERENCE.replace("\n[lists]", CONFERENCE);
    let findings = parse(&sound().replacen("\n[lists]", &both, 1)).unwrap_err();
    assert!(findings[0].message.contains("two conferences lso"), "{findings:?}");
}

#[test]
fn the_chair_is_a_member() {
    finds("chair = \"municipality\"", "chair = \"dtv\"", "[[conference]]", "`dtv` stands under `chair`", "add `dtv`");
}

#[test]
fn what_is_not_published_says_so() {
    finds("quorum = \"test\"\n", "", "[[conference]]", "where `quorum` comes from", "[conference.assumptions]");
    finds("members = \"test\"", "members = \"test\"\ndays = \"test\"", "[[conference]]", "`days`", "leave it out");
}

#[test]
fn a_word_that_is_no_body_is_found() {
    finds("board = \"lso\"", "board = \"lsoo\"", "lsoo", "not a value of `board`", "did you mean `lso`");
}

#[test]
fn a_case_that_takes_longer_than_the_sitting_is_found() {
    finds("case_minutes = 20", "case_minutes = 130", "[[conference]]", "takes longer", "at most `minutes`");
}
