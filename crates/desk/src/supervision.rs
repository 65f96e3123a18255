//! What the DT&V watches over: its part in every trajectory, what stands still, the departure process, and its
//! recommendations to those who commission the network, with what became of them (letter of 29 November 2018).
//!
//! Case numbers and counts; a name shows only where the DT&V is assigned. Recommendations are about the network: they are rows
//! of their own and no facts, which are about one person each.

use std::{
    collections::{BTreeMap, HashSet},
    str::FromStr,
    sync::Arc,
};

use access::{Principal, Reach, Scope, may_supervise};
use domain::{
    codes::OrgKind,
    date::days,
    ids::{CommandId, OrgId, SiteId, Stream, TrajectoryId, UserId},
    refusal::Refusal,
    supervision::{self, Cause, Stood, Watched},
    trajectory::Recorded,
};
use jiff::civil::Date;
use journal::{Row, Tx, params};
use uuid::Uuid;
use views::{
    supervision::{AtSite, Span},
    worklist::PAGE,
};

use crate::{
    Desk, Failure, Inner,
    conference::digest,
    lists::ListItem,
    read_log::{Activity, Reading},
};

/// Most characters of a recommendation or an answer.
const LONGEST: usize = 4000;

const ALL: &str = "SELECT id, site, org, made_on, text, recorded_by, recorded_at FROM recommendation
    ORDER BY made_on DESC, recorded_at DESC, id";
const ANSWERS: &str = "SELECT recommendation, number, answered_on, outcome, note, recorded_by, recorded_at
    FROM recommendation_answer ORDER BY recommendation, number";
const PUT: &str = "INSERT INTO recommendation (id, site, org, made_on, text, recorded_by, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
const ANSWERED: &str = "SELECT COUNT(*) FROM recommendation_answer WHERE recommendation = $1";
const PUT_ANSWER: &str =
    "INSERT INTO recommendation_answer (recommendation, number, answered_on, outcome, note, recorded_by,
    recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Every fixed statement here.
pub(crate) const SQL: &[&str] = &[ALL, ANSWERS, PUT, ANSWERED, PUT_ANSWER];

/// What became of a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It was on the table; no answer yet.
    Discussed,
    /// It will be done.
    Adopted,
    /// Part of it will be.
    PartlyAdopted,
    /// It will not be.
    NotAdopted,
    /// It was done.
    Done,
}

impl Became {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Discussed, Self::Adopted, Self::PartlyAdopted, Self::NotAdopted, Self::Done];
    /// Its code in the store and in text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discussed => "discussed",
            Self::Adopted => "adopted",
            Self::PartlyAdopted => "partly-adopted",
            Self::NotAdopted => "not-adopted",
            Self::Done => "done",
        }
    }
    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|became| became.code() == code)
    }
}

/// A recommendation to those who commission the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// Which.
    pub id: Uuid,
    /// About which site; none: about all.
    pub site: Option<SiteId>,
    /// Who made it.
    pub org: OrgId,
    /// When.
    pub on: Date,
    /// What.
    pub text: String,
    /// Who recorded it.
    pub by: UserId,
    /// What became of it, oldest first.
    pub answers: Vec<BecameOf>,
}

/// A line of what became of a recommendation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BecameOf {
    /// When.
    pub on: Date,
    /// What.
    pub became: Became,
    /// In words.
    pub note: String,
    /// Who recorded it.
    pub by: UserId,
}

/// The page of supervision, as it stands today.
#[derive(Debug, Clone, Default)]
pub struct Supervision {
    /// Whether the DT&V is a partner at one of these sites.
    pub has_dtv: bool,
    /// Open cases of people who take part, by site; of those, how many without a case director and without any step of the
    /// departure process.
    pub sites: Vec<AtSite>,
    /// A page of those without, longest waiting first.
    pub cases: Vec<ListItem>,
    /// Which page this is, from 1, and how many there are.
    pub page: (u32, u32),
    /// Pauses and obstacles of open cases, and terms that ran out.
    pub stood: Vec<Stood>,
    /// In how many cases.
    pub still: usize,
    /// The last steps of departure of open cases.
    pub in_step: Vec<Span>,
    /// Recommendations, newest first.
    pub recommendations: Vec<Recommendation>,
}

impl Supervision {
    /// Open cases, and those without, at all sites.
    pub fn totals(&self) -> (u64, u64) {
        self.sites.iter().fold((0, 0), |(open, without), site| (open + site.open, without + site.without))
    }
}

/// What the report over a period is drafted from: nobody in particular.
#[derive(Debug, Clone, Default)]
pub struct SupervisionReport {
    /// Whether the DT&V is a partner at one of these sites.
    pub has_dtv: bool,
    /// What there is to see of each trajectory in which someone took part during the period.
    pub watched: Vec<Watched>,
    /// Steps taken in the period.
    pub steps: Vec<Span>,
    /// Recommendations, newest first.
    pub recommendations: Vec<Recommendation>,
}

impl Desk {
    /// The page of supervision; of the cases without the DT&V a page, from 1.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not supervise.
    pub async fn supervision(&self, who: &Principal, page: u32) -> Result<Supervision, Failure> {
        let scope = self.supervises(who).await?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let found = self.inner.store.read(move |tx| inner.supervised(tx, &scope, today, page)).await?;
        self.log_read(who, Reading::of_list(who, Activity::Worklist, &found.cases)).await?;
        Ok(found)
    }

    /// What the report over a period [from, to) is drafted from. It holds counts alone: nobody is read.
    ///
    /// # Errors
    /// As [`Desk::supervision`]; a refusal when the period ends before it begins.
    pub async fn supervision_report(
        &self,
        who: &Principal,
        from: Date,
        to: Date,
    ) -> Result<SupervisionReport, Failure> {
        let scope = self.supervises(who).await?;
        if to <= from {
            return Err(Refusal::new("period-before-start").with("on", from).field("to").into());
        }
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        self.inner.store.read(move |tx| inner.reported(tx, &scope, today, (from, to))).await
    }

    async fn supervises(&self, who: &Principal) -> Result<Scope, Failure> {
        if !may_supervise(who) {
            return Err(Failure::Denied);
        }
        self.roll().await?;
        Ok(access::scope(who, Reach::List)?)
    }

    /// One recommendation, with what became of it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not supervise; [`Failure::Hidden`] for one that does not exist or is of another's site.
    pub async fn recommendation(&self, who: &Principal, id: Uuid) -> Result<Recommendation, Failure> {
        if !may_supervise(who) {
            return Err(Failure::Denied);
        }
        let scope = access::scope(who, Reach::List)?;
        let all = self.inner.store.read(move |tx| recommendations(tx, &scope)).await?;
        all.into_iter().find(|one| one.id == id).ok_or(Failure::Hidden)
    }

    /// Records a recommendation; its id is that of the command. Sent twice, it is one.
    ///
    /// # Errors
    /// [`Failure::Denied`] for who does not supervise; a refusal for a day after today, a site of others or no text.
    pub async fn recommend(
        &self,
        who: &Principal,
        command: CommandId,
        site: Option<SiteId>,
        on: Date,
        text: &str,
    ) -> Result<(), Failure> {
        if !may_supervise(who) {
            return Err(Failure::Denied);
        }
        if site.as_ref().is_some_and(|site| !who.sites.contains(site)) {
            return Err(Refusal::new("site-unknown").field("site").into());
        }
        let text = self.said(on, "text", text)?;
        let (user, at, org) = (who.user, self.inner.clock.business(), who.org.clone());
        let (inner, said) = (Arc::clone(&self.inner), digest(user, &(&site, on, &text)));
        let write = self.inner.store.write(move |tx| {
            if inner.repeated(tx, command, &said)? {
                return Ok(());
            }
            let site = site.as_ref().map(SiteId::as_str);
            tx.exec(PUT, params![command.0, site, org.as_str(), on, text.as_str(), user.0, at])?;
            journal::command::remember(tx, command, &said, user, "recommendation", at)?;
            Ok::<_, Failure>(())
        });
        write.await
    }

    /// Records what became of a recommendation; the day it was made is the first possible. Sent twice, it is one answer.
    ///
    /// # Errors
    /// As [`Desk::recommend`]; [`Failure::Hidden`] for one that does not exist or is of another's site.
    pub async fn recommendation_became(
        &self,
        who: &Principal,
        command: CommandId,
        id: Uuid,
        on: Date,
        became: Became,
        note: &str,
    ) -> Result<(), Failure> {
        let known = self.recommendation(who, id).await?;
        if on < known.on {
            return Err(Refusal::new("due-before-start").with("on", known.on).field("valid_from").into());
        }
        let note = self.said(on, "note", note)?;
        let (user, at) = (who.user, self.inner.clock.business());
        let (inner, said) = (Arc::clone(&self.inner), digest(user, &(id, on, became.code(), &note)));
        let write = self.inner.store.write(move |tx| {
            if inner.repeated(tx, command, &said)? {
                return Ok(());
            }
            let number = tx.one(ANSWERED, params![id], |row| row.get::<i64>(0))?.unwrap_or(0) + 1;
            tx.exec(PUT_ANSWER, params![id, number, on, became.code(), note.as_str(), user.0, at])?;
            journal::command::remember(tx, command, &said, user, "recommendation", at)?;
            Ok::<_, Failure>(())
        });
        write.await
    }

    /// A text that says something, on a day that has been.
    fn said(&self, on: Date, field: &'static str, text: &str) -> Result<String, Failure> {
        let today = self.inner.clock.today();
        if on > today {
            return Err(Refusal::new("date-in-future").with("today", today).field("valid_from").into());
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::new("text-missing").field(field).into());
        }
        if text.chars().count() > LONGEST {
            return Err(Refusal::new("text-too-long").with("most", LONGEST).field(field).into());
        }
        Ok(text.to_owned())
    }
}

/// A code of a read table.
fn readable<T: FromStr>(code: &str) -> Result<T, Failure> {
    code.parse()
        .map_err(|_| Failure::Unreadable(format!("`{code}` in a read table; `bestendig rebuild` makes them anew")))
}

impl Inner {
    fn supervised(&self, tx: &mut Tx<'_>, scope: &Scope, today: Date, page: u32) -> Result<Supervision, Failure> {
        let orgs = self.returning(scope);
        let sites = views::supervision::involvement(tx, scope, &orgs, today)?;
        let without: u64 = sites.iter().map(|site| site.without).sum();
        let pages = u32::try_from(without.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX).max(1);
        let page = page.clamp(1, pages);
        let rows = views::supervision::without(tx, scope, &orgs, today, page)?;
        let (in_step, standing): (Vec<Span>, Vec<Span>) =
            views::supervision::standing(tx, scope, today)?.into_iter().partition(|span| span.line == "departure");
        let mut late: BTreeMap<Uuid, Vec<(OrgId, Date)>> = BTreeMap::new();
        for term in views::supervision::late(tx, scope, today)? {
            late.entry(term.trajectory).or_default().push((readable(&term.org)?, term.due));
        }
        let cases: HashSet<Uuid> = standing.iter().map(|span| span.trajectory).chain(late.keys().copied()).collect();
        let still = cases.len();
        let mut stood = Vec::new();
        for span in standing {
            let code = Some(readable(&span.code)?);
            let cause = if span.line == "pause" { Cause::Pause(code) } else { Cause::Obstacle(code) };
            stood.push(Stood { cause, days: days(span.from, today) });
        }
        stood.extend(late.into_values().flat_map(|late| supervision::late_once(late, today)));
        supervision::together(&mut stood.iter_mut().collect::<Vec<_>>(), &self.programme);
        Ok(Supervision {
            has_dtv: !orgs.is_empty(),
            sites,
            cases: self.items(tx, scope, rows)?,
            page: (page, pages),
            stood,
            still,
            in_step,
            recommendations: recommendations(tx, scope)?,
        })
    }

    fn reported(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        today: Date,
        (from, to): (Date, Date),
    ) -> Result<SupervisionReport, Failure> {
        let orgs = self.returning(scope);
        let visible: HashSet<TrajectoryId> = views::supervision::visible(tx, scope, today)?.into_iter().collect();
        let mut watched = Vec::new();
        for site in scope.sites() {
            let Some(lead) = self.programme.site(site).map(|site| site.lead.clone()) else { continue };
            // nothing is opened: what supervision counts stands in the clear
            let facts = journal::read::of_site(tx, site)?.into_iter().map(|fact| fact.open(None));
            let facts: Vec<Recorded> = facts.collect::<journal::Result<_>>()?;
            for history in facts.chunk_by(|one, next| one.fact.header.stream == next.fact.header.stream) {
                let (Stream::Trajectory(id), header) = (history[0].fact.header.stream, &history[0].fact.header) else {
                    continue;
                };
                if visible.contains(&id) {
                    let method = self.method(&header.method)?;
                    watched.extend(supervision::watch(history, method, &lead, &orgs, (from, to))?);
                }
            }
        }
        let mut stood: Vec<&mut Stood> = watched.iter_mut().flat_map(|one| &mut one.stood).collect();
        supervision::together(&mut stood, &self.programme);
        Ok(SupervisionReport {
            has_dtv: !orgs.is_empty(),
            watched,
            steps: views::supervision::steps(tx, scope, today, from, to)?,
            recommendations: recommendations(tx, scope)?,
        })
    }

    /// The organisations whose work is departure, at the sites of the scope.
    fn returning(&self, scope: &Scope) -> Vec<OrgId> {
        let sites = self.programme.sites.iter().filter(|site| scope.covers(&site.id));
        let mut orgs: Vec<OrgId> = sites.flat_map(|site| site.partners.iter().cloned()).collect();
        orgs.retain(|org| self.programme.org(org).is_some_and(|org| org.kind == OrgKind::Dtv));
        orgs.sort();
        orgs.dedup();
        orgs
    }
}

fn unusable(what: &str) -> journal::Error {
    journal::Error::Unusable(format!("a recommendation with an unknown {what}"))
}

fn recommendation(row: &Row<'_>) -> journal::Result<Recommendation> {
    let site = row.get::<Option<String>>(1)?.map(|site| site.parse().map_err(|_| unusable("site"))).transpose()?;
    Ok(Recommendation {
        id: row.get(0)?,
        site,
        org: row.get::<String>(2)?.parse().map_err(|_| unusable("organisation"))?,
        on: row.get(3)?,
        text: row.get(4)?,
        by: UserId(row.get(5)?),
        answers: vec![],
    })
}

/// Those about the sites of the scope, or about all.
fn recommendations(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Recommendation>, Failure> {
    let mut all = tx.query(ALL, params![], recommendation)?;
    all.retain(|one| one.site.as_ref().is_none_or(|site| scope.covers(site)));
    let answers = tx.query(ANSWERS, params![], |row| {
        let became = Became::from_code(&row.get::<String>(3)?).ok_or_else(|| unusable("outcome"))?;
        let answer = BecameOf { on: row.get(2)?, became, note: row.get(4)?, by: UserId(row.get(5)?) };
        Ok((row.get::<Uuid>(0)?, answer))
    })?;
    for (id, answer) in answers {
        if let Some(one) = all.iter_mut().find(|one| one.id == id) {
            one.answers.push(answer);
        }
    }
    Ok(all)
}
