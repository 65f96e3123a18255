//! Signing in through the pages, named after the threat.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use access::Settings;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use desk::{Account, Clock, Desk, SystemClock};
use domain::{codes::Role, ids::UserId, programme::Programme};
use jiff::{SignedDuration, Timestamp};
use journal::{Entropy as _, Keyring, RootKey, SystemEntropy, testing::TestStore};
use tower::ServiceExt as _;
use web::{App, router};

const PASSWORD: &str = "vier bomen bij de sloot";
const FORM: &str = "application/x-www-form-urlencoded";

/// The machine's clock, that the test can put forward.
#[derive(Default)]
struct Later(AtomicI64);

impl Clock for Later {
    fn real(&self) -> Timestamp {
        SystemClock::real_time().real() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
    fn business(&self) -> Timestamp {
        self.real()
    }
}

struct World {
    clock: Arc<Later>,
    desk: Desk,
    app: App,
    router: Router,
    _test: TestStore,
}

fn world(settings: Settings, secure: bool) -> World {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = paths.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect();
    files.retain(|(name, _)| name != "published.toml");
    let programme = Arc::new(Programme::parse(&files).unwrap());
    let test = journal::testing::sqlite(&desk::migrations());
    let entropy = Arc::new(SystemEntropy);
    let keys = Keyring::open(test.folder.path(), RootKey::from_secret(&[7; 32]).unwrap(), entropy.clone()).unwrap();
    let clock = Arc::new(Later::default());
    let desk = Desk::new(test.store.clone(), keys, programme, settings, clock.clone(), entropy).unwrap();
    let hash = desk.shared_password(PASSWORD).unwrap();
    let site = desk.programme().site(&"groningen".parse().unwrap()).unwrap().clone();
    let people = [("een", Role::Administrator), ("twee", Role::Administrator), ("lead", Role::Coordinator)];
    let people = people.map(|(login, role)| {
        let user = UserId(SystemEntropy.id());
        let (org, sites) = (site.lead.clone(), vec![site.id.clone()]);
        (Account { user, login: login.into(), name: format!("Proef {login}"), role, org, sites }, hash.clone())
    });
    desk.add_accounts(people.into()).unwrap();
    let app = App::new(desk.clone(), None, vec![], secure);
    World { clock, desk, router: router(app.clone()), app, _test: test }
}

struct Answer {
    status: StatusCode,
    page: String,
    cookies: Vec<String>,
    to: String,
}

impl World {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
        Answer { status, page: String::from_utf8_lossy(&bytes).into_owned(), cookies, to }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = Request::post(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, FORM);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn try_from(&self, address: [u8; 4], cookie: &str, login: &str, password: &str) -> Answer {
        let request = Request::post("/inloggen").header(header::COOKIE, cookie).header(header::CONTENT_TYPE, FORM);
        let body = format!("naam={login}&wachtwoord={}&naar=/", password.replace(' ', "+"));
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 50_000))));
        self.send(request).await
    }

    /// The session's cookie and the token of its forms.
    async fn signed_in(&self, login: &str) -> (String, String) {
        let answer = self.try_from([192, 0, 2, 1], "", login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.page);
        let cookie = first(&answer.cookies[0]);
        let session = self.desk.session(cookie.split_once('=').unwrap().1).await.unwrap().unwrap();
        (cookie, session.csrf)
    }
}

fn first(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn ten_thousand_sign_in_tries() {
    let world = world(Settings::DEMONSTRATION, false);
    let own = world.try_from([198, 51, 100, 7], "", "lead", PASSWORD).await;
    let device = own.cookies.iter().find(|cookie| cookie.starts_with("apparaat=")).map(|cookie| first(cookie)).unwrap();
    let (mut checked, mut refused) = (0, 0);
    let mut words = std::collections::BTreeSet::new();
    for n in 0..10_000_u16 {
        // from many addresses, at a name that exists and one that does not
        let login = if n % 2 == 0 { "lead" } else { "niemand" };
        let [high, low] = (n / 50).to_be_bytes();
        let answer = world.try_from([10, 0, high, low], "", login, "fout fout fout").await;
        match answer.status {
            StatusCode::UNPROCESSABLE_ENTITY => checked += 1,
            StatusCode::TOO_MANY_REQUESTS => refused += 1,
            other => panic!("{other}"),
        }
        let line = answer.page.lines().find(|line| line.contains("bst-errors")).unwrap_or_default();
        let line = line.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        // a wait of one second or of more
        words.insert((answer.status, line.replace(login, "").replace("seconden", "seconde")));
    }
    // fifty at once for each name and then one every six seconds
    assert!(checked + refused == 10_000 && (90..400).contains(&checked), "{checked} were checked");
    assert_eq!(words.len(), 2, "both names are answered alike: {words:?}");
    assert!(world.app.throttle.remembered() < 2_000, "{}", world.app.throttle.remembered());
    // who has the right password gets in: from the device they used before at once, from elsewhere after a short wait
    let known = world.try_from([203, 0, 113, 9], &device, "lead", PASSWORD).await;
    assert_eq!(known.status, StatusCode::SEE_OTHER, "{}", known.page);
    let mut waited = 0;
    while world.try_from([203, 0, 113, 9], "", "lead", PASSWORD).await.status != StatusCode::SEE_OTHER {
        waited += 1;
        assert!(waited < 10, "locked out");
        world.clock.0.fetch_add(1, Ordering::SeqCst);
    }
    // told to the owner and to those who review
    let (cookie, _) = world.signed_in("een").await;
    let page = world.get("/beheer/gebruikers", &cookie).await.page;
    assert!(page.contains("Opvallend veel mislukte pogingen"), "{page}");
    let again = first(&known.cookies[0]);
    assert!(world.get("/account", &again).await.page.contains("keer is geprobeerd met uw naam in te loggen"));
}

#[tokio::test]
async fn a_stolen_cookie_after_sign_out() {
    let world = world(Settings::DEMONSTRATION, true);
    let answer = world.try_from([192, 0, 2, 1], "", "lead", PASSWORD).await;
    let cookie = &answer.cookies[0];
    assert!(cookie.starts_with("__Host-bestendig=") && cookie.contains("; Secure") && cookie.contains("; HttpOnly"));
    let cookie = first(cookie);
    let session = world.desk.session(cookie.split_once('=').unwrap().1).await.unwrap().unwrap();
    assert_eq!(world.get("/", &cookie).await.status, StatusCode::OK);
    let left = world.post("/uitloggen", &cookie, &format!("csrf={}", session.csrf)).await;
    assert!(left.cookies[0].contains("Max-Age=0") && left.to == "/inloggen");
    let stolen = world.get("/", &cookie).await;
    assert_eq!((stolen.status, &stolen.to[..]), (StatusCode::SEE_OTHER, "/inloggen"));
}

#[tokio::test]
async fn with_a_password_alone_only_the_next_step_can_be_reached() {
    let world = world(Settings::CLOSED, false);
    let answer = world.try_from([192, 0, 2, 1], "", "lead", PASSWORD).await;
    assert_eq!(answer.to, "/account/toevoegen");
    let cookie = first(&answer.cookies[0]);
    for (method, path) in web::ROUTES {
        let open = ["/inloggen", "/taal", "/gezondheid", "/assets/{path}", "/uitloggen", "/account/toevoegen"];
        let open = [&open[..], &["/beveiliging", "/.well-known/security.txt", "/csp-melding"]].concat();
        let enrol = ["/account/code", "/account/passkey", "/account/opnieuw"];
        let public = path.starts_with("/inloggen/oidc") || path.starts_with("/openbaar/");
        if open.contains(path) || enrol.contains(path) || public {
            continue;
        }
        let id = "00000000-0000-4000-8000-000000000000";
        let address = path.replace("{id}", id).replace(['{', '}'], "");
        let answer = match *method {
            "GET" => world.get(&address, &cookie).await,
            _ => world.post(&address, &cookie, "").await,
        };
        // pages that are for nobody in particular answer as ever
        let public = answer.status == StatusCode::OK && world.get(&address, "").await.status == StatusCode::OK;
        assert!(public || answer.status == StatusCode::SEE_OTHER, "{method} {address}: {}", answer.status);
    }
    let page = world.get("/account/code", &cookie).await;
    assert!(page.status == StatusCode::OK && page.page.contains("<svg"));
    assert!(!page.page.contains("/werklijst"), "there is no menu yet");
}

#[tokio::test]
async fn a_session_left_open_cannot_grant_rights_and_the_form_is_not_lost() {
    let world = world(Settings::DEMONSTRATION, false);
    let (cookie, csrf) = world.signed_in("een").await;
    let user = world.desk.administration(&world.principal(&cookie).await).await.unwrap().accounts;
    let lead = user.iter().find(|item| item.account.login == "lead").unwrap().account.user;
    let command = world.desk.new_command();
    let path = format!("/beheer/gebruikers/{lead}");
    let body = format!("csrf={csrf}&opdracht={command}&role=guide&org=municipality-groningen&sites=groningen");
    world.clock.0.store(360, Ordering::SeqCst);
    let asked = world.post(&path, &cookie, &body).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.page.contains("Laat nog eens zien dat u het bent") && asked.page.contains("sites=groningen"));
    let kept: String = body.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let again = |password: &str| format!("csrf={csrf}&wachtwoord={password}&naar={path}&bewaard={kept}");
    let wrong = world.post("/account/opnieuw", &cookie, &again("fout")).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.page.contains("sites=groningen"));
    let right = world.post("/account/opnieuw", &cookie, &again(&PASSWORD.replace(' ', "+"))).await;
    assert!(
        right.status == StatusCode::OK && right.page.contains(r#"name="sites" value="groningen""#),
        "{}",
        right.page
    );
    assert!(right.page.contains(&format!(r#"action="{path}""#)) && right.page.contains(&command.to_string()));
}

#[tokio::test]
async fn heavy_steps_ask_again_who_it_is_when_a_session_was_left_open() {
    let world = world(Settings::DEMONSTRATION, false);
    let (cookie, csrf) = world.signed_in("een").await;
    world.clock.0.store(360, Ordering::SeqCst);
    let nobody = world.desk.new_command();
    let heavy = [
        "/account/sessies".to_owned(),
        "/noodtoegang".to_owned(),
        "/beheer/vernietigen".to_owned(),
        format!("/beheer/vernietigen/{nobody}"),
        format!("/deelnemer/{nobody}/uittreksel"),
    ];
    for path in heavy {
        let asked = world.post(&path, &cookie, &format!("csrf={csrf}")).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{path}");
        assert!(asked.page.contains("Laat nog eens zien dat u het bent"), "{path}");
    }
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_of_before() {
    let world = world(Settings::DEMONSTRATION, false);
    let (cookie, _) = world.signed_in("een").await;
    assert_eq!(world.get("/account", &cookie).await.status, StatusCode::OK);
    let typed = format!("naam=een&wachtwoord={}&naar=/", PASSWORD.replace(' ', "+"));
    let anew = world.post("/inloggen", &cookie, &typed).await;
    assert_eq!(anew.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("/account", &cookie).await.status, StatusCode::SEE_OTHER, "the old one is worth nothing");
    let other = world.signed_in("een").await;
    assert_eq!(world.get("/account", &other.0).await.status, StatusCode::OK);
}

#[tokio::test]
async fn rights_in_the_pages_by_four_eyes() {
    let world = world(Settings::DEMONSTRATION, false);
    let ((one, csrf), (two, other)) = (world.signed_in("een").await, world.signed_in("twee").await);
    let command = world.desk.new_command();
    let body = format!(
        "csrf={csrf}&opdracht={command}&login=nieuwe.collega&name=Proef+Nieuw&role=coordinator&org=municipality-groningen&sites=groningen"
    );
    let sent = world.post("/beheer/gebruikers/nieuw", &one, &body).await;
    assert_eq!((sent.status, &sent.to[..]), (StatusCode::SEE_OTHER, "/beheer/gebruikers"), "{}", sent.page);
    let list = world.get("/beheer/gebruikers", &one).await.page;
    assert!(list.contains("Een ander beslist hierover") && !list.contains(r#"value="ja""#));
    let decide = format!("/beheer/voorstel/{command}");
    let own = world.post(&decide, &one, &format!("csrf={csrf}&besluit=ja")).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "never one's own");
    let forged = world.post(&decide, &two, &format!("csrf={csrf}&besluit=ja")).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "the token of another session");
    let given = world.post(&decide, &two, &format!("csrf={other}&besluit=ja")).await;
    assert_eq!(given.status, StatusCode::OK);
    let password = given.page.split(r#"id="eerste-wachtwoord">"#).nth(1).unwrap().split('<').next().unwrap().to_owned();
    let first_time = world.try_from([192, 0, 2, 8], "", "nieuwe.collega", &password).await;
    assert_eq!(first_time.to, "/account/wachtwoord");
    // and someone who leaves is out at the next request
    let (cookie, _) = world.signed_in("lead").await;
    assert_eq!(world.get("/", &cookie).await.status, StatusCode::OK);
    let accounts = world.desk.administration(&world.principal(&one).await).await.unwrap().accounts;
    let lead = accounts.iter().find(|item| item.account.login == "lead").unwrap().account.user;
    let left = world.post(&format!("/beheer/gebruikers/{lead}/doe"), &one, &format!("csrf={csrf}&doe=vertrek")).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("/", &cookie).await.to, "/inloggen");
}

#[tokio::test]
async fn password_fields_hide_what_is_typed_and_let_managers_help() {
    let world = world(Settings::DEMONSTRATION, false);
    let (cookie, csrf) = world.signed_in("lead").await;
    let page = world.get("/account/wachtwoord", &cookie).await.page;
    for field in ["huidig", "nieuw", "nieuw2"] {
        let input = page.split("<input").find(|input| input.contains(&format!(r#"name="{field}""#))).unwrap();
        assert!(input.contains(r#"type="password""#) && input.contains("autocomplete=\"") && !input.contains("value="));
    }
    assert!(!page.contains("onpaste"));
    let body = format!("csrf={csrf}&huidig={PASSWORD}&nieuw=wachtwoord1234&nieuw2=wachtwoord1234").replace(' ', "+");
    let refused = world.post("/account/wachtwoord", &cookie, &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.page.contains("wachtwoord1234"), "a password never stands in a page");
}

impl World {
    async fn principal(&self, cookie: &str) -> access::Principal {
        self.desk.session(cookie.split_once('=').unwrap().1).await.unwrap().unwrap().principal
    }
}
