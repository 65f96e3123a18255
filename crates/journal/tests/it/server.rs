//! The way to a PostgreSQL server, on one that speaks TLS: who vouches, who proves what.

use std::path::{Path, PathBuf};

use journal::{Location, Server, Store, params};

/// A server for the tests, and the folder with its certificates; nothing when there is none (said by `testing::stores`).
struct Reached {
    url: String,
    tls: PathBuf,
}

#[expect(clippy::disallowed_methods, reason = "which server to test on is said by who starts the tests")]
fn reached() -> Option<Reached> {
    let url = std::env::var("BESTENDIG_TEST_POSTGRES").ok()?;
    let port = url.split(' ').find(|part| part.starts_with("port="))?;
    let url = format!("host=localhost hostaddr=127.0.0.1 {port} dbname=postgres sslmode=require");
    let Ok(tls) = std::env::var("BESTENDIG_TEST_POSTGRES_TLS") else {
        assert!(std::env::var_os("CI").is_none(), "BESTENDIG_TEST_POSTGRES_TLS is not set: TLS would not be tested");
        eprintln!("BESTENDIG_TEST_POSTGRES_TLS is not set: TLS to PostgreSQL is not tested");
        return None;
    };
    Some(Reached { url, tls: tls.into() })
}

impl Reached {
    fn server(&self, user: &str) -> Server {
        let url = format!("{} user={user}", self.url);
        Server { url, authorities: Some(self.tls.join("ca.pem")), identity: None }
    }

    /// A role that may make a store, with a password stored in this way; the rules of the server say what it must show.
    fn role(&self, name: &str, encryption: &str) {
        let plain = self.url.replace("sslmode=require", "sslmode=disable");
        let mut client = postgres::Client::connect(&format!("{plain} user=postgres"), postgres::NoTls).unwrap();
        // two tests may make roles at once
        let sql = format!(
            "SET password_encryption = '{encryption}'; CREATE ROLE {name} SUPERUSER LOGIN PASSWORD 'een wachtwoord'"
        );
        if let Err(error) = client.batch_execute(&sql) {
            assert_eq!(error.code(), Some(&postgres::error::SqlState::DUPLICATE_OBJECT), "{error}");
        }
    }
}

/// Opens a store there, and asks the server whether the connection is encrypted and whose certificate it saw.
fn seen(server: Server) -> Result<(String, String), String> {
    let keys = tempfile::tempdir().unwrap();
    let location = Location::Postgres { server, keys: keys.path().to_owned() };
    let store = Store::open(&location, &[]).map_err(|error| error.to_string())?;
    let sql = "SELECT version, COALESCE(client_dn, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let read = store.read_blocking(move |tx| tx.one(sql, params![], |row| Ok((row.get(0)?, row.get(1)?))));
    read.map_err(|error| error.to_string())?.ok_or_else(|| "no row".to_owned())
}

#[test]
fn the_way_to_a_server_is_encrypted_and_the_server_checked() {
    let Some(reached) = reached() else { return };
    assert_eq!(seen(reached.server("postgres")), Ok(("TLSv1.3".to_owned(), String::new())));
    let stranger = Server { authorities: None, ..reached.server("postgres") };
    let said = seen(stranger).unwrap_err();
    assert!(said.contains("UnknownIssuer") || said.contains("certificate"), "{said}");
    let mut elsewhere = reached.server("postgres");
    // the certificate is of localhost, not of the address
    elsewhere.url = elsewhere.url.replace("host=localhost", "host=127.0.0.1");
    let said = seen(elsewhere).unwrap_err();
    assert!(said.contains("not valid for name"), "{said}");
}

#[test]
fn a_password_goes_by_scram_bound_to_the_connection_and_never_by_md5() {
    let Some(reached) = reached() else { return };
    reached.role("with_scram", "scram-sha-256");
    reached.role("with_md5", "md5");
    let with = |user: &str, password: &str| {
        let server = reached.server(user);
        seen(Server { url: format!("{} password='{password}'", server.url), ..server })
    };
    assert_eq!(with("with_scram", "een wachtwoord").unwrap().0, "TLSv1.3");
    let said = with("with_scram", "een ander").unwrap_err();
    assert!(said.contains("password authentication failed"), "{said}");
    let said = with("with_md5", "een wachtwoord").unwrap_err();
    assert!(said.contains("channel binding"), "{said}");
}

#[test]
fn the_program_proves_itself_by_a_certificate_of_its_own() {
    let Some(reached) = reached() else { return };
    reached.role("with_certificate", "scram-sha-256");
    let own = |name: &str| (reached.tls.join("client.pem"), reached.tls.join(name));
    let readable = tempfile::tempdir().unwrap();
    let key = readable.path().join("client.key");
    std::fs::copy(own("client.key").1, &key).unwrap();
    let identity = Some((own("client.pem").0, key));
    let seen_with = seen(Server { identity, ..reached.server("with_certificate") });
    assert_eq!(seen_with, Ok(("TLSv1.3".to_owned(), "/CN=with_certificate".to_owned())));
    let said = seen(reached.server("with_certificate")).unwrap_err();
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_file_that_holds_no_certificate_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("ca.pem");
    std::fs::write(&wrong, "geen certificaat").unwrap();
    let named = |path: &Path| {
        let server =
            Server { authorities: Some(path.to_owned()), ..Server::from("host=localhost sslmode=require".to_owned()) };
        seen(server).unwrap_err()
    };
    assert!(
        named(&wrong).contains("ca.pem cannot be used for TLS to PostgreSQL: it holds no certificate"),
        "{}",
        named(&wrong)
    );
    assert!(named(&folder.path().join("weg.pem")).contains("weg.pem cannot be used"));
}
