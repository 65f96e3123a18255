//! The answers to every question, from Cedar, in seconds instead of half an hour.
//!
//! Cedar allows when some permit is satisfied and no forbid is. So each policy is asked by itself, for every combination of
//! the inputs that it mentions and no others: an input that is left out of the request and yet read is an error in Cedar, so
//! nothing that matters can be left out. The answers, as sets of bits, are then combined as Cedar combines them. That this
//! equals the whole policy set asked at once is sampled in `differential.rs`.

use std::{collections::HashMap, str::FromStr};

use access::{
    Asker, Opening, Reach, Relation, Settings, State, Strength, Verb,
    table::{self, KIND_MASKS, KIND_ROWS, MASKS, REACH_ROWS, ROWS, SHAPE},
};
use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, PolicySet, PrincipalConstraint, ResourceConstraint};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};

use crate::cedar::{Cedar, Inputs, hash};

/// What can be asked for one role: verbs on categories, kinds of facts, parts of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    Verb(Category, Verb),
    Kind(Kind),
    Reach(Reach),
}

const VERB_CELLS: usize = Category::ALL.len() * Verb::ALL.len();
const CELLS: usize = VERB_CELLS + Kind::ALL.len() + Reach::ALL.len();
const WORDS: usize = (Role::ALL.len() * CELLS).div_ceil(64);

impl Cell {
    pub(crate) fn all() -> Vec<Self> {
        let verbs = Category::ALL.iter().flat_map(|c| Verb::ALL.iter().map(|v| Self::Verb(*c, *v)));
        let kinds = Kind::ALL.iter().map(|kind| Self::Kind(*kind));
        verbs.chain(kinds).chain(Reach::ALL.iter().map(|reach| Self::Reach(*reach))).collect()
    }

    fn index(self) -> usize {
        match self {
            Self::Verb(category, verb) => category as usize * Verb::ALL.len() + verb as usize,
            Self::Kind(kind) => VERB_CELLS + kind as usize,
            Self::Reach(reach) => VERB_CELLS + Kind::ALL.len() + reach as usize,
        }
    }

    fn action(self) -> String {
        match self {
            Self::Verb(_, verb) => format!("Action::\"{verb}\""),
            Self::Kind(kind) => format!("Action::\"{kind}\""),
            Self::Reach(_) => "Action::\"reach\"".into(),
        }
    }

    fn resource(self) -> String {
        match self {
            Self::Verb(category, _) => format!("Category::\"{category}\""),
            Self::Kind(kind) => format!("Category::\"{}\"", kind.category()),
            Self::Reach(reach) => format!("Reach::\"{reach}\""),
        }
    }
}

/// A bit for every role and cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cells([u64; WORDS]);

impl Cells {
    pub(crate) fn has(&self, role: Role, cell: Cell) -> bool {
        let at = role as usize * CELLS + cell.index();
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
    fn set(&mut self, role: Role, cell: Cell) {
        let at = role as usize * CELLS + cell.index();
        self.0[at / 64] |= 1 << (at % 64);
    }
    fn or(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }
    fn but(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, less)| *word &= !less);
        self
    }
}

/// One combination of what a policy may ask of, beside role, action and resource.
pub(crate) type Combination = (OrgKind, Strength, Purpose, Relation, State);

/// Every combination.
pub(crate) fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for org in OrgKind::ALL {
        for strength in Strength::ALL {
            for purpose in Purpose::ALL {
                for relation in Relation::ALL {
                    all.extend(State::ALL.iter().map(|state| (*org, *strength, *purpose, *relation, *state)));
                }
            }
        }
    }
    all
}

/// A policy, and where it is satisfied.
struct Judged {
    id: String,
    forbid: bool,
    mentions: [bool; 5],
    cells: HashMap<[u8; 5], Cells>,
}

fn key(mentions: [bool; 5], at: Combination) -> [u8; 5] {
    let all = [at.0 as u8, at.1 as u8, at.2 as u8, at.3 as u8, at.4 as u8];
    std::array::from_fn(|i| if mentions[i] { all[i] } else { 0 })
}

impl Judged {
    fn of(policy: &Policy, settings: Settings) -> Self {
        let text = policy.to_string();
        let names = ["organisation", "strength", "purpose", "relation", "state"];
        let mentions = names.map(|name| text.contains(&format!("context.{name}")));
        let sets = text.contains("context.settings");
        let cedar = Cedar::new(PolicySet::from_policies([policy.clone()]).unwrap());
        let mut asked: Vec<(Role, Cell)> = Vec::new();
        for role in Role::ALL {
            // a policy whose head names another role, action or resource is not satisfied, says Cedar's definition
            let other = |uid: &EntityUid| uid.to_string() != format!("Role::\"{role}\"");
            if matches!(policy.principal_constraint(), PrincipalConstraint::Eq(uid) if other(&uid)) {
                continue;
            }
            asked.extend(Cell::all().into_iter().map(|cell| (*role, cell)).filter(|(_, cell)| {
                let elsewhere = |uid: &EntityUid| uid.to_string() != cell.resource();
                let otherwise = |uid: &EntityUid| uid.to_string() != cell.action();
                !matches!(policy.resource_constraint(), ResourceConstraint::Eq(uid) if elsewhere(&uid))
                    && !matches!(policy.action_constraint(), ActionConstraint::Eq(uid) if otherwise(&uid))
            }));
        }
        let mut cells = HashMap::new();
        for at in combinations() {
            let key = key(mentions, at);
            if cells.contains_key(&key) {
                continue;
            }
            let [org, strength, purpose, relation, state] = mentions;
            let context = Inputs {
                org: org.then_some(at.0),
                strength: strength.then_some(at.1),
                purpose: purpose.then_some(at.2),
                relation: relation.then_some(at.3),
                state: state.then_some(at.4),
                settings: sets.then_some(settings),
            }
            .context();
            let mut found = Cells::default();
            for (role, cell) in &asked {
                if cedar.cell(*role, *cell, &context).diagnostics().reason().next().is_some() {
                    found.set(*role, *cell);
                }
            }
            cells.insert(key, found);
        }
        Self { id: policy.id().to_string(), forbid: policy.effect() == Effect::Forbid, mentions, cells }
    }

    fn at(&self, at: Combination) -> &Cells {
        &self.cells[&key(self.mentions, at)]
    }
}

/// The policies, judged one by one under some settings.
pub(crate) struct Rules(Vec<Judged>);

impl Rules {
    pub(crate) fn new(set: &PolicySet, settings: Settings) -> Self {
        let mut all: Vec<_> = set.policies().map(|policy| Judged::of(policy, settings)).collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Self(all)
    }

    /// Changes the settings; only what mentions settings is judged again.
    pub(crate) fn turn(&mut self, set: &PolicySet, settings: Settings) {
        for judged in &mut self.0 {
            let policy = named(set, &judged.id);
            if policy.to_string().contains("context.settings") {
                *judged = Judged::of(policy, settings);
            }
        }
    }

    /// What is allowed, as Cedar combines policies: some permit, no forbid.
    pub(crate) fn allowed(&self, at: Combination) -> Cells {
        self.combine(at, None)
    }

    fn combine(&self, at: Combination, without: Option<usize>) -> Cells {
        let (mut permits, mut forbids) = (Cells::default(), Cells::default());
        for (index, judged) in self.0.iter().enumerate() {
            if without != Some(index) {
                (if judged.forbid { &mut forbids } else { &mut permits }).or(judged.at(at));
            }
        }
        permits.but(&forbids)
    }

    pub(crate) fn ids(&self) -> Vec<&str> {
        self.0.iter().map(|judged| judged.id.as_str()).collect()
    }

    /// A cell that changes at a combination when a policy is dropped.
    pub(crate) fn matters(&self, index: usize, at: Combination) -> Option<(Role, Cell)> {
        let (with, without) = (self.combine(at, None), self.combine(at, Some(index)));
        if with == without {
            return None;
        }
        let roles = Role::ALL.iter().flat_map(|role| Cell::all().into_iter().map(move |cell| (*role, cell)));
        // a kind is recorded for its own purpose, so for others it has no answer in the table
        let purposeful = |cell: &Cell| !matches!(cell, Cell::Kind(kind) if kind.purpose() != at.2);
        roles
            .filter(|(_, cell)| purposeful(cell))
            .find(|(role, cell)| with.has(*role, *cell) != without.has(*role, *cell))
    }

    /// The permits that grant something.
    pub(crate) fn granting(&self, at: Combination, role: Role, cell: Cell) -> Vec<&str> {
        let granting = self.0.iter().filter(|judged| !judged.forbid && judged.at(at).has(role, cell));
        granting.map(|judged| judged.id.as_str()).collect()
    }
}

/// The bytes of `table.bin`.
pub(crate) fn table(set: &PolicySet, rules: &mut Rules) -> Vec<u8> {
    let mut masks = vec![0_u64; ROWS];
    let mut kinds = vec![0_u64; KIND_ROWS];
    let mut reaches = vec![0_u8; REACH_ROWS];
    let asker = |role: Role, at: Combination| Asker { role, org_kind: at.0, strength: at.1 };
    let see = |opening: Opening| Cell::Verb(opening.category(), Verb::See);
    for at in combinations() {
        let allowed = rules.allowed(at);
        for role in Role::ALL {
            let who = asker(*role, at);
            for cell in Cell::all().into_iter().filter(|cell| allowed.has(*role, *cell)) {
                match cell {
                    Cell::Verb(category, verb) => {
                        masks[table::row(who, at.2, at.3, at.4)] |= table::bit(category, verb);
                    }
                    // a kind is recorded for its own purpose
                    Cell::Kind(kind) if kind.purpose() == at.2 => {
                        kinds[table::kind_row(who, at.3, at.4)] |= 1 << (kind as usize);
                    }
                    Cell::Kind(_) => {}
                    Cell::Reach(reach) => reaches[table::who(who)] |= 1 << (reach as usize),
                }
            }
        }
    }
    for opening in Opening::ALL {
        rules.turn(set, Settings::CLOSED.with(*opening, true));
        for at in combinations() {
            let allowed = rules.allowed(at);
            for role in Role::ALL.iter().filter(|role| allowed.has(**role, see(*opening))) {
                let mask = &mut masks[table::row(asker(*role, at), at.2, at.3, at.4)];
                if *mask & table::bit(opening.category(), Verb::See) == 0 {
                    *mask |= table::opening_bit(*opening);
                }
            }
        }
    }
    let mut bytes = hash().to_vec();
    bytes.extend(SHAPE);
    let (mask_book, rows) = book(&masks, MASKS);
    let (kind_book, kind_rows) = book(&kinds, KIND_MASKS);
    mask_book.iter().for_each(|mask| bytes.extend(mask.to_le_bytes()));
    kind_book.iter().for_each(|mask| bytes.extend(mask.to_le_bytes()));
    bytes.extend(rows);
    bytes.extend(kind_rows);
    bytes.extend(reaches);
    bytes
}

/// The different values, the empty one first, and which one stands in each row.
fn book<T: Copy + PartialEq + Default>(values: &[T], room: usize) -> (Vec<T>, Vec<u8>) {
    let mut book = vec![T::default()];
    let mut rows = Vec::with_capacity(values.len());
    for value in values {
        let at = book.iter().position(|known| known == value).unwrap_or_else(|| {
            book.push(*value);
            book.len() - 1
        });
        rows.push(u8::try_from(at).unwrap_or(u8::MAX));
    }
    assert!(book.len() <= room, "{} different rows, and room for {room}: widen the index in table.rs", book.len());
    println!("{} different masks of {} rows", book.len(), values.len());
    book.resize(room, T::default());
    (book, rows)
}

/// A policy by name, for messages.
pub(crate) fn named<'a>(set: &'a PolicySet, id: &str) -> &'a Policy {
    set.policy(&cedar_policy::PolicyId::from_str(id).unwrap()).unwrap()
}
