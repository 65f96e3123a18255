//! The read log as files for others.

use access::{Principal, Relation};
use desk::{Account, Activity, Reading};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    ids::{ParticipantId, UserId},
};

use crate::world::{desk, facts, stores};

#[test]
fn every_data_subject_has_a_line_without_employees_and_the_ids_join_the_two_files() {
    for test in stores() {
        let desk = desk(&test);
        let all = facts();
        let people: Vec<ParticipantId> = all.iter().map(|fact| fact.header.subject).take(2).collect();
        desk.take_in(all, |_, _| {}).unwrap();
        let user = UserId(desk.new_command().0);
        let programme = desk.programme().clone();
        let site = programme.sites[0].clone();
        let account = Account {
            user,
            login: "proef".to_owned(),
            name: "=cmd() Collega, Proef".to_owned(),
            role: Role::Guide,
            org: site.lead.clone(),
            sites: vec![site.id.clone()],
        };
        desk.add_accounts(vec![(account, "geen".to_owned())]).unwrap();
        let mut who = Principal {
            user,
            name: "Proef".to_owned(),
            role: Role::Guide,
            org: site.lead,
            org_kind: OrgKind::Municipality,
            sites: vec![site.id],
            strength: access::Strength::SecondFactor,
            settings: access::Settings::CLOSED,
            purpose: Purpose::Guidance,
            trace: access::Trace::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut subjects = people.clone();
        subjects.sort_unstable();
        subjects.dedup();
        for subjects in [subjects.clone(), vec![subjects[0]]] {
            let reading = Reading {
                activity: Activity::Worklist,
                purpose: Purpose::Guidance,
                categories: vec![Category::Process],
                subjects,
                relation: Relation::Involved,
            };
            who.trace = desk.trace(None, access::Source::Loopback);
            runtime.block_on(desk.log_read(&who, reading)).unwrap();
        }
        let path = |name: &str| test.folder.path().join(name);
        let count = exchange::read_log::ldv(&desk, &path("ldv"), |_, _| {}).unwrap();
        assert_eq!(count, subjects.len() as u64 + 1, "{}", test.database);
        assert_eq!(exchange::read_log::audit(&desk, &path("audit"), |_, _| {}).unwrap(), 2);
        assert_eq!(exchange::read_log::audit(&desk, &path("audit.csv"), |_, _| {}).unwrap(), 2);

        let text = std::fs::read_to_string(path("ldv")).unwrap();
        for (what, hidden) in [
            ("the employee", user.to_string()),
            ("their login", "proef".to_owned()),
            ("the id in the store", subjects[0].to_string()),
        ] {
            assert!(!text.contains(&hidden), "{what} is not in the file for others");
        }
        let read = |text: &str| -> Vec<serde_json::Value> {
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let (ldv, audit) = (read(&text), read(&std::fs::read_to_string(path("audit")).unwrap()));
        let first = &ldv[0];
        for field in ["trace_id", "span_id", "status_code", "name", "start_time", "end_time", "resource", "attributes"]
        {
            assert!(first.get(field).is_some(), "{field}");
        }
        assert_eq!(first["status_code"], "OK");
        let activity = &first["attributes"]["dpl.core.processing_activity_id"];
        assert_eq!(*activity, "urn:bestendig:processing-activity:worklist");
        let subject =
            |line: &serde_json::Value| line["attributes"]["dpl.core.data_subject_id"].as_str().unwrap().to_owned();
        for line in &ldv {
            let other =
                audit.iter().find(|other| other["trace_id"] == line["trace_id"] && other["span_id"] == line["span_id"]);
            let named: Vec<&str> =
                other.unwrap()["subjects"].as_array().unwrap().iter().filter_map(|id| id.as_str()).collect();
            assert!(named.contains(&subject(line).as_str()));
        }
        assert_eq!(audit[0]["employee"], "=cmd() Collega, Proef", "JSON is no spreadsheet");
        let table = std::fs::read_to_string(path("audit.csv")).unwrap();
        assert!(table.contains(",\"'=cmd() Collega, Proef\","), "{table}");
        assert!(exchange::read_log::ldv(&desk, &path("ldv"), |_, _| {}).is_err(), "a file that exists stays");
    }
}
