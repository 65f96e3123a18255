//! The header of a file: it never scrolls away, and stands on every page of a print.

use desk::File;
use domain::{
    codes::{Phase, Task},
    programme::List,
    term::Term,
};
use jiff::civil::Date;

use crate::{
    names::Names,
    page::initials,
    text::{DueChip, L},
    why::{Why, WhyStep},
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
    let view = file.terms.iter().find(|view| view.term.has_end())?;
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
        let worker = t.worker(task).and_then(|worker| worker.detail.as_ref()).and_then(|detail| match detail.user {
            Some(user) => colleague(user),
            None => Some(detail.function.clone()),
        });
        out.extend(worker.map(|name| (l.t(key).into_owned(), name)));
    }
    out.push((l.t("head-site").into_owned(), names.site(t.site.as_str())));
    out
}

fn alerts(file: &File, l: L, names: &Names, today: Date) -> Vec<(String, &'static str)> {
    let t = &file.trajectory;
    let mut out = Vec::new();
    for pause in t.pauses_on() {
        let why = names.pause(l, pause.code.as_ref());
        out.push((l.f("alert-paused", &[("why", &why), ("since", &l.date(pause.from))]), "warn"));
    }
    // how a review came out is a moment, with its reasons beside it: it is no mark on a person, and stands on its own tab
    if let Some(hold) = t.hold_on(today) {
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
    pub why: Vec<WhyStep>,
    /// Where it is told in full.
    pub href: String,
}

/// The last day of a term, or since when something waits or stands still.
pub(crate) fn last_day(term: &Term, l: L) -> String {
    match (term.stands_still(), term.length) {
        (Some(since), _) => l.f("term-still-since", &[("date", &l.date(since))]),
        (None, Some(_)) => l.date(term.end),
        (None, None) => l.f("term-since", &[("date", &l.date(term.start))]),
    }
}

/// The terms of a file.
pub(crate) fn terms(file: &File, l: L, names: &Names, today: Date) -> Vec<TermCard> {
    let why = Why { file, l, names, facts: &[] };
    let card = |(at, view): (usize, &desk::TermView)| TermCard {
        title: view.text.clone().unwrap_or_else(|| l.code("rule", view.term.rule.code()).into_owned()),
        chip: view.term.has_end().then(|| l.due(view.term.end, today)),
        day: last_day(&view.term, l),
        waiting_on: view.term.waiting_on.as_ref().map(|org| names.org_id(org)),
        why: why.steps(&view.term),
        href: format!("/traject/{}/termijnen#termijn-{}", file.trajectory.id, at + 1),
    };
    file.terms.iter().enumerate().map(card).collect()
}
