//! Serving: the port, the threads, and how it ends.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use web::{App, reached::Origin};

/// Where it listens unless told otherwise: this machine only.
pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Takes the port before anything else is done: a taken one gives one clear line.
pub(crate) fn listen(address: IpAddr, port: u16) -> Result<TcpListener> {
    let listener = TcpListener::bind((address, port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} is taken by another program; choose another with --port")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("{address} is not an address of this machine; give one of its own with --listen")
        }
        _ => anyhow::anyhow!("cannot listen on port {port}: {error}; choose another with --port"),
    })?;
    listener.set_nonblocking(true).context("the listener cannot wait")?;
    Ok(listener)
}

/// Serves until Ctrl-C or a signal to end. `redirect`: a second port without encryption, and where it sends people.
pub(crate) fn run(
    listener: TcpListener,
    app: App,
    tls: Option<Arc<web::tls::ServerConfig>>,
    redirect: Option<(TcpListener, Origin)>,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        if let Some((from, to)) = redirect {
            let from = tokio::net::TcpListener::from_std(from)?;
            tokio::spawn(async move {
                if let Err(error) = web::serve::redirect(from, to, stop()).await {
                    tracing::error!(kind = ?error.kind(), "the port that sends people to HTTPS has ended");
                }
            });
        }
        let listener = tokio::net::TcpListener::from_std(listener)?;
        web::serve::serve(listener, app, tls, stop()).await?;
        Ok(())
    })
}

async fn stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be waited for");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::error!(%error, "the signal to end cannot be waited for");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! { () = interrupted => {}, () = ended => {} }
}

/// A store for real use has accounts.
pub(crate) fn has_accounts(opened: &crate::place::Opened) -> Result<()> {
    if !crate::place::has_accounts(&opened.desk) {
        bail!("nobody can sign in yet; add someone first with `bestendig user add --help`");
    }
    Ok(())
}
