//! A site's way of working: its steps, terms, partners and what each of them delivers.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Admission, EndRule, RestStart, SeenUntil, Step, Text};
use crate::{
    absence::Absence,
    calendar::Calendar,
    codes::OrgKind,
    ids::{Code, MethodId, OrgId, SiteId},
    term::Rule,
};

/// A site's way of working in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Code.
    pub id: MethodId,
    /// Whose.
    pub site: SiteId,
    /// Version, from 1.
    pub version: u16,
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Option<Date>,
    /// Name on screen.
    pub name: Text,
    /// Who admits.
    pub admission: Admission,
    /// Who delivers the dossier; none: no dossier.
    pub deliver: Vec<OrgId>,
    /// What each partner delivers, and who may see it; empty: nothing was agreed about items.
    pub dossier: Vec<Contracted>,
    /// What starts the rest period.
    pub rest_starts: RestStart,
    /// Length of the rest period in days.
    pub rest_days: u16,
    /// Whether its end moves.
    pub rest_end: EndRule,
    /// Steps that may be skipped.
    pub may_skip: Vec<Step>,
    /// Days for the screening.
    pub screening_days: Option<u16>,
    /// Days for the intake.
    pub intake_days: Option<u16>,
    /// Days for a delivery.
    pub dossier_days: Option<u16>,
    /// Days after which a partner that is late is reminded, and again.
    pub reminder_days: Option<u16>,
    /// Days for the check of a delivery.
    pub check_days: Option<u16>,
    /// Days for the decision.
    pub decision_days: Option<u16>,
    /// Days between cooperation reviews.
    pub review_days: Option<u16>,
    /// Days someone may be sheltered without a decision.
    pub undecided_days: Option<u16>,
    /// Longest stay in months.
    pub max_stay_months: Option<u16>,
    /// How many people assess cooperation.
    pub assessors: u8,
    /// The rubric by which cooperation is assessed; empty: without assessments beforehand.
    pub criteria: Vec<Code>,
    /// What can follow from a negative review: each step needs the one before.
    pub ladder: Vec<crate::codes::Measure>,
    /// Admission grounds used here.
    pub grounds: Vec<Code>,
    /// Refusal grounds used here.
    pub refusal_grounds: Vec<Code>,
    /// Who may admit by exception here.
    pub exception_by: Vec<Code>,
    /// What happens to its other terms that end on a day off; without an entry they stay.
    pub ends: BTreeMap<Rule, EndRule>,
    /// Which terms stand still in which pause.
    pub pauses: BTreeMap<Code, Vec<Rule>>,
    /// Which terms can be extended, by how many days in all.
    pub extensions: BTreeMap<Rule, u16>,
    /// Hours of shelter: `all-day`, `night-only`, `night-then-all-day`, `differs`, `not-known`.
    pub shelter_hours: Code,
    /// How the site differs from others, as codes to compare by.
    pub characteristics: BTreeMap<String, String>,
    /// Keys above that are our assumption, with the reason.
    pub assumptions: BTreeMap<String, Text>,
    /// Keys above with where they were published.
    pub sources: BTreeMap<String, String>,
    /// Partners of the site that take no part under this version.
    pub without: Vec<OrgId>,
    /// When partners take no part: under this version, a later one, or because their agreement has ended.
    pub absent: Vec<Absence>,
}

/// What is agreed about one item of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contracted {
    /// Which item.
    pub item: Code,
    /// Who delivers it.
    pub from: OrgId,
    /// Whether that part is complete only with it, or with the word that it is not there.
    pub required: bool,
    /// Days from the request; otherwise those of the method.
    pub days: Option<u16>,
    /// People of which kinds of organisation may see it, as far as the access policy lets them.
    pub seen_by: Vec<OrgKind>,
    /// Until when.
    pub seen_until: SeenUntil,
}

/// The kinds of organisation whose people can be promised an item of the dossier: in its contract others are promised what the
/// access policy never grants. A test holds this list to the policy.
pub const READERS: &[OrgKind] = &[OrgKind::Municipality, OrgKind::Ngo, OrgKind::Ind, OrgKind::Dtv, OrgKind::Police];

impl Method {
    /// What was agreed about the items of a partner.
    pub fn items_of(&self, partner: &OrgId) -> impl Iterator<Item = &Contracted> {
        self.dossier.iter().filter(move |item| item.from == *partner)
    }

    /// What was agreed about an item of a partner.
    pub fn contracted(&self, partner: &OrgId, item: &Code) -> Option<&Contracted> {
        self.items_of(partner).find(|contracted| contracted.item == *item)
    }

    /// Everyone who can be asked for something: who must deliver, then who also may.
    pub fn suppliers(&self) -> Vec<&OrgId> {
        let mut all: Vec<&OrgId> = self.deliver.iter().collect();
        for item in &self.dossier {
            if !all.contains(&&item.from) {
                all.push(&item.from);
            }
        }
        all
    }

    /// What weekends and holidays do to the terms of a rule.
    pub fn calendar(&self, rule: Rule) -> Calendar {
        let end = if rule == Rule::RestPeriod { Some(&self.rest_end) } else { self.ends.get(&rule) };
        match end {
            None | Some(EndRule::Stays) => Calendar::Stays,
            Some(EndRule::NextWorkingDay) => Calendar::NextWorkingDay,
            Some(EndRule::AsInLaw) => Calendar::AsTheAct,
        }
    }

    /// Whether the terms of a rule stand still in a pause.
    pub fn stops(&self, pause: &Code, rule: Rule) -> bool {
        self.pauses.get(pause).is_some_and(|rules| rules.contains(&rule))
    }
}
