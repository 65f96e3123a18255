//! Carrying out a command: authorise, load, decide, append; the facts and the rows in one transaction.

use std::sync::Arc;

use access::{Principal, Reach, Scope, Standing};
use domain::{
    codes::{Category, Purpose},
    fact::{Body, Fact, Kind},
    history::History,
    ids::{CommandId, FactId, ParticipantId, SiteId, Stream, TrajectoryId},
    participant::{self, Person, PersonLinked, PersonUnlinked},
    programme::Method,
    refusal::Refusal,
    trajectory::{self, Context, Draft, Recorded, Trajectory},
    vnumber::VNumber,
};
use jiff::{Timestamp, civil::Date};
use journal::{PersonKey, SealedFact, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Desk, Failure, Inner,
    clock::date_of,
    failure::Change,
    prepared::{Batch, Grounds, Prepared, Stamp, repeat},
};

/// How often a command is decided anew when someone else commits first.
const ATTEMPTS: u32 = 5;

/// What someone orders: one command, with what makes it safe to repeat and to refuse.
#[derive(Debug, Clone)]
pub struct Order {
    /// The same id twice has one effect.
    pub command: CommandId,
    /// The version of the history the form was made for.
    pub expected: Option<u32>,
    /// Where.
    pub target: Target,
    /// What.
    pub drafts: Vec<Draft>,
}

/// Where a command goes.
#[derive(Debug, Clone)]
pub enum Target {
    /// A new trajectory of a new or known person; the drafts begin with the registration.
    New {
        /// At which site.
        site: SiteId,
        /// The known person, for a re-entry.
        known: Option<ParticipantId>,
        /// The identity, for a new person.
        identity: Option<Box<Draft>>,
    },
    /// A trajectory.
    Trajectory(TrajectoryId),
    /// A person.
    Participant(ParticipantId),
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The trajectory it went to.
    pub trajectory: Option<TrajectoryId>,
    /// The person it is about.
    pub participant: ParticipantId,
    /// The version of the history after it.
    pub version: u32,
    /// Whether it had been carried out before.
    #[serde(skip)]
    pub repeated: bool,
}

enum Step {
    Repeated(Done),
    Ready(Box<Prepared>),
}

impl Desk {
    /// Whether a command was carried out before: its form may then be sent again, to the same effect.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn carried_out(&self, command: CommandId) -> Result<bool, Failure> {
        let read = self.inner.store.read(move |tx| journal::command::find(tx, command)).await;
        Ok(read?.is_some())
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// See [`Failure`]; nothing was changed then.
    pub async fn execute(&self, who: &Principal, order: Order) -> Result<Done, Failure> {
        let scope = scope_of(who, &order)?;
        let digest = digest(who, &order);
        let order = Arc::new(order);
        let fresh = Fresh::new(self.inner.entropy.as_ref(), order.drafts.len());
        let mut attempt = 1;
        loop {
            let (inner, asker, scope) = (Arc::clone(&self.inner), who.clone(), scope.clone());
            let (theirs, ids) = (Arc::clone(&order), fresh.clone());
            let asks = move |tx: &mut Tx<'_>| inner.prepare(tx, (&asker, &scope), &theirs, &digest, &ids);
            let step = self.inner.store.read(asks).await?;
            let prepared = match step {
                Step::Repeated(done) => return Ok(done),
                Step::Ready(prepared) => prepared,
            };
            let stamp = Stamp { command: order.command, digest, actor: who.user };
            let outcome = self.inner.store.write(move |tx| prepared.write(tx, &stamp)).await;
            match outcome {
                // someone else committed in between: decide anew on what is there now
                Err(Failure::Store(journal::Error::Conflict { .. }) | Failure::Overtaken) => {
                    if attempt == ATTEMPTS {
                        return Err(Failure::Overtaken);
                    }
                    attempt += 1;
                }
                other => return other,
            }
        }
    }
}

/// Ids for what a command may make; the same for every attempt.
#[derive(Clone)]
struct Fresh {
    person: ParticipantId,
    trajectory: TrajectoryId,
    facts: Vec<FactId>,
}

impl Fresh {
    fn new(entropy: &dyn journal::Entropy, drafts: usize) -> Self {
        Self {
            person: ParticipantId(entropy.id()),
            trajectory: TrajectoryId(entropy.id()),
            // one for the identity of a new person, one for the other side of a link
            facts: (0..drafts + 2).map(|_| FactId(entropy.id())).collect(),
        }
    }
}

/// Who records something works on files, at a site of their own. Which kinds of facts depends on the case.
fn scope_of(who: &Principal, order: &Order) -> Result<Scope, Failure> {
    let scope = access::scope(who, Reach::File)?;
    match &order.target {
        Target::New { site, .. } if !scope.covers(site) => Err(Failure::Hidden),
        Target::New { identity, .. } => {
            let standing = Standing::of_new_case(who);
            let drafts = order.drafts.iter().chain(identity.as_deref());
            may_record(&standing, drafts.map(|draft| draft.body.kind()))?;
            Ok(scope)
        }
        _ => Ok(scope),
    }
}

/// Whether someone who stands so to a case may record each of these kinds.
fn may_record(standing: &Standing, kinds: impl IntoIterator<Item = Kind>) -> Result<(), Failure> {
    kinds.into_iter().try_for_each(|kind| if standing.may_record(kind) { Ok(()) } else { Err(Failure::Denied) })
}

/// What a command says, so that the same id with other content is noticed.
fn digest(who: &Principal, order: &Order) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(who.user.0.as_bytes());
    // the derived form shows every field; it is hashed, never kept or shown
    hash.update(format!("{:?} {:?}", order.target, order.drafts));
    hash.finalize().into()
}

impl Inner {
    fn prepare(
        &self,
        tx: &mut Tx<'_>,
        (who, scope): (&Principal, &Scope),
        order: &Order,
        digest: &[u8; 32],
        fresh: &Fresh,
    ) -> Result<Step, Failure> {
        if let Some((kept, outcome)) = journal::command::find(tx, order.command)? {
            return repeat(&kept, digest, &outcome).map(Step::Repeated);
        }
        let at = self.clock.business();
        let desk = Work { inner: self, who, scope, order, at, today: date_of(at), fresh };
        let prepared = match &order.target {
            Target::New { site, known, identity } => desk.new_trajectory(tx, site, *known, identity.as_deref()),
            Target::Trajectory(id) => desk.on_trajectory(tx, *id),
            Target::Participant(id) => desk.on_person(tx, *id),
        }?;
        Ok(Step::Ready(Box::new(prepared)))
    }
}

/// One command being prepared.
struct Work<'a> {
    inner: &'a Inner,
    who: &'a Principal,
    scope: &'a Scope,
    order: &'a Order,
    at: Timestamp,
    today: Date,
    fresh: &'a Fresh,
}

impl Work<'_> {
    fn context(&self, stream: Stream, subject: ParticipantId, site: &SiteId, method: domain::ids::MethodId) -> Context {
        Context {
            stream,
            subject,
            site: site.clone(),
            method,
            actor: self.who.user,
            org: self.who.org.clone(),
            command: self.order.command,
            recorded_at: self.at,
            today: self.today,
            ids: self.fresh.facts.clone(),
        }
    }

    fn seal(&self, facts: &[Fact], key: &Arc<PersonKey>) -> Result<Vec<SealedFact>, Failure> {
        let seal = |fact| SealedFact::new(fact, Some(key), self.inner.entropy.as_ref());
        Ok(facts.iter().map(seal).collect::<journal::Result<_>>()?)
    }

    fn method_on(&self, site: &SiteId, day: Date) -> Result<&domain::programme::Method, Failure> {
        let method = self.inner.programme.method_on(site, day);
        method.ok_or_else(|| Refusal::new("site-not-open").with("site", site).field("valid_from").into())
    }

    fn new_trajectory(
        &self,
        tx: &mut Tx<'_>,
        site: &SiteId,
        known: Option<ParticipantId>,
        identity: Option<&Draft>,
    ) -> Result<Prepared, Failure> {
        let day = self.order.drafts.first().map_or(self.today, |draft| draft.valid_from);
        let method = self.method_on(site, day)?;
        // a member of a household is linked in the same command: to the new person, not to the trajectory
        let (links, mut drafts): (Vec<Draft>, Vec<Draft>) =
            self.order.drafts.iter().cloned().partition(|draft| draft.body.kind() == Kind::PersonLinked);
        if links.len() > usize::from(known.is_none()) {
            return Err(Refusal::new("wrong-stream").with("kind", Kind::PersonLinked).into());
        }
        let (mut batches, mut people, mut grounds) = (Vec::new(), Vec::new(), Grounds::default());
        let mut rows = Vec::new();
        let (person, new) = match (known, identity) {
            (Some(id), _) => {
                grounds.see_whole(tx, id)?;
                (self.known_person(tx, id, site, &mut drafts)?, None)
            }
            (None, Some(identity)) => {
                let id = self.fresh.person;
                let Body::IdentityRecorded(body) = &identity.body else {
                    return Err(Refusal::new("name-missing").field("name").into());
                };
                grounds.unique.extend(self.not_known_yet(tx, body.v_number.as_ref(), id)?);
                let stream = Stream::Participant(id);
                let mut context = self.context(stream, id, site, method.id.clone());
                context.ids.rotate_right(1 + links.len());
                let programme = &self.inner.programme;
                let about = std::iter::once(identity).chain(&links).cloned().collect();
                let (facts, person) = participant::decide(&[], about, &context, method, programme)?;
                (person, Some((stream, facts)))
            }
            (None, None) => return Err(Refusal::new("name-missing").field("name").into()),
        };
        let stream = Stream::Trajectory(self.fresh.trajectory);
        let context = self.context(stream, person.id, site, method.id.clone());
        let first_id = drafts.len();
        let (facts, state) = trajectory::decide(&[], drafts, &context, method, &self.inner.programme)?;
        for (other, mirrored) in links.iter().filter_map(|link| mirror(link, person.id)) {
            let side = self.one_person(tx, other, vec![mirrored], None, first_id)?;
            batches.extend(side.batches);
            people.extend(side.people);
            grounds.extend(side.grounds);
            rows.extend(side.rows);
        }
        // both histories are accepted: only now a key is made, so that a refusal leaves none behind
        let key = match new {
            Some((stream, facts)) => {
                let key = self.inner.keys.make(person.id)?;
                batches.push(Batch { stream, expected: 0, facts: self.seal(&facts, &key)? });
                people.push(self.inner.sealed_person(&person, Some(&key))?);
                key
            }
            None => self.inner.keys.need(person.id)?,
        };
        let changed = (self.at, self.who.user);
        let mut state = state;
        state.version = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        let row = self.inner.sealed_row(&state, &person, Some(&key), self.today, changed)?;
        batches.push(Batch { stream, expected: 0, facts: self.seal(&facts, &key)? });
        let done = Done {
            trajectory: Some(self.fresh.trajectory),
            participant: person.id,
            version: state.version,
            repeated: false,
        };
        rows.push((row, vec![], state.spells()));
        Ok(Prepared { batches, grounds, people, rows, done, at: self.at })
    }

    /// A re-entry: the person is known at one of my sites, has no open trajectory at this one, and the
    /// registration is linked to the latest.
    fn known_person(
        &self,
        tx: &mut Tx<'_>,
        id: ParticipantId,
        site: &SiteId,
        drafts: &mut [Draft],
    ) -> Result<Person, Failure> {
        let known = views::file::of_person(tx, &self.who.org, id, self.today)?;
        let mine = |member: &&views::file::Membership| self.inner.own(self.scope, member);
        // known again is who may be found before a registration, also long after the end
        let found = access::scope_for(self.who, Reach::Search, Purpose::Registration)?;
        let standing = found.standing(known.iter().filter(mine).map(|member| member.case));
        if !standing.sees(Category::Identity) {
            return Err(Failure::Hidden);
        }
        if let Some(open) = known.iter().find(|member| member.site == site.as_str() && member.ended.is_none()) {
            return Err(Refusal::new("trajectory-still-open").with("case", &open.case_number).into());
        }
        let latest = known.iter().rfind(mine);
        if let (Some(first), Some(latest)) = (drafts.first_mut(), latest) {
            if latest.ended.is_some_and(|ended| first.valid_from < ended) {
                let ended = latest.ended.unwrap_or(first.valid_from);
                return Err(Refusal::new("before-previous-ended")
                    .with("on", ended)
                    .possible(ended)
                    .field("valid_from")
                    .into());
            }
            first.codes.previous = Some(latest.trajectory);
        }
        self.inner.person(tx, id)?.ok_or(Failure::Hidden)
    }

    /// A V-number is one person: someone else with it is refused, at another site without saying more. What must still
    /// hold when it is written.
    fn not_known_yet(
        &self,
        tx: &mut Tx<'_>,
        number: Option<&VNumber>,
        own: ParticipantId,
    ) -> Result<Option<([u8; 16], ParticipantId)>, Failure> {
        let Some(number) = number else { return Ok(None) };
        let token = self.inner.keys.token(&format!("v:{}", number.digits()));
        if let Some(id) = views::search::candidates(tx, &[token])?.into_iter().find(|id| *id != own) {
            let members = views::file::of_person(tx, &self.who.org, id, self.today)?;
            let mine = members.iter().any(|member| self.inner.own(self.scope, member));
            let key = if mine { "v-number-known-here" } else { "v-number-known-elsewhere" };
            return Err(Refusal::new(key).field("v_number").into());
        }
        Ok(Some((token, own)))
    }

    fn on_trajectory(&self, tx: &mut Tx<'_>, id: TrajectoryId) -> Result<Prepared, Failure> {
        let found = views::file::case(tx, &self.who.org, id, self.today)?;
        let (subject, site, case) = found.filter(|(_, site, _)| self.scope.covers(site)).ok_or(Failure::Hidden)?;
        let (site, standing) = (&site, self.scope.standing([case]));
        if !standing.sees(Category::Process) {
            return Err(Failure::Hidden);
        }
        may_record(&standing, self.order.drafts.iter().map(|draft| draft.body.kind()))?;
        let stream = Stream::Trajectory(id);
        let history = self.inner.history(tx, stream, subject)?;
        let opened = history.first().map(|recorded| recorded.fact.header.method.clone()).ok_or(Failure::Hidden)?;
        let method = self.inner.method(&opened)?;
        let before = trajectory::replay(&history, method)?;
        let standing = standing.guiding(before.is_guided_by(&self.who.org));
        may_record(&standing, self.order.drafts.iter().map(|draft| draft.body.kind()))?;
        self.on_information_of(site, &history)?;
        self.may_touch(&history, &standing)?;
        self.unchanged(&history, &standing)?;
        self.own_part(&standing, method)?;
        let mut grounds = Grounds::default();
        // the row shows the person too
        grounds.see(tx, Stream::Participant(subject))?;
        let person = self.inner.person(tx, subject)?.ok_or(Failure::Hidden)?;
        let key = self.inner.keys.need(subject)?;
        let context = self.context(stream, subject, site, opened);
        let mut drafts = self.order.drafts.clone();
        drafts
            .iter_mut()
            .for_each(|draft| crate::redact::carry_over(draft, &history, self.inner.eyes(standing.categories())));
        if drafts.iter().any(|draft| draft.body.kind() == Kind::ObjectionDecided) {
            // another trajectory of this person may not begin meanwhile
            grounds.see_whole(tx, subject)?;
            let all = views::file::of_person(tx, &self.who.org, subject, self.today)?;
            drafts.iter_mut().for_each(|draft| crate::beside::annuls(draft, &all, &before));
        }
        let (facts, state) = trajectory::decide(&history, drafts, &context, method, &self.inner.programme)?;
        if facts.iter().any(|fact| crate::beside::may_overlap(fact.header.kind)) {
            grounds.see_whole(tx, subject)?;
            let all = views::file::of_person(tx, &self.who.org, subject, self.today)?;
            crate::beside::one_at_a_time(&all, &before, &state)?;
        }
        let row = self.inner.sealed_row(&state, &person, Some(&key), self.today, (self.at, self.who.user))?;
        let batch = Batch { stream, expected: before.version, facts: self.seal(&facts, &key)? };
        let done = Done { trajectory: Some(id), participant: subject, version: state.version, repeated: false };
        let rows = vec![(row, before.spells(), state.spells())];
        Ok(Prepared { batches: vec![batch], grounds, people: vec![], rows, done, at: self.at })
    }

    /// What another organisation did is recorded by who leads or guides, and on the information of a partner of the site.
    fn on_information_of(&self, site: &SiteId, history: &[Recorded]) -> Result<(), Failure> {
        let partners = self.inner.programme.site(site).map(|site| site.partners.as_slice()).unwrap_or_default();
        for (draft, source) in self.order.drafts.iter().filter_map(|draft| Some((draft, draft.source.as_ref()?))) {
            // a correction keeps on whose information it was
            let old = history.iter().find(|old| draft.supersedes == Some(old.fact.header.id));
            if *source == self.who.org || old.is_some_and(|old| old.fact.header.source == *source) {
                continue;
            }
            if !access::may_record_for(self.who) {
                return Err(Failure::Denied);
            }
            if !partners.contains(source) {
                return Err(Refusal::new("not-a-partner").with("partner", source).field("source").into());
            }
        }
        Ok(())
    }

    /// Who sees of the dossier a part alone brings that part: of their own organisation, and items that were agreed with it.
    fn own_part(&self, standing: &Standing, method: &Method) -> Result<(), Failure> {
        if standing.sees(Category::Dossier) {
            return Ok(());
        }
        for draft in self.order.drafts.iter().filter(|draft| draft.body.kind().category() == Category::Dossier) {
            if draft.codes.partner.as_ref() != Some(&self.who.org) {
                return Err(Refusal::new("part-of-another").with("partner", &self.who.org).field("partner").into());
            }
            let (items, field) = match &draft.body {
                Body::DossierDelivered(body) => (body.items.as_slice(), "items"),
                Body::DossierUnavailable(body) => (body.items.as_slice(), "items"),
                Body::DocumentAdded(body) => (std::slice::from_ref(&body.item), "item"),
                _ => (&[][..], "items"),
            };
            if let Some(item) = items.iter().find(|item| method.contracted(&self.who.org, item).is_none()) {
                return Err(Refusal::new("item-of-another").with("item", item).field(field).into());
            }
        }
        Ok(())
    }

    /// A correction touches a fact: its kind must be one that may be seen and recorded.
    fn may_touch(&self, history: &[Recorded], standing: &Standing) -> Result<(), Failure> {
        for target in self.order.drafts.iter().filter_map(|draft| draft.supersedes) {
            let found = history.iter().find(|recorded| recorded.fact.header.id == target).ok_or(Failure::Hidden)?;
            if !standing.sees_fact(&found.fact.header) {
                return Err(Failure::Hidden);
            }
            may_record(standing, [found.fact.header.kind])?;
        }
        Ok(())
    }

    /// Refuses when someone else changed the same thing since the form was made.
    fn unchanged(&self, history: &[Recorded], standing: &Standing) -> Result<(), Failure> {
        let Some(yours) = self.order.expected else { return Ok(()) };
        let now = history.iter().map(|recorded| recorded.number).max().unwrap_or(0);
        let read = History::of(history);
        let mut since: Vec<&Recorded> = history.iter().filter(|recorded| recorded.number > yours).collect();
        let clash = |recorded: &&Recorded| {
            self.order.drafts.iter().any(|draft| crate::beside::clashes(draft, &recorded.fact.header, &read))
        };
        if !since.iter().any(clash) {
            return Ok(());
        }
        since.retain(|recorded| standing.sees_fact(&recorded.fact.header));
        let changes = since.iter().rev().map(|recorded| {
            let h = &recorded.fact.header;
            let by = self.inner.accounts.get(h.actor).map(|account| account.name).unwrap_or_default();
            Change { kind: h.kind, valid_from: h.valid_from, recorded_at: h.recorded_at, by }
        });
        Err(Failure::Conflict { yours, now, changes: changes.collect() })
    }

    fn on_person(&self, tx: &mut Tx<'_>, id: ParticipantId) -> Result<Prepared, Failure> {
        let mut prepared = self.one_person(tx, id, self.order.drafts.clone(), self.order.expected, 0)?;
        // what concerns two people is written once for each of them (design.md 6.4)
        for draft in &self.order.drafts {
            if let Some((other, mirrored)) = self.other_side(tx, draft, id)? {
                let side = self.one_person(tx, other, vec![mirrored], None, self.order.drafts.len())?;
                prepared.batches.extend(side.batches);
                prepared.people.extend(side.people);
                prepared.grounds.extend(side.grounds);
                prepared.rows.extend(side.rows);
            }
        }
        Ok(prepared)
    }

    /// What is written about the other person: of a new link or unlinking the mirror, of a corrected or withdrawn
    /// one the same for its mirror there.
    fn other_side(
        &self,
        tx: &mut Tx<'_>,
        draft: &Draft,
        id: ParticipantId,
    ) -> Result<Option<(ParticipantId, Draft)>, Failure> {
        let Some(target) = draft.supersedes else { return Ok(mirror(draft, id)) };
        let history = self.inner.history(tx, Stream::Participant(id), id)?;
        let found = history.iter().find(|recorded| recorded.fact.header.id == target);
        let link = match found.and_then(|recorded| recorded.fact.body.as_ref()) {
            Some(Body::PersonLinked(link)) => link,
            // linked again by a new fact, which is clearer
            Some(Body::PersonUnlinked(_)) => return Err(Refusal::new("unlinking-stays").into()),
            _ => return Ok(None),
        };
        let body = match &draft.body {
            Body::PersonLinked(new) if new.other != link.other => {
                return Err(Refusal::new("link-other-person").field("other").into());
            }
            Body::PersonLinked(_) => mirror(draft, id).map(|(_, mirrored)| mirrored.body),
            other => Some(other.clone()),
        };
        let theirs = self.inner.person(tx, link.other)?;
        let theirs = theirs.and_then(|person| person.links.into_iter().find(|known| known.other == id));
        let (Some(body), Some(theirs)) = (body, theirs) else { return Err(Refusal::new("not-linked").into()) };
        Ok(Some((link.other, Draft { body, supersedes: Some(theirs.fact), ..draft.clone() })))
    }

    fn one_person(
        &self,
        tx: &mut Tx<'_>,
        id: ParticipantId,
        drafts: Vec<Draft>,
        expected: Option<u32>,
        first_id: usize,
    ) -> Result<Prepared, Failure> {
        let members = views::file::of_person(tx, &self.who.org, id, self.today)?;
        let own = members.iter().rfind(|member| self.inner.visible(self.scope, member)).ok_or(Failure::Hidden)?;
        let visible = members.iter().filter(|member| self.inner.visible(self.scope, member));
        let standing = self.scope.standing(visible.map(|member| member.case));
        if !standing.sees(Category::Identity) {
            return Err(Failure::Hidden);
        }
        may_record(&standing, drafts.iter().map(|draft| draft.body.kind()))?;
        let site: SiteId = own.site.parse()?;
        let stream = Stream::Participant(id);
        let history = self.inner.history(tx, stream, id)?;
        // not for the other side of a link: what the order corrects is not in that history
        if first_id == 0 {
            self.may_touch(&history, &standing)?;
        }
        if expected.is_some() {
            self.unchanged(&history, &standing)?;
        }
        let mut grounds = Grounds::default();
        // the rows of all their trajectories are written anew
        grounds.see_whole(tx, id)?;
        let key = self.inner.keys.need(id)?;
        let version = history.iter().map(|recorded| recorded.number).max().unwrap_or(0);
        let method = self.method_on(&site, self.today)?;
        let mut context = self.context(stream, id, &site, method.id.clone());
        context.ids.drain(..first_id);
        let (facts, person) = participant::decide(&history, drafts, &context, method, &self.inner.programme)?;
        let number = |person: &Person| person.identity.as_ref().and_then(|identity| identity.v_number.clone());
        let (before, now) = (self.inner.person(tx, id)?.as_ref().and_then(number), number(&person));
        if now != before {
            grounds.unique.extend(self.not_known_yet(tx, now.as_ref(), id)?);
        }
        let person_row = self.inner.sealed_person(&person, Some(&key))?;
        let mut rows = Vec::new();
        for member in &members {
            let stream = Stream::Trajectory(member.trajectory);
            let history = self.inner.history(tx, stream, id)?;
            let Some(first) = history.first() else { continue };
            let state: Trajectory = trajectory::replay(&history, self.inner.method(&first.fact.header.method)?)?;
            let row = self.inner.sealed_row(&state, &person, Some(&key), self.today, crate::rows::changed(&history))?;
            rows.push((row, vec![], vec![]));
        }
        let batch = Batch { stream, expected: version, facts: self.seal(&facts, &key)? };
        let done = Done { trajectory: None, participant: id, version: person.version, repeated: false };
        Ok(Prepared { batches: vec![batch], grounds, people: vec![person_row], rows, done, at: self.at })
    }
}

/// The other side of a link or unlinking.
fn mirror(draft: &Draft, id: ParticipantId) -> Option<(ParticipantId, Draft)> {
    let (other, body) = match &draft.body {
        Body::PersonLinked(link) => {
            (link.other, Body::from(PersonLinked { other: id, relation: link.relation.mirrored() }))
        }
        Body::PersonUnlinked(link) => (link.other, Body::from(PersonUnlinked { other: id })),
        _ => return None,
    };
    Some((other, Draft { body, supersedes: None, ..draft.clone() }))
}
