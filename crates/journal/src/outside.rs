//! The file outside the store with the checkpoints: when the store loses its tail, or is put back or rewritten, it tells.
//!
//! One flipped bit in a write-ahead log makes SQLite drop the commits after it, and its own check then says that all is well.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    checkpoint::{Compared, compare, origin},
    error::{Error, Result},
    note::{Note, Verifier},
    sql::Tx,
    tree::Tree,
};

/// Checkpoints that are kept of each log: the newest.
const MOST: usize = 200;
/// Between two notes of the file.
const BETWEEN: &str = "\n\n\n";

/// The file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    path: PathBuf,
}

impl Outside {
    /// The file at a path; it is made when there is something to write.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every checkpoint in it, oldest first; also those of other stores.
    ///
    /// # Errors
    /// When it cannot be read, or holds something else.
    pub fn notes(&self) -> Result<Vec<Note>> {
        if !self.path.exists() {
            return Ok(vec![]);
        }
        let text = std::fs::read_to_string(&self.path).map_err(Error::file(&self.path))?;
        let notes = text.split(BETWEEN).filter(|part| !part.trim().is_empty()).map(Note::parse);
        notes.collect::<Result<_>>().map_err(|error| Error::Unusable(format!("{}: {error}", self.path.display())))
    }

    /// Adds checkpoints; durable when this returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, new: &[Note]) -> Result<()> {
        let mut notes = self.notes()?;
        notes.extend(new.iter().cloned());
        for origin in new.iter().map(|note| &note.head.origin) {
            let of_log = notes.iter().filter(|note| note.head.origin == *origin).count();
            let mut spare = of_log.saturating_sub(MOST);
            notes.retain(|note| {
                let goes = spare > 0 && note.head.origin == *origin;
                spare -= usize::from(goes);
                !goes
            });
        }
        self.write(&notes)
    }

    /// Writes beside it and puts it in place, so that there is always a whole file.
    fn write(&self, notes: &[Note]) -> Result<()> {
        let text: Vec<&str> = notes.iter().map(|note| note.text.trim_end()).collect();
        let part = self.path.with_extension("checkpoints-part");
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let mut file = File::create(&part).map_err(Error::file(&part))?;
        let written = file.write_all(format!("{}\n", text.join(BETWEEN)).as_bytes()).and_then(|()| file.sync_all());
        written.map_err(Error::file(&part))?;
        std::fs::rename(&part, &self.path).map_err(Error::file(&self.path))
    }

    /// Moves the checkpoints of one store to a file beside this one, for an older backup that is put back on purpose; where
    /// they are now, and how many.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn set_aside(&self, name: &str) -> Result<(PathBuf, usize)> {
        let own: Vec<String> = Tree::ALL.iter().map(|tree| origin(name, *tree)).collect();
        let (moved, stay): (Vec<Note>, Vec<Note>) =
            self.notes()?.into_iter().partition(|note| own.contains(&note.head.origin));
        let beside = Self::new(self.path.with_extension("checkpoints-set-aside"));
        if !moved.is_empty() {
            beside.write(&[beside.notes()?, moved.clone()].concat())?;
            self.write(&stay)?;
        }
        Ok((beside.path, moved.len()))
    }

    /// Compares the newest checkpoints of this store with what is in it.
    ///
    /// # Errors
    /// In words for who starts the program: what is missing or was rewritten, and what to do. Nothing may be served then.
    pub fn check(&self, tx: &mut Tx<'_>, verifier: &Verifier) -> Result<()> {
        let notes = self.notes()?;
        for tree in Tree::ALL {
            let own = origin(verifier.name(), tree);
            let Some(last) = notes.iter().rfind(|note| note.head.origin == own) else { continue };
            let (size, file) = (last.head.size, self.path.display());
            if !verifier.signed(last) {
                return Err(Error::Unusable(format!(
                    "the last checkpoint of {own} in {file} was signed with another key than the one in use; \
                     put back the signing key, or find out who replaced it"
                )));
            }
            let what = match compare(tx, tree, size, &last.head.root)? {
                Compared::Consistent => continue,
                Compared::Behind(there) => {
                    format!("{} of {size} are in the store: the last {} were lost", there, size - there)
                }
                Compared::Rewritten => format!("the first {size} are not what was signed: they were altered"),
            };
            let what =
                format!("{} ({own}): {what}", if tree == Tree::Facts { "facts" } else { "lines of the read log" });
            return Err(Error::Unusable(format!(
                "the store does not hold what {file} says it held. {what}. Nothing is served. Run `bestendig verify`, keep a \
                 copy of the folder, and restore the newest backup; remove the checkpoints of this store from the file only \
                 when you know why they do not fit"
            )));
        }
        Ok(())
    }
}
