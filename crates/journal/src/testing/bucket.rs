//! A small service that speaks as much S3 as documents need, on this machine alone. It checks every signature by the
//! published algorithm (AWS Signature Version 4, query parameters), with code of its own.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::{
    files::bucket::{Bucket, Settings},
    hex,
};

const ACCESS: &str = "PROEFSLEUTEL";
const SECRET: &str = "een/verzonnen+geheim";
const REGION: &str = "nl-proef-1";
const NAME: &str = "bestendig-proef";

/// How it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// It says that there is no such bucket.
    NoBucket,
    /// It says that it is too busy.
    Busy,
    /// It promises more than it sends.
    CutsShort,
    /// It hangs up without an answer.
    HangsUp,
    /// It says that what is asked lies elsewhere.
    SendsElsewhere,
}

struct Inner {
    objects: BTreeMap<String, Vec<u8>>,
    mood: Mood,
    refused: usize,
    over: bool,
}

/// The service; it ends when this is dropped.
pub struct StandIn {
    inner: Arc<Mutex<Inner>>,
    port: u16,
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StandIn {
    /// Starts one.
    ///
    /// # Panics
    /// When it cannot be started: the test cannot go on.
    #[expect(clippy::expect_used, reason = "for tests")]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a port").port();
        let inner = Inner { objects: BTreeMap::new(), mood: Mood::Well, refused: 0, over: false };
        let inner = Arc::new(Mutex::new(inner));
        let shared = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if lock(&shared).over {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&shared);
                // a client that hangs up ends its own connection alone
                std::thread::spawn(move || drop(serve(&stream, &shared)));
            }
        });
        Self { inner, port }
    }

    /// How to reach it.
    pub fn settings(&self, prefix: &str) -> Settings {
        Settings {
            endpoint: format!("http://127.0.0.1:{}", self.port),
            bucket: NAME.into(),
            region: REGION.into(),
            bucket_in_host: false,
            prefix: prefix.into(),
            access_key: ACCESS.into(),
            secret_key_file: "geheim".into(),
        }
    }

    /// The secret key.
    pub const fn secret(&self) -> &'static str {
        SECRET
    }

    /// Its bucket.
    ///
    /// # Panics
    /// For a prefix that cannot be.
    #[expect(clippy::expect_used, reason = "for tests")]
    pub fn bucket(&self, prefix: &str) -> Bucket {
        Bucket::new(&self.settings(prefix), SECRET).expect("a bucket")
    }

    /// How it does from now on.
    pub fn mood(&self, mood: Mood) {
        lock(&self.inner).mood = mood;
    }

    /// The names of what it keeps.
    pub fn names(&self) -> Vec<String> {
        lock(&self.inner).objects.keys().cloned().collect()
    }

    /// All that it keeps, one after the other.
    pub fn content(&self) -> Vec<u8> {
        lock(&self.inner).objects.values().flatten().copied().collect()
    }

    /// Requests whose signature was wrong.
    pub fn refused(&self) -> usize {
        lock(&self.inner).refused
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        lock(&self.inner).over = true;
        // wakes the thread that waits for the next one
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

struct Asked {
    method: String,
    path: String,
    query: String,
    host: String,
    body: Vec<u8>,
}

fn read(stream: &TcpStream) -> std::io::Result<Option<Asked>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut host, mut length) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Ok(Some(Asked { method, path: path.to_owned(), query: query.to_owned(), host, body }))
}

fn serve(mut stream: &TcpStream, shared: &Mutex<Inner>) -> std::io::Result<()> {
    let Some(asked) = read(stream)? else { return Ok(()) };
    let (status, mut body) = answer(&asked, &mut lock(shared));
    let mood = lock(shared).mood;
    let length = body.len();
    if asked.method == "HEAD" {
        body.clear();
    }
    let promised = match mood {
        Mood::HangsUp => return Ok(()),
        Mood::CutsShort => length + 100,
        _ => length,
    };
    let elsewhere = if mood == Mood::SendsElsewhere { "Location: http://192.0.2.1/\r\n" } else { "" };
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\n{elsewhere}Content-Length: {promised}\r\n\r\n")?;
    stream.write_all(&body)
}

fn error(code: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>verzonnen</Message></Error>").into_bytes()
}

fn answer(asked: &Asked, inner: &mut Inner) -> (u16, Vec<u8>) {
    if let Err(code) = signed(asked) {
        inner.refused += 1;
        return (403, error(code));
    }
    match inner.mood {
        Mood::NoBucket => return (404, error("NoSuchBucket")),
        Mood::Busy => return (503, error("SlowDown")),
        Mood::SendsElsewhere => return (307, error("TemporaryRedirect")),
        // a delete has no body to cut, so that mood answers with one
        Mood::CutsShort | Mood::Well | Mood::HangsUp => {}
    }
    let Some(name) = asked.path.strip_prefix(&format!("/{NAME}/")) else { return (404, error("NoSuchBucket")) };
    match asked.method.as_str() {
        _ if inner.mood == Mood::CutsShort && !matches!(asked.method.as_str(), "GET" | "HEAD") => (200, vec![]),
        _ if inner.mood == Mood::HangsUp => (200, vec![]),
        "PUT" => {
            inner.objects.insert(name.to_owned(), asked.body.clone());
            (200, vec![])
        }
        "GET" | "HEAD" => {
            inner.objects.get(name).map_or_else(|| (404, error("NoSuchKey")), |bytes| (200, bytes.clone()))
        }
        "DELETE" => {
            inner.objects.remove(name);
            (204, vec![])
        }
        _ => (405, error("MethodNotAllowed")),
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Whether a request is signed by who has the secret, now, and for what it asks.
fn signed(asked: &Asked) -> Result<(), &'static str> {
    let mut pairs: Vec<(&str, &str)> = asked.query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let of = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let (date, signature) = (of("X-Amz-Date"), of("X-Amz-Signature"));
    let (Some(date), Some(signature)) = (date, signature) else { return Err("AccessDenied") };
    let made = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", &date).and_then(|made| made.to_datetime());
    let made = made.and_then(|made| jiff::tz::TimeZone::UTC.to_timestamp(made)).map_err(|_| "AccessDenied")?;
    let age = jiff::Timestamp::now().as_second() - made.as_second();
    let good_for: i64 = of("X-Amz-Expires").and_then(|seconds| seconds.parse().ok()).ok_or("AccessDenied")?;
    if !(-900..=good_for).contains(&age) {
        return Err("RequestTimeTooSkewed");
    }
    let day = &date[..8];
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    if of("X-Amz-Credential") != Some(format!("{ACCESS}/{scope}").replace('/', "%2F")) {
        return Err("InvalidAccessKeyId");
    }
    if of("X-Amz-Algorithm").as_deref() != Some("AWS4-HMAC-SHA256")
        || of("X-Amz-SignedHeaders").as_deref() != Some("host")
    {
        return Err("AccessDenied");
    }
    pairs.retain(|(key, _)| *key != "X-Amz-Signature");
    pairs.sort_unstable();
    let query = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
    let canonical = format!("{}\n{}\n{query}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", asked.method, asked.path, asked.host);
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}");
    let key = mac(format!("AWS4{SECRET}").as_bytes(), day);
    let key = ["s3", "aws4_request"].iter().fold(mac(&key, REGION), |key, part| mac(&key, part));
    if hex(&mac(&key, &text)) == signature { Ok(()) } else { Err("SignatureDoesNotMatch") }
}
