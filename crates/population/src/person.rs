//! Who someone is: names, birth, V-number, and the people they belong to.

use domain::{
    codes::{AgeBand, Sex},
    date::PartialDate,
    fact::{Body, Codes},
    ids::{FactId, ParticipantId, Stream},
    participant::{IdentityRecorded, Name, PersonLinked},
    programme::{List, Programme},
    trajectory::Draft,
    vnumber::VNumber,
};
use jiff::civil::Date;

use crate::{
    dice::{Dice, earlier},
    known,
    names::{ORIGINS, Origin},
    pen::Planned,
    staff::Staff,
    words,
};

/// What is known of someone from the start.
pub(crate) struct Someone {
    pub(crate) origin: &'static Origin,
    pub(crate) identity: IdentityRecorded,
    pub(crate) codes: Codes,
    pub(crate) child: bool,
    /// A V-number that is only learnt later.
    pub(crate) found_later: Option<VNumber>,
}

/// The family a member belongs to: the dice of its first member, so that they share it.
pub(crate) fn family(seed: u64, first: usize) -> (&'static Origin, usize) {
    let mut dice = Dice::of(seed ^ 0xfa01_11e5, first as u64);
    let origin = dice.pick(ORIGINS);
    (origin, origin.family(&mut dice))
}

/// Someone who is registered on a day.
pub(crate) fn someone(
    programme: &Programme,
    at: usize,
    (origin, family): (&'static Origin, usize),
    child: bool,
    on: Date,
    dice: &mut Dice,
) -> Someone {
    let name = origin.name(family, dice);
    let kind = |code| known(programme, List::NameKinds, code);
    let mut names = vec![Name { text: name.own, kind: kind("official") }];
    names.extend(name.latin.map(|text| Name { text, kind: kind("known-as") }));
    let age = if child { dice.between(0, 16) } else { 19 + dice.below(18) + dice.below(16) + dice.below(14) };
    let born = earlier(on, age * 365 + dice.below(300) + 6);
    let parts = match dice.below(20) {
        0..=10 => (Some(born.month()), Some(born.day())),
        11..=13 => (Some(born.month()), None),
        _ => (None, None),
    };
    let birth = PartialDate::new(born.year(), parts.0, parts.1).ok();
    let sex = match dice.below(100) {
        0..=73 => Sex::Male,
        74..=98 => Sex::Female,
        _ => Sex::Unknown,
    };
    let number = v_number(at);
    let drawn = dice.below(100);
    let missing = known(
        programme,
        List::VNumberMissing,
        if drawn.is_multiple_of(2) { "unknown-to-ind" } else { "not-found-yet" },
    );
    let (v_number, v_number_missing, found_later) = match drawn {
        0..=17 => (None, Some(missing), None),
        18..=21 => (None, Some(known(programme, List::VNumberMissing, "not-found-yet")), number),
        _ => (number, None, None),
    };
    let countries = programme.list(List::Countries);
    let country = if dice.chance(4) { "unknown" } else { origin.country };
    let nationalities = [country].into_iter().filter(|code| countries.contains(code));
    let nationalities = nationalities.map(|code| known(programme, List::Countries, code)).collect();
    let age_band = birth.map(|birth| AgeBand::of_age(birth.age_on(on)));
    let codes = Codes { sex: Some(sex), age_band, ..Codes::default() };
    Someone {
        origin,
        identity: IdentityRecorded { names, birth, v_number, v_number_missing, nationalities },
        codes,
        child,
        found_later,
    }
}

/// Every member has another number; all begin with three noughts, as real ones do not.
fn v_number(at: usize) -> Option<VNumber> {
    let digits = (at as u64 * 104_729 + 1_234_567) % 10_000_000;
    VNumber::try_from(format!("000{digits:07}")).ok()
}

/// A corrected spelling, a V-number found later, and the links of a household.
pub(crate) fn later_on(
    who: &Someone,
    id: ParticipantId,
    (first, first_on): (FactId, Date),
    by: &Staff,
    links: Vec<(ParticipantId, domain::codes::Relation)>,
    linked_on: Date,
    dice: &mut Dice,
) -> Vec<Planned> {
    let stream = Stream::Participant(id);
    let mut out = Vec::new();
    let mut identity = who.identity.clone();
    if dice.chance(4)
        && let Some(name) = identity.names.last_mut()
    {
        name.text.push('h');
        let fact = FactId(dice.id());
        let draft = Draft::new(Body::IdentityRecorded(identity.clone()), first_on).codes(who.codes.clone());
        let why = *dice.pick(words::NAME_WRONG);
        let days = dice.between(3, 20);
        out.push(Planned::one(stream, first_on, by, fact, draft.correcting(first, why)).late(days));
    }
    if let Some(number) = &who.found_later {
        identity.v_number = Some(number.clone());
        identity.v_number_missing = None;
        let on = dice.working(first_on, 22, 120);
        out.push(Planned::one(
            stream,
            on,
            by,
            FactId(dice.id()),
            Draft::new(Body::IdentityRecorded(identity), on).codes(who.codes.clone()),
        ));
    }
    for (other, relation) in links {
        let draft = Draft::new(PersonLinked { other, relation }, linked_on);
        out.push(Planned::one(stream, linked_on, by, FactId(dice.id()), draft));
    }
    out
}
