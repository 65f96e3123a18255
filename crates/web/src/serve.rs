//! Taking connections: TLS, and limits on everything that happens before a request is one.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tower::ServiceExt as _;

use crate::{app::App, reached, routes::router, security};

/// What one connection may cost.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Longest for the handshake of TLS, and for the lines above a request.
    pub head: Duration,
    /// Longest for one connection: whoever reads slowly, or asks on and on, begins anew.
    pub connection: Duration,
    /// Connections at the same time; more have to wait.
    pub connections: usize,
}

impl Default for Patience {
    /// 10 seconds, 10 minutes, 1,024.
    fn default() -> Self {
        Self { head: Duration::from_secs(10), connection: Duration::from_mins(10), connections: 1_024 }
    }
}

/// Most bytes of the lines above a request.
pub const HEAD_BYTES: usize = 32 * 1024;
/// Most lines above a request.
pub const HEAD_LINES: usize = 64;
/// How long what is under way may go on when the program is told to stop.
const LAST: Duration = Duration::from_secs(30);
/// How long to wait when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until told to stop; requests under way are finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    tls: Option<Arc<ServerConfig>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    take(listener, router(app), tls, Patience::default(), stop).await
}

/// On a second port: sends whoever typed the address without `https` to the right one.
///
/// # Errors
/// When the listener fails.
pub async fn redirect(
    listener: TcpListener,
    origin: reached::Origin,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let to = Arc::new(origin);
    let router = Router::new().fallback(move |request: Request| {
        let to = Arc::clone(&to);
        async move { reached::to_https(Some(&to), &request) }
    });
    take(listener, security::bare(router), None, Patience::default(), stop).await
}

/// Takes connections for a router.
///
/// # Errors
/// When the listener fails.
pub async fn take(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    patience: Patience,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(patience.connections));
    let (stopping, stopped) = watch::channel(false);
    let tls = tls.map(TlsAcceptor::from);
    let mut stop = pin!(stop);
    loop {
        // a place first: the others wait in the queue of the system, not in our memory
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.map_err(std::io::Error::other)?,
            () = &mut stop => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let one = Connection { router: router.clone(), tls: tls.clone(), patience, peer, stopped: stopped.clone() };
        tokio::spawn(one.run(stream, place));
    }
    drop(listener);
    let _ = stopping.send(true);
    let all = u32::try_from(patience.connections).unwrap_or(u32::MAX);
    if timeout(LAST, places.acquire_many(all)).await.is_err() {
        tracing::warn!(event = "stopped-early", "requests were still under way");
    }
    Ok(())
}

/// A connection that went before it was taken says nothing about us; no room for files does, and passes.
async fn pause_after(error: &std::io::Error) {
    use std::io::ErrorKind as K;
    if matches!(error.kind(), K::ConnectionAborted | K::ConnectionReset | K::ConnectionRefused | K::Interrupted) {
        return;
    }
    tracing::error!(event = "no-connection", kind = ?error.kind(), "a connection could not be taken");
    tokio::time::sleep(BREATH).await;
}

struct Connection {
    router: Router,
    tls: Option<TlsAcceptor>,
    patience: Patience,
    peer: SocketAddr,
    stopped: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, stream: TcpStream, place: OwnedSemaphorePermit) {
        // answers are written at once; without this their last part can wait for an acknowledgement
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(kind = ?error.kind(), "TCP_NODELAY");
        }
        match self.tls.clone() {
            None => self.http(stream).await,
            // a handshake that fails is daily weather on the internet: told when asked for, without the address
            Some(tls) => match timeout(self.patience.head, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.http(stream).await,
                Ok(Err(error)) => tracing::info!(event = "tls-refused", kind = ?error.kind(), "no TLS"),
                Err(_) => tracing::info!(event = "tls-slow", "no TLS"),
            },
        }
        drop(place);
    }

    async fn http(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { router, patience, peer, mut stopped, .. } = self;
        let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience.head)
                .max_buf_size(HEAD_BYTES)
                .max_headers(HEAD_LINES)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        );
        let ended = tokio::select! {
            ended = &mut connection => Some(ended),
            _ = stopped.wait_for(|stopped| *stopped) => None,
            () = tokio::time::sleep(patience.connection) => None,
        };
        let ended = if let Some(ended) = ended {
            Ok(ended)
        } else {
            // finishes the answer under way, and takes no further request
            connection.as_mut().graceful_shutdown();
            timeout(LAST, connection).await
        };
        match ended {
            Ok(Ok(())) => {}
            // what is not HTTP, or too slow or too large: never with what was sent in it
            Ok(Err(error)) => tracing::info!(
                event = "connection-refused",
                parse = error.is_parse(),
                timeout = error.is_timeout(),
                "connection ended"
            ),
            Err(_) => tracing::info!(event = "connection-cut", "connection ended"),
        }
    }
}
