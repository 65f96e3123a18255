//! Figures in words: what a definition counts, what a value of a breakdown is called, why a figure is not made.

use domain::programme::{Column, Definition, Exclude, List, Measure, Of, Part, list_of};
use figures::{
    figure::About,
    question::{Moment, Refused},
};

use crate::session::Signed;

/// The name of a breakdown.
pub(super) fn column(signed: &Signed, column: Column) -> String {
    signed.l.code("figures-by", column).into_owned()
}

/// A value of a breakdown.
pub(super) fn value(signed: &Signed, column: Column, value: &str) -> String {
    let (l, names) = (signed.l, &signed.names);
    match (column, value) {
        (Column::Class, class) if class != "unknown" => l.code("class", class).into_owned(),
        (_, "none" | "unknown" | "yes" | "no") if column != Column::Cooperation => {
            l.code(&format!("figures-value-{column}"), value).into_owned()
        }
        (Column::Cooperation, value) => l.code("figures-value-cooperation", value).into_owned(),
        (Column::Site, site) => names.site(site),
        (Column::Method, method) => {
            let found = names.programme().methods.iter().find(|known| known.id.as_str() == method);
            found.map_or_else(|| method.to_owned(), |method| names.text(&method.name).to_owned())
        }
        (Column::Status, status) => l.code("status", status).into_owned(),
        (Column::Phase, phase) => l.code("phase", phase).into_owned(),
        (Column::Sex, sex) => l.code("sex", sex).into_owned(),
        (Column::AgeBand, "90") => l.t("figures-age-last").into_owned(),
        (Column::AgeBand, band) => {
            // the address of a page may say any number
            let from: u8 = band.parse().unwrap_or(0);
            format!("{from}–{}", from.saturating_add(9))
        }
        (column, value) => list_of(column).map_or_else(|| value.to_owned(), |list: List| names.of(list, value)),
    }
}

/// Where a value stands among those of its breakdown: in the order of the process or of the programme's files.
pub(super) fn place(signed: &Signed, column: Column, value: &str) -> usize {
    use domain::codes::{Phase, Status};
    let programme = signed.names.programme();
    let found = match column {
        Column::Site => programme.sites.iter().position(|site| site.id.as_str() == value),
        Column::Phase => Phase::ALL.iter().position(|phase| phase.code() == value),
        Column::Status => Status::ALL.iter().position(|status| status.code() == value),
        Column::Class => domain::programme::OutcomeClass::ALL.iter().position(|class| class.code() == value),
        column => list_of(column).and_then(|list| programme.list(list).0.iter().position(|entry| entry.code == *value)),
    };
    found.unwrap_or(usize::MAX)
}

fn part(signed: &Signed, part: &Part) -> String {
    let of = column(signed, part.column);
    if part.values.is_empty() {
        return signed.l.f("figures-part-known", &[("column", &of)]);
    }
    let values: Vec<String> = part.values.iter().map(|code| value(signed, part.column, code.as_str())).collect();
    format!("{of}: {}", values.join(", "))
}

/// What a definition counts, line by line: a name and what it says.
pub(super) fn definition(signed: &Signed, definition: &Definition) -> Vec<(String, String)> {
    let (l, names) = (signed.l, &signed.names);
    let mut lines = vec![
        (
            l.t("figures-base").into_owned(),
            l.code("figures-base", format!("{}-{}", definition.base, definition.of)).into_owned(),
        ),
        (l.t("figures-unit").into_owned(), l.code("figures-unit", definition.of).into_owned()),
    ];
    if matches!(definition.of, Of::Participation | Of::ReEntry) {
        let statuses: Vec<_> = definition.statuses.iter().map(|status| l.code("status", status)).collect();
        lines.push((l.t("figures-statuses").into_owned(), statuses.join(", ")));
    }
    if !definition.phases.is_empty() {
        let phases: Vec<_> = definition.phases.iter().map(|phase| l.code("phase", phase)).collect();
        lines.push((l.t("figures-phases").into_owned(), phases.join(", ")));
    }
    lines.extend(definition.only.iter().map(|only| (l.t("figures-only").into_owned(), part(signed, only))));
    if let Some(share) = &definition.share {
        lines.push((l.t("figures-share").into_owned(), part(signed, share)));
    }
    if definition.measure == Measure::Days {
        lines.push((l.t("figures-measure").into_owned(), l.t("figures-measure-days").into_owned()));
    }
    for exclude in &definition.exclude {
        let words = match exclude {
            Exclude::CutShort => l.t("figures-excluded-cut-short"),
            Exclude::Returned => l.t("figures-excluded-returned"),
        };
        lines.push((l.t("figures-left-out").into_owned(), words.into_owned()));
    }
    if let Some(note) = &definition.note {
        lines.push((l.t("figures-note").into_owned(), names.text(note).to_owned()));
    }
    lines.push((l.t("figures-version").into_owned(), format!("{} · {}", definition.id, definition.version)));
    lines
}

/// When a figure is about: the day or the period.
pub(super) fn when(signed: &Signed, moment: Moment) -> String {
    let l = signed.l;
    match moment {
        Moment::Stock(on) => l.f("figures-on", &[("date", &l.date(on))]),
        Moment::Inflow(period) | Moment::Outflow(period) => {
            l.f("figures-period", &[("from", &l.date(period.from)), ("to", &l.date(period.to))])
        }
    }
}

/// What a figure says about itself beside its definition: when, where, as known when, on which history.
pub(super) fn about(signed: &Signed, about: &About) -> Vec<(String, String)> {
    let l = signed.l;
    let place = about.site.as_deref();
    let place = place.map_or_else(|| l.t("figures-network").into_owned(), |site| signed.names.site(site));
    let root: String = about.checkpoint.root.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    vec![
        (l.t("figures-when").into_owned(), when(signed, about.moment)),
        (l.t("figures-place").into_owned(), place),
        (l.t("figures-known").into_owned(), l.moment(about.known_at)),
        (
            l.t("figures-checkpoint").into_owned(),
            l.f("figures-checkpoint-size", &[("size", &about.checkpoint.size), ("root", &root)]),
        ),
    ]
}

/// Why a figure is not made.
pub(super) fn refused(signed: &Signed, refused: &Refused) -> String {
    let l = signed.l;
    match refused {
        Refused::NoDefinition { asked, .. } => l.f("figures-refused-no-definition", &[("said", asked)]),
        Refused::NoDate { .. } => l.t("figures-refused-no-date").into_owned(),
        Refused::NoPeriod { .. } => l.t("figures-refused-no-period").into_owned(),
        Refused::StockOverPeriod { .. } => l.t("figures-refused-stock-over-period").into_owned(),
        Refused::FlowOnDay { .. } => l.t("figures-refused-flow-on-day").into_owned(),
        Refused::EmptyPeriod { from, to } => {
            l.f("figures-refused-empty-period", &[("from", &l.date(*from)), ("to", &l.date(*to))])
        }
        Refused::Ahead { day, known } => {
            l.f("figures-refused-ahead", &[("day", &l.date(*day)), ("known", &l.date(*known))])
        }
        Refused::KnownAhead { asked, today } => {
            l.f("figures-refused-known-ahead", &[("day", &l.date(*asked)), ("today", &l.date(*today))])
        }
        Refused::NoBreakdown { asked, .. } => l.f("figures-refused-no-breakdown", &[("said", asked)]),
        Refused::NoSite { asked, .. } => l.f("figures-wrong-site", &[("said", asked)]),
        Refused::NoClassification { asked, .. } => l.f("figures-refused-no-classification", &[("said", asked)]),
        Refused::NeedsClassification { .. } => l.t("figures-refused-needs-classification").into_owned(),
        Refused::TwoBases { .. } => l.t("figures-refused-two-bases").into_owned(),
        Refused::NotAlike { .. } => l.t("figures-refused-not-alike").into_owned(),
    }
}
