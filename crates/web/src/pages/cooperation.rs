//! Cooperation in a file: assessments beside each other, reviews, what followed, objections; and holds.

use desk::File;
use domain::{
    codes::{Measure, ObjectionOutcome},
    cooperation::{Assessment, CooperationAssessed, Review, Round},
    fact::Kind,
    ids::{Code, FactId, UserId},
    programme::{List, Method},
};

use super::file::Parts;
use crate::event::heard_words;

type Rows = Vec<(String, String)>;

/// Assessments of one review: a column for each assessor.
pub(crate) struct RoundView {
    /// Who, when.
    pub(crate) assessors: Vec<String>,
    /// What is said when not all are in.
    pub(crate) waiting: Option<String>,
    /// Criterion, and the answer of each.
    pub(crate) criteria: Vec<(String, Vec<String>)>,
    /// Conclusion and reason of each.
    pub(crate) conclusions: Vec<String>,
    /// What each rests on, with the address of the fact.
    pub(crate) evidence: Vec<(String, Option<String>)>,
    /// That they differ.
    pub(crate) differ: bool,
    /// Address of the form to assess, for who may.
    pub(crate) assess: Option<String>,
}

/// A review with its assessments.
pub(crate) struct ReviewView {
    /// Day and outcome in words.
    pub(crate) title: String,
    /// Reason, hearing, how it was settled, what was meant to follow.
    pub(crate) rows: Rows,
    /// The assessments it concludes.
    pub(crate) round: Option<RoundView>,
}

/// A step of the ladder.
pub(crate) struct RungView {
    /// Which.
    pub(crate) name: String,
    /// `done`, `current` or `upcoming`.
    pub(crate) class: &'static str,
    /// When it was taken.
    pub(crate) meta: String,
}

/// What the tab shows besides decisions and pauses.
#[derive(Default)]
pub(crate) struct CooperationView {
    /// Assessments that wait for a review.
    pub(crate) open: Option<RoundView>,
    /// Newest first.
    pub(crate) reviews: Vec<ReviewView>,
    /// The ladder since the last positive review; empty when nothing follows.
    pub(crate) ladder: Vec<RungView>,
    /// What followed, newest first.
    pub(crate) measures: Vec<(String, Rows)>,
    /// Objections, newest first.
    pub(crate) objections: Vec<(String, Rows)>,
}

impl Parts<'_> {
    /// The cooperation tab.
    pub(crate) fn cooperation(
        &self,
        file: &File,
        method: Option<&Method>,
        me: UserId,
        colleague: &impl Fn(UserId) -> Option<String>,
    ) -> CooperationView {
        let t = &file.trajectory;
        let may = file.standing.may_record(Kind::CooperationAssessed);
        let round = |round: &Round| self.round(file, round, colleague, None);
        let open = t.open_round().map(|open| {
            let mine = open.assessments.iter().any(|one| one.by == me);
            let assess = (may && !mine && !open.is_complete()).then(|| format!("{}/doe/beoordelen", self.base));
            self.round(file, open, colleague, assess)
        });
        let view = |review: &Review| {
            let (title, rows) = self.review(review);
            let found = t.rounds.iter().find(|round| round.reviewed == Some(review.fact));
            ReviewView { title, rows, round: found.map(round) }
        };
        CooperationView {
            open,
            reviews: t.reviews.iter().rev().map(view).collect(),
            ladder: method.map(|method| self.ladder(file, method)).unwrap_or_default(),
            measures: t.measures.iter().rev().map(|taken| self.measure(taken)).collect(),
            objections: t.objections.iter().rev().map(|one| self.objection(file, one)).collect(),
        }
    }

    fn round(
        &self,
        file: &File,
        round: &Round,
        colleague: &impl Fn(UserId) -> Option<String>,
        assess: Option<String>,
    ) -> RoundView {
        let who = |one: &Assessment| format!("{}, {}", colleague(one.by).unwrap_or_default(), self.l.date(one.on));
        let all = round.assessments.iter().filter(|_| round.is_complete());
        let shown: Vec<&CooperationAssessed> = all.filter_map(|one| one.detail.as_ref()).collect();
        let codes: Vec<&Code> =
            shown.first().map(|detail| detail.criteria.iter().map(|one| &one.criterion).collect()).unwrap_or_default();
        let answer = |detail: &CooperationAssessed, code: &Code| {
            let judged = detail.criteria.iter().find(|judged| judged.criterion == *code);
            judged.map(|judged| {
                let answer = self.l.code("answer", judged.answer);
                if judged.text.is_empty() { answer.into_owned() } else { format!("{answer}. {}", judged.text) }
            })
        };
        let criteria = codes.into_iter().map(|code| {
            let answers = shown.iter().map(|detail| answer(detail, code).unwrap_or_default()).collect();
            (self.names.of(List::ReviewCriteria, code.as_str()), answers)
        });
        let conclusion = |detail: &&CooperationAssessed| {
            let words = self.l.t(if detail.cooperates { "review-yes" } else { "review-no" });
            format!("{words}. {}", detail.reason)
        };
        let evidence: Vec<FactId> = shown.iter().flat_map(|detail| detail.evidence.iter().copied()).collect();
        let missing = usize::from(round.needed).saturating_sub(round.assessments.len());
        RoundView {
            assessors: round.assessments.iter().map(who).collect(),
            waiting: (missing > 0).then(|| self.l.f("round-waiting", &[("missing", &missing)])),
            criteria: criteria.collect(),
            conclusions: shown.iter().map(conclusion).collect(),
            evidence: evidence.into_iter().map(|fact| self.evidence(file, fact)).collect(),
            differ: round.is_complete() && round.agrees() == Some(false),
            assess,
        }
    }

    /// A contact or action, as far as it may be seen.
    fn evidence(&self, file: &File, fact: FactId) -> (String, Option<String>) {
        let t = &file.trajectory;
        let fact = t.current(fact);
        let contact = t.contacts.iter().find(|contact| contact.fact == fact);
        let action = t.actions.iter().find(|action| action.fact == fact);
        let words = match (contact, action) {
            (Some(contact), _) => {
                let how = contact.detail.as_ref().map(|detail| self.names.of(List::ContactKinds, detail.how.as_str()));
                format!("{} · {}", self.l.date(contact.on), how.unwrap_or_default())
            }
            (_, Some(action)) => {
                let text = action.detail.as_ref().map(|detail| detail.text.clone());
                format!("{} · {}", self.l.date(action.from), text.unwrap_or_default())
            }
            _ => return (self.l.t("evidence-not-shown").into_owned(), None),
        };
        (words, Some(format!("{}/tijdlijn?alles=1#feit-{fact}", self.base)))
    }

    fn ladder(&self, file: &File, method: &Method) -> Vec<RungView> {
        let t = &file.trajectory;
        // nothing follows from a positive review, and nothing is held out that is not on
        if t.reviews.last().is_none_or(|review| review.cooperates) {
            return vec![];
        }
        let next = t.next_measures(method).last().copied();
        let of = |measure: Measure| {
            t.ladder()
                .filter(|taken| taken.annulled.is_none())
                .find(|taken| taken.detail.as_ref().is_some_and(|detail| detail.measure == measure))
        };
        let rung = |measure: &Measure| {
            let taken = of(*measure);
            let class = match (taken, next == Some(*measure)) {
                (Some(_), _) => "done",
                (None, true) => "current",
                (None, false) => "upcoming",
            };
            let meta = match taken {
                Some(taken) => self.l.date(taken.on),
                None if class == "current" => self.l.t("ladder-next").into_owned(),
                None => self.l.t("step-not-yet").into_owned(),
            };
            RungView { name: self.l.code("measure", *measure).into_owned(), class, meta }
        };
        method.ladder.iter().map(rung).collect()
    }

    fn measure(&self, taken: &domain::measure::Taken) -> (String, Rows) {
        let (l, names) = (self.l, self.names);
        let Some(detail) = &taken.detail else { return (l.date(taken.on), vec![]) };
        let title = format!("{} · {}", l.date(taken.on), l.code("measure", detail.measure));
        let mut rows = vec![self.row("file-reason", &detail.reason)];
        rows.extend(taken.until.map(|until| self.row("measure-until", l.date(until))));
        rows.extend(detail.heard.as_ref().map(|heard| self.row("review-heard", heard_words(heard, l, names))));
        rows.extend(detail.mandate.iter().flat_map(|mandate| self.mandate(mandate)));
        let remedy = detail.remedy.as_ref().map(|code| names.of(List::Remedies, code.as_str()));
        rows.extend(remedy.map(|remedy| self.row("screening-remedy", remedy)));
        rows.extend(taken.annulled.map(|on| self.row("measure-annulled", l.date(on))));
        (title, rows)
    }

    fn objection(&self, file: &File, one: &domain::objection::Objection) -> (String, Rows) {
        let l = self.l;
        let taken = file.trajectory.measures.iter().find(|taken| taken.fact == one.against);
        let against = taken.and_then(|taken| taken.detail.as_ref()).map_or_else(
            || l.code("kind", Kind::Screened).into_owned(),
            |detail| l.code("measure", detail.measure).into_owned(),
        );
        let mut rows = vec![
            self.row("objection-against", format!("{against}, {}", l.date(one.decided_on))),
            self.row("objection-last-day", l.date(one.last_day())),
        ];
        if one.is_late() {
            rows.push(self.row("objection-late", l.t("objection-late-why")));
        }
        if let Some(detail) = &one.detail {
            rows.push(self.row("objection-by", l.code("asked-by", detail.by)));
            rows.push(self.row("objection-grounds", &detail.grounds));
        }
        rows.extend(one.postponed.as_ref().map(|off| self.row("objection-postponed", l.date(off.on))));
        let answer = match (&one.closed, &one.answer) {
            (Some((_, on)), Some(answer)) => {
                let outcome = self.outcome(answer.outcome);
                format!("{outcome}, {}. {}", l.date(*on), answer.reason)
            }
            (Some((_, on)), None) => l.date(*on),
            (None, _) => l.t("objection-open").into_owned(),
        };
        rows.push(self.row("objection-answer", answer));
        (l.date(one.on), rows)
    }

    fn outcome(&self, outcome: ObjectionOutcome) -> String {
        self.l.code("objection-outcome", outcome).into_owned()
    }

    /// Holds, newest first: what they say, and whether they run.
    pub(crate) fn holds(&self, file: &File) -> Vec<(String, bool, Rows)> {
        let (l, names) = (self.l, self.names);
        let view = |hold: &domain::hold::Hold| {
            let ground = hold.ground.as_ref().map(|code| names.of(List::HoldGrounds, code.as_str()));
            let mut rows = vec![self.row("hold-from", l.date(hold.from))];
            let until = hold.until.map_or_else(|| l.t("hold-no-day").into_owned(), |until| l.date(until));
            rows.push(self.row("hold-until", until));
            rows.extend(hold.note.as_ref().filter(|note| !note.is_empty()).map(|note| self.row("hold-note", note)));
            let end = hold.end.clone().unwrap_or_default();
            rows.extend(hold.lifted.map(|on| self.row("hold-lifted", format!("{}. {end}", l.date(on)))));
            (ground.unwrap_or_default(), hold.runs_on(self.today), rows)
        };
        file.trajectory.holds.iter().rev().map(view).collect()
    }

    /// Steps of the departure process, newest first: which, when and by whom, and what exactly.
    pub(crate) fn departure(&self, file: &File) -> Vec<(String, String, Option<String>)> {
        let view = |step: &domain::departure::Departing| {
            let what = self.names.of(List::DepartureSteps, step.step.as_str());
            let meta = format!("{} · {}", self.l.date(step.on), self.names.org_id(&step.org));
            (what, meta, step.note.clone().filter(|note| !note.is_empty()))
        };
        file.trajectory.departure.iter().rev().map(view).collect()
    }
}
