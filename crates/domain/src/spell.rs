//! Spells: intervals of codes, the bridge from facts to figures. Half-open: [from, to).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::trajectory::Trajectory;

/// What a spell is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// Phase of the process.
    Phase,
    /// Participation status.
    Status,
    /// A stay in a shelter (the kind is not in the clear).
    Shelter,
    /// Outcome of the last cooperation review: `yes` or `no`.
    Cooperation,
    /// Something followed from a negative review: `taken`. Which step is not in the clear.
    Consequence,
    /// Scenario agreed.
    Scenario,
    /// Pause, by reason.
    Pause,
    /// Obstacle.
    Obstacle,
    /// Step of the departure process taken last.
    Departure,
}

impl Line {
    /// Every line.
    pub const ALL: &'static [Self] = &[
        Self::Phase,
        Self::Status,
        Self::Shelter,
        Self::Cooperation,
        Self::Consequence,
        Self::Scenario,
        Self::Pause,
        Self::Obstacle,
        Self::Departure,
    ];

    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Status => "status",
            Self::Shelter => "shelter",
            Self::Cooperation => "cooperation",
            Self::Consequence => "consequence",
            Self::Scenario => "scenario",
            Self::Pause => "pause",
            Self::Obstacle => "obstacle",
            Self::Departure => "departure",
        }
    }
}

/// One interval.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spell {
    /// About what.
    pub line: Line,
    /// Which value.
    pub code: String,
    /// First day.
    pub from: Date,
    /// Day after the last, if it has ended.
    pub to: Option<Date>,
}

/// All spells of a trajectory. What lasts no day at all leaves no spell.
pub(crate) fn spells(t: &Trajectory) -> Vec<Spell> {
    let mut out = Vec::new();
    chain(&mut out, Line::Phase, None, t.phases.iter().map(|(phase, on)| (phase.code().to_owned(), *on)));
    chain(&mut out, Line::Status, None, t.statuses.iter().map(|(status, on)| (status.code().to_owned(), *on)));
    let end = t.ended();
    chain(&mut out, Line::Scenario, end, t.decisions.iter().map(|d| (d.scenario.to_string(), d.on)));
    let yes_no = |cooperates: bool| if cooperates { "yes" } else { "no" }.to_owned();
    chain(&mut out, Line::Cooperation, end, t.reviews.iter().map(|r| (yes_no(r.cooperates), r.on)));
    // one for each review that something followed from, from the first step on, until something follows from another
    let first = |at: &usize| t.measures[..*at].iter().all(|taken| taken.review != t.measures[*at].review);
    let firsts = (0..t.measures.len()).filter(first).map(|at| ("taken".to_owned(), t.measures[at].on));
    chain(&mut out, Line::Consequence, end, firsts);
    chain(&mut out, Line::Departure, end, t.departure.iter().map(|step| (step.step.to_string(), step.on)));
    let mut push = |line, code: &str, from, to: Option<Date>| {
        out.push(Spell { line, code: code.to_owned(), from, to: to.or(end) });
    };
    let (held, stays): (Vec<_>, Vec<_>) = t.stays.iter().partition(|stay| end.is_some_and(|end| end <= stay.from));
    stays.iter().for_each(|stay| push(Line::Shelter, "stay", stay.from, stay.to));
    for (pause, code) in t.pauses.iter().filter_map(|pause| Some((pause, pause.code.as_ref()?))) {
        push(Line::Pause, code.as_str(), pause.from, pause.to);
    }
    t.obstacles.iter().for_each(|o| push(Line::Obstacle, o.code.as_str(), o.from, o.to));
    // a bed by order after the end lasts beyond it
    out.extend(held.iter().map(|stay| Spell {
        line: Line::Shelter,
        code: "stay".into(),
        from: stay.from,
        to: stay.to,
    }));
    out.retain(|spell| spell.to.is_none_or(|to| to > spell.from));
    out.sort();
    out.dedup();
    out
}

/// Values that follow each other: each lasts until the next, the last until `end`.
fn chain(out: &mut Vec<Spell>, line: Line, end: Option<Date>, values: impl Iterator<Item = (String, Date)>) {
    let values: Vec<_> = values.collect();
    for (at, (code, from)) in values.iter().enumerate() {
        let to = values.get(at + 1).map(|(_, next)| *next).or(end);
        out.push(Spell { line, code: code.clone(), from: *from, to });
    }
}
