//! The demonstration: a store filled with the invented network of the programme.

use anyhow::{Context as _, Result, bail};
use desk::{
    Account, Desk,
    conference::{Placing, Plan},
};
use domain::{
    codes::{Board, Role},
    fact::Fact,
    programme::Programme,
};
use jiff::{ToSpan as _, civil::Weekday};
use population::{Member, Size, Staff};
use web::Demo;

use crate::{
    place::{Opened, get, put},
    progress,
};

/// The password of every account of the demonstration: there is nothing to protect.
pub(crate) const PASSWORD: &str = "bestendig-demo";
/// Name of the setting that says the store has been filled.
const FILLED: &str = "demo-filled";

/// Name of the setting that says that the next sittings were planned.
const PLANNED: &str = "demo-planned";

/// Which network, when none is asked for.
const SEED: u64 = 2018;

/// Fills an empty store, and says who can sign in. What was interrupted is made whole: the facts come with all that
/// says they are there, and accounts that are missing are added.
pub(crate) fn fill(opened: &Opened, seed: Option<u64>, scaled: Option<u32>) -> Result<Demo> {
    let programme = opened.desk.programme();
    match get(&opened.store, FILLED)? {
        Some(kept) => {
            if let Some(seed) = seed.filter(|seed| seed.to_string() != kept) {
                bail!("this store was filled with --seed {kept}, not {seed}; name another folder with --data");
            }
        }
        None => take_in(opened, seed.unwrap_or(SEED), scaled)?,
    }
    let staff = population::staff(programme);
    add_missing(&opened.desk, &staff)?;
    let name = |org: &domain::ids::OrgId| programme.org(org).map_or_else(|| org.to_string(), |org| org.name.clone());
    let accounts = staff.iter().map(|one| (one.login.clone(), format!("role-{}", one.role), name(&one.org)));
    Ok(Demo { password: PASSWORD.to_owned(), accounts: accounts.collect() })
}

/// Plans the next sittings, once: a demonstration that goes on has agendas of its own. Only where it is served: what is
/// planned has ids and times of this run, and the same seed gives the same store.
pub(crate) fn plan(opened: &Opened) -> Result<()> {
    if get(&opened.store, PLANNED)?.is_some() {
        return Ok(());
    }
    let staff = population::staff(opened.desk.programme());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(plan_next(&opened.desk, &staff)).context("the next sittings could not be planned")?;
    put(&opened.store, PLANNED, "yes".to_owned())
}

/// Takes the network in, as far as it has happened on the business date.
fn take_in(opened: &Opened, seed: u64, scaled: Option<u32>) -> Result<()> {
    let programme = opened.desk.programme();
    let size = scaled.map_or_else(|| size(programme), Size::Scaled);
    let mut facts = facts(population::draw(programme, seed, size));
    let first = facts.first().map(|fact| fact.header.recorded_at);
    let now = opened.desk.clock().business();
    // every history stays valid: what was recorded up to a moment was accepted at that moment
    facts.retain(|fact| fact.header.recorded_at <= now);
    if let (true, Some(first)) = (facts.is_empty(), first) {
        let (today, first) = (opened.desk.clock().today(), desk::clock::date_of(first));
        bail!("nothing of the invented network has happened on {today}: it begins on {first}; give a later --today");
    }
    let held = population::sittings(programme, &facts);
    let settings = opened.demo_settings().into_iter().chain([(FILLED, seed.to_string())]).collect();
    let bar = progress::bar("Filling the store with invented people");
    let report = progress::report(&bar);
    opened.desk.take_in_with(facts, vec![], settings, report).context("the invented network could not be taken in")?;
    bar.finish_and_clear();
    let held = held.into_iter().map(|one| (one.id, one.lines, one.fixed)).collect();
    // who was there has an account: without one nobody could have confirmed the minutes
    add_missing(&opened.desk, &population::staff(programme))?;
    opened.desk.take_in_sittings(held).context("the invented sittings could not be taken in")?;
    Ok(())
}

/// Cases that are put on the agenda of the next sitting, at most.
const ON_AGENDA: usize = 6;

/// A Tuesday, as the past sittings: time enough to send the papers.
fn next_tuesday(today: jiff::civil::Date) -> jiff::civil::Date {
    let first = today.saturating_add(3.days());
    let days =
        i64::from((Weekday::Tuesday.to_monday_zero_offset() - first.weekday().to_monday_zero_offset()).rem_euclid(7));
    first.saturating_add(days.days())
}

/// Plans the next sitting of each site, with what is proposed for it on its agenda.
async fn plan_next(desk: &Desk, staff: &[Staff]) -> Result<()> {
    let programme = desk.programme();
    for chair in staff.iter().filter(|one| one.role == Role::Coordinator) {
        let (Some(who), Some(site)) = (desk.acting(chair.user), chair.sites.first()) else { continue };
        let Some(conference) = programme.conference(Board::Lso, site) else { continue };
        let invited = desk.invitable(Board::Lso, site)?.into_iter().map(|account| account.user).collect();
        let plan = Plan {
            board: Board::Lso,
            site: site.clone(),
            on: next_tuesday(desk.clock().today()),
            at: jiff::civil::time(9, 30, 0, 0),
            minutes: conference.minutes,
            place: "Stadhuis, vergaderkamer 2".to_owned(),
            invited,
        };
        let id = desk.plan_sitting(&who, desk.new_command(), plan).await?;
        let proposals = desk.proposals(&who, id).await?;
        let ready = proposals.iter().filter(|proposal| proposal.also.is_empty()).take(ON_AGENDA);
        let cases: Vec<Placing> = ready
            .map(|proposal| Placing {
                case: proposal.item.row.trajectory,
                why: proposal.why,
                question: String::new(),
                also: false,
            })
            .collect();
        if !cases.is_empty() {
            desk.place(&who, desk.new_command(), id, cases).await?;
        }
    }
    Ok(())
}

/// Adds the accounts of the demonstration that are not there yet.
fn add_missing(desk: &Desk, staff: &[Staff]) -> Result<()> {
    let missing: Vec<&Staff> = staff.iter().filter(|one| desk.colleague(one.user).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let hash = desk.shared_password(PASSWORD)?;
    let accounts = missing.into_iter().map(|one| {
        let (login, name, sites) = (one.login.clone(), one.name.clone(), one.sites.clone());
        let account = Account { user: one.user, login, name, role: one.role, org: one.org.clone(), sites };
        (account, hash.clone())
    });
    Ok(desk.add_accounts(accounts.collect())?)
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
    // within a history numbers follow the time of recording (a test of `population` holds it to that)
    all.sort_by_key(|(number, fact)| (fact.header.recorded_at, fact.header.stream, *number));
    all.into_iter().map(|(_, fact)| fact).collect()
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
