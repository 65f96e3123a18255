//! The policy, tabulated: `table.bin` holds what Cedar answers to every question, and is looked up here.
//!
//! A test makes the table from `policy/lvv.cedar` and fails when the two differ. A row is a mask of 64 bits: four for each
//! category (see, write, decide, see-agreed), and from [`OPENINGS_FROM`] one for each contested cell: what would be seen, were it open.
//! There are few different masks, so a row is one byte: which mask. A table that was made for other lists than
//! those of this program answers nothing.

use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};

use crate::question::{Answer, Asker, Opening, Question, Reach, Relation, Settings, State, Strength, Verb};

static TABLE: &[u8] = include_bytes!("table.bin");

const ROLES: usize = Role::ALL.len();
const ORGS: usize = OrgKind::ALL.len();
const RELATIONS: usize = Relation::ALL.len();
const STATES: usize = State::ALL.len();
const PURPOSES: usize = Purpose::ALL.len();
const STRENGTHS: usize = Strength::ALL.len();
const VERBS: usize = Verb::ALL.len();

/// Rows of masks: role × organisation × strength × purpose × relation × state.
pub const ROWS: usize = ROLES * ORGS * STRENGTHS * PURPOSES * RELATIONS * STATES;
/// Rows of kinds of facts: role × organisation × strength × relation × state (a kind has its own purpose).
pub const KIND_ROWS: usize = ROLES * ORGS * STRENGTHS * RELATIONS * STATES;
/// Rows of parts of the program: role × organisation × strength.
pub const REACH_ROWS: usize = ROLES * ORGS * STRENGTHS;
/// The first bit of the contested cells in a mask.
pub const OPENINGS_FROM: usize = 56;
/// How many different masks fit.
pub const MASKS: usize = 256;
/// How many different sets of kinds fit.
pub const KIND_MASKS: usize = 64;

/// The lists the table was made for, as lengths.
#[allow(clippy::cast_possible_truncation, reason = "each list is shorter than 64")]
pub const SHAPE: [u8; 11] = [
    ROLES as u8,
    ORGS as u8,
    RELATIONS as u8,
    STATES as u8,
    Category::ALL.len() as u8,
    PURPOSES as u8,
    STRENGTHS as u8,
    Kind::ALL.len() as u8,
    Reach::ALL.len() as u8,
    Opening::ALL.len() as u8,
    VERBS as u8,
];

const MASKS_AT: usize = 32 + SHAPE.len();
const KIND_MASKS_AT: usize = MASKS_AT + MASKS * 8;
const ROWS_AT: usize = KIND_MASKS_AT + KIND_MASKS * 8;
const KIND_ROWS_AT: usize = ROWS_AT + ROWS;
const REACH_AT: usize = KIND_ROWS_AT + KIND_ROWS;
const LENGTH: usize = REACH_AT + REACH_ROWS;

const _: () = assert!(Category::ALL.len() * VERBS <= OPENINGS_FROM && OPENINGS_FROM + Opening::ALL.len() <= 64);
const _: () = assert!(Kind::ALL.len() <= 64 && Reach::ALL.len() <= 8 && Category::ALL.len() <= 16);

/// Whether the table was made for the lists of this program.
pub const FITS: bool = {
    let mut same = TABLE.len() == LENGTH;
    let mut at = 0;
    while same && at < SHAPE.len() {
        same = TABLE[32 + at] == SHAPE[at];
        at += 1;
    }
    same
};

/// SHA-256 of the policy and its schema, of which the table was made; for logs.
pub fn policy_hash() -> &'static [u8] {
    TABLE.get(..32).unwrap_or_default()
}

/// The row of an asker, for a purpose, at a case.
pub const fn row(asker: Asker, purpose: Purpose, relation: Relation, state: State) -> usize {
    ((who(asker) * PURPOSES + purpose as usize) * RELATIONS + relation as usize) * STATES + state as usize
}

/// The row of kinds of an asker at a case.
pub const fn kind_row(asker: Asker, relation: Relation, state: State) -> usize {
    (who(asker) * RELATIONS + relation as usize) * STATES + state as usize
}

/// The row of an asker.
pub const fn who(asker: Asker) -> usize {
    (asker.role as usize * ORGS + asker.org_kind as usize) * STRENGTHS + asker.strength as usize
}

/// The bit of a verb on a category.
pub const fn bit(category: Category, verb: Verb) -> u64 {
    1 << (category as usize * VERBS + verb as usize)
}

/// The bit of a contested cell.
pub const fn opening_bit(opening: Opening) -> u64 {
    1 << (OPENINGS_FROM + opening as usize)
}

/// Where no second factor is required, a password counts as one.
const fn counted(mut asker: Asker, settings: Settings) -> Asker {
    if !settings.second_factor_required {
        asker.strength = Strength::SecondFactor;
    }
    asker
}

fn byte(at: usize) -> usize {
    if FITS { TABLE.get(at).copied().map_or(0, usize::from) } else { 0 }
}

fn read<const N: usize>(at: usize) -> [u8; N] {
    let found = if FITS { TABLE.get(at..at + N) } else { None };
    found.and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
}

/// What may be done with each category, contested cells included as far as they are open.
fn mask(asker: Asker, purpose: Purpose, relation: Relation, state: State, settings: Settings) -> u64 {
    let at = byte(ROWS_AT + row(counted(asker, settings), purpose, relation, state));
    let mut mask = u64::from_le_bytes(read(MASKS_AT + at * 8));
    if mask >> OPENINGS_FROM != 0 {
        for opening in Opening::ALL {
            if mask & opening_bit(*opening) != 0 && settings.opens(*opening) {
                mask |= bit(opening.category(), Verb::See);
            }
        }
    }
    mask
}

/// Asks the policy.
pub fn ask(question: &Question, settings: Settings) -> Answer {
    let Question { asker, relation, state, category, purpose } = *question;
    let mask = mask(asker, purpose, relation, state, settings);
    let may = |verb| mask & bit(category, verb) != 0;
    Answer { see: may(Verb::See), write: may(Verb::Write), decide: may(Verb::Decide), agreed: may(Verb::SeeAgreed) }
}

/// Whether someone may record a kind of fact (and correct one), for the purpose that the kind has.
pub fn may_record(asker: Asker, relation: Relation, state: State, kind: Kind, settings: Settings) -> bool {
    let at = byte(KIND_ROWS_AT + kind_row(counted(asker, settings), relation, state));
    u64::from_le_bytes(read(KIND_MASKS_AT + at * 8)) >> (kind as usize) & 1 == 1
}

/// Whether someone has a part of the program at all; which cases are in it is asked with [`allowed`].
pub fn reaches(asker: Asker, reach: Reach, settings: Settings) -> bool {
    byte(REACH_AT + who(counted(asker, settings))) >> (reach as usize) & 1 == 1
}

/// A set of categories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Categories(u16);

impl Categories {
    /// Whether a category is in it.
    pub const fn contains(self, category: Category) -> bool {
        self.0 >> (category as usize) & 1 == 1
    }
    /// This one alone.
    pub const fn one(category: Category) -> Self {
        Self(1 << (category as usize))
    }
    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// What is in this one or in the other.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// What is in this one and in the other.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// What is in this one and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// What is in it, in the order of [`Category::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| self.contains(*category))
    }
    fn of(mask: u64, verb: Verb) -> Self {
        let bits = Category::ALL.iter().filter(|category| mask & bit(**category, verb) != 0);
        Self(bits.fold(0, |set, category| set | 1 << (*category as usize)))
    }
}

/// What may be done with the cases that stand to the asker in one way and are in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// How the asker stands to the case.
    pub relation: Relation,
    /// The state of the case.
    pub state: State,
    /// What may be seen.
    pub see: Categories,
    /// What may be recorded.
    pub write: Categories,
    /// What may be decided on.
    pub decide: Categories,
    /// What may be seen item by item, as far as a contract says.
    pub agreed: Categories,
}

/// Every combination of relation and state in which the asker sees anything, for a list to turn into one predicate:
/// rows by relation and state, columns by category. Nothing may be done that may not be seen.
pub fn allowed(asker: Asker, purpose: Purpose, settings: Settings) -> impl Iterator<Item = Allowed> {
    let cases = Relation::ALL.iter().flat_map(|relation| State::ALL.iter().map(move |state| (*relation, *state)));
    let rows = cases.map(move |(relation, state)| {
        let mask = mask(asker, purpose, relation, state, settings);
        let of = |verb| Categories::of(mask, verb);
        let (see, agreed) = (of(Verb::See), of(Verb::SeeAgreed));
        Allowed { relation, state, see, write: of(Verb::Write), decide: of(Verb::Decide), agreed }
    });
    rows.filter(|allowed| !allowed.see.is_empty())
}

/// The purposes for which someone may see anything of any case, or figures.
pub fn purposes(asker: Asker, settings: Settings) -> impl Iterator<Item = Purpose> {
    Purpose::ALL.iter().copied().filter(move |purpose| allowed(asker, *purpose, settings).next().is_some())
}
