//! The table is what Cedar says.

use std::path::{Path, PathBuf};

use access::{Answer, Asker, Opening, Question, Reach, Settings, Verb, ask, may_record, policy_hash, reaches, table};
use cedar_policy::{ActionConstraint, PolicySet, ResourceConstraint};
use domain::{
    codes::{Category, Role},
    fact::Kind,
};

use crate::{
    cedar::{Cedar, Inputs, POLICY, hash, policies},
    tabulate::{Cell, Combination, Rules, combinations, named, table as made},
};

/// Whether this run writes what it would otherwise compare.
pub(crate) fn update() -> bool {
    #[allow(clippy::disallowed_methods, reason = "a test that writes golden files is told so by its caller")]
    std::env::var_os("UPDATE").is_some()
}

/// A file of the workspace.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Every contested cell open.
pub(crate) fn all_open() -> Settings {
    Opening::ALL.iter().fold(Settings::CLOSED, |settings, opening| settings.with(*opening, true))
}

/// What the table says of a cell.
pub(crate) fn looked_up(role: Role, at: Combination, cell: Cell, settings: Settings) -> bool {
    let (org_kind, strength, purpose, relation, state) = at;
    let asker = Asker { role, org_kind, strength };
    match cell {
        Cell::Verb(category, verb) => {
            ask(&Question { asker, relation, state, category, purpose }, settings).allows(verb)
        }
        Cell::Kind(kind) => may_record(asker, relation, state, kind, settings),
        Cell::Reach(reach) => reaches(asker, reach, settings),
    }
}

#[test]
fn the_policy_keeps_to_its_schema_and_explains_itself() {
    let cedar = Cedar::new(policies());
    assert_eq!(cedar.faults(), Vec::<String>::new());
    let lines: Vec<&str> = POLICY.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("@id")) {
        assert!(at > 0 && lines[at - 1].starts_with("// "), "no word of explanation above {line}");
    }
}

/// Every combination of every input, under settings that open nothing, each contested cell alone and all of them, with and
/// without the second factor: the table says what the policies give.
#[test]
fn every_answer_in_the_table_is_cedars() {
    let set = policies();
    let mut rules = Rules::new(&set, Settings::CLOSED);
    let (made, path) = (made(&set, &mut rules), file("crates/access/src/table.bin"));
    if update() {
        std::fs::write(path, &made).unwrap();
        return;
    }
    assert!(
        std::fs::read(path).unwrap() == made,
        "the policy was changed: UPDATE=1 makes the table anew, a second run the matrix"
    );
    assert!(table::FITS && policy_hash() == hash());
    let alone = Opening::ALL.iter().map(|opening| Settings::CLOSED.with(*opening, true));
    let settings = alone.chain([
        Settings::CLOSED,
        Settings::DEMONSTRATION,
        all_open(),
        Settings { second_factor_required: false, ..all_open() },
    ]);
    let mut asked = 0_u64;
    for settings in settings {
        rules.turn(&set, settings);
        for at in combinations() {
            let allowed = rules.allowed(at);
            let (org_kind, strength, purpose, relation, state) = at;
            for role in Role::ALL {
                let asker = Asker { role: *role, org_kind, strength };
                for category in Category::ALL {
                    let answer = ask(&Question { asker, relation, state, category: *category, purpose }, settings);
                    let cedar = |verb| allowed.has(*role, Cell::Verb(*category, verb));
                    let says = Answer {
                        see: cedar(Verb::See),
                        write: cedar(Verb::Write),
                        decide: cedar(Verb::Decide),
                        agreed: cedar(Verb::SeeAgreed),
                    };
                    assert!(answer == says, "{role} {at:?} {category} {settings:?}: {answer:?}, Cedar {says:?}");
                    asked += 3;
                }
                for kind in Kind::ALL.iter().filter(|kind| kind.purpose() == purpose) {
                    let (table, cedar) =
                        (may_record(asker, relation, state, *kind, settings), allowed.has(*role, Cell::Kind(*kind)));
                    assert!(table == cedar, "{role} {at:?} {kind} {settings:?}: table {table}, Cedar {cedar}");
                    asked += 1;
                }
                for reach in Reach::ALL {
                    let (table, cedar) = (reaches(asker, *reach, settings), allowed.has(*role, Cell::Reach(*reach)));
                    assert!(table == cedar, "{role} {at:?} {reach} {settings:?}: table {table}, Cedar {cedar}");
                }
            }
        }
    }
    println!("{asked} answers compared");
}

/// The combining in `tabulate.rs` is ours; so whole questions are put to the whole policy set, spread evenly over all of them
/// and over all settings.
#[test]
fn whole_questions_have_the_same_answer() {
    if update() {
        return;
    }
    let (cedar, all, cells) = (Cedar::new(policies()), combinations(), Cell::all());
    let homes: Vec<Vec<_>> = Role::ALL.iter().map(|role| at_home(*role, &all)).collect();
    let mut chance = Chance(1);
    let mut allowed = 0;
    for _ in 0..6_000 {
        let role = Role::ALL[chance.below(Role::ALL.len())];
        // half of them at random, half where the role is at home: most others are refused for the same reason
        let from = if chance.below(2) == 0 { &all } else { &homes[role as usize] };
        let mut at = from[chance.below(from.len())];
        let cell = cells[chance.below(cells.len())];
        if let Cell::Kind(kind) = cell {
            at.2 = kind.purpose();
        }
        let open = Opening::ALL.iter().filter(|_| chance.below(2) == 0);
        let mut settings = open.fold(Settings::CLOSED, |settings, opening| settings.with(*opening, true));
        settings.second_factor_required = chance.below(4) > 0;
        let says = cedar.allows(role, cell, &whole(at, settings));
        allowed += u32::from(says);
        assert_eq!(looked_up(role, at, cell, settings), says, "{role} {at:?} {cell:?} {settings:?}");
    }
    assert!(allowed > 200, "only {allowed} of the sample are allowed: it tells too little");
}

/// Why the table may hold contested cells one by one: each is opened by one permit, which lets one category be seen, and
/// strength and its setting stand in one forbid only.
#[test]
fn a_setting_opens_one_category_and_nothing_else() {
    let set = policies();
    for opening in Opening::ALL {
        let policy = named(&set, &opening.code().replace('_', "-"));
        assert!(policy.action_constraint() == ActionConstraint::Eq("Action::\"see\"".parse().unwrap()), "{opening}");
        let category = format!("Category::\"{}\"", opening.category()).parse().unwrap();
        assert!(policy.resource_constraint() == ResourceConstraint::Eq(category), "{opening}");
        assert_eq!(policy.effect(), cedar_policy::Effect::Permit, "{opening}");
    }
    let with = |text: &str| set.policies().filter(|policy| policy.to_string().contains(text)).count();
    assert_eq!(with("context.settings"), Opening::ALL.len() + 1);
    assert_eq!((with("context.strength"), with("secondFactorRequired")), (1, 1));
}

/// No rule is dead: without any one of them the table is another, and Cedar itself says so too.
#[test]
fn dropping_any_rule_changes_an_answer() {
    if update() {
        return;
    }
    let set = policies();
    let mut rules = Rules::new(&set, Settings::CLOSED);
    let ids: Vec<String> = rules.ids().into_iter().map(str::to_owned).collect();
    let mut alive = vec![false; ids.len()];
    for settings in [Settings::CLOSED, all_open()] {
        rules.turn(&set, settings);
        for at in combinations() {
            for index in (0..ids.len()).filter(|index| !alive[*index]).collect::<Vec<_>>() {
                let Some((role, cell)) = rules.matters(index, at) else { continue };
                let rest = set.policies().filter(|policy| policy.id().to_string() != ids[index]).cloned();
                let without = Cedar::new(PolicySet::from_policies(rest).unwrap());
                let without = without.allows(role, cell, &whole(at, settings));
                assert_ne!(without, looked_up(role, at, cell, settings), "{}: {role} {at:?} {cell:?}", ids[index]);
                alive[index] = true;
            }
        }
    }
    let dead: Vec<_> = ids.iter().zip(alive).filter(|(_, alive)| !alive).map(|(id, _)| id).collect();
    assert!(dead.is_empty(), "nothing changes without {dead:?}");
}

fn whole(at: Combination, settings: Settings) -> cedar_policy::Context {
    let (org, strength, purpose, relation, state) = at;
    Inputs {
        org: Some(org),
        strength: Some(strength),
        purpose: Some(purpose),
        relation: Some(relation),
        state: Some(state),
        settings: Some(settings),
    }
    .context()
}

/// Where a role may see anything at all, were everything open.
fn at_home(role: Role, all: &[Combination]) -> Vec<Combination> {
    let sees = |at: &Combination| {
        Category::ALL.iter().any(|category| looked_up(role, *at, Cell::Verb(*category, Verb::See), all_open()))
    };
    let home: Vec<_> = all.iter().filter(|at| sees(at)).copied().collect();
    if home.is_empty() { all.to_vec() } else { home }
}

/// The same sample every time (Knuth's multiplicative generator, TAOCP 2, 3.3.4).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
