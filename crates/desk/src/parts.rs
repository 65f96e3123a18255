//! States taken apart by category of information before they are sealed, and put together of what could be opened.
//!
//! What belongs to which category is the same as in `redact.rs`: that one knows roles, this one what there are keys to.

use std::collections::BTreeMap;

use domain::{
    codes::Category,
    cooperation::{CooperationAssessed, CooperationReviewed},
    document::Document,
    dossier::Item,
    fact::Body,
    ids::Code,
    measure::MeasureTaken,
    objection::{ObjectionDecided, ObjectionMade},
    outflow::Left,
    participant::{IdentityRecorded, Link, Name, Person},
    plan::Contact,
    screening::Screened,
    shelter::ShelterStarted,
    trajectory::{Recorded, Trajectory},
};
use serde::{Deserialize, Serialize};
use views::project::Card;

use crate::{
    Failure,
    load::{read, write},
};

/// A value by category, to seal.
pub(crate) type Sections = Vec<(Category, Vec<u8>)>;
/// A value by category, as far as it could be opened.
pub(crate) type Opened = [(Category, Option<Vec<u8>>)];

/// What stands apart of a trajectory in one category; lists go by the place in the list of the state.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Part {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    screenings: Vec<Option<Screened>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stays: Vec<Option<ShelterStarted>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deliveries: Vec<(Vec<Code>, Vec<Code>)>,
    /// What was asked of each partner, and each item as it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<(Vec<Code>, Vec<Item>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviews: Vec<Option<CooperationReviewed>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<Vec<Option<CooperationAssessed>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measures: Vec<Option<MeasureTaken>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objections: Vec<(Option<ObjectionMade>, Option<ObjectionDecided>)>,
    /// Of each hold the case, and what ended it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holds: Vec<(Option<String>, Option<String>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    departure: Vec<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outflow: Option<Left>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Option<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pauses: Vec<Option<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Contact>,
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    /// Whole milestones, and the text of milestones that stand elsewhere, by the number of the fact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    latest: Vec<Recorded>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    texts: Vec<(u32, String)>,
}

#[derive(Default)]
struct Parts(BTreeMap<Category, Part>);

impl Parts {
    fn of(&mut self, category: Category) -> &mut Part {
        self.0.entry(category).or_default()
    }
}

/// The text of a fact that is of another category than the fact (see [`domain::fields::apart`]).
fn apart(body: &mut Body) -> Option<(&mut String, Category)> {
    let (_, category) = domain::fields::apart(body.kind()).next()?;
    let text = match body {
        Body::IntakeHeld(body) => &mut body.summary,
        Body::ObstacleNoted(body) => &mut body.note,
        Body::ObstacleResolved(body) => &mut body.note,
        Body::PauseStarted(body) => &mut body.note,
        Body::PauseEnded(body) => &mut body.note,
        Body::HoldSet(body) => &mut body.note,
        Body::HoldLifted(body) => &mut body.note,
        _ => return None,
    };
    Some((text, category))
}

/// A trajectory by category.
pub(crate) fn of_trajectory(state: &Trajectory) -> Result<Sections, Failure> {
    let (mut base, mut parts) = (state.clone(), Parts::default());
    let t = &mut base;
    if t.screenings.iter().any(|screening| screening.detail.is_some()) {
        parts.of(Category::Legal).screenings = t.screenings.iter_mut().map(|one| one.detail.take()).collect();
    }
    if t.stays.iter().any(|stay| stay.detail.is_some()) {
        parts.of(Category::ShelterAddress).stays = t.stays.iter_mut().map(|stay| stay.detail.take()).collect();
    }
    if t.deliveries.iter().any(|delivery| !delivery.items.is_empty() || !delivery.missing.is_empty()) {
        let taken = t.deliveries.iter_mut().map(|d| (std::mem::take(&mut d.items), std::mem::take(&mut d.missing)));
        parts.of(Category::Dossier).deliveries = taken.collect();
    }
    if t.deliveries.iter().any(|delivery| !delivery.asked.is_empty() || !delivery.states.is_empty()) {
        let taken = t.deliveries.iter_mut().map(|d| (std::mem::take(&mut d.asked), std::mem::take(&mut d.states)));
        parts.of(Category::Dossier).items = taken.collect();
    }
    if !t.documents.is_empty() {
        parts.of(Category::Dossier).documents = std::mem::take(&mut t.documents);
    }
    if t.reviews.iter().any(|review| review.detail.is_some()) {
        parts.of(Category::Cooperation).reviews = t.reviews.iter_mut().map(|one| one.detail.take()).collect();
    }
    take_cooperation(t, &mut parts);
    if t.departure.iter().any(|step| step.note.is_some()) {
        parts.of(Category::Departure).departure = t.departure.iter_mut().map(|step| step.note.take()).collect();
    }
    if let Some(detail) = t.outflow.as_mut().and_then(|outflow| outflow.detail.take()) {
        parts.of(Category::Departure).outflow = Some(detail);
    }
    if t.obstacles.iter().any(|obstacle| obstacle.note.is_some()) {
        parts.of(Category::Medical).obstacles = t.obstacles.iter_mut().map(|one| one.note.take()).collect();
    }
    if t.pauses.iter().any(|pause| pause.note.is_some()) {
        parts.of(Category::Medical).pauses = t.pauses.iter_mut().map(|pause| pause.note.take()).collect();
    }
    if !t.contacts.is_empty() {
        parts.of(Category::GuidanceNotes).contacts = std::mem::take(&mut t.contacts);
    }
    if let Some(detail) = t.intake.as_mut().and_then(|intake| intake.detail.as_mut()) {
        let summary = std::mem::take(&mut detail.summary);
        if !summary.is_empty() {
            parts.of(Category::GuidanceNotes).summary = summary;
        }
    }
    take_latest(t, &mut parts);
    let own = (Category::Process, write(&base)?);
    let apart = parts.0.into_iter().map(|(category, part)| Ok((category, write(&part)?)));
    std::iter::once(Ok(own)).chain(apart).collect()
}

/// What belongs to reviews, and what is done against what follows from them.
fn take_cooperation(t: &mut Trajectory, parts: &mut Parts) {
    if !t.rounds.is_empty() {
        let of = |round: &mut domain::cooperation::Round| {
            round.assessments.iter_mut().map(|one| one.detail.take()).collect::<Vec<_>>()
        };
        parts.of(Category::Cooperation).rounds = t.rounds.iter_mut().map(of).collect();
    }
    if t.measures.iter().any(|taken| taken.detail.is_some()) {
        parts.of(Category::Cooperation).measures = t.measures.iter_mut().map(|taken| taken.detail.take()).collect();
    }
    if t.objections.iter().any(|one| one.detail.is_some()) {
        let taken = t.objections.iter_mut().map(|one| (one.detail.take(), one.answer.take()));
        parts.of(Category::Legal).objections = taken.collect();
    }
    if t.holds.iter().any(|hold| hold.note.is_some()) {
        let taken = t.holds.iter_mut().map(|hold| (hold.note.take(), hold.end.take()));
        parts.of(Category::Legal).holds = taken.collect();
    }
}

fn take_latest(t: &mut Trajectory, parts: &mut Parts) {
    let mut kept = Vec::with_capacity(t.latest.len());
    for mut recorded in std::mem::take(&mut t.latest) {
        let number = recorded.number;
        if let Some((text, category)) = recorded.fact.body.as_mut().and_then(apart)
            && !text.is_empty()
        {
            parts.of(category).texts.push((number, std::mem::take(text)));
        }
        match recorded.fact.header.kind.category() {
            Category::Process => kept.push(recorded),
            category => parts.of(category).latest.push(recorded),
        }
    }
    t.latest = kept;
}

/// The trajectory as far as it could be opened; `None` when where it stands could not.
pub(crate) fn trajectory(sections: &Opened) -> Result<Option<Trajectory>, Failure> {
    let Some(base) = of(sections, Category::Process) else { return Ok(None) };
    let mut t: Trajectory = read(base)?;
    let mut texts = Vec::new();
    for (category, bytes) in sections {
        let (Some(bytes), false) = (bytes, *category == Category::Process) else { continue };
        let part: Part = read(bytes)?;
        t.screenings.iter_mut().zip(part.screenings).for_each(|(one, detail)| one.detail = detail);
        t.stays.iter_mut().zip(part.stays).for_each(|(one, detail)| one.detail = detail);
        t.reviews.iter_mut().zip(part.reviews).for_each(|(one, detail)| one.detail = detail);
        for (round, details) in t.rounds.iter_mut().zip(part.rounds) {
            round.assessments.iter_mut().zip(details).for_each(|(one, detail)| one.detail = detail);
        }
        t.measures.iter_mut().zip(part.measures).for_each(|(one, detail)| one.detail = detail);
        for (one, (detail, answer)) in t.objections.iter_mut().zip(part.objections) {
            (one.detail, one.answer) = (detail, answer);
        }
        for (hold, (note, end)) in t.holds.iter_mut().zip(part.holds) {
            (hold.note, hold.end) = (note, end);
        }
        t.departure.iter_mut().zip(part.departure).for_each(|(one, note)| one.note = note);
        for (delivery, (items, missing)) in t.deliveries.iter_mut().zip(part.deliveries) {
            (delivery.items, delivery.missing) = (items, missing);
        }
        for (delivery, (asked, states)) in t.deliveries.iter_mut().zip(part.items) {
            (delivery.asked, delivery.states) = (asked, states);
        }
        t.documents.extend(part.documents);
        if let (Some(outflow), Some(detail)) = (&mut t.outflow, part.outflow) {
            outflow.detail = Some(detail);
        }
        t.obstacles.iter_mut().zip(part.obstacles).for_each(|(one, note)| one.note = note);
        t.pauses.iter_mut().zip(part.pauses).for_each(|(one, note)| one.note = note);
        t.contacts.extend(part.contacts);
        if let Some(detail) = t.intake.as_mut().and_then(|intake| intake.detail.as_mut()) {
            detail.summary.push_str(&part.summary);
        }
        t.latest.extend(part.latest);
        texts.extend(part.texts);
    }
    t.latest.sort_by_key(|recorded| std::cmp::Reverse((recorded.fact.header.valid_from, recorded.number)));
    for (number, own) in texts {
        let found = t.latest.iter_mut().find(|recorded| recorded.number == number);
        if let Some((text, _)) = found.and_then(|recorded| recorded.fact.body.as_mut()).and_then(apart) {
            *text = own;
        }
    }
    Ok(Some(t))
}

#[derive(Serialize, Deserialize)]
struct Who {
    identity: Option<IdentityRecorded>,
    earlier: Vec<Name>,
    links: Vec<Link>,
}

/// A person by category.
pub(crate) fn of_person(person: &Person) -> Result<Sections, Failure> {
    let mut base = person.clone();
    let who = Who {
        identity: base.identity.take(),
        earlier: std::mem::take(&mut base.earlier),
        links: std::mem::take(&mut base.links),
    };
    Ok(vec![(Category::Process, write(&base)?), (Category::Identity, write(&who)?)])
}

/// The person as far as it could be opened; `None` when nothing could.
pub(crate) fn person(sections: &Opened) -> Result<Option<Person>, Failure> {
    let Some(base) = of(sections, Category::Process) else { return Ok(None) };
    let mut person: Person = read(base)?;
    if let Some(bytes) = of(sections, Category::Identity) {
        let who: Who = read(bytes)?;
        (person.identity, person.earlier, person.links) = (who.identity, who.earlier, who.links);
    }
    Ok(Some(person))
}

/// A card by category.
pub(crate) fn of_card(card: &Card) -> Result<Sections, Failure> {
    let who = Card { action: None, ..card.clone() };
    let mut sections = vec![(Category::Identity, write(&who)?)];
    if card.action.is_some() {
        let work = Card { action: card.action.clone(), ..Card::default() };
        sections.push((Category::Process, write(&work)?));
    }
    Ok(sections)
}

/// The card as far as it could be opened.
pub(crate) fn card(sections: &Opened) -> Result<Card, Failure> {
    let mut card = of(sections, Category::Identity).map(read::<Card>).transpose()?.unwrap_or_default();
    if let Some(work) = of(sections, Category::Process).map(read::<Card>).transpose()? {
        card.action = work.action;
    }
    Ok(card)
}

fn of(sections: &Opened, category: Category) -> Option<&[u8]> {
    sections.iter().find(|(known, _)| *known == category).and_then(|(_, bytes)| bytes.as_deref())
}

#[cfg(test)]
mod tests {
    use domain::programme::Programme;
    use population::Size;

    use super::*;

    fn programme() -> Programme {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018");
        let mut files: Vec<(String, String)> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_string_lossy().into(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        files.sort();
        Programme::parse(&files).unwrap()
    }

    /// Every trajectory and person of an invented network.
    fn states() -> Vec<(Trajectory, Person)> {
        let programme = programme();
        let mut out = Vec::new();
        for member in population::draw(&programme, 5, Size::Small(60)) {
            let subject = member.person[0].fact.header.subject;
            let person = domain::participant::replay(subject, &member.person).unwrap();
            for (_, facts) in member.trajectories {
                let method = programme.method(&facts[0].fact.header.method).unwrap();
                out.push((domain::trajectory::replay(&facts, method).unwrap(), person.clone()));
            }
        }
        out
    }

    fn opened(sections: &Sections, keep: impl Fn(Category) -> bool) -> Vec<(Category, Option<Vec<u8>>)> {
        sections.iter().map(|(category, bytes)| (*category, keep(*category).then(|| bytes.clone()))).collect()
    }

    #[test]
    fn with_every_key_a_state_comes_back_as_it_was() {
        use Category::{Cooperation, Departure, Dossier, GuidanceNotes, Legal, Medical, Process, ShelterAddress};
        let states = states();
        assert!(states.len() > 40);
        let mut met = std::collections::BTreeSet::new();
        for (state, who) in &states {
            let sections = of_trajectory(state).unwrap();
            met.extend(sections.iter().map(|(category, _)| *category));
            assert_eq!(trajectory(&opened(&sections, |_| true)).unwrap().as_ref(), Some(state));
            assert_eq!(person(&opened(&of_person(who).unwrap(), |_| true)).unwrap().as_ref(), Some(who));
        }
        let all = [Legal, Dossier, Process, Cooperation, GuidanceNotes, Medical, ShelterAddress, Departure];
        assert_eq!(met, all.into_iter().collect(), "the test meets every category");
    }

    /// Every set of categories that the policy lets anyone see of a case.
    fn views() -> std::collections::HashSet<access::Categories> {
        use access::{Asker, Settings, Strength, allowed};
        use domain::codes::{OrgKind, Purpose, Role};
        let mut out = std::collections::HashSet::new();
        for role in Role::ALL {
            for org_kind in OrgKind::ALL {
                let asker = Asker { role: *role, org_kind: *org_kind, strength: Strength::SecondFactor };
                for purpose in Purpose::ALL {
                    out.extend(allowed(asker, *purpose, Settings::CLOSED).map(|row| row.see));
                }
            }
        }
        out.retain(|see| see.contains(Category::Process));
        out
    }

    #[test]
    fn without_the_key_of_a_category_who_may_not_see_it_misses_nothing() {
        // what is missing for want of a key is what `redact` takes away from who may not see it
        let views = views();
        assert!(views.len() > 5);
        let programme = programme();
        for see in views {
            let eyes = crate::redact::Eyes { see, programme: &programme, part: None };
            for (state, _) in states() {
                let sections = of_trajectory(&state).unwrap();
                let mut with = trajectory(&opened(&sections, |category| see.contains(category))).unwrap().unwrap();
                let mut without = state.clone();
                eyes.trajectory(&mut with);
                eyes.trajectory(&mut without);
                assert_eq!(with, without, "{:?}", see.iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_the_keys_do_not_open_stands_in_no_other_section() {
        for (state, who) in states() {
            let words: Vec<String> = state
                .contacts
                .iter()
                .filter_map(|contact| contact.detail.as_ref())
                .map(|detail| detail.note.clone())
                .chain(state.intake.iter().filter_map(|intake| intake.detail.as_ref()).map(|one| one.summary.clone()))
                .filter(|words| words.len() > 8)
                .collect();
            for (category, bytes) in of_trajectory(&state).unwrap() {
                let text = String::from_utf8(bytes).unwrap();
                let there = words.iter().any(|words| text.contains(words.as_str()));
                assert!(!there || category == Category::GuidanceNotes, "{category}");
            }
            let name = who.name().unwrap();
            let base = of_person(&who).unwrap().remove(0);
            assert!(base.0 == Category::Process && !String::from_utf8(base.1).unwrap().contains(name));
        }
    }
}
