//! Where documents lie: encrypted files, named by random ids. A folder beside the store, or a bucket elsewhere.

pub mod bucket;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use domain::ids::DocumentId;

use crate::error::{Error, Result};

/// A place for encrypted files. Calls wait for the disk or the network: not for a thread that serves others.
pub trait Files: Send + Sync {
    /// Keeps a file; durable when this returns. Kept again, it is replaced.
    ///
    /// # Errors
    /// When it cannot be written: then it is not there.
    fn put(&self, id: DocumentId, bytes: &[u8]) -> Result<()>;

    /// A file; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn get(&self, id: DocumentId) -> Result<Option<Vec<u8>>>;

    /// Whether there is a file.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn has(&self, id: DocumentId) -> Result<bool>;

    /// Takes a file away; one that is not there is gone already.
    ///
    /// # Errors
    /// When it cannot be taken away.
    fn delete(&self, id: DocumentId) -> Result<()>;

    /// In words, for who makes backups.
    fn place(&self) -> String;
}

/// A folder, for its owner alone.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder; made when the first file comes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The ids of the files in it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<DocumentId>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(Error::file(&self.0)(error)),
        };
        let mut out = Vec::new();
        for entry in entries {
            let name = entry.map_err(Error::file(&self.0))?.file_name();
            out.extend(name.to_str().and_then(|name| name.parse::<DocumentId>().ok()));
        }
        Ok(out)
    }

    fn of(&self, id: DocumentId) -> PathBuf {
        self.0.join(id.to_string())
    }

    fn make(&self) -> Result<()> {
        if self.0.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(Error::file(&self.0))
    }
}

impl Files for Folder {
    fn put(&self, id: DocumentId, bytes: &[u8]) -> Result<()> {
        self.make()?;
        let (path, part) = (self.of(id), self.of(id).with_extension("part"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(&part)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&part, &path));
        if let Err(error) = written {
            // half a file is worth nothing; when even this fails the first error says more
            let _ = fs::remove_file(&part);
            return Err(Error::file(path)(error));
        }
        sync(&self.0)
    }

    fn get(&self, id: DocumentId) -> Result<Option<Vec<u8>>> {
        let path = self.of(id);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    fn has(&self, id: DocumentId) -> Result<bool> {
        let path = self.of(id);
        path.try_exists().map_err(Error::file(path))
    }

    fn delete(&self, id: DocumentId) -> Result<()> {
        // also what was left of it when the program ended while it was written
        for path in [self.of(id).with_extension("part"), self.of(id)] {
            match fs::remove_file(&path) {
                Ok(()) => sync(&self.0)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::file(path)(error)),
            }
        }
        Ok(())
    }

    fn place(&self) -> String {
        self.0.display().to_string()
    }
}

/// Makes a rename or removal durable.
#[cfg(unix)]
fn sync(folder: &Path) -> Result<()> {
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::file(folder))
}

#[cfg(not(unix))]
fn sync(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_file_is_kept_replaced_and_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().join("documents"));
        let id = DocumentId(Uuid::from_u128(7));
        assert_eq!((folder.get(id).unwrap(), folder.has(id).unwrap(), folder.list().unwrap()), (None, false, vec![]));
        folder.delete(id).unwrap();
        folder.put(id, b"one").unwrap();
        folder.put(id, b"two").unwrap();
        assert_eq!((folder.get(id).unwrap().as_deref(), folder.list().unwrap()), (Some(&b"two"[..]), vec![id]));
        assert!(folder.has(id).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder.0), mode(&folder.of(id))), (0o700, 0o600));
        }
        folder.delete(id).unwrap();
        assert_eq!(folder.list().unwrap(), vec![]);
    }

    #[test]
    fn what_was_half_written_is_no_file_and_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, id) = (Folder::new(dir.path()), DocumentId(Uuid::from_u128(9)));
        let part = dir.path().join(id.to_string()).with_extension("part");
        fs::write(&part, b"half").unwrap();
        assert_eq!((folder.get(id).unwrap(), folder.has(id).unwrap(), folder.list().unwrap()), (None, false, vec![]));
        folder.delete(id).unwrap();
        assert!(!part.exists());
    }

    #[test]
    fn a_disk_that_refuses_leaves_no_half_file() {
        let dir = tempfile::tempdir().unwrap();
        let id = DocumentId(Uuid::from_u128(8));
        // where the file should go there is a folder that is not empty
        fs::create_dir_all(dir.path().join(id.to_string()).join("in-the-way")).unwrap();
        let folder = Folder::new(dir.path());
        assert!(folder.put(id, b"one").is_err());
        assert!(!dir.path().join(id.to_string()).with_extension("part").exists());
    }
}
