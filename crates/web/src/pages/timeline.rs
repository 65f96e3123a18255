//! The timeline: milestones, or everything, of all kinds or one; superseded facts and their corrections both show.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::fact::Kind;

use super::file::{Sheet, id};
use crate::{
    event::EventView,
    head::Tab,
    notice::notice,
    page::{Menu, Shell, render},
    session::Signed,
    text::L,
};

/// The events of a month.
struct Period {
    name: String,
    events: Vec<EventView>,
}

/// A view of the timeline: its address, its name, whether it is this one.
struct Chip {
    href: String,
    text: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "file/timeline.html")]
struct Page {
    shell: Shell,
    l: L,
    sheet: Sheet,
    views: Vec<Chip>,
    kinds: Vec<Chip>,
    count: String,
    periods: Vec<Period>,
}

/// The groups of kinds, in the order of the process; their names are `timeline-kind-…`.
const GROUPS: &[&str] = &[
    "admission",
    "shelter",
    "intake",
    "dossier",
    "decision",
    "plan",
    "cooperation",
    "partners",
    "outflow",
    "withdrawn",
];

fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::IdentityRecorded
        | Kind::PersonLinked
        | Kind::PersonUnlinked
        | Kind::InformationGiven
        | Kind::RightsRequested
        | Kind::RightsAnswered
        | Kind::RestrictionChanged
        | Kind::Registered
        | Kind::Screened
        | Kind::StatusChanged => "admission",
        Kind::ShelterStarted | Kind::ShelterEnded | Kind::HoldSet | Kind::HoldLifted => "shelter",
        Kind::IntakeHeld | Kind::ObstacleNoted | Kind::ObstacleResolved => "intake",
        Kind::DossierRequested
        | Kind::DossierDelivered
        | Kind::DossierCompleted
        | Kind::DossierIncomplete
        | Kind::DossierReminded
        | Kind::DossierUnavailable
        | Kind::DossierRejected
        | Kind::DocumentAdded
        | Kind::DocumentReleased
        | Kind::DocumentCondemned
        | Kind::DocumentDestroyed => "dossier",
        Kind::Decided | Kind::Tabled | Kind::Untabled | Kind::CaseDiscussed | Kind::Escalated | Kind::Advised => {
            "decision"
        }
        Kind::GoalSet | Kind::GoalClosed | Kind::ActionAdded | Kind::ActionClosed | Kind::ContactNoted => "plan",
        Kind::CooperationAssessed
        | Kind::CooperationReviewed
        | Kind::MeasureTaken
        | Kind::ObjectionMade
        | Kind::ObjectionDecided
        | Kind::PauseStarted
        | Kind::PauseEnded
        | Kind::TermExtended => "cooperation",
        Kind::WorkerAssigned | Kind::WorkerReleased => "partners",
        Kind::DepartureStep | Kind::Left => "outflow",
        Kind::Withdrawn => "withdrawn",
    }
}

/// What the address asks for.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct Asked {
    everything: bool,
    group: Option<&'static str>,
}

impl Asked {
    fn parse(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "alles" => asked.everything = value == "1",
                "soort" => asked.group = GROUPS.iter().copied().find(|group| *group == value),
                _ => {}
            }
        }
        asked
    }

    fn address(self, base: &str) -> String {
        let parts = [self.everything.then(|| "alles=1".to_owned()), self.group.map(|group| format!("soort={group}"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("{base}{}{query}", Tab::Timeline.path())
    }

    fn depth(self, kind: Kind) -> bool {
        self.everything || kind.milestone()
    }

    fn shows(self, kind: Kind) -> bool {
        self.depth(kind) && self.group.is_none_or(|asked| asked == group(kind))
    }
}

/// The page.
pub(crate) async fn show(signed: Signed, Path(text): Path<String>, RawQuery(query): RawQuery) -> Response {
    let id = match id(&signed, &text) {
        Ok(id) => id,
        Err(response) => return response,
    };
    let asked = Asked::parse(query.as_deref().unwrap_or_default());
    let desk = &signed.app.desk;
    let (file, items) = match desk.file_with_timeline(&signed.who, id).await {
        Ok(found) => found,
        Err(failure) => return signed.trouble(failure),
    };
    let mut periods: Vec<Period> = Vec::new();
    let mut count = 0;
    let shown = items.iter().filter(|item| asked.shows(item.fact.header.kind));
    for event in shown.map(|item| EventView::new(item, &signed, &file, true)) {
        count += 1;
        match periods.last_mut() {
            Some(period) if period.name == event.period => period.events.push(event),
            _ => periods.push(Period { name: event.period.clone(), events: vec![event] }),
        }
    }
    let l = signed.l;
    let mut sheet = Sheet::new(&signed, &file, Some(Tab::Timeline));
    sheet.head.notice = notice(&signed, &file, query.as_deref()).await;
    let base = &sheet.head.base;
    let view = |everything: bool, key: &str| Chip {
        href: Asked { everything, ..asked }.address(base),
        text: l.t(key).into_owned(),
        on: asked.everything == everything,
    };
    let views = vec![view(false, "timeline-milestones"), view(true, "timeline-everything")];
    let kind = |group: Option<&'static str>, text: String| Chip {
        href: Asked { group, ..asked }.address(base),
        text,
        on: asked.group == group,
    };
    let mut kinds = vec![kind(None, l.t("timeline-kind-all").into_owned())];
    let within: Vec<&str> =
        items.iter().map(|item| item.fact.header.kind).filter(|kind| asked.depth(*kind)).map(group).collect();
    for name in GROUPS.iter().copied() {
        let many = within.iter().filter(|found| **found == name).count();
        if many > 0 || asked.group == Some(name) {
            kinds.push(kind(Some(name), format!("{} ({many})", l.code("timeline-kind", name))));
        }
    }
    let title = format!("{} – {}", l.t(Tab::Timeline.key()), sheet.head.name);
    let count = l.f("timeline-count", &[("count", &count), ("all", &items.len())]);
    render(&Page { shell: signed.shell(title).under(Menu::Worklist), l, sheet, views, kinds, count, periods })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, Text};

    #[test]
    fn the_address_carries_what_is_shown() {
        let asked = Asked::parse("alles=1&soort=dossier");
        assert_eq!(asked, Asked { everything: true, group: Some("dossier") });
        assert_eq!(asked.address("/traject/x"), "/traject/x/tijdlijn?alles=1&soort=dossier");
        assert_eq!(Asked::parse("soort=geheim&alles=2").address(""), "/tijdlijn");
        assert!(asked.shows(Kind::DossierRequested) && !asked.shows(Kind::Decided));
        assert!(!Asked { everything: false, ..asked }.shows(Kind::ContactNoted));
    }

    #[test]
    fn every_kind_has_a_group_with_a_name() {
        for kind in Kind::ALL {
            assert!(GROUPS.contains(&group(*kind)), "{kind:?}");
        }
        for lang in Lang::ALL {
            assert!(GROUPS.iter().all(|name| Text::shared().has(lang, &format!("timeline-kind-{name}"))));
        }
    }
}
