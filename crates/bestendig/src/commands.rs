//! The commands that work on a store and end.

use std::{path::Path, str::FromStr};

use age::secrecy::SecretString;
use anyhow::{Context as _, Result, bail};
use desk::Account;
use domain::{
    codes::Role,
    ids::{OrgId, SiteId, UserId},
};
use exchange::history::Progress;
use journal::{Entropy as _, KEY_BACKUP_DAYS, SystemEntropy};

use crate::{
    args::{Place, Secret},
    place::{self, Time, open},
    progress,
};

/// `import history`.
pub(crate) fn import(place: &Place, file: &Path, secret: &Secret) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let bar = progress::bar("Reading and checking");
    let shown = bar.clone();
    let report = move |step| match step {
        Progress::Reading { done, length } => progress::bytes(&shown, done, length),
        Progress::TakingIn { done, all } => progress::next(&shown, "Taking in", done, all),
    };
    let count = exchange::history::import(&opened.desk, file, passphrase(secret)?, report)?;
    opened.desk.checkpoint()?;
    bar.finish_and_clear();
    println!("{count} facts taken in");
    Ok(())
}

/// `export history`.
pub(crate) fn export(place: &Place, file: &Path, secret: &Secret, plain: bool) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let secret = if plain { None } else { passphrase(secret)? };
    if secret.is_none() && !plain {
        bail!("give a passphrase with --passphrase-file or BESTENDIG_PASSPHRASE, or write plain text with --plain");
    }
    let bar = progress::bar("Writing");
    let count = exchange::history::export(&opened.desk, file, secret, progress::report(&bar))?;
    bar.finish_and_clear();
    println!("{count} facts written to {}", file.display());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn passphrase(secret: &Secret) -> Result<Option<SecretString>> {
    let text = match &secret.passphrase_file {
        Some(file) => Some(std::fs::read_to_string(file).with_context(|| file.display().to_string())?),
        None => std::env::var("BESTENDIG_PASSPHRASE").ok(),
    };
    let first = text.as_deref().and_then(|text| text.lines().next()).filter(|line| !line.is_empty());
    Ok(first.map(|line| SecretString::from(line.to_owned())))
}

/// `extract CASE`.
pub(crate) fn extract(
    place: &Place,
    case: &str,
    json: Option<&Path>,
    pdf: Option<&Path>,
    language: &str,
) -> Result<()> {
    let lang = web::text::Lang::from_code(language).with_context(|| format!("{language} is no language: nl or en"))?;
    let opened = open(place, Time::Kept)?;
    let found = opened.desk.extract_of_case(case)?;
    let extract = found.with_context(|| format!("there is no case {case}; write its number as in GRO-ABCD-EF"))?;
    if let Some(path) = json {
        write_new(path, exchange::extract::json(&opened.desk, &extract)?.as_bytes())?;
    }
    if let Some(path) = pdf {
        let letter = web::extract_letter(&opened.desk, &extract, lang)?;
        write_new(path, &letters::pdf(&letter)?)?;
    }
    let facts = extract.held.len() + extract.cases.iter().map(|case| case.held.len()).sum::<usize>();
    println!("{facts} facts about one person written, from {} cases; read it before you give it", extract.cases.len());
    Ok(())
}

/// A new file that only its owner can read.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| path.display().to_string())
}

/// `verify`; whether all is well.
pub(crate) fn verify(place: &Place) -> Result<bool> {
    let opened = open(place, Time::Kept)?;
    let all = opened.desk.facts_in_all()?;
    let bar = progress::bar("Verifying");
    let mut report = progress::report(&bar);
    let found = opened.desk.verify(move |done| report(done, all))?;
    bar.finish_and_clear();
    println!("{} facts in {} histories, {} of them forgotten", found.facts, found.streams, found.forgotten);
    let bar = progress::bar("Verifying the trees");
    let mut report = progress::report(&bar);
    let logs = opened.desk.verify_logs(move |done| report(done, all))?;
    bar.finish_and_clear();
    println!("{} lines in the read log; {} checkpoints fit", logs.reads, logs.checkpoints);
    let (sittings, broken) = opened.desk.verify_sittings()?;
    println!("{sittings} logs of sittings");
    let mut findings = [found.findings, logs.findings].concat();
    findings.extend(broken.iter().map(|id| format!("the log of the sitting {id} is not as it was written")));
    for finding in &findings {
        println!("WRONG: {finding}");
    }
    if findings.is_empty() {
        println!("every chain is whole and every fact opens; both trees are as they were signed");
    }
    Ok(findings.is_empty())
}

/// `rebuild`.
pub(crate) fn rebuild(place: &Place) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let bar = progress::bar("Rebuilding");
    opened.desk.rebuild(progress::report(&bar))?;
    bar.finish_and_clear();
    println!("the read tables were made anew");
    Ok(())
}

/// `backup FILE`.
pub(crate) fn backup(place: &Place, file: &Path) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let bar = progress::bar("Copying");
    let info = journal::backup::backup(&opened.location, file, &["search_token", "session"], progress::report(&bar))?;
    bar.finish_and_clear();
    println!("{} facts copied to {}; the keys are not in it", info.position, file.display());
    let (documents, missing, folder) = opened.desk.documents_kept()?;
    if documents > 0 {
        println!(
            "{documents} documents lie encrypted in {folder}: copy that too; their keys are in the backup of the keys"
        );
    }
    if missing > 0 {
        eprintln!(
            "{missing} of them are not there: put them back where they were, or name the place with --documents or --documents-bucket"
        );
    }
    Ok(())
}

/// `backup keys FILE`.
pub(crate) fn backup_keys(place: &Place, file: &Path) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    opened.keys.copy_to(file, place::real_date())?;
    println!("the keys were copied to {}; it is refused after {KEY_BACKUP_DAYS} days, destroy it then", file.display());
    Ok(())
}

/// `retention`.
pub(crate) fn retention(place: &Place) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let (due, today) = (opened.desk.all_due()?, opened.desk.clock().today());
    for one in &due {
        let grounds = one.grounds.iter().map(|kept| format!("{} until {}", kept.ground, kept.until));
        let held = if one.holds.is_empty() { String::new() } else { format!("; stopped: {}", one.holds.join(", ")) };
        println!("{}: ended {}; {}{held}", one.cases.join(", "), one.ended, grounds.collect::<Vec<_>>().join("; "));
    }
    println!("{} records are past their retention on {today}", due.len());
    Ok(())
}

/// `check programme`.
pub(crate) fn check(dir: &Path) -> Result<()> {
    let programme = place::programme_in(dir)?;
    println!(
        "{}: {} sites, {} organisations, {} methods, {} published figures; nothing is wrong",
        programme.id,
        programme.sites.len(),
        programme.organisations.len(),
        programme.methods.len(),
        programme.published.len()
    );
    Ok(())
}

/// `user add`.
pub(crate) fn add_user(place: &Place, login: &str, name: &str, role: &str, org: &str, sites: &[String]) -> Result<()> {
    let opened = open(place, Time::Kept)?;
    let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    let role =
        Role::from_code(role).with_context(|| format!("there is no role {role}: name one of {}", known.join(", ")))?;
    let code = |what: &str, text: &str| format!("{text} is no {what}: lower-case letters, digits and hyphens");
    let org = OrgId::from_str(org).map_err(|_| anyhow::anyhow!(code("organisation", org)))?;
    let sites = sites.iter().map(|site| SiteId::from_str(site).map_err(|_| anyhow::anyhow!(code("site", site))));
    let sites = sites.collect::<Result<Vec<_>>>()?;
    let (user, login) = (UserId(SystemEntropy.id()), login.trim().to_lowercase());
    let password = opened.desk.new_password();
    let account = Account { user, login: login.clone(), name: name.to_owned(), role, org, sites };
    opened.desk.add_account(account, &password)?;
    let hours = desk::FIRST_PASSWORD.as_hours();
    println!(
        "{login} can sign in with this password; it is shown once, works for {hours} hours and has to be changed then:\n{password}"
    );
    println!(
        "This is for the first two administrators. They add everyone else in the pages, where one proposes and the other approves."
    );
    Ok(())
}
