//! A stand-in for ClamAV's `clamd`: it speaks INSTREAM, knows the EICAR string, and can misbehave.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "for tests")]

use std::{
    io::{self, Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What every scanner calls malware and nothing is: the test string of EICAR, in two halves so that no scanner minds this file.
pub fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// It takes everything and never answers.
    Hangs,
    /// It closes the connection before it was sent anything.
    Closes,
    /// It closes the connection in the middle of its answer.
    CutsOff,
    /// It says that the content is too large for it.
    TooLarge,
}

/// A scanner on a port of this machine.
pub struct StandIn {
    /// To give to the program.
    pub address: String,
    mood: Arc<Mutex<Mood>>,
    scanned: Arc<AtomicUsize>,
}

impl StandIn {
    /// Starts one; its thread ends with the test.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("tcp:{}", listener.local_addr().expect("its address"));
        Self::serve(address, move || listener.accept().map(|(stream, _)| stream))
    }

    /// One on a socket in a folder.
    #[cfg(unix)]
    pub fn start_in(folder: &std::path::Path) -> Self {
        let path = folder.join("clamd.ctl");
        let listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        Self::serve(format!("unix:{}", path.display()), move || listener.accept().map(|(stream, _)| stream))
    }

    fn serve<S: Read + Write + Send + 'static>(
        address: String,
        accept: impl Fn() -> io::Result<S> + Send + 'static,
    ) -> Self {
        let (mood, scanned) = (Arc::new(Mutex::new(Mood::Well)), Arc::new(AtomicUsize::new(0)));
        let (its, count) = (Arc::clone(&mood), Arc::clone(&scanned));
        std::thread::spawn(move || {
            while let Ok(stream) = accept() {
                let mood = *its.lock().expect("its mood");
                let count = Arc::clone(&count);
                std::thread::spawn(move || {
                    // who asks may have gone: that is the test
                    let _ = answer(stream, mood, &count);
                });
            }
        });
        Self { address, mood, scanned }
    }

    /// Makes it behave in another way from now on.
    pub fn be(&self, mood: Mood) {
        *self.mood.lock().expect("its mood") = mood;
    }

    /// How many whole contents it was sent.
    pub fn scanned(&self) -> usize {
        self.scanned.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: impl Read + Write, mood: Mood, scanned: &AtomicUsize) -> io::Result<()> {
    if mood == Mood::Closes {
        return Ok(());
    }
    let mut command = [0; 10];
    stream.read_exact(&mut command)?;
    if &command != b"zINSTREAM\0" {
        return stream.write_all(b"UNKNOWN COMMAND\0");
    }
    let mut content = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if length == 0 {
            break;
        }
        let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
        stream.read_exact(&mut piece)?;
        content.extend_from_slice(&piece);
    }
    scanned.fetch_add(1, Ordering::SeqCst);
    let infected = content.windows(eicar().len()).any(|part| part == eicar());
    match mood {
        Mood::Hangs => {
            std::thread::sleep(Duration::from_mins(1));
            Ok(())
        }
        Mood::CutsOff => stream.write_all(b"stream: O"),
        Mood::TooLarge => stream.write_all(b"INSTREAM size limit exceeded. ERROR\0"),
        _ if infected => stream.write_all(b"stream: Eicar-Test-Signature FOUND\0"),
        _ => stream.write_all(b"stream: OK\0"),
    }
}
