//! Bodies in which partners decide together (LSO, MRT, stuurgroep …): who belongs to them, by which rules they decide, and
//! where a case goes when they do not agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{ToSpan as _, civil::Date};

use super::{
    Programme, Text,
    log::{Log, Place, Target, one_of},
    parse::Read,
    read::Table,
};
use crate::{
    codes::{Board, OrgKind, Why},
    ids::{MethodId, OrgId, SiteId},
};

/// Longest term of a step, in days.
const LONGEST: i64 = 3650;

choices! {
    /// What happens when a case stands on two open agendas.
    Twice {
        /// It is refused.
        Refuse = "refuse",
        /// It is allowed, with a warning that has to be answered.
        Warn = "warn",
    }
}

/// How a case can end at a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The partners agree.
    Decide,
    /// A body answers what was asked of it.
    Answer,
    /// Nothing is decided: talked over, or put off.
    Discuss,
    /// They do not agree: it goes to another body.
    Send,
}

impl Way {
    /// Every way, in the order in which a table offers them.
    pub const ALL: [Self; 4] = [Self::Decide, Self::Answer, Self::Discuss, Self::Send];
}

/// A body in which partners decide together, with its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conference {
    /// Which.
    pub board: Board,
    /// Name on screen.
    pub name: Text,
    /// Where.
    pub sites: Vec<SiteId>,
    /// Whether its sittings are held with this program; otherwise only what became of a case is recorded.
    pub here: bool,
    /// Whose representative is in the chair, keeps the agenda and fixes the minutes.
    pub chair: OrgKind,
    /// Kinds of organisation that belong to it.
    pub members: Vec<OrgKind>,
    /// Kinds without which it cannot decide, beside the chair; one that stands here twice, with two people.
    pub must: Vec<OrgKind>,
    /// How many kinds have to be there, in mandate.
    pub quorum: u8,
    /// Kinds whose people had no hand in a case before: who did, does not count in it.
    pub fresh: Vec<OrgKind>,
    /// Days between two sittings.
    pub every_days: Option<u16>,
    /// Minutes of a sitting.
    pub minutes: u16,
    /// Minutes for a case.
    pub case_minutes: u16,
    /// Days before the sitting on which the papers are sent.
    pub papers_days: u16,
    /// Days after which the chair can fix minutes that not everyone who was there has confirmed; none: never.
    pub confirm_days: Option<u16>,
    /// Days in which it answers about a case that was sent to it.
    pub days: Option<u16>,
    /// Who has to act while a case is with it.
    pub owner: OrgKind,
    /// Where a case goes when it does not agree.
    pub next: Option<Board>,
    /// For which reasons cases are proposed.
    pub proposes: Vec<Why>,
    /// How many days before a review is due it is proposed.
    pub review_ahead_days: u16,
    /// What happens when a case stands on another open agenda too.
    pub twice: Twice,
    /// Keys above with where they were published.
    pub sources: BTreeMap<String, String>,
    /// Keys above that are our assumption, with the reason.
    pub assumptions: BTreeMap<String, Text>,
}

impl Conference {
    /// How many cases fit in a sitting.
    pub fn capacity(&self) -> u16 {
        self.minutes / self.case_minutes.max(1)
    }

    /// Kinds without whom nothing is decided: the chair, and who must be there.
    pub fn required(&self) -> BTreeSet<OrgKind> {
        std::iter::once(self.chair).chain(self.must.iter().copied()).collect()
    }

    /// With how many people a kind has to be there.
    pub fn people(&self, kind: OrgKind) -> usize {
        let must = self.must.iter().filter(|must| **must == kind).count();
        must.max(usize::from(kind == self.chair))
    }

    /// Whether a case can end in this way at its table.
    pub fn allows(&self, way: Way) -> bool {
        match way {
            // others advise or decide; what follows from it for the case is for the partners to decide
            Way::Decide => self.board == Board::Lso,
            Way::Answer => self.board != Board::Lso,
            Way::Discuss => true,
            Way::Send => self.next.is_some(),
        }
    }
}

impl Programme {
    /// The bodies that a case can go to from one, when it does not agree: the next one first, and those after it.
    pub fn further(&self, from: Board, site: &SiteId) -> Vec<Board> {
        let next = |board: Board| self.conference(board, site).and_then(|conference| conference.next);
        std::iter::successors(next(from), |board| next(*board)).collect()
    }

    /// The organisations that can have a seat at a body of a site: its partners, and the ministry where it is a member.
    pub fn seats_at(&self, conference: &Conference, site: &SiteId) -> Vec<OrgId> {
        let mut all = self.site(site).map(|site| site.partners.clone()).unwrap_or_default();
        let guests = self.organisations.iter().filter(|org| org.kind == OrgKind::Ministry);
        if conference.members.contains(&OrgKind::Ministry) {
            all.extend(guests.map(|org| org.id.clone()).filter(|org| !all.contains(org)).collect::<Vec<_>>());
        }
        all
    }

    /// Who has to act while a case is with a body, and the last day for its answer.
    pub fn step_to(&self, to: Board, site: &SiteId, on: Date) -> (Option<OrgId>, Option<Date>) {
        let Some(conference) = self.conference(to, site) else { return (None, None) };
        let partners = self.site(site).map(|site| site.partners.as_slice()).unwrap_or_default();
        let owner = partners.iter().find(|org| self.org(org).is_some_and(|org| org.kind == conference.owner));
        let due = conference.days.map(|days| on.saturating_add(i64::from(days).days()));
        (owner.cloned(), due)
    }

    /// Kinds of organisation that belong to a body and of which nobody takes part at a site on a day: their agreement ended, or
    /// the way of working has dropped them.
    pub fn absent_kinds(
        &self,
        conference: &Conference,
        site: &SiteId,
        method: &MethodId,
        on: Date,
    ) -> BTreeSet<OrgKind> {
        let (Some(known), Some(method)) = (self.site(site), self.method(method)) else { return BTreeSet::new() };
        let of = |kind: OrgKind| known.partners.iter().filter(move |org| self.org(org).is_some_and(|o| o.kind == kind));
        let there = |org: &OrgId| known.under_agreement(org, on) && method.is_there(org, on);
        let gone = |kind: &OrgKind| of(*kind).next().is_some() && !of(*kind).any(there);
        conference.members.iter().copied().filter(|kind| gone(kind)).collect()
    }
}

/// Keys that a source or an assumption can be about; the first ones need one.
const KEYS: &[&str] = &[
    "members",
    "quorum",
    "every_days",
    "minutes",
    "case_minutes",
    "days",
    "confirm_days",
    "chair",
    "must",
    "fresh",
    "owner",
    "next",
    "here",
    "papers_days",
    "proposes",
    "review_ahead_days",
    "twice",
];
/// Of those, the ones that need a source or an assumption where they are set.
const EVIDENCE: usize = 7;

pub(super) fn read(mut t: Table<'_, '_>) -> Option<Conference> {
    let board = t.choice("board", Board::ALL);
    if let Some(board) = board {
        t.called(format_args!("conference {board}"));
    }
    let (name, sites) = (t.text("name"), t.all("sites", Target::Site));
    let (here, chair) = (t.flag("here"), t.choice("chair", OrgKind::ALL));
    let (members, must) = (t.choices("members", OrgKind::ALL), t.choices("must", OrgKind::ALL));
    let quorum = t.number("quorum", 1, 7);
    let fresh = t.maybe_choices("fresh", OrgKind::ALL).unwrap_or_default();
    let every_days = t.maybe_number("every_days", 1, 366);
    let (minutes, case_minutes) = (t.number("minutes", 10, 600), t.number("case_minutes", 5, 240));
    let papers_days = t.number("papers_days", 0, 60);
    let confirm_days = t.maybe_number("confirm_days", 1, 366);
    let (days, owner) = (t.maybe_number("days", 1, LONGEST), t.choice("owner", OrgKind::ALL));
    let (next, proposes) = (t.maybe_choice("next", Board::ALL), t.choices("proposes", Why::ALL));
    let (review_ahead_days, twice) = (t.number("review_ahead_days", 0, 366), t.choice("twice", Twice::ALL));
    let (sources, assumptions) = (t.map("sources"), t.texts("assumptions"));
    t.done();
    Some(Conference {
        board: board?,
        name: name?,
        sites: sites?,
        here: here?,
        chair: chair?,
        members: members?,
        must: must?,
        quorum: quorum?,
        fresh,
        every_days,
        minutes: minutes?,
        case_minutes: case_minutes?,
        papers_days: papers_days?,
        confirm_days,
        days,
        owner: owner?,
        next,
        proposes: proposes?,
        review_ahead_days: review_ahead_days?,
        twice: twice?,
        sources,
        assumptions,
    })
}

/// What can only be seen when all files are read.
pub(super) fn check<'a>(read: &Read<'a>, log: &Log<'a>) {
    for (index, (at, one)) in read.conferences.iter().enumerate() {
        by_itself(log, *at, one);
        evidence(log, *at, one);
        for site in &one.sites {
            for (before, other) in read.conferences[..index].iter().filter(|(_, other)| other.board == one.board) {
                if other.sites.contains(site) {
                    let message = format!("The site {site} has two conferences {}.", one.board);
                    let remedy = format!("take {site} out of one; the other is in {}:{}.", before.file, before.line);
                    log.find(*at, message, remedy);
                }
            }
            partners(read, log, *at, one, site);
            next(read, log, *at, one, site);
        }
    }
}

fn by_itself<'a>(log: &Log<'a>, at: Place<'a>, one: &Conference) {
    let board = one.board;
    if one.sites.is_empty() {
        log.find(at, format!("The conference {board} is at no site."), "name its sites under `sites`.");
    }
    let of = |key, kinds: &'_ [OrgKind]| kinds.iter().map(|kind| (key, *kind)).collect::<Vec<_>>();
    for (key, kind) in [("chair", one.chair)].into_iter().chain(of("must", &one.must)).chain(of("fresh", &one.fresh)) {
        if !one.members.contains(&kind) {
            let message = format!("`{kind}` stands under `{key}` of the conference {board} but is no member.");
            log.find(at, message, format!("add `{kind}` to `members`, or name another."));
        }
    }
    if usize::from(one.quorum) > one.members.len() {
        let (quorum, members) = (one.quorum, one.members.len());
        let message = format!("The quorum of the conference {board} is {quorum}, of {members} members.");
        log.find(at, message, format!("write at most {members}."));
    }
    if one.case_minutes > one.minutes {
        let message = format!("At the conference {board} one case takes longer than the sitting.");
        log.find(at, message, "let `case_minutes` be at most `minutes`.");
    }
    if let Some(next) = one.next.filter(|next| *next <= one.board) {
        let message = format!("From the conference {board} a case goes to {next}, which is not further on.");
        let order: Vec<&str> = Board::ALL.iter().map(|board| board.code()).collect();
        log.find(at, message, format!("the order is {}; leave `next` out at the last.", order.join(", ")));
    }
}

/// A kind of organisation that the site does not have would never be there.
fn partners<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, one: &Conference, site: &SiteId) {
    let Some((_, known)) = read.sites.iter().find(|(_, known)| known.id == *site) else { return };
    let kind_of =
        |org: &crate::ids::OrgId| read.organisations.iter().find(|known| known.id == *org).map(|known| known.kind);
    let kinds: Vec<OrgKind> = known.partners.iter().filter_map(kind_of).collect();
    // what is held elsewhere has members of its own
    // nor does the ministry, which is a partner of no site: it sits there as a guest, when the programme knows it
    let guest = |kind: &OrgKind| *kind == OrgKind::Ministry && read.organisations.iter().any(|org| org.kind == *kind);
    for kind in one.members.iter().filter(|kind| one.here && !kinds.contains(kind) && !guest(kind)) {
        let message = format!("`{kind}` is a member of the conference {}, but {site} has no such partner.", one.board);
        log.find(at, message, format!("take `{kind}` out of `members`, or add a partner of that kind to the site."));
    }
}

fn next<'a>(read: &Read<'a>, log: &Log<'a>, at: Place<'a>, one: &Conference, site: &SiteId) {
    let Some(next) = one.next else { return };
    let there = read.conferences.iter().any(|(_, other)| other.board == next && other.sites.contains(site));
    if !there {
        let message = format!("From the conference {} of {site} a case goes to {next}, which {site} lacks.", one.board);
        log.find(at, message, format!("add a `[[conference]]` {next} for {site}, or leave `next` out."));
    }
}

/// What is not published is an assumption and says so.
fn evidence<'a>(log: &Log<'a>, at: Place<'a>, one: &Conference) {
    let set = |key: &str| match key {
        "every_days" => one.every_days.is_some(),
        "days" => one.days.is_some(),
        "confirm_days" => one.confirm_days.is_some(),
        "next" => one.next.is_some(),
        _ => true,
    };
    let said = |key: &str| one.sources.contains_key(key) || one.assumptions.contains_key(key);
    for key in KEYS[..EVIDENCE].iter().filter(|key| set(key) && !said(key)) {
        let message = format!("The conference {} does not say where `{key}` comes from.", one.board);
        log.find(at, message, format!("add `{key}` under `[conference.sources]` or `[conference.assumptions]`."));
    }
    for key in one.sources.keys().chain(one.assumptions.keys()) {
        if !KEYS.contains(&key.as_str()) || !set(key) {
            let message = format!("Something is said about `{key}` of the conference {}, which it lacks.", one.board);
            log.find(at, message, format!("{} or leave it out.", one_of(key, KEYS)));
        }
    }
}
