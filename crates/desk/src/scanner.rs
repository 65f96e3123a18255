//! A scanner for malware: ClamAV's `clamd`, over a socket of this machine or TCP. Documents go through it before they are
//! sealed; what it cannot answer for is not taken.
//!
//! The protocol (`clamd(8)`, INSTREAM): `zINSTREAM` and a zero byte, the content in pieces with their length before them (four
//! bytes, big-endian), a piece of length zero, and then its answer up to a zero byte.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs as _},
    path::PathBuf,
    str::FromStr,
    time::{Duration, Instant},
};

use domain::refusal::Refusal;

use crate::{Desk, Failure, aside};

/// How long a scan may take: less than a request may.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// Bytes of the longest answer that is read.
const LONGEST: u64 = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    #[cfg(unix)]
    Unix(PathBuf),
    Tcp(String),
}

/// Where a scanner answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanner {
    place: Place,
    patience: Duration,
}

impl FromStr for Scanner {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no scanner: write unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310");
        let place = match text.split_once(':') {
            #[cfg(unix)]
            Some(("unix", path)) if path.starts_with('/') => Place::Unix(PathBuf::from(path)),
            Some(("tcp", address)) => {
                let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
                if host.is_empty() || port.parse::<u16>().is_err() {
                    return Err(wrong());
                }
                Place::Tcp(address.to_owned())
            }
            _ => return Err(wrong()),
        };
        Ok(Self { place, patience: PATIENCE })
    }
}

/// A connection whose every read and write ends at one moment.
trait Line: Read + Write {
    fn until(&self, left: Duration) -> io::Result<()>;
}

impl Line for TcpStream {
    fn until(&self, left: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(left)).and_then(|()| self.set_write_timeout(Some(left)))
    }
}

#[cfg(unix)]
impl Line for std::os::unix::net::UnixStream {
    fn until(&self, left: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(left)).and_then(|()| self.set_write_timeout(Some(left)))
    }
}

fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

impl Scanner {
    /// The same, with another limit of time.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether something harmful was found in a content.
    ///
    /// # Errors
    /// When it does not answer, not in time, or not with yes or no.
    fn finds(&self, content: &[u8]) -> io::Result<bool> {
        let end = Instant::now() + self.patience;
        match &self.place {
            #[cfg(unix)]
            Place::Unix(path) => ask(&mut std::os::unix::net::UnixStream::connect(path)?, content, end),
            Place::Tcp(address) => {
                let mut last = io::Error::from(io::ErrorKind::NotFound);
                for one in address.to_socket_addrs()? {
                    match TcpStream::connect_timeout(&one, left(end)?) {
                        Ok(mut stream) => return ask(&mut stream, content, end),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }
}

fn ask(line: &mut impl Line, content: &[u8], end: Instant) -> io::Result<bool> {
    let mut send = |bytes: &[u8]| {
        line.until(left(end)?)?;
        line.write_all(bytes)
    };
    send(b"zINSTREAM\0")?;
    for piece in content.chunks(PIECE) {
        let length = u32::try_from(piece.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        send(&length.to_be_bytes())?;
        send(piece)?;
    }
    send(&[0; 4])?;
    let mut answer = Vec::new();
    while !answer.ends_with(&[0]) {
        let mut some = [0; 256];
        line.until(left(end)?)?;
        let count = line.read(&mut some)?;
        if count == 0 || answer.len() as u64 > LONGEST {
            break;
        }
        answer.extend_from_slice(&some[..count]);
    }
    // cut off it says nothing; `… OK` and `… FOUND` are the two answers of a scan that was done
    match answer.strip_suffix(&[0]) {
        Some(said) if said.ends_with(b" OK") => Ok(false),
        Some(said) if said.ends_with(b" FOUND") => Ok(true),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

impl Desk {
    /// Scans documents before they are taken in. Without it none is.
    pub fn scan_documents_with(&self, scanner: Scanner) {
        // the first one named stays: it is named once, at start
        let _ = self.inner.scanner.set(scanner);
    }

    /// The content again, when the scanner found nothing in it or there is none.
    ///
    /// # Errors
    /// `file-infected`; `file-not-scanned` when the scanner cannot say.
    pub(crate) async fn scanned(&self, content: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let Some(scanner) = self.inner.scanner.get().cloned() else { return Ok(content) };
        let (found, content) = aside(move || (scanner.finds(&content), content)).await?;
        match found {
            Ok(false) => Ok(content),
            Ok(true) => {
                tracing::warn!("the scanner found malware in a document; it was refused");
                Err(Refusal::new("file-infected").field("file").into())
            }
            Err(error) => {
                // the kind alone: what a scanner says may quote
                tracing::error!(kind = ?error.kind(), "the scanner for malware does not answer; a document was refused");
                Err(Refusal::new("file-not-scanned").field("file").into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_scanner_is_has_two_forms() {
        for good in ["unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:scanner.example:3310", "tcp:[::1]:3310"] {
            assert!(good.parse::<Scanner>().is_ok(), "{good}");
        }
        for wrong in
            ["", "unix:", "unix:clamd.ctl", "tcp:3310", "tcp::3310", "tcp:host:", "tcp:host:99999", "http://x:1"]
        {
            assert!(wrong.parse::<Scanner>().unwrap_err().contains("unix:/run"), "{wrong}");
        }
    }
}
