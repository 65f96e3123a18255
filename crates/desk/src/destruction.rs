//! Destruction at the end of retention: what is due, proposed by one person, approved by another, then gone. Keys and
//! ciphertext go; headers and hashes stay, so that chains verify and figures are as they were.

mod erase;
pub(crate) mod table;

use std::{collections::BTreeMap, sync::Arc};

use access::Principal;
use domain::{
    ids::{CommandId, ParticipantId, UserId},
    refusal::Refusal,
    retention::{Ended, Kept, kept, until},
};
use jiff::{Timestamp, civil::Date};
use journal::Tx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Desk, Failure, Inner, aside};

/// What can stop destruction.
pub const HOLD_REASONS: &[&str] =
    &["appeal", "complaint", "incident", "information-request", "privacy-request", "research-by-court"];

/// Someone whose record may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Who; never shown.
    pub participant: ParticipantId,
    /// Case numbers, the oldest first.
    pub cases: Vec<String>,
    /// The day the last trajectory ended.
    pub ended: Date,
    /// Every ground, the longest first: it decides.
    pub grounds: Vec<Kept>,
    /// What stops it, as codes.
    pub holds: Vec<String>,
}

/// Who signed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Name of the colleague.
    pub name: String,
    /// Account.
    pub account: UserId,
    /// When.
    pub at: Timestamp,
}

/// What was destroyed, without saying whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Which destruction.
    pub destruction: Uuid,
    /// Programme.
    pub programme: String,
    /// Who proposed.
    pub proposed: Signature,
    /// Who approved; never the same.
    pub approved: Signature,
    /// The day.
    pub destroyed_on: Date,
    /// From this day no backup of the keys can bring anything back.
    pub final_on: Date,
    /// How many people.
    pub people: usize,
    /// The grounds that had ended, with where they stand and for how many people.
    pub grounds: Vec<(String, String, usize)>,
    /// SHA-256 of each ciphertext that was destroyed, as it stands in the chains.
    pub hashes: Vec<String>,
}

/// A destruction, from proposal to certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destruction {
    /// Which.
    pub id: Uuid,
    /// `proposed`, `withdrawn`, `approved` or `done`.
    pub state: String,
    /// Who proposed.
    pub proposed: Signature,
    /// Who decided.
    pub decided: Option<Signature>,
    /// Case numbers of whom it is about.
    pub cases: Vec<String>,
    /// Once done.
    pub certificate: Option<Certificate>,
}

/// What an administrator of destruction sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// Due, the longest overdue first; at most 200.
    pub due: Vec<Due>,
    /// How many there are in all.
    pub total: usize,
    /// Due, but stopped.
    pub held: Vec<Due>,
    /// Proposals and what came of them, newest first.
    pub destructions: Vec<Destruction>,
}

/// Most people in one list or proposal.
const MOST: usize = 200;

/// Destruction is for administrators and privacy officers: of their sites, or of all when they work for none in particular.
fn may(who: &Principal) -> Result<(), Failure> {
    if access::may_destroy(who) { Ok(()) } else { Err(Failure::Denied) }
}

fn mine(who: &Principal, site: &str) -> bool {
    who.sites.is_empty() || who.sites.iter().any(|own| own.as_str() == site)
}

impl Desk {
    /// What is due, what is stopped, and what was proposed.
    ///
    /// # Errors
    /// [`Failure::Denied`] for other roles than the administrator.
    pub async fn retention(&self, who: &Principal) -> Result<Retention, Failure> {
        may(who)?;
        let (inner, today, who) = (Arc::clone(&self.inner), self.inner.clock.today(), who.clone());
        self.inner
            .store
            .read(move |tx| {
                let all = inner.due(tx, &who, today)?;
                let busy = table::proposed(tx)?;
                let (mut held, mut due): (Vec<Due>, Vec<Due>) = all.into_iter().partition(|due| !due.holds.is_empty());
                due.retain(|due| !busy.contains(&due.participant));
                let total = due.len();
                due.truncate(MOST);
                held.truncate(MOST);
                let rows = table::all(tx)?;
                let mut destructions = Vec::with_capacity(rows.len());
                for row in rows {
                    destructions.push(inner.destruction(tx, row)?);
                }
                Ok(Retention { due, total, held, destructions })
            })
            .await
    }

    /// What is due, for the command line of who runs the machine.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all_due(&self) -> Result<Vec<Due>, Failure> {
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read_blocking(move |tx| inner.due_at(tx, today, |_| true))
    }

    /// One destruction, with its certificate.
    ///
    /// # Errors
    /// [`Failure::Hidden`] when there is none, [`Failure::Denied`] for other roles.
    pub async fn destruction(&self, who: &Principal, id: Uuid) -> Result<Destruction, Failure> {
        may(who)?;
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read(move |tx| {
                let row = table::one(tx, id)?.ok_or(Failure::Hidden)?;
                inner.destruction(tx, row)
            })
            .await
    }

    /// Proposes to destroy the records with these case numbers. The command id twice has one effect.
    ///
    /// # Errors
    /// A refusal that names the case which is not due, or is stopped.
    pub async fn propose_destruction(
        &self,
        who: &Principal,
        command: CommandId,
        cases: Vec<String>,
    ) -> Result<(), Failure> {
        may(who)?;
        if cases.is_empty() || cases.len() > MOST {
            return Err(Refusal::new("destruction-none-chosen").with("most", MOST).into());
        }
        let (inner, who) = (Arc::clone(&self.inner), who.clone());
        let (today, at) = (self.inner.clock.today(), self.inner.clock.real());
        self.inner
            .store
            .write(move |tx| {
                if !table::propose(tx, command.0, who.user, at)? {
                    return Ok(());
                }
                let (all, busy) = (inner.due(tx, &who, today)?, table::proposed(tx)?);
                for case in &cases {
                    let due = all.iter().find(|due| due.cases.contains(case) && !busy.contains(&due.participant));
                    let due = due.ok_or_else(|| Refusal::new("destruction-not-due").with("case", case))?;
                    not_held(due)?;
                    table::add(tx, command.0, due.participant, &codes(&due.grounds))?;
                }
                Ok(())
            })
            .await
    }

    /// Approves a proposal of someone else, and carries it out; or withdraws it.
    ///
    /// # Errors
    /// A refusal when it is one's own, or something has come up for someone in it; then nothing is destroyed.
    pub async fn decide_destruction(&self, who: &Principal, id: Uuid, approve: bool) -> Result<(), Failure> {
        may(who)?;
        if approve {
            self.list()?;
        }
        let (inner, person) = (Arc::clone(&self.inner), who.clone());
        let (today, at) = (self.inner.clock.today(), self.inner.clock.real());
        self.inner
            .store
            .write(move |tx| {
                let row = table::one(tx, id)?.ok_or(Failure::Hidden)?;
                if approve && row.proposed.0 == person.user {
                    return Err(Refusal::new("destruction-same-person").into());
                }
                let all = inner.due(tx, &person, today)?;
                for (participant, _) in if approve { table::people(tx, id)? } else { vec![] } {
                    let case = table::cases(tx, participant)?.into_iter().next().unwrap_or_default();
                    let due = all.iter().find(|due| due.participant == participant);
                    not_held(due.ok_or_else(|| Refusal::new("destruction-not-due").with("case", case))?)?;
                }
                let state = if approve { "approved" } else { "withdrawn" };
                if table::decide(tx, id, state, person.user, at)? || (approve && row.state != "withdrawn") {
                    return Ok(());
                }
                Err(Failure::from(Refusal::new("destruction-decided")))
            })
            .await?;
        if !approve {
            return Ok(());
        }
        let desk = self.clone();
        aside(move || desk.carry_out(id)).await?
    }

    /// Stops destruction of the record with a case number, or lets it go on.
    ///
    /// # Errors
    /// A refusal for a reason or case that is not known.
    pub async fn hold(&self, who: &Principal, case: String, reason: String, on: bool) -> Result<(), Failure> {
        may(who)?;
        if !HOLD_REASONS.contains(&reason.as_str()) {
            return Err(Refusal::new("destruction-hold-unknown").into());
        }
        let (who, at) = (who.clone(), self.inner.clock.real());
        self.inner
            .store
            .write(move |tx| {
                let number = domain::case_number::CaseNumber::normalise(&case);
                let found = table::by_case(tx, &number)?.filter(|(_, site)| mine(&who, site));
                let (person, _) = found.ok_or_else(|| Refusal::new("destruction-no-case").with("case", &case))?;
                if on {
                    table::hold(tx, person, &reason, who.user, at)?;
                } else {
                    table::lift(tx, person, &reason)?;
                }
                Ok(())
            })
            .await
    }
}

fn not_held(due: &Due) -> Result<(), Failure> {
    if due.holds.is_empty() {
        return Ok(());
    }
    Err(Refusal::new("destruction-held").with("case", due.cases.first().map_or("", String::as_str)).into())
}

fn codes(grounds: &[Kept]) -> String {
    grounds.iter().map(|kept| kept.ground.as_str()).collect::<Vec<_>>().join(" ")
}

impl Inner {
    fn due(&self, tx: &mut Tx<'_>, who: &Principal, today: Date) -> Result<Vec<Due>, Failure> {
        self.due_at(tx, today, |site| mine(who, site))
    }

    /// Everyone of these sites of whom every ground has ended, the longest ago first.
    fn due_at(&self, tx: &mut Tx<'_>, today: Date, ours: impl Fn(&str) -> bool) -> Result<Vec<Due>, Failure> {
        let mut people: BTreeMap<ParticipantId, Vec<table::EndedRow>> = BTreeMap::new();
        for row in table::ended(tx)? {
            people.entry(row.participant).or_default().push(row);
        }
        let mut holds: BTreeMap<ParticipantId, Vec<String>> = BTreeMap::new();
        for (participant, reason) in table::holds(tx)? {
            holds.entry(participant).or_default().push(reason);
        }
        let mut due: Vec<Due> = people
            .into_iter()
            .filter(|(_, rows)| rows.iter().any(|row| ours(&row.site)))
            .filter_map(|(participant, rows)| {
                let ended: Vec<Ended> =
                    rows.iter().map(|row| Ended { on: row.ended, admitted: row.admitted }).collect();
                let grounds = kept(&self.programme.retention, &ended);
                if until(&grounds)? >= today {
                    return None;
                }
                Some(Due {
                    participant,
                    ended: ended.iter().map(|ended| ended.on).max()?,
                    cases: rows.into_iter().map(|row| row.case_number).collect(),
                    grounds,
                    holds: holds.remove(&participant).unwrap_or_default(),
                })
            })
            .collect();
        due.sort_by_key(|due| (until(&due.grounds), due.cases.first().cloned()));
        Ok(due)
    }

    fn signature(&self, (user, at): (UserId, Timestamp)) -> Signature {
        let name = self.accounts.get(user).map(|account| account.name).unwrap_or_default();
        Signature { name, account: user, at }
    }

    fn destruction(&self, tx: &mut Tx<'_>, row: table::DestructionRow) -> Result<Destruction, Failure> {
        let mut cases = Vec::new();
        for (participant, _) in table::people(tx, row.id)? {
            cases.extend(table::cases(tx, participant)?);
        }
        let certificate = row.certificate.as_deref().map(|text| crate::load::read(text.as_bytes())).transpose()?;
        Ok(Destruction {
            id: row.id,
            state: row.state,
            proposed: self.signature(row.proposed),
            decided: row.decided.map(|decided| self.signature(decided)),
            cases,
            certificate,
        })
    }
}
