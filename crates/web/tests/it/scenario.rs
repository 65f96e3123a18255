//! One participant from registration to leaving, through every form, as a browser sends it; each step is then on the
//! timeline.

use access::Principal;
use axum::http::{StatusCode, header};
use domain::{
    fact::Kind,
    ids::{CommandId, FactId, TrajectoryId},
    programme::List,
};
use tower::ServiceExt as _;

use crate::routes::{FORM, get, post, send, signed_in, world};

/// Someone at work.
pub(crate) struct Colleague {
    cookie: String,
    csrf: String,
    pub(crate) who: Principal,
}

impl Colleague {
    pub(crate) async fn new(login: &str) -> Self {
        let (cookie, csrf, who) = signed_in(login).await;
        Self { cookie, csrf, who }
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Sends a form; status, where it leads to, and the page.
    pub(crate) async fn sends(
        &self,
        path: &str,
        version: &str,
        fields: &[(&str, String)],
    ) -> (StatusCode, String, String) {
        self.sends_as(world().desk.new_command(), path, version, fields).await
    }

    /// Sends a form as a command: the same one twice is a double click.
    pub(crate) async fn sends_as(
        &self,
        command: CommandId,
        path: &str,
        version: &str,
        fields: &[(&str, String)],
    ) -> (StatusCode, String, String) {
        let mut body = format!("csrf={}&opdracht={command}&versie={version}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", escaped(value)));
        }
        let response = world().router.clone().oneshot(post(path, &self.cookie, FORM, body)).await.unwrap();
        let status = response.status();
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
        (status, to.unwrap_or_default(), String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub(crate) async fn sees(&self, path: &str) -> String {
        let (status, page) = send(get(path, &self.cookie)).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        page
    }

    /// The number of the newest fact of a kind.
    pub(crate) async fn newest(&self, id: TrajectoryId, kind: Kind) -> FactId {
        let items = world().desk.timeline(&self.who, id).await.unwrap();
        let of_kind = items.iter().filter(|item| item.fact.header.kind == kind);
        of_kind.max_by_key(|item| item.number).unwrap_or_else(|| panic!("no {kind}")).fact.header.id
    }

    /// Takes a step on a day.
    pub(crate) async fn takes(&self, id: TrajectoryId, step: &str, on: &str, fields: &[(&str, String)]) {
        let fields =
            [dated("valid_from", on), fields.iter().map(|(name, value)| (*name, value.clone())).collect()].concat();
        let (status, _, page) = self.sends(&format!("/traject/{id}/doe/{step}"), "", &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{step}: {}", errors(&page));
    }

    /// Takes a step on a day; what it says is on the timeline afterwards.
    pub(crate) async fn does(&self, id: TrajectoryId, step: &str, on: &str, fields: &[(&str, String)], shows: &str) {
        let fields =
            [dated("valid_from", on), fields.iter().map(|(name, value)| (*name, value.clone())).collect()].concat();
        let (status, _, page) = self.sends(&format!("/traject/{id}/doe/{step}"), "", &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{step}: {}", errors(&page));
        let timeline = self.sees(&format!("/traject/{id}/tijdlijn?alles=1")).await;
        assert!(timeline.contains(shows), "{step}: {shows} is not on the timeline");
    }
}

/// What a page says is wrong.
pub(crate) fn errors(page: &str) -> &str {
    let from = page.find("role=\"alert\"").unwrap_or(0);
    &page[from..page.floor_char_boundary(from + 900)]
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub(crate) fn dated(name: &'static str, on: &str) -> Vec<(&'static str, String)> {
    let [day, month, year] = match name {
        "valid_from" => ["valid_from-dag", "valid_from-maand", "valid_from-jaar"],
        "until" => ["until-dag", "until-maand", "until-jaar"],
        "form_date" => ["form_date-dag", "form_date-maand", "form_date-jaar"],
        "heard_on" => ["heard_on-dag", "heard_on-maand", "heard_on-jaar"],
        other => panic!("{other}"),
    };
    let parts: Vec<&str> = on.split('-').collect();
    vec![(day, parts[2].to_owned()), (month, parts[1].to_owned()), (year, parts[0].to_owned())]
}

pub(crate) fn first(list: List) -> String {
    world().desk.programme().list(list).0[0].code.to_string()
}

pub(crate) fn fields(parts: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    parts.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// A new person in Groningen.
pub(crate) async fn registered(by: &Colleague, name: &str, on: &str) -> TrajectoryId {
    let mut form = fields(&[("name-1-text", name), ("name-1-kind", "official"), ("sex", "female")]);
    form.push(("v_number_missing", first(List::VNumberMissing)));
    form.push(("circumstances", format!("{name} kwam zelf")));
    form.extend(dated("valid_from", on));
    let (mut status, mut to, mut page) = by.sends("/aanmelden/nieuw", "", &form).await;
    if status == StatusCode::CONFLICT {
        // an invented name like another one: whoever sends it has looked, and it is someone else
        let seen = page.split_once("name=\"gezien\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        form.push(("gezien", seen));
        (status, to, page) = by.sends("/aanmelden/nieuw", "", &form).await;
    }
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    to.strip_prefix("/traject/").unwrap().parse().unwrap()
}

pub(crate) fn mandate(on: &str) -> Vec<(&'static str, String)> {
    let mut form = fields(&[("mandate_by", "Proef Beslisser")]);
    form.push(("on_behalf_of", first(List::OnBehalfOf)));
    form.push(("form", first(List::Forms)));
    form.extend(dated("form_date", on));
    form
}

pub(crate) fn admission(on: &str, reason: &str) -> Vec<(&'static str, String)> {
    let programme = world().desk.programme();
    let method = programme.method_on(&"groningen".parse().unwrap(), on.parse().unwrap()).unwrap();
    let mut form = fields(&[("status", "admitted"), ("ground", method.grounds[0].as_str()), ("reason", reason)]);
    form.extend(mandate(on));
    form
}

const ROWS: [[&str; 3]; 8] = [
    ["commitments-1-org", "commitments-1-nothing", "commitments-1-text"],
    ["commitments-2-org", "commitments-2-nothing", "commitments-2-text"],
    ["commitments-3-org", "commitments-3-nothing", "commitments-3-text"],
    ["commitments-4-org", "commitments-4-nothing", "commitments-4-text"],
    ["commitments-5-org", "commitments-5-nothing", "commitments-5-text"],
    ["commitments-6-org", "commitments-6-nothing", "commitments-6-text"],
    ["commitments-7-org", "commitments-7-nothing", "commitments-7-text"],
    ["commitments-8-org", "commitments-8-nothing", "commitments-8-text"],
];

#[tokio::test]
async fn every_form_takes_real_values_and_each_step_is_on_the_timeline() {
    let lead = Colleague::new("coordinator.groningen").await;
    let guide = Colleague::new("begeleider.groningen").await;
    let programme = world().desk.programme();
    let site = programme.site(&"groningen".parse().unwrap()).unwrap();
    let own = guide.who.org.as_str();
    let id = registered(&lead, "Scenaria Voorbeeldsma", "2022-01-03").await;
    lead.does(id, "toelating", "2022-01-04", &admission("2022-01-04", "voldoet aan alles-01"), "voldoet aan alles-01")
        .await;

    // status, back and forth
    for (on, status, why) in
        [("2022-01-05", "living-allowance-only", "nog geen bed-02"), ("2022-01-06", "admitted", "bed vrij-03")]
    {
        lead.does(id, "deelname", on, &fields(&[("status", status), ("reason", why)]), why).await;
    }
    let shelter = Colleague::new("opvang.groningen").await;
    let mut bed = fields(&[("location", "Proefhuis-04")]);
    bed.extend([("kind", first(List::ShelterKinds)), ("funder", first(List::Funders))]);
    shelter.does(id, "opvang", "2022-01-06", &bed, "Proefhuis-04").await;
    shelter.does(id, "opvang-einde", "2022-03-01", &fields(&[("reason", "verhuisd-05")]), "verhuisd-05").await;

    // intake: the best language stays the first
    let talk =
        fields(&[("best_language", "ti"), ("languages", "en"), ("languages", "ar"), ("summary", "goed gesprek-06")]);
    guide.does(id, "intake", "2022-01-10", &talk, "goed gesprek-06").await;
    let spoken = world().desk.file(&guide.who, id).await.unwrap().trajectory.intake.unwrap().detail.unwrap().languages;
    assert_eq!(spoken[0].as_str(), "ti", "best first");
    assert_eq!(spoken.len(), 3);

    let mut obstacle = fields(&[("note", "paspoort kwijt-07")]);
    obstacle.push(("obstacle", first(List::Obstacles)));
    guide.does(id, "knelpunt", "2022-01-11", &obstacle, "paspoort kwijt-07").await;
    let about = |fact: FactId, rest: &[(&'static str, &str)]| {
        let mut form = fields(rest);
        form.push(("about", fact.to_string()));
        form
    };
    let fact = guide.newest(id, Kind::ObstacleNoted).await;
    let note = about(fact, &[("note", "paspoort gevonden-08")]);
    guide.does(id, "knelpunt-opgelost", "2022-01-20", &note, "paspoort gevonden-08").await;

    // the dossier
    let items: Vec<String> = programme.list(List::DossierItems).0.iter().take(2).map(|e| e.code.to_string()).collect();
    for partner in ["ind", "dtv"] {
        let part = |note: String| vec![("partner", partner.to_owned()), ("note", note)];
        let mut ask = part(format!("graag {partner}-09"));
        ask.extend(items.iter().map(|item| ("items", item.clone())));
        lead.does(id, "dossier-vragen", "2022-01-12", &ask, &format!("graag {partner}-09")).await;
        let mut half = part(format!("deel {partner}-10"));
        half.push(("items", items[0].clone()));
        lead.does(id, "dossier-geleverd", "2022-01-20", &half, &format!("deel {partner}-10")).await;
        let mut lacks = part(format!("mist {partner}-11"));
        lacks.push(("missing", items[1].clone()));
        lead.does(id, "dossier-onvolledig", "2022-01-21", &lacks, &format!("mist {partner}-11")).await;
        let name = programme.org(&partner.parse().unwrap()).unwrap().name.clone();
        let page = lead.sees(&format!("/traject/{id}/dossier")).await;
        assert!(page.contains("Ontbreekt") && page.contains(&name), "what is outstanding is shown");
        let silent = [dated("valid_from", "2022-01-22"), part(String::new())].concat();
        let (status, _, page) = lead.sends(&format!("/traject/{id}/doe/dossier-compleet"), "", &silent).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("<a href=\"#note\">"), "{}", errors(&page));
        let mut rest = part(format!("rest {partner}-12"));
        rest.push(("items", items[1].clone()));
        lead.does(id, "dossier-geleverd", "2022-01-25", &rest, &format!("rest {partner}-12")).await;
        lead.does(
            id,
            "dossier-compleet",
            "2022-01-26",
            &part(format!("heel {partner}-13")),
            &format!("heel {partner}-13"),
        )
        .await;
    }

    // the decision: with a commitment of each partner
    let mut decided = fields(&[("scenario", "under-investigation"), ("reason", "samen besloten-14")]);
    decided.push(("perspective", first(List::Perspectives)));
    decided.extend(fields(&[("present-1-org", site.lead.as_str()), ("present-1-name", "Proef Voorzitter")]));
    decided.extend(dated("until", "2022-06-01"));
    let silent = [dated("valid_from", "2022-02-14"), decided.clone()].concat();
    let (status, _, page) = lead.sends(&format!("/traject/{id}/doe/besluit"), "", &silent).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "no partner said anything");
    assert!(page.contains("ontbreekt"), "{}", errors(&page));
    for (row, (org, [org_name, nothing, text])) in site.partners.iter().zip(ROWS).enumerate() {
        decided.push((org_name, org.to_string()));
        decided.push(if row == 0 { (text, "zoekt een advocaat".into()) } else { (nothing, "nothing".into()) });
    }
    lead.does(id, "besluit", "2022-02-14", &decided, "samen besloten-14").await;
    let page = lead.sees(&format!("/traject/{id}/medewerking")).await;
    assert!(page.contains("zoekt een advocaat") && page.contains("Zegt niets toe"));

    // the plan
    let mut goal = fields(&[("text", "papieren op orde-15"), ("owner", own)]);
    goal.extend(dated("until", "2022-08-01"));
    guide.does(id, "doel", "2022-02-15", &goal, "papieren op orde-15").await;
    let goal = guide.newest(id, Kind::GoalSet).await;
    let mut action = about(goal, &[("text", "bellen met de ambassade-16"), ("owner", own)]);
    action.extend(dated("until", "2022-03-15"));
    guide.does(id, "actie", "2022-02-16", &action, "bellen met de ambassade-16").await;
    let mut done = about(guide.newest(id, Kind::ActionAdded).await, &[("note", "gebeld-17")]);
    done.push(("result", first(List::Results)));
    guide.does(id, "actie-afsluiten", "2022-03-01", &done, "gebeld-17").await;
    let mut reached = about(goal, &[("note", "alles op orde-18")]);
    reached.push(("result", first(List::Results)));
    guide.does(id, "doel-afsluiten", "2022-04-01", &reached, "alles op orde-18").await;
    let plan = guide.sees(&format!("/traject/{id}/plan")).await;
    assert!(plan.contains("alles op orde-18") && plan.contains("1 augustus 2022"), "the closing note and the day show");
    let mut contact = fields(&[("note", "even gebeld-19")]);
    contact.push(("how", first(List::ContactKinds)));
    guide.does(id, "contact", "2022-02-20", &contact, "even gebeld-19").await;

    // cooperation and pauses
    let found = crate::cooperation::assessment(true, "zelf gezien-20");
    guide.does(id, "beoordelen", "2022-03-08", &crate::cooperation::named(&found), "zelf gezien-20").await;
    let found = crate::cooperation::assessment(true, "ook gezien-20");
    lead.does(id, "beoordelen", "2022-03-09", &crate::cooperation::named(&found), "ook gezien-20").await;
    let mut review = fields(&[("cooperates", "ja"), ("reason", "werkt mee-20")]);
    review.push(("consequence", first(List::Consequences)));
    lead.does(id, "toets", "2022-03-10", &review, "werkt mee-20").await;
    let mut pause = fields(&[("note", "wacht op zorg-21")]);
    pause.push(("pause", first(List::Pauses)));
    guide.does(id, "pauze", "2022-04-10", &pause, "wacht op zorg-21").await;
    guide.does(id, "pauze-einde", "2022-05-10", &fields(&[("note", "zorg begonnen-22")]), "zorg begonnen-22").await;

    // who does what
    let worker = guide.who.user.to_string();
    let assign = fields(&[("task", "case-manager"), ("user", &worker)]);
    lead.does(id, "medewerker", "2022-01-04", &assign, &guide.who.name).await;
    let released = about(lead.newest(id, Kind::WorkerAssigned).await, &[("note", "met verlof-23")]);
    lead.does(id, "medewerker-klaar", "2022-05-11", &released, "met verlof-23").await;

    // and out
    let mut left = fields(&[("note", "naar een eigen huis-24"), ("outflow_reason", "permit")]);
    left.push(("evidence", first(List::Evidence)));
    lead.does(id, "vertrek", "2022-06-20", &left, "naar een eigen huis-24").await;

    mended(&lead, id).await;
}

/// A correction and a withdrawal: both stay on the timeline, marked.
async fn mended(lead: &Colleague, id: TrajectoryId) {
    let timeline = format!("/traject/{id}/tijdlijn?alles=1");
    let before = lead.sees(&timeline).await;
    assert!(!before.contains("bst-event--superseded"));
    let review = lead.newest(id, Kind::CooperationReviewed).await;
    let mut form = fields(&[("cooperates", "ja"), ("reason", "werkt goed mee-25"), ("why", "verkeerde naam-26")]);
    form.push(("consequence", first(List::Consequences)));
    form.extend(dated("valid_from", "2022-03-10"));
    let (status, _, page) = lead.sends(&format!("/traject/{id}/feit/{review}/verbeter"), "", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    let after = lead.sees(&timeline).await;
    for words in ["werkt mee-20", "werkt goed mee-25", "verkeerde naam-26", "bst-event--correction"] {
        assert!(after.contains(words), "{words}");
    }
    assert_eq!(after.matches("bst-event--superseded").count(), 1, "the first is marked");
    let outflow = lead.newest(id, Kind::Left).await;
    let withdraw = fields(&[("why", "ging toch niet door-27")]);
    let (status, _, page) = lead.sends(&format!("/traject/{id}/feit/{outflow}/intrekken"), "", &withdraw).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    let after = lead.sees(&timeline).await;
    assert!(after.contains("ging toch niet door-27") && after.contains("naar een eigen huis-24"));
    assert_eq!(after.matches("bst-event--superseded").count(), 2);
}

#[tokio::test]
async fn a_household_is_registered_from_the_page_of_a_person() {
    let lead = Colleague::new("coordinator.groningen").await;
    let id = registered(&lead, "Moedera Voorbeeldsma", "2022-05-01").await;
    let person = world().desk.file(&lead.who, id).await.unwrap().person.id;
    let path = format!("/aanmelden/{person}/gezin");
    assert!(lead.sees(&format!("/deelnemer/{person}")).await.contains(&path));
    assert!(lead.sees(&path).await.contains("Moedera Voorbeeldsma"));
    let mut form = fields(&[("name-1-text", "Kindje Voorbeeldsma"), ("name-1-kind", "official"), ("sex", "male")]);
    form.extend(fields(&[("relation", "child"), ("circumstances", "kwam mee")]));
    form.push(("v_number_missing", first(List::VNumberMissing)));
    form.extend(dated("valid_from", "2022-05-01"));
    let (status, to, page) = lead.sends(&path, "", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    let theirs = lead.sees(&to).await;
    assert!(theirs.contains("id=\"gezin\"") && theirs.contains("Moedera Voorbeeldsma"));
    assert!(lead.sees(&format!("/traject/{id}")).await.contains("Kindje Voorbeeldsma"));
}

#[tokio::test]
async fn the_second_of_two_is_told_who_changed_what() {
    let lead = Colleague::new("coordinator.groningen").await;
    let id = registered(&lead, "Konflikta Voorbeeldsma", "2022-05-01").await;
    let seen = world().desk.file(&lead.who, id).await.unwrap().trajectory.version.to_string();
    lead.does(id, "toelating", "2022-05-02", &admission("2022-05-02", "als eerste"), "als eerste").await;
    let mut second = dated("valid_from", "2022-05-03");
    second.extend(fields(&[("status", "outside-lvv"), ("reason", "als tweede")]));
    let (status, _, page) = lead.sends(&format!("/traject/{id}/doe/deelname"), &seen, &second).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for words in [lead.who.name.as_str(), "als eerste", "2 mei 2022", "als tweede"] {
        assert!(page.contains(words), "{words} is not in the page");
    }
}

#[tokio::test]
async fn a_person_is_known_otherwise_linked_and_let_go() {
    let lead = Colleague::new("coordinator.groningen").await;
    let id = registered(&lead, "Ouda Voorbeeldsma", "2022-05-01").await;
    let other = registered(&lead, "Jonga Voorbeeldsma", "2022-05-01").await;
    let file = world().desk.file(&lead.who, id).await.unwrap();
    let theirs = world().desk.file(&lead.who, other).await.unwrap();
    let base = format!("/deelnemer/{}", file.person.id);
    let mut form = fields(&[("name-1-text", "Ouda Nieuwnaamsma"), ("name-1-kind", "official"), ("sex", "female")]);
    form.push(("v_number_missing", first(List::VNumberMissing)));
    form.extend(dated("valid_from", "2022-05-10"));
    let (status, _, page) = lead.sends(&format!("{base}/gegevens"), "", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    assert!(lead.sees(&base).await.contains("Ouda Nieuwnaamsma"));
    let mut link = dated("valid_from", "2022-05-11");
    link.extend(fields(&[("case", &theirs.case_number), ("relation", "child")]));
    let (status, _, page) = lead.sends(&format!("{base}/koppelen"), "", &link).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    assert!(lead.sees(&base).await.contains("Jonga Voorbeeldsma"));
    assert!(lead.sees(&format!("/deelnemer/{}", theirs.person.id)).await.contains("Ouda Nieuwnaamsma"));
    let mut unlink = dated("valid_from", "2022-05-12");
    unlink.push(("other", theirs.person.id.to_string()));
    let (status, _, page) = lead.sends(&format!("{base}/ontkoppelen"), "", &unlink).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", errors(&page));
    assert!(!lead.sees(&base).await.contains("Jonga Voorbeeldsma"));
}
