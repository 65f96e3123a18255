//! TLS 1.3 and 1.2 with the suites the NCSC calls good or sufficient; nothing to choose for who installs.

use std::{path::Path, sync::Arc};

pub use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::{
    SupportedCipherSuite,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};

/// In order of preference: 256 bits first; TLS 1.2 only with forward secrecy and authenticated encryption.
const SUITES: [SupportedCipherSuite; 9] = [
    ring::cipher_suite::TLS13_AES_256_GCM_SHA384,
    ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
    ring::cipher_suite::TLS13_AES_128_GCM_SHA256,
    ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ring::cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
];

/// Why there can be no TLS.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// A file cannot be read as PEM.
    #[error("{0} cannot be read as PEM: {1}")]
    Unreadable(String, tokio_rustls::rustls::pki_types::pem::Error),
    /// There is no certificate in the file.
    #[error("{0} holds no certificate (a block BEGIN CERTIFICATE)")]
    Empty(String),
    /// Everyone on the machine can read the private key.
    #[error("others can read the private key {0}; make it readable for its owner only (chmod 600)")]
    Open(String),
    /// Certificate and key do not fit each other, or are too weak.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] tokio_rustls::rustls::Error),
}

/// From a chain of certificates (the server's own first) and its private key, both PEM.
///
/// # Errors
/// What is wrong with which file.
pub fn config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, Wrong> {
    let named = |path: &Path| path.display().to_string();
    let unreadable = |path: &Path| {
        let name = named(path);
        move |error| Wrong::Unreadable(name, error)
    };
    let chain: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(certificates).map_err(unreadable(certificates))?.collect();
    let chain = chain.map_err(unreadable(certificates))?;
    if chain.is_empty() {
        return Err(Wrong::Empty(named(certificates)));
    }
    if readable_by_others(key) {
        return Err(Wrong::Open(named(key)));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let provider = CryptoProvider { cipher_suites: SUITES.to_vec(), ..ring::default_provider() };
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.ignore_client_order = true;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // what was sent early could be sent again by someone else
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // one that is not there is told of when it is read
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> bool {
    false
}
