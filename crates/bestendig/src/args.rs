//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;

/// The shared case record of the Landelijke Vreemdelingen Voorzieningen.
#[derive(Parser)]
#[command(name = "bestendig", version, about, long_about = LONG, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) place: Place,
}

const LONG: &str = "Bestendig keeps the history of every trajectory from registration to a durable solution: who did what, \
when it was true and when it was learnt. It is one program with an embedded store; PostgreSQL is a choice.\n\n\
Begin with `bestendig demo`: a filled network with invented people on http://localhost:8080.\n\
For real use: `bestendig user add`, then `bestendig serve`.";

/// Where the store is, and for which programme.
#[derive(Args, Clone)]
pub(crate) struct Place {
    /// Folder of the store [default: bestendig in the user's data folder; for the demo bestendig-demo]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Keep the facts in PostgreSQL (connection string); keys stay in the folder
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// File with the root key, made at first start (mode 0600) [default: in the user's configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Programme: lvv-2018, one-city, or a folder of your own
    #[arg(long, global = true, value_name = "NAME|DIR", default_value = "lvv-2018")]
    pub(crate) programme: String,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve a store filled with invented people, on this machine only
    Demo {
        #[command(flatten)]
        serve: Serve,
        /// Which invented network: the same number gives the same people [default: 2018]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// The business date to begin with; what the network did later is left out [default: the programme's own,
        /// 2022-07-01]
        #[arg(long, value_name = "DATE")]
        today: Option<Date>,
        /// Fill the store with this many trajectories instead of the published network (for measuring)
        #[arg(long, value_name = "N", hide = true)]
        scaled: Option<u32>,
        /// Only fill the store, and stop
        #[arg(long, hide = true)]
        fill_only: bool,
    },
    /// Serve a store for real use; make accounts first with `user add`
    Serve(Serve),
    /// Take a history into an empty store
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Write the history of the store to a file
    Export {
        #[command(subcommand)]
        what: Export,
    },
    /// Walk all hash chains and open every fact; exit code 1 when something is wrong
    Verify,
    /// Make the read tables anew from the journal
    Rebuild,
    /// Copy the store into one file (without keys and search tokens), or the keys
    Backup {
        /// `keys`, or the file to write
        what: PathBuf,
        /// The file to write the keys to, after `keys`
        file: Option<PathBuf>,
    },
    /// Put a backup in an empty folder
    Restore {
        /// The backup
        file: PathBuf,
        /// The backup of the keys; needed when the folder has no keys
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Check the files of a programme
    Check {
        #[command(subcommand)]
        what: Check,
    },
    /// Manage who can sign in
    User {
        #[command(subcommand)]
        what: User,
    },
    /// Carry out commands for ever, and print each one that was acknowledged (for the crash test)
    #[command(hide = true)]
    Torture {
        /// Writers at the same time
        #[arg(long, default_value_t = 8)]
        writers: usize,
        /// Measure for so long instead
        #[arg(long)]
        seconds: Option<u64>,
    },
}

#[derive(Args, Clone, Copy)]
pub(crate) struct Serve {
    /// Port, on the loopback address
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// All facts, as `export history` wrote them
    History {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        secret: Secret,
    },
}

#[derive(Subcommand)]
pub(crate) enum Export {
    /// All facts, one a line (docs/history-format.md), encrypted with a passphrase
    History {
        /// The file; it must not exist yet
        file: PathBuf,
        #[command(flatten)]
        secret: Secret,
        /// Write plain text: everyone who has the file can read every name
        #[arg(long)]
        plain: bool,
    },
}

#[derive(Args, Clone)]
pub(crate) struct Secret {
    /// File whose first line is the passphrase [default: the variable `BESTENDIG_PASSPHRASE`]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Check {
    /// A folder of TOML files
    Programme {
        /// The folder
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum User {
    /// Add someone who can sign in; asks for nothing, prints the password once
    Add {
        /// Name to sign in with
        #[arg(long)]
        login: String,
        /// Name shown to colleagues
        #[arg(long)]
        name: String,
        /// Role: coordinator, guide, shelter-worker, ind-officer, case-director, police-officer, researcher, programme-manager, administrator, privacy-officer
        #[arg(long)]
        role: String,
        /// Organisation of the programme
        #[arg(long)]
        org: String,
        /// Site of the programme; may be given several times
        #[arg(long = "site", required = true)]
        sites: Vec<String>,
    },
}
