//! The header of a file: it never scrolls away, and stands on every page of a print.

use desk::File;
use domain::{
    calendar,
    codes::{Phase, Task},
    programme::List,
    term::Term,
};
use jiff::civil::{Date, Weekday};

use crate::{
    names::Names,
    page::initials,
    text::{DueChip, L},
};

/// A tab of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Overview.
    Overview,
    /// Timeline.
    Timeline,
    /// Guidance plan.
    Plan,
    /// Dossier.
    Dossier,
    /// Cooperation.
    Cooperation,
    /// Partners.
    Partners,
}

impl Tab {
    /// Every tab, in order.
    pub(crate) const ALL: [Self; 6] =
        [Self::Overview, Self::Timeline, Self::Plan, Self::Dossier, Self::Cooperation, Self::Partners];

    /// The end of its address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Timeline => "/tijdlijn",
            Self::Plan => "/plan",
            Self::Dossier => "/dossier",
            Self::Cooperation => "/medewerking",
            Self::Partners => "/partners",
        }
    }

    /// The key of its text.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Overview => "tab-overview",
            Self::Timeline => "tab-timeline",
            Self::Plan => "tab-plan",
            Self::Dossier => "tab-dossier",
            Self::Cooperation => "tab-cooperation",
            Self::Partners => "tab-partners",
        }
    }
}

/// What the header shows.
#[derive(Default)]
pub(crate) struct Head {
    /// The trajectory's address: `/traject/<id>`.
    pub base: String,
    /// The name shown; the case number when the role sees no names.
    pub name: String,
    /// Two letters.
    pub initials: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Short facts: V-number, case number, year of birth, nationality.
    pub ids: Vec<String>,
    /// What is next, and when.
    pub next: Option<(DueChip, String)>,
    /// Phase, language, shelter, who leads.
    pub facts: Vec<(String, String)>,
    /// Text and badge class.
    pub alerts: Vec<(String, &'static str)>,
    /// The tab shown, if any.
    pub current: Option<Tab>,
    /// Address of the page of the person.
    pub person: String,
    /// What was just recorded.
    pub notice: Option<crate::notice::Notice>,
}

impl Head {
    /// Of a file.
    pub(crate) fn new(
        file: &File,
        current: Option<Tab>,
        l: L,
        names: &Names,
        today: Date,
        colleague: impl Fn(domain::ids::UserId) -> Option<String>,
    ) -> Self {
        let (t, person) = (&file.trajectory, &file.person);
        let identity = person.identity.as_ref();
        let mut ids = Vec::new();
        match identity.map(|identity| (&identity.v_number, &identity.v_number_missing)) {
            Some((Some(number), _)) => ids.push(l.f("head-v-number", &[("number", number)])),
            Some((None, Some(reason))) => {
                ids.push(l.f("head-no-v-number", &[("reason", &names.of(List::VNumberMissing, reason.as_str()))]));
            }
            _ => {}
        }
        ids.push(l.f("head-case", &[("number", &file.case_number)]));
        if let Some(birth) = identity.and_then(|identity| identity.birth) {
            ids.push(l.f("head-born", &[("date", &l.partial(birth)), ("age", &birth.age_on(today))]));
        }
        ids.extend(
            identity.filter(|i| !i.nationalities.is_empty()).map(|i| names.all(List::Countries, &i.nationalities)),
        );
        let name = person.name().unwrap_or(&file.case_number).to_owned();
        let aliases =
            identity.map(|i| i.names.iter().skip(1).map(|name| name.text.clone()).collect()).unwrap_or_default();
        Self {
            base: format!("/traject/{}", t.id),
            initials: initials(&name),
            name,
            aliases,
            ids,
            next: next(file, l, today),
            facts: facts(file, l, names, today, colleague),
            alerts: alerts(file, l, names, today),
            current,
            person: format!("/deelnemer/{}", person.id),
            notice: None,
        }
    }

    /// The tabs.
    pub(crate) fn tabs(&self) -> [Tab; 6] {
        Tab::ALL
    }

    /// Whether a tab is shown.
    pub(crate) fn is_current(&self, tab: &Tab) -> bool {
        self.current == Some(*tab)
    }
}

fn next(file: &File, l: L, today: Date) -> Option<(DueChip, String)> {
    let view = file.terms.iter().find(|view| view.term.days.is_some())?;
    let what = view.text.clone().unwrap_or_else(|| l.code("rule", view.term.rule.code()).into_owned());
    Some((l.due(view.term.end, today), format!("{} · {what}", l.short(view.term.end))))
}

fn facts(
    file: &File,
    l: L,
    names: &Names,
    today: Date,
    colleague: impl Fn(domain::ids::UserId) -> Option<String>,
) -> Vec<(String, String)> {
    let t = &file.trajectory;
    let (phase, since) = t.phase_since(today);
    let day = since.until(today).map_or(0, |span| span.get_days());
    let mut out = vec![(
        l.t("head-phase").into_owned(),
        l.f("head-phase-day", &[("phase", &l.code("phase", phase)), ("day", &day)]),
    )];
    out.push((l.t("head-status").into_owned(), l.code("status", t.status()).into_owned()));
    if let Some(intake) = t.intake.as_ref().and_then(|intake| intake.detail.as_ref()) {
        let spoken = names.all(List::Languages, &intake.languages);
        let words = match &intake.interpreter {
            Some(language) => l.f(
                "head-interpreter",
                &[("languages", &spoken), ("interpreter", &names.of(List::Languages, language.as_str()))],
            ),
            None => spoken,
        };
        out.push((l.t("head-language").into_owned(), words));
    }
    if let Some(stay) = t.stay().and_then(|stay| stay.detail.as_ref()) {
        out.push((l.t("head-stay").into_owned(), stay.location.clone()));
    }
    for (task, key) in [(Task::CaseManager, "head-guide"), (Task::Lead, "head-lead")] {
        let worker = t.worker(task).and_then(|worker| worker.detail.as_ref()).and_then(|detail| colleague(detail.user));
        out.extend(worker.map(|name| (l.t(key).into_owned(), name)));
    }
    out.push((l.t("head-site").into_owned(), names.site(t.site.as_str())));
    out
}

fn alerts(file: &File, l: L, names: &Names, today: Date) -> Vec<(String, &'static str)> {
    let t = &file.trajectory;
    let mut out = Vec::new();
    if let Some(pause) = t.pause() {
        let why = names.of(List::Pauses, pause.code.as_str());
        out.push((l.f("alert-paused", &[("why", &why), ("since", &l.date(pause.from))]), "warn"));
    }
    // how a review came out is a moment, with its reasons beside it: it is no mark on a person, and stands on its own tab
    if let Some(hold) = t.hold_on(today).filter(|_| t.ended().is_none()) {
        let ground = hold.ground.as_ref().map(|code| names.of(List::HoldGrounds, code.as_str())).unwrap_or_default();
        let words = match hold.until {
            Some(until) => l.f("alert-held-until", &[("ground", &ground), ("date", &l.date(until))]),
            None => l.f("alert-held", &[("ground", &ground)]),
        };
        out.push((words, "warn"));
    }
    if let Some(outflow) = &t.outflow {
        out.push((
            l.f(
                "alert-left",
                &[("date", &l.date(outflow.on)), ("why", &names.of(List::OutflowReasons, outflow.reason.as_str()))],
            ),
            "neutral",
        ));
    }
    out
}

/// A step of the phase stepper.
pub(crate) struct StepView {
    /// `done`, `current`, `upcoming` or `skipped`.
    pub class: &'static str,
    /// Name of the phase.
    pub name: String,
    /// Dates in words.
    pub meta: String,
}

/// The phases of the process, with the days the trajectory went through them.
pub(crate) fn steps(file: &File, l: L, today: Date) -> Vec<StepView> {
    let t = &file.trajectory;
    let now = t.phase_on(today);
    let reached = t.phases.iter().filter(|(_, from)| *from <= today).map(|(phase, _)| *phase).max();
    let reached = if now == Phase::Ended {
        t.phases.iter().rev().map(|(phase, _)| *phase).find(|phase| *phase != Phase::Ended)
    } else {
        reached
    };
    Phase::ALL
        .iter()
        .map(|phase| {
            let entered = t.phases.iter().rev().find(|(known, _)| known == phase).map(|(_, from)| *from);
            let current = *phase == now;
            let class = match entered {
                Some(from) if current && from <= today => "current",
                Some(from) if from <= today => "done",
                _ if reached.is_some_and(|reached| *phase < reached) => "skipped",
                _ => "upcoming",
            };
            let meta = match (entered, class) {
                (Some(from), "current") => l.f("step-since", &[("date", &l.short(from))]),
                (Some(from), "done") => l.date(from),
                (Some(from), _) => l.f("step-from", &[("date", &l.short(from))]),
                (None, "skipped") => l.t("step-skipped").into_owned(),
                (None, _) => l.t("step-not-yet").into_owned(),
            };
            StepView { class, name: l.code("phase", phase).into_owned(), meta }
        })
        .collect()
}

/// A term as cards show it.
pub(crate) struct TermCard {
    /// What.
    pub title: String,
    /// When, in words.
    pub chip: Option<DueChip>,
    /// The day.
    pub day: String,
    /// Who has to act.
    pub waiting_on: Option<String>,
    /// How the day was found.
    pub why: Vec<String>,
    /// Address of the fact that started it, on the timeline.
    pub trigger: Option<String>,
}

/// The terms of a file.
pub(crate) fn terms(file: &File, l: L, names: &Names, today: Date) -> Vec<TermCard> {
    file.terms
        .iter()
        .map(|view| TermCard {
            title: view.text.clone().unwrap_or_else(|| l.code("rule", view.term.rule.code()).into_owned()),
            chip: view.term.days.map(|_| l.due(view.term.end, today)),
            day: match view.term.days {
                Some(_) => l.date(view.term.end),
                None => l.f("term-since", &[("date", &l.date(view.term.start))]),
            },
            waiting_on: view.term.waiting_on.as_ref().map(|org| names.org_id(org)),
            why: why(&view.term, file, l, names),
            trigger: view.term.trigger.map(|fact| {
                format!("/traject/{}/tijdlijn?alles=1#feit-{}", file.trajectory.id, file.trajectory.current(fact))
            }),
        })
        .collect()
}

/// Why this date: rule and version, the fact that started it, the days, the calendar.
fn why(term: &Term, file: &File, l: L, names: &Names) -> Vec<String> {
    let mut out = vec![l.t(&format!("rule-{}-why", term.rule.code())).into_owned()];
    let method = names.programme().method(&file.trajectory.method).map(|method| names.text(&method.name).to_owned());
    out.push(l.f("term-rule", &[("version", &term.version), ("method", &method.unwrap_or_default())]));
    out.push(l.f("term-start", &[("date", &l.date(term.start))]));
    match term.days {
        Some(days) => {
            out.push(l.f("term-days", &[("days", &days), ("end", &l.date(term.moved_from.unwrap_or(term.end)))]));
        }
        None => out.push(l.t("term-no-length").into_owned()),
    }
    let end = term.moved_from.unwrap_or(term.end);
    if term.days.is_some() && !calendar::is_working_day(end) {
        let day = match calendar::holiday(end) {
            Some(holiday) => l.code("holiday", holiday.code()),
            None if end.weekday() == Weekday::Sunday => l.t("day-sunday"),
            None => l.t("day-saturday"),
        };
        out.push(l.f("term-day-off", &[("date", &l.date(end)), ("day", &day)]));
    }
    if let Some(moved) = term.moved_from {
        out.push(l.f("term-moved", &[("from", &l.date(moved)), ("to", &l.date(term.end))]));
    } else if term.rule == domain::term::Rule::RestPeriod {
        out.push(l.t("term-not-moved").into_owned());
    }
    if term.statutory {
        out.push(l.t("term-statutory").into_owned());
    }
    out
}
