//! The parts of a file in words: goals, deliveries, decisions, reviews, stays.

use desk::OtherTrajectory;
use domain::{
    conference::Decision,
    cooperation::Review,
    ids::UserId,
    intake::Intake,
    obstacle::Obstacle,
    outflow::Outflow,
    plan::{Action, Closed, Contact, Goal},
    programme::List,
    screening::{Mandate, Screening},
    shelter::Stay,
    trajectory::Trajectory,
};
use jiff::civil::Date;

use super::file::{ActionView, GoalView, Parts};
use crate::event::EventView;

type Rows = Vec<(String, String)>;

impl Parts<'_> {
    /// "van 1 mei 2022 tot 3 juni 2022", or "sinds 1 mei 2022".
    pub(crate) fn span(&self, from: Date, to: Option<Date>) -> String {
        match to {
            Some(to) => self.l.f("span", &[("from", &self.l.date(from)), ("to", &self.l.date(to))]),
            None => self.l.f("span-open", &[("from", &self.l.date(from))]),
        }
    }

    pub(super) fn row(&self, key: &str, value: impl Into<String>) -> (String, String) {
        (self.l.t(key).into_owned(), value.into())
    }

    pub(crate) fn other(&self, other: &OtherTrajectory) -> (String, String, String) {
        let what = format!("{} {}", self.names.site(&other.site), other.case_number);
        (format!("/traject/{}", other.trajectory), what, self.span(other.opened, other.ended))
    }

    /// Someone of the household: name, relation, address.
    pub(crate) fn member(
        &self,
        (link, name, file): &(domain::participant::Link, String, Option<domain::ids::TrajectoryId>),
    ) -> (String, String, Option<String>) {
        let relation = self.l.code("relation", link.relation).into_owned();
        (name.clone(), relation, file.map(|id| format!("/traject/{id}")))
    }

    fn closed(&self, closed: &Closed) -> String {
        let result = closed.result.as_ref().map(|code| self.names.of(List::Results, code.as_str())).unwrap_or_default();
        let words = self.l.f("closed", &[("result", &result), ("date", &self.l.date(closed.on))]);
        match closed.note.as_deref().map(str::trim) {
            Some(note) if !note.is_empty() => format!("{words} – {note}"),
            _ => words,
        }
    }

    pub(crate) fn action(&self, action: &Action, may_close: bool) -> ActionView {
        let detail = action.detail.as_ref();
        ActionView {
            text: detail.map(|detail| detail.text.clone()).unwrap_or_default(),
            owner: detail.map(|detail| self.names.org_id(&detail.owner)).unwrap_or_default(),
            due: self.l.due(action.due, self.today),
            day: self.l.short(action.due),
            done: action.closed.as_ref().map(|closed| self.closed(closed)),
            close: (may_close && action.closed.is_none())
                .then(|| format!("{}/doe/actie-afsluiten?bij={}", self.base, action.fact)),
        }
    }

    pub(crate) fn goal(&self, goal: &Goal, t: &Trajectory, may_close: bool, may_close_action: bool) -> GoalView {
        let detail = goal.detail.as_ref();
        let own = t.actions.iter().filter(|action| action.goal == Some(goal.fact));
        GoalView {
            text: detail.map(|detail| detail.text.clone()).unwrap_or_default(),
            owner: detail.map(|detail| self.names.org_id(&detail.owner)).unwrap_or_default(),
            since: self.l.date(goal.from),
            due: goal.due.map(|due| self.l.date(due)),
            closed: goal.closed.as_ref().map(|closed| self.closed(closed)),
            close: (may_close && goal.closed.is_none())
                .then(|| format!("{}/doe/doel-afsluiten?bij={}", self.base, goal.fact)),
            actions: own.map(|action| self.action(action, may_close_action)).collect(),
        }
    }

    pub(crate) fn contact(&self, contact: &Contact, colleague: &impl Fn(UserId) -> Option<String>) -> EventView {
        let how = contact.detail.as_ref().map(|detail| self.names.of(List::ContactKinds, detail.how.as_str()));
        let text = contact.detail.as_ref().map(|detail| detail.note.clone());
        EventView::plain(
            "message-circle",
            how.unwrap_or_default(),
            contact.on,
            self.l.date(contact.on),
            colleague(contact.by).unwrap_or_default(),
            text.into_iter().collect(),
        )
    }

    pub(crate) fn decision(&self, decision: &Decision) -> (String, Rows) {
        let title =
            format!("{} · {}", self.l.date(decision.on), self.names.of(List::Scenarios, decision.scenario.as_str()));
        let mut rows = Vec::new();
        if let Some(detail) = &decision.detail {
            rows.push(self.row("file-perspective", self.names.of(List::Perspectives, detail.perspective.as_str())));
            rows.push(self.row("file-reason", &detail.reason));
            let present = detail.present.iter().map(|p| format!("{} ({})", p.name, self.names.org_id(&p.org)));
            rows.push(self.row("file-present", present.collect::<Vec<_>>().join(", ")));
            for promise in &detail.commitments {
                let due = promise.due.map(|due| format!(" ({})", self.l.date(due))).unwrap_or_default();
                let nothing = self.l.t("commitment-nothing");
                let text = if promise.nothing { nothing.as_ref() } else { promise.text.as_str() };
                rows.push((self.names.org_id(&promise.org), format!("{text}{due}")));
            }
            for way in &detail.options {
                let key = if way.chosen { "event-option-chosen" } else { "event-option" };
                let words = self.l.f(key, &[("option", &way.text), ("reason", &way.reason)]);
                rows.push(self.row("field-options", words));
            }
            rows.extend(detail.dissent.iter().map(|said| {
                let org = self.names.org_id(&said.org);
                self.row("field-dissent", self.l.f("event-dissent", &[("org", &org), ("reason", &said.reason)]))
            }));
        }
        if let Some(m) = decision.detail.as_ref().and_then(|detail| detail.mandate.as_ref()) {
            rows.extend(self.mandate(m));
        }
        (title, rows)
    }

    /// In whose mandate something was decided, and on which form.
    pub(super) fn mandate(&self, m: &Mandate) -> [(String, String); 2] {
        let on_behalf = self.names.of(List::OnBehalfOf, m.on_behalf_of.as_str());
        let form = self.names.of(List::Forms, m.form.as_str());
        [
            self.row("screening-mandate", self.l.f("screening-by", &[("by", &m.by), ("for", &on_behalf)])),
            self.row("screening-form", format!("{form}, {}", self.l.date(m.form_date))),
        ]
    }

    pub(crate) fn review(&self, review: &Review) -> (String, Rows) {
        let key = if review.cooperates { "review-yes" } else { "review-no" };
        let title = format!("{} · {}", self.l.date(review.on), self.l.t(key));
        let mut rows = Vec::new();
        if let Some(detail) = &review.detail {
            rows.push(self.row("file-reason", &detail.reason));
            if !detail.assessors.is_empty() {
                rows.push(self.row("review-assessors", detail.assessors.join(", ")));
            }
            let heard = detail.heard.as_ref().map(|heard| crate::event::heard_words(heard, self.l, self.names));
            rows.extend(heard.map(|heard| self.row("review-heard", heard)));
            rows.extend(detail.not_heard.as_ref().map(|why| self.row("review-not-heard", why)));
            rows.extend(detail.settled.as_ref().map(|how| self.row("review-settled", how)));
            rows.push(self.row("review-consequence", self.names.of(List::Consequences, detail.consequence.as_str())));
        }
        (title, rows)
    }

    pub(crate) fn screening(&self, screening: &Screening) -> (String, Rows) {
        let title = format!("{} · {}", self.l.date(screening.on), self.l.code("status", screening.status));
        let mut rows = Vec::new();
        if let Some(detail) = &screening.detail {
            let ground = |code| self.row("screening-ground", self.names.ground(Some(screening.status), code));
            rows.extend(detail.ground.as_ref().map(ground));
            rows.extend(
                detail
                    .exception_by
                    .as_ref()
                    .map(|code| self.row("screening-exception", self.names.of(List::ExceptionBy, code.as_str()))),
            );
            rows.push(self.row("file-reason", &detail.reason));
            rows.extend(self.mandate(&detail.mandate));
            rows.extend(
                detail
                    .remedy
                    .as_ref()
                    .map(|code| self.row("screening-remedy", self.names.of(List::Remedies, code.as_str()))),
            );
        }
        (title, rows)
    }

    pub(crate) fn stay(&self, stay: &Stay) -> Option<(String, String)> {
        let detail = stay.detail.as_ref()?;
        let kind = self.names.of(List::ShelterKinds, detail.kind.as_str());
        let funder = self.names.of(List::Funders, detail.funder.as_str());
        Some((format!("{} · {kind} · {funder}", detail.location), self.span(stay.from, stay.to)))
    }

    pub(crate) fn obstacle(&self, obstacle: &Obstacle) -> (String, String, Option<String>) {
        let what = self.names.of(List::Obstacles, obstacle.code.as_str());
        let note = obstacle.note.clone().filter(|note| !note.is_empty());
        (what, self.span(obstacle.from, obstacle.to), note)
    }

    pub(crate) fn outflow(&self, outflow: &Outflow) -> Rows {
        let mut rows = vec![
            self.row("outflow-reason", self.names.of(List::OutflowReasons, outflow.reason.as_str())),
            self.row("outflow-on", self.l.date(outflow.on)),
        ];
        if let Some(detail) = &outflow.detail {
            rows.extend(
                detail
                    .destination
                    .as_ref()
                    .map(|code| self.row("outflow-destination", self.names.of(List::Countries, code.as_str()))),
            );
            rows.push(self.row("outflow-evidence", self.names.of(List::Evidence, detail.evidence.as_str())));
        }
        // the class is never kept: it follows from the reason by a versioned classification
        for classification in &self.names.programme().classifications {
            if let Some(mapping) = classification.map.get(&outflow.reason) {
                let class = self.l.code("class", mapping.class);
                let assumed = mapping.assumption.as_ref().map(|text| format!(" – {}", self.names.text(text)));
                rows.push((
                    self.names.text(&classification.name).to_owned(),
                    format!("{class}{}", assumed.unwrap_or_default()),
                ));
            }
        }
        rows
    }

    pub(crate) fn intake(&self, intake: &Intake) -> Option<Rows> {
        let detail = intake.detail.as_ref()?;
        let mut rows = vec![
            self.row("intake-on", self.l.date(intake.on)),
            self.row("head-language", self.names.all(List::Languages, &detail.languages)),
        ];
        rows.extend(
            detail
                .interpreter
                .as_ref()
                .map(|code| self.row("intake-interpreter", self.names.of(List::Languages, code.as_str()))),
        );
        if !detail.needs.is_empty() {
            rows.push(self.row("intake-needs", self.names.all(List::Needs, &detail.needs)));
        }
        if !detail.summary.is_empty() {
            rows.push(self.row("intake-summary", &detail.summary));
        }
        Some(rows)
    }
}
