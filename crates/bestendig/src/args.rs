//! The command line.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
#[cfg(feature = "demonstration")]
use jiff::civil::Date;
use web::reached::Origin;

use crate::{evaluate::Evaluate, pack::Pack};

/// The shared case record of the Landelijke Vreemdelingen Voorzieningen.
#[derive(Parser)]
#[command(name = "bestendig", version, about, long_about = LONG, after_long_help = WHERE, propagate_version = true)]
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

const WHERE: &str = "Where things are (unless --data and --key say otherwise):
  the store    $XDG_DATA_HOME/bestendig, or ~/.local/share/bestendig
  of the demo  bestendig-demo beside it; bestendig-demo-one-city for that programme
  root key     $XDG_CONFIG_HOME/bestendig/root.key, or ~/.config/bestendig/root.key; demo.key for the demo

Exit codes:
  0  done
  1  refused or failed; one line on stderr says why, and nothing was changed. `verify`: something is wrong
  2  the command line was not understood

RUST_LOG (`info`, `web=debug`) says how much is logged on stderr. Results go to stdout.

Example:
  bestendig demo --port 8081
";

/// Where the store is, and for which programme.
#[derive(Args, Clone)]
pub(crate) struct Place {
    /// Folder of the store [default: bestendig in the user's data folder; for the demo bestendig-demo]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Keep the facts in PostgreSQL (connection string); keys stay in the folder. To another machine the way is encrypted
    #[arg(long, global = true, value_name = "URL", env = "BESTENDIG_POSTGRES", hide_env_values = true)]
    pub(crate) postgres: Option<String>,
    /// Certificates (PEM) of who may vouch for the PostgreSQL server [default: those that browsers trust]
    #[arg(long, global = true, value_name = "FILE", requires = "postgres")]
    pub(crate) postgres_ca: Option<PathBuf>,
    /// Certificate (PEM) by which this program proves itself to the PostgreSQL server
    #[arg(long, global = true, value_name = "FILE", requires = "postgres_key")]
    pub(crate) postgres_certificate: Option<PathBuf>,
    /// Private key (PEM) of that certificate
    #[arg(long, global = true, value_name = "FILE", requires = "postgres_certificate")]
    pub(crate) postgres_key: Option<PathBuf>,
    /// File with the root key, made at first start (mode 0600) [default: in the user's configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// File outside the store with its signed checkpoints [default: beside the root key]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) checkpoints: Option<PathBuf>,
    /// List of destructions, outside the store: applied before anything is served [default: beside the root key]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) destructions: Option<PathBuf>,
    /// Folder of the documents, encrypted [default: `documents` beside the store]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) documents: Option<PathBuf>,
    /// Keep documents in a bucket of an S3-compatible service, described in this file
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "documents")]
    pub(crate) documents_bucket: Option<PathBuf>,
    /// Largest document that is taken, in megabytes [default: 20]
    #[arg(long, global = true, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=200))]
    pub(crate) largest_document: Option<u64>,
    /// With what new values are sealed: aes-256-gcm-siv or xchacha20-poly1305; what is there opens with either
    #[arg(long, global = true, value_name = "NAME", default_value = "aes-256-gcm-siv")]
    pub(crate) seal_with: journal::Algorithm,
    /// Scanner for malware that documents go through: clamd at unix:/PATH or tcp:HOST:PORT [default: none]
    #[arg(long, global = true, value_name = "PLACE", env = "BESTENDIG_SCANNER")]
    pub(crate) scanner: Option<desk::scanner::Scanner>,
    /// Programme: lvv-2018, one-city, or a folder of your own
    #[arg(long, global = true, value_name = "NAME|DIR", default_value = "lvv-2018")]
    pub(crate) programme: String,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    #[cfg(feature = "demonstration")]
    /// Serve a store filled with invented people, on this machine only
    #[command(
        after_long_help = "The first start fills the store, which takes some seconds; later starts find it filled. The business date begins at\n\
        --today and runs on; --seed counts only when the store is filled. A folder of a demonstration is not for real use.\n\
        \n\
        Examples:\n\
        \x20 bestendig demo\n\
        \x20 bestendig demo --programme one-city --port 8081\n\
        \x20 bestendig demo --data demo-2 --seed 7 --today 2021-03-01"
    )]
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
        /// Answer as often as is asked (for measuring)
        #[arg(long, hide = true)]
        unlimited: bool,
    },
    /// Serve a store for real use; make accounts first with `user add`
    #[command(
        after_long_help = "It listens on this machine only, unless it has a certificate of its own or a proxy that speaks HTTPS stands before it\n\
        (docs/security.md). Stop with Ctrl-C; what was acknowledged is on the disk. Exit code 1 when the port is taken, the\n\
        folder cannot be written, nobody can sign in yet, or others would be served without encryption.\n\
        \n\
        Example:\n\
        \x20 bestendig serve --port 8080 --data /srv/bestendig --behind-proxy --public-origin https://bestendig.example\n\
        \x20   --security-contact mailto:lek@bestendig.example"
    )]
    Serve {
        #[command(flatten)]
        serve: Serve,
        #[command(flatten)]
        reach: Reach,
    },
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
    /// Write everything that is held of one person (docs/extract-format.md), for that person
    #[command(
        after_long_help = "It holds names of that person only, and everything that was written down: read it first, and hand it over in person.\n\
        Exit code 1 when there is no such case, the person is forgotten, or a file exists.\n\
        \n\
        Example:\n\
        \x20 bestendig extract GRO-7K3M-Q2XD --json extract.json --pdf extract.pdf --language en"
    )]
    Extract {
        /// The number of one of their cases
        case: String,
        /// JSON file to write; it must not exist yet
        #[arg(long, value_name = "FILE", required_unless_present = "pdf")]
        json: Option<PathBuf>,
        /// PDF file to write; it must not exist yet
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// Language of the PDF: nl or en
        #[arg(long, value_name = "CODE", default_value = "nl")]
        language: String,
    },
    /// Walk all hash chains, open every fact, recompute the trees over facts and read log and compare with every checkpoint;
    /// exit code 1 when something is wrong
    #[command(
        after_long_help = "Read only. It prints each finding with the position of the fact or the line of the read log. Exit code 0: every\n\
        chain is whole, every fact opens and both trees are as they were signed; 1: something is wrong, or the store could not be read.\n\
        \n\
        Example:\n\
        \x20 bestendig verify"
    )]
    Verify,
    /// Print a proof (JSON) that a fact or a line of the read log is in the history, or that the history begins with a
    /// checkpoint kept by someone
    #[command(
        after_long_help = "A proof leads to the head of the tree as it is now, and holds no personal data: ids, codes and hashes. With --from it also\n\
        shows that the history begins with that checkpoint: `check-proof` needs it when the checkpoint is older.\n\
        \n\
        Examples:\n\
        \x20 bestendig prove --fact 42 --from facts.checkpoint\n\
        \x20 bestendig prove --read 7 --from reads.checkpoint"
    )]
    #[command(group(clap::ArgGroup::new("what").args(["fact", "read", "from"]).required(true).multiple(true)))]
    Prove {
        /// Position of a fact
        #[arg(long, value_name = "N", conflicts_with = "read")]
        fact: Option<u64>,
        /// Number of a line of the read log
        #[arg(long, value_name = "N")]
        read: Option<u64>,
        /// File with the checkpoint that the history is to begin with
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Check a proof with one old checkpoint; needs no store
    #[command(
        after_long_help = "Works on any machine: it reads the two files and opens no store. Exit code 1 when the proof does not hold.\n\
        \n\
        Example:\n\
        \x20 bestendig check-proof proof.json --checkpoint facts.checkpoint"
    )]
    CheckProof {
        /// The proof
        file: PathBuf,
        /// File with a checkpoint that you kept
        #[arg(long, value_name = "FILE")]
        checkpoint: PathBuf,
        /// Public key that you trust, as name+hash+key [default: the one in the proof]
        #[arg(long, value_name = "KEY")]
        public_key: Option<String>,
    },
    /// Be a witness: compare a checkpoint that was kept with the history now
    Witness {
        #[command(subcommand)]
        what: Witness,
    },
    /// Print the newest checkpoints and their public key, for partners to keep
    #[command(
        after_long_help = "Partners keep them outside this system and hand them in later, on the page or with `witness check`. A store that holds less\n\
        than the file with checkpoints says is not served: find out why before you set them aside.\n\
        \n\
        Examples:\n\
        \x20 bestendig checkpoints --to kept\n\
        \x20 bestendig checkpoints --set-aside"
    )]
    Checkpoints {
        /// Write the newest checkpoint of the facts and of the read log to FOLDER/facts.checkpoint and reads.checkpoint
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
        /// Set those outside the store aside: only after an older backup was put back on purpose
        #[arg(long, conflicts_with = "to")]
        set_aside: bool,
    },
    /// Set when readings stand out in the review of the read log
    #[command(
        after_long_help = "The page of the review states what is in force. It holds for days that are looked through from now on.\n\
        \n\
        Example:\n\
        \x20 bestendig review-threshold many-people 300"
    )]
    ReviewThreshold {
        /// many-readers, many-people, many-refusals, night-from, night-to, sample or days
        name: String,
        /// The number
        value: u16,
    },
    /// Make the read tables anew from the journal
    #[command(after_long_help = "All or nothing: interrupted, the old tables stay. `restore` does it by itself.\n\
        \n\
        Example:\n\
        \x20 bestendig rebuild")]
    Rebuild,
    /// Copy the store into one file (without keys and search tokens), or the keys
    #[command(after_long_help = "A store is used by one process at a time: stop `serve` first.\n\
        The backup lacks: the keys (without them nothing personal in it can be read), the root key, the search tokens (made\n\
        again on restore) and the sessions. The backup of the keys is sealed with the root key: keep that file somewhere else,\n\
        and destroy each backup of the keys within 30 days. A file that exists is never overwritten.\n\
        \n\
        Examples:\n\
        \x20 bestendig backup store.backup\n\
        \x20 bestendig backup keys keys.backup")]
    Backup {
        /// `keys`, or the file to write
        what: PathBuf,
        /// The file to write the keys to, after `keys`
        file: Option<PathBuf>,
    },
    /// Put a backup in an empty folder
    #[command(
        after_long_help = "Needs: the backup, a backup of the keys (unless the folder has them), and the root key with which the store was made\n\
        (--key). The folder must hold no store yet. The backup is checked before anything is written; afterwards the read tables\n\
        and search tokens are made anew. Everyone signs in again.\n\
        \n\
        Example:\n\
        \x20 bestendig restore store.backup --keys keys.backup --data restored"
    )]
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
    /// Count a figure of the programme, with its definition, base, day or period and known-at date (docs/figures.md)
    #[command(
        after_long_help = "Results go to stdout, with small groups left out (`hidden`): fewer than ten, or what would give such a group away. A\n\
        stock needs --on; inflow and outflow need --from and --to, the day after the last. Without NAME the figures of the programme\n\
        are listed. Stop `serve` first. Exit code 1 when the question does not fit the figure; the line says what would.\n\
        \n\
        Examples:\n\
        \x20 bestendig figure stock --on 2022-01-01 --by scenario\n\
        \x20 bestendig figure outflow --from 2021-01-01 --to 2022-01-01 --by class --classification letter-2018 --format csv\n\
        \x20 bestendig figure conference-wait --site groningen --from 2021-01-01 --to 2022-01-01 --known-at 2022-03-01"
    )]
    Figure(crate::figure::FigureArgs),
    /// Tell what changed between two reports of one figure: what was learnt in between, summing to the difference
    #[command(
        after_long_help = "The first report is known as on --known-at, the second as on --against; both ask the same day or period, unless the second\n\
        is given another with --then-on, --then-from and --then-to. Numbers of facts by kind; small groups are left out.\n\
        \n\
        Examples:\n\
        \x20 bestendig figure-diff stock --on 2021-01-01 --known-at 2021-01-01 --against 2022-06-30\n\
        \x20 bestendig figure-diff stock --on 2021-01-01 --then-on 2022-01-01 --known-at 2022-06-30 --against 2022-06-30"
    )]
    FigureDiff(crate::figure::DiffArgs),
    /// List the records whose retention has ended; proposing and approving is done by two people, on the page Vernietigen
    #[command(
        after_long_help = "Read only: numbers of files, the grounds to keep them and their dates, and who stopped it; no names. Stop `serve` first.\n\
        \n\
        Example:\n\
        \x20 bestendig retention"
    )]
    Retention,
    /// Statistics on a CSV file of your own (docs/evaluate.md); needs no store
    Evaluate {
        #[command(subcommand)]
        what: Evaluate,
    },
    /// Make or check a pack for researchers: pseudonymised spells, results, and R scripts (docs/research-pack.md)
    Pack {
        #[command(subcommand)]
        what: Pack,
    },
    /// Manage the keys; the store may be in use
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// Manage who can sign in
    User {
        #[command(subcommand)]
        what: User,
    },
    #[cfg(feature = "demonstration")]
    /// Carry out commands for ever, and print each one that was acknowledged (for the crash test)
    #[command(hide = true)]
    Torture {
        /// Writers at the same time
        #[arg(long, default_value_t = 8)]
        writers: usize,
    },
    #[cfg(feature = "demonstration")]
    /// Measure commands on a filled demonstration, and where the time goes (for bench/run); it adds contacts to it
    #[command(hide = true)]
    Measure {
        /// Who signs in: a guide, who may note contacts
        #[arg(long, default_value = "begeleider.groningen")]
        login: String,
        /// Writers at the same time
        #[arg(long, default_value_t = 8)]
        writers: usize,
        /// For so long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    #[cfg(feature = "demonstration")]
    /// Measure opening files, with and without the read log, in turns (for bench/read-log)
    #[command(hide = true)]
    MeasureReads {
        /// Readers at the same time
        #[arg(long, default_value_t = 8)]
        readers: usize,
        /// For so long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
}

#[derive(Args, Clone)]
#[group(skip)]
pub(crate) struct Serve {
    /// Port, on the loopback address unless --listen says otherwise
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// File with identity providers to sign in at (docs/sign-in.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) oidc: Option<PathBuf>,
    /// Suspend accounts whose rights nobody confirmed for a year; without it they are only shown
    #[arg(long)]
    pub(crate) suspend_overdue: bool,
}

/// How browsers reach it, other than from this machine alone. Never without encryption.
#[derive(Args, Clone, Default)]
pub(crate) struct Reach {
    /// Address to listen on [default: 127.0.0.1]; another one needs --tls-cert or --behind-proxy
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<IpAddr>,
    /// Certificate chain (PEM), the server's own first
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key (PEM), readable for its owner only
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy of your own does the encryption, and passes on X-Forwarded-For and X-Forwarded-Proto
    #[arg(long, requires = "public_origin")]
    pub(crate) behind_proxy: bool,
    /// Address of that proxy, when it is not on this machine; may be given several times
    #[arg(long, value_name = "ADDRESS", requires = "behind_proxy")]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    /// The address in the browser, such as https://bestendig.example
    #[arg(long, value_name = "URL")]
    pub(crate) public_origin: Option<Origin>,
    /// Where to report a leak (mailto: or https:), shown in security.txt
    #[arg(long, value_name = "URL")]
    pub(crate) security_contact: Option<String>,
    /// Also listen here without encryption, only to send browsers to --public-origin
    #[arg(long, value_name = "ADDRESS:PORT", requires = "public_origin")]
    pub(crate) redirect_from: Option<SocketAddr>,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// All facts, as `export history` wrote them
    #[command(
        after_long_help = "The store must be empty and for the same programme. The whole file is read and checked first; then everything is taken\n\
        in, in one transaction. A refusal names the line, and nothing was taken in. An encrypted file needs its passphrase.\n\
        \n\
        Example:\n\
        \x20 bestendig import history all.age --passphrase-file secret.txt"
    )]
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
    #[command(
        after_long_help = "Without --plain the file is encrypted with age and a passphrase. Hashes and keys do not travel: use `backup` to keep them.\n\
        \n\
        Examples:\n\
        \x20 bestendig export history all.age --passphrase-file secret.txt\n\
        \x20 bestendig export history all.jsonl --plain"
    )]
    History {
        /// The file; it must not exist yet
        file: PathBuf,
        #[command(flatten)]
        secret: Secret,
        /// Write plain text: everyone who has the file can read every name
        #[arg(long)]
        plain: bool,
    },
    /// The read log; the two files have the same ids of traces
    #[command(
        after_long_help = "The file with the employee is for who audits; the other may go to who keeps the logs of several systems. People are\n\
        named by an id that is keyed under this programme. A file that exists is never overwritten.\n\
        \n\
        Example:\n\
        \x20 bestendig export read-log --ldv readings.jsonl --audit readings.csv"
    )]
    #[command(group(clap::ArgGroup::new("which").args(["ldv", "audit"]).required(true).multiple(true)))]
    ReadLog {
        /// As Logboek Dataverwerkingen 1.0: JSON lines, one for each data subject, without employees
        #[arg(long, value_name = "FILE")]
        ldv: Option<PathBuf>,
        /// With the employee: JSON lines, or a table when the name ends in .csv
        #[arg(long, value_name = "FILE")]
        audit: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Witness {
    /// Whether the history still begins with a checkpoint; exit code 1 when it does not
    #[command(
        after_long_help = "Says whether the history was altered, or its end removed, since the checkpoint was signed. Nothing is kept.\n\
        \n\
        Example:\n\
        \x20 bestendig witness check facts.checkpoint"
    )]
    Check {
        /// File with the checkpoint
        old: PathBuf,
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
    #[command(
        after_long_help = "Prints every mistake with file, line and remedy (docs/programme-format.md) and ends with exit code 1, or says that\n\
        nothing is wrong. `demo` and `serve` check the same and do not start on a mistake.\n\
        \n\
        Example:\n\
        \x20 bestendig check programme my-city"
    )]
    Programme {
        /// The folder
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Make a new root key and new keys for all organisations; what is sealed stays as it is
    #[command(after_long_help = "Make a new backup of the keys afterwards and destroy the old ones.\n\
        \n\
        Example:\n\
        \x20 bestendig keys rotate --new-key new-root.key")]
    Rotate {
        /// File for the new root key; it may be on another medium [default: takes the place of the present one]
        #[arg(long, value_name = "FILE")]
        new_key: Option<PathBuf>,
    },
    /// The agreement with an organisation ended: take its keys away
    #[command(after_long_help = "For good: from then on its staff can open nothing of what they had keys for.\n\
        \n\
        Example:\n\
        \x20 bestendig keys end --org avim")]
    End {
        /// Organisation of the programme
        #[arg(long)]
        org: String,
    },
    /// There is a new agreement with an organisation
    #[command(
        after_long_help = "Lets it get keys again, for what its part in a file entitles it to; `end` forbids that.\n\
        \n\
        Example:\n\
        \x20 bestendig keys readmit --org avim"
    )]
    Readmit {
        /// Organisation of the programme
        #[arg(long)]
        org: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum User {
    /// Add one of the first two administrators; prints a first password once. Others are added in the pages, by four eyes
    #[command(
        after_long_help = "The password is printed once and kept only as a hash. Roles, organisations and sites are those of the programme.\n\
        \n\
        Example:\n\
        \x20 bestendig user add --login proef --name Proef --role coordinator --org municipality-groningen --site groningen"
    )]
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn leaves(command: &clap::Command, path: &str, out: &mut Vec<(String, String)>) {
        let path =
            if path.is_empty() { command.get_name().to_owned() } else { format!("{path} {}", command.get_name()) };
        let shown: Vec<_> = command.get_subcommands().filter(|sub| !sub.is_hide_set()).collect();
        if shown.is_empty() {
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            out.push((path, help));
        } else {
            shown.into_iter().for_each(|sub| leaves(sub, &path, out));
        }
    }

    #[test]
    fn the_long_help_of_every_command_has_an_example_that_is_understood() {
        let mut found = Vec::new();
        leaves(&Cli::command(), "", &mut found);
        assert_eq!(found.len(), 35, "{found:?}");
        for (path, help) in found {
            let examples: Vec<&str> = help.lines().filter(|line| line.starts_with("  bestendig ")).collect();
            assert!(examples.iter().any(|line| line.contains(&path)), "{path} has no example: {help}");
            for example in examples {
                assert!(example.trim().starts_with(&path), "{example} is no example of {path}");
                Cli::try_parse_from(example.split_whitespace()).unwrap_or_else(|error| panic!("{example}: {error}"));
            }
        }
        let whole = Cli::command().get_after_long_help().map(ToString::to_string).unwrap_or_default();
        assert!(whole.contains("Exit codes") && whole.contains(".local/share/bestendig"), "{whole}");
    }
}
