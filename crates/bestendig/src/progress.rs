//! Progress on stderr, for work that takes a while.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const STYLE: &str = "{msg} [{bar:40}] {pos}/{len} {eta}";

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
}

/// The next part of the same work, in its own unit.
pub(crate) fn next(bar: &ProgressBar, what: &'static str, done: u64, all: u64) {
    if bar.message() != what {
        bar.set_message(what);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style.progress_chars("=> "));
        }
    }
    bar.set_length(all);
    bar.set_position(done);
}

/// What a long piece of work calls.
pub(crate) fn report(bar: &ProgressBar) -> impl FnMut(u64, u64) + Send + 'static {
    let bar = bar.clone();
    move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }
}
