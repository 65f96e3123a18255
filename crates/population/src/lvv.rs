//! When people came to and left the five pilots, so that the published figures come out exactly.
//!
//! `programmes/lvv-2018/published.toml` holds those figures with their periods. What was not published (the
//! spread within a period, the totals of a site) is invented.

use jiff::civil::{Date, date};

/// Which people of a site a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pool {
    /// Nothing particular.
    Any,
    /// Amsterdam: admitted by the partners before the end of 2019.
    Admitted,
    /// Amsterdam: sheltered, no decision of the partners before 2020.
    Undecided,
    /// Amsterdam: on a living allowance at the end of 2019.
    Allowance,
    /// Eindhoven: postponement on medical grounds, so still there in October 2020.
    Medical,
}

/// So many people come in a period [from, to).
pub(crate) struct Come {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) people: u32,
    pub(crate) pool: Pool,
}

/// People leave in a period [from, to), for these reasons.
pub(crate) struct Go {
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// Only these; everybody if none.
    pub(crate) pools: &'static [Pool],
    pub(crate) reasons: &'static [(&'static str, u32)],
}

/// One site.
pub(crate) struct Flow {
    pub(crate) site: &'static str,
    pub(crate) come: &'static [Come],
    pub(crate) go: &'static [Go],
}

const fn come(from: Date, to: Date, people: u32, pool: Pool) -> Come {
    Come { from, to, people, pool }
}

const fn go(from: Date, to: Date, pools: &'static [Pool], reasons: &'static [(&'static str, u32)]) -> Go {
    Go { from, to, pools, reasons }
}

/// Days on which nobody comes or goes: a period or reference date of a published figure begins there, and
/// whether the day itself counts must not matter.
pub(crate) const QUIET: &[Date] = &[
    date(2019, 3, 1),
    date(2019, 4, 1),
    date(2019, 7, 1),
    date(2019, 12, 1),
    date(2019, 12, 31),
    date(2020, 3, 1),
    date(2020, 10, 1),
];

/// Amsterdam had the only waiting list: first days of those who had been on it for long.
pub(crate) const QUEUE: std::ops::Range<Date> = date(2019, 10, 1)..date(2020, 10, 1);

/// Day after the last on which something happens.
pub(crate) const END: Date = date(2022, 7, 1);

/// The five pilots: 2,065 came, 1,258 left.
pub(crate) const FLOWS: &[Flow] = &[AMSTERDAM, GRONINGEN, UTRECHT, ROTTERDAM, EINDHOVEN];

const AMSTERDAM: Flow = Flow {
    site: "amsterdam",
    come: &[
        come(date(2019, 7, 2), date(2019, 7, 27), 170, Pool::Admitted),
        come(date(2019, 7, 27), date(2019, 10, 26), 117, Pool::Admitted),
        come(date(2019, 7, 15), date(2019, 12, 20), 115, Pool::Undecided),
        come(date(2019, 9, 16), date(2019, 11, 27), 82, Pool::Allowance),
        come(date(2020, 1, 3), date(2020, 2, 28), 20, Pool::Any),
        come(date(2020, 3, 2), date(2022, 3, 31), 150, Pool::Any),
        come(date(2022, 4, 1), date(2022, 6, 29), 46, Pool::Any),
    ],
    go: &[
        go(
            date(2019, 9, 9),
            date(2020, 2, 28),
            &[Pool::Admitted],
            &[
                ("permit", 17),
                ("temporary-medical-permit", 5),
                ("repeated-asylum-application", 36),
                ("return-to-country-of-origin", 15),
                ("onward-migration", 1),
                ("detention", 6),
                ("participation-ended", 2),
                ("unknown-destination", 18),
            ],
        ),
        go(
            date(2019, 9, 2),
            date(2020, 2, 28),
            &[Pool::Undecided],
            &[
                ("repeated-asylum-application", 10),
                ("return-to-country-of-origin", 6),
                ("detention", 7),
                ("unknown-destination", 19),
            ],
        ),
        go(
            date(2020, 3, 2),
            END,
            &[],
            &[
                ("permit", 16),
                ("return-to-country-of-origin", 20),
                ("onward-migration", 6),
                ("repeated-asylum-application", 80),
                ("medical-postponement", 27),
                ("temporary-medical-permit", 5),
                ("unknown-destination", 68),
                ("participation-ended", 22),
                ("departure-without-supervision", 14),
                ("detention", 12),
                ("dublin-transfer", 12),
                ("dublin-voluntary", 4),
                ("forced-return", 7),
                ("deceased", 2),
                ("own-accommodation", 2),
                ("care-institution", 1),
            ],
        ),
    ],
};

const GRONINGEN: Flow = Flow {
    site: "groningen",
    come: &[
        come(date(2019, 4, 2), date(2019, 6, 29), 170, Pool::Any),
        come(date(2019, 7, 2), date(2019, 12, 20), 130, Pool::Any),
        come(date(2020, 1, 3), date(2020, 2, 28), 30, Pool::Any),
        come(date(2020, 3, 2), date(2022, 3, 31), 190, Pool::Any),
        come(date(2022, 4, 1), date(2022, 6, 29), 40, Pool::Any),
    ],
    go: &[
        go(
            date(2019, 5, 15),
            date(2019, 12, 21),
            &[],
            &[
                ("return-to-country-of-origin", 10),
                ("onward-migration", 3),
                ("permit", 13),
                ("repeated-asylum-application", 47),
                ("medical-postponement", 6),
                ("unknown-destination", 10),
                ("own-accommodation", 1),
                ("forced-return", 2),
                ("detention", 2),
                ("participation-ended", 2),
                ("departure-without-supervision", 3),
            ],
        ),
        go(
            date(2020, 1, 3),
            date(2020, 2, 29),
            &[],
            &[
                ("return-to-country-of-origin", 5),
                ("onward-migration", 1),
                ("permit", 4),
                ("repeated-asylum-application", 15),
                ("medical-postponement", 2),
                ("unknown-destination", 3),
                ("own-accommodation", 1),
                ("forced-return", 1),
                ("detention", 1),
                ("departure-without-supervision", 1),
            ],
        ),
        go(
            date(2020, 3, 2),
            END,
            &[],
            &[
                ("permit", 16),
                ("return-to-country-of-origin", 19),
                ("onward-migration", 5),
                ("repeated-asylum-application", 74),
                ("medical-postponement", 22),
                ("temporary-medical-permit", 4),
                ("unknown-destination", 52),
                ("participation-ended", 15),
                ("departure-without-supervision", 16),
                ("detention", 8),
                ("forced-return", 6),
            ],
        ),
    ],
};

const UTRECHT: Flow = Flow {
    site: "utrecht",
    come: &[
        come(date(2019, 4, 2), date(2019, 5, 11), 190, Pool::Any),
        come(date(2019, 5, 11), date(2019, 12, 20), 140, Pool::Any),
        come(date(2020, 1, 3), date(2022, 3, 31), 150, Pool::Any),
        come(date(2022, 4, 1), date(2022, 6, 29), 40, Pool::Any),
    ],
    go: &[
        go(
            date(2019, 6, 3),
            date(2019, 12, 21),
            &[],
            &[
                ("permit", 6),
                ("return-to-country-of-origin", 5),
                ("onward-migration", 1),
                ("repeated-asylum-application", 24),
                ("medical-postponement", 2),
                ("unknown-destination", 17),
                ("participation-ended", 3),
                ("detention", 2),
                ("departure-without-supervision", 2),
            ],
        ),
        go(
            date(2020, 1, 3),
            END,
            &[],
            &[
                ("permit", 13),
                ("return-to-country-of-origin", 16),
                ("onward-migration", 4),
                ("repeated-asylum-application", 72),
                ("medical-postponement", 19),
                ("temporary-medical-permit", 4),
                ("unknown-destination", 52),
                ("participation-ended", 18),
                ("departure-without-supervision", 15),
                ("detention", 9),
                ("forced-return", 6),
            ],
        ),
    ],
};

const ROTTERDAM: Flow = Flow {
    site: "rotterdam",
    come: &[
        come(date(2019, 5, 6), date(2019, 12, 20), 95, Pool::Any),
        come(date(2020, 1, 3), date(2022, 3, 31), 65, Pool::Any),
        come(date(2022, 4, 1), date(2022, 6, 29), 15, Pool::Any),
    ],
    go: &[
        go(
            date(2019, 7, 5),
            date(2019, 12, 21),
            &[],
            &[
                ("permit", 1),
                ("return-to-country-of-origin", 2),
                ("repeated-asylum-application", 9),
                ("unknown-destination", 8),
                ("participation-ended", 2),
            ],
        ),
        go(
            date(2020, 1, 3),
            END,
            &[],
            &[
                ("permit", 5),
                ("return-to-country-of-origin", 7),
                ("onward-migration", 2),
                ("repeated-asylum-application", 25),
                ("medical-postponement", 7),
                ("temporary-medical-permit", 1),
                ("unknown-destination", 22),
                ("participation-ended", 8),
                ("departure-without-supervision", 6),
                ("detention", 3),
                ("forced-return", 2),
            ],
        ),
    ],
};

const EINDHOVEN: Flow = Flow {
    site: "eindhoven",
    come: &[
        come(date(2019, 8, 5), date(2019, 12, 20), 28, Pool::Any),
        come(date(2019, 8, 5), date(2019, 12, 20), 5, Pool::Medical),
        come(date(2020, 1, 3), date(2020, 9, 30), 17, Pool::Any),
        come(date(2020, 10, 2), date(2022, 3, 15), 40, Pool::Any),
        come(date(2022, 3, 15), date(2022, 6, 29), 20, Pool::Any),
    ],
    go: &[
        go(
            date(2019, 10, 7),
            date(2020, 9, 30),
            &[Pool::Any],
            &[
                ("repeated-asylum-application", 5),
                ("unknown-destination", 6),
                ("participation-ended", 2),
                ("own-accommodation", 1),
            ],
        ),
        go(
            date(2020, 10, 2),
            END,
            &[],
            &[
                ("permit", 3),
                ("return-to-country-of-origin", 4),
                ("repeated-asylum-application", 9),
                ("medical-postponement", 4),
                ("unknown-destination", 8),
                ("participation-ended", 3),
                ("departure-without-supervision", 2),
                ("detention", 1),
            ],
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_are_those_published() {
        let came: u32 = FLOWS.iter().flat_map(|flow| flow.come).map(|come| come.people).sum();
        let left: u32 = FLOWS.iter().flat_map(|flow| flow.go).flat_map(|go| go.reasons).map(|(_, n)| n).sum();
        assert_eq!((came, left), (2065, 1258));
    }
}
