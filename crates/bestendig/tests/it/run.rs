//! Running the program on a store of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The program with the store of this place.
    pub(crate) fn command(&self, store: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bestendig"));
        command.args(args).arg("--data").arg(self.path(store)).arg("--key").arg(self.path("root.key"));
        command.env_remove("BESTENDIG_PASSPHRASE");
        command
    }

    pub(crate) fn run(&self, store: &str, args: &[&str]) -> Output {
        self.command(store, args).output().unwrap()
    }

    /// Runs what must succeed; what it printed.
    pub(crate) fn fine(&self, store: &str, args: &[&str]) -> String {
        let out = self.run(store, args);
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// Runs what must be refused; the one line it said.
    pub(crate) fn refused(&self, store: &str, args: &[&str]) -> String {
        let out = self.run(store, args);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(1), "{args:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("internal error"), "{said}");
        said.lines().last().unwrap_or_default().to_owned()
    }

    /// Runs what must be refused at once, with one line and nothing else.
    pub(crate) fn one_line(&self, store: &str, args: &[&str]) -> String {
        let out = self.run(store, args);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!((out.status.code(), said.lines().count()), (Some(1), 1), "{args:?}: {said}");
        assert!(out.stdout.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
        said
    }

    /// A small filled store.
    pub(crate) fn filled(&self, store: &str) {
        self.fine(store, &["demo", "--programme", "one-city", "--fill-only"]);
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
