//! Named after what someone might try.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt as _;
use web::ROUTES;

use crate::routes::{FORM, get, post, signed_in, world};

async fn send(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = world().router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8_lossy(&to_bytes(body, 4 << 20).await.unwrap()).into_owned();
    (parts.status, parts.headers, text)
}

async fn facts() -> u64 {
    let desk = world().desk.clone();
    tokio::task::spawn_blocking(move || desk.facts_in_all().unwrap()).await.unwrap()
}

/// An address of every route about this file and person.
fn addresses(file: &str, person: &str, method: &str) -> Vec<String> {
    let nothing = "00000000-0000-4000-8000-000000000000";
    let ours = ROUTES.iter().filter(|(found, path)| *found == method && path.contains("{id}"));
    let id = |path: &str| if path.starts_with("/traject") { file.to_owned() } else { person.to_owned() };
    let concrete = |path: &&str| path.replace("{id}", &id(path)).replace("{fact}", nothing);
    let steps = ours.map(|(_, path)| concrete(path).replace("{act}", "gegevens"));
    steps
        .flat_map(|path| ["toelating", "contact", "vertrek", "besluit"].map(|step| path.replace("{step}", step)))
        .collect()
}

#[tokio::test]
async fn an_ngo_worker_who_edits_an_address_to_another_site_finds_nothing() {
    let (theirs, _, other) = signed_in("coordinator.utrecht").await;
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    let file = world().desk.worklist(&other, filter).await.unwrap().items[0].row.trajectory;
    let found = world().desk.file(&other, file).await.unwrap();
    let (file, person) = (file.to_string(), found.person.id.to_string());
    assert_eq!(send(get(&format!("/traject/{file}"), &theirs)).await.0, StatusCode::OK, "it exists");

    let (cookie, csrf, _) = signed_in("begeleider.groningen").await;
    let unknown = "00000000-0000-4000-8000-00000000abcd";
    let before = facts().await;
    for method in ["GET", "POST"] {
        let pairs = addresses(&file, &person, method).into_iter().zip(addresses(unknown, unknown, method));
        for (real, invented) in pairs {
            let request = |path: &str| match method {
                "GET" => get(path, &cookie),
                _ => post(
                    path,
                    &cookie,
                    FORM,
                    format!("csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-0000000000aa&versie=1"),
                ),
            };
            let (status, _, page) = send(request(&real)).await;
            let (same, _, nothing) = send(request(&invented)).await;
            assert!(!status.is_success() && !status.is_redirection(), "{method} {real}: {status}");
            assert_eq!(status, same, "{method} {real} is told apart from what does not exist");
            let plain = |page: &str, file: &str, person: &str| page.replace(file, "").replace(person, "");
            assert_eq!(plain(&page, &file, &person), plain(&nothing, unknown, unknown), "{method} {real}");
            assert!(!page.contains("UTR-"), "{method} {real}");
        }
    }
    assert_eq!(facts().await, before);
}

#[tokio::test]
async fn reading_changes_nothing() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    let (_, _, coordinator) = signed_in("coordinator.groningen").await;
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    let file = world().desk.worklist(&coordinator, filter).await.unwrap().items[0].row.trajectory;
    let person = world().desk.file(&coordinator, file).await.unwrap().person.id;
    let paths = ROUTES
        .iter()
        .filter(|(method, path)| *method == "GET" && !path.contains('{'))
        .map(|(_, path)| (*path).to_owned());
    let paths: Vec<String> = paths.chain(addresses(&file.to_string(), &person.to_string(), "GET")).collect();
    for path in paths {
        for method in ["GET", "HEAD"] {
            let request = Request::builder().method(method).uri(&path).header(header::COOKIE, &cookie);
            let (status, headers, body) = send(request.body(Body::empty()).unwrap()).await;
            assert!(!headers.contains_key(header::SET_COOKIE), "{method} {path} sets a cookie");
            assert!(method == "GET" || body.is_empty(), "{path}");
            assert!(!status.is_server_error(), "{method} {path}");
        }
    }
    // other tests record facts meanwhile in this store, so the routes that change something are asked by GET only
    let changing = ROUTES.iter().filter(|(method, path)| *method == "POST" && !path.contains('{'));
    for (_, path) in changing {
        let read = ROUTES.contains(&("GET", path));
        let (status, ..) = send(get(path, &cookie)).await;
        assert!(read || status == StatusCode::METHOD_NOT_ALLOWED, "GET {path}: {status}");
    }
}

#[tokio::test]
async fn a_form_needs_every_proof_that_it_is_ours() {
    let (cookie, csrf, _) = signed_in("ind.groningen").await;
    let (_, other, _) = signed_in("dtv.groningen").await;
    let ours = "http://lvv.example";
    let (mut through, mut tried) = (0, 0);
    for token in [csrf.as_str(), other.as_str(), "", "0"] {
        for origin in [None, Some(ours), Some("https://kwaad.example"), Some("null")] {
            for site in [None, Some("same-origin"), Some("same-site"), Some("cross-site")] {
                let request = post("/deelnemers", &cookie, FORM, format!("csrf={token}&zoek=&jaar="));
                let (mut parts, body) = request.into_parts();
                parts.headers.insert(header::HOST, "lvv.example".parse().unwrap());
                for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                    if let Some(value) = value {
                        parts.headers.insert(name, value.parse().unwrap());
                    }
                }
                let (status, ..) = send(Request::from_parts(parts, body)).await;
                let right = token == csrf && origin.is_none_or(|origin| origin == ours);
                let right = right && site.is_none_or(|site| site == "same-origin");
                assert_eq!(status != StatusCode::FORBIDDEN, right, "{token:?} {origin:?} {site:?}: {status}");
                tried += 1;
                through += u32::from(right);
            }
        }
    }
    assert_eq!((tried, through), (64, 4));
}

const SCRIPT: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} ${7*7}";

#[tokio::test]
async fn a_name_that_is_a_script_or_two_lines_stays_a_name() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let form = |command: u32, name: &str| {
        format!(
            "csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-{command:012}&versie=&name-1-text={}&name-1-kind=official&sex=female\
             &valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022&v_number_missing=not-found-yet&circumstances=x",
            escape(name)
        )
    };
    let (status, headers, page) = send(post("/aanmelden/nieuw", &cookie, FORM, form(71, SCRIPT))).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let file = headers[header::LOCATION].to_str().unwrap().to_owned();
    let (status, _, page) = send(get(&file, &cookie)).await;
    assert_eq!(status, StatusCode::OK, "{file}");
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "written as it is");
    assert!(page.contains("alert(1)") && page.contains("{{7*7}}") && !page.contains(" 49 "), "it is there, as text");

    let (_, headers, _) = send(post("/aanmelden/nieuw", &cookie, FORM, form(72, "Zebedeus\r\nSet-Cookie: x=1"))).await;
    assert!(!headers.contains_key(header::SET_COOKIE));
    let (_, headers, _) = send(get("/inloggen?naar=/%0d%0aSet-Cookie:%20x=1", "")).await;
    assert!(!headers.contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn the_password_field_is_one_and_lets_a_password_manager_fill_it_in() {
    let (_, _, page) = send(get("/inloggen", "")).await;
    let fields: Vec<&str> = page.split("<input").filter(|field| field.contains("name=\"wachtwoord\"")).collect();
    assert_eq!(fields.len(), 1);
    assert!(fields[0].contains("type=\"password\"") && fields[0].contains("autocomplete=\"current-password\""));
    assert!(!page.contains("onpaste"));
    // what was typed does not come back
    let form = "naam=beheer&wachtwoord=geheim-dat-niet-terugkomt&naar=/";
    let (status, _, page) = send(post("/inloggen", "", FORM, form)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("geheim-dat-niet-terugkomt"));
}

#[tokio::test]
async fn every_page_of_someone_signed_in_has_the_way_out() {
    let (cookie, ..) = signed_in("begeleider.utrecht").await;
    let open = ["/inloggen", "/gezondheid", "/beveiliging", "/.well-known/security.txt", "/openbaar/cijfers"];
    for (_, path) in
        ROUTES.iter().filter(|(method, path)| *method == "GET" && !path.contains('{') && !open.contains(path))
    {
        let (status, headers, page) = send(get(path, &cookie)).await;
        let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        assert!(!is_page || page.contains("action=\"/uitloggen\""), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_name_in_an_address_is_not_looked_for() {
    let (cookie, ..) = signed_in("coordinator.groningen").await;
    let (_, _, empty) = send(get("/deelnemers", &cookie)).await;
    let (_, _, asked) = send(get("/deelnemers?zoek=Kastdeur&jaar=1988", &cookie)).await;
    let shown =
        |page: &str| page.replace("/deelnemers?zoek=Kastdeur&#38;jaar=1988", "/deelnemers").contains("Kastdeur");
    assert!(!shown(&asked) && empty.len().abs_diff(asked.len()) < 300, "{asked}");
    // and what is typed in a form does not end up in an address
    let (csrf, cookie) = {
        let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
        (csrf, cookie)
    };
    let (status, headers, _) =
        send(post("/deelnemers", &cookie, FORM, format!("csrf={csrf}&zoek=Kastdeur&jaar="))).await;
    assert!(status == StatusCode::OK && !headers.contains_key(header::LOCATION));
}

/// A spreadsheet reads a cell that begins with `=` as a formula: whoever types a name must not run one at a colleague's.
#[tokio::test]
async fn a_name_that_is_a_formula_is_text_in_an_export() {
    let (cookie, csrf, _) = signed_in("coordinator.groningen").await;
    let form = format!(
        "csrf={csrf}&opdracht=3f8a6c1e-0000-4000-8000-0000000000dd&versie=&name-1-text=%3Dcmd%28%29%7C%27%2FC+rekenmachine%27%21A0\
         &name-1-kind=official&sex=female&v_number_missing=not-found-yet&valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022\
         &circumstances=x"
    );
    let (status, _, page) = send(post("/aanmelden/nieuw", &cookie, FORM, form)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (status, headers, export) = send(get("/werklijst/export", &cookie)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"));
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert!(export.contains("\"'=cmd()|'/C rekenmachine'!A0\""), "{export}");
    for line in export.lines() {
        for cell in line.split(';') {
            let first = cell.trim_start_matches('"').chars().next();
            assert!(!first.is_some_and(|letter| "=+-@\t\r\0".contains(letter)), "{cell}");
        }
    }
}
