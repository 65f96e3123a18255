//! The program: command line and wiring. Results go to stdout, messages to stderr.

mod args;
mod commands;
mod demo;
mod keeper;
mod keys;
mod log_commands;
mod measure;
mod measure_reads;
mod place;
mod progress;
mod restore;
mod serve;
mod torture;

use std::process::ExitCode;

use anyhow::{Result, bail};
use args::{Check, Cli, Command, Export, Import, Keys, User, Witness};
use clap::Parser as _;
use keeper::Keeper;
use place::{Time, open};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};
use web::App;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    // a panic message can quote a value: the place is enough to find the fault
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("bestendig: internal error at {place}");
    }));
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bestendig: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Warnings and errors, unless `RUST_LOG` says otherwise (`info`, `web=debug`).
#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn log_to_stderr() {
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let wanted = asked.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(wanted)
        .init();
}

fn run(cli: &Cli) -> Result<bool> {
    let place = &cli.place;
    match &cli.command {
        Command::Demo { serve, seed, today, scaled, fill_only } => {
            let listener = if *fill_only { None } else { Some(serve::listen(serve.port)?) };
            let opened = open(place, Time::Demo(*today))?;
            opened.desk.check_outside()?;
            let demo = demo::fill(&opened, *seed, *scaled)?;
            let _keeper = Keeper::start(opened.desk.clone())?;
            if let Some(listener) = listener {
                let port = listener.local_addr()?.port();
                println!("{}", demo::welcome(&demo, port, opened.desk.clock().today()));
                let published = opened.desk.programme().published.clone();
                serve::run(listener, App::new(opened.desk, Some(demo), published, false))?;
            }
        }
        Command::Serve(serve) => {
            let listener = serve::listen(serve.port)?;
            let opened = open(place, Time::Kept)?;
            opened.desk.check_outside()?;
            serve::has_accounts(&opened)?;
            let _keeper = Keeper::start(opened.desk.clone())?;
            println!("Bestendig on http://localhost:{}. Stop with Ctrl-C.", listener.local_addr()?.port());
            let published = opened.desk.programme().published.clone();
            let app = App::new(opened.desk, None, published, false).shifted(opened.shift.is_some());
            serve::run(listener, app)?;
        }
        Command::Import { what: Import::History { file, secret } } => commands::import(place, file, secret)?,
        Command::Export { what: Export::History { file, secret, plain } } => {
            commands::export(place, file, secret, *plain)?;
        }
        Command::Export { what: Export::ReadLog { ldv, audit } } => {
            log_commands::export(place, ldv.as_deref(), audit.as_deref())?;
        }
        Command::Verify => return commands::verify(place),
        Command::Prove { fact, read, from } => log_commands::prove(place, *fact, *read, from.as_deref())?,
        Command::CheckProof { file, checkpoint, public_key } => {
            log_commands::check_proof(file, checkpoint, public_key.as_deref())?;
        }
        Command::Witness { what: Witness::Check { old } } => return log_commands::witness(place, old),
        Command::Checkpoints { to, set_aside } => log_commands::checkpoints(place, to.as_deref(), *set_aside)?,
        Command::ReviewThreshold { name, value } => log_commands::threshold(place, name, *value)?,
        Command::Rebuild => commands::rebuild(place)?,
        Command::Backup { what, file: Some(file) } if what.as_os_str() == "keys" => commands::backup_keys(place, file)?,
        Command::Backup { what, file: None } if what.as_os_str() != "keys" => commands::backup(place, what)?,
        Command::Backup { .. } => bail!("write `backup FILE` or `backup keys FILE`"),
        Command::Restore { file, keys } => restore::restore(place, file, keys.as_deref())?,
        Command::Check { what: Check::Programme { dir } } => commands::check(dir)?,
        Command::Retention => commands::retention(place)?,
        Command::Keys { what: Keys::Rotate { new_key } } => keys::rotate(place, new_key.as_deref())?,
        Command::Keys { what: Keys::End { org } } => keys::agreement(place, org, true)?,
        Command::Keys { what: Keys::Readmit { org } } => keys::agreement(place, org, false)?,
        Command::User { what: User::Add { login, name, role, org, sites } } => {
            commands::add_user(place, login, name, role, org, sites)?;
        }
        Command::Torture { writers } => torture::run(place, *writers)?,
        Command::Measure { login, writers, seconds } => measure::run(place, login, *writers, *seconds)?,
        Command::MeasureReads { readers, seconds } => measure_reads::run(place, *readers, *seconds)?,
    }
    Ok(true)
}
