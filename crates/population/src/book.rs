//! What the generator looks up: the programme, its colleagues per site, its days off.

use std::collections::BTreeMap;

use domain::{
    calendar,
    codes::Role,
    ids::{Code, OrgId, SiteId},
    programme::{List, Method, Programme, Site},
};
use jiff::{
    civil::{Date, Weekday},
    tz::TimeZone,
};

use crate::{
    dice::{Dice, plus},
    staff::{Staff, staff},
};

/// The programme, prepared for drawing.
pub(crate) struct Book<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// Everyone who records.
    pub staff: Vec<Staff>,
    /// Day on which the network is looked at; nothing is recorded on or after it.
    pub today: Date,
    /// Where the clocks are.
    pub zone: TimeZone,
    crews: BTreeMap<SiteId, Crew>,
    days_off: Vec<Date>,
    unknown: Code,
}

/// The colleagues of a site, as places in [`Book::staff`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Crew {
    /// Municipality.
    pub coordinators: Vec<usize>,
    /// Guides.
    pub guides: Vec<usize>,
    /// Shelter.
    pub shelter: Vec<usize>,
    /// IND and DT&V officers: who records a delivery.
    pub officers: Vec<usize>,
    /// Directs departures.
    pub director: Option<usize>,
    /// Sits at the conference for the IND.
    pub ind: Option<usize>,
    /// Sits at the conference for the police.
    pub police: Option<usize>,
}

impl<'a> Book<'a> {
    /// Prepares a programme.
    #[expect(clippy::expect_used, reason = "two constants: a code of letters, and a zone that is built in")]
    pub(crate) fn new(programme: &'a Programme, today: Date) -> Self {
        let staff = staff(programme);
        let mut crews: BTreeMap<SiteId, Crew> = BTreeMap::new();
        for (at, member) in staff.iter().enumerate() {
            for site in &member.sites {
                let crew = crews.entry(site.clone()).or_default();
                match member.role {
                    Role::Coordinator => crew.coordinators.push(at),
                    Role::Guide => crew.guides.push(at),
                    Role::ShelterWorker => crew.shelter.push(at),
                    Role::IndOfficer => {
                        crew.officers.push(at);
                        crew.ind = Some(at);
                    }
                    Role::CaseDirector => {
                        crew.officers.push(at);
                        crew.director = Some(at);
                    }
                    Role::PoliceOfficer => crew.police = Some(at),
                    Role::Researcher | Role::ProgrammeManager | Role::Administrator => {}
                }
            }
        }
        let years = today.year() - 6..=today.year() + 1;
        let mut days_off: Vec<Date> = years.flat_map(calendar::holidays).map(|(day, _)| day).collect();
        days_off.sort_unstable();
        let zone = TimeZone::get("Europe/Amsterdam").expect("the time zones are built in");
        let unknown = "unknown".parse().expect("letters");
        Self { programme, staff, today, zone, crews, days_off, unknown }
    }

    /// Colleagues of a site.
    pub(crate) fn crew(&self, site: &SiteId) -> Crew { self.crews.get(site).cloned().unwrap_or_default() }

    /// The method of a site on a day; before its first day, the first one.
    pub(crate) fn method(&self, site: &SiteId, on: Date) -> Option<&'a Method> {
        let methods = || self.programme.methods.iter().filter(|method| method.site == *site);
        self.programme.method_on(site, on).or_else(|| methods().min_by_key(|method| method.from))
    }

    /// A site by its code, if it can work: it has a method.
    pub(crate) fn site(&self, code: &str) -> Option<&'a Site> {
        let site = self.programme.sites.iter().find(|site| site.id.as_str() == code)?;
        self.method(&site.id, site.opens).map(|_| site)
    }

    /// A code of a list: one of these by weight if the programme has it, else any of the list.
    pub(crate) fn code(&self, dice: &mut Dice, list: List, wanted: &[(&str, u32)]) -> Code {
        let entries = &self.programme.list(list).0;
        let found = dice.weighted(wanted).and_then(|code| entries.iter().find(|entry| entry.code == **code));
        let found = found.or_else(|| dice.one(entries));
        found.map_or_else(|| self.unknown.clone(), |entry| entry.code.clone())
    }

    /// This code of a list if the programme has it, else any.
    pub(crate) fn the(&self, dice: &mut Dice, list: List, code: &str) -> Code { self.code(dice, list, &[(code, 1)]) }

    /// Some different codes of a list, in its order.
    pub(crate) fn some(&self, dice: &mut Dice, list: List, count: usize) -> Vec<Code> {
        let entries = &self.programme.list(list).0;
        let mut places: Vec<usize> = (0..entries.len()).collect();
        dice.shuffle(&mut places);
        places.truncate(count);
        places.sort_unstable();
        places.into_iter().map(|at| entries[at].code.clone()).collect()
    }

    /// One of a method's own codes, else any of the list.
    pub(crate) fn among(&self, dice: &mut Dice, own: &[Code], list: List) -> Code {
        dice.one(own).cloned().unwrap_or_else(|| self.code(dice, list, &[]))
    }

    /// Whether people work on a day.
    pub(crate) fn works(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && self.days_off.binary_search(&day).is_err()
    }

    /// The first working day on or after a day.
    pub(crate) fn on_or_after(&self, mut day: Date) -> Date {
        while !self.works(day) {
            day = plus(day, 1);
        }
        day
    }

    /// The last working day on or before a day.
    pub(crate) fn on_or_before(&self, mut day: Date) -> Date {
        while !self.works(day) {
            day = plus(day, -1);
        }
        day
    }

    /// A working day of [from, to), or any day of it when there is none.
    pub(crate) fn working_day(&self, dice: &mut Dice, from: Date, to: Date) -> Date {
        let day = dice.day(from, to);
        [self.on_or_after(day), self.on_or_before(day)].into_iter().find(|day| (from..to).contains(day)).unwrap_or(day)
    }

    /// Organisation of a colleague.
    pub(crate) fn org(&self, at: usize) -> &OrgId { &self.staff[at].org }
}
