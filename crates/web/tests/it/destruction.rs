//! Destruction by two people: the worklist shows case numbers and no names, nobody approves their own, and the certificate
//! says nothing of whose it was.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use desk::{Account, Desk, SignIn, SystemClock};
use domain::{codes::Role, ids::UserId, programme::Programme};
use journal::{Entropy as _, Keyring, RootKey, SystemEntropy};
use population::Size;
use tower::ServiceExt as _;
use web::{App, router};

const PASSWORD: &str = "een-verzonnen-wachtwoord";
const PAGE: &str = "/beheer/vernietigen";

struct World {
    desk: Desk,
    router: Router,
    names: Vec<String>,
    _test: journal::testing::TestStore,
}

/// A small network, years later.
fn world() -> World {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    let programme = Arc::new(Programme::parse(&files).unwrap());
    let test = journal::testing::sqlite(&desk::migrations());
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    let clock = Arc::new(SystemClock::shifted(SystemClock::shift_to("2034-07-01".parse().unwrap())));
    let settings = access::Settings::DEMONSTRATION;
    let desk = Desk::new(test.store.clone(), keys, programme.clone(), settings, clock, entropy).unwrap();
    desk.keep_destructions_in(test.folder.path().join("list.destructions"));
    let (mut facts, mut names) = (Vec::new(), Vec::new());
    for member in population::draw(&programme, 1, Size::Small(20)) {
        let subject = member.person[0].fact.header.subject;
        names.extend(domain::participant::replay(subject, &member.person).unwrap().name().map(str::to_owned));
        facts.extend(member.person);
        facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
    }
    facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    desk.take_in(facts.into_iter().map(|recorded| recorded.fact).collect(), |_, _| {}).unwrap();
    let hash = desk.shared_password(PASSWORD).unwrap();
    let org = programme.sites[0].lead.clone();
    let accounts =
        [("beheer-een", Role::Administrator), ("beheer-twee", Role::Administrator), ("leiding", Role::Coordinator)];
    let accounts = accounts.map(|(login, role)| {
        let sites = if role == Role::Administrator { vec![] } else { vec![programme.sites[0].id.clone()] };
        let (user, name) = (UserId(SystemEntropy.id()), format!("Proef {login}"));
        (Account { user, login: login.to_owned(), name, role, org: org.clone(), sites }, hash.clone())
    });
    desk.add_accounts(accounts.to_vec()).unwrap();
    let router = router(App::new(desk.clone(), None, vec![], false));
    World { desk, router, names, _test: test }
}

struct Person<'w> {
    world: &'w World,
    cookie: String,
    csrf: String,
}

impl<'w> Person<'w> {
    async fn new(world: &'w World, login: &str) -> Self {
        let SignIn::Welcome(token) = world.desk.sign_in(login, PASSWORD).await.unwrap() else { panic!("{login}") };
        let session = world.desk.session(&token).await.unwrap().unwrap();
        Self { world, cookie: format!("bestendig={token}"), csrf: session.csrf }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        self.send(Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, fields: &str) -> (StatusCode, String) {
        let body = format!("csrf={}&opdracht={}&{fields}", self.csrf, SystemEntropy.id());
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

fn first_after<'t>(text: &'t str, mark: &str) -> &'t str {
    let rest = text.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark} in {text}"));
    rest.split('"').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_destroy_and_nobody_does_it_alone() {
    let world = world();
    let (one, two) = (Person::new(&world, "beheer-een").await, Person::new(&world, "beheer-twee").await);
    let leader = Person::new(&world, "leiding").await;
    assert_eq!(leader.get(PAGE).await.0, StatusCode::FORBIDDEN);
    let (status, page) = one.get(PAGE).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(!world.names.iter().any(|name| page.contains(name.as_str())), "case numbers only");
    let case = first_after(&page, "name=\"zaak\" value=\"").to_owned();

    assert_eq!(one.post(PAGE, "").await.0, StatusCode::UNPROCESSABLE_ENTITY, "nothing ticked");
    assert_eq!(one.post(PAGE, "zaak=GRO-9999").await.0, StatusCode::UNPROCESSABLE_ENTITY, "no such case");
    assert_eq!(leader.post(PAGE, &format!("zaak={case}")).await.0, StatusCode::FORBIDDEN);
    let hold = |on: &str| format!("zaak={case}&reden=appeal&aan={on}");
    assert_eq!(one.post("/beheer/tegenhouden", &hold("ja")).await.0, StatusCode::SEE_OTHER);
    let (status, page) = one.post(PAGE, &format!("zaak={case}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("wordt tegengehouden"), "{page}");
    assert_eq!(two.post("/beheer/tegenhouden", &hold("nee")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(one.post(PAGE, &format!("zaak={case}")).await.0, StatusCode::SEE_OTHER);

    let (_, page) = two.get(PAGE).await;
    let proposal = format!("{PAGE}/{}", first_after(&page, "href=\"/beheer/vernietigen/"));
    let (status, page) = one.post(&proposal, "besluit=goed").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("zelf voorgesteld"), "{page}");
    assert_eq!(leader.post(&proposal, "besluit=goed").await.0, StatusCode::FORBIDDEN);
    assert_eq!(two.get(&format!("{proposal}/verklaring")).await.0, StatusCode::NOT_FOUND, "not yet");
    assert_eq!(two.post(&proposal, "besluit=goed").await.0, StatusCode::SEE_OTHER);
    assert_eq!(two.post(&proposal, "besluit=niet").await.0, StatusCode::UNPROCESSABLE_ENTITY, "done is done");

    let (status, page) = one.get(&proposal).await;
    assert!(status == StatusCode::OK && page.contains("Verklaring van vernietiging") && page.contains("Definitief op"));
    let (status, json) = one.get(&format!("{proposal}/verklaring")).await;
    assert_eq!(status, StatusCode::OK);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["hashes"].as_array().is_some_and(|hashes| !hashes.is_empty()) && json["people"] == 1);
    for text in [json.to_string(), page] {
        assert!(!text.contains(&case) && !world.names.iter().any(|name| text.contains(name.as_str())));
    }
    let (_, page) = one.get(PAGE).await;
    assert!(!page.contains(&format!("value=\"{case}\"")), "it is no longer due");
}
