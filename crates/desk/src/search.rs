//! Finding a person: names in any script, V-number, case number. Says why each was found.

use std::sync::Arc;

use access::{Principal, Reach, Relation, Scope, Standing};
use domain::{
    case_number::CaseNumber,
    codes::{Category, Purpose},
    fact::Kind,
    ids::{ParticipantId, TrajectoryId},
    participant::Person,
    vnumber::VNumber,
};

use jiff::civil::Date;

use crate::{
    Desk, Failure, Inner,
    read_log::{Activity, Reading},
};

/// Names less alike than this are not shown.
const LIKE_ENOUGH: f64 = 0.78;
/// The most that is shown.
const MOST: usize = 25;

/// What to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// A name, V-number or case number, as typed.
    pub text: String,
    /// Year of birth, to narrow down.
    pub birth_year: Option<i16>,
}

/// Why someone was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// The V-number is the same.
    VNumber,
    /// The case number is the same.
    CaseNumber,
    /// A name is alike: which, and how much (0 to 1).
    Name(String, f64),
}

/// Someone found.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Who.
    pub participant: ParticipantId,
    /// The person, as far as may be seen.
    pub person: Person,
    /// Their trajectories at the asker's sites: id, case number, open.
    pub trajectories: Vec<(TrajectoryId, String, bool)>,
    /// Why.
    pub why: Why,
    /// How the asker stands to their cases.
    pub relation: Relation,
}

/// What a search gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// People of the asker's sites, most alike first.
    pub matches: Vec<Match>,
    /// Whether someone alike is known at another site; no more than that is said (design.md 6.12).
    pub elsewhere: bool,
}

impl Desk {
    /// Finds people.
    ///
    /// # Errors
    /// [`Failure::Denied`] for a role without search.
    pub async fn search(&self, who: &Principal, query: Query) -> Result<Found, Failure> {
        // a case that is closed long ago is found again to register someone who comes back
        let registers = Standing::of_new_case(&Principal { purpose: Purpose::Registration, ..who.clone() })
            .may_record(Kind::Registered);
        let purpose = if registers { Purpose::Registration } else { who.purpose };
        let scope = access::scope_for(who, Reach::Search, purpose)?;
        let (inner, today) = (Arc::clone(&self.inner), self.inner.clock.today());
        let asks = move |tx: &mut journal::Tx<'_>| {
            Looking { inner: &inner, scope: &scope, today, registers }.search(tx, &query)
        };
        let found = self.inner.store.read(asks).await?;
        let subjects = found.matches.iter().map(|found| found.participant).collect();
        let relation = found.matches.iter().map(|found| found.relation).max().unwrap_or(Relation::None);
        let categories = vec![Category::Identity, Category::Process];
        self.log_read(who, Reading { activity: Activity::Search, purpose, categories, subjects, relation }).await?;
        Ok(found)
    }
}

/// One search.
struct Looking<'a> {
    inner: &'a Inner,
    scope: &'a Scope,
    today: Date,
    /// Whether they look before they register someone: then "known elsewhere" is said.
    registers: bool,
}

impl Looking<'_> {
    fn search(&self, tx: &mut journal::Tx<'_>, query: &Query) -> Result<Found, Failure> {
        let (keys, text) = (&self.inner.keys, query.text.trim());
        let mut found = Found::default();
        if let Some((_, person)) = views::search::by_case(tx, &CaseNumber::normalise(text))? {
            self.add(tx, &mut found, person, |_| Some(Why::CaseNumber))?;
        }
        if let Ok(number) = VNumber::try_from(text.to_owned()) {
            let token = keys.token(&format!("v:{}", number.digits()));
            for person in views::search::candidates(tx, &[token])? {
                self.add(tx, &mut found, person, |_| Some(Why::VNumber))?;
            }
        }
        let tokens: Vec<[u8; 16]> =
            views::names::keys_of_name(text).iter().take(24).map(|key| keys.token(key)).collect();
        for person in views::search::candidates(tx, &tokens)? {
            self.add(tx, &mut found, person, |person| {
                let names = person.identity.iter().flat_map(|identity| &identity.names).chain(&person.earlier);
                let (score, name) = views::names::likeness(text, names)?;
                let year =
                    person.identity.as_ref().and_then(|identity| identity.birth).map(domain::date::PartialDate::year);
                let fits = query.birth_year.is_none_or(|asked| year.is_none_or(|year| (year - asked).abs() <= 1));
                (score >= LIKE_ENOUGH && fits).then(|| Why::Name(name.text.clone(), score))
            })?;
        }
        let rank = |why: &Why| match why {
            Why::CaseNumber | Why::VNumber => 2.0,
            Why::Name(_, score) => *score,
        };
        found.matches.sort_by(|one, other| rank(&other.why).total_cmp(&rank(&one.why)));
        found.matches.truncate(MOST);
        Ok(found)
    }

    fn add(
        &self,
        tx: &mut journal::Tx<'_>,
        found: &mut Found,
        id: ParticipantId,
        why: impl FnOnce(&Person) -> Option<Why>,
    ) -> Result<(), Failure> {
        if found.matches.iter().any(|known| known.participant == id) {
            return Ok(());
        }
        let Some(person) = self.inner.person(tx, id)? else { return Ok(()) };
        let Some(why) = why(&person) else { return Ok(()) };
        let members = views::file::of_person(tx, self.scope.org(), id, self.today)?;
        if !members.iter().any(|member| self.inner.own(self.scope, member)) {
            // a name alone is too weak to say that someone is known elsewhere
            let told = match &why {
                Why::CaseNumber => false,
                Why::VNumber => true,
                Why::Name(_, score) => *score > 0.95,
            };
            found.elsewhere |= self.registers && told;
            return Ok(());
        }
        let visible: Vec<_> = members.iter().filter(|member| self.inner.visible(self.scope, member)).collect();
        let standing = self.scope.standing(visible.iter().map(|member| member.case));
        // who may not see who someone is does not find them by that
        let by_identity = !matches!(why, Why::CaseNumber);
        if visible.is_empty() || (by_identity && !standing.sees(Category::Identity)) {
            return Ok(());
        }
        let trajectories = visible
            .iter()
            .map(|member| (member.trajectory, member.case_number.clone(), member.ended.is_none()))
            .collect();
        // found by the record keeper; shown as far as the organisation has keys
        let (key, sealed) = (self.inner.reader(tx, self.scope.org(), id)?, views::search::person(tx, id)?);
        let (Some(key), Some(sealed)) = (key, sealed) else { return Ok(()) };
        let Some(mut person) = crate::load::open_person(&key, id, &sealed)? else { return Ok(()) };
        crate::redact::person(&mut person, standing.categories());
        let relation = standing.relation();
        found.matches.push(Match { participant: id, person, trajectories, why, relation });
        Ok(())
    }
}
