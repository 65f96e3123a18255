//! Commands without end, for the crash test: each is printed only after it was acknowledged.

use std::io::Write as _;

use access::Principal;
use anyhow::{Context as _, Result};
use desk::{Desk, Done, Order, Target};
use domain::{
    codes::{OrgKind, Role, Sex},
    fact::Codes,
    ids::{Code, CommandId, TrajectoryId, UserId},
    obstacle::ObstacleNoted,
    participant::{IdentityRecorded, Name},
    programme::List,
    registration::Registered,
    trajectory::Draft,
};
use journal::{Entropy as _, SystemEntropy};

use crate::{
    args::Place,
    keeper::Keeper,
    place::{Time, open, put},
};

/// Registers invented people, and what stands in their way, by several writers until it is killed.
pub(crate) fn run(place: &Place, writers: usize) -> Result<()> {
    let opened = open(place, Time::Demo(None))?;
    for (name, value) in opened.demo_settings() {
        put(&opened.store, name, value)?;
    }
    let who = guide(&opened.desk)?;
    // checkpoints are signed as when serving: the crash test compares with them
    let _keeper = Keeper::start(opened.desk.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(for_ever(opened.desk, who, writers))
}

/// Someone who guides at the first site.
pub(crate) fn guide(desk: &Desk) -> Result<Principal> {
    let site = desk.programme().sites.first().context("a site")?.clone();
    let org = site.guides.first().unwrap_or(&site.lead).clone();
    Ok(Principal {
        user: UserId(SystemEntropy.id()),
        name: "Proef Persoon".to_owned(),
        role: Role::Guide,
        org,
        org_kind: OrgKind::Ngo,
        sites: vec![site.id],
        strength: access::Strength::SecondFactor,
        settings: access::Settings::CLOSED,
        purpose: domain::codes::Purpose::Guidance,
        trace: access::Trace::default(),
    })
}

/// Several writers at once, so that one commit holds the commands of more than one.
async fn for_ever(desk: Desk, who: Principal, writers: usize) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let (desk, who) = (desk.clone(), who.clone());
        tasks.spawn(async move {
            for number in (writer..).step_by(writers) {
                let (command, done) = register(&desk, &who, number).await?;
                acknowledged(command, 2)?;
                let id = done.trajectory.context("a registration without a trajectory")?;
                acknowledged(obstacle(&desk, &who, id).await?, 1)?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

/// Says that a command was acknowledged, and how many facts it is.
fn acknowledged(command: CommandId, facts: usize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{command} {facts}")?;
    Ok(out.flush()?)
}

/// A second command on the same trajectory.
async fn obstacle(desk: &Desk, who: &Principal, id: TrajectoryId) -> Result<CommandId> {
    let (command, today) = (desk.new_command(), desk.clock().today());
    let obstacle = Codes { obstacle: Some(first(desk, List::Obstacles)?), ..Codes::default() };
    let noted = Draft::new(ObstacleNoted { note: "verzonnen".to_owned() }, today).codes(obstacle);
    let order = Order { command, expected: None, target: Target::Trajectory(id), drafts: vec![noted] };
    desk.execute(who, order).await?;
    Ok(command)
}

fn first(desk: &Desk, list: List) -> Result<Code> {
    desk.programme().list(list).0.first().map(|entry| entry.code.clone()).context("a list without codes")
}

pub(crate) async fn register(desk: &Desk, who: &Principal, number: usize) -> Result<(CommandId, Done)> {
    let (command, today) = (desk.new_command(), desk.clock().today());
    let name = Name { text: format!("Verzonnen Naam {number}"), kind: first(desk, List::NameKinds)? };
    let missing = Some(first(desk, List::VNumberMissing)?);
    let identity = IdentityRecorded {
        names: vec![name],
        birth: None,
        v_number: None,
        v_number_missing: missing,
        nationalities: vec![],
    };
    let identity = Draft::new(identity, today).codes(Codes { sex: Some(Sex::Unknown), ..Codes::default() });
    let registered = Registered { circumstances: "verzonnen".to_owned(), informed_in: None };
    let target = Target::New { site: who.sites[0].clone(), known: None, identity: Some(Box::new(identity)) };
    let order = Order { command, expected: None, target, drafts: vec![Draft::new(registered, today)] };
    Ok((command, desk.execute(who, order).await?))
}
