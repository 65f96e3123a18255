//! The demonstration: a store filled with the invented network of the programme.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use desk::Account;
use domain::{fact::Fact, programme::Programme};
use population::{Member, Size};
use web::Demo;

use crate::{
    place::{Opened, get, put},
    progress,
};

/// The password of every account of the demonstration: there is nothing to protect.
pub(crate) const PASSWORD: &str = "bestendig-demo";
/// Name of the setting that says the store has been filled.
const FILLED: &str = "demo-filled";

/// Fills an empty store, and says who can sign in.
pub(crate) fn fill(opened: &Opened, seed: u64, scaled: Option<u32>) -> Result<Demo> {
    let programme = opened.desk.programme();
    let staff = population::staff(programme);
    if get(&opened.store, FILLED)?.is_none() {
        let size = scaled.map_or_else(|| size(programme), Size::Scaled);
        let facts = facts(population::draw(programme, seed, size));
        let bar = progress::bar("Filling the store with invented people");
        opened.desk.take_in(facts, progress::report(&bar)).context("the invented network could not be taken in")?;
        bar.finish_and_clear();
        let hash = opened.desk.shared_password(PASSWORD)?;
        let accounts = staff.iter().map(|one| {
            let (login, name, sites) = (one.login.clone(), one.name.clone(), one.sites.clone());
            let account = Account { user: one.user, login, name, role: one.role, org: one.org.clone(), sites };
            (account, hash.clone())
        });
        opened.desk.add_accounts(accounts.collect())?;
        put(&opened.store, FILLED, seed.to_string())?;
    }
    let name = |org: &domain::ids::OrgId| programme.org(org).map_or_else(|| org.to_string(), |org| org.name.clone());
    let accounts = staff.iter().map(|one| (one.login.clone(), format!("role-{}", one.role), name(&one.org)));
    Ok(Demo { password: PASSWORD.to_owned(), accounts: accounts.collect() })
}

/// The published network where the programme has five sites, a small one elsewhere.
fn size(programme: &Programme) -> Size {
    if programme.sites.len() > 1 { Size::Published } else { Size::Small(60) }
}

/// All facts in the order in which they were recorded; those of one history in their own order.
fn facts(members: Vec<Member>) -> Vec<Fact> {
    let mut all: Vec<(u32, Fact)> = Vec::new();
    for member in members {
        let streams = std::iter::once(member.person).chain(member.trajectories.into_iter().map(|(_, facts)| facts));
        all.extend(streams.flatten().map(|recorded| (recorded.number, recorded.fact)));
    }
    all.sort_by_key(|(number, fact)| (fact.header.recorded_at, fact.header.stream, *number));
    in_stream_order(&mut all);
    all.into_iter().map(|(_, fact)| fact).collect()
}

/// A fact of a history never comes before an earlier number of it.
fn in_stream_order(all: &mut [(u32, Fact)]) {
    let mut expected = BTreeMap::new();
    for (number, fact) in all.iter() {
        let next = expected.entry(fact.header.stream).or_insert(1_u32);
        debug_assert_eq!(*number, *next, "numbers follow the time of recording");
        *next += 1;
    }
}

/// What the person at the keyboard has to know.
pub(crate) fn welcome(demo: &Demo, port: u16, today: jiff::civil::Date) -> String {
    let mut out = format!("Bestendig, demonstration with invented people. The business date is {today}.\n\n");
    out.push_str(&format!("  http://localhost:{port}\n\nSign in with the password {} as:\n", demo.password));
    for (login, role, org) in &demo.accounts {
        out.push_str(&format!("  {login:<26} {} ({org})\n", role.trim_start_matches("role-")));
    }
    out.push_str("\nStop with Ctrl-C.");
    out
}
