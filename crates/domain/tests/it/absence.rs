//! A partner stops: nothing waits for it, in what is new and in what began before.

use domain::{
    absence::Absence,
    codes::Phase,
    conference::Commitment,
    fact::{Body, Codes},
    ids::OrgId,
    plan::ActionAdded,
    programme::{Programme, RestStart},
    term::{Rule, Term, terms},
    trajectory::Draft,
};

use crate::world::{World, asked, complete, day, delivered};

fn ind() -> OrgId {
    "ind".parse().unwrap()
}

/// Up to the intake of 10 January, at a site that the IND leaves on a day.
fn leaving(on: &str) -> World {
    let mut world = World::with_intake();
    world.method.absent = vec![Absence { org: ind(), from: day(on), to: None }];
    world
}

fn waits(world: &World, on: &str) -> Vec<(Rule, Option<OrgId>)> {
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    let all: Vec<Term> = terms(&world.state(), &world.method, &lead);
    all.into_iter().filter(|term| term.counts_on(day(on))).map(|term| (term.rule, term.waiting_on)).collect()
}

#[test]
fn with_what_there_is_the_rest_period_begins_when_the_last_partner_has_gone() {
    let mut world = leaving("2022-05-02");
    world.does(asked("ind", "2022-01-11"));
    world.does(asked("dtv", "2022-01-11"));
    world.does(delivered("dtv", "2022-02-01"));
    let state = world.does(complete("dtv", "2022-02-02"));
    assert_eq!(state.phase_on(day("2022-05-01")), Phase::Dossier, "until then it is waited for");
    assert!(waits(&world, "2022-05-01").contains(&(Rule::DossierDelivery, Some(ind()))));
    assert_eq!(state.phase_on(day("2022-05-02")), Phase::RestPeriod);
    assert!(waits(&world, "2022-05-02").iter().all(|(_, org)| *org != Some(ind())));
    assert_eq!(state.rest.as_ref().unwrap().end, day("2022-05-16"));
    assert_eq!(world.attempt(world.decided("2022-05-16")).unwrap_err().problem.key, "rest-period-runs");
    assert_eq!(world.does(without_ind(&world, "2022-05-17")).phase_on(world.today), Phase::Guidance);
}

#[test]
fn what_the_rest_waits_for_is_what_the_method_names_also_when_a_partner_goes() {
    for starts in [RestStart::AllDelivered, RestStart::AllRequested] {
        let mut world = leaving("2022-05-02");
        world.method.rest_starts = starts;
        world.does(asked("dtv", "2022-01-11"));
        let state = world.does(delivered("dtv", "2022-02-01"));
        // nobody checked the part of the DT&V, and the IND was never asked: neither is waited for
        assert_eq!(state.phase_on(day("2022-05-01")), Phase::Dossier, "{starts}");
        assert_eq!(state.phase_on(day("2022-05-02")), Phase::RestPeriod, "{starts}");
        let rest = state.rest.unwrap();
        assert_eq!((rest.end, rest.triggers.len()), (day("2022-05-16"), 1), "{starts}");
        // what comes in time after all starts it at once
        world.does(asked("ind", "2022-02-02"));
        let state = world.does(delivered("ind", "2022-02-10"));
        let began = if starts == RestStart::AllDelivered { "2022-02-10" } else { "2022-02-02" };
        assert_eq!((state.dropped, state.rest.unwrap().start), (None, day(began)), "{starts}");
    }
}

#[test]
fn what_comes_before_the_partner_goes_counts() {
    let mut world = leaving("2022-05-02");
    for partner in ["ind", "dtv"] {
        world.does(asked(partner, "2022-01-11"));
        world.does(delivered(partner, "2022-02-01"));
    }
    world.does(complete("dtv", "2022-02-02"));
    let state = world.does(complete("ind", "2022-02-10"));
    assert_eq!((state.dropped, state.rest.unwrap().end), (None, day("2022-02-24")));
}

#[test]
fn who_starts_after_the_partner_has_gone_asks_only_the_other() {
    let mut world = leaving("2022-01-01");
    assert!(waits(&world, "2022-01-11").iter().filter(|(rule, _)| *rule == Rule::DossierRequest).count() == 1);
    world.does(asked("dtv", "2022-01-11"));
    world.does(delivered("dtv", "2022-02-01"));
    let state = world.does(complete("dtv", "2022-02-02"));
    assert_eq!(state.rest.unwrap().start, day("2022-02-02"));
    // and what the IND still sends is taken in
    let mut world = leaving("2022-01-01");
    world.does(asked("ind", "2022-01-11"));
    assert_eq!(world.does(delivered("ind", "2022-01-20")).deliveries.len(), 1);
}

#[test]
fn without_anyone_to_deliver_the_decision_is_next() {
    let mut world = leaving("2022-03-01");
    world.method.absent.push(Absence { org: "dtv".parse().unwrap(), from: day("2022-04-01"), to: None });
    world.does(asked("ind", "2022-01-11"));
    let state = world.does(asked("dtv", "2022-01-11"));
    assert_eq!(state.phase_on(day("2022-03-31")), Phase::Dossier);
    assert_eq!(state.phase_on(day("2022-04-01")), Phase::Decision);
    assert!(world.attempt(without_ind(&world, "2022-03-31")).is_err());
    world.does(without_ind(&world, "2022-04-01"));
}

/// A decision in which everybody but the IND says what they do.
fn without_ind(world: &World, on: &str) -> Draft {
    let mut draft = world.decided(on);
    let Body::Decided(body) = &mut draft.body else { unreachable!() };
    body.commitments.retain(|said| said.org != ind());
    draft
}

#[test]
fn a_decision_asks_no_commitment_of_who_has_gone() {
    let mut world = leaving("2022-05-10");
    for partner in ["ind", "dtv"] {
        world.does(asked(partner, "2022-01-11"));
        world.does(delivered(partner, "2022-02-01"));
        world.does(complete(partner, "2022-02-02"));
    }
    let early = world.attempt(without_ind(&world, "2022-05-09")).unwrap_err();
    assert_eq!(early.problem.key, "commitment-missing");
    // what it took on is not waited for after it has gone
    let mut draft = world.decided("2022-05-09");
    let Body::Decided(body) = &mut draft.body else { unreachable!() };
    body.commitments.retain(|said| said.org != ind());
    let text = "stukken nazoeken".to_owned();
    body.commitments.push(Commitment { org: ind(), text, due: Some(day("2022-06-01")), nothing: false });
    world.does(draft);
    assert!(waits(&world, "2022-05-09").contains(&(Rule::Commitment, Some(ind()))));
    assert!(waits(&world, "2022-05-10").iter().all(|(rule, _)| *rule != Rule::Commitment));
}

#[test]
fn an_action_of_who_has_gone_is_the_leads() {
    let mut world = leaving("2022-05-02");
    let body = ActionAdded { text: "stuk zoeken".into(), owner: ind(), worker: None };
    let codes = Codes { until: Some(day("2022-06-01")), ..Codes::default() };
    world.does(Draft::new(body, day("2022-02-01")).codes(codes));
    let lead = world.programme.site(&world.method.site).unwrap().lead.clone();
    assert!(waits(&world, "2022-05-01").contains(&(Rule::Action, Some(ind()))));
    assert!(waits(&world, "2022-05-02").contains(&(Rule::Action, Some(lead))));
    assert!(!waits(&world, "2022-05-02").contains(&(Rule::Action, Some(ind()))));
}

#[test]
fn a_later_version_of_the_method_drops_a_partner_from_what_began_before() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into(), std::fs::read_to_string(&path).unwrap()))
        .filter(|(name, _): &(String, String)| !["published.toml", "figures.toml"].contains(&name.as_str()))
        .collect();
    let methods = files.iter_mut().find(|(name, _)| name == "methods.toml").unwrap();
    let old = methods.1.clone();
    let begin = old.find("id = \"groningen-2019\"").unwrap();
    let one = old[begin..].to_owned();
    let second = one
        .replace("groningen-2019", "groningen-2022")
        .replace("version = 1", "version = 2")
        .replace("from = 2019-04-01", "from = 2022-05-02\nwithout = [\"ind\"]")
        .replace("deliver = [\"ind\", \"dtv\"]", "deliver = [\"dtv\"]");
    let first = one.replacen("from = 2019-04-01", "from = 2019-04-01\nto = 2022-05-02", 1);
    let head = old[..begin].to_owned();
    methods.1 = format!("{head}{first}\n[[method]]\n{second}");
    let read = |files: &[(String, String)]| Programme::parse(files);
    let programme = read(&files).unwrap();
    let began = programme.method(&"groningen-2019".parse().unwrap()).unwrap();
    assert!(began.is_there(&ind(), day("2022-05-01")) && !began.is_there(&ind(), day("2022-05-02")));
    // bad input: dropped, and yet asked for something
    let methods = files.iter_mut().find(|(name, _)| name == "methods.toml").unwrap();
    methods.1 = methods.1.replace("without = [\"ind\"]", "without = [\"dtv\", \"niemand\"]");
    let findings = read(&files).unwrap_err();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|one| one.contains("methods.toml:") && one.contains("delivers a dossier and takes no part"))
    );
    assert!(said.iter().any(|one| one.contains("niemand")), "{said:?}");
}

#[test]
fn one_city_alone_waits_for_no_state() {
    let mut world = World::at("one-city", "vrijstad");
    world.does(world.registered("2022-01-03"));
    world.does(world.screened("2022-01-04", domain::codes::Status::Admitted));
    let state = world.does(world.intake("2022-01-10"));
    assert_eq!(state.phase_on(day("2022-01-10")), Phase::Decision);
    let orgs = ["municipality-vrijstad".parse().unwrap(), "de-brug".parse().unwrap()];
    for on in ["2022-01-10", "2022-06-01"] {
        assert!(waits(&world, on).iter().all(|(_, org)| org.as_ref().is_none_or(|org| orgs.contains(org))));
    }
    let state = world.does(world.decided("2022-01-20"));
    assert_eq!(state.phase_on(world.today), Phase::Guidance);
}
