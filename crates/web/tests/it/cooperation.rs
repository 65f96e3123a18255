//! Cooperation through the forms: the second assessor is blind to the first, the ladder names the step that is missing, and a
//! hold stops what would end shelter.

use axum::http::StatusCode;
use domain::{fact::Kind, ids::TrajectoryId, programme::List};

use crate::{
    routes::world,
    scenario::{Colleague, admission, dated, errors, fields, first, registered},
};

/// An assessment by the rubric of the site; a no on the first criterion when not.
pub(crate) fn assessment(cooperates: bool, reason: &str) -> Vec<(String, String)> {
    let programme = world().desk.programme();
    let method = programme.method_on(&"groningen".parse().unwrap(), "2022-03-01".parse().unwrap()).unwrap();
    let mut out = vec![
        ("cooperates".to_owned(), if cooperates { "ja" } else { "nee" }.to_owned()),
        ("reason".to_owned(), reason.to_owned()),
    ];
    for (row, criterion) in (1..).zip(&method.criteria) {
        let no = row == 1 && !cooperates;
        out.push((format!("criteria-{row}-criterion"), criterion.to_string()));
        out.push((format!("criteria-{row}-answer"), if no { "no" } else { "yes" }.to_owned()));
        out.push((format!("criteria-{row}-text"), if no { format!("criterium {reason}") } else { String::new() }));
    }
    out
}

pub(crate) fn named(fields: &[(String, String)]) -> Vec<(&str, String)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
}

/// Someone who is guided, by the shortest way: nothing but the decision of the partners is asked of the method.
async fn guided(lead: &Colleague, name: &str) -> TrajectoryId {
    let id = registered(lead, name, "2022-01-03").await;
    lead.does(id, "toelating", "2022-01-04", &admission("2022-01-04", "grond-a"), "grond-a").await;
    lead.takes(id, "intake", "2022-01-10", &[("best_language", first(List::Languages))]).await;
    for partner in ["ind", "dtv"] {
        let with = |note: &str| fields(&[("partner", partner), ("note", note)]);
        lead.does(id, "dossier-vragen", "2022-01-11", &with("gevraagd-c"), "gevraagd-c").await;
        lead.does(id, "dossier-geleverd", "2022-01-20", &with("geleverd-d"), "geleverd-d").await;
        lead.does(id, "dossier-compleet", "2022-01-21", &with("compleet-e"), "compleet-e").await;
    }
    let site = world().desk.programme().site(&"groningen".parse().unwrap()).unwrap();
    let mut decided: Vec<(String, String)> = vec![
        ("perspective".into(), first(List::Perspectives)),
        ("scenario".into(), first(List::Scenarios)),
        ("reason".into(), "samen besloten-f".into()),
        ("present-1-org".into(), site.partners[0].to_string()),
        ("present-1-name".into(), "Proef Aanwezig".into()),
    ];
    for (row, partner) in (1..).zip(&site.partners) {
        decided.push((format!("commitments-{row}-org"), partner.to_string()));
        decided.push((format!("commitments-{row}-nothing"), "nothing".into()));
    }
    lead.does(id, "besluit", "2022-02-14", &named(&decided), "samen besloten-f").await;
    id
}

#[tokio::test]
async fn the_second_assessor_does_not_see_the_first_on_any_page() {
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let id = guided(&lead, "Blinda Voorbeeldsma").await;
    let assign = fields(&[("task", "case-manager"), ("user", &guide.who.user.to_string())]);
    lead.does(id, "medewerker", "2022-02-15", &assign, &guide.who.name).await;
    // what it rests on is a conversation of the guide's own
    let mut talk = fields(&[("note", "er was niemand")]);
    talk.push(("how", first(List::ContactKinds)));
    guide.takes(id, "contact", "2022-04-20", &talk).await;
    let talk = guide.newest(id, Kind::ContactNoted).await;
    let mut found = assessment(false, "kwam driemaal niet-g");
    found.push(("evidence".to_owned(), talk.to_string()));
    guide.does(id, "beoordelen", "2022-05-01", &named(&found), "kwam driemaal niet-g").await;
    let first_one = guide.newest(id, Kind::CooperationAssessed).await;
    let pages = [
        format!("/traject/{id}"),
        format!("/traject/{id}/medewerking"),
        format!("/traject/{id}/tijdlijn?alles=1"),
        format!("/traject/{id}/afdruk"),
        format!("/traject/{id}/doe/beoordelen"),
        format!("/traject/{id}/doe/toets"),
        format!("/traject/{id}/feit/{first_one}/verbeter"),
    ];
    for page in &pages {
        assert!(!lead.sees(page).await.contains("driemaal niet-g"), "{page} tells what the first found");
    }
    assert!(guide.sees(&pages[2]).await.contains("driemaal niet-g"), "its author knows");
    let (officer, person) =
        (Colleague::new("privacy.groningen").await, world().desk.file(&lead.who, id).await.unwrap());
    let extract = async || format!("{:?}", world().desk.extract(&officer.who, person.person.id).await.unwrap());
    assert!(!extract().await.contains("driemaal niet-g"), "nor does the extract tell it");
    // who gives the first cannot give the second, and a review waits
    let (status, _, page) = guide.sends(&format!("/traject/{id}/doe/beoordelen"), "", &day(&named(&found))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(errors(&page).contains("al een beoordeling gegeven"), "{}", errors(&page));
    let review = [fields(&[("cooperates", "nee"), ("reason", "zo is het-h")]), consequence()].concat();
    let unheard = [review.clone(), fields(&[("not_heard", "was er niet-hh")])].concat();
    let (status, _, page) = lead.sends(&format!("/traject/{id}/doe/toets"), "", &day(&unheard)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(errors(&page).contains("nog één beoordeling"), "{}", errors(&page));

    // when the second is in, both stand beside each other for both
    let other = assessment(true, "wel geweest-i");
    lead.does(id, "beoordelen", "2022-05-02", &named(&other), "wel geweest-i").await;
    for colleague in [&lead, &guide] {
        let page = colleague.sees(&format!("/traject/{id}/medewerking")).await;
        assert!(page.contains("driemaal niet-g") && page.contains("wel geweest-i"));
        assert!(page.contains("kwamen niet tot hetzelfde"));
    }
    // the evidence is a link for who may read it, and no more than that it is there for who may not
    let cooperation = format!("/traject/{id}/medewerking");
    assert!(guide.sees(&cooperation).await.contains(&talk.to_string()));
    let page = lead.sees(&cooperation).await;
    assert!(page.contains("Een vastgelegd contact of een actie") && !page.contains(&talk.to_string()));
    assert!(extract().await.contains("driemaal niet-g"), "the participant gets it with the other");
    // they differ: the review says how that was settled, and how the participant was heard
    let (_, _, page) = lead.sends(&format!("/traject/{id}/doe/toets"), "", &day(&review)).await;
    assert!(errors(&page).contains("hoe de deelnemer is gehoord"), "{}", errors(&page));
    let mut whole = [review, fields(&[("settled", "ziekteweek-j"), ("heard_said", "was ziek-k")])].concat();
    whole.push(("heard_language", first(List::Languages)));
    let (_, _, page) = lead.sends(&format!("/traject/{id}/doe/toets"), "", &day(&whole)).await;
    assert!(errors(&page).contains("de datum, de taal"), "half a hearing is no hearing: {}", errors(&page));
    whole.extend(dated("heard_on", "2022-05-02"));
    whole.push(("heard_interpreter", "ar".to_owned()));
    lead.does(id, "toets", "2022-05-03", &whole, "ziekteweek-j").await;
    let page = lead.sees(&format!("/traject/{id}/medewerking")).await;
    assert!(page.contains("was ziek-k") && page.contains("ziekteweek-j"));
    assert!(
        page.contains("2 mei 2022, in het") && page.contains("met een tolk (Arabisch)"),
        "when, in which language, by whom"
    );
}

fn consequence() -> Vec<(&'static str, String)> {
    vec![("consequence", first(List::Consequences))]
}

/// With a date on which everything of these tests can have happened.
fn day<'n>(fields: &[(&'n str, String)]) -> Vec<(&'n str, String)> {
    let mut out: Vec<(&str, String)> = dated("valid_from", "2022-05-03");
    out.extend(fields.iter().map(|(name, value)| (*name, value.clone())));
    out
}

#[tokio::test]
async fn steps_follow_each_other_and_a_hold_stops_what_ends_shelter() {
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let id = guided(&lead, "Traptrede Voorbeeldsma").await;
    let assign = fields(&[("task", "case-manager"), ("user", &guide.who.user.to_string())]);
    lead.does(id, "medewerker", "2022-02-15", &assign, &guide.who.name).await;
    for (colleague, on, words) in [(&guide, "2022-03-01", "niet gekomen-l"), (&lead, "2022-03-02", "niet gekomen-m")] {
        colleague.does(id, "beoordelen", on, &named(&assessment(false, words)), words).await;
    }
    let mut review =
        [fields(&[("cooperates", "nee"), ("reason", "besproken-n"), ("heard_said", "zegt iets-o")]), consequence()]
            .concat();
    review.push(("heard_language", first(List::Languages)));
    review.extend(dated("heard_on", "2022-03-02"));
    lead.does(id, "toets", "2022-03-03", &review, "besproken-n").await;

    // the form offers the next step alone; what is sent all the same is refused with the step that is missing
    let form = lead.sees(&format!("/traject/{id}/doe/gevolg")).await;
    assert!(form.contains("value=\"talk\"") && !form.contains("value=\"warning\""));
    let step = |measure: &'static str, words: &'static str| fields(&[("measure", measure), ("reason", words)]);
    lead.does(id, "gevolg", "2022-03-10", &step("talk", "gesproken-p"), "gesproken-p").await;
    lead.does(id, "gevolg", "2022-03-20", &step("warning", "gewaarschuwd-q"), "gewaarschuwd-q").await;
    assert!(!guide.sees(&format!("/traject/{id}")).await.contains("/doe/gevolg"), "what follows is the municipality's");
    let page = lead.sees(&format!("/traject/{id}/medewerking")).await;
    assert!(page.contains("Laatste termijn") && page.contains("gewaarschuwd-q"));

    // an objection against the warning, and the decision on it
    let warning = lead.newest(id, Kind::MeasureTaken).await.to_string();
    let objection = fields(&[("about", &warning), ("by", "participant"), ("grounds", "niet eens-r")]);
    lead.does(id, "bezwaar", "2022-03-25", &objection, "niet eens-r").await;
    let made = lead.newest(id, Kind::ObjectionMade).await.to_string();
    let answer = fields(&[("about", &made), ("outcome", "dismissed"), ("reason", "blijft staan-s")]);
    lead.does(id, "bezwaar-beslist", "2022-04-25", &answer, "blijft staan-s").await;

    // a judge: shelter must go on
    let mut bed = fields(&[("location", "Proefhuis-t")]);
    bed.extend([("kind", first(List::ShelterKinds)), ("funder", first(List::Funders))]);
    lead.does(id, "opvang", "2022-03-01", &bed, "Proefhuis-t").await;
    let mut hold = fields(&[("ground", "court-order"), ("note", "TEST 22/1-u")]);
    hold.extend(dated("until", "2022-12-31"));
    lead.does(id, "opvang-moet", "2022-05-01", &hold, "TEST 22/1-u").await;
    assert!(lead.sees(&format!("/traject/{id}")).await.contains("Opvang moet doorgaan tot en met 31 december 2022"));
    let shelter = Colleague::new("opvang.groningen").await;
    let ended = day(&fields(&[("reason", "weg-v")]));
    let (status, _, page) = shelter.sends(&format!("/traject/{id}/doe/opvang-einde"), "", &ended).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = errors(&page);
    assert!(said.contains("Uitspraak van de rechter") && said.contains("31 december 2022"), "{said}");
    assert!(!page.contains("TEST 22/1-u"), "the case itself is not the shelter's");
    let mut left = [fields(&[("outflow_reason", "permit")]), vec![("evidence", first(List::Evidence))]].concat();
    left.extend(dated("valid_from", "2022-05-10"));
    let (status, _, page) = lead.sends(&format!("/traject/{id}/doe/vertrek"), "", &left).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(errors(&page).contains("Opvang moet doorgaan"), "{}", errors(&page));
    // to another bed is possible
    let mut moved = fields(&[("location", "Proefhuis-w")]);
    moved.extend([("kind", first(List::ShelterKinds)), ("funder", first(List::Funders))]);
    shelter.does(id, "opvang", "2022-05-12", &moved, "Proefhuis-w").await;
    let held = lead.newest(id, Kind::HoldSet).await.to_string();
    let lifted = fields(&[("about", &held), ("note", "uitspraak TEST 22/9-x")]);
    lead.does(id, "opvang-moet-voorbij", "2022-05-20", &lifted, "TEST 22/9-x").await;
    let (status, _, page) =
        lead.sends(&format!("/traject/{id}/doe/gevolg"), "", &day(&fields(&[("reason", "zonder stap-y")]))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "bad input comes back: {}", errors(&page));
}
