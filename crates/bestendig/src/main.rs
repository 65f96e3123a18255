//! The program: command line and wiring. Results go to stdout, messages to stderr.

mod args;
mod commands;
#[cfg(feature = "demonstration")]
mod demo;
mod evaluate;
mod figure;
mod keeper;
mod keys;
mod log;
mod log_commands;
#[cfg(feature = "demonstration")]
mod measure;
#[cfg(feature = "demonstration")]
mod measure_reads;
mod pack;
mod place;
mod progress;
mod reach;
mod restore;
mod serve;
mod sign_in;
#[cfg(feature = "demonstration")]
mod torture;

use std::process::ExitCode;

use anyhow::{Result, bail};
use args::{Check, Cli, Command, Export, Import, Keys, User, Witness};
use clap::Parser as _;
use keeper::Keeper;
use place::{Time, open};
use web::App;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log::to_stderr();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bestendig: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<bool> {
    let place = &cli.place;
    match &cli.command {
        #[cfg(feature = "demonstration")]
        Command::Demo { serve, seed, today, scaled, fill_only, unlimited } => {
            let listener = if *fill_only { None } else { Some(serve::listen(serve::LOOPBACK, serve.port)?) };
            let opened = open(place, Time::Demo(*today))?;
            opened.desk.check_outside()?;
            let demo = demo::fill(&opened, *seed, *scaled)?;
            let _keeper = Keeper::start(opened.desk.clone())?;
            if let Some(listener) = listener {
                demo::plan(&opened)?;
                let port = listener.local_addr()?.port();
                sign_in::rules(&opened.desk, serve, format!("http://localhost:{port}"));
                println!("{}", demo::welcome(&demo, port, opened.desk.clock().today()));
                let published = opened.desk.programme().published.clone();
                let app = App::new(opened.desk, Some(demo), published, false);
                let app = sign_in::providers(app, serve)?;
                serve::run(listener, if *unlimited { app.unlimited() } else { app }, None, None)?;
            }
        }
        Command::Serve { serve, reach } => {
            let door = reach::door(reach)?;
            let listener = serve::listen(door.address, serve.port)?;
            let redirect = door
                .redirect
                .clone()
                .map(|(from, to)| Ok::<_, anyhow::Error>((serve::listen(from.ip(), from.port())?, to)));
            let redirect = redirect.transpose()?;
            let opened = open(place, Time::Kept)?;
            opened.desk.check_outside()?;
            serve::has_accounts(&opened)?;
            let _keeper = Keeper::start(opened.desk.clone())?;
            let shown = door.shown(listener.local_addr()?);
            sign_in::rules(&opened.desk, serve, shown.clone());
            println!("Bestendig on {shown}. Stop with Ctrl-C.");
            let published = opened.desk.programme().published.clone();
            let app = App::new(opened.desk, None, published, door.secure)
                .reached(door.reached)
                .shifted(opened.shift.is_some());
            serve::run(listener, sign_in::providers(app, serve)?, door.tls, redirect)?;
        }
        Command::Import { what: Import::History { file, secret } } => commands::import(place, file, secret)?,
        Command::Export { what: Export::History { file, secret, plain } } => {
            commands::export(place, file, secret, *plain)?;
        }
        Command::Export { what: Export::ReadLog { ldv, audit } } => {
            log_commands::export(place, ldv.as_deref(), audit.as_deref())?;
        }
        Command::Extract { case, json, pdf, language } => {
            commands::extract(place, case, json.as_deref(), pdf.as_deref(), language)?;
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
        Command::Figure(args) => figure::figure(place, args)?,
        Command::FigureDiff(args) => figure::diff(place, args)?,
        Command::Retention => commands::retention(place)?,
        Command::Evaluate { what } => evaluate::run(what)?,
        Command::Pack { what } => return pack::run(place, what),
        Command::Keys { what: Keys::Rotate { new_key } } => keys::rotate(place, new_key.as_deref())?,
        Command::Keys { what: Keys::End { org } } => keys::agreement(place, org, true)?,
        Command::Keys { what: Keys::Readmit { org } } => keys::agreement(place, org, false)?,
        Command::User { what: User::Add { login, name, role, org, sites } } => {
            commands::add_user(place, login, name, role, org, sites)?;
        }
        #[cfg(feature = "demonstration")]
        Command::Torture { writers } => torture::run(place, *writers)?,
        #[cfg(feature = "demonstration")]
        Command::Measure { login, writers, seconds } => measure::run(place, login, *writers, *seconds)?,
        #[cfg(feature = "demonstration")]
        Command::MeasureReads { readers, seconds } => measure_reads::run(place, *readers, *seconds)?,
    }
    Ok(true)
}
