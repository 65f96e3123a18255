//! Commands without end, for the crash test (each printed only after it was acknowledged), and commands for a while, for
//! measuring.

use std::{
    io::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use access::Principal;
use anyhow::{Context as _, Result};
use desk::{Desk, Done, Order, Target};
use domain::{
    codes::{OrgKind, Role, Sex},
    fact::Codes,
    ids::{Code, CommandId, TrajectoryId, UserId},
    participant::{IdentityRecorded, Name},
    plan::ContactNoted,
    programme::List,
    registration::Registered,
    trajectory::Draft,
};
use journal::{Entropy as _, SystemEntropy};

use crate::{
    args::Place,
    place::{Time, open, put},
};

/// Histories that a measurement writes to: so many that none grows long.
const HISTORIES: usize = 400;

/// Registers invented people by several writers until it is killed; or, with `seconds`, measures contacts recorded by several writers.
pub(crate) fn run(place: &Place, writers: usize, seconds: Option<u64>) -> Result<()> {
    let opened = open(place, Time::Demo(None))?;
    for (name, value) in opened.demo_settings() {
        put(&opened.store, name, value)?;
    }
    let site = opened.desk.programme().sites.first().context("a site")?.clone();
    let org = site.guides.first().unwrap_or(&site.lead).clone();
    let who = Principal {
        user: UserId(SystemEntropy.id()),
        name: "Proef Persoon".to_owned(),
        role: Role::Guide,
        org,
        org_kind: OrgKind::Ngo,
        sites: vec![site.id],
        strength: access::Strength::SecondFactor,
        settings: access::Settings::CLOSED,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let desk = opened.desk;
    match seconds {
        Some(seconds) => runtime.block_on(measure(desk, who, writers, Duration::from_secs(seconds))),
        None => runtime.block_on(for_ever(desk, who, writers)),
    }
}

/// Several writers at once, so that one commit holds the commands of more than one.
async fn for_ever(desk: Desk, who: Principal, writers: usize) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let (desk, who) = (desk.clone(), who.clone());
        tasks.spawn(async move {
            for number in (writer..).step_by(writers) {
                let (command, done) = register(&desk, &who, number).await?;
                let mut out = std::io::stdout().lock();
                writeln!(out, "{command} {}", done.participant)?;
                out.flush()?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

fn first(desk: &Desk, list: List) -> Result<Code> {
    desk.programme().list(list).0.first().map(|entry| entry.code.clone()).context("a list without codes")
}

async fn register(desk: &Desk, who: &Principal, number: usize) -> Result<(CommandId, Done)> {
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

async fn measure(desk: Desk, who: Principal, writers: usize, length: Duration) -> Result<()> {
    let mut histories = Vec::new();
    for number in 0..HISTORIES {
        histories.extend(register(&desk, &who, number).await?.1.trajectory);
    }
    let how = first(&desk, List::ContactKinds)?;
    let (done, begin) = (std::sync::Arc::new(AtomicU64::new(0)), Instant::now());
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let (desk, who, how, done) = (desk.clone(), who.clone(), how.clone(), done.clone());
        let own: Vec<TrajectoryId> = histories.iter().skip(writer).step_by(writers).copied().collect();
        tasks.push(tokio::spawn(async move {
            let mut slowest = Duration::ZERO;
            for id in own.iter().cycle() {
                if begin.elapsed() > length {
                    break;
                }
                let contact = ContactNoted { how: how.clone(), note: "verzonnen gesprek".to_owned() };
                let draft = Draft::new(contact, desk.clock().today());
                let order = Order {
                    command: desk.new_command(),
                    expected: None,
                    target: Target::Trajectory(*id),
                    drafts: vec![draft],
                };
                let from = Instant::now();
                desk.execute(&who, order).await?;
                slowest = slowest.max(from.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, desk::Failure>(slowest)
        }));
    }
    let mut slowest = Duration::ZERO;
    for task in tasks {
        slowest = slowest.max(task.await??);
    }
    let count = done.load(Ordering::Relaxed);
    println!(
        "{count} commands by {writers} writers: {} a second, slowest {slowest:?}",
        count / length.as_secs().max(1)
    );
    Ok(())
}
