//! What the other rooms ask: by role alone, as lists, as settings from a programme.

use access::{
    Asker, Principal, Reach, Relation, Settings, State, Strength, allowed, declarable, may_do, may_reach, may_see,
    purposes, scope, working_purpose,
};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
    ids::UserId,
};

fn guide(strength: Strength) -> Asker {
    Asker { role: Role::Guide, org_kind: OrgKind::Ngo, strength }
}

fn principal(role: Role, org_kind: OrgKind, sites: &[&str]) -> Principal {
    let sites = sites.iter().map(|site| site.parse().unwrap()).collect();
    let user = UserId("00000000-0000-4000-8000-000000000001".parse().unwrap());
    let (org, strength) = ("de-brug".parse().unwrap(), Strength::SecondFactor);
    let (name, settings) = ("Proef Collega".into(), Settings::CLOSED);
    let purpose = working_purpose(Asker { role, org_kind, strength }, settings);
    Principal { user, name, role, org, org_kind, sites, strength, settings, purpose, trace: access::Trace::default() }
}

#[test]
fn what_may_be_recorded_may_be_seen() {
    for role in Role::ALL {
        for kind in Kind::ALL {
            // a guide sees the part of the dossier that their organisation delivers, and not the category
            let part = [Kind::DossierDelivered, Kind::DossierUnavailable, Kind::DocumentAdded].contains(kind);
            let sees = may_see(*role, kind.category()) || (*role == Role::Guide && part);
            assert!(!may_do(*role, *kind) || sees, "{role} records {kind} blindly");
        }
    }
}

/// What each role sees of cases at its sites, in the best case; written out, so that a change is seen.
#[test]
fn each_role_sees_its_categories() {
    use Category::*;
    let expected: [(Role, &[Category]); 10] = [
        (
            Role::Coordinator,
            &[Identity, Legal, Dossier, Process, Cooperation, Safety, ShelterAddress, Departure, Finance, Figures],
        ),
        (
            Role::Guide,
            &[
                Identity,
                Legal,
                Process,
                Cooperation,
                GuidanceNotes,
                Medical,
                EthnicReligious,
                ShelterAddress,
                Departure,
                Figures,
            ],
        ),
        (Role::ShelterWorker, &[Identity, Process, ShelterAddress]),
        (Role::IndOfficer, &[Identity, Legal, Dossier, Process, Cooperation, Departure, Figures]),
        (Role::CaseDirector, &[Identity, Legal, Dossier, Process, Cooperation, Departure, Figures]),
        (Role::PoliceOfficer, &[]),
        (Role::Researcher, &[Figures]),
        (Role::ProgrammeManager, &[Finance, Figures]),
        (Role::Administrator, &[]),
        (
            Role::PrivacyOfficer,
            &[
                Identity,
                Legal,
                Dossier,
                Process,
                Cooperation,
                GuidanceNotes,
                Medical,
                EthnicReligious,
                Safety,
                ShelterAddress,
                Departure,
            ],
        ),
    ];
    for (role, categories) in expected {
        let seen: Vec<_> = Category::ALL.iter().copied().filter(|category| may_see(role, *category)).collect();
        assert_eq!(seen, categories, "{role}");
    }
}

#[test]
fn each_role_records_its_kinds() {
    let kinds = |role| Kind::ALL.iter().copied().filter(|kind| may_do(role, *kind)).collect::<Vec<_>>();
    let answers = [Kind::RightsAnswered, Kind::RestrictionChanged];
    assert_eq!(kinds(Role::Coordinator).len(), Kind::ALL.len() - 1 - answers.len());
    assert!(!may_do(Role::Coordinator, Kind::ContactNoted), "a conversation in confidence is the guide's alone");
    assert!(answers.iter().all(|kind| !may_do(Role::Coordinator, *kind)), "answers are the privacy officer's");
    let all = [Kind::InformationGiven, Kind::RightsRequested, Kind::RightsAnswered, Kind::RestrictionChanged];
    assert_eq!(kinds(Role::PrivacyOfficer), all);
    let not_a_guides = [
        Kind::Screened,
        Kind::StatusChanged,
        Kind::DossierRequested,
        Kind::DossierCompleted,
        Kind::DossierIncomplete,
        Kind::DossierReminded,
        Kind::DossierRejected,
        Kind::DocumentReleased,
        Kind::DocumentCondemned,
        Kind::DocumentDestroyed,
        Kind::Decided,
        Kind::MeasureTaken,
        Kind::ObjectionMade,
        Kind::ObjectionDecided,
        Kind::HoldSet,
        Kind::HoldLifted,
        Kind::CaseDiscussed,
        Kind::Escalated,
        Kind::Advised,
        Kind::TermExtended,
        Kind::RightsAnswered,
        Kind::RestrictionChanged,
    ];
    for kind in Kind::ALL {
        assert_eq!(may_do(Role::Guide, *kind), !not_a_guides.contains(kind), "{kind}");
    }
    assert_eq!(kinds(Role::ShelterWorker), [Kind::ShelterStarted, Kind::ShelterEnded, Kind::Withdrawn]);
    let ind = [
        Kind::DossierDelivered,
        Kind::DossierUnavailable,
        Kind::DocumentAdded,
        Kind::ActionAdded,
        Kind::ActionClosed,
        Kind::WorkerAssigned,
        Kind::Withdrawn,
    ];
    assert_eq!(kinds(Role::IndOfficer), ind);
    let dtv = [
        Kind::DossierDelivered,
        Kind::DossierUnavailable,
        Kind::DocumentAdded,
        Kind::ActionAdded,
        Kind::ActionClosed,
        Kind::WorkerAssigned,
        Kind::DepartureStep,
        Kind::Left,
        Kind::Withdrawn,
    ];
    assert_eq!(kinds(Role::CaseDirector), dtv);
    for role in [Role::PoliceOfficer, Role::Researcher, Role::ProgrammeManager, Role::Administrator] {
        assert!(kinds(role).is_empty(), "{role}");
    }
}

#[test]
fn a_scope_needs_a_site_and_a_part_of_the_program() {
    let coordinator = principal(Role::Coordinator, OrgKind::Municipality, &["groningen"]);
    let made = scope(&coordinator, Reach::List).unwrap();
    assert!(made.covers(&"groningen".parse().unwrap()) && !made.covers(&"utrecht".parse().unwrap()));
    let own = made.sees(Relation::Involved, State::Open);
    assert!(own.contains(Category::Identity) && !own.contains(Category::Medical));
    assert!(
        made.sees(Relation::Involved, State::AgreementEnded).is_empty()
            && made.sees(Relation::None, State::Open).is_empty()
    );
    assert!(scope(&principal(Role::Coordinator, OrgKind::Municipality, &[]), Reach::List).is_err());
    let elsewhere = principal(Role::Coordinator, OrgKind::Police, &["groningen"]);
    assert!(scope(&elsewhere, Reach::List).is_err(), "the police have no coordinators");
    let police = principal(Role::PoliceOfficer, OrgKind::Police, &["groningen"]);
    for reach in [Reach::List, Reach::Search, Reach::File, Reach::Figures] {
        assert!(scope(&police, reach).is_err(), "{reach}");
        assert!(!may_reach(Role::PoliceOfficer, reach));
    }
    assert!(may_reach(Role::PoliceOfficer, Reach::Agenda) && may_reach(Role::Researcher, Reach::Figures));
    assert!(!may_reach(Role::Researcher, Reach::File) && !may_reach(Role::ShelterWorker, Reach::Figures));
}

#[test]
fn a_list_gets_its_rows_and_columns() {
    let rows: Vec<_> = allowed(guide(Strength::SecondFactor), Purpose::Guidance, Settings::CLOSED).collect();
    let of = |relation, state| rows.iter().find(|row| row.relation == relation && row.state == state);
    let own = of(Relation::Involved, State::Open).unwrap();
    assert!(own.see.contains(Category::GuidanceNotes) && own.write.contains(Category::GuidanceNotes));
    assert!(!own.see.contains(Category::Dossier) && own.decide.is_empty());
    let site = of(Relation::OwnSite, State::Open).unwrap();
    assert_eq!(site.see.iter().collect::<Vec<_>>(), [Category::Identity, Category::Process]);
    assert!(of(Relation::Involved, State::AgreementEnded).is_none() && of(Relation::None, State::Open).is_none());
    assert_eq!(allowed(guide(Strength::Password), Purpose::Guidance, Settings::CLOSED).count(), 0);
    assert_eq!(allowed(guide(Strength::Password), Purpose::Guidance, Settings::DEMONSTRATION).count(), rows.len());
}

#[test]
fn each_role_has_a_purpose() {
    for role in Role::ALL {
        let any = OrgKind::ALL.iter().any(|org_kind| {
            let asker = Asker { role: *role, org_kind: *org_kind, strength: Strength::SecondFactor };
            purposes(asker, Settings::CLOSED).next().is_some()
        });
        assert_eq!(any, *role != Role::Administrator, "{role}");
    }
    let shelter = Asker { role: Role::ShelterWorker, org_kind: OrgKind::Ngo, strength: Strength::SecondFactor };
    let theirs: Vec<_> = purposes(shelter, Settings::CLOSED).collect();
    assert!(theirs.contains(&Purpose::Shelter) && !theirs.contains(&Purpose::Guidance));
}

#[test]
fn settings_are_a_closed_list() {
    let read = |text: &str| serde_json::from_str::<Settings>(text);
    assert_eq!(read("{}").unwrap(), Settings::CLOSED);
    assert!(read(r#"{"dtv_sees_shelter_address": true}"#).unwrap().dtv_sees_shelter_address);
    let wrong = read(r#"{"police_sees_everything": true}"#).unwrap_err().to_string();
    assert!(wrong.contains("unknown field"), "{wrong}");
}

#[test]
fn who_has_not_said_what_for_works_for_the_purpose_of_their_role() {
    let purpose = |role, org_kind| principal(role, org_kind, &["groningen"]).purpose;
    assert_eq!(purpose(Role::Guide, OrgKind::Ngo), Purpose::Guidance);
    assert_eq!(purpose(Role::ShelterWorker, OrgKind::Ngo), Purpose::Shelter);
    assert_eq!(purpose(Role::PrivacyOfficer, OrgKind::Municipality), Purpose::Rights);
    assert_eq!(purpose(Role::Researcher, OrgKind::Research), Purpose::Accountability);
    assert_eq!(purpose(Role::Administrator, OrgKind::Ministry), Purpose::Administration);
}

#[test]
fn a_purpose_can_be_declared_when_it_shows_something_of_cases() {
    let of = |role, org_kind| {
        let asker = Asker { role, org_kind, strength: Strength::SecondFactor };
        declarable(asker, Settings::CLOSED).collect::<Vec<_>>()
    };
    assert_eq!(of(Role::ShelterWorker, OrgKind::Ngo), [Purpose::Shelter, Purpose::Conference, Purpose::RecordKeeping]);
    assert_eq!(of(Role::PrivacyOfficer, OrgKind::Municipality), [Purpose::Rights]);
    assert!(of(Role::Researcher, OrgKind::Research).is_empty() && of(Role::PoliceOfficer, OrgKind::Police).is_empty());
    let coordinator = of(Role::Coordinator, OrgKind::Municipality);
    assert!(coordinator.contains(&Purpose::Admission) && !coordinator.contains(&Purpose::Emergency));
}

#[test]
fn how_someone_stands_to_a_case_says_what_they_see_and_record() {
    let guide = principal(Role::Guide, OrgKind::Ngo, &["groningen"]);
    let scope = scope(&guide, Reach::File).unwrap();
    let own = scope.standing([(Relation::Involved, State::Open)]);
    let other = scope.standing([(Relation::OwnSite, State::Open)]);
    assert!(own.sees(Category::GuidanceNotes) && own.may_record(Kind::ContactNoted));
    assert!(!other.sees(Category::GuidanceNotes) && !other.may_record(Kind::ContactNoted));
    // a person with several cases is seen as far as any of them allows
    let both = scope.standing([(Relation::OwnSite, State::Closed), (Relation::Involved, State::Open)]);
    assert!(both.sees(Category::GuidanceNotes) && both.relation() == Relation::Involved);
    assert!(scope.standing([(Relation::None, State::Open)]).is_hidden() && scope.standing([]).is_hidden());
}
