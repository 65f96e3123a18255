//! Reviewing the read log as work: what stands out and random samples, each signed off by someone who is not the reader.

mod find;

use std::sync::Arc;

use access::{Principal, Reach};
use domain::{
    ids::{ParticipantId, UserId},
    refusal::Refusal,
};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use journal::{Row, Tx, params, setting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use find::Why;

use crate::{
    Desk, Failure, Inner,
    clock::date_of,
    read_log::{Activity, ReadLine, Reading},
    refused::Attempt,
};

const COLUMNS: &str =
    "SELECT id, day, why, readers, subject, readings, amount, lines, due, done_at, done_by, remark FROM read_review";
const OPEN: &str = "WHERE done_at IS NULL ORDER BY due, day, why, id";
const DONE: &str = "WHERE done_at IS NOT NULL ORDER BY done_at DESC, id LIMIT 50";
const ONE: &str = "WHERE id = $1";
const PUT: &str = "INSERT INTO read_review (id, day, why, which, readers, subject, readings, amount, lines, due)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (day, why, which) DO NOTHING";
const SIGN: &str = "UPDATE read_review SET done_at = $2, done_by = $3, remark = $4 WHERE id = $1 AND done_at IS NULL";
const CASES: &str = "SELECT case_number FROM trajectory WHERE participant = $1 ORDER BY opened DESC";
const FORGET: &str = "DELETE FROM read_review WHERE day < $1 AND done_at IS NOT NULL";
const FIRST: &str = "SELECT MIN(at) FROM read_log";
/// Every fixed statement here.
pub(crate) fn statements() -> Vec<String> {
    let fixed = [PUT, SIGN, CASES, FORGET, FIRST].map(str::to_owned);
    [OPEN, DONE, ONE].map(|rest| format!("{COLUMNS} {rest}")).into_iter().chain(fixed).collect()
}

/// Name of the setting with the thresholds.
const THRESHOLDS: &str = "read-review";
/// Name of the setting with the last day that was looked through.
const UNTIL: &str = "read-review-until";
/// People whose case numbers an item names; the rest is counted.
const NAMED: usize = 10;

/// When readings stand out, and how much is looked at by chance: settings of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Thresholds {
    /// So many colleagues read about one person on one day.
    pub many_readers: u16,
    /// One colleague reads about so many people within one hour.
    pub many_people: u16,
    /// One account is refused so often on one day.
    pub many_refusals: u16,
    /// The night begins at this hour, Dutch time.
    pub night_from: u16,
    /// And ends at this one.
    pub night_to: u16,
    /// Readings a day that are looked at by chance.
    pub sample: u16,
    /// Days within which an item is to be signed off.
    pub days: u16,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { many_readers: 8, many_people: 200, many_refusals: 20, night_from: 22, night_to: 6, sample: 5, days: 14 }
    }
}

/// How an item was signed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOff {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// What they say of it.
    pub remark: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewItem {
    /// Which.
    pub id: Uuid,
    /// The day of the readings.
    pub day: Date,
    /// Why it is looked at.
    pub why: Why,
    /// Whose readings.
    pub readers: Vec<UserId>,
    /// Whom it is about, where that is one person.
    pub subject: Option<ParticipantId>,
    /// How many readings.
    pub readings: u64,
    /// What was counted: people, colleagues or readings.
    pub amount: u64,
    /// The lines of the log, the first fifty.
    pub lines: Vec<u64>,
    /// The day by which it is to be signed off.
    pub due: Date,
    /// How it was.
    pub done: Option<SignedOff>,
    /// Case numbers of the people that were read about, and how many more people there are.
    pub cases: (Vec<String>, usize),
    /// The pages that were read, and why.
    pub what: Vec<(Activity, domain::codes::Purpose)>,
    /// What was refused, with how often.
    pub attempts: Vec<Attempt>,
}

/// The worklist of who reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviews {
    /// To be signed off, what is due first on top.
    pub open: Vec<ReviewItem>,
    /// Signed off, newest first.
    pub done: Vec<ReviewItem>,
    /// The settings.
    pub thresholds: Thresholds,
    /// Today, by the real clock.
    pub today: Date,
    /// Checkpoints that partners handed in and that do not fit: an alarm.
    pub alarms: u64,
}

/// Whether someone reviews readings.
pub fn may_review(who: &Principal) -> bool {
    access::scope(who, Reach::Log).is_ok()
}

fn item(row: &Row<'_>) -> journal::Result<ReviewItem> {
    let unusable = |what: &str| journal::Error::Unusable(format!("a review with an unreadable {what}"));
    let count = |at: usize| row.get::<i64>(at).map(|value| u64::try_from(value).unwrap_or(0));
    let (readers, lines): (String, String) = (row.get(3)?, row.get(7)?);
    let done = match (row.get(9)?, row.get::<Option<Uuid>>(10)?, row.get::<Option<String>>(11)?) {
        (Some(at), Some(by), Some(remark)) => Some(SignedOff { at, by: UserId(by), remark }),
        _ => None,
    };
    Ok(ReviewItem {
        id: row.get(0)?,
        day: row.get(1)?,
        why: Why::from_code(&row.get::<String>(2)?).ok_or_else(|| unusable("reason"))?,
        readers: readers.split(' ').filter_map(|id| id.parse().ok()).collect(),
        subject: row.get::<Option<Uuid>>(4)?.map(ParticipantId),
        readings: count(5)?,
        amount: count(6)?,
        lines: lines.split(' ').filter_map(|number| number.parse().ok()).collect(),
        due: row.get(8)?,
        done,
        cases: (vec![], 0),
        what: vec![],
        attempts: vec![],
    })
}

fn thresholds(tx: &mut Tx<'_>) -> Result<Thresholds, Failure> {
    let Some(text) = setting::get(tx, THRESHOLDS)? else { return Ok(Thresholds::default()) };
    serde_json::from_str(&text).map_err(|_| Failure::Unreadable(format!("the setting {THRESHOLDS}")))
}

impl Desk {
    /// The worklist of who reviews, as far as it is about colleagues at their sites. What became due is looked up first.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for everyone else.
    pub async fn reviews(&self, who: &Principal) -> Result<Reviews, Failure> {
        if !may_review(who) {
            return Err(Failure::Hidden);
        }
        let (inner, asker, today) = (Arc::clone(&self.inner), who.clone(), date_of(self.inner.clock.real()));
        let (reviews, subjects) = self
            .inner
            .store
            .write(move |tx| {
                inner.evaluate(tx, today)?;
                inner.reviews(tx, &asker, today)
            })
            .await?;
        // who reviews sees who was read about, by their case numbers: that is a reading too
        let reading = Reading {
            activity: Activity::Administration,
            purpose: domain::codes::Purpose::Administration,
            categories: vec![domain::codes::Category::Process],
            subjects,
            relation: access::Relation::None,
        };
        self.log_read(who, reading).await?;
        Ok(reviews)
    }

    /// Signs an item off, with a remark.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when there is no such item for this person; refused for the reader, without a remark, and when
    /// someone else did.
    pub async fn sign_off(&self, who: &Principal, id: Uuid, remark: &str) -> Result<(), Failure> {
        if !may_review(who) {
            return Err(Failure::Hidden);
        }
        let remark = remark.trim().to_owned();
        if remark.is_empty() {
            return Err(Refusal::new("review-remark").field("remark").into());
        }
        let (inner, who, at) = (Arc::clone(&self.inner), who.clone(), self.inner.clock.real());
        self.inner
            .store
            .write(move |tx| {
                let found = tx.one(&format!("{COLUMNS} {ONE}"), params![id], item)?;
                let found = found.filter(|item| inner.reviews_it(&who, item)).ok_or(Failure::Hidden)?;
                if found.readers.contains(&who.user) {
                    return Err(Refusal::new("review-own").field("remark").into());
                }
                match found.done {
                    // the same form, sent again
                    Some(done) if done.by == who.user && done.remark == remark => return Ok(()),
                    Some(_) => return Err(Refusal::new("review-done").field("remark").into()),
                    None => {}
                }
                tx.exec(SIGN, params![id, at, who.user.0, remark.as_str()])?;
                Ok(())
            })
            .await
    }

    /// Looks through the days that ended since the last time.
    ///
    /// # Errors
    /// When the store fails or a line cannot be read.
    pub fn evaluate_reads(&self) -> Result<(), Failure> {
        let (inner, today) = (Arc::clone(&self.inner), date_of(self.inner.clock.real()));
        self.inner.store.write_blocking(move |tx| inner.evaluate(tx, today))
    }

    /// Sets one threshold, by its name as in `many-people`.
    ///
    /// # Errors
    /// Names those that exist, when there is none of this name.
    pub fn set_threshold(&self, name: &str, value: u16) -> Result<Thresholds, Failure> {
        let name = name.to_owned();
        self.inner.store.write_blocking(move |tx| {
            let mut kept = thresholds(tx)?;
            let known: [(&str, &mut u16); 7] = [
                ("many-readers", &mut kept.many_readers),
                ("many-people", &mut kept.many_people),
                ("many-refusals", &mut kept.many_refusals),
                ("night-from", &mut kept.night_from),
                ("night-to", &mut kept.night_to),
                ("sample", &mut kept.sample),
                ("days", &mut kept.days),
            ];
            let names = known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let Some((_, place)) = known.into_iter().find(|(known, _)| *known == name) else {
                let what = format!("there is no threshold {name}: name one of {names}");
                return Err(Failure::Store(journal::Error::Unusable(what)));
            };
            *place = value;
            let text = serde_json::to_string(&kept).map_err(|error| Failure::Unreadable(error.to_string()))?;
            setting::put(tx, THRESHOLDS, &text)?;
            Ok(kept)
        })
    }
}

impl Inner {
    /// Whether an item is about a colleague at one of the reviewer's sites.
    fn reviews_it(&self, who: &Principal, item: &ReviewItem) -> bool {
        let shares = |user: &UserId| {
            // who is of no site in particular (administrators) is looked at by any of them
            self.accounts.get(*user).is_none_or(|account| {
                account.sites.is_empty() || account.sites.iter().any(|site| who.sites.contains(site))
            })
        };
        item.readers.iter().any(shares)
    }

    fn reviews(&self, tx: &mut Tx<'_>, who: &Principal, today: Date) -> Result<(Reviews, Vec<ParticipantId>), Failure> {
        let mut subjects = Vec::new();
        let mut lists = [OPEN, DONE].map(|rest| tx.query(&format!("{COLUMNS} {rest}"), params![], item)).into_iter();
        let mut next = |tx: &mut Tx<'_>| {
            let mut items = lists.next().unwrap_or_else(|| Ok(vec![]))?;
            items.retain(|item| self.reviews_it(who, item));
            items.iter_mut().try_for_each(|item| fill(tx, item, &mut subjects))?;
            Ok::<_, Failure>(items)
        };
        let (open, done) = (next(tx)?, next(tx)?);
        let alarms = journal::checkpoint::witnessed(tx, 1000)?.iter().filter(|seen| !seen.consistent).count() as u64;
        Ok((Reviews { open, done, thresholds: thresholds(tx)?, today, alarms }, subjects))
    }

    fn evaluate(&self, tx: &mut Tx<'_>, today: Date) -> Result<(), Failure> {
        let Some(first) = tx.one(FIRST, params![], |row| row.get::<Option<Timestamp>>(0))?.flatten() else {
            return Ok(());
        };
        let limits = thresholds(tx)?;
        let until = setting::get(tx, UNTIL)?.and_then(|text| text.parse::<Date>().ok());
        let mut day = until.map_or_else(|| date_of(first), |until| until.saturating_add(1.day()));
        while day < today {
            let lines = of_day(tx, day)?;
            for found in find::day(&lines, &limits) {
                self.put(tx, day, &limits, today, &found)?;
            }
            for found in find::sample(&lines, &limits, |below| self.below(below)) {
                self.put(tx, day, &limits, today, &found)?;
            }
            setting::put(tx, UNTIL, &day.to_string())?;
            day = day.saturating_add(1.day());
        }
        // an emergency does not wait for the end of the day
        for found in find::emergencies(&of_day(tx, today)?) {
            self.put(tx, today, &limits, today, &found)?;
        }
        Ok(())
    }

    fn put(
        &self,
        tx: &mut Tx<'_>,
        day: Date,
        limits: &Thresholds,
        today: Date,
        found: &find::Found,
    ) -> Result<(), Failure> {
        let readers: Vec<String> = found.readers.iter().map(ToString::to_string).collect();
        let lines: Vec<String> = found.lines.iter().take(50).map(ToString::to_string).collect();
        let int = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        tx.exec(
            PUT,
            params![
                self.entropy.id(),
                day,
                found.why.code(),
                found.which.as_str(),
                readers.join(" "),
                found.subject.map(|subject| subject.0),
                int(found.lines.len()),
                int(found.amount),
                lines.join(" "),
                today.saturating_add(i64::from(limits.days).days())
            ],
        )?;
        Ok(())
    }

    /// A number below another, by chance.
    fn below(&self, below: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        usize::try_from(u64::from_be_bytes(bytes) % (below.max(1) as u64)).unwrap_or(0)
    }
}

fn of_day(tx: &mut Tx<'_>, day: Date) -> Result<Vec<(u64, ReadLine)>, Failure> {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    let begin = |day: Date| {
        let midnight = day.to_datetime(jiff::civil::Time::midnight());
        midnight.to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp())
    };
    let (Ok(from), Ok(to)) = (begin(day), begin(day.saturating_add(1.day()))) else { return Ok(vec![]) };
    let lines = journal::read_log::between(tx, from, to)?;
    lines.iter().filter(|line| line.is_reading()).map(|line| Ok((line.number, ReadLine::parse(line)?))).collect()
}

/// Adds an attempt to those of the same kind at the same page.
fn tally(all: &mut Vec<Attempt>, one: Attempt) {
    let key = |attempt: &Attempt| (attempt.what, attempt.method.clone(), attempt.route.clone());
    match all.iter_mut().find(|known| key(known) == key(&one)) {
        Some(known) => known.times = known.times.saturating_add(one.times),
        None => all.push(one),
    }
}

/// Reviews that were signed off, of days before this one, go with their lines.
pub(crate) fn forget(tx: &mut Tx<'_>, before: Date) -> Result<(), Failure> {
    tx.exec(FORGET, params![before])?;
    Ok(())
}

/// What the lines of an item say: case numbers, pages and purposes.
fn fill(tx: &mut Tx<'_>, item: &mut ReviewItem, subjects: &mut Vec<ParticipantId>) -> Result<(), Failure> {
    let mut about: Vec<ParticipantId> = item.subject.into_iter().collect();
    for number in &item.lines {
        let Some(line) = journal::read_log::after(tx, number - 1, 1)?
            .into_iter()
            .find(|line| line.number == *number && line.is_reading())
        else {
            continue;
        };
        let line = ReadLine::parse(&line)?;
        match line.refused {
            Some(attempt) => tally(&mut item.attempts, attempt),
            None => item.what.push((line.activity, line.purpose)),
        }
        if item.subject.is_none() {
            about.extend(line.subjects);
        }
    }
    item.what.sort_unstable();
    item.what.dedup();
    about.sort_unstable();
    about.dedup();
    for who in about.iter().take(NAMED) {
        item.cases.0.extend(tx.one(CASES, params![who.0], |row| row.get::<String>(0))?);
        subjects.push(*who);
    }
    item.cases.1 = about.len().saturating_sub(NAMED);
    Ok(())
}
