//! The way to a PostgreSQL server: plain on this machine, encrypted and checked to any other.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use postgres::config::{ChannelBinding, Host, SslMode};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use zeroize::Zeroizing;

use crate::{
    error::{Error, Result},
    keys::read_private,
};

/// A database server, and who vouches for whom.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Connection string: `host=… user=… dbname=…`, or an address that begins with `postgres://`.
    pub url: String,
    /// Certificates (PEM) of the authorities that may vouch for the server; without it those that browsers trust.
    pub authorities: Option<PathBuf>,
    /// The certificate and the private key (PEM) by which this program proves itself to the server.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// Without the connection string: that may hold a password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("authorities", &self.authorities)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl From<String> for Server {
    fn from(url: String) -> Self {
        Self { url, authorities: None, identity: None }
    }
}

impl Server {
    /// A new connection.
    ///
    /// # Errors
    /// A connection string or a certificate that cannot be used, an open way to another machine, no answer.
    pub(crate) fn connect(&self) -> Result<postgres::Client> {
        let mut config: postgres::Config = self.url.parse()?;
        if !self.secures(&mut config)? {
            return Ok(config.connect(postgres::NoTls)?);
        }
        Ok(config.connect(MakeRustlsConnect::new(self.tls()?))?)
    }

    /// Whether the way is encrypted: to another machine always, on this one when that is asked for.
    fn secures(&self, config: &mut postgres::Config) -> Result<bool> {
        let open = config.get_ssl_mode() == SslMode::Disable;
        let stays = config.get_hosts().iter().all(on_this_machine)
            && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        if !stays && open {
            return Err(Error::Unusable(
                "the connection string says sslmode=disable, for a server on another machine: personal data would cross the network in the open; leave it out, or reach the server over this machine"
                    .to_owned(),
            ));
        }
        if stays && config.get_ssl_mode() != SslMode::Require {
            // a server often offers a certificate that nobody vouches for; nothing leaves this machine
            config.ssl_mode(SslMode::Disable);
            return Ok(false);
        }
        config.ssl_mode(SslMode::Require);
        if config.get_password().is_some() {
            // only SCRAM binds a password to this very connection: an MD5 of it is never sent
            config.channel_binding(ChannelBinding::Require);
        }
        Ok(true)
    }

    fn tls(&self) -> Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        match &self.authorities {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                for certificate in certificates(file)? {
                    roots.add(certificate).map_err(|error| unusable(file, &error))?;
                }
            }
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| Error::Unusable(format!("TLS cannot be used: {error}")))?
            .with_root_certificates(roots);
        let Some((certificate, key)) = &self.identity else { return Ok(builder.with_no_client_auth()) };
        let pem = Zeroizing::new(read_private(key)?);
        let secret = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| unusable(key, &error))?;
        builder.with_client_auth_cert(certificates(certificate)?, secret).map_err(|error| unusable(certificate, &error))
    }
}

fn on_this_machine(host: &Host) -> bool {
    match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let found = read.map_err(|error| unusable(file, &error))?;
    if found.is_empty() {
        return Err(unusable(file, &"it holds no certificate (a block BEGIN CERTIFICATE)"));
    }
    Ok(found)
}

fn unusable(file: &Path, why: &dyn fmt::Display) -> Error {
    Error::Unusable(format!("{} cannot be used for TLS to PostgreSQL: {why}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(url: &str) -> Result<(bool, postgres::Config)> {
        let mut config: postgres::Config = url.parse().unwrap();
        let secured = Server::from(url.to_owned()).secures(&mut config)?;
        Ok((secured, config))
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_whatever_the_string_says() {
        for url in [
            "host=db.example.invalid user=u",
            "host=10.0.0.8 sslmode=prefer",
            "host=localhost,10.0.0.8 user=u",
            "host=localhost hostaddr=10.0.0.8",
        ] {
            let (secured, config) = way(url).unwrap();
            assert!(secured && config.get_ssl_mode() == SslMode::Require, "{url}");
        }
        let refused = way("host=db.example.invalid sslmode=disable").unwrap_err().to_string();
        assert!(refused.contains("sslmode=disable"), "{refused}");
    }

    #[test]
    fn on_this_machine_the_string_decides() {
        for url in
            ["host=127.0.0.1 user=u", "host=/run/postgresql", "host=localhost sslmode=disable", "postgres://u@[::1]/d"]
        {
            assert!(!way(url).unwrap().0, "{url}");
        }
        assert!(way("host=localhost sslmode=require").unwrap().0);
    }

    #[test]
    fn a_password_is_bound_to_the_connection() {
        let (_, config) = way("host=db.example.invalid user=u password=geheim").unwrap();
        assert_eq!(config.get_channel_binding(), ChannelBinding::Require);
        assert!(!format!("{:?}", Server::from("host=h password=geheim".to_owned())).contains("geheim"));
    }
}
