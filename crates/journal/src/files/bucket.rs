//! Documents in a bucket of a service that speaks S3: encrypted before they leave, named by random ids.

use std::time::Duration;

use domain::ids::DocumentId;
use rusty_s3::{
    Bucket as Address, Credentials, S3Action, UrlStyle,
    actions::{DeleteObject, GetObject, HeadObject, PutObject},
};
use serde::Deserialize;
use url::Url;

use super::Files;
use crate::error::{Error, Result};

/// How long a signed address is good for: longer than a request takes, and than two clocks differ.
const SIGNED_FOR: Duration = Duration::from_mins(5);
/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// Bytes of the largest answer; an encrypted document is some bytes more than the document.
const LONGEST: u64 = 256 * 1024 * 1024;
/// Bytes of an answer that are looked through for why it was refused.
const WORDS: usize = 64 * 1024;

/// A bucket, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the service, such as `https://s3.example.org`; without TLS only on this machine.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Its region, as the service names it.
    pub region: String,
    /// Whether the bucket stands in the host name (`bucket.s3.example.org`) and not in the path.
    #[serde(default)]
    pub bucket_in_host: bool,
    /// Put before the id in the name of every object, such as `bestendig/`.
    #[serde(default)]
    pub prefix: String,
    /// The access key.
    pub access_key: String,
    /// File with the secret key, from the folder of this one.
    pub secret_key_file: std::path::PathBuf,
}

/// A bucket.
pub struct Bucket {
    address: Address,
    credentials: Credentials,
    prefix: String,
    agent: ureq::Agent,
}

impl Bucket {
    /// A bucket, with its secret key. Nothing is asked of the service yet.
    ///
    /// # Errors
    /// [`Error::Unusable`] for an address, name or prefix that cannot be.
    pub fn new(settings: &Settings, secret: &str) -> Result<Self> {
        let wrong = |why: &str| Error::Unusable(format!("the place of the documents: {why}"));
        let endpoint = Url::parse(&settings.endpoint).map_err(|_| wrong("`endpoint` is no address"))?;
        let near = matches!(endpoint.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if endpoint.scheme() != "https" && !near {
            return Err(wrong("`endpoint` must begin with https://"));
        }
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(wrong("`endpoint` holds a name or password; they stand in `access_key` and a file"));
        }
        // the rules of names of buckets, and no more in a prefix: what stands there ends up in an address
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        let name = &settings.bucket;
        if !(3..=63).contains(&name.len()) || !name.chars().all(plain) || name.contains("..") {
            return Err(wrong("`bucket` is 3 to 63 lower-case letters, digits, hyphens and points"));
        }
        let prefix = settings.prefix.as_str();
        let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !prefix.is_empty() && !prefix.strip_suffix('/').unwrap_or_default().split('/').all(part) {
            return Err(wrong("`prefix` is letters, digits and hyphens, and ends in /"));
        }
        if settings.region.is_empty() || settings.access_key.is_empty() || secret.is_empty() {
            return Err(wrong("`region`, `access_key` and the secret key cannot be empty"));
        }
        let style = if settings.bucket_in_host { UrlStyle::VirtualHost } else { UrlStyle::Path };
        let address = Address::new(endpoint, style, name.clone(), settings.region.clone())
            .map_err(|_| wrong("`endpoint` and `bucket` make no address together"))?;
        // no redirects: an answer could send a document anywhere
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let credentials = Credentials::new(settings.access_key.clone(), secret.to_owned());
        Ok(Self { address, credentials, prefix: settings.prefix.clone(), agent })
    }

    fn name(&self, id: DocumentId) -> String {
        format!("{}{id}", self.prefix)
    }

    fn failed(&self, why: impl std::fmt::Display) -> Error {
        Error::Elsewhere { place: self.place(), why: why.to_string() }
    }

    /// Why a request did not get through; never the address, which is signed.
    fn unreached(&self, error: &ureq::Error) -> Error {
        match error {
            ureq::Error::Timeout(_) => self.failed("it does not answer in time"),
            ureq::Error::HostNotFound => self.failed("there is no such host"),
            ureq::Error::Io(error) => self.failed(format!("it cannot be reached: {}", error.kind())),
            ureq::Error::BodyExceedsLimit(_) => self.failed("it sent more than a document can be"),
            _ => self.failed("it cannot be asked; look at `endpoint`, and at its certificate"),
        }
    }

    /// Why the service refused, by its status and the code it gives.
    fn refused(&self, status: u16, said: &[u8]) -> Error {
        let said = String::from_utf8_lossy(&said[..said.len().min(WORDS)]);
        let code = said.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
        let plain = |code: &&str| code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric());
        let code = code.filter(plain).unwrap_or("no reason given");
        self.failed(format!("it answers {status} ({code})"))
    }
}

/// Whether an answer says that there is no such object; not that there is no such bucket.
fn is_absent(status: u16, said: &[u8]) -> bool {
    let bucket = said[..said.len().min(WORDS)].windows(12).any(|part| part == b"NoSuchBucket");
    status == 404 && !bucket
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<(u16, Vec<u8>), ureq::Error> {
    let mut response = response?;
    // to its end: an answer that was cut off is none
    let said = response.body_mut().with_config().limit(LONGEST).read_to_vec()?;
    Ok((response.status().as_u16(), said))
}

impl Files for Bucket {
    fn put(&self, id: DocumentId, bytes: &[u8]) -> Result<()> {
        let name = self.name(id);
        let url = PutObject::new(&self.address, Some(&self.credentials), &name).sign(SIGNED_FOR);
        let sent = answer(self.agent.put(url.as_str()).content_type("application/octet-stream").send(bytes));
        match sent.map_err(|error| self.unreached(&error))? {
            (200 | 201 | 204, _) => Ok(()),
            (status, said) => Err(self.refused(status, &said)),
        }
    }

    fn get(&self, id: DocumentId) -> Result<Option<Vec<u8>>> {
        let name = self.name(id);
        let url = GetObject::new(&self.address, Some(&self.credentials), &name).sign(SIGNED_FOR);
        match answer(self.agent.get(url.as_str()).call()).map_err(|error| self.unreached(&error))? {
            (200, bytes) => Ok(Some(bytes)),
            (status, said) if is_absent(status, &said) => Ok(None),
            (status, said) => Err(self.refused(status, &said)),
        }
    }

    fn has(&self, id: DocumentId) -> Result<bool> {
        let name = self.name(id);
        let url = HeadObject::new(&self.address, Some(&self.credentials), &name).sign(SIGNED_FOR);
        match answer(self.agent.head(url.as_str()).call()).map_err(|error| self.unreached(&error))? {
            (200, _) => Ok(true),
            (404, _) => Ok(false),
            (status, said) => Err(self.refused(status, &said)),
        }
    }

    fn delete(&self, id: DocumentId) -> Result<()> {
        let name = self.name(id);
        let url = DeleteObject::new(&self.address, Some(&self.credentials), &name).sign(SIGNED_FOR);
        match answer(self.agent.delete(url.as_str()).call()).map_err(|error| self.unreached(&error))? {
            (200 | 204, _) => Ok(()),
            (status, said) if is_absent(status, &said) => Ok(()),
            (status, said) => Err(self.refused(status, &said)),
        }
    }

    fn place(&self) -> String {
        format!("the bucket {}", self.address.name())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::bucket::{Mood, StandIn};

    fn id(n: u128) -> DocumentId {
        DocumentId(Uuid::from_u128(n))
    }

    fn why(result: Result<impl std::fmt::Debug>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_kept_replaced_and_taken_away() {
        let service = StandIn::start();
        let bucket = service.bucket("bestendig/");
        assert_eq!((bucket.get(id(7)).unwrap(), bucket.has(id(7)).unwrap()), (None, false));
        bucket.delete(id(7)).unwrap();
        bucket.put(id(7), b"one").unwrap();
        bucket.put(id(7), b"two").unwrap();
        bucket.put(id(8), b"").unwrap();
        assert_eq!(bucket.get(id(7)).unwrap().as_deref(), Some(&b"two"[..]));
        assert!(bucket.has(id(7)).unwrap());
        assert_eq!(bucket.get(id(8)).unwrap().as_deref(), Some(&b""[..]));
        assert_eq!(service.names(), [format!("bestendig/{}", id(7)), format!("bestendig/{}", id(8))]);
        bucket.delete(id(7)).unwrap();
        assert_eq!((bucket.get(id(7)).unwrap(), service.names().len()), (None, 1));
        assert_eq!(service.refused(), 0, "every signature was right");
    }

    #[test]
    fn a_document_of_many_megabytes_comes_back_whole() {
        let service = StandIn::start();
        let bucket = service.bucket("");
        let large: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 2 == 0)]).collect();
        bucket.put(id(9), &large).unwrap();
        assert!(bucket.get(id(9)).unwrap().unwrap() == large);
    }

    #[test]
    fn another_secret_is_refused_and_told() {
        let service = StandIn::start();
        let bucket = Bucket::new(&service.settings(""), "een ander geheim").unwrap();
        let said = why(bucket.put(id(7), b"one"));
        assert!(said.contains("403 (SignatureDoesNotMatch)") && said.contains("bestendig-proef"), "{said}");
        assert!(why(bucket.get(id(7))).contains("403") && why(bucket.delete(id(7))).contains("403"));
        assert_eq!((service.names().len(), service.refused()), (0, 3));
    }

    #[test]
    fn a_bucket_that_is_not_there_is_no_document_that_is_not_there() {
        let service = StandIn::start();
        let bucket = service.bucket("");
        bucket.put(id(7), b"one").unwrap();
        service.mood(Mood::NoBucket);
        assert!(why(bucket.get(id(7))).contains("NoSuchBucket"));
        assert!(why(bucket.delete(id(7))).contains("NoSuchBucket"), "nothing was destroyed");
        assert!(why(bucket.put(id(7), b"two")).contains("NoSuchBucket"));
        service.mood(Mood::Well);
        assert_eq!(bucket.get(id(7)).unwrap().as_deref(), Some(&b"one"[..]));
    }

    #[test]
    fn a_service_that_fails_halfway_gives_nothing_and_tells_no_address() {
        let service = StandIn::start();
        let bucket = service.bucket("");
        bucket.put(id(7), b"one two three").unwrap();
        for mood in [Mood::Busy, Mood::CutsShort, Mood::HangsUp, Mood::SendsElsewhere] {
            service.mood(mood);
            for said in [why(bucket.get(id(7))), why(bucket.put(id(8), b"four")), why(bucket.delete(id(7)))] {
                assert!(!said.contains("X-Amz") && !said.contains("127.0.0.1"), "{said}");
            }
        }
        service.mood(Mood::Well);
        assert_eq!(bucket.get(id(7)).unwrap().as_deref(), Some(&b"one two three"[..]));
        drop(service);
        assert!(why(bucket.get(id(7))).contains("cannot be reached"));
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        let service = StandIn::start();
        let good = service.settings("");
        for (wrong, word) in [
            (Settings { endpoint: "s3.example.org".into(), ..good.clone() }, "no address"),
            (Settings { endpoint: "http://s3.example.org".into(), ..good.clone() }, "https://"),
            (Settings { endpoint: "https://a:b@s3.example.org".into(), ..good.clone() }, "access_key"),
            (Settings { bucket: "../../x".into(), ..good.clone() }, "bucket"),
            (Settings { bucket: "a".into(), ..good.clone() }, "bucket"),
            (Settings { bucket: "a..b".into(), ..good.clone() }, "bucket"),
            (Settings { prefix: "../".into(), ..good.clone() }, "prefix"),
            (Settings { prefix: "map".into(), ..good.clone() }, "prefix"),
            (Settings { prefix: "/".into(), ..good.clone() }, "prefix"),
            (Settings { region: String::new(), ..good.clone() }, "region"),
        ] {
            let said = Bucket::new(&wrong, "geheim").err().unwrap().to_string();
            assert!(said.contains(word), "{said}");
        }
        assert!(Bucket::new(&good, "").is_err());
        let host = Settings { endpoint: "https://s3.example.org".into(), bucket_in_host: true, ..good };
        let bucket = Bucket::new(&host, "geheim").unwrap();
        let url = GetObject::new(&bucket.address, None, "x").sign(SIGNED_FOR);
        assert_eq!(url.as_str(), "https://bestendig-proef.s3.example.org/x");
    }
}
