//! The file of a case: the steps of its phases, and a timeline of milestones or of everything.

use crate::scenario::{Colleague, admission, fields, registered};

/// What the step that is marked as the current one says.
fn current(page: &str) -> String {
    let steps = page.split_once("<ol class=\"bst-steps\">").unwrap().1.split_once("</ol>").unwrap().0;
    let marked: Vec<&str> = steps.split("<li").filter(|step| step.contains("aria-current=\"step\"")).collect();
    assert_eq!(marked.len(), 1, "one phase is the current one: {steps}");
    let name = marked[0].split_once("</span>").unwrap().1;
    name.split_once('<').unwrap().0.trim().to_owned()
}

#[tokio::test]
async fn the_steps_say_in_which_phase_a_case_is() {
    let lead = Colleague::new("coordinator.groningen").await;
    let id = registered(&lead, "Stappa Voorbeeldsma", "2022-01-03").await;
    let first = current(&lead.sees(&format!("/traject/{id}")).await);
    lead.takes(id, "toelating", "2022-01-04", &admission("2022-01-04", "voldoet")).await;
    let admitted = current(&lead.sees(&format!("/traject/{id}")).await);
    lead.takes(id, "intake", "2022-01-05", &fields(&[("best_language", "ti")])).await;
    let dossier = current(&lead.sees(&format!("/traject/{id}")).await);
    assert_eq!([first.as_str(), admitted.as_str(), dossier.as_str()], ["Aanmelding", "Intake", "Dossier"]);
}

#[tokio::test]
async fn the_timeline_shows_milestones_or_everything() {
    let lead = Colleague::new("coordinator.groningen").await;
    let id = registered(&lead, "Mijlpaala Voorbeeldsma", "2022-01-03").await;
    lead.takes(id, "toelating", "2022-01-04", &admission("2022-01-04", "voldoet")).await;
    // an obstacle is no milestone
    let obstacle = fields(&[("obstacle", "travel-document")]);
    lead.takes(id, "knelpunt", "2022-01-05", &obstacle).await;
    let events = |page: &str| {
        let list = page.split_once("id=\"tijdlijn\"").unwrap().1;
        (list.contains("Geen reisdocument"), list.contains("Toegelaten") || list.contains("toegelaten"))
    };
    assert_eq!(events(&lead.sees(&format!("/traject/{id}/tijdlijn")).await), (false, true), "milestones");
    assert_eq!(events(&lead.sees(&format!("/traject/{id}/tijdlijn?alles=1")).await), (true, true), "everything");
}
