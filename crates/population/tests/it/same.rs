//! The same seed gives the same network, another seed another; other sizes and programmes work too.

use std::collections::BTreeSet;

use domain::trajectory::replay;
use population::{Size, draw, staff};

use super::programme;

#[test]
fn the_same_seed_gives_the_same_network() {
    let programme = programme("lvv-2018");
    let [one, two] = [(); 2].map(|()| draw(&programme, 11, Size::Small(40)));
    assert_eq!(one, two);
    assert_ne!(one, draw(&programme, 12, Size::Small(40)));
}

#[test]
fn ids_and_v_numbers_are_used_once() {
    let programme = programme("lvv-2018");
    let (mut ids, mut numbers, mut facts, mut numbered) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for member in draw(&programme, 11, Size::Small(400)) {
        for recorded in member.person.iter().chain(member.trajectories.iter().flat_map(|(_, facts)| facts)) {
            facts += 1;
            ids.insert(recorded.fact.header.id);
        }
        let person = domain::participant::replay(member.participant, &member.person).unwrap();
        if let Some(number) = person.identity.and_then(|identity| identity.v_number) {
            assert!(number.digits().starts_with("000"));
            numbered += 1;
            numbers.insert(number);
        }
    }
    assert_eq!((ids.len(), numbers.len()), (facts, numbered));
}

#[test]
fn the_network_can_be_a_multiple_of_the_published_one() {
    let programme = programme("lvv-2018");
    let people = |size| draw(&programme, 3, size).len();
    let (one, three) = (people(Size::Published), people(Size::Scaled(3)));
    assert!(three.abs_diff(one * 3) < 10, "{one} {three}");
}

#[test]
fn a_network_of_one_city_works_too() {
    let programme = programme("one-city");
    let members = draw(&programme, 1, Size::Small(60));
    assert!((60..75).contains(&members.len()));
    for (_, facts) in members.iter().flat_map(|member| &member.trajectories) {
        replay(facts, programme.method(&facts[0].fact.header.method).unwrap()).unwrap();
    }
}

#[test]
fn everybody_has_an_account_of_their_own_that_stays_the_same() {
    let programme = programme("lvv-2018");
    let people = staff(&programme);
    assert_eq!(people, staff(&programme));
    assert_eq!(people.iter().map(|person| person.user).collect::<BTreeSet<_>>().len(), people.len());
    let logins: BTreeSet<&str> = people.iter().map(|person| person.login.as_str()).collect();
    for site in ["amsterdam", "groningen", "utrecht", "rotterdam", "eindhoven"] {
        for task in ["coordinator", "begeleider", "opvang", "ind", "dtv", "politie"] {
            assert!(logins.contains(format!("{task}.{site}").as_str()), "{task}.{site}");
        }
    }
    assert!(["onderzoeker", "programma", "beheer"].iter().all(|login| logins.contains(login)));
}
