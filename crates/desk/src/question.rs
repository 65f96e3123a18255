//! A named question of the police about one person: with a ground, decided on by two others, answered for a short time.
//!
//! There is no search and no feed. The officer writes whom they ask about; the municipality looks whether there is such a case
//! and names it; a second person with another role agrees or not. Until then the officer learns nothing, and of a
//! refusal not why: "no case" and "no" look the same. The participant can see it, unless a law forbids that.

use std::sync::Arc;

use access::{Principal, Reach, Relation, scope, scope_for};
use domain::{
    codes::{Purpose, Role},
    ids::{CommandId, OrgId, ParticipantId, SiteId, TrajectoryId, UserId},
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use journal::{Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Desk, Failure, File, Inner, glass::Number, read_log::Activity};

/// How long an answer can be read.
pub const ANSWER: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Most questions of one officer that wait for an answer: more than that would be a feed.
const MOST_WAITING: i64 = 5;
/// Fewest characters of what is asked and why.
const SHORTEST: usize = 20;

const COLUMNS: &str =
    "id, account, org, site, ground, secret, words, asked_at, trajectory, participant, first_by, first_role,
    first_at, second_by, second_at, refused_by, refused_at, until FROM question";
const PUT: &str = "INSERT INTO question (id, account, org, site, ground, secret, words, asked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
const WAITING: &str = "SELECT COUNT(*) FROM question WHERE account = $1 AND second_at IS NULL AND refused_at IS NULL
    AND id <> $2";
const FIRST: &str =
    "UPDATE question SET trajectory = $2, participant = $3, first_by = $4, first_role = $5, first_at = $6
    WHERE id = $1 AND first_at IS NULL AND refused_at IS NULL";
const SECOND: &str = "UPDATE question SET second_by = $2, second_at = $3, until = $4
    WHERE id = $1 AND first_at IS NOT NULL AND second_at IS NULL AND refused_at IS NULL AND first_by <> $2
    AND trajectory = $5";
const REFUSE: &str = "UPDATE question SET refused_by = $2, refused_at = $3
    WHERE id = $1 AND second_at IS NULL AND refused_at IS NULL";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[PUT, WAITING, FIRST, SECOND, REFUSE];

/// On which ground the police ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A person is in danger.
    Danger,
    /// A person is missing.
    Missing,
    /// An offence is investigated.
    Investigation,
    /// An order of the public prosecutor or a judge.
    Order,
}

impl Ground {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Danger, Self::Missing, Self::Investigation, Self::Order];
    /// Its code in the store and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Missing => "missing",
            Self::Investigation => "investigation",
            Self::Order => "order",
        }
    }
    /// The ground with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.code() == code)
    }
}

/// The words of a question; sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// About whom: name and birth date, or V-number, as the police have them.
    pub about: String,
    /// What is asked, and why it is needed.
    pub why: String,
    /// Which law forbids that the participant is told, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has decided.
    Asked,
    /// One agreed; a second has to.
    Once,
    /// Two agreed: the answer can be read until then.
    Answered(Timestamp),
    /// No answer is given: there is no such case, or there is no reason to.
    Refused,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub id: Uuid,
    /// Who asks.
    pub by: UserId,
    /// For which organisation.
    pub org: OrgId,
    /// At which site.
    pub site: String,
    /// On which ground.
    pub ground: Ground,
    /// Whether a law forbids that the participant is told.
    pub secret: bool,
    /// In which words.
    pub words: Words,
    /// When.
    pub at: Timestamp,
    /// The case that the first named; for those who decide.
    pub trajectory: Option<TrajectoryId>,
    /// Who agreed first, in which role.
    pub first: Option<(UserId, Role)>,
    /// What became of it.
    pub stage: Stage,
}

/// Whether someone puts questions.
pub fn asks(who: &Principal) -> bool {
    who.role == Role::PoliceOfficer && scope(who, Reach::Question).is_ok()
}

/// Whether someone decides on questions.
pub fn decides(who: &Principal) -> bool {
    who.role != Role::PoliceOfficer && scope(who, Reach::Question).is_ok()
}

impl Desk {
    /// Puts a question.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no questions; a refusal for too few words, a law that is not named, too many that wait.
    pub async fn ask(
        &self,
        who: &Principal,
        command: CommandId,
        site: SiteId,
        ground: Ground,
        words: Words,
    ) -> Result<(), Failure> {
        if !asks(who) || !who.sites.contains(&site) {
            return Err(Failure::Denied);
        }
        if words.about.trim().chars().count() < 3 {
            return Err(Refusal::new("question-about-short").field("about").into());
        }
        if words.why.trim().chars().count() < SHORTEST {
            return Err(Refusal::new("question-why-short").with("least", SHORTEST).field("why").into());
        }
        if words.law.as_ref().is_some_and(|law| law.trim().chars().count() < 3) {
            return Err(Refusal::new("question-law-missing").field("law").into());
        }
        let (inner, who, now) = (Arc::clone(&self.inner), who.clone(), self.inner.clock.real());
        self.inner
            .store
            .write(move |tx| {
                let waiting = tx.one(WAITING, params![who.user.0, command.0], |row| row.get::<i64>(0))?.unwrap_or(0);
                if waiting >= MOST_WAITING {
                    return Err(Failure::from(Refusal::new("question-too-many").with("most", MOST_WAITING)));
                }
                let text = String::from_utf8_lossy(&crate::load::write(&words)?).into_owned();
                let sealed = inner.seal_words(command.0, &text)?;
                let secret = i64::from(words.law.is_some());
                let (org, site) = (who.org.as_str(), site.as_str());
                tx.exec(PUT, params![command.0, who.user.0, org, site, ground.code(), secret, sealed, now])?;
                Ok(())
            })
            .await
    }

    /// The questions someone put, or may decide on; newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who has no part in questions.
    pub async fn questions(&self, who: &Principal) -> Result<Vec<Question>, Failure> {
        if !asks(who) && !decides(who) {
            return Err(Failure::Denied);
        }
        let (inner, asker) = (Arc::clone(&self.inner), who.clone());
        self.inner
            .store
            .read(move |tx| {
                let mut all = Vec::new();
                if asks(&asker) {
                    let sql = format!("SELECT {COLUMNS} WHERE account = $1 ORDER BY asked_at DESC LIMIT 100");
                    all = tx.query(&sql, params![asker.user.0], raw)?;
                } else {
                    for site in &asker.sites {
                        let sql = format!("SELECT {COLUMNS} WHERE site = $1 ORDER BY asked_at DESC LIMIT 100");
                        all.extend(tx.query(&sql, params![site.as_str()], raw)?);
                    }
                }
                let mut all = all.into_iter().map(|raw| inner.open_question(raw)).collect::<Result<Vec<_>, _>>()?;
                if asks(&asker) {
                    // which case it is, and who said so, is not for who asks
                    all.iter_mut().for_each(|one| (one.trajectory, one.first) = (None, None));
                    all.iter_mut().filter(|one| one.stage == Stage::Once).for_each(|one| one.stage = Stage::Asked);
                }
                Ok(all)
            })
            .await
    }

    /// One question that someone put or may decide on.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for any other.
    pub async fn question(&self, who: &Principal, id: Uuid) -> Result<Question, Failure> {
        let all = self.questions(who).await.map_err(|failure| match failure {
            Failure::Denied => Failure::Hidden,
            other => other,
        })?;
        all.into_iter().find(|question| question.id == id).ok_or(Failure::Hidden)
    }

    /// Agrees that a question is answered about a case. The second must be another person with another role, and name the
    /// same case.
    ///
    /// # Errors
    /// A refusal when the case does not fit, or one has decided already.
    pub async fn agree(&self, who: &Principal, id: Uuid, case: &str) -> Result<(), Failure> {
        let question = self.question(who, id).await?;
        if !decides(who) {
            return Err(Failure::Denied);
        }
        if question.first.is_some_and(|(by, role)| by == who.user || role == who.role) {
            return Err(Refusal::new("question-second-other").into());
        }
        let asked = Number::parse(case)?;
        let (inner, who, now) = (Arc::clone(&self.inner), who.clone(), self.inner.clock.real());
        let changed = self.inner.store.write(move |tx| {
            let wrong = || Failure::from(Refusal::new("question-case-wrong").field("number"));
            let (case, person) = asked.find(tx, &inner)?.ok_or_else(wrong)?;
            let at = views::file::case(tx, &who.org, case, inner.clock.today())?;
            // a case of another site is not theirs to speak of
            if at.is_none_or(|(_, site, _)| site.as_str() != question.site) {
                return Err(wrong());
            }
            Ok(match question.stage {
                Stage::Asked => tx.exec(FIRST, params![id, case.0, person.0, who.user.0, who.role.code(), now])?,
                _ => tx.exec(SECOND, params![id, who.user.0, now, now + ANSWER, case.0])?,
            })
        });
        if changed.await? == 0 {
            return Err(Refusal::new("question-decided-or-other-case").field("number").into());
        }
        Ok(())
    }

    /// Gives no answer: there is no such case, or no reason. One person is enough.
    ///
    /// # Errors
    /// A refusal when it was decided.
    pub async fn refuse(&self, who: &Principal, id: Uuid) -> Result<(), Failure> {
        let question = self.question(who, id).await?;
        if !decides(who) {
            return Err(Failure::Denied);
        }
        let (user, now) = (who.user, self.inner.clock.real());
        let done =
            self.inner.store.write(move |tx| Ok::<_, Failure>(tx.exec(REFUSE, params![question.id, user.0, now])?));
        if done.await? == 0 {
            return Err(Refusal::new("question-decided").into());
        }
        Ok(())
    }

    /// The answer: who it is and whether they take part; no more.
    ///
    /// # Errors
    /// [`Failure::Hidden`] for another's question, without two who agreed, or after its time.
    pub async fn answer(&self, who: &Principal, id: Uuid) -> Result<File, Failure> {
        let scope = scope_for(who, Reach::Question, Purpose::Question).map_err(|_| Failure::Hidden)?;
        let (inner, now, user) = (Arc::clone(&self.inner), self.inner.clock.real(), who.user);
        let read = self.inner.store.read(move |tx| {
            let sql = format!("SELECT {COLUMNS} WHERE id = $1 AND account = $2 AND until > $3");
            let found = tx.one(&sql, params![id, user.0, now], raw)?.ok_or(Failure::Hidden)?;
            let case = found.trajectory.ok_or(Failure::Hidden)?;
            inner.file_through(tx, &scope, case, Relation::Question)
        });
        let file = read.await?;
        let subjects = vec![file.person.id];
        self.log_standing(who, Activity::Question, Purpose::Question, &file.standing, subjects).await?;
        Ok(file)
    }

    /// People about whom a law forbids to say that the police asked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn asked_in_secret(&self, who: ParticipantId) -> Result<bool, Failure> {
        let sql = "SELECT COUNT(*) FROM question WHERE participant = $1 AND secret = 1";
        self.inner
            .store
            .read(move |tx| Ok(tx.one(sql, params![who.0], |row| row.get::<i64>(0))?.unwrap_or(0) > 0))
            .await
    }
}

/// A row as it is kept.
struct Raw {
    question: Question,
    trajectory: Option<TrajectoryId>,
    words: Vec<u8>,
}

fn raw(row: &Row<'_>) -> journal::Result<Raw> {
    let unusable = |what: &str| journal::Error::Unusable(format!("a question with an unknown {what}"));
    let (first_by, first_role): (Option<Uuid>, Option<String>) = (row.get(10)?, row.get(11)?);
    let first = first_by.zip(first_role.as_deref().and_then(Role::from_code)).map(|(by, role)| (UserId(by), role));
    let (second, refused): (Option<Timestamp>, Option<Timestamp>) = (row.get(14)?, row.get(16)?);
    let until: Option<Timestamp> = row.get(17)?;
    let stage = match (refused, second.and(until)) {
        (Some(_), _) => Stage::Refused,
        (None, Some(until)) => Stage::Answered(until),
        (None, None) if first.is_some() => Stage::Once,
        (None, None) => Stage::Asked,
    };
    let trajectory = row.get::<Option<Uuid>>(8)?.map(TrajectoryId);
    let question = Question {
        id: row.get(0)?,
        by: UserId(row.get(1)?),
        org: row.get::<String>(2)?.parse().map_err(|_| unusable("organisation"))?,
        site: row.get(3)?,
        ground: Ground::from_code(&row.get::<String>(4)?).ok_or_else(|| unusable("ground"))?,
        secret: row.get::<i64>(5)? == 1,
        words: Words { about: String::new(), why: String::new(), law: None },
        at: row.get(7)?,
        trajectory,
        first,
        stage,
    };
    Ok(Raw { question, trajectory, words: row.get(6)? })
}

impl Inner {
    fn open_question(&self, raw: Raw) -> Result<Question, Failure> {
        let mut question = raw.question;
        question.words = crate::load::read(self.open_words(question.id, &raw.words)?.as_bytes())?;
        Ok(question)
    }
}
