//! When something fails, nothing opens: no page from memory, no session, no half step.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use desk::SignIn;
use tower::ServiceExt as _;

use crate::routes::{FORM, World, build, get, post};

async fn send(world: &World, request: Request<Body>) -> (StatusCode, bool, String) {
    let response = world.router.clone().oneshot(request).await.unwrap();
    let (status, cookie) = (response.status(), response.headers().contains_key(header::SET_COOKIE));
    let text = to_bytes(response.into_body(), 4 << 20).await.unwrap();
    (status, cookie, String::from_utf8_lossy(&text).into_owned())
}

async fn drop_table(world: &World, table: &'static str) {
    let store = world.test.store.clone();
    let sql = format!("ALTER TABLE {table} RENAME TO gone_{table}");
    let gone = move || store.write_blocking(move |tx| tx.exec(&sql, &[]).map(drop));
    tokio::task::spawn_blocking(gone).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_store_that_is_gone_answers_nothing_and_lets_nobody_in() {
    let world = tokio::task::spawn_blocking(build).await.unwrap();
    let password = "een-verzonnen-wachtwoord";
    let SignIn::Welcome(token) = world.desk.sign_in("coordinator.groningen", password).await.unwrap() else { panic!() };
    let session = world.desk.session(&token).await.unwrap().unwrap();
    let cookie = format!("bestendig={token}");
    let filter = views::worklist::Filter { ended: true, ..views::worklist::Filter::default() };
    let file = world.desk.worklist(&session.principal, filter).await.unwrap().items[0].row.trajectory;
    let address = format!("/traject/{file}");
    let (status, _, page) = send(&world, get(&address, &cookie)).await;
    assert!(status == StatusCode::OK && page.contains("GRO-"));

    // what can be read stays readable, but nothing is recorded by half
    drop_table(&world, "command").await;
    let form = format!(
        "csrf={}&opdracht=3f8a6c1e-0000-4000-8000-0000000000bb&versie=&name-1-text=Zebedeus+Proef&name-1-kind=official&sex=female\
         &valid_from-dag=1&valid_from-maand=6&valid_from-jaar=2022&v_number_missing=not-found-yet&circumstances=x",
        session.csrf
    );
    let (desk, again) = (world.desk.clone(), world.desk.clone());
    let before = tokio::task::spawn_blocking(move || desk.facts_in_all().unwrap()).await.unwrap();
    let (status, _, page) = send(&world, post("/aanmelden/nieuw", &cookie, FORM, form)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.contains("Nummer van deze fout"), "{page}");
    for inside in ["command", "SELECT", "INSERT", "no such table", "sqlite", "Zebedeus"] {
        assert!(!page.contains(inside), "the page tells {inside}");
    }
    assert_eq!(tokio::task::spawn_blocking(move || again.facts_in_all().unwrap()).await.unwrap(), before);

    // no tables to read from: no page, whatever was shown a moment ago
    for table in ["trajectory", "file", "participant"] {
        drop_table(&world, table).await;
    }
    let (status, _, page) = send(&world, get(&address, &cookie)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!page.contains("GRO-"));

    // no sessions: nobody comes in, not even with the right password
    drop_table(&world, "session").await;
    // which are open is known in memory: one that is not there is none
    let (status, _, page) = send(&world, get("/werklijst", "bestendig=0000")).await;
    assert!(status == StatusCode::SEE_OTHER && !page.contains("GRO-"), "{status}");
    let form = format!("naam=coordinator.groningen&wachtwoord={password}&naar=/");
    let (status, cookie, _) = send(&world, post("/inloggen", "", FORM, form.clone())).await;
    assert_eq!((status, cookie), (StatusCode::INTERNAL_SERVER_ERROR, false));
    drop_table(&world, "account").await;
    let (status, cookie, _) = send(&world, post("/inloggen", "", FORM, form)).await;
    assert_eq!((status, cookie), (StatusCode::INTERNAL_SERVER_ERROR, false));
}
