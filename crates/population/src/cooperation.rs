//! Reviews of cooperation and what follows from them; holds.

use domain::{
    codes::{Answer, Measure},
    cooperation::{CooperationAssessed, CooperationReviewed, Hearing, Judged},
    fact::{Body, Codes},
    hold::HoldSet,
    ids::FactId,
    measure::MeasureTaken,
    programme::List,
};
use jiff::civil::Date;

use crate::{
    dice::{earlier, later},
    life::Life,
    slot::Stay,
    words,
};

impl Life<'_> {
    pub(crate) fn reviews(&mut self, decided: Date, end: Date) {
        let coordinator = self.crew.coordinator.clone();
        let names = [coordinator.name.clone(), self.guide.name.clone(), self.crew.shelter.name.clone()];
        let assessors: Vec<String> = names.into_iter().take(usize::from(self.method.assessors.max(2))).collect();
        let mut on = self.dice.working(decided, 78, 100);
        // some reviews of the last weeks have not been held yet
        let end = if self.dice.chance(14) { earlier(end, self.dice.between(5, 35)) } else { end };
        let mut rung = 0;
        while on < end {
            let cooperates = self.dice.chance(84);
            let reason = self.sentences(if cooperates { words::COOPERATES } else { words::COOPERATES_NOT });
            let consequence = if cooperates { "continue" } else { *self.dice.pick(&["agreements", "warning"]) };
            let consequence = self.code(List::Consequences, consequence);
            let (about, settled) = self.round(on, cooperates);
            let assessors = if about.is_some() { vec![] } else { assessors.clone() };
            let heard = (!cooperates).then(|| self.hearing(earlier(on, 1)));
            let body = CooperationReviewed { reason, assessors, consequence, heard, not_heard: None, settled };
            let late = if self.dice.chance(10) { self.dice.between(1, 5) } else { 0 };
            let codes = Codes { cooperates: Some(cooperates), about, ..Codes::default() };
            let (id, plan) = self.add(on, &coordinator, body, codes);
            plan.late = late;
            rung = if cooperates { 0 } else { self.measure(id, on, rung) };
            on = self.dice.working(on, 78, 104);
        }
    }

    /// The assessments before a review: the first of them, and how it was settled when they differ.
    fn round(&mut self, on: Date, cooperates: bool) -> (Option<FactId>, Option<String>) {
        if self.method.criteria.is_empty() {
            return (None, None);
        }
        let by = [self.guide.clone(), self.crew.coordinator.clone()];
        let differs = self.method.assessors == 2 && self.dice.chance(9);
        let mut first = None;
        for (place, assessor) in by.iter().enumerate().take(usize::from(self.method.assessors)) {
            let day = earlier(on, if place == 0 { self.dice.between(2, 5) } else { self.dice.below(2) });
            let yes = if differs && place == 0 { !cooperates } else { cooperates };
            let body = self.assessment(yes);
            let (id, _) = self.add(day, assessor, body, Codes { about: first, ..Codes::default() });
            first = first.or(Some(id));
        }
        (first, differs.then(|| self.words(words::SETTLED)))
    }

    fn assessment(&mut self, cooperates: bool) -> CooperationAssessed {
        let criteria: Vec<_> = self.method.criteria.clone();
        let fails = self.dice.at(criteria.len());
        let judged = criteria.into_iter().enumerate().map(|(place, criterion)| {
            let no = !cooperates && place == fails;
            let answer = match self.dice.below(8) {
                _ if no => Answer::No,
                0 => Answer::NotApplicable,
                _ => Answer::Yes,
            };
            let text = if no { self.words(words::COOPERATES_NOT[0]) } else { String::new() };
            Judged { criterion, answer, text }
        });
        let criteria = judged.collect();
        let reason = self.sentences(if cooperates { words::COOPERATES } else { words::COOPERATES_NOT });
        CooperationAssessed { criteria, cooperates, reason, evidence: vec![] }
    }

    fn hearing(&mut self, on: Date) -> Hearing {
        let own = self.codes(List::Languages, &[self.who.origin.language]).pop();
        let language = own.unwrap_or_else(|| self.code(List::Languages, "en"));
        let interpreter = self.dice.chance(50).then(|| language.clone());
        Hearing { on, language, interpreter, said: self.words(words::SAID) }
    }

    /// What follows from a negative review, for most: the next step that the ladder allows, but never the last.
    fn measure(&mut self, review: FactId, on: Date, rung: usize) -> usize {
        let Some(measure) = self.method.ladder.get(rung).copied().filter(|_| self.dice.chance(72)) else { return rung };
        if measure == Measure::ShelterEnds {
            return rung;
        }
        let coordinator = self.crew.coordinator.clone();
        let day = self.dice.working(on, 1, 14);
        let heard = (measure == Measure::Hearing).then(|| self.hearing(day));
        let until = (measure == Measure::Term).then(|| later(day, 28));
        let body = MeasureTaken { measure, reason: self.words(words::MEASURE), heard, mandate: None, remedy: None };
        self.add(day, &coordinator, body, Codes { about: Some(review), until, ..Codes::default() });
        rung + 1
    }

    /// Now and then a judge forbids to end shelter for a time in which nothing was going to end.
    pub(crate) fn hold(&mut self, stay: &Stay, decided: Date, end: Date) {
        if !self.dice.chance(3) {
            return;
        }
        let on = self.dice.working(decided, 20, 200);
        let until = later(on, self.dice.between(28, 90));
        let ends = |body: &Body| matches!(body, Body::ShelterEnded(_) | Body::StatusChanged(_) | Body::Screened(_));
        let within = |day: Date| on <= day && day <= until;
        let planned =
            self.plans.iter().any(|plan| within(plan.on) && plan.facts.iter().any(|(_, draft)| ends(&draft.body)));
        if planned || on >= end || stay.exit.is_some_and(|(left, _)| within(left)) {
            return;
        }
        let coordinator = self.crew.coordinator.clone();
        let body = HoldSet { ground: self.code(List::HoldGrounds, "interim-relief"), note: self.words(words::RULING) };
        self.add(on, &coordinator, body, Codes { until: Some(until), ..Codes::default() });
    }
}
