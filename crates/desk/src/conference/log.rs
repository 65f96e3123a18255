//! The log of a sitting in the store: append-only, each line hashed with the one before it, its words sealed.

use domain::{
    codes::{Board, Category},
    ids::{SiteId, SittingId, UserId},
    sitting::{Act, Line, Sitting, Stage},
};
use jiff::{Timestamp, civil::Date};
use journal::{Class, Row, Tx, params};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Desk, Failure, Inner, load};

const LINES: &str =
    "SELECT number, at, account, act, sealed, chain FROM sitting_event WHERE sitting = $1 ORDER BY number";
const APPEND: &str =
    "INSERT INTO sitting_event (sitting, number, at, account, act, sealed, chain) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PUT: &str = "INSERT INTO sitting (id, site, board, held_on, begins, minutes, stage, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET held_on = excluded.held_on,
    begins = excluded.begins, minutes = excluded.minutes, stage = excluded.stage, version = excluded.version";
const UNINVITE: &str = "DELETE FROM sitting_invited WHERE sitting = $1";
const INVITE: &str = "INSERT INTO sitting_invited (sitting, account) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const OF_SITE: &str = "SELECT id, site, board, held_on, begins, minutes, stage FROM sitting WHERE site = $1
    ORDER BY held_on DESC, begins DESC, id";
const OPEN_AT_SITE: &str = "SELECT id, site, board, held_on, begins, minutes, stage FROM sitting WHERE site = $1
    AND (stage IN ('open', 'closed') OR (stage = 'planned' AND held_on <= $2)) ORDER BY held_on DESC, begins DESC, id";
const INVITES: &str = "SELECT sitting FROM sitting_invited WHERE account = $1 ORDER BY sitting";
const ALL: &str = "SELECT id FROM sitting ORDER BY held_on, id";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[LINES, APPEND, PUT, UNINVITE, INVITE, OF_SITE, OPEN_AT_SITE, INVITES, ALL];

/// What a list shows of a sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SittingRow {
    /// Which.
    pub id: SittingId,
    /// Where.
    pub site: SiteId,
    /// Of which body.
    pub board: Board,
    /// Day.
    pub on: Date,
    /// When it begins.
    pub at: jiff::civil::Time,
    /// How long, in minutes.
    pub minutes: u16,
    /// How far it is.
    pub stage: Stage,
}

fn unusable(what: &str) -> journal::Error {
    journal::Error::Unusable(format!("a sitting with an unknown {what}"))
}

fn listed(row: &Row<'_>) -> journal::Result<SittingRow> {
    let text = |at| row.get::<String>(at);
    Ok(SittingRow {
        id: SittingId(row.get(0)?),
        site: text(1)?.parse().map_err(|_| unusable("site"))?,
        board: Board::from_code(&text(2)?).ok_or_else(|| unusable("body"))?,
        on: row.get(3)?,
        at: text(4)?.parse().map_err(|_| unusable("time"))?,
        minutes: u16::try_from(row.get::<i64>(5)?).map_err(|_| unusable("length"))?,
        stage: Stage::from_code(&text(6)?).ok_or_else(|| unusable("stage"))?,
    })
}

/// The sittings of a site, latest first.
pub(super) fn of_site(tx: &mut Tx<'_>, site: &SiteId) -> Result<Vec<SittingRow>, Failure> {
    Ok(tx.query(OF_SITE, params![site.as_str()], listed)?)
}

/// The sittings of a site that are planned until a day or going on, and those of which the minutes are a draft; latest first.
pub(super) fn open_at_site(tx: &mut Tx<'_>, site: &SiteId, until: Date) -> Result<Vec<SittingRow>, Failure> {
    Ok(tx.query(OPEN_AT_SITE, params![site.as_str(), until], listed)?)
}

/// The sittings that someone is invited to.
pub(super) fn invites(tx: &mut Tx<'_>, who: UserId) -> Result<Vec<SittingId>, Failure> {
    Ok(tx.query(INVITES, params![who.0], |row| Ok(SittingId(row.get::<Uuid>(0)?)))?)
}

struct Stored {
    number: u32,
    at: Timestamp,
    by: UserId,
    act: String,
    sealed: Vec<u8>,
    chain: Vec<u8>,
}

fn stored(tx: &mut Tx<'_>, id: SittingId) -> Result<Vec<Stored>, Failure> {
    Ok(tx.query(LINES, params![id.0], |row| {
        Ok(Stored {
            number: u32::try_from(row.get::<i64>(0)?).unwrap_or(0),
            at: row.get(1)?,
            by: UserId(row.get(2)?),
            act: row.get(3)?,
            sealed: row.get(4)?,
            chain: row.get(5)?,
        })
    })?)
}

/// The hash of a line: over that of the line before and everything in it.
fn chained(before: &[u8], id: SittingId, line: &Stored) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"bestendig sitting 1");
    hash.update(before);
    hash.update(id.0.as_bytes());
    hash.update(line.number.to_be_bytes());
    hash.update(line.at.as_microsecond().to_be_bytes());
    hash.update(line.by.0.as_bytes());
    hash.update(line.act.as_bytes());
    hash.update(Sha256::digest(&line.sealed));
    hash.finalize().to_vec()
}

/// Where a line is sealed: it opens nowhere else.
fn place(id: SittingId, number: u32) -> Vec<u8> {
    [b"sitting".as_slice(), id.0.as_bytes(), &number.to_be_bytes()].concat()
}

impl Inner {
    /// The log of a sitting; empty when there is none.
    pub(super) fn lines(&self, tx: &mut Tx<'_>, id: SittingId) -> Result<Vec<Line>, Failure> {
        let key = self.keys.service_key("conference")?;
        let lines = stored(tx, id)?.into_iter().map(|line| {
            let bytes = key.open_one(Class::Fact, &place(id, line.number), &line.sealed)?;
            let act: Act = load::read(&bytes)?;
            Ok(Line { number: line.number, at: line.at, by: line.by, act })
        });
        lines.collect()
    }

    /// A sitting as its log tells.
    pub(super) fn sitting(&self, tx: &mut Tx<'_>, id: SittingId) -> Result<Sitting, Failure> {
        let lines = self.lines(tx, id)?;
        if lines.is_empty() {
            return Err(Failure::Hidden);
        }
        Ok(Sitting::of(id, &lines)?)
    }

    /// Appends a line and writes the row that lists show; `state` is what follows with it.
    pub(super) fn append(&self, tx: &mut Tx<'_>, state: &Sitting, line: &Line) -> Result<(), Failure> {
        let id = state.id;
        let before = stored(tx, id)?.pop().map(|last| last.chain).unwrap_or_default();
        let key = self.keys.service_key("conference")?;
        let (place, words) = (place(id, line.number), load::write(&line.act)?);
        let sealed = key.seal_one(Class::Fact, &place, Category::Process, &words, self.entropy.as_ref())?;
        let act = line.act.code().to_owned();
        let mut row = Stored { number: line.number, at: line.at, by: line.by, act, sealed, chain: vec![] };
        row.chain = chained(&before, id, &row);
        let Stored { number, at, by, act, sealed, chain } = row;
        tx.exec(APPEND, params![id.0, i64::from(number), at, by.0, act.as_str(), sealed, chain])?;
        let (site, board, stage) = (state.site.as_str(), state.board.code(), state.stage.code());
        let begins = state.at.strftime("%H:%M:%S").to_string();
        let (minutes, version) = (i64::from(state.minutes), i64::from(state.version));
        tx.exec(PUT, params![id.0, site, board, state.on, begins.as_str(), minutes, stage, version])?;
        if let Act::Invited { members } = &line.act {
            tx.exec(UNINVITE, params![id.0])?;
            for member in members {
                tx.exec(INVITE, params![id.0, member.user.0])?;
            }
        }
        Ok(())
    }
}

/// The log of a sitting, opened.
pub type SittingLog = (SittingId, Vec<Line>);

impl Inner {
    /// Writes logs that were kept elsewhere, each line as it was; chains are new.
    pub(crate) fn put_sittings(&self, tx: &mut Tx<'_>, logs: &[SittingLog]) -> Result<(), Failure> {
        for (id, lines) in logs {
            for until in 1..=lines.len() {
                self.append(tx, &Sitting::of(*id, &lines[..until])?, &lines[until - 1])?;
            }
        }
        Ok(())
    }
}

impl Desk {
    /// The logs of all sittings, opened, in the order of their days.
    ///
    /// # Errors
    /// When the store cannot be read or a log does not open.
    pub fn sitting_logs(&self) -> Result<Vec<SittingLog>, Failure> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.inner.store.read_blocking(move |tx| {
            let all = tx.query(ALL, params![], |row| Ok(SittingId(row.get::<Uuid>(0)?)))?;
            all.into_iter().map(|id| Ok((id, inner.lines(tx, id)?))).collect()
        })
    }

    /// Walks the chains of all sittings: how many there are, and those whose log is not as it was written.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn verify_sittings(&self) -> Result<(usize, Vec<SittingId>), Failure> {
        let inner = std::sync::Arc::clone(&self.inner);
        self.inner.store.read_blocking(move |tx| {
            let all = tx.query(ALL, params![], |row| Ok(SittingId(row.get::<Uuid>(0)?)))?;
            let mut broken = Vec::new();
            for id in &all {
                let (mut before, mut whole) = (Vec::new(), true);
                for (number, line) in (1..).zip(stored(tx, *id)?) {
                    whole &= line.number == number && chained(&before, *id, &line) == line.chain;
                    before = line.chain;
                }
                // the words have to open, and to make sense
                whole &= inner.sitting(tx, *id).is_ok();
                if !whole {
                    broken.push(*id);
                }
            }
            Ok((all.len(), broken))
        })
    }
}
