//! Measuring commands on a filled demonstration, and where the time of a page and of a command goes (`bench/run`).
//!
//! Everything is timed from outside, by the same calls that a page makes; a part that has no call of its own is the
//! difference of two that have. Commands run inside the program: forms and HTTP are not in their figures.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use access::{Principal, Reach};
use anyhow::{Context as _, Result, bail};
use desk::{Desk, Failure, Order, SignIn, Target};
use domain::{
    codes::Phase,
    ids::{Code, TrajectoryId},
    plan::ContactNoted,
    programme::List,
    trajectory::Draft,
};
use journal::setting;
use views::worklist::Filter;

use crate::{
    args::Place,
    demo,
    place::{Opened, Time, open},
};

/// Histories that are read and written to: so many that none grows long.
const HISTORIES: usize = 400;
/// How often a part is repeated.
const TIMES: u32 = 2000;
/// Durable writes, which wait for the disk.
const WRITES: u32 = 200;

/// Measures, and prints rows for the table of `bench/run`.
pub(crate) fn run(place: &Place, login: &str, writers: usize, seconds: u64) -> Result<()> {
    let opened = open(place, Time::Demo(None))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&opened, login, writers, Duration::from_secs(seconds)))
}

async fn measure(opened: &Opened, login: &str, writers: usize, length: Duration) -> Result<()> {
    let desk = &opened.desk;
    let SignIn::Welcome(token) = desk.sign_in(login, demo::PASSWORD).await? else {
        bail!("{login} cannot sign in; measure a store that `demo` has filled")
    };
    let who = desk.session(&token).await?.context("the session that was just opened")?.principal;
    let histories = histories(desk, &who).await?;
    let disk = durable_write(opened.location.folder())?;
    let alone = commands(desk, &who, 1, length, &histories).await?;
    let together = commands(desk, &who, writers, length, &histories).await?;
    println!("{}", together.row(&format!("durable commands, {writers} writers")));
    println!("{}", alone.row("durable commands, one writer"));
    println!("\none durable write of 4 kB on this disk (write, fdatasync): {}", ms(disk));
    println!("facts in the store: {}", desk.facts_in_all()?);
    page(desk, &who, &token, &histories).await?;
    command(desk, &alone, &together).await
}

fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

/// Trajectories in guidance, of the sites of who asks.
async fn histories(desk: &Desk, who: &Principal) -> Result<Vec<TrajectoryId>> {
    let mut found = Vec::new();
    for page in 1.. {
        let filter = Filter { phase: Some(Phase::Guidance), page, ..Filter::default() };
        let list = desk.worklist(who, filter).await?;
        found.extend(list.items.iter().map(|item| item.row.trajectory));
        if found.len() >= HISTORIES || page >= list.pages {
            break;
        }
    }
    if found.is_empty() {
        bail!("nobody is in guidance here; measure a store that `demo` has filled");
    }
    Ok(found)
}

/// What the disk itself takes: no store, no program.
fn durable_write(folder: &Path) -> Result<Duration> {
    let path = folder.join("durable-write");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    let begin = Instant::now();
    for _ in 0..WRITES {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
    }
    let each = begin.elapsed() / WRITES;
    std::fs::remove_file(path)?;
    Ok(each)
}

/// How long each command took, sorted, and how long all of them together.
struct Times {
    each: Vec<Duration>,
    all: Duration,
}

impl Times {
    /// The time within which this share (of a hundred) was done.
    fn within(&self, percent: usize) -> Duration {
        self.each
            .get((self.each.len() * percent / 100).min(self.each.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }

    fn row(&self, what: &str) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a count of commands in some seconds")]
        let rate = self.each.len() as f64 / self.all.as_secs_f64();
        format!("| {what:<28} | {rate:>10.2} | {:>9} | {:>9} |", short(self.within(50)), short(self.within(99)))
    }
}

/// As wrk writes times.
fn short(time: Duration) -> String {
    format!("{:.2}ms", time.as_secs_f64() * 1000.0)
}

/// Contacts recorded by several writers for a while; each is durable before its writer goes on.
async fn commands(
    desk: &Desk,
    who: &Principal,
    writers: usize,
    length: Duration,
    histories: &[TrajectoryId],
) -> Result<Times> {
    let how = desk.programme().list(List::ContactKinds).0.first().context("a kind of contact")?.code.clone();
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let own: Vec<TrajectoryId> = histories.iter().skip(writer).step_by(writers).copied().collect();
        tasks.push(tokio::spawn(one_writer(desk.clone(), who.clone(), how.clone(), own, length)));
    }
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await??);
    }
    each.sort_unstable();
    Ok(Times { each, all: begin.elapsed() })
}

async fn one_writer(
    desk: Desk,
    who: Principal,
    how: Code,
    own: Vec<TrajectoryId>,
    length: Duration,
) -> Result<Vec<Duration>, Failure> {
    let (begin, mut times) = (Instant::now(), Vec::new());
    for id in own.iter().cycle() {
        if begin.elapsed() > length {
            break;
        }
        let contact = ContactNoted { how: how.clone(), note: "verzonnen gesprek".to_owned() };
        let drafts = vec![Draft::new(contact, desk.clock().today())];
        let target = Target::Trajectory(*id);
        let order = Order { command: desk.new_command(), expected: None, target, drafts };
        let from = Instant::now();
        desk.execute(&who, order).await?;
        times.push(from.elapsed());
    }
    Ok(times)
}

/// The mean of a part, and how often it was run.
macro_rules! mean {
    ($times:expr, $work:expr) => {{
        let begin = Instant::now();
        for _ in 0..$times {
            $work;
        }
        begin.elapsed() / $times
    }};
}

async fn page(desk: &Desk, who: &Principal, token: &str, histories: &[TrajectoryId]) -> Result<()> {
    let session = mean!(TIMES, desk.session(token).await?);
    let nothing = mean!(TIMES, desk.store().read(|_| Ok::<_, journal::Error>(())).await?);
    let mut next = histories.iter().cycle().copied();
    let mut next = || next.next().unwrap_or(histories[0]);
    let (scope, today) = (|| access::scope(who, Reach::File), desk.clock().today());
    let sql = mean!(TIMES, {
        let (id, scope) = (next(), scope()?);
        desk.store().read(move |tx| views::file::file(tx, &scope, id, today)).await?.context("a file")?
    });
    let whole = mean!(TIMES, desk.file(who, next()).await?);
    println!("\nwhere the time of a file page goes (mean of {TIMES}, one at a time):");
    println!("  session {}", ms(session));
    println!("  to a reader thread and back, with an empty transaction {}", ms(nothing));
    println!("  SQL (the row of the file) {}", ms(sql.saturating_sub(nothing)));
    println!(
        "  opening, terms and other trajectories (the whole use case less the above) {}",
        ms(whole.saturating_sub(sql))
    );
    println!("  session and use case together {}", ms(session + whole));
    Ok(())
}

async fn command(desk: &Desk, alone: &Times, together: &Times) -> Result<()> {
    let mut number = 0_u32;
    let commit = mean!(WRITES, {
        number += 1;
        let value = number.to_string();
        desk.store().write(move |tx| setting::put(tx, "measured", &value)).await?;
    });
    let (one, all) = (alone.within(50), together.within(50));
    println!("\nwhere the time of a durable command goes (medians):");
    println!("  the smallest commit: writer thread, one row, fsync {}", ms(commit));
    println!(
        "  opening the history, deciding, sealing, rows (one writer, less the smallest commit) {}",
        ms(one.saturating_sub(commit))
    );
    println!("  waiting in the queue and for the other core (all writers less one) {}", ms(all.saturating_sub(one)));
    Ok(())
}
