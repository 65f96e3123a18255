//! `docs/access-matrix.md`: the whole policy as tables for people. `UPDATE=1` writes it.

use std::{collections::BTreeSet, fmt::Write as _};

use access::{
    Asker, Opening, Question, Reach, Relation, Settings, State, Strength, Verb, ask, may_record, reaches, verb_of,
};
use cedar_policy::{Effect, PolicySet};
use domain::{
    codes::{Category, OrgKind, Purpose, Role},
    fact::Kind,
};

use crate::{
    cedar::{Cedar, POLICY, policies},
    differential::{all_open, file, update},
    tabulate::{Cell, Rules},
};

const HEAD: &str = "\
# Who may see what

Written by a test (`UPDATE=1 cargo nextest run -p access`) from [the policy](../crates/access/policy/lvv.cedar) as it is tabulated
in the program; a test fails when this page is not what the program does. Everything that is not here is refused, and what
may not be seen answers as if it did not exist.

How to read it: **see**, **record** (and correct), **decide**; **see as agreed**: item by item, what the contract of the dossier lets
their kind of organisation see, and the part their own organisation delivers. An empty cell is *no*. `(setting)` is a contested cell: closed,
unless the programme opens the setting of that name. A cell counts the purposes under which it is true together; the purposes
stand in the last table of each role. Everything is with a second factor; with a password alone nothing, but in a demonstration.

How someone stands to a case: *involved*: their organisation has a task in it. *own-site*: it is at a site they work for.
*agenda*: it is tabled at a conference they are invited to, and the minutes are not fixed. *question*: a named question about
this person was approved by two others. *break-glass*: an emergency, for a short time, reviewed afterwards. *none*: none of these, and what
is about no case.
";

/// The matrix of one role: what the table says, over all purposes.
struct OfRole {
    role: Role,
    orgs: Vec<OrgKind>,
}

impl OfRole {
    fn new(role: Role) -> Self {
        let sees = |org_kind: &&OrgKind| {
            let asker = Asker { role, org_kind: **org_kind, strength: Strength::SecondFactor };
            let reached = Reach::ALL.iter().any(|reach| reaches(asker, *reach, all_open()));
            reached || access::purposes(asker, all_open()).next().is_some()
        };
        Self { role, orgs: OrgKind::ALL.iter().filter(sees).copied().collect() }
    }

    fn questions(&self, category: Category) -> Vec<Question> {
        let mut all = Vec::new();
        for org_kind in &self.orgs {
            let asker = Asker { role: self.role, org_kind: *org_kind, strength: Strength::SecondFactor };
            for relation in Relation::ALL {
                for state in State::ALL {
                    all.extend(Purpose::ALL.iter().map(|purpose| Question {
                        asker,
                        relation: *relation,
                        state: *state,
                        category,
                        purpose: *purpose,
                    }));
                }
            }
        }
        all
    }

    /// What is allowed in any of some questions, and which contested cells could open it.
    fn cell(&self, category: Category, choose: impl Fn(&Question) -> bool) -> String {
        let questions: Vec<_> = self.questions(category).into_iter().filter(choose).collect();
        let any = |settings, verb| questions.iter().any(|question| ask(question, settings).allows(verb));
        let named = |verb| match verb {
            Verb::See => "see",
            Verb::Write => "record",
            Verb::Decide => "decide",
            Verb::SeeAgreed => "see as agreed",
        };
        let mut words: Vec<String> =
            Verb::ALL.iter().filter(|verb| any(Settings::CLOSED, **verb)).map(|verb| named(*verb).to_owned()).collect();
        if words.is_empty() {
            let opens = |opening: &&Opening| any(Settings::CLOSED.with(**opening, true), Verb::See);
            words.extend(Opening::ALL.iter().filter(opens).map(|opening| format!("({opening})")));
        }
        words.join(", ")
    }

    /// The permits that grant what the table allows.
    fn granted_by(&self, category: Category, permits: &Rules) -> String {
        let mut ids = BTreeSet::new();
        for question in self.questions(category) {
            let at =
                (question.asker.org_kind, Strength::SecondFactor, question.purpose, question.relation, question.state);
            let answer = ask(&question, all_open());
            for verb in Verb::ALL.iter().filter(|verb| answer.allows(**verb)) {
                ids.extend(permits.granting(at, self.role, Cell::Verb(category, *verb)));
            }
        }
        ids.into_iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
    }

    fn write(&self, page: &mut String, permits: &Rules) {
        let orgs: Vec<&str> = self.orgs.iter().map(|org| org.code()).collect();
        let _ = writeln!(
            page,
            "\n## {}\n\nIn: {}.",
            self.role,
            if orgs.is_empty() { "no organisation".into() } else { orgs.join(", ") }
        );
        let reached = Reach::ALL.iter().filter(|reach| {
            let asker = |org: &OrgKind| Asker { role: self.role, org_kind: *org, strength: Strength::SecondFactor };
            self.orgs.iter().any(|org| reaches(asker(org), **reach, Settings::CLOSED))
        });
        let reached: Vec<&str> = reached.map(|reach| reach.code()).collect();
        let _ = writeln!(
            page,
            "Has: {}.",
            if reached.is_empty() { "nothing about participants or figures".into() } else { reached.join(", ") }
        );
        if self.orgs.is_empty() {
            let all = Category::ALL.iter().map(|category| category.code()).collect::<Vec<_>>().join(", ");
            let _ = writeln!(page, "\nSees nothing of: {all}.");
            return;
        }
        let relations: Vec<&str> = Relation::ALL.iter().map(|relation| relation.code()).collect();
        table(
            page,
            "A case that goes on",
            &["category", &relations.join(" | "), "granted by"].join(" | "),
            |category| {
                let of =
                    |relation: &Relation| self.cell(category, |q| q.state == State::Open && q.relation == *relation);
                let mut cells: Vec<String> = Relation::ALL.iter().map(of).collect();
                cells.push(self.granted_by(category, permits));
                cells
            },
        );
        let states: Vec<&str> = State::ALL.iter().map(|state| state.code()).collect();
        table(
            page,
            "By the state of the case, however they stand to it",
            &format!("category | {}", states.join(" | ")),
            |category| State::ALL.iter().map(|state| self.cell(category, |q| q.state == *state)).collect(),
        );
        let purposes: Vec<Purpose> = Purpose::ALL
            .iter()
            .copied()
            .filter(|purpose| {
                Category::ALL.iter().any(|category| !self.cell(*category, |q| q.purpose == *purpose).is_empty())
            })
            .collect();
        let heads: Vec<&str> = purposes.iter().map(|purpose| purpose.code()).collect();
        table(page, "By purpose", &format!("category | {}", heads.join(" | ")), |category| {
            purposes.iter().map(|purpose| self.cell(category, |q| q.purpose == *purpose)).collect()
        });
    }
}

fn table(page: &mut String, title: &str, heads: &str, cells: impl Fn(Category) -> Vec<String>) {
    let _ = writeln!(page, "\n### {title}\n\n| {heads} |\n|{}", "---|".repeat(heads.matches('|').count() + 1));
    for category in Category::ALL {
        let _ = writeln!(page, "| {category} | {} |", cells(*category).join(" | "));
    }
}

fn settings(page: &mut String) {
    page.push_str("\n## What a programme chooses\n\n| setting | default | opens |\n|---|---|---|\n");
    page.push_str("| second_factor_required | true | with `false` a password is enough; only for invented people |\n");
    for opening in Opening::ALL {
        let words = words_of(&opening.code().replace('_', "-"));
        let _ = writeln!(page, "| {opening} | false | *{}*. {words} |", opening.category());
    }
}

fn facts(page: &mut String) {
    page.push_str(
        "\n## Kinds of facts\n\nEach has one category and one purpose. Who may record it may correct it.\n\n",
    );
    page.push_str("| kind | category | purpose | is | recorded by |\n|---|---|---|---|---|\n");
    for kind in Kind::ALL {
        let mut by = Vec::new();
        for role in Role::ALL {
            let ways: Vec<&str> = Relation::ALL
                .iter()
                .filter(|relation| {
                    OrgKind::ALL.iter().any(|org| {
                        let asker = Asker { role: *role, org_kind: *org, strength: Strength::SecondFactor };
                        let open = [State::Applied, State::Open];
                        open.iter().any(|state| may_record(asker, **relation, *state, *kind, Settings::CLOSED))
                    })
                })
                .map(|relation| relation.code())
                .collect();
            if !ways.is_empty() {
                by.push(format!("{role} ({})", ways.join(", ")));
            }
        }
        let is = if verb_of(*kind) == Verb::Decide { "a decision" } else { "a record" };
        let _ = writeln!(page, "| {kind} | {} | {} | {is} | {} |", kind.category(), kind.purpose(), by.join("; "));
    }
}

/// The words above a rule in the policy.
fn words_of(id: &str) -> String {
    let lines: Vec<&str> = POLICY.lines().collect();
    let at = lines.iter().position(|line| *line == format!("@id(\"{id}\")")).unwrap_or_else(|| panic!("no rule {id}"));
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with("// "));
    let mut words: Vec<&str> = above.map(|line| line.trim_start_matches("// ")).collect();
    words.reverse();
    words.join(" ")
}

fn rules(page: &mut String, set: &PolicySet) {
    page.push_str(
        "\n## The rules, one by one\n\nNothing is allowed that no *permit* allows; a *forbid* always wins.\n\n",
    );
    page.push_str("| rule | effect | in words |\n|---|---|---|\n");
    let in_order = POLICY.lines().filter_map(|line| line.strip_prefix("@id(\"")?.strip_suffix("\")"));
    for id in in_order {
        let permit = crate::tabulate::named(set, id).effect() == Effect::Permit;
        let _ = writeln!(page, "| `{id}` | {} | {} |", if permit { "permit" } else { "forbid" }, words_of(id));
    }
}

#[test]
fn the_matrix_is_what_the_program_does() {
    let set = policies();
    let permits = set.policies().filter(|policy| policy.effect() == Effect::Permit).cloned();
    let permits = Rules::new(&PolicySet::from_policies(permits).unwrap(), all_open());
    let mut page = HEAD.to_owned();
    settings(&mut page);
    for role in Role::ALL {
        OfRole::new(*role).write(&mut page, &permits);
    }
    facts(&mut page);
    rules(&mut page, &set);
    let path = file("docs/access-matrix.md");
    if update() {
        std::fs::write(path, &page).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let differs = page.lines().zip(kept.lines()).position(|(one, other)| one != other);
    assert!(
        page == kept,
        "docs/access-matrix.md is out of date from line {:?}: UPDATE=1 writes it",
        differs.map(|at| at + 1)
    );
}

/// Nothing is left out: every role, category, kind of fact, part of the program, purpose, state, relation, setting and rule.
#[test]
fn the_matrix_is_whole() {
    if update() {
        return;
    }
    let page = std::fs::read_to_string(file("docs/access-matrix.md")).unwrap();
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    for role in Role::ALL {
        assert!(headings.contains(&role.code()), "the role {role} is missing");
        let section = page.split(&format!("\n## {role}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
        for category in Category::ALL {
            assert!(section.contains(category.code()), "{role} has no line for {category}");
        }
    }
    let row = |first: &str| page.lines().any(|line| line.starts_with(&format!("| {first} |")));
    for kind in Kind::ALL {
        assert!(row(kind.code()), "the kind {kind} is missing");
    }
    assert!(Opening::ALL.iter().all(|opening| row(opening.code())), "a setting is missing");
    for policy in policies().policies() {
        assert!(row(&format!("`{}`", policy.id())), "the rule {} is missing", policy.id());
    }
    let mut words: Vec<&str> = Reach::ALL.iter().map(|v| v.code()).collect();
    words.extend(State::ALL.iter().map(|v| v.code()).chain(Relation::ALL.iter().map(|v| v.code())));
    words.extend(Purpose::ALL.iter().filter(|v| **v != Purpose::Administration).map(|v| v.code()));
    for word in words {
        assert!(page.contains(word), "{word} is missing");
    }
}

/// The schema speaks of the same kinds of facts as the program, and calls the same ones decisions.
#[test]
fn kinds_of_facts_are_grouped_as_in_the_schema() {
    let cedar = Cedar::new(policies());
    for kind in Kind::ALL {
        for verb in [Verb::Write, Verb::Decide] {
            assert_eq!(cedar.in_group(*kind, verb), verb_of(*kind) == verb, "{kind} in {verb}");
        }
    }
    assert_eq!(cedar.kinds_in_schema(), Kind::ALL.len());
}
