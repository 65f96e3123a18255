//! Who someone is: names in any script, a partial birth date, links to other people.

use jiff::civil::Date;

use crate::{
    check,
    codes::{AgeBand, Relation, Sex},
    date::PartialDate,
    fact::{Body, Fact, Kind},
    history::{History, Stop, with},
    ids::{Code, FactId, ParticipantId},
    programme::{Method, Programme},
    refusal::Refusal,
    rights::Rights,
    trajectory::{Context, Draft, Recorded},
    vnumber::VNumber,
};

use serde::{Deserialize, Serialize};

/// One name, as written in its own script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The name, in any script.
    pub text: String,
    /// Programme code: `official`, `known-as`, `earlier`.
    pub kind: Code,
}

/// The identity as known from a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRecorded {
    /// At least one; the first is the one shown.
    #[serde(default)]
    pub names: Vec<Name>,
    /// Birth date, as far as known.
    #[serde(default)]
    pub birth: Option<PartialDate>,
    /// V-number.
    #[serde(default)]
    pub v_number: Option<VNumber>,
    /// Why there is no V-number; required without one.
    #[serde(default)]
    pub v_number_missing: Option<Code>,
    /// Nationalities, as programme codes (`stateless` and `unknown` among them).
    #[serde(default)]
    pub nationalities: Vec<Code>,
}

/// Two people belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLinked {
    /// The other person.
    pub other: ParticipantId,
    /// How.
    pub relation: Relation,
}

/// A link was wrong or has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonUnlinked {
    /// The other person.
    pub other: ParticipantId,
}

/// What follows from the facts about one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: ParticipantId,
    /// Number of the last fact of the stream.
    pub version: u32,
    /// Names and the rest; `None` once forgotten.
    pub identity: Option<IdentityRecorded>,
    /// Names recorded before, still worth finding.
    pub earlier: Vec<Name>,
    /// Sex.
    pub sex: Sex,
    /// Age band when last recorded.
    pub age_band: Option<AgeBand>,
    /// People this person belongs to.
    pub links: Vec<Link>,
    /// Whether their data may not be used (GDPR article 18).
    #[serde(default)]
    pub restricted: bool,
    /// What they were told and asked about their data.
    #[serde(default)]
    pub rights: Rights,
}

/// Someone this person belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The fact.
    pub fact: FactId,
    /// The other person.
    pub other: ParticipantId,
    /// How.
    pub relation: Relation,
    /// Since when.
    pub from: Date,
}

impl Person {
    fn apply(&mut self, recorded: &Recorded) -> Result<(), Refusal> {
        let h = &recorded.fact.header;
        match (h.kind, &recorded.fact.body) {
            (Kind::IdentityRecorded, body) => {
                self.sex = h.codes.sex.unwrap_or(self.sex);
                self.age_band = h.codes.age_band.or(self.age_band);
                if let Some(Body::IdentityRecorded(new)) = body {
                    let old = self.identity.replace(new.clone());
                    let gone = old.into_iter().flat_map(|old| old.names).filter(|name| !new.names.contains(name));
                    self.earlier.extend(gone);
                }
            }
            (Kind::PersonLinked, Some(Body::PersonLinked(link))) => {
                if link.other == self.id {
                    return Err(Refusal::new("link-to-self").field("other"));
                }
                if self.links.iter().any(|known| known.other == link.other) {
                    return Err(Refusal::new("already-linked").field("other"));
                }
                let (other, relation) = (link.other, link.relation);
                self.links.push(Link { fact: h.id, other, relation, from: h.valid_from });
            }
            (Kind::PersonUnlinked, Some(Body::PersonUnlinked(link))) => {
                let before = self.links.len();
                self.links.retain(|known| known.other != link.other);
                if self.links.len() == before {
                    return Err(Refusal::new("not-linked").field("other"));
                }
            }
            (Kind::PersonLinked | Kind::PersonUnlinked, _) => {}
            // the rights refuse what is of another stream
            _ => self.rights.apply(&recorded.fact)?,
        }
        Ok(())
    }

    /// The name shown, if there still is one.
    pub fn name(&self) -> Option<&str> {
        self.identity.as_ref().and_then(|identity| identity.names.first()).map(|name| name.text.as_str())
    }
}

/// The person that follows from a history.
///
/// # Errors
/// A fact that does not make sense: of another stream, or unlinking what was never linked.
pub fn replay(id: ParticipantId, facts: &[Recorded]) -> Result<Person, Refusal> {
    replay_until(id, facts).map_err(Stop::refused)
}

fn replay_until(id: ParticipantId, facts: &[Recorded]) -> Result<Person, Stop> {
    let mut person = Person {
        id,
        version: facts.iter().map(|recorded| recorded.number).max().unwrap_or(0),
        identity: None,
        earlier: vec![],
        sex: Sex::Unknown,
        age_band: None,
        links: vec![],
        restricted: false,
        rights: Rights::default(),
    };
    for recorded in History::of(facts).order() {
        person.apply(recorded).map_err(Stop::at(recorded))?;
    }
    person.restricted = person.rights.restricted();
    Ok(person)
}

/// Accepts drafts about a person when the history still makes sense with them.
///
/// # Errors
/// See [`crate::trajectory::decide`].
pub fn decide(
    history: &[Recorded],
    drafts: Vec<Draft>,
    context: &Context,
    method: &Method,
    programme: &Programme,
) -> Result<(Vec<Fact>, Person), Refusal> {
    for draft in &drafts {
        check::draft(draft, history, context.today, method, programme)?;
    }
    let facts = context.facts(drafts);
    let id = context.subject;
    let person = replay_until(id, &with(history, &facts)).map_err(|stop| {
        stop.explained(history, &facts, &[], context.today, |facts| replay_until(id, facts).map(drop))
    })?;
    if person.identity.is_none() {
        return Err(Refusal::new("name-missing").field("name"));
    }
    Ok((facts, person))
}
