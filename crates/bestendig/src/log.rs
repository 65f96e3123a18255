//! The log: to stderr, one line an event (docs/logging.md).

use std::io::{IsTerminal as _, Result, Write};

use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Warnings and errors, unless `RUST_LOG` says otherwise (`info`, `web=debug`).
#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
pub(crate) fn to_stderr() {
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let wanted = asked.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
    // colours are for people: a collector would keep their codes
    let colours = std::io::stderr().is_terminal();
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(colours)
        .with_writer(move || Lines { colours, out: std::io::stderr() });
    tracing_subscriber::registry().with(layer).with(wanted).init();
    // a panic message can quote a value: the place is enough to find the fault
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("bestendig: internal error at {place}");
    }));
}

/// Keeps an event on its line, whatever stands in its values: nobody can write a line of their own.
struct Lines<W> {
    colours: bool,
    out: W,
}

impl<W: Write> Write for Lines<W> {
    /// One event, as the formatter hands it over: whole, with its end of line.
    fn write(&mut self, event: &[u8]) -> Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut safe = String::with_capacity(line.len() + 1);
        for letter in line.chars() {
            let colour = self.colours && letter == '\u{1b}';
            if !colour && (letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')) {
                safe.extend(letter.escape_default());
            } else {
                safe.push(letter);
            }
        }
        safe.push('\n');
        self.out.write_all(safe.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    struct Each(Kept);

    impl<'a> MakeWriter<'a> for Each {
        type Writer = Lines<Kept>;
        fn make_writer(&'a self) -> Lines<Kept> {
            Lines { colours: false, out: self.0.clone() }
        }
    }

    #[test]
    fn nobody_can_write_a_line_of_their_own() {
        let kept = Kept::default();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Each(kept.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let typed = "Zebedeus\r\n2026-01-01T00:00:00Z ERROR alles is weg\u{1b}[2J\0\u{85}\u{2028}";
            tracing::warn!(cause = %typed, "first");
            tracing::warn!(cause = ?typed, "second");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains("first") && lines[1].contains("second"), "{text}");
        assert!(text.ends_with('\n') && text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
        assert!(!text.contains('\u{2028}') && text.contains("\\r\\n"), "{text:?}");
    }
}
