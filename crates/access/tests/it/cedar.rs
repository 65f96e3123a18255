//! The policy as Cedar reads it, and every question put to it.

use std::str::FromStr;

use access::{Opening, Reach, Relation, Settings, State, Strength, Verb};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request, Response, RestrictedExpression,
    Schema, ValidationMode, Validator,
};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};
use sha2::{Digest, Sha256};

use crate::tabulate::Cell;

pub(crate) const POLICY: &str = include_str!("../../policy/lvv.cedar");
pub(crate) const SCHEMA: &str = include_str!("../../policy/lvv.cedarschema");

/// SHA-256 of policy and schema.
pub(crate) fn hash() -> [u8; 32] {
    Sha256::new().chain_update(POLICY).chain_update([0]).chain_update(SCHEMA).finalize().into()
}

/// Cedar with a set of policies, and the names of everything, made once.
pub(crate) struct Cedar {
    pub(crate) set: PolicySet,
    pub(crate) schema: Schema,
    entities: Entities,
    authorizer: Authorizer,
    roles: Vec<EntityUid>,
    categories: Vec<EntityUid>,
    reaches: Vec<EntityUid>,
    verbs: Vec<EntityUid>,
    kinds: Vec<EntityUid>,
    reach: EntityUid,
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_str(&format!("{kind}::\"{id}\"")).unwrap()
}

fn entity(kind: &str, id: &str) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, id))
}

/// The policies under the names in their `@id`.
pub(crate) fn policies() -> PolicySet {
    let read = PolicySet::from_str(POLICY).unwrap();
    let named = read.policies().map(|policy| {
        let id = policy.annotation("id").unwrap_or_else(|| panic!("a policy without @id: {policy}"));
        policy.new_id(PolicyId::new(id))
    });
    PolicySet::from_policies(named).expect("every @id is used once")
}

impl Cedar {
    pub(crate) fn new(set: PolicySet) -> Self {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        let all = |kind: &'static str, codes: Vec<&'static str>| codes.iter().map(|code| uid(kind, code)).collect();
        Self {
            set,
            entities: schema.action_entities().unwrap(),
            schema,
            authorizer: Authorizer::new(),
            roles: all("Role", Role::ALL.iter().map(|v| v.code()).collect()),
            categories: all("Category", Category::ALL.iter().map(|v| v.code()).collect()),
            reaches: all("Reach", Reach::ALL.iter().map(|v| v.code()).collect()),
            verbs: all("Action", Verb::ALL.iter().map(|v| v.code()).collect()),
            kinds: all("Action", Kind::ALL.iter().map(|v| v.code()).collect()),
            reach: uid("Action", "reach"),
        }
    }

    /// What the schema checker finds wrong with the policies.
    pub(crate) fn faults(&self) -> Vec<String> {
        let found = Validator::new(self.schema.clone()).validate(&self.set, ValidationMode::Strict);
        let errors = found.validation_errors().map(ToString::to_string);
        errors.chain(found.validation_warnings().map(ToString::to_string)).collect()
    }

    /// Whether the schema puts a kind of fact in a group of actions.
    pub(crate) fn in_group(&self, kind: Kind, verb: Verb) -> bool {
        self.entities.is_ancestor_of(&self.verbs[verb as usize], &self.kinds[kind as usize])
    }

    /// How many kinds of facts the schema knows.
    pub(crate) fn kinds_in_schema(&self) -> usize {
        let record = uid("Action", "record");
        self.entities.iter().filter(|action| self.entities.is_ancestor_of(&record, &action.uid())).count()
    }

    fn ask(&self, role: Role, action: &EntityUid, resource: &EntityUid, context: &Context) -> Response {
        let principal = self.roles[role as usize].clone();
        let request = Request::new(principal, action.clone(), resource.clone(), context.clone(), None).unwrap();
        let response = self.authorizer.is_authorized(&request, &self.set, &self.entities);
        // a policy that fails is skipped: for a forbid that would open what it closes
        assert_eq!(response.diagnostics().errors().count(), 0, "{request:?}");
        response
    }

    /// Asks about one cell, with the policies that decided.
    pub(crate) fn cell(&self, role: Role, cell: Cell, context: &Context) -> Response {
        let of = |category: Category| &self.categories[category as usize];
        match cell {
            Cell::Verb(category, verb) => self.ask(role, &self.verbs[verb as usize], of(category), context),
            Cell::Kind(kind) => self.ask(role, &self.kinds[kind as usize], of(kind.category()), context),
            Cell::Reach(reach) => self.ask(role, &self.reach, &self.reaches[reach as usize], context),
        }
    }

    pub(crate) fn allows(&self, role: Role, cell: Cell, context: &Context) -> bool {
        self.cell(role, cell, context).decision() == Decision::Allow
    }
}

/// What a policy may ask of, beside role, action and resource; what is `None` is not in the request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inputs {
    pub(crate) org: Option<OrgKind>,
    pub(crate) strength: Option<Strength>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) relation: Option<Relation>,
    pub(crate) state: Option<State>,
    pub(crate) settings: Option<Settings>,
}

impl Inputs {
    pub(crate) fn context(self) -> Context {
        let named = [
            ("organisation", self.org.map(|v| entity("Organisation", v.code()))),
            ("strength", self.strength.map(|v| entity("Strength", v.code()))),
            ("purpose", self.purpose.map(|v| entity("Purpose", v.code()))),
            ("relation", self.relation.map(|v| entity("Relation", v.code()))),
            ("state", self.state.map(|v| entity("State", v.code()))),
            ("settings", self.settings.map(record)),
        ];
        let given = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Context::from_pairs(given).unwrap()
    }
}

/// The settings as the policy names them.
fn record(settings: Settings) -> RestrictedExpression {
    let camel = |name: &str| {
        let mut words = name.split('_');
        let first = words.next().unwrap().to_owned();
        words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
    };
    let opened = Opening::ALL.iter().map(|opening| (camel(opening.code()), settings.opens(*opening)));
    let all = opened.chain([("secondFactorRequired".into(), settings.second_factor_required)]);
    RestrictedExpression::new_record(all.map(|(name, value)| (name, RestrictedExpression::new_bool(value)))).unwrap()
}
