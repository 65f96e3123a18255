//! Progress on stderr, for work that takes a while.

use std::{
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const STYLE: &str = "{msg} [{bar:40}] {pos}/{len} {eta}";

/// Where nothing can be drawn (a log, a service) a line is written as often.
const OFTEN: Duration = Duration::from_secs(5);

/// Writes how far the work is, where a bar cannot be drawn: at the start of another part of it, and now and then.
fn aloud(bar: &ProgressBar, another_part: bool) {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    if std::io::stderr().is_terminal() {
        return;
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    // short work says nothing
    let since = last.get_or_insert_with(Instant::now);
    if another_part || since.elapsed() >= OFTEN {
        *since = Instant::now();
        eprintln!("{}: {} of {}", bar.message(), bar.position(), bar.length().unwrap_or_default());
    }
}

/// A bar for work of which the length is known once it runs.
pub(crate) fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(STYLE);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar.set_message(what);
    bar
}

/// Progress in bytes.
pub(crate) fn bytes(bar: &ProgressBar, done: u64, all: u64) {
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {bytes}/{total_bytes} {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_length(all);
    bar.set_position(done);
    aloud(bar, false);
}

/// The next part of the same work, in its own unit.
pub(crate) fn next(bar: &ProgressBar, what: &'static str, done: u64, all: u64) {
    let another = bar.message() != what;
    if another {
        bar.set_message(what);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style.progress_chars("=> "));
        }
    }
    bar.set_length(all);
    bar.set_position(done);
    aloud(bar, another);
}

/// What a long piece of work calls.
pub(crate) fn report(bar: &ProgressBar) -> impl FnMut(u64, u64) + Send + 'static {
    let bar = bar.clone();
    move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
        aloud(&bar, false);
    }
}
