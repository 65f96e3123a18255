//! Encryption on the line: what is taken, what is refused, and what is wrong with files said clearly.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        CipherSuite, ClientConfig, ProtocolVersion, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion,
        crypto::{CryptoProvider, ring},
        pki_types::{CertificateDer, ServerName},
        version::{TLS12, TLS13},
    },
};
use web::{
    security::{Guard, protect},
    serve::{Patience, take},
    tls,
};

struct Files {
    folder: tempfile::TempDir,
    certificate: CertificateDer<'static>,
}

impl Files {
    /// A certificate for `localhost`, signed by itself, made for this test.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        let files = Self { certificate: made.cert.der().clone(), folder };
        files.write_key(&made.signing_key.serialize_pem(), 0o600);
        files
    }

    fn write_key(&self, text: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(self.path("key.pem"), text).unwrap();
        std::fs::set_permissions(self.path("key.pem"), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> Result<Arc<tls::ServerConfig>, tls::Wrong> {
        tls::config(&self.path("cert.pem"), &self.path("key.pem"))
    }
}

struct Served {
    address: std::net::SocketAddr,
    files: Files,
    _stop: oneshot::Sender<()>,
}

async fn serve() -> Served {
    let files = Files::new();
    let router = protect(Router::new().route("/", get(|| async { "ok" })), Guard { secure: true, ..Guard::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let config = files.config().unwrap();
    let patience = Patience { head: Duration::from_millis(500), ..Patience::default() };
    tokio::spawn(take(listener, router, Some(config), patience, async move { drop(stopped.await) }));
    Served { address, files, _stop: stop }
}

/// Version, suite and answer of a client with these choices.
async fn ask(
    served: &Served,
    version: &'static SupportedProtocolVersion,
    suites: Vec<SupportedCipherSuite>,
) -> std::io::Result<(Option<ProtocolVersion>, CipherSuite, String)> {
    let mut roots = RootCertStore::empty();
    roots.add(served.files.certificate.clone()).unwrap();
    let provider = CryptoProvider { cipher_suites: suites, ..ring::default_provider() };
    let config = ClientConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[version]).unwrap();
    let connector = TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()));
    let stream = TcpStream::connect(served.address).await?;
    let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let session = stream.get_ref().1;
    let suite = session.negotiated_cipher_suite().unwrap().suite();
    Ok((session.protocol_version(), suite, String::from_utf8(answer).unwrap()))
}

fn all() -> Vec<SupportedCipherSuite> {
    ring::ALL_CIPHER_SUITES.to_vec()
}

#[tokio::test]
async fn a_page_comes_over_tls_1_3_and_1_2_with_the_best_suite() {
    let served = serve().await;
    let mut reversed = all();
    reversed.reverse();
    for suites in [all(), reversed] {
        let (version, suite, answer) = ask(&served, &TLS13, suites.clone()).await.unwrap();
        assert_eq!((version, suite), (Some(ProtocolVersion::TLSv1_3), CipherSuite::TLS13_AES_256_GCM_SHA384));
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"), "{answer}");
        let (version, suite, _) = ask(&served, &TLS12, suites).await.unwrap();
        assert_eq!(version, Some(ProtocolVersion::TLSv1_2));
        assert_eq!(suite, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384);
    }
}

/// A hello as old clients send it: this version, suites with and without forward secrecy.
fn old_hello(minor: u8) -> Vec<u8> {
    let suites: [u8; 12] = [0xC0, 0x09, 0xC0, 0x0A, 0x00, 0x2F, 0x00, 0x35, 0x00, 0x9C, 0xC0, 0x2B];
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 12]);
    body.extend(suites);
    body.extend([1, 0]);
    // supported_groups: P-256; signature_algorithms: ECDSA with SHA-256
    let extensions: [u8; 16] = [0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3];
    body.extend([0, 16]);
    body.extend(extensions);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

#[tokio::test]
async fn older_versions_are_refused() {
    let served = serve().await;
    let answer = async |hello: Vec<u8>| {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(&hello).await.unwrap();
        let mut answer = vec![0; 7];
        stream.read_exact(&mut answer).await.unwrap();
        answer
    };
    // record 21 is an alert, 2 fatal, 70 protocol_version: SSL 3.0, TLS 1.0, TLS 1.1
    for minor in [0, 1, 2] {
        let said = answer(old_hello(minor)).await;
        assert_eq!((said[0], said[5], said[6]), (21, 2, 70), "3.{minor}: {said:?}");
    }
    // record 22: the same hello with version 1.2 is answered, so it is the version that was refused
    assert_eq!(answer(old_hello(3)).await[0], 22);
}

#[tokio::test]
async fn without_tls_there_is_no_answer() {
    let served = serve().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
    // and one that says nothing is let go
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(3), silent.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "still open");
}

#[tokio::test]
async fn the_second_port_only_sends_to_https() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let origin = "https://lvv.example".parse().unwrap();
    tokio::spawn(web::serve::redirect(listener, origin, std::future::pending()));
    for (request, expected, to) in [
        (
            "GET /traject/1?a=b HTTP/1.1\r\nHost: kwaad.example",
            "HTTP/1.1 308",
            "location: https://lvv.example/traject/1?a=b\r\n",
        ),
        ("POST /inloggen HTTP/1.1\r\nHost: lvv.example\r\nContent-Length: 0", "HTTP/1.1 403", ""),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{request}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected) && answer.contains(to), "{answer}");
        assert!(answer.contains("x-frame-options: DENY") && !answer.contains("kwaad"), "{answer}");
    }
}

#[test]
fn what_is_wrong_with_the_files_is_said() {
    let files = Files::new();
    let key = std::fs::read_to_string(files.path("key.pem")).unwrap();
    assert!(files.config().is_ok());
    files.write_key(&key, 0o604);
    assert!(matches!(files.config(), Err(tls::Wrong::Open(_))), "a key that everyone can read");
    files.write_key("nothing", 0o600);
    assert!(matches!(files.config(), Err(tls::Wrong::Unreadable(..))));
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    files.write_key(&other.signing_key.serialize_pem(), 0o600);
    assert!(matches!(files.config(), Err(tls::Wrong::Unusable(_))), "the key of another certificate");
    files.write_key(&key, 0o600);
    std::fs::write(files.path("cert.pem"), "").unwrap();
    assert!(matches!(files.config(), Err(tls::Wrong::Empty(_))));
}
