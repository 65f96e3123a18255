//! What can be done in a file now, and what not yet: with the reason and the day from which it can.

use desk::File;

use super::{ALL, Ask, Step};
use crate::session::Signed;

/// A step offered.
pub(crate) struct Offer {
    /// Its address.
    pub(crate) href: String,
    /// What it is called.
    pub(crate) title: String,
    /// Why it cannot be done yet; then it is no link.
    pub(crate) why_not: Option<String>,
}

/// The steps of a file, in groups.
#[derive(Default)]
pub(crate) struct Offers {
    /// What can be done now: text of the group, and its steps.
    pub(crate) now: Vec<(String, Vec<Offer>)>,
    /// What cannot be done yet.
    pub(crate) later: Vec<Offer>,
}

impl Offers {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// For whoever asks.
    pub(crate) fn new(signed: &Signed, file: &File) -> Self {
        let mut offers = Self::none();
        let Some(method) = signed.names.programme().method(&file.trajectory.method) else { return offers };
        let ask = Ask { signed, file, method, about: None, corrects: None };
        for step in ALL.iter().filter(|step| file.standing.may_record(step.kind)) {
            offers.add(&ask, step);
        }
        offers
    }

    fn add(&mut self, ask: &Ask<'_>, step: &Step) {
        let (l, t) = (ask.signed.l, &ask.file.trajectory);
        let dossier_step = step.group == "dossier";
        if dossier_step && ask.method.deliver.is_empty() {
            return;
        }
        let title = l.t(&step.title()).into_owned();
        let mut offer = Offer { href: format!("/traject/{}/doe/{}", t.id, step.path), title, why_not: None };
        match t.possible(step.kind, (step.trial)(ask), ask.method, ask.signed.today()) {
            Ok(()) => {
                let group = l.code("steps", step.group).into_owned();
                match self.now.iter_mut().find(|(name, _)| *name == group) {
                    Some((_, offers)) => offers.push(offer),
                    None => self.now.push((group, vec![offer])),
                }
            }
            // what ends or closes something needs something to end: without it there is nothing to explain
            Err(_) if step.about_something() => {}
            Err(refusal) => {
                offer.why_not = Some(ask.signed.refusal(&refusal));
                self.later.push(offer);
            }
        }
    }
}
