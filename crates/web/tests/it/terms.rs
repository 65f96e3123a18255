//! Terms that explain themselves on their page, and what is done about a part of the dossier that does not come.

use axum::http::StatusCode;
use domain::{fact::Kind, ids::TrajectoryId, programme::List};

use crate::{
    routes::world,
    scenario::{Colleague, admission, dated, errors, fields, registered},
};

async fn admitted(lead: &Colleague, guide: &Colleague, name: &str) -> TrajectoryId {
    let id = registered(lead, name, "2022-01-03").await;
    lead.takes(id, "toelating", "2022-01-04", &admission("2022-01-04", "voldoet")).await;
    let take = fields(&[("task", "case-manager"), ("user", &guide.who.user.to_string())]);
    lead.takes(id, "medewerker", "2022-01-04", &take).await;
    id
}

#[tokio::test]
async fn the_page_of_terms_says_why_each_day_is_that_day() {
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let id = admitted(&lead, &guide, "Termijna Voorbeeldsma").await;
    let address = format!("/traject/{id}/termijnen");
    // day 0 is the admission; fourteen days after it, by the method's own choice
    let page = lead.sees(&address).await;
    for words in
        ["18 januari 2022", "De termijn duurt 14 dagen", "Over de lengte: Niet gepubliceerd; onze werktermijn."]
    {
        assert!(page.contains(words), "{words}");
    }
    // four days of standing still move the last day; the reason is told to who may know it
    guide.takes(id, "pauze", "2022-01-08", &fields(&[("pause", "detention"), ("note", "")])).await;
    guide.takes(id, "pauze-einde", "2022-01-12", &fields(&[("note", "")])).await;
    let page = guide.sees(&address).await;
    for words in ["De termijn stond 4 dagen stil. Reden: In detentie.", "22 januari 2022"] {
        assert!(page.contains(words), "{words}");
    }
    let page = lead.sees(&address).await;
    assert!(page.contains("stond 4 dagen stil. Reden: reden niet voor u zichtbaar.") && !page.contains("In detentie"));
    // a longer term: until when, by whom and why; more than the method allows is refused
    let extension = async |until: &str| {
        let screened = lead.newest(id, Kind::Screened).await;
        let mut form = fields(&[("ground", "tolk was ziek-31"), ("by", "Proef Beslisser, teamleider")]);
        form.push(("term", format!("intake.{screened}")));
        [form, dated("until", until), dated("valid_from", "2022-01-13")].concat()
    };
    let longer = format!("/traject/{id}/doe/termijn-verlengen");
    let (status, _, page) = lead.sends(&longer, "", &extension("2022-03-01").await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(errors(&page).contains("niet meer dan 14 dagen"), "{}", errors(&page));
    let (status, _, page) = lead.sends(&longer, "", &extension("2022-01-29").await).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    let page = lead.sees(&address).await;
    let words =
        "Verlengd tot en met 29 januari 2022: 7 dagen erbij. Door Proef Beslisser, teamleider. Reden: tolk was ziek-31";
    assert!(page.contains(words), "{page}");
    // each fact it was counted from is a link to the timeline
    let pause = guide.newest(id, Kind::PauseStarted).await;
    assert!(guide.sees(&address).await.contains(&pause.to_string()), "the pause is linked");
}

#[tokio::test]
async fn a_part_that_does_not_come_is_reminded_of_sent_back_or_told_not_to_be_there() {
    let (lead, guide) = (Colleague::new("coordinator.groningen").await, Colleague::new("begeleider.groningen").await);
    let id = admitted(&lead, &guide, "Herinnera Voorbeeldsma").await;
    lead.takes(id, "intake", "2022-01-10", &fields(&[("best_language", "ti")])).await;
    let part = |items: &[&'static str], note: &str| {
        let mut form = fields(&[("partner", "ind"), ("note", note)]);
        form.extend(items.iter().map(|item| ("items", (*item).to_owned())));
        form
    };
    lead.takes(id, "dossier-vragen", "2022-01-12", &part(&["interviews", "procedures"], "graag-41")).await;
    lead.does(
        id,
        "dossier-herinneren",
        "2022-02-20",
        &part(&["interviews"], "nog niet gezien-42"),
        "nog niet gezien-42",
    )
    .await;
    lead.takes(id, "dossier-geleverd", "2022-02-21", &part(&["interviews"], "")).await;
    let programme = world().desk.programme();
    let ground = |list: List| programme.list(list).0[0].clone();
    let (rejected, missing) = (ground(List::RejectionGrounds), ground(List::UnavailableGrounds));
    let with = |ground: &domain::programme::Entry, form: Vec<(&'static str, String)>| {
        [form, vec![("ground", ground.code.to_string())]].concat()
    };
    let back = with(&rejected, part(&["interviews"], "bladzijde 3-43"));
    lead.does(id, "dossier-terugsturen", "2022-02-22", &back, "bladzijde 3-43").await;
    let gone = with(&missing, part(&["procedures"], "zegt de IND-44"));
    lead.does(id, "dossier-niet-beschikbaar", "2022-02-23", &gone, "zegt de IND-44").await;
    let page = lead.sees(&format!("/traject/{id}/dossier")).await;
    for words in [&rejected.text.nl, &missing.text.nl] {
        assert!(page.contains(words.as_str()), "{words}: {page}");
    }
    // without a ground it is not sent back
    let (status, _, page) = lead
        .sends(
            &format!("/traject/{id}/doe/dossier-terugsturen"),
            "",
            &[dated("valid_from", "2022-02-24"), part(&["interviews"], "zonder grond")].concat(),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("<a href=\"#ground\">"), "{}", errors(&page));
}
