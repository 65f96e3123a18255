//! What one question to the policy costs: `cargo run --release -p access --example lookup`.
#![allow(clippy::print_stdout, reason = "prints its result")]

use std::{hint::black_box, time::Instant};

use access::{Asker, Question, Relation, Settings, State, Strength, allowed, ask};
use domain::codes::{Category, OrgKind, Purpose, Role};

const ROUNDS: u32 = 20;

fn main() {
    let settings = Settings::CLOSED.with(access::Opening::ConferenceHearsMedical, true);
    let (mut asked, mut yes) = (0_u32, 0_u32);
    let mut askers = Vec::new();
    for role in Role::ALL {
        for org_kind in OrgKind::ALL {
            askers.extend(Strength::ALL.iter().map(|strength| Asker {
                role: *role,
                org_kind: *org_kind,
                strength: *strength,
            }));
        }
    }
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        for asker in &askers {
            for purpose in Purpose::ALL {
                for relation in Relation::ALL {
                    for state in State::ALL {
                        for category in Category::ALL {
                            let (asker, relation, state) = (*asker, *relation, *state);
                            let question = Question { asker, relation, state, category: *category, purpose: *purpose };
                            yes += u32::from(ask(black_box(&question), black_box(settings)).see);
                            asked += 1;
                        }
                    }
                }
            }
        }
    }
    let each = begin.elapsed() / asked;
    let begin = Instant::now();
    let (mut lists, mut rows) = (0_u32, 0_usize);
    for _ in 0..ROUNDS {
        for asker in &askers {
            for purpose in Purpose::ALL {
                rows += allowed(black_box(*asker), *purpose, black_box(settings))
                    .map(|row| row.see.iter().count())
                    .sum::<usize>();
                lists += 1;
            }
        }
    }
    println!("one question: {each:?} ({asked} asked, {yes} may see)");
    println!("rows and columns of one list: {:?} ({lists} lists, {rows} cells)", begin.elapsed() / lists);
}
