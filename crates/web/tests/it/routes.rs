//! Every route as every role and as nobody; bad input of every kind: clear refusals, never a fault, nothing changed.

use std::sync::{Arc, OnceLock};

use access::Principal;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use desk::{Account, Desk, SignIn, SystemClock};
use domain::{codes::Role, programme::Programme};
use journal::{Keyring, RootKey, SystemEntropy, testing::TestStore};
use population::Size;
use tower::ServiceExt as _;
use web::{App, ROUTES, router};

const PASSWORD: &str = "een-verzonnen-wachtwoord";

pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) router: Router,
    pub(crate) test: TestStore,
}

/// One small city for all tests that leave it whole: filling it takes seconds.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(build)
}

/// A small city of one's own, for who breaks it.
pub(crate) fn build() -> World {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    files.retain(|(name, _)| name != "published.toml");
    let programme = Arc::new(Programme::parse(&files).unwrap());
    let test = journal::testing::sqlite(&desk::migrations());
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    let clock = Arc::new(SystemClock::shifted(SystemClock::shift_to("2022-07-01".parse().unwrap())));
    let desk = Desk::new(test.store.clone(), keys, programme.clone(), access::Settings::DEMONSTRATION, clock, entropy)
        .unwrap();
    let mut facts = Vec::new();
    for member in population::draw(&programme, 1, Size::Small(30)) {
        facts.extend(member.person);
        facts.extend(member.trajectories.into_iter().flat_map(|(_, facts)| facts));
    }
    facts.sort_by_key(|recorded| (recorded.fact.header.recorded_at, recorded.fact.header.stream, recorded.number));
    desk.take_in(facts.into_iter().map(|recorded| recorded.fact).collect(), |_, _| {}).unwrap();
    let hash = desk.shared_password(PASSWORD).unwrap();
    let accounts = population::staff(&programme).into_iter().map(|one| {
        let account = Account {
            user: one.user,
            login: one.login,
            name: one.name,
            role: one.role,
            org: one.org,
            sites: one.sites,
        };
        (account, hash.clone())
    });
    desk.add_accounts(accounts.collect()).unwrap();
    let signer = journal::note::Signer::from_secret(&[5; 32], &desk.log_name());
    let outside = journal::outside::Outside::new(test.folder.path().join("outside.checkpoints"));
    desk.keep_checkpoints(desk::Ledger { signer, outside });
    let documents = journal::files::Folder::new(test.folder.path().join("documents"));
    desk.keep_documents_in(Arc::new(documents), desk::LARGEST);
    desk.checkpoint().unwrap();
    let router = router(App::new(desk.clone(), None, vec![], false));
    World { desk, router, test }
}

/// The session cookie and form token of an account.
pub(crate) async fn signed_in(login: &str) -> (String, String, Principal) {
    let desk = &world().desk;
    let SignIn::Welcome(token) = desk.sign_in(login, PASSWORD).await.unwrap() else { panic!("{login}") };
    let session = desk.session(&token).await.unwrap().unwrap();
    (format!("bestendig={token}"), session.csrf, session.principal)
}

pub(crate) async fn send(request: Request<Body>) -> (StatusCode, String) {
    let response = world().router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn get(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()
}

pub(crate) fn post(path: &str, cookie: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A file that an account can see, by its worklist.
async fn a_file(who: &Principal) -> domain::ids::TrajectoryId {
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    world().desk.worklist(who, filter).await.unwrap().items[0].row.trajectory
}

#[tokio::test]
async fn nobody_sees_anything_but_the_sign_in_page() {
    for (method, path) in ROUTES {
        let path = path.replace("{id}", "00000000-0000-4000-8000-000000000000").replace(['{', '}'], "");
        let request = Request::builder().method(*method).uri(&path).header(header::CONTENT_TYPE, FORM);
        let (status, body) = send(request.body(Body::empty()).unwrap()).await;
        let open = [
            "/inloggen",
            "/taal",
            "/gezondheid",
            "/assets/path",
            "/beveiliging",
            "/.well-known/security.txt",
            "/csp-melding",
        ]
        .contains(&path.as_str());
        // there is no identity provider here
        let open = open || path.starts_with("/inloggen/oidc") && status == StatusCode::NOT_FOUND;
        // what was released is for everyone; nothing was
        let open = open || path.starts_with("/openbaar/cijfers") && !body.contains("/traject/");
        assert!(open || status == StatusCode::SEE_OTHER, "{method} {path}: {status}");
        assert!(!status.is_server_error() && !body.contains("GRO-"), "{method} {path}");
    }
}

#[tokio::test]
async fn every_route_answers_every_role_without_a_fault() {
    let (_, _, coordinator) = signed_in("coordinator.groningen").await;
    let file = a_file(&coordinator).await;
    let person = world().desk.file(&coordinator, file).await.unwrap().person.id;
    let logins = [
        "coordinator.groningen",
        "begeleider.groningen",
        "opvang.groningen",
        "ind.groningen",
        "dtv.groningen",
        "politie.groningen",
        "onderzoeker",
        "programma",
        "beheer",
        "privacy.groningen",
        "coordinator.utrecht",
    ];
    let mut roles = Vec::new();
    for login in logins {
        let (cookie, csrf, who) = signed_in(login).await;
        roles.push(who.role);
        let own = access::scope(&who, access::Reach::File).is_ok()
            && who.sites.iter().any(|site| site.as_str() == "groningen");
        for (method, path) in ROUTES.iter().filter(|(_, path)| *path != "/uitloggen") {
            for step in
                if path.contains("{step}") { vec!["toelating", "contact", "vertrek", "besluit"] } else { vec![""] }
            {
                let id = if path.starts_with("/traject") { file.to_string() } else { person.to_string() };
                let path = path.replace("{id}", &id).replace("{step}", step).replace("{act}", "gegevens");
                let path =
                    path.replace("{fact}", "00000000-0000-4000-8000-000000000000").replace("{path}", "nothing.css");
                let path = path.replace("{case}", &file.to_string());
                let request = match *method {
                    "GET" => get(&path, &cookie),
                    _ => post(&path, &cookie, FORM, format!("csrf={csrf}")),
                };
                let (status, body) = send(request).await;
                assert!(!status.is_server_error(), "{login} {method} {path}: {status}");
                let about_someone = path.contains(&id) && !path.starts_with("/aanmelden");
                assert!(own || !about_someone || !status.is_success(), "{login} sees {path}");
                assert!(own || !about_someone || !body.contains("GRO-"), "{login} is told of {path}");
            }
        }
    }
    roles.sort_unstable();
    roles.dedup();
    assert_eq!(roles.len(), Role::ALL.len(), "every role is tried");
}

#[tokio::test]
async fn bad_forms_are_refused_and_change_nothing() {
    let (cookie, csrf, who) = signed_in("coordinator.groningen").await;
    let before = (facts().await, keys());
    let command = "3f8a6c1e-0000-4000-8000-000000000001";
    let new = |rest: &str| format!("csrf={csrf}&opdracht={command}&versie=&{rest}");
    // a good token, of somebody else
    let (_, another, _) = signed_in("begeleider.groningen").await;
    let whole = "name-1-text=Proef&name-1-kind=official&sex=female&valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022&circumstances=x";
    let cases = [
        ("an unknown field", new(&format!("{whole}&stemming=goed")), StatusCode::BAD_REQUEST, "stemming"),
        (
            "nine digits",
            new(&format!("{whole}&v_number=281555014")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "<a href=\"#v_number\">",
        ),
        (
            "nine digits, in words",
            new(&format!("{whole}&v_number=281555014")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "10 cijfers",
        ),
        (
            "the year 0219",
            new(&whole.replace("jaar=2022", "jaar=0219")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "<a href=\"#valid_from-dag\">",
        ),
        (
            "the year 0219, in words",
            new(&whole.replace("jaar=2022", "jaar=0219")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "van 1900 tot en met 2199",
        ),
        ("a broken name", new(&whole.replace("Proef", "%C3%28")), StatusCode::BAD_REQUEST, "name-1-text"),
        (
            "tomorrow",
            new(&whole.replace("dag=1&valid_from-maand=6", "dag=2&valid_from-maand=9")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "vandaag",
        ),
        ("another session's token", new(whole).replace(&csrf, &another), StatusCode::FORBIDDEN, "een eerdere sessie"),
    ];
    for (what, body, status, says) in cases {
        let (answer, page) = send(post("/aanmelden/nieuw", &cookie, FORM, body)).await;
        assert_eq!(answer, status, "{what}");
        assert!(page.contains(says), "{what}: {page}");
    }
    let csv = "naam;geboren\nZebedeus;1988";
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, "text/csv", csv)).await;
    assert!(answer == StatusCode::UNSUPPORTED_MEDIA_TYPE && page.contains("text/csv"), "{answer}");
    let huge = "x=".to_owned() + &"a".repeat(50 << 20);
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, FORM, huge)).await;
    assert!(answer == StatusCode::PAYLOAD_TOO_LARGE && page.contains("1 MB"), "{answer}");
    let file = a_file(&who).await;
    let (answer, _) = send(get(&format!("/traject/{file}x"), &cookie)).await;
    assert_eq!(answer, StatusCode::NOT_FOUND);
    // text of a spreadsheet, whatever it is called
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, FORM, csv)).await;
    assert!(answer == StatusCode::BAD_REQUEST && page.contains("naam;geboren"), "{answer}: {page}");
    let parts = format!("--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n{csv}\r\n--x--\r\n");
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, "multipart/form-data; boundary=x", parts)).await;
    assert!(answer == StatusCode::UNSUPPORTED_MEDIA_TYPE && page.contains("multipart/form-data"), "{answer}");
    // bytes that are no UTF-8, not even in percent-encoding
    let mut raw = new(&whole.replace("Proef", "Pr\u{0}f")).into_bytes();
    let at = raw.iter().position(|byte| *byte == 0).unwrap();
    raw[at] = 0xff;
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, FORM, raw)).await;
    assert!(answer == StatusCode::BAD_REQUEST && page.contains("name-1-text"), "{answer}: {page}");
    assert_eq!((facts().await, keys()), before, "no fact, and no key of a person either");
}

#[tokio::test]
async fn a_mistake_keeps_what_was_typed() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let body = format!(
        "csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-000000000002&versie=&name-1-text=Zebedeus+Kastdeur&v_number=12"
    );
    let (answer, page) = send(post("/aanmelden/nieuw", &cookie, FORM, body)).await;
    assert_eq!(answer, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("value=\"Zebedeus Kastdeur\"")
            && page.contains("value=\"12\"")
            && page.contains("role=\"alert\"")
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let (cookie, csrf, _) = signed_in("begeleider.groningen").await;
    assert_eq!(send(get("/werklijst", &cookie)).await.0, StatusCode::OK);
    let (answer, _) = send(post("/uitloggen", &cookie, FORM, format!("csrf={csrf}"))).await;
    assert_eq!(answer, StatusCode::SEE_OTHER);
    assert_eq!(send(get("/werklijst", &cookie)).await.0, StatusCode::SEE_OTHER);
}

/// Keys of people: a refused registration leaves none.
fn keys() -> usize {
    let root = RootKey::from_secret(&[7; 32]).unwrap();
    let folder = world().test.folder.path();
    Keyring::open(folder, root, Arc::new(SystemEntropy)).unwrap().everyone().unwrap().len()
}

pub(crate) async fn facts() -> u64 {
    let desk = world().desk.clone();
    tokio::task::spawn_blocking(move || desk.facts_in_all().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_request_goes_on_with_its_trace_and_the_reading_has_it() {
    let (cookie, _, who) = signed_in("coordinator.groningen").await;
    let file = a_file(&who).await;
    let person = world().desk.file(&who, file).await.unwrap().person.id;
    let ask = |trace: &str| {
        let request = Request::get(format!("/deelnemer/{person}/wie-las?taal=ar")).header(header::COOKIE, &cookie);
        request.header("traceparent", trace).body(Body::empty()).unwrap()
    };
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let response = world().router.clone().oneshot(ask(&format!("00-{trace}-00f067aa0ba902b7-01"))).await.unwrap();
    let back = response.headers()["traceparent"].to_str().unwrap().to_owned();
    assert!(back.starts_with(&format!("00-{trace}-")) && !back.contains("00f067aa0ba902b7"), "{back}");
    let lines = tokio::task::spawn_blocking(|| world().desk.reads_after(0, 10_000)).await.unwrap().unwrap();
    let (_, line) = lines.iter().find(|(_, line)| line.trace.to_string() == trace).expect("the reading");
    assert_eq!((line.user, &line.subjects[..], line.activity), (who.user, &[person][..], desk::Activity::WhoRead));
    assert!(line.session.is_some() && back.contains(&line.span.to_string()));
    let response = world().router.clone().oneshot(ask("onzin")).await.unwrap();
    assert!(response.headers()["traceparent"].to_str().unwrap().len() == 55, "a trace of its own");
}

#[tokio::test]
async fn who_saw_my_file_is_in_the_language_of_the_participant() {
    let (cookie, _, who) = signed_in("coordinator.groningen").await;
    let file = a_file(&who).await;
    let person = world().desk.file(&who, file).await.unwrap().person.id;
    for (language, dir, says) in [
        ("nl", "ltr", "Wie heeft mijn dossier gezien?"),
        ("ar", "rtl", "من اطّلع على ملفي؟"),
        ("fa", "rtl", "چه کسی"),
        ("ti", "ltr", "ፋይለይ"),
        ("so", "ltr", "Yaa arkay"),
        ("fr", "ltr", "Qui a vu"),
        ("es", "ltr", "Quién ha visto"),
    ] {
        let (status, page) = send(get(&format!("/deelnemer/{person}/wie-las?taal={language}"), &cookie)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains(&format!("<div lang=\"{language}\" dir=\"{dir}\">")) && page.contains(says),
            "{language}"
        );
        assert!(!page.contains('⟦'), "{language}: a sentence is missing");
        assert!(page.contains("<bdi>Gemeente Groningen</bdi>"), "{language}: the organisation, kept apart");
        // the rows of the table name no colleague (the header of the page names who is signed in)
        let rows = page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        assert!(!rows.contains(&who.name) && !rows.contains("Cor Co"), "{language}");
    }
    let (other, ..) = signed_in("coordinator.utrecht").await;
    let (status, _) = send(get(&format!("/deelnemer/{person}/wie-las"), &other)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_partner_takes_a_checkpoint_along_and_hands_it_in() {
    let (cookie, csrf, _) = signed_in("ind.groningen").await;
    let (status, note) = send(get("/checkpoints/facts", &cookie)).await;
    assert!(status == StatusCode::OK && note.starts_with("bestendig/") && note.contains("/facts\n"), "{note}");
    let (_, page) = send(get("/checkpoints", &cookie)).await;
    assert!(page.contains("Getuigen") && page.contains("bestendig/"));
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let hand_in = |command: &str, text: &str| {
        let body = format!("csrf={csrf}&opdracht={command}&versie=&checkpoint={}", encode(text));
        send(post("/checkpoints", &cookie, FORM, body))
    };
    let (status, page) = hand_in("3f8a6c1e-0000-4000-8000-0000000000a1", &note).await;
    assert!(status == StatusCode::OK && page.contains("begint nog met deze"), "{status}");
    let (status, page) = hand_in("3f8a6c1e-0000-4000-8000-0000000000a2", "zomaar wat").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("Dit is geen controlepunt"), "{status}");
    let (status, page) = hand_in("3f8a6c1e-0000-4000-8000-0000000000a3", &note.replacen("\n\n", "x\n\n", 1)).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("geen controlepunt"), "{status}");
    let (status, _) = send(get("/checkpoints/elders", &cookie)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_review_is_for_the_privacy_officer_and_names_no_participants() {
    let (cookie, csrf, who) = signed_in("privacy.groningen").await;
    let (_, _, guide) = signed_in("begeleider.groningen").await;
    let (_, _, coordinator) = signed_in("coordinator.groningen").await;
    let file = a_file(&coordinator).await;
    let seen = world().desk.file(&coordinator, file).await.unwrap().person;
    let reading = desk::Reading {
        activity: desk::Activity::File,
        purpose: domain::codes::Purpose::Emergency,
        categories: vec![domain::codes::Category::Identity],
        subjects: vec![seen.id],
        relation: access::Relation::BreakGlass,
    };
    world().desk.log_read(&guide, reading).await.unwrap();
    let (status, page) = send(get("/beheer/leeslog", &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Noodtoegang") && page.contains(&guide.name) && page.contains("GRO-"));
    assert!(!page.contains(seen.name().unwrap()), "no participant is named");
    assert!(page.contains("200 of meer mensen") && page.contains("binnen 14 dagen"), "the thresholds are stated");
    let id = page.split("action=\"/beheer/leeslog/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sign = |remark: &str| {
        let command = "3f8a6c1e-0000-4000-8000-0000000000b1";
        let body = format!("csrf={csrf}&opdracht={command}&versie=&remark={remark}");
        send(post(&format!("/beheer/leeslog/{id}"), &cookie, FORM, body))
    };
    let (status, page) = sign("").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("Niet afgetekend"), "{status}");
    assert_eq!(sign("Nagevraagd").await.0, StatusCode::SEE_OTHER);
    let (_, page) = send(get("/beheer/leeslog", &cookie)).await;
    assert!(page.contains("Nagevraagd") && page.contains(&who.name), "who signed off, and what they said");
    let (other, ..) = signed_in("coordinator.groningen").await;
    assert_eq!(send(get("/beheer/leeslog", &other)).await.0, StatusCode::NOT_FOUND);
}
