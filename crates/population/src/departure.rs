//! The departure process: who directs it for the DT&V, and what they do.

use domain::{
    codes::{Role, Task},
    departure::DepartureStep,
    fact::Codes,
    programme::List,
};
use jiff::civil::Date;

use crate::{life::Life, slot::Stay, words};

impl Life<'_> {
    /// In most trajectories, though not in all (the letter asks for it in every one).
    pub(crate) fn departure(&mut self, stay: &Stay, scenario: &str, decided: Date, end: Date) {
        let Some(director) = self.crew.with_role(Role::CaseDirector).cloned() else { return };
        let leaves = matches!(scenario, "return" | "dublin-return" | "onward-migration");
        if !leaves && !self.dice.chance(55) {
            return;
        }
        let mut on = self.dice.working(decided, 1, 12);
        self.assign(on, &director, Task::CaseDirector);
        let steps: &[&str] = match scenario {
            "return" => {
                &["departure-talk", "identity-investigation", "laissez-passer-application", "embassy-presentation"]
            }
            "dublin-return" | "onward-migration" => &["departure-talk", "departure-talk"],
            "establish-identity" => &["departure-talk", "identity-investigation"],
            _ => &["departure-talk"],
        };
        for step in steps {
            on = self.dice.working(on, 10, 70);
            if on >= end || self.dice.chance(12) {
                break;
            }
            self.step(on, step);
        }
        if let Some((left, "return-to-country-of-origin" | "forced-return" | "onward-migration")) = stay.exit {
            let arranged = crate::dice::earlier(left, self.dice.between(3, 12));
            if arranged > on {
                self.step(arranged, "departure-arranged");
            }
        }
    }

    fn step(&mut self, on: Date, step: &str) {
        let Some(director) = self.crew.with_role(Role::CaseDirector).cloned() else { return };
        let departure = Some(self.code(List::DepartureSteps, step));
        let body = DepartureStep { note: self.words(words::DEPARTURE) };
        let codes = Codes { departure, partner: Some(director.org.clone()), ..Codes::default() };
        self.add(on, &director, body, codes);
    }
}
