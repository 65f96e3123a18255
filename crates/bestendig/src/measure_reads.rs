//! What a logged read costs (`bench/read-log`): files opened, each with its line in the read log, and lines alone, in turns.

use std::time::{Duration, Instant};

use access::Principal;
use anyhow::Result;
use desk::{Activity, Desk, Reading};
use domain::codes::{Category, Purpose};

use crate::{
    args::Place,
    place::{Time, open, put},
    torture::{guide, register},
};

/// Files that are opened.
const FILES: usize = 400;

/// Measures, and prints one line.
pub(crate) fn run(place: &Place, readers: usize, seconds: u64) -> Result<()> {
    let opened = open(place, Time::Demo(None))?;
    for (name, value) in opened.demo_settings() {
        put(&opened.store, name, value)?;
    }
    let who = guide(&opened.desk)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure_reads(opened.desk, who, readers, seconds))
}

/// Files opened by several readers at once, each logged; and in turns the same readers writing lines and opening nothing.
async fn measure_reads(desk: Desk, who: Principal, readers: usize, seconds: u64) -> Result<()> {
    let mut files = Vec::new();
    for number in 0..FILES {
        let done = register(&desk, &who, number).await?.1;
        files.extend(done.trajectory.map(|id| (id, done.participant)));
    }
    let mut counts = [0_u64; 2];
    for turn in 0..seconds.max(2) {
        let alone = turn % 2 == 1;
        let (begin, mut tasks) = (Instant::now(), Vec::new());
        for reader in 0..readers {
            let (desk, who) = (desk.clone(), who.clone());
            let own: Vec<_> = files.iter().skip(reader).step_by(readers).copied().collect();
            tasks.push(tokio::spawn(async move {
                let mut count = 0;
                for (id, person) in own.iter().cycle() {
                    if begin.elapsed() > Duration::from_secs(1) {
                        break;
                    }
                    if alone {
                        let reading = Reading {
                            activity: Activity::File,
                            purpose: Purpose::Guidance,
                            categories: vec![Category::Identity, Category::Process],
                            subjects: vec![*person],
                            relation: access::Relation::Involved,
                        };
                        desk.log_read(&who, reading).await?;
                    } else {
                        desk.file(&who, *id).await?;
                    }
                    count += 1;
                }
                Ok::<_, desk::Failure>(count)
            }));
        }
        for task in tasks {
            counts[usize::from(alone)] += task.await??;
        }
    }
    let turns = (seconds.max(2) / 2).max(1);
    let (files, lines) = (counts[0] / turns, counts[1] / turns);
    println!(
        "{readers} readers: {files} files a second, each with a durable line in the read log; {lines} lines a second alone"
    );
    Ok(())
}
