//! Serving, on the loopback address only.

use anyhow::{Context as _, Result, bail};
use web::App;

/// Takes the port before anything else is done: a taken one gives one clear line.
pub(crate) fn listen(port: u16) -> Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} is taken by another program; choose another with --port")
        }
        _ => anyhow::anyhow!("cannot listen on port {port}: {error}; choose another with --port"),
    })?;
    listener.set_nonblocking(true).context("the listener cannot wait")?;
    Ok(listener)
}

/// Serves until Ctrl-C or a signal to end.
pub(crate) fn run(listener: std::net::TcpListener, app: App) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        web::serve(listener, app, stop()).await?;
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
