//! From the command line to the way in: with encryption of our own, behind a proxy that has it, or from this machine only.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use anyhow::{Result, bail};
use web::{
    reached::{Origin, Reached},
    tls::{self, ServerConfig},
};

use crate::{args::Reach, serve::LOOPBACK};

/// The way in.
pub(crate) struct Door {
    /// Where to listen.
    pub(crate) address: IpAddr,
    /// The encryption, when it is ours.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Whether browsers come over HTTPS.
    pub(crate) secure: bool,
    /// How they come.
    pub(crate) reached: Reached,
    /// A second port, and where it sends people.
    pub(crate) redirect: Option<(SocketAddr, Origin)>,
}

impl Door {
    /// The address to show.
    pub(crate) fn shown(&self, listening: SocketAddr) -> String {
        match &self.reached.origin {
            Some(origin) if self.secure => origin.to_string(),
            _ if self.tls.is_some() => format!("https://{listening}"),
            _ => format!("http://localhost:{}", listening.port()),
        }
    }
}

/// # Errors
/// What does not fit together, and what would.
pub(crate) fn door(reach: &Reach) -> Result<Door> {
    let address = reach.listen.unwrap_or(LOOPBACK);
    let secure = reach.tls_cert.is_some() || reach.behind_proxy;
    if !secure {
        if !address.is_loopback() {
            bail!(
                "{address} can be reached by others: it needs --tls-cert and --tls-key, or --behind-proxy with \
                 --public-origin. Without encryption only this machine (127.0.0.1) is served."
            );
        }
        if reach.public_origin.is_some() {
            bail!("--public-origin goes with --tls-cert and --tls-key, or with --behind-proxy");
        }
    }
    let contact = reach.security_contact.as_deref().map(contact).transpose()?;
    if secure && contact.is_none() {
        bail!("what others can reach says where to report a leak: give --security-contact mailto:... or https://...");
    }
    if reach.behind_proxy && !address.is_loopback() && reach.trusted_proxy.is_empty() {
        bail!("on {address} anyone can go around the proxy: name it with --trusted-proxy, or listen on 127.0.0.1");
    }
    let tls = match (&reach.tls_cert, &reach.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::config(certificate, key)?),
        _ => None,
    };
    let redirect = reach.redirect_from.zip(reach.public_origin.clone());
    let proxies = reach.behind_proxy.then(|| reach.trusted_proxy.clone());
    let reached = Reached { origin: reach.public_origin.clone(), proxies, contact };
    Ok(Door { address, tls, secure, reached, redirect })
}

/// It stands in a text file, one thing a line, and in a link.
fn contact(text: &str) -> Result<String> {
    let known = text.starts_with("mailto:") || text.starts_with("https://");
    if !known || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("--security-contact {text:?} is not an address such as mailto:lek@bestendig.example or https://...");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Reach)) -> String {
        let mut reach = Reach::default();
        change(&mut reach);
        door(&reach).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn without_encryption_only_this_machine_is_served() {
        let everyone = Some("0.0.0.0".parse().unwrap());
        assert!(refused(|reach| reach.listen = everyone).contains("--tls-cert"));
        assert!(refused(|reach| reach.listen = Some("::".parse().unwrap())).contains("--tls-cert"));
        let door = door(&Reach::default()).unwrap();
        assert!(!door.secure && door.address.is_loopback() && door.reached == Reached::default());
    }

    #[test]
    fn behind_a_proxy_the_cookie_is_bound_to_https() {
        let mut reach = Reach {
            behind_proxy: true,
            public_origin: Some("https://lvv.example".parse().unwrap()),
            security_contact: Some("mailto:lek@lvv.example".to_owned()),
            ..Reach::default()
        };
        let behind = door(&reach).unwrap();
        assert!(behind.secure && behind.reached.proxies == Some(vec![]));
        assert_eq!(behind.shown("127.0.0.1:8080".parse().unwrap()), "https://lvv.example");
        reach.listen = Some("0.0.0.0".parse().unwrap());
        assert!(door(&reach).err().unwrap().to_string().contains("--trusted-proxy"));
        reach.security_contact = Some("mailto:a@b.example\r\nExpires: never".to_owned());
        assert!(door(&reach).err().unwrap().to_string().contains("--security-contact"));
        reach.security_contact = None;
        assert!(door(&reach).err().unwrap().to_string().contains("--security-contact"));
    }

    #[test]
    fn a_certificate_that_is_not_there_is_one_clear_line() {
        let said = refused(|reach| {
            reach.tls_cert = Some("bestaat-niet.pem".into());
            reach.tls_key = Some("bestaat-niet.key".into());
            reach.security_contact = Some("mailto:lek@lvv.example".to_owned());
        });
        assert!(said.contains("bestaat-niet.pem"), "{said}");
    }
}
