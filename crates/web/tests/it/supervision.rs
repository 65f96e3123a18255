//! Supervision by the DT&V: counts and case numbers, names only where it is assigned, recommendations and the report; and what
//! is recorded on the information of a partner.

use crate::{
    routes::{get, send, world},
    scenario::{Colleague, admission, dated, errors, fields, registered},
};
use axum::http::StatusCode;

#[tokio::test]
async fn a_case_without_the_dtv_is_on_its_page_by_number_until_a_step_is_recorded() {
    let (lead, dtv) = (Colleague::new("coordinator.groningen").await, Colleague::new("dtv.groningen").await);
    let id = registered(&lead, "Toezichta Voorbeeldsma", "2019-04-02").await;
    lead.does(id, "toelating", "2019-04-03", &admission("2022-01-04", "grond-aa"), "grond-aa").await;
    let number = world().desk.file(&lead.who, id).await.unwrap().case_number;
    let before = dtv.sees("/toezicht").await;
    assert!(before.contains(&number), "the longest waiting stands first");
    assert!(!before.contains("Toezichta"), "no name before the DT&V has a task");
    // the municipality records what the DT&V did, on its information
    let mut step = fields(&[("departure", "departure-talk"), ("partner", "dtv"), ("source", "dtv")]);
    step.push(("note", "gesprek-bb".into()));
    lead.does(id, "vertrekstap", "2019-06-03", &step, "gesprek-bb").await;
    let timeline = lead.sees(&format!("/traject/{id}/tijdlijn?alles=1")).await;
    assert!(timeline.contains("op informatie van"), "and the timeline says so");
    assert!(!dtv.sees("/toezicht").await.contains(&number));
    // an invented source is refused, and so is one who may only record their own
    let bad = [
        dated("valid_from", "2019-06-04"),
        fields(&[("departure", "departure-talk"), ("partner", "dtv"), ("source", "niemand")]),
    ]
    .concat();
    let (status, ..) = lead.sends(&format!("/traject/{id}/doe/vertrekstap"), "", &bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let assign = fields(&[("task", "case-director"), ("user", &dtv.who.user.to_string())]);
    lead.does(id, "medewerker", "2019-06-05", &assign, &dtv.who.name).await;
    let form = dtv.sees(&format!("/traject/{id}/doe/vertrekstap")).await;
    assert!(!form.contains("name=\"source\""), "the state records its own");
}

/// How many cases stand at a step of departure.
fn at_step(page: &str, step: &str) -> u64 {
    let table = page.split_once("id=\"stappen\"").unwrap().1.split_once("</section>").unwrap().0;
    let Some((_, cell)) = table.split_once(&format!("<th scope=\"row\">{step}</th><td class=\"bst-num\">")) else {
        return 0;
    };
    cell.split_once('<').unwrap().0.parse().unwrap()
}

#[tokio::test]
async fn the_departure_process_is_counted_by_the_step_each_case_is_at() {
    let (lead, dtv) = (Colleague::new("coordinator.groningen").await, Colleague::new("dtv.groningen").await);
    let id = registered(&lead, "Vertrekka Voorbeeldsma", "2019-04-02").await;
    lead.does(id, "toelating", "2019-04-03", &admission("2022-01-04", "grond-vv"), "grond-vv").await;
    let [talk, applied] = ["Vertrekgesprek", "Laissez-passer aangevraagd"];
    let counts = async || {
        let page = dtv.sees("/toezicht").await;
        [talk, applied].map(|step| at_step(&page, step))
    };
    let before = counts().await;
    for (step, on) in [("departure-talk", "2019-06-03"), ("laissez-passer-application", "2019-07-03")] {
        let mut form = fields(&[("departure", step), ("partner", "dtv"), ("source", "dtv")]);
        form.push(("note", String::new()));
        lead.takes(id, "vertrekstap", on, &form).await;
        if step == "departure-talk" {
            assert_eq!(counts().await, [before[0] + 1, before[1]]);
        }
    }
    assert_eq!(counts().await, [before[0], before[1] + 1], "a case stands at its last step");
}

#[tokio::test]
async fn recommendations_and_what_became_of_them() {
    let dtv = Colleague::new("dtv.groningen").await;
    let advice =
        [fields(&[("text", "vaste dag voor vertrekgesprekken-cc")]), dated("valid_from", "2022-05-01")].concat();
    let (status, to, page) = dtv.sends("/toezicht", "", &advice).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    let page = dtv.sees(to.split('#').next().unwrap()).await;
    let at = page.find("vaste dag voor vertrekgesprekken-cc").unwrap();
    let from = at + page[at..].find("/toezicht/advies/").unwrap();
    let path = page[from..from + "/toezicht/advies/".len() + 36].to_owned();
    let became = |on: &'static str, note: &'static str| {
        [fields(&[("became", "adopted"), ("note", note)]), dated("valid_from", on)].concat()
    };
    let (status, _, page) = dtv.sends(&path, "", &became("2022-04-30", "te vroeg-dd")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "not before it was made");
    assert!(errors(&page).contains("1 mei 2022"), "{}", errors(&page));
    // a double click is one answer
    let command = world().desk.new_command();
    for _ in 0..2 {
        let (status, ..) = dtv.sends_as(command, &path, "", &became("2022-05-20", "vanaf juni-ee")).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    assert_eq!(dtv.sees(&path).await.matches("vanaf juni-ee").count(), 1);
    let report =
        dtv.sees("/toezicht/verslag?van-dag=1&van-maand=1&van-jaar=2022&tot-dag=30&tot-maand=6&tot-jaar=2022").await;
    for words in ["vaste dag voor vertrekgesprekken-cc", "vanaf juni-ee", "Een stap telt op de dag", "Zonder DT&#38;V"]
    {
        assert!(report.contains(words), "{words}");
    }
    let (status, paper) = send(get(
        "/toezicht/verslag/pdf?van-dag=1&van-maand=1&van-jaar=2022&tot-dag=30&tot-maand=6&tot-jaar=2022",
        dtv.cookie(),
    ))
    .await;
    assert!(status == StatusCode::OK && paper.starts_with("%PDF-"), "{status}");
    // bad input: no text, a day to come, a period the wrong way round, a 13th month, another's site
    for (name, value) in [("text", " "), ("valid_from-jaar", "2031"), ("valid_from-maand", "13"), ("site", "utrecht")] {
        let mut bad: Vec<(&str, String)> = advice.iter().filter(|(key, _)| *key != name).cloned().collect();
        bad.push((name, value.to_owned()));
        let (status, ..) = dtv.sends("/toezicht", "", &bad).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    let wrong = "/toezicht/verslag?van-dag=1&van-maand=6&van-jaar=2022&tot-dag=1&tot-maand=1&tot-jaar=2022";
    let (status, page) = send(get(wrong, dtv.cookie())).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("eindigt voor zij begint"));
    // nothing was to be saved, and so the title does not say that it was not
    let (status, page) = send(get("/toezicht/verslag/pdf?van-dag=1&van-maand=13&van-jaar=2022", dtv.cookie())).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Dit kan zo niet worden getoond") && !page.contains("niet worden opgeslagen"));
}

/// The number beside words on a page.
fn beside(page: &str, words: &str) -> u64 {
    let at = page.find(words).unwrap_or_else(|| panic!("{words} stands nowhere"));
    let rest = &page[at..];
    let value = rest.split("<dd>").nth(1).unwrap().split("</dd>").next().unwrap();
    value.parse().unwrap_or_else(|_| panic!("{words}: {value}"))
}

#[tokio::test]
async fn the_report_is_of_its_period_and_of_today_says_what_the_page_says() {
    let (lead, dtv) = (Colleague::new("coordinator.groningen").await, Colleague::new("dtv.groningen").await);
    let id = registered(&lead, "Periodia Voorbeeldsma", "2021-03-01").await;
    lead.does(id, "toelating", "2021-03-02", &admission("2021-03-02", "grond-pp"), "grond-pp").await;
    let over = async |from: [i16; 3], to: [i16; 3]| {
        let part = |name: &str, [day, month, year]: [i16; 3]| {
            format!("{name}-dag={day}&{name}-maand={month}&{name}-jaar={year}")
        };
        dtv.sees(&format!("/toezicht/verslag?{}&{}", part("van", from), part("tot", to))).await
    };
    let march = over([1, 3, 2021], [31, 3, 2021]).await;
    let open = beside(&march, "Trajecten in de periode");
    assert_eq!(open, beside(&march, "Met DT&#38;V") + beside(&march, "Zonder DT&#38;V"));
    let involved = async || beside(&over([1, 3, 2021], [31, 3, 2021]).await, "Met DT&#38;V");
    let before = involved().await;
    let mut step = fields(&[("departure", "departure-talk"), ("partner", "dtv"), ("source", "dtv")]);
    step.push(("note", "gesprek-pp".into()));
    lead.does(id, "vertrekstap", "2021-04-06", &step, "gesprek-pp").await;
    assert_eq!(involved().await, before, "a step of April does not make March another");
    let april = beside(&over([1, 4, 2021], [30, 4, 2021]).await, "Met DT&#38;V");
    assert!(april > before, "{april}");
    // a period of today alone: the same numbers as on the page
    let (today, page) = (over([1, 7, 2022], [1, 7, 2022]).await, dtv.sees("/toezicht").await);
    for (of_report, of_page) in [
        ("Trajecten in de periode", "Open trajecten op 1 juli 2022"),
        ("Met DT&#38;V", "Met DT&#38;V"),
        ("Zonder DT&#38;V", "Zonder DT&#38;V"),
        ("Trajecten die in de periode stilstonden", "Trajecten die stilstaan"),
    ] {
        assert_eq!(beside(&today, of_report), beside(&page, of_page), "{of_page}");
    }
}

#[tokio::test]
async fn the_page_of_supervision_is_short_and_drawn() {
    let dtv = Colleague::new("dtv.groningen").await;
    let page = dtv.sees("/toezicht").await;
    let cases = page.split("id=\"zonder\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert!(cases.matches("/traject/").count() <= 20, "a page of them");
    assert!(page.find("id=\"kort\"").unwrap() < page.find("id=\"zonder\"").unwrap(), "the summary comes first");
    assert!(page.contains("<svg") && page.contains("betrokkenheid"), "with a picture");
    // what lies past the last page is the last page; what is no number is nowhere
    dtv.sees("/toezicht?pagina=9999").await;
    let (status, _) = send(get("/toezicht?pagina=twee", dtv.cookie())).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn supervision_is_for_the_dtv_and_who_leads() {
    for (login, status) in [
        ("dtv.groningen", StatusCode::OK),
        ("coordinator.groningen", StatusCode::OK),
        ("begeleider.groningen", StatusCode::FORBIDDEN),
        ("ind.groningen", StatusCode::FORBIDDEN),
        ("politie.groningen", StatusCode::FORBIDDEN),
    ] {
        let colleague = Colleague::new(login).await;
        for path in ["/toezicht", "/toezicht/verslag"] {
            assert_eq!(send(get(path, colleague.cookie())).await.0, status, "{login} {path}");
        }
    }
}
