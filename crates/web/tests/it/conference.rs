//! A sitting over the pages: bad input of every kind is refused in words, and nothing of it is kept.

use access::Principal;
use axum::{body::Body, http::StatusCode};
use domain::{ids::TrajectoryId, programme::List};
use tower::ServiceExt as _;

use crate::{
    routes::{FORM, facts, get, post, send, signed_in, world},
    scenario::{Colleague, admission, errors, fields, first, registered},
};

const COMMAND: &str = "3f8a6c1e-0000-4000-8000-0000000000";

fn plan(csrf: &str, command: &str, month: &str, rest: &str) -> String {
    format!(
        "csrf={csrf}&opdracht={COMMAND}{command}&versie=&on-dag=4&on-maand={month}&on-jaar=2022&minutes=120&place=zaal&{rest}"
    )
}

async fn member() -> String {
    let (.., who) = signed_in("coordinator.groningen").await;
    format!("members={}", who.user)
}

/// Where an accepted form leads to.
async fn leads(request: axum::http::Request<Body>) -> String {
    let response = world().router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_sitting_in_the_thirteenth_month_is_not_planned() {
    let (cookie, csrf, who) = signed_in("coordinator.groningen").await;
    let (member, before) = (member().await, world().desk.sittings(&who).await.unwrap().len());
    let form = |command: &str, month: &str, rest: String| {
        post("/overleg/nieuw?reeks=lso&lvv=groningen", &cookie, FORM, plan(&csrf, command, month, &rest))
    };
    let (status, page) = send(form("c1", "13", format!("at=09:30&{member}"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("<a href=\"#on-dag\">"), "{status}");
    assert!(page.contains("value=\"zaal\""), "what was typed is kept");
    let (status, page) = send(form("c2", "8", format!("at=half+tien&{member}"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("<a href=\"#at\">"), "{status}");
    let (status, page) = send(form("c3", "1", format!("at=09:30&{member}"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("Deze dag is voorbij"), "{status}");
    let (status, _) = send(form("c4", "8", "at=09:30".to_owned())).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "nobody is invited");
    let (status, page) = send(form("c5", "8", format!("at=09:30&{member}&naam=Kastdeur"))).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("naam"), "{status}");
    let stranger = "members=00000000-0000-4000-8000-000000000001";
    let (status, _) = send(form("c6", "8", format!("at=09:30&{stranger}"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world().desk.sittings(&who).await.unwrap().len(), before, "nothing was planned");
}

#[tokio::test]
async fn what_makes_no_sense_at_a_sitting_is_told_in_words() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let rest = format!("at=09:30&{}", member().await);
    let form = post("/overleg/nieuw?reeks=lso&lvv=groningen", &cookie, FORM, plan(&csrf, "d1", "8", &rest));
    let sitting = leads(form).await;
    let before = facts().await;
    let tried = |part: &str, command: &str, rest: &str| {
        let body = format!("csrf={csrf}&opdracht={COMMAND}{command}&versie=&{rest}");
        post(&format!("{sitting}/{part}"), &cookie, FORM, body)
    };
    for (part, command, rest, says) in [
        ("nummer", "d2", "number=onzin&why=review", "number"),
        ("nummer", "d3", "number=GRO-000-000&why=review", "number"),
        ("agenda", "d4", "", "Maak een keuze"),
        ("doe", "d5", "act=dansen", "bestaat niet"),
        ("doe", "d6", "act=openen", "is pas op"),
        ("doe", "d7", "act=sluiten", "gepland"),
        ("doe", "d8", "act=afzeggen&reason=", "tekst"),
        ("orde", "d9", "orde-1-zaak=x&orde-1-plaats=een&orde-1-minuten=20", "heel getal"),
        ("notulen", "da", "doe=vast&digest=x", ""),
    ] {
        let (status, page) = send(tried(part, command, rest)).await;
        let clear = status == StatusCode::UNPROCESSABLE_ENTITY && page.contains(says);
        // a sitting that was not held has no minutes: the page goes back to the agenda
        assert!(clear || part == "notulen" && status == StatusCode::SEE_OTHER, "{part} {rest}: {status}");
    }
    assert_eq!(facts().await, before, "nothing was recorded");
    let (status, calendar) = send(get(&format!("{sitting}/uitnodiging.ics"), &cookie)).await;
    assert!(status == StatusCode::OK && calendar.starts_with("BEGIN:VCALENDAR") && !calendar.contains("GRO-"));
    // who is not invited is told nothing, whoever they are
    for login in ["begeleider.groningen", "politie.groningen", "coordinator.utrecht", "onderzoeker"] {
        let (other, ..) = signed_in(login).await;
        for part in ["", "/stukken", "/afdruk", "/tafel", "/notulen", "/uitnodiging.ics"] {
            let (status, _) = send(get(&format!("{sitting}{part}"), &other)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{login} {part}");
        }
    }
}

#[tokio::test]
async fn one_person_keeps_out_of_a_case_by_the_form_and_the_minutes_say_who() {
    let lead = Colleague::new("coordinator.groningen").await;
    let case = registered(&lead, "Buitenzaak Voorbeeldsma", "2022-01-03").await;
    lead.does(case, "toelating", "2022-01-04", &admission("2022-01-04", "grond-bz"), "grond-bz").await;
    let (.., guide) = signed_in("begeleider.groningen").await;
    let (.., ind) = signed_in("ind.groningen").await;
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let members = [&lead.who, &guide, &ind].map(|who| format!("members={}", who.user)).join("&");
    let on = "on-dag=1&on-maand=7&on-jaar=2022&at=09:30&minutes=120&place=zaal";
    let form = format!("csrf={csrf}&opdracht={COMMAND}f1&versie=&{on}&{members}");
    let sitting = leads(post("/overleg/nieuw?reeks=lso&lvv=groningen", &cookie, FORM, form)).await;
    let number = world().desk.file(&lead.who, case).await.unwrap().case_number;
    let sends = |part: &str, command: &str, rest: &str| {
        let body = format!("csrf={csrf}&opdracht={COMMAND}{command}&versie=&{rest}");
        post(&format!("{sitting}/{part}"), &cookie, FORM, body)
    };
    leads(sends("nummer", "f2", &format!("number={number}&why=review&question=wat+nu"))).await;
    leads(sends("doe", "f3", "act=openen")).await;
    let there = [&lead.who, &guide, &ind].map(|who| format!("present={0}&mandate={0}", who.user)).join("&");
    let guest = "guests-1-org=ind&guests-1-name=Gast+Verzonnen&guests-1-mandate=ja";
    leads(sends("aanwezig", "f4", &format!("{there}&{guest}"))).await;
    // the form offers every organisation, and each of those who are there
    let (_, page) = send(get(&format!("{sitting}/tafel?zaak={case}"), &cookie)).await;
    assert!(page.contains("value=\"ind\"") && page.contains("Gast Verzonnen, "), "organisations and people");
    let place = page.match_indices("value=\"plaats-").map(|(at, _)| &page[at + 7..at + 15]).collect::<Vec<_>>();
    assert_eq!(place, ["plaats-0", "plaats-1", "plaats-2", "plaats-3"]);
    let (status, said) = send(sends("buiten", "f5", &format!("zaak={case}&org=plaats-9&out=ja"))).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !said.contains("⟦"), "{status}");
    leads(sends("buiten", "f6", &format!("zaak={case}&org=plaats-3&out=ja"))).await;
    let id = sitting.rsplit('/').next().unwrap().parse().unwrap();
    let state = world().desk.sitting(&lead.who, id).await.unwrap();
    assert!(state.recused.is_empty(), "the IND itself does not keep out");
    let quorum = world().desk.quorum(&state, Some(case)).await.unwrap();
    assert!(quorum.present.contains(&domain::codes::OrgKind::Ind), "another of the IND is there");
    let (_, minutes) = send(get(&format!("{sitting}/notulen"), &cookie)).await;
    assert!(minutes.contains("Gast Verzonnen, ") && minutes.contains(&format!("buiten zaak {number}")));
}

/// Words that only who may know medical facts may read.
const MEDICAL: &str = "DIAGNOSE-VERZONNEN-QQ";

#[tokio::test]
async fn a_member_without_right_to_medical_facts_opens_every_page_of_the_pack() {
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let case = registered(&lead, "Medica Voorbeeldsma", "2022-01-03").await;
    lead.does(case, "toelating", "2022-01-04", &admission("2022-01-04", "grond-qq"), "grond-qq").await;
    let take = fields(&[("task", "case-manager"), ("user", &guide.who.user.to_string())]);
    lead.does(case, "medewerker", "2022-01-05", &take, &guide.who.name).await;
    let mut obstacle = fields(&[("note", MEDICAL)]);
    obstacle.push(("obstacle", first(List::Obstacles)));
    guide.does(case, "knelpunt", "2022-01-06", &obstacle, MEDICAL).await;
    // everyone is invited, and the case is put on the agenda by its number
    let (.., ind) = signed_in("ind.groningen").await;
    let (.., dtv) = signed_in("dtv.groningen").await;
    let (.., police) = signed_in("politie.groningen").await;
    let members = [&lead.who, &guide.who, &ind, &dtv, &police].map(|who| format!("members={}", who.user)).join("&");
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let on = "on-dag=1&on-maand=7&on-jaar=2022&at=09:30&minutes=120&place=zaal";
    let form = format!("csrf={csrf}&opdracht={COMMAND}e1&versie=&{on}&{members}");
    let sitting = leads(post("/overleg/nieuw?reeks=lso&lvv=groningen", &cookie, FORM, form)).await;
    let number = world().desk.file(&lead.who, case).await.unwrap().case_number;
    let sends = |part: &str, command: &str, rest: &str| {
        let body = format!("csrf={csrf}&opdracht={COMMAND}{command}&versie=&{rest}");
        post(&format!("{sitting}/{part}"), &cookie, FORM, body)
    };
    leads(sends("nummer", "e2", &format!("number={number}&why=review&question=wat+nu"))).await;
    leads(sends("doe", "e3", "act=openen")).await;
    let there = [&lead.who, &guide.who, &ind, &dtv, &police].map(|who| format!("present={0}&mandate={0}", who.user));
    leads(sends("aanwezig", "e4", &there.join("&"))).await;
    let pages = ["", "/stukken", &format!("/stukken/{case}"), "/afdruk", "/notulen", "/uitnodiging.ics"];
    let opens = async |login: &str, pages: &[&str]| {
        let (cookie, ..) = signed_in(login).await;
        let mut all = String::new();
        for page in pages {
            let (status, text) = send(get(&format!("{sitting}{page}"), &cookie)).await;
            assert_eq!(status, StatusCode::OK, "{login} {page}");
            all.push_str(&text);
        }
        all
    };
    for login in ["coordinator", "ind", "dtv", "politie"] {
        let all = opens(&format!("{login}.groningen"), &pages).await;
        assert!(all.contains(&number) && !all.contains(MEDICAL), "{login}");
    }
    // the screen of the room shows what all of them may see; who guides may know it, and finds it in their own pack
    let room = opens("coordinator.groningen", &["/tafel", &format!("/tafel?zaak={case}")]).await;
    assert!(room.contains(&number) && !room.contains(MEDICAL));
    assert!(opens("begeleider.groningen", &pages).await.contains(MEDICAL), "or this test would find nothing anywhere");
}

/// What a partner takes on, by row.
const ROWS: [[&str; 2]; 8] = [
    ["commitments-1-org", "commitments-1-nothing"],
    ["commitments-2-org", "commitments-2-nothing"],
    ["commitments-3-org", "commitments-3-nothing"],
    ["commitments-4-org", "commitments-4-nothing"],
    ["commitments-5-org", "commitments-5-nothing"],
    ["commitments-6-org", "commitments-6-nothing"],
    ["commitments-7-org", "commitments-7-nothing"],
    ["commitments-8-org", "commitments-8-nothing"],
];

/// Every partner of a site takes on nothing, and says so.
fn nothing(site: &str) -> Vec<(&'static str, String)> {
    let site = world().desk.programme().site(&site.parse().unwrap()).unwrap();
    let row = |(org, [name, nothing]): (&domain::ids::OrgId, [&'static str; 2])| {
        [(name, org.to_string()), (nothing, "nothing".to_owned())]
    };
    site.partners.iter().zip(ROWS).flat_map(row).collect()
}

/// A case of which the rest period is long over.
async fn ready(lead: &Colleague, name: &str) -> TrajectoryId {
    let case = registered(lead, name, "2022-01-03").await;
    let mut screened = admission("2022-01-04", "voldoet");
    if lead.who.sites[0].as_str() == "amsterdam" {
        // there the partners admit: until then someone is sheltered without status
        screened.retain(|(field, _)| *field != "status");
        screened.push(("status", "sheltered-without-status".to_owned()));
    }
    lead.takes(case, "toelating", "2022-01-04", &screened).await;
    lead.takes(case, "intake", "2022-01-05", &fields(&[("best_language", "ti")])).await;
    for partner in ["ind", "dtv"] {
        let part = fields(&[("partner", partner), ("note", "verzonnen")]);
        let delivered = [part.clone(), vec![("items", first(List::DossierItems))]].concat();
        lead.takes(case, "dossier-vragen", "2022-01-06", &delivered).await;
        lead.takes(case, "dossier-geleverd", "2022-01-07", &delivered).await;
        lead.takes(case, "dossier-compleet", "2022-01-10", &part).await;
    }
    case
}

/// A sitting today with these invited, and cases on it by number; where it is.
async fn planned(lead: &Colleague, board: &str, members: &[&Principal], cases: &[(TrajectoryId, &str)]) -> String {
    let mut plan = fields(&[("on-dag", "1"), ("on-maand", "7"), ("on-jaar", "2022"), ("at", "09:30")]);
    plan.extend(fields(&[("minutes", "120"), ("place", "zaal")]));
    plan.extend(members.iter().map(|who| ("members", who.user.to_string())));
    let site = &lead.who.sites[0];
    let (status, sitting, page) = lead.sends(&format!("/overleg/nieuw?reeks={board}&lvv={site}"), "", &plan).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    for (case, why) in cases {
        let number = world().desk.file(&lead.who, *case).await.unwrap().case_number;
        let place = fields(&[("number", &number), ("why", why), ("question", "welk scenario?")]);
        accepted(lead, &format!("{sitting}/nummer"), &place).await;
    }
    sitting
}

async fn accepted(who: &Colleague, path: &str, form: &[(&'static str, String)]) {
    let (status, _, page) = who.sends(path, "", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {}", errors(&page));
}

async fn digest(who: &Colleague, sitting: &str) -> String {
    let page = who.sees(&format!("{sitting}/notulen")).await;
    let (_, rest) = page.split_once("name=\"digest\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_sitting_over_the_pages_decides_sends_on_and_has_its_minutes_contested_and_fixed() {
    let mut all = Vec::new();
    for login in ["coordinator", "begeleider", "ind", "dtv"] {
        all.push(Colleague::new(&format!("{login}.groningen")).await);
    }
    let [lead, guide, ind, dtv] = &all[..] else { unreachable!() };
    let (one, two) = (ready(lead, "Ordelia Voorbeeldsma").await, ready(lead, "Escalia Voorbeeldsma").await);
    let who = [&lead.who, &guide.who, &ind.who, &dtv.who];
    let sitting = planned(lead, "lso", &who, &[(one, "first-decision"), (two, "first-decision")]).await;

    // the order, with the minutes of each, as the chair wants it
    let mut order =
        fields(&[("orde-1-plaats", "2"), ("orde-1-minuten", "35"), ("orde-2-plaats", "1"), ("orde-2-minuten", "25")]);
    order.extend([("orde-1-zaak", one.to_string()), ("orde-2-zaak", two.to_string())]);
    accepted(lead, &format!("{sitting}/orde"), &order).await;
    let id = sitting.rsplit('/').next().unwrap().parse().unwrap();
    let slots = world().desk.sitting(&lead.who, id).await.unwrap().slots;
    assert_eq!(slots.iter().map(|slot| (slot.case, slot.minutes)).collect::<Vec<_>>(), [(two, 25), (one, 35)]);

    accepted(lead, &format!("{sitting}/doe"), &fields(&[("act", "openen")])).await;
    let there = who.iter().flat_map(|who| [("present", who.user.to_string()), ("mandate", who.user.to_string())]);
    accepted(lead, &format!("{sitting}/aanwezig"), &there.collect::<Vec<_>>()).await;

    // no agreement: to the MRT, with one question and where each stands
    let mut send = fields(&[("to", "mrt"), ("question", "Is er zicht op papieren-QS?"), ("positions-1-org", "ind")]);
    send.extend(fields(&[
        ("positions-1-text", "nee, want-QS"),
        ("positions-2-org", "dtv"),
        ("positions-2-text", "ja-QS"),
    ]));
    accepted(lead, &format!("{sitting}/tafel?zaak={two}&wat=voorleggen"), &send).await;

    // a decision with the ways that were considered, and who sees it otherwise
    let mut decide = fields(&[("scenario", "under-investigation"), ("reason", "samen besloten-QD")]);
    decide.push(("perspective", first(List::Perspectives)));
    decide.extend(fields(&[
        ("options-1-text", "terugkeer-QO"),
        ("options-1-reason", "papieren zijn er"),
        ("options-1-chosen", "chosen"),
    ]));
    decide.extend(fields(&[("options-2-text", "doormigratie-QO"), ("options-2-reason", "geen derde land-QO")]));
    decide.extend(fields(&[("dissent-1-org", "ind"), ("dissent-1-reason", "ziet het anders-QA")]));
    decide.extend(nothing("groningen"));
    accepted(lead, &format!("{sitting}/tafel?zaak={one}&wat=besluit"), &decide).await;
    accepted(lead, &format!("{sitting}/doe"), &fields(&[("act", "sluiten")])).await;

    // all of it stands in the minutes; one contests them, and everyone looks again
    let minutes = lead.sees(&format!("{sitting}/notulen")).await;
    for told in ["QS", "want-QS", "QD", "terugkeer-QO", "geen derde land-QO", "ziet het anders-QA"] {
        assert!(minutes.contains(told), "{told} is not in the minutes");
    }
    let said =
        |act: &'static str, digest: &str| [fields(&[("doe", act)]), vec![("digest", digest.to_owned())]].concat();
    let now = digest(lead, &sitting).await;
    accepted(lead, &format!("{sitting}/notulen"), &said("bevestig", &now)).await;
    let silent = [said("betwist", &now), fields(&[("reason", "")])].concat();
    let (status, _, page) = guide.sends(&format!("{sitting}/notulen"), "", &silent).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("<a href=\"#reason\">"), "{status}");
    let contest = [said("betwist", &now), fields(&[("reason", "een toezegging ontbreekt-QB")])].concat();
    accepted(guide, &format!("{sitting}/notulen"), &contest).await;
    let page = lead.sees(&format!("{sitting}/notulen")).await;
    assert!(page.contains("een toezegging ontbreekt-QB") && page.contains("Wie voorzit, kan vastleggen vanaf"));
    let (status, ..) = lead.sends(&format!("{sitting}/notulen"), "", &said("vast", &now)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a draft again");
    for member in &all {
        accepted(member, &format!("{sitting}/notulen"), &said("bevestig", &now)).await;
    }
    accepted(lead, &format!("{sitting}/notulen"), &said("vast", &now)).await;

    // the MRT answers: of the IND and the DT&V people who had no hand in it, here guests
    let mrt = planned(lead, "mrt", &who[..2], &[(two, "sent")]).await;
    accepted(lead, &format!("{mrt}/doe"), &fields(&[("act", "openen")])).await;
    let there = who[..2].iter().flat_map(|who| [("present", who.user.to_string()), ("mandate", who.user.to_string())]);
    let mut there: Vec<_> = there.collect();
    there.extend(fields(&[("guests-1-org", "ind"), ("guests-1-name", "Fris Een"), ("guests-1-mandate", "ja")]));
    there.extend(fields(&[("guests-2-org", "ind"), ("guests-2-name", "Fris Twee"), ("guests-2-mandate", "ja")]));
    there.extend(fields(&[("guests-3-org", "dtv"), ("guests-3-name", "Fris Drie"), ("guests-3-mandate", "ja")]));
    accepted(lead, &format!("{mrt}/aanwezig"), &there).await;
    let answer = fields(&[("answer", "advice"), ("text", "eerst de identiteit-QM")]);
    accepted(lead, &format!("{mrt}/tafel?zaak={two}&wat=antwoord"), &answer).await;
    let file = world().desk.file(&lead.who, two).await.unwrap();
    assert!(file.trajectory.advice().is_some(), "it is back with the partners");

    // and the queue knows what was dealt with, and what one sitting more would change
    let queue = lead.sees("/overleg/doorstroom?reeks=lso&lvv=groningen").await;
    let number = file.case_number;
    assert!(queue.contains(&number), "advice waits for the partners");
    let (_, row) = queue.split_once(&number).unwrap();
    let row = row.split_once("</tr>").unwrap().0;
    assert!(row.contains("(tussen ") || row.contains("(vanaf "), "a turn with its interval: {row}");
    for told in ["De verwachting rust op", "Met één overleg erbij komt plaats"] {
        assert!(queue.contains(told), "{told}");
    }
}

#[tokio::test]
async fn the_queue_warns_where_people_are_sheltered_and_the_partners_did_not_decide() {
    let lead = Colleague::new("coordinator.groningen").await;
    let case = ready(&lead, "Wachta Voorbeeldsma").await;
    let mut bed = fields(&[("location", "Proefhuis-QW")]);
    bed.extend([("kind", first(List::ShelterKinds)), ("funder", first(List::Funders))]);
    lead.takes(case, "opvang", "2022-01-12", &bed).await;
    let queue = lead.sees("/overleg/doorstroom?reeks=lso&lvv=groningen").await;
    let warning = queue.split_once("bst-alert--warn").map(|(_, rest)| rest.split_once("</section>").unwrap().0);
    let warning = warning.expect("someone is sheltered since January and nobody decided");
    assert!(warning.contains("afgesproken"), "longer than agreed, also of who was admitted: {warning}");
}

#[tokio::test]
async fn the_conference_admits_by_exception_over_the_pages_and_the_minutes_say_who_allowed_it() {
    let mut all = Vec::new();
    for login in ["coordinator", "begeleider", "ind", "dtv"] {
        all.push(Colleague::new(&format!("{login}.amsterdam")).await);
    }
    let lead = &all[0];
    let case = ready(lead, "Exceptia Voorbeeldsma").await;
    let who: Vec<&Principal> = all.iter().map(|one| &one.who).collect();
    let sitting = planned(lead, "lso", &who, &[(case, "first-decision")]).await;
    accepted(lead, &format!("{sitting}/doe"), &fields(&[("act", "openen")])).await;
    let there = who.iter().flat_map(|who| [("present", who.user.to_string()), ("mandate", who.user.to_string())]);
    accepted(lead, &format!("{sitting}/aanwezig"), &there.collect::<Vec<_>>()).await;
    let mut decide = fields(&[("scenario", "under-investigation"), ("reason", "voldoet niet, toch toegelaten-QE")]);
    decide.push(("perspective", first(List::Perspectives)));
    decide.extend(nothing("amsterdam"));
    decide.extend(fields(&[("status", "admitted"), ("exception_by", "lso")]));
    let path = format!("{sitting}/tafel?zaak={case}&wat=besluit");
    let (status, ..) = lead.sends(&path, "", &decide).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it admits in mandate");
    decide.extend(crate::scenario::mandate("2022-07-01"));
    accepted(lead, &path, &decide).await;
    let file = world().desk.file(&lead.who, case).await.unwrap().trajectory;
    let decided = file.decisions[0].detail.as_ref().unwrap();
    assert_eq!(file.status(), domain::codes::Status::Admitted);
    assert_eq!(decided.exception_by.as_ref().map(domain::ids::Code::as_str), Some("lso"));
    accepted(lead, &format!("{sitting}/doe"), &fields(&[("act", "sluiten")])).await;
    let minutes = lead.sees(&format!("{sitting}/notulen")).await;
    let entry =
        world().desk.programme().list(List::ExceptionBy).0.iter().find(|one| one.code.as_str() == "lso").unwrap();
    assert!(minutes.contains("toch toegelaten-QE") && minutes.contains(&entry.text.nl), "who allowed it is named");
}
