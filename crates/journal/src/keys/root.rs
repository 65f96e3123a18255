//! The root key: 32 bytes in a file outside the store. It wraps the keys of organisations and nothing else.

use std::{
    ffi::OsString,
    fs::OpenOptions,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use crate::{
    entropy::Entropy,
    error::{Error, Result},
    seal::{Cipher, Secret},
};

/// The key that wraps all others: 32 bytes in a file outside the store.
pub struct RootKey {
    pub(super) cipher: Cipher,
    /// Eight hexadecimal digits that tell which root key wrapped a key.
    pub(super) id: String,
    /// The file it came from.
    pub(super) path: Option<PathBuf>,
}

impl RootKey {
    /// Reads the root key, or makes one where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, has another length, or others may read it.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let mut secret = secret_file(path, "root key", entropy)?;
        let root = Self::from_secret(&secret);
        secret.zeroize();
        Ok(Self { path: Some(path.to_owned()), ..root? })
    }

    /// Reads the root key.
    ///
    /// # Errors
    /// When there is none, it has another length, or others may read it.
    pub fn load(path: &Path) -> Result<Self> {
        let mut secret = read_secret(path, "root key")?;
        let root = Self::from_secret(&secret);
        secret.zeroize();
        Ok(Self { path: Some(path.to_owned()), ..root? })
    }

    /// A root key from its bytes.
    ///
    /// # Errors
    /// Never for 32 bytes; the cipher's own type says so.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self> {
        let digest = Sha256::digest([b"bestendig root key id".as_slice(), secret].concat());
        let id = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { cipher: Secret(*secret).cipher()?, id, path: None })
    }

    /// The 32 bytes of another private file, such as the key of a project: read as a root key is, or made where there is none.
    ///
    /// # Errors
    /// As [`RootKey::load_or_create`].
    pub fn private_secret(path: &Path, what: &str, entropy: &dyn Entropy) -> Result<[u8; 32]> {
        secret_file(path, what, entropy)
    }

    /// The file of the key that is to take the place of the one in `path`, until it has.
    pub fn next(path: &Path) -> PathBuf {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(".next");
        PathBuf::from(name)
    }

    /// Puts the next key in the place of the one it replaces.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub fn finish(path: &Path) -> Result<()> {
        std::fs::rename(Self::next(path), path).map_err(Error::file(path))
    }
}

/// The 32 bytes of a private file, made where there is none.
pub(crate) fn secret_file(path: &Path, what: &str, entropy: &dyn Entropy) -> Result<[u8; 32]> {
    if !path.exists() {
        create(path, &Secret::random(entropy).0)?;
    }
    read_secret(path, what)
}

fn read_secret(path: &Path, what: &str) -> Result<[u8; 32]> {
    let mut file = std::fs::File::open(path).map_err(Error::file(path))?;
    private(path, &file)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Error::file(path))?;
    let found = bytes.len();
    let fits = <[u8; 32]>::try_from(&bytes[..]);
    bytes.zeroize();
    fits.map_err(|_| {
        Error::Key(format!("the {what} {} holds {found} bytes, not 32; put back the right file", path.display()))
    })
}

/// Reads a file that holds a secret.
///
/// # Errors
/// When there is none, it is no text, or others may read it.
pub fn read_private(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(Error::file(path))?;
    private(path, &file)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(Error::file(path))?;
    Ok(text)
}

fn create(path: &Path, secret: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::file(path))?;
    file.write_all(secret).and_then(|()| file.sync_all()).map_err(Error::file(path))
}

#[cfg(unix)]
fn private(path: &Path, file: &std::fs::File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(Error::file(path))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Error::Key(format!("the key {path} can be read by others (mode {mode:o}); make it private: chmod 600 {path}")))
}

#[cfg(not(unix))]
fn private(_: &Path, _: &std::fs::File) -> Result<()> {
    Ok(())
}
