//! `pack make` and `pack check`: the researcher's pack (docs/research-pack.md).

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use figures::{
    history::{self, History},
    pack::{self, Key},
};
use journal::{RootKey, SystemEntropy};

use crate::{
    args::Place,
    place::{Time, open},
};

#[derive(Subcommand)]
pub(crate) enum Pack {
    /// Make a pack from the store
    #[command(
        after_long_help = "In the folder: pseudonymised people and spells in days (no names, dates or ids of the store; site, age and sex shared by at\n\
        least five), the spells behind every released table, what every column means, the protocol, results at full precision\n\
        and R scripts that compute each of them again.\n\
        The key of the project makes the pseudonyms: the same person has the same one in every pack of the project and another one\n\
        elsewhere. Keep it apart from the packs; without it no pseudonym leads back to a record. Exit code 1: nothing was made.\n\
        \n\
        Example:\n\
        \x20 bestendig pack make study-2022 --project study --project-key study.key"
    )]
    Make {
        /// Folder to make; it must not exist yet
        folder: PathBuf,
        /// Name of the research project, as in the agreement
        #[arg(long, value_name = "NAME")]
        project: String,
        /// File with the key of the project; made at first use (mode 0600)
        #[arg(long, value_name = "FILE")]
        project_key: PathBuf,
        /// Classification of outcomes [default: the programme's first]
        #[arg(long, value_name = "NAME")]
        classification: Option<String>,
    },
    /// Check a pack, also against what its R scripts print; needs no store
    #[command(
        after_long_help = "Every file is the one that was written, every code has its words, no row is among fewer than five, no date and no id stands\n\
        in it, and the results follow from the rows, computed again here. What R computes is compared with --computed: the scripts\n\
        need R with survival and cmprsk (Debian: r-base-core, r-cran-survival, r-cran-cmprsk). This program starts no other, so it\n\
        does not run them itself. Exit code 1: something is wrong.\n\
        \n\
        Examples:\n\
        \x20 bestendig pack check study-2022\n\
        \x20 bestendig pack check study-2022 --computed study-2022.r.csv"
    )]
    Check {
        /// The folder
        folder: PathBuf,
        /// What `Rscript r/all.R` printed in the folder of the pack; - for standard input
        #[arg(long, value_name = "FILE")]
        computed: Option<PathBuf>,
    },
}

/// Whether all is well.
pub(crate) fn run(place: &Place, what: &Pack) -> Result<bool> {
    match what {
        Pack::Make { folder, project, project_key, classification } => {
            make(place, folder, project, project_key, classification.as_deref()).map(|()| true)
        }
        Pack::Check { folder, computed } => check(folder, computed.as_deref()),
    }
}

fn make(place: &Place, folder: &Path, project: &str, key: &Path, classification: Option<&str>) -> Result<()> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_ ".contains(letter);
    if project.is_empty() || project.len() > 60 || !project.chars().all(allowed) {
        bail!("{project:?} is no name of a project: up to 60 letters, digits, spaces and hyphens");
    }
    if folder.exists() {
        bail!("{} exists; name a folder that does not", folder.display());
    }
    let whole = |path: &Path| std::path::absolute(path).with_context(|| path.display().to_string());
    if whole(key)?.starts_with(whole(folder)?) {
        bail!("the key of the project must not lie in the pack: with it the pseudonyms lead back to people");
    }
    let opened = open(place, Time::Kept)?;
    let programme = opened.desk.programme().clone();
    let known = || programme.classifications.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ");
    let chosen = match classification {
        None => programme.classifications.first(),
        Some(name) => programme.classifications.iter().find(|one| one.id.as_str() == name),
    };
    let chosen = chosen.with_context(|| match classification {
        Some(name) => format!("there is no classification {name}; there are {}", known()),
        None => "the programme has no classification of outcomes; add one to classifications.toml".to_owned(),
    })?;
    let now = opened.desk.clock().business();
    let today = opened.desk.clock().today();
    let reading = programme.clone();
    let kept = released(&opened.desk)?;
    let (history, snapshot, releases) = opened.store.read_blocking(move |tx| {
        let (history, checkpoint) = (History::load(tx)?, history::checkpoint_at(tx, now)?);
        let snapshot = history.known(now, checkpoint, &reading);
        Ok::<_, pack::PackError>((history, snapshot, pack::released(tx, &kept)?))
    })?;
    let source = pack::Source {
        snapshot: &snapshot,
        history: &history,
        releases: &releases,
        programme: &programme,
        classification: chosen,
    };
    let secret = project_secret(key)?;
    let made = pack::make(folder, &source, (project, &Key::new(&secret)), today)?;
    let coarser = made.coarser;
    println!("{}: {} people, {} spells", folder.display(), made.people, made.spells);
    println!(
        "made coarser: age in twenty years {}, age left out {}, age and sex {}, age, sex and site {}",
        coarser.age_twenty, coarser.age_any, coarser.sex_any, coarser.site_any
    );
    println!("{} released tables, {} of them counted otherwise by now and so left out", made.tables.0, made.tables.1);
    println!("{} results, {} of them left out because few people stand behind them", made.results.0, made.results.1);
    println!("it is pseudonymous, not anonymous: hand it over under an agreement only");
    Ok(())
}

/// What was released, as the store keeps it.
fn released(desk: &desk::Desk) -> Result<Vec<pack::Kept>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let kept = |one: desk::release::Release| {
        let desk::release::Draft { title, asked, exact, hash, .. } = one.draft;
        pack::Kept { title, hash, exact, asked }
    };
    Ok(runtime.block_on(desk.released())?.into_iter().map(kept).collect())
}

/// The key of a project: read, or made.
fn project_secret(path: &Path) -> Result<[u8; 32]> {
    let new = !path.exists();
    let secret = RootKey::private_secret(path, "key of the project", &SystemEntropy)?;
    if new {
        eprintln!("{} holds the key of this project from now on; keep it apart from the packs", path.display());
    }
    Ok(secret)
}

fn check(folder: &Path, computed: Option<&Path>) -> Result<bool> {
    let found = pack::check(folder)?;
    let mut wrong = found.wrong;
    let told = found.results.iter().filter(|figure| figure.value.is_some()).count();
    println!("{} people; site, age and sex shared by at least {}", found.people, found.k);
    println!("{told} results, computed again from the rows");
    match computed {
        Some(file) => {
            let differs = pack::compare(&found.results, &printed(file)?, "R");
            println!("{} of them as R computes them", told.saturating_sub(differs.len()));
            wrong.extend(differs);
        }
        None => println!("not compared with R: give what `Rscript r/all.R` prints in that folder with --computed"),
    }
    for one in &wrong {
        println!("WRONG: {one}");
    }
    if wrong.is_empty() {
        println!("the pack is as it should be");
    }
    Ok(wrong.is_empty())
}

/// What the scripts of a pack printed, by `analysis,term,quantity`.
fn printed(file: &Path) -> Result<Vec<(String, f64)>> {
    let named = || file.display().to_string();
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("standard input could not be read")?;
    } else {
        text = std::fs::read_to_string(file).with_context(named)?;
    }
    let mut lines = (1..).zip(text.lines());
    if lines.next().is_none_or(|(_, heading)| heading != "analysis,term,quantity,value") {
        bail!(
            "{} is not what `Rscript r/all.R` prints: its first line should be analysis,term,quantity,value",
            named()
        );
    }
    let result = |(line, text): (usize, &str)| {
        let (key, value) =
            text.rsplit_once(',').with_context(|| format!("{}, line {line}: it is no result", named()))?;
        // `NaN` and `NA` are equal to nothing, and are told as such
        Ok((key.to_owned(), value.parse().unwrap_or(f64::NAN)))
    };
    lines.map(result).collect()
}
