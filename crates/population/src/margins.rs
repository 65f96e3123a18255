//! The published figures, cut into stretches of time that the network is drawn in.
//!
//! Everything published with exact dates up to 1 July 2022 is met exactly:
//! - inflow 2,065 and outflow 1,258 of the whole network, so 807 present on 1 July 2022;
//! - outcome classes of 18, 41 and 41 per cent under `regioplan-2022` ([`DURABLE`], [`SEMI_DURABLE`], the rest);
//! - Amsterdam's eight reasons from 1 July 2019 to 1 March 2020; Groningen's 330 in, 133 out and 36 settled;
//!   Eindhoven's 50 without permit or return, and five with their departure postponed on medical grounds;
//! - the header of table 6.1 of Regioplan 2020, each site on its own base. It agrees with the rest: Groningen's
//!   201 on 31 December 2019 becomes 197 by 1 March 2020 with 30 more in and 34 out.
//!
//! Not met, because the sources contradict each other: Amsterdam's 360 "in the LVV" of December 2019 (287 admitted
//! since the start is followed instead, with others sheltered without status), its 38 unknown destinations of that
//! month (37 by March), and "about a quarter" of all places free (capacity is not part of the network's people).
//!
//! No one enters or leaves on the first or the last day of a stretch: whether a boundary counts does not matter.

use jiff::civil::{Date, date};

/// Day on which the published network is looked at: nothing in it is later.
pub(crate) const TODAY: Date = date(2022, 7, 1);
/// First day of the network.
pub(crate) const START: Date = date(2019, 3, 1);
/// Reference date of table 6.1.
pub(crate) const TABLE_6_1: Date = date(2019, 12, 31);
/// First day after the first evaluation of Eindhoven.
pub(crate) const EINDHOVEN: Date = date(2020, 10, 1);

/// Leavers with a durable solution: 18 per cent of 1,258.
pub(crate) const DURABLE: usize = 226;
/// Leavers with a semi-durable one: 41 per cent.
pub(crate) const SEMI_DURABLE: usize = 516;

/// Amsterdam: people admitted by 31 December 2019.
pub(crate) const AMSTERDAM_ADMITTED: usize = 287;
/// Amsterdam: people with a living allowance only in December 2019.
pub(crate) const AMSTERDAM_ALLOWANCE: usize = 82;
/// Amsterdam: first series of conferences.
pub(crate) const AMSTERDAM_FIRST_CONFERENCE: Date = date(2019, 7, 9);
/// Eindhoven: people whose departure is postponed on medical grounds on 1 October 2020.
pub(crate) const EINDHOVEN_MEDICAL: usize = 5;

/// Why people leave in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reasons {
    /// As published; the counts are of all stretches of the site with this list together.
    Fixed(&'static [(&'static str, usize)]),
    /// Whatever makes the national shares come out.
    Free,
}

/// Part of a site's time, with how many come and go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// Code of the site.
    pub site: &'static str,
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// People who enter.
    pub entered: usize,
    /// People who leave.
    pub left: usize,
    /// Why.
    pub reasons: Reasons,
}

const fn stretch(site: &'static str, from: Date, to: Date, entered: usize, left: usize, reasons: Reasons) -> Stretch {
    Stretch { site, from, to, entered, left, reasons }
}

const AMSTERDAM_REASONS: Reasons = Reasons::Fixed(&[
    ("permit", 17),
    ("temporary-medical-permit", 5),
    ("repeated-asylum-application", 46),
    ("return-to-country-of-origin", 21),
    ("onward-migration", 1),
    ("detention", 13),
    ("participation-ended", 2),
    ("unknown-destination", 37),
]);

// 36 returned or legally settled; about a tenth to an unknown destination; most back in state reception
const GRONINGEN_REASONS: Reasons = Reasons::Fixed(&[
    ("return-to-country-of-origin", 22),
    ("permit", 12),
    ("onward-migration", 2),
    ("unknown-destination", 13),
    ("repeated-asylum-application", 48),
    ("medical-postponement", 14),
    ("departure-without-supervision", 8),
    ("participation-ended", 6),
    ("detention", 4),
    ("own-accommodation", 3),
    ("deceased", 1),
]);

const EINDHOVEN_REASONS: Reasons = Reasons::Fixed(&[
    ("unknown-destination", 3),
    ("repeated-asylum-application", 2),
    ("own-accommodation", 1),
    ("participation-ended", 1),
    ("departure-without-supervision", 1),
]);

const YEAR_END: Date = TABLE_6_1;
const MARCH_2020: Date = date(2020, 3, 1);
const AUTUMN_2020: Date = EINDHOVEN;
const SUMMER_2021: Date = date(2021, 7, 1);
const NEW_2022: Date = date(2022, 1, 1);

/// All stretches, per site in order of time.
pub(crate) const STRETCHES: &[Stretch] = &[
    stretch("amsterdam", START, date(2019, 7, 1), 200, 6, Reasons::Free),
    stretch("amsterdam", date(2019, 7, 1), date(2019, 10, 1), 240, 45, AMSTERDAM_REASONS),
    stretch("amsterdam", date(2019, 10, 1), YEAR_END, 112, 52, AMSTERDAM_REASONS),
    stretch("amsterdam", YEAR_END, MARCH_2020, 30, 45, AMSTERDAM_REASONS),
    stretch("amsterdam", MARCH_2020, AUTUMN_2020, 50, 90, Reasons::Free),
    stretch("amsterdam", AUTUMN_2020, SUMMER_2021, 75, 120, Reasons::Free),
    stretch("amsterdam", SUMMER_2021, NEW_2022, 60, 85, Reasons::Free),
    stretch("amsterdam", NEW_2022, TODAY, 83, 102, Reasons::Free),
    stretch("groningen", date(2019, 4, 1), date(2019, 7, 1), 190, 20, GRONINGEN_REASONS),
    stretch("groningen", date(2019, 7, 1), YEAR_END, 110, 79, GRONINGEN_REASONS),
    stretch("groningen", YEAR_END, MARCH_2020, 30, 34, GRONINGEN_REASONS),
    stretch("groningen", MARCH_2020, AUTUMN_2020, 30, 40, Reasons::Free),
    stretch("groningen", AUTUMN_2020, SUMMER_2021, 50, 55, Reasons::Free),
    stretch("groningen", SUMMER_2021, NEW_2022, 48, 45, Reasons::Free),
    stretch("groningen", NEW_2022, TODAY, 62, 62, Reasons::Free),
    stretch("utrecht", date(2019, 4, 1), YEAR_END, 300, 32, Reasons::Free),
    stretch("utrecht", YEAR_END, AUTUMN_2020, 40, 62, Reasons::Free),
    stretch("utrecht", AUTUMN_2020, SUMMER_2021, 48, 70, Reasons::Free),
    stretch("utrecht", SUMMER_2021, NEW_2022, 36, 45, Reasons::Free),
    stretch("utrecht", NEW_2022, TODAY, 46, 56, Reasons::Free),
    stretch("rotterdam", date(2019, 4, 1), YEAR_END, 85, 12, Reasons::Free),
    stretch("rotterdam", YEAR_END, AUTUMN_2020, 12, 22, Reasons::Free),
    stretch("rotterdam", AUTUMN_2020, SUMMER_2021, 11, 20, Reasons::Free),
    stretch("rotterdam", SUMMER_2021, NEW_2022, 8, 15, Reasons::Free),
    stretch("rotterdam", NEW_2022, TODAY, 14, 14, Reasons::Free),
    stretch("eindhoven", START, YEAR_END, 33, 2, EINDHOVEN_REASONS),
    stretch("eindhoven", YEAR_END, AUTUMN_2020, 17, 6, EINDHOVEN_REASONS),
    stretch("eindhoven", AUTUMN_2020, SUMMER_2021, 14, 7, Reasons::Free),
    stretch("eindhoven", SUMMER_2021, NEW_2022, 12, 6, Reasons::Free),
    stretch("eindhoven", NEW_2022, TODAY, 19, 9, Reasons::Free),
];

/// How often a reason occurs among those of its class, where nothing was published.
pub(crate) const REASON_WEIGHTS: &[(&str, u32)] = &[
    ("permit", 52),
    ("return-to-country-of-origin", 40),
    ("onward-migration", 6),
    ("repeated-asylum-application", 68),
    ("medical-postponement", 22),
    ("temporary-medical-permit", 9),
    ("unknown-destination", 46),
    ("departure-without-supervision", 14),
    ("detention", 8),
    ("participation-ended", 9),
    ("own-accommodation", 7),
    ("forced-return", 5),
    ("dublin-transfer", 3),
    ("dublin-voluntary", 2),
    ("care-institution", 2),
    ("deceased", 2),
    ("other", 2),
    // whoever moves on within the network has not left it
    ("moved-to-other-lvv", 0),
];

/// People registered who never took part, per site: not admitted, referred outside the LVV, waiting on 1 July 2022,
/// just registered on that day, given up while waiting.
pub(crate) const OTHERS: &[(&str, [usize; 5])] = &[
    ("amsterdam", [110, 22, 18, 9, 6]),
    ("groningen", [60, 0, 0, 6, 0]),
    ("utrecht", [50, 6, 0, 6, 0]),
    ("rotterdam", [25, 10, 0, 3, 0]),
    ("eindhoven", [20, 38, 0, 4, 0]),
];

/// Households with children, per site.
pub(crate) const FAMILIES: &[(&str, usize)] =
    &[("amsterdam", 9), ("groningen", 7), ("utrecht", 9), ("rotterdam", 2), ("eindhoven", 1)];

/// People who leave and come back, and how many of them to another site.
pub(crate) const RETURNING: (usize, usize) = (70, 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stretches_add_up_to_the_national_figures() {
        let (entered, left) = STRETCHES.iter().fold((0, 0), |(i, o), s| (i + s.entered, o + s.left));
        assert_eq!((entered, left, entered - left), (2065, 1258, 807));
    }

    #[test]
    fn fixed_reasons_cover_every_leaver_of_their_stretches() {
        for list in [AMSTERDAM_REASONS, GRONINGEN_REASONS, EINDHOVEN_REASONS] {
            let Reasons::Fixed(counts) = list else { panic!("fixed") };
            let leavers: usize = STRETCHES.iter().filter(|s| s.reasons == list).map(|s| s.left).sum();
            assert_eq!(leavers, counts.iter().map(|(_, n)| n).sum::<usize>());
        }
    }

    #[test]
    fn classes_round_to_the_published_shares() {
        let percent = |n: usize| (n * 200 + 1258) / (1258 * 2);
        assert_eq!([DURABLE, SEMI_DURABLE, 1258 - DURABLE - SEMI_DURABLE].map(percent), [18, 41, 41]);
    }
}
