//! What never happens, whatever a programme opens: looked up for every combination there is, which for closed lists is a proof.

use access::{
    Answer, Asker, Opening, Question, Reach, Relation, Settings, State, Strength, ask, may_record, reaches, verb_of,
};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};

use crate::{differential::all_open, tabulate::combinations};

/// As open as a programme can be: whatever is allowed under any settings is allowed under these (a test below).
fn loosest() -> Settings {
    Settings { second_factor_required: false, ..all_open() }
}

/// Every question and its answer.
fn every(settings: Settings, mut check: impl FnMut(&Question, Answer)) {
    for (org_kind, strength, purpose, relation, state) in combinations() {
        for role in Role::ALL {
            let asker = Asker { role: *role, org_kind, strength };
            for category in Category::ALL {
                let question = Question { asker, relation, state, category: *category, purpose };
                check(&question, ask(&question, settings));
            }
        }
    }
}

/// Every kind of fact that may be recorded.
fn every_record(settings: Settings, mut check: impl FnMut(Asker, Relation, State, Kind)) {
    for (org_kind, strength, _, relation, state) in combinations().into_iter().filter(|at| at.2 == Purpose::Guidance) {
        for role in Role::ALL {
            let asker = Asker { role: *role, org_kind, strength };
            let may = |kind: &&Kind| may_record(asker, relation, state, **kind, settings);
            Kind::ALL.iter().filter(may).for_each(|kind| check(asker, relation, state, *kind));
        }
    }
}

const NOTHING: Answer = Answer { see: false, write: false, decide: false, agreed: false };
const CARE: [Category; 3] = [Category::GuidanceNotes, Category::Medical, Category::EthnicReligious];

#[test]
fn opening_a_contested_cell_takes_nothing_away_and_lets_nobody_write() {
    for opening in Opening::ALL {
        let open = Settings::CLOSED.with(*opening, true);
        let mut more = 0;
        every(Settings::CLOSED, |question, closed| {
            let now = ask(question, open);
            assert!(
                (now.see || !closed.see) && now.write == closed.write && now.decide == closed.decide,
                "{question:?}"
            );
            assert!(now == closed || question.category == opening.category(), "{opening}: {question:?}");
            more += u32::from(now != closed);
        });
        assert!(more > 0, "{opening} opens nothing");
    }
}

#[test]
fn the_police_never_see_what_belongs_to_care() {
    every(loosest(), |q, answer| {
        let police = q.asker.role == Role::PoliceOfficer || q.asker.org_kind == OrgKind::Police;
        assert!(!police || !CARE.contains(&q.category) || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn the_police_see_a_case_only_on_an_agenda_or_after_an_approved_question() {
    let mut seen = 0;
    every(loosest(), |q, answer| {
        if q.asker.org_kind == OrgKind::Police && answer != NOTHING {
            let agenda = q.relation == Relation::Agenda && q.purpose == Purpose::Conference;
            let question = q.relation == Relation::Question && q.purpose == Purpose::Question;
            assert!((agenda || question) && !answer.write && !answer.decide, "{q:?}");
            seen += 1;
        }
    });
    assert!(seen > 0, "they do see those");
    for strength in Strength::ALL {
        let asker = Asker { role: Role::PoliceOfficer, org_kind: OrgKind::Police, strength: *strength };
        for reach in [Reach::List, Reach::Search, Reach::File, Reach::Figures] {
            assert!(!reaches(asker, reach, loosest()), "the police have {reach}");
        }
    }
    every_record(loosest(), |asker, _, _, _| assert_ne!(asker.role, Role::PoliceOfficer));
}

#[test]
fn nobody_else_has_a_named_question() {
    every(loosest(), |q, answer| {
        let police = q.asker.org_kind == OrgKind::Police;
        let figures = q.category == Category::Figures && q.purpose == Purpose::Accountability;
        assert!(police || figures || q.relation != Relation::Question || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn without_a_second_factor_there_is_nothing_where_it_is_required() {
    for settings in [Settings::CLOSED, all_open()] {
        every(settings, |q, answer| assert!(q.asker.strength == Strength::SecondFactor || answer == NOTHING, "{q:?}"));
        every_record(settings, |asker, _, _, kind| assert_eq!(asker.strength, Strength::SecondFactor, "{kind}"));
        for role in Role::ALL {
            for org_kind in OrgKind::ALL {
                let asker = Asker { role: *role, org_kind: *org_kind, strength: Strength::Password };
                assert!(Reach::ALL.iter().all(|reach| !reaches(asker, *reach, settings)), "{role}");
            }
        }
    }
}

#[test]
fn a_demonstration_gives_with_a_password_what_a_second_factor_gives() {
    every(Settings::DEMONSTRATION, |q, answer| {
        let sure = Question { asker: Asker { strength: Strength::SecondFactor, ..q.asker }, ..*q };
        assert_eq!(answer, ask(&sure, Settings::CLOSED), "{q:?}");
    });
}

#[test]
fn researchers_managers_and_administrators_see_no_person() {
    every(loosest(), |q, answer| {
        let group = match q.asker.role {
            Role::Researcher => q.category == Category::Figures,
            Role::ProgrammeManager => [Category::Figures, Category::Finance].contains(&q.category),
            Role::Administrator => false,
            _ => return,
        };
        let about_nobody = q.category == Category::Figures || q.relation == Relation::None;
        assert!(answer == NOTHING || group && about_nobody && !answer.write && !answer.decide, "{q:?}");
    });
}

#[test]
fn no_right_outlives_the_agreement() {
    every(loosest(), |q, answer| assert!(q.state != State::AgreementEnded || answer == NOTHING, "{q:?}"));
    every_record(loosest(), |asker, _, state, kind| {
        assert_ne!(state, State::AgreementEnded, "{} records {kind}", asker.role);
    });
}

/// What a guide delivers to the dossier.
const PART: [Kind; 3] = [Kind::DossierDelivered, Kind::DossierUnavailable, Kind::DocumentAdded];

#[test]
fn item_by_item_is_seen_of_the_dossier_alone_by_guides_with_a_task_and_at_the_table() {
    let mut seen = std::collections::BTreeSet::new();
    for settings in [Settings::CLOSED, loosest()] {
        every(settings, |q, answer| {
            if answer.agreed {
                assert_eq!(q.category, Category::Dossier, "{q:?}");
                let table = q.relation == Relation::Agenda && q.purpose == Purpose::Conference;
                let guide = q.asker.role == Role::Guide && q.asker.org_kind == OrgKind::Ngo;
                let police = q.asker.role == Role::PoliceOfficer && q.asker.org_kind == OrgKind::Police;
                assert!((guide && (table || q.relation == Relation::Involved)) || (police && table), "{q:?}");
                seen.insert((q.asker.role, q.relation));
            }
        });
    }
    assert_eq!(seen.len(), 3, "both, at the table, and the guide with a task: {seen:?}");
}

/// `check programme` refuses a contract that promises an item to others than these.
#[test]
fn what_a_contract_may_promise_is_what_the_policy_grants() {
    for org_kind in OrgKind::ALL {
        let granted = access::may_be_promised(*org_kind, Settings::CLOSED);
        assert_eq!(domain::programme::READERS.contains(org_kind), granted, "{org_kind}");
    }
}

#[test]
fn nobody_writes_or_decides_blindly() {
    for settings in [Settings::CLOSED, loosest()] {
        every(settings, |q, answer| assert!(answer.see || !(answer.write || answer.decide), "{q:?}"));
        every_record(settings, |asker, relation, state, kind| {
            let q = Question { asker, relation, state, category: kind.category(), purpose: kind.purpose() };
            let answer = ask(&q, settings);
            // who delivers a part sees that part, and no more of the dossier
            let part = answer.agreed && PART.contains(&kind);
            assert!(part || (answer.see && answer.allows(verb_of(kind))), "{} records {kind}: {q:?}", asker.role);
        });
    }
}

#[test]
fn what_is_said_in_confidence_stays_with_the_guides_of_the_participant() {
    every(loosest(), |q, answer| {
        if q.category == Category::GuidanceNotes && answer != NOTHING {
            // who answers the participant reads it to them, and does nothing else with it
            if q.asker.role == Role::PrivacyOfficer {
                assert!(q.purpose == Purpose::Rights && !answer.write && !answer.decide, "{q:?}");
                return;
            }
            // of the municipality too: of those it guides itself (`desk`, without_partners)
            let guides = matches!(q.asker.org_kind, OrgKind::Ngo | OrgKind::Municipality);
            assert!(q.asker.role == Role::Guide && guides, "{q:?}");
            assert!(q.relation == Relation::Involved && !answer.decide, "{q:?}");
        }
    });
}

#[test]
fn a_case_without_any_tie_is_seen_by_nobody() {
    every(loosest(), |q, answer| {
        let of_a_person = ![Category::Figures, Category::Finance].contains(&q.category);
        assert!(q.relation != Relation::None || !of_a_person || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn accounting_and_running_the_system_show_no_person() {
    every(loosest(), |q, answer| {
        let purpose = [Purpose::Accountability, Purpose::Administration].contains(&q.purpose);
        let of_a_person = ![Category::Figures, Category::Finance].contains(&q.category);
        assert!(!purpose || !of_a_person || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn figures_are_for_accounting_only() {
    every(loosest(), |q, answer| {
        let accounting = q.purpose == Purpose::Accountability && !answer.write && !answer.decide;
        assert!(q.category != Category::Figures || accounting || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn who_only_applied_is_not_made_known_to_the_state() {
    every(loosest(), |q, answer| {
        let state = [OrgKind::Ind, OrgKind::Dtv, OrgKind::Police].contains(&q.asker.org_kind);
        let at_site = q.state == State::Applied && q.relation == Relation::OwnSite;
        assert!(!state || !at_site || q.category == Category::Figures || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn the_state_learns_no_name_before_it_has_a_task() {
    every(loosest(), |q, answer| {
        let state = [OrgKind::Ind, OrgKind::Dtv].contains(&q.asker.org_kind);
        let at_site = q.relation == Relation::OwnSite && q.category == Category::Identity;
        assert!(!state || !at_site || answer == NOTHING, "{q:?}");
    });
}

#[test]
fn breaking_the_glass_is_for_care_and_for_looking_only() {
    let mut seen = 0;
    every(loosest(), |q, answer| {
        if q.relation == Relation::BreakGlass && q.category != Category::Figures && answer != NOTHING {
            let care = [OrgKind::Municipality, OrgKind::Ngo].contains(&q.asker.org_kind);
            assert!(care && q.purpose == Purpose::Emergency && !answer.write && !answer.decide, "{q:?}");
            assert_ne!(q.category, Category::GuidanceNotes, "{q:?}");
            seen += 1;
        }
    });
    assert!(seen > 0, "it does show something");
}

#[test]
fn what_is_closed_long_or_restricted_is_with_the_municipality_alone() {
    every(loosest(), |q, answer| {
        if [State::ClosedLong, State::Restricted].contains(&q.state) && answer != NOTHING {
            assert!(!answer.decide, "{q:?}");
            if q.asker.role == Role::PrivacyOfficer {
                assert_eq!(q.purpose, Purpose::Rights, "{q:?}");
                return;
            }
            assert_eq!(q.asker.role, Role::Coordinator, "{q:?}");
            assert!(!answer.write || q.state == State::Restricted && q.purpose == Purpose::RecordKeeping, "{q:?}");
        }
    });
}

#[test]
fn a_privacy_officer_sees_nothing_but_to_answer_a_participant() {
    let mut seen = 0;
    every(loosest(), |q, answer| {
        if q.asker.role == Role::PrivacyOfficer && answer != NOTHING {
            assert!(q.purpose == Purpose::Rights && !answer.decide, "{q:?}");
            assert!(!answer.write || q.category == Category::Process, "{q:?}");
            seen += 1;
        }
    });
    assert!(seen > 0, "that they do see");
    assert!(
        !access::may_reach(Role::PrivacyOfficer, Reach::List) && access::may_reach(Role::PrivacyOfficer, Reach::Log)
    );
}

#[test]
fn being_involved_never_shows_less_than_being_at_the_site() {
    every(Settings::CLOSED, |q, answer| {
        if q.relation == Relation::OwnSite {
            let involved = ask(&Question { relation: Relation::Involved, ..*q }, Settings::CLOSED);
            assert!(involved.see >= answer.see && involved.write >= answer.write, "{q:?}");
            assert!(involved.decide >= answer.decide, "{q:?}");
        }
    });
}

#[test]
fn a_role_means_nothing_in_another_kind_of_organisation() {
    every(loosest(), |q, answer| {
        let guide_of_state = q.asker.role == Role::Guide && [OrgKind::Ind, OrgKind::Dtv].contains(&q.asker.org_kind);
        let outside = q.asker.role == Role::Coordinator && q.asker.org_kind != OrgKind::Municipality;
        assert!(!(guide_of_state || outside) || answer == NOTHING, "{q:?}");
    });
}

/// Keys follow the policy: what no one of a kind of organisation ever sees, it never gets the key of.
#[test]
fn the_police_never_get_a_key_to_guidance_notes_health_or_origin() {
    for setting in [access::Settings::CLOSED, access::Settings::DEMONSTRATION] {
        let mut open = setting;
        for opening in access::Opening::ALL {
            open = open.with(*opening, true);
        }
        for settings in [setting, open] {
            let police = access::ever_sees(OrgKind::Police, settings);
            for never in [Category::GuidanceNotes, Category::Medical, Category::EthnicReligious] {
                assert!(!police.contains(&never), "{never}");
                assert!(access::ever_sees(OrgKind::Ngo, settings).contains(&never));
            }
            for org in [OrgKind::Research, OrgKind::Ministry] {
                assert_eq!(access::ever_sees(org, settings), [], "{org}");
            }
        }
    }
}
