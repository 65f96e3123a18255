//! What arrives on the line: requests that are hidden in others, too large, too slow, or no HTTP at all.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use web::{
    security::{Guard, Limits, protect},
    serve::{HEAD_BYTES, HEAD_LINES, Patience, take},
};

struct Served {
    address: std::net::SocketAddr,
    _stop: oneshot::Sender<()>,
}

async fn serve() -> Served {
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/formulier", post(|body: Bytes| async move { format!("kreeg {}", body.len()) }));
    let limits = Limits { body: 10_000, patience: Duration::from_millis(700) };
    let router = protect(router, Guard { limits, ..Guard::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let head = Duration::from_millis(400);
    let patience = Patience { head, connection: Duration::from_secs(3), connections: 8 };
    tokio::spawn(take(listener, router, None, patience, async move { drop(stopped.await) }));
    Served { address, _stop: stop }
}

/// Sends bytes and reads until the server closes, or two seconds.
async fn say(served: &Served, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    // the server may close before all is written
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.1 ").skip(1).map(|part| &part[..3]).collect()
}

const SMUGGLED: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn a_request_cannot_be_hidden_in_another() {
    let served = serve().await;
    let lengths = [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ];
    for length in lengths {
        let request = format!("POST /formulier HTTP/1.1\r\nHost: x\r\n{length}\r\n0\r\n\r\n{SMUGGLED}");
        let answer = say(&served, request.as_bytes()).await;
        let found = statuses(&answer);
        // one refusal, and the connection is over: what came after it is not read as a request
        assert_eq!(found.len(), 1, "{length:?}: {answer}");
        assert!(matches!(found[0], "400" | "411" | "413"), "{length:?}: {answer}");
    }
}

#[tokio::test]
async fn a_body_without_a_length_has_none() {
    let served = serve().await;
    let answer = say(&served, b"POST /formulier HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("kreeg 0"), "{answer}");
    let length = "Content-Length: 5\r\nContent-Length: 5\r\n";
    let twice = format!("POST /formulier HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}\r\nabcde");
    let answer = say(&served, twice.as_bytes()).await;
    assert!(answer.ends_with("kreeg 5") && statuses(&answer).len() == 1, "the same length twice is one: {answer}");
}

#[tokio::test]
async fn lines_that_are_not_http_are_refused() {
    let served = serve().await;
    for head in [
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n X: folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX Y: a\r\n\r\n",
        "GET /\r\nX: y HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x00\x05hello\r\n\r\n",
    ] {
        let answer = say(&served, head.as_bytes()).await;
        let refused = statuses(&answer).first().is_none_or(|status| status.starts_with('4'));
        assert!(refused && !answer.contains("ok"), "{head:?}: {answer}");
    }
}

#[tokio::test]
async fn lines_above_a_request_are_bounded() {
    let served = serve().await;
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(64 * 1024));
    assert!(long.len() > HEAD_BYTES);
    assert_eq!(statuses(&say(&served, long.as_bytes()).await), ["431"]);
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(64 * 1024));
    assert!(statuses(&say(&served, long.as_bytes()).await).iter().all(|status| matches!(*status, "414" | "431")));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(HEAD_LINES + 10));
    assert_eq!(statuses(&say(&served, many.as_bytes()).await), ["431"]);
}

#[tokio::test]
async fn whoever_is_slow_is_let_go() {
    let served = serve().await;
    // half of the lines above
    let begun = Instant::now();
    let answer = say(&served, b"GET / HTTP/1.1\r\nHost: x\r\nX: ").await;
    assert!(begun.elapsed() < Duration::from_millis(1_900) && !answer.contains("200"), "{answer}");
    // half of a body
    let begun = Instant::now();
    let half = b"POST /formulier HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nab";
    let answer = say(&served, half).await;
    assert!(begun.elapsed() < Duration::from_millis(1_900), "{:?}", begun.elapsed());
    assert_eq!(statuses(&answer), ["503"], "{answer}");
}

#[tokio::test]
async fn idle_connections_do_not_shut_others_out() {
    let served = serve().await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(TcpStream::connect(served.address).await.unwrap());
    }
    // eight places are taken by who says nothing; they are free again when patience ends
    let begun = Instant::now();
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(6), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn telling_it_to_stop_finishes_what_is_under_way() {
    let served = serve().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"POST /formulier HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(served);
    tokio::time::sleep(Duration::from_millis(100)).await;
    stream.write_all(b"cde").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&answer).ends_with("kreeg 5"));
}
