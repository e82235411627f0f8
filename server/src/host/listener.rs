//! The listener: TLS and plain HTTP on one port.
//!
//! A TLS connection begins with the byte 0x16, a plain HTTP request with a letter, so one look at the
//! first byte tells them apart. The look has a deadline, as has everything else a peer could take its
//! time over. Whether plain HTTP will do is not decided here: it is turned away with an answer that says
//! why, rather than by hanging up.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

use crate::http::Transport;

/// How long a peer may take to say its first byte, and then for the TLS handshake.
const GREETING: Duration = Duration::from_secs(10);
/// How long a peer may take to send the head of a request, and between two pieces of a body.
const READING: Duration = Duration::from_secs(15);
/// How long a silent HTTP/2 peer has to answer a ping.
const PING: Duration = Duration::from_secs(60);
/// How long to wait after the system could not give us a connection, mostly for want of file handles.
const BREATHER: Duration = Duration::from_millis(100);

/// The first byte of a TLS handshake record (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// What to serve, and how.
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    pub(super) router: Router,
    /// `None` where a proxy terminates TLS: then every connection is plain HTTP.
    pub(super) tls: Option<TlsAcceptor>,
    /// How long requests may take to finish when the server stops.
    pub(super) drain: Duration,
}

impl Listener {
    /// Serves until `stop` says so, then lets requests finish.
    pub(super) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        let router = self.router;
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let (router, tls, watcher) =
                        (router.clone(), self.tls.clone(), graceful.watcher());
                    tokio::spawn(async move {
                        if let Err(error) = connection(stream, peer, router, tls, watcher).await {
                            tracing::debug!(%peer, cause = %error, "connection ended");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(cause = %error, "a connection could not be accepted");
                    tokio::time::sleep(BREATHER).await;
                }
            }
        }
        // New connections are refused from here on.
        drop(self.socket);
        if timeout(self.drain, graceful.shutdown()).await.is_err() {
            tracing::warn!("stopped with requests unfinished");
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    tls: Option<TlsAcceptor>,
    watcher: Watcher,
) -> io::Result<()> {
    // Answers are small and written whole; waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    let Some(acceptor) = tls else {
        return http(
            stream,
            Transport {
                peer: Some(peer),
                tls: false,
            },
            router,
            watcher,
        )
        .await;
    };
    let mut first = [0];
    if timeout(GREETING, stream.peek(&mut first)).await?? == 0 {
        return Ok(());
    }
    let transport = Transport {
        peer: Some(peer),
        tls: first == [TLS_HANDSHAKE],
    };
    if transport.tls {
        let stream = timeout(GREETING, acceptor.accept(stream)).await??;
        http(stream, transport, router, watcher).await
    } else {
        http(stream, transport, router, watcher).await
    }
}

async fn http<S>(
    stream: S,
    transport: Transport,
    router: Router,
    watcher: Watcher,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(|body| Body::new(TimeoutBody::new(READING, body)));
        request.extensions_mut().insert(transport);
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(
                router
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(READING)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    let connection = server
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    watcher.watch(connection).await.map_err(io::Error::other)
}

/// Binds the address, or every interface.
pub(super) async fn bind(host: Option<&str>, port: u16) -> io::Result<TcpListener> {
    match host {
        Some(host) => TcpListener::bind((host, port)).await,
        // One IPv6 socket serves both families, unless the machine has no IPv6 at all.
        None => match TcpListener::bind(("::", port)).await {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                TcpListener::bind(("0.0.0.0", port)).await
            }
            bound => bound,
        },
    }
}

/// Shares one acceptor among all connections.
pub(super) fn acceptor(config: rustls::ServerConfig) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(config))
}
