//! Refusals of access, as lines of the read log: so they stand under the signed checkpoints, in the export and in the review.
//!
//! What does not exist and what may not be seen is one kind, here as for who asks. A line holds the pattern of the address and
//! never the address: nobody writes into the log by typing.

use access::{Hex, Principal, Relation};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};

use crate::{
    Desk, Failure,
    few::Few,
    load,
    read_log::{Activity, ReadLine},
};

/// Lines of one session within a minute; what comes above them is counted and told in one line afterwards.
pub const LINES_A_MINUTE: u32 = 10;

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// It does not exist, or may not be seen.
    Hidden,
    /// This role may not do this.
    Denied,
    /// The work of another: approving what one proposed, reviewing what one read.
    OwnWork,
    /// A form without the token of this session.
    Token,
    /// A form that none of our pages has.
    Form,
}

impl Refused {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Hidden, Self::Denied, Self::OwnWork, Self::Token, Self::Form];

    /// The code in the log and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Denied => "denied",
            Self::OwnWork => "own-work",
            Self::Token => "token",
            Self::Form => "form",
        }
    }
}

/// Something that was tried and refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Why it was.
    pub what: Refused,
    /// The method.
    pub method: String,
    /// The pattern of the address, as in `/traject/{id}`.
    pub route: String,
    /// How many attempts this line stands for: more than one where a session made more than [`LINES_A_MINUTE`].
    pub times: u32,
}

/// Refusals of the running minute, by session.
pub(crate) type Refusals = Few<(UserId, Option<Hex<8>>), ReadLine>;

/// The work of another that someone wanted to do for themselves, by the key of the refusal.
pub fn is_own_work(key: &str) -> bool {
    [
        "glass-own-review",
        "question-second-other",
        "rights-of-oneself",
        "rights-four-eyes",
        "release-own-draft",
        "review-own",
        "destruction-same-person",
    ]
    .contains(&key)
}

impl Desk {
    /// Keeps that someone was refused, durable when this returns. After [`LINES_A_MINUTE`] of one session it is counted, and
    /// told by [`Desk::settle_refusals`].
    ///
    /// # Errors
    /// When the line cannot be kept.
    pub async fn log_refusal(&self, who: &Principal, what: Refused, method: &str, route: &str) -> Result<(), Failure> {
        let mut line = self.line_of(who, Activity::Refusal, who.purpose, Relation::None);
        let (method, route) = (method.to_owned(), route.to_owned());
        line.outcome = "refused".to_owned();
        line.refused = Some(Attempt { what, method, route, times: 1 });
        let lines = bodies(self.inner.refusals.count((line.user, line.session), line.time(), line))?;
        if lines.is_empty() {
            return Ok(());
        }
        self.inner.store.write(move |tx| append(tx, &lines)).await
    }

    /// Writes how many refusals and failed tries to sign in had no line of their own: by the minute, and (`all`) at the end.
    ///
    /// # Errors
    /// When the store fails.
    pub fn settle_refusals(&self, all: bool) -> Result<(), Failure> {
        let now = self.inner.clock.real();
        let (lines, failed) = (bodies(self.inner.refusals.rest(now, all))?, self.inner.failed.rest(now, all));
        if lines.is_empty() && failed.is_empty() {
            return Ok(());
        }
        let notes: Vec<_> = failed.into_iter().map(|(tried, times)| self.failed_note(tried, times)).collect();
        self.inner.store.write_blocking(move |tx| {
            append(tx, &lines)?;
            notes.iter().try_for_each(|note| note.keep(tx))
        })
    }
}

type Body = (jiff::Timestamp, String);

fn bodies(lines: Vec<(ReadLine, u32)>) -> Result<Vec<Body>, Failure> {
    let body = |(mut line, times): (ReadLine, u32)| {
        if let Some(attempt) = &mut line.refused {
            attempt.times = times;
        }
        Ok((line.time(), String::from_utf8_lossy(&load::write(&line)?).into_owned()))
    };
    lines.into_iter().map(body).collect()
}

fn append(tx: &mut journal::Tx<'_>, lines: &[Body]) -> Result<(), Failure> {
    for (at, body) in lines {
        journal::read_log::append(tx, *at, body)?;
    }
    Ok(())
}
