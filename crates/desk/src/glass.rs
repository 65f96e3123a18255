//! Breaking the glass: someone who works in care sees the little that averts danger, of a case that is not theirs, for a short
//! time. It is announced to the privacy officer of the site and must be reviewed by a second person.
//!
//! What is typed is an exact V-number or case number. Whether it exists is not said: a try with a number of nobody is kept
//! and reviewed like any other (design.md 6.12).

use std::sync::Arc;

use access::{Principal, Reach, Relation, allowed, scope_for};
use domain::{
    case_number::CaseNumber,
    codes::{Category, Purpose},
    ids::{CommandId, OrgId, ParticipantId, TrajectoryId, UserId},
    refusal::Refusal,
    vnumber::VNumber,
};
use jiff::{SignedDuration, Timestamp};
use journal::{Class, Row, Tx, params};
use uuid::Uuid;

use crate::{Desk, Failure, File, Inner, read_log::Activity};

/// How long broken glass stays open.
pub const OPEN: SignedDuration = SignedDuration::from_hours(4);
/// Within how many days it must have been reviewed.
pub const REVIEW_DAYS: i64 = 7;
/// Fewest characters of a reason: a word is none.
const SHORTEST_REASON: usize = 20;
/// Most times in a day that one account breaks the glass.
const MOST_A_DAY: i64 = 5;

const COLUMNS: &str =
    "id, account, org, site, trajectory, participant, reason, broken_at, until, reviewed_by, reviewed_at,
    verdict, remark FROM glass";
const PUT: &str = "INSERT INTO glass (id, account, org, site, trajectory, participant, reason, broken_at, until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
const SINCE: &str = "SELECT COUNT(*) FROM glass WHERE account = $1 AND broken_at > $2 AND id <> $3";
const REVIEW: &str = "UPDATE glass SET reviewed_by = $2, reviewed_at = $3, verdict = $4, remark = $5
    WHERE id = $1 AND reviewed_at IS NULL AND account <> $2";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[PUT, SINCE, REVIEW];

/// What a reviewer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There was a need.
    Justified,
    /// There was none: it is spoken about with who did it.
    Unjustified,
    /// There was none, and it is a data breach to be reported.
    Breach,
}

impl Verdict {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Justified, Self::Unjustified, Self::Breach];
    /// Its code in the store and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::Unjustified => "unjustified",
            Self::Breach => "breach",
        }
    }
    /// The verdict with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub verdict: Verdict,
    /// In words.
    pub remark: String,
}

/// Glass that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glass {
    /// Which.
    pub id: Uuid,
    /// Who broke it.
    pub by: UserId,
    /// For which organisation.
    pub org: OrgId,
    /// Whose privacy officer reviews it.
    pub site: String,
    /// The case; `None` when the number was nobody's.
    pub trajectory: Option<TrajectoryId>,
    /// Whose case.
    pub participant: Option<ParticipantId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Until when the case can be seen.
    pub until: Timestamp,
    /// The review, once there is one.
    pub review: Option<Review>,
}

impl Glass {
    /// Whether the review is late.
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.review.is_none() && now.duration_since(self.at) > SignedDuration::from_hours(24 * REVIEW_DAYS)
    }
}

/// Whether someone may break the glass at all: the policy shows them something of a case through it.
pub fn may_break_glass(who: &Principal) -> bool {
    let through = |row: access::Allowed| row.relation == Relation::BreakGlass && row.see.contains(Category::Identity);
    !who.sites.is_empty() && allowed(who.asker(), Purpose::Emergency, who.settings).any(through)
}

/// Whether someone reviews broken glass: the privacy officer, and the coordinator where the officer may not (their own).
pub fn reviews_glass(who: &Principal) -> bool {
    access::scope(who, Reach::Log).is_ok()
}

impl Desk {
    /// Breaks the glass over the case with this number. The answer is the same whether there is one or not.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who may not; a refusal for a number that cannot be one, or a reason that is none.
    pub async fn break_glass(
        &self,
        who: &Principal,
        command: CommandId,
        number: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        if !may_break_glass(who) {
            return Err(Failure::Denied);
        }
        let asked = Number::parse(number)?;
        let reason = reason.trim().to_owned();
        if reason.chars().count() < SHORTEST_REASON {
            return Err(Refusal::new("glass-reason-short").with("least", SHORTEST_REASON).field("reason").into());
        }
        let (inner, who, now) = (Arc::clone(&self.inner), who.clone(), self.inner.clock.real());
        let first = who.sites.first().cloned().ok_or(Failure::Denied)?;
        let broken = self.inner.store.write(move |tx| {
            let day_ago = now - SignedDuration::from_hours(24);
            let before = tx.one(SINCE, params![who.user.0, day_ago, command.0], |row| row.get::<i64>(0))?.unwrap_or(0);
            if before >= MOST_A_DAY {
                return Err(Failure::from(Refusal::new("glass-too-often").with("most", MOST_A_DAY)));
            }
            let found = asked.find(tx, &inner)?;
            let site = match found {
                Some((id, _)) => {
                    views::file::case(tx, &who.org, id, inner.clock.today())?.map_or(first, |(_, site, _)| site)
                }
                None => first,
            };
            let sealed = inner.seal_words(command.0, &reason)?;
            let (case, person) = (found.map(|(id, _)| id.0), found.map(|(_, person)| person.0));
            let until = now + OPEN;
            tx.exec(
                PUT,
                params![command.0, who.user.0, who.org.as_str(), site.as_str(), case, person, sealed, now, until],
            )?;
            Ok(())
        });
        broken.await?;
        tracing::warn!("the glass was broken; the privacy officer of the site reviews it");
        Ok(())
    }

    /// What someone broke, newest first: what is open can be seen.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_glass(&self, who: &Principal) -> Result<Vec<Glass>, Failure> {
        let (inner, user) = (Arc::clone(&self.inner), who.user);
        self.inner
            .store
            .read(move |tx| {
                let sql = format!("SELECT {COLUMNS} WHERE account = $1 ORDER BY broken_at DESC LIMIT 20");
                let rows = tx.query(&sql, params![user.0], raw)?;
                rows.into_iter().map(|row| inner.open_glass(row)).collect()
            })
            .await
    }

    /// The little of a file that broken glass shows.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for another's glass, for one that has closed, and for a number that was nobody's.
    pub async fn file_through_glass(&self, who: &Principal, id: Uuid) -> Result<File, Failure> {
        let scope = scope_for(who, Reach::File, Purpose::Emergency).map_err(|_| Failure::Hidden)?;
        let (inner, now, user) = (Arc::clone(&self.inner), self.inner.clock.real(), who.user);
        let read = self.inner.store.read(move |tx| {
            let sql = format!("SELECT {COLUMNS} WHERE id = $1 AND account = $2 AND until > $3");
            let found = tx.one(&sql, params![id, user.0, now], raw)?.ok_or(Failure::Hidden)?;
            let case = found.glass.trajectory.ok_or(Failure::Hidden)?;
            inner.file_through(tx, &scope, case, Relation::BreakGlass)
        });
        let file = read.await?;
        let subjects = vec![file.person.id];
        self.log_standing(who, Activity::BreakGlass, Purpose::Emergency, &file.standing, subjects).await?;
        Ok(file)
    }

    /// What was broken at the sites of a reviewer and not reviewed yet (first), or lately; never their own.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not review.
    pub async fn glass_to_review(&self, who: &Principal) -> Result<Vec<Glass>, Failure> {
        if !reviews_glass(who) {
            return Err(Failure::Denied);
        }
        let (inner, sites) = (Arc::clone(&self.inner), who.sites.clone());
        self.inner
            .store
            .read(move |tx| {
                let mut all = Vec::new();
                for site in &sites {
                    let sql = format!(
                        "SELECT {COLUMNS} WHERE site = $1 ORDER BY CASE WHEN reviewed_at IS NULL THEN 0 ELSE 1 END,
                         broken_at DESC LIMIT 100"
                    );
                    let rows = tx.query(&sql, params![site.as_str()], raw)?;
                    all.extend(rows.into_iter().map(|row| inner.open_glass(row)).collect::<Result<Vec<_>, _>>()?);
                }
                all.sort_by_key(|glass| (glass.review.is_some(), glass.at));
                Ok(all)
            })
            .await
    }

    /// Reviews broken glass: a second person, once.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not review; a refusal for one's own, or one that was reviewed.
    pub async fn review_glass(&self, who: &Principal, id: Uuid, verdict: Verdict, remark: &str) -> Result<(), Failure> {
        let mine = self.glass_to_review(who).await?;
        let glass = mine.iter().find(|glass| glass.id == id).ok_or(Failure::Hidden)?;
        if glass.by == who.user {
            return Err(Refusal::new("glass-own-review").into());
        }
        if remark.trim().is_empty() {
            return Err(Refusal::new("glass-remark-missing").field("remark").into());
        }
        let (inner, user, now) = (Arc::clone(&self.inner), who.user, self.inner.clock.real());
        let remark = remark.trim().to_owned();
        let done = self.inner.store.write(move |tx| {
            let sealed = inner.seal_words(id, &remark)?;
            Ok::<_, Failure>(tx.exec(REVIEW, params![id, user.0, now, verdict.code(), sealed])?)
        });
        if done.await? == 0 {
            return Err(Refusal::new("glass-reviewed-before").into());
        }
        Ok(())
    }
}

/// A number that identifies exactly one case or person.
pub(crate) enum Number {
    Case(String),
    Person(VNumber),
}

impl Number {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        if let Ok(number) = VNumber::try_from(text.to_owned()) {
            return Ok(Self::Person(number));
        }
        let case = CaseNumber::normalise(text);
        let fits = case.split_once('-').is_some_and(|(site, rest)| site.len() == 3 && rest.len() >= 4);
        if fits { Ok(Self::Case(case)) } else { Err(Refusal::new("number-exact").field("number").into()) }
    }

    /// The case: of a person with several, the one that is open, or else the latest.
    pub(crate) fn find(
        &self,
        tx: &mut Tx<'_>,
        inner: &Inner,
    ) -> Result<Option<(TrajectoryId, ParticipantId)>, Failure> {
        let number = match self {
            Self::Case(case) => return Ok(views::search::by_case(tx, case)?),
            Self::Person(number) => number,
        };
        let token = inner.keys.token(&format!("v:{}", number.digits()));
        let Some(person) = views::search::candidates(tx, &[token])?.into_iter().next() else { return Ok(None) };
        let nobody: OrgId = "nobody".parse()?;
        let members = views::file::of_person(tx, &nobody, person, inner.clock.today())?;
        let latest = members.iter().rev().find(|member| member.ended.is_none()).or_else(|| members.last());
        Ok(latest.map(|member| (member.trajectory, person)))
    }
}

/// A row as it is kept.
struct Raw {
    glass: Glass,
    reason: Vec<u8>,
    review: Option<(UserId, Timestamp, String, Vec<u8>)>,
}

fn raw(row: &Row<'_>) -> journal::Result<Raw> {
    let unusable = |_| journal::Error::Unusable("a row of broken glass with an unknown organisation".to_owned());
    let by: Option<Uuid> = row.get(9)?;
    let (at, verdict, remark): (Option<Timestamp>, Option<String>, Option<Vec<u8>>) =
        (row.get(10)?, row.get(11)?, row.get(12)?);
    let review = match (by, at, verdict, remark) {
        (Some(by), Some(at), Some(verdict), Some(remark)) => Some((UserId(by), at, verdict, remark)),
        _ => None,
    };
    let glass = Glass {
        id: row.get(0)?,
        by: UserId(row.get(1)?),
        org: row.get::<String>(2)?.parse().map_err(unusable)?,
        site: row.get(3)?,
        trajectory: row.get::<Option<Uuid>>(4)?.map(TrajectoryId),
        participant: row.get::<Option<Uuid>>(5)?.map(ParticipantId),
        reason: String::new(),
        at: row.get(7)?,
        until: row.get(8)?,
        review: None,
    };
    Ok(Raw { glass, reason: row.get(6)?, review })
}

impl Inner {
    /// Seals words of an exception under a key of the service, bound to their row.
    pub(crate) fn seal_words(&self, id: Uuid, words: &str) -> Result<Vec<u8>, Failure> {
        let key = self.keys.service_key("exceptions")?;
        Ok(key.seal_one(Class::Fact, id.as_bytes(), Category::Process, words.as_bytes(), self.entropy.as_ref())?)
    }

    pub(crate) fn open_words(&self, id: Uuid, sealed: &[u8]) -> Result<String, Failure> {
        let key = self.keys.service_key("exceptions")?;
        let bytes = key.open_one(Class::Fact, id.as_bytes(), sealed)?;
        String::from_utf8(bytes).map_err(|_| Failure::Unreadable("words of an exception".to_owned()))
    }

    fn open_glass(&self, raw: Raw) -> Result<Glass, Failure> {
        let mut glass = raw.glass;
        glass.reason = self.open_words(glass.id, &raw.reason)?;
        if let Some((by, at, verdict, remark)) = raw.review {
            let verdict = Verdict::from_code(&verdict)
                .ok_or_else(|| Failure::Unreadable("a review with an unknown verdict".to_owned()))?;
            glass.review = Some(Review { by, at, verdict, remark: self.open_words(glass.id, &remark)? });
        }
        Ok(glass)
    }
}
