//! The listener: TLS and plain HTTP on one port.
//!
//! A TLS connection begins with the byte 0x16, a plain HTTP request with a letter, so one look at the
//! first byte tells them apart. Whether plain HTTP will do is not decided here: it is turned away with an
//! answer that says why, rather than by hanging up.
//!
//! Nobody can hold a connection by doing nothing with it, and there are only so many of them:
//!
//! | what a peer takes its time over | how long it may take |
//! |---|---|
//! | the first byte; the TLS handshake | [`GREETING`] each |
//! | the head of an HTTP/1.1 request, and the pause before the next one | [`READING`] |
//! | the body of a request | `http` sets the deadline, with an answer that says so |
//! | anything else: an HTTP/2 peer that is silent, an answer that is not fetched | [`QUIET`] |

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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use crate::http::Transport;

/// How long a peer may take to say its first byte, and then for the TLS handshake.
const GREETING: Duration = Duration::from_secs(10);
/// How long a peer may take to send the head of a request over HTTP/1.1.
const READING: Duration = Duration::from_secs(15);
/// How long a connection may go without a request that is being worked on.
const QUIET: Duration = Duration::from_secs(120);
/// The largest head of a request over HTTP/1.1, in bytes; a larger one is answered 431. Over HTTP/2 the
/// library allows 16 KiB.
const HEAD_LIMIT: usize = 64 * 1024;
/// How long to wait after the system could not give us a connection, mostly for want of file handles.
const BREATHER: Duration = Duration::from_millis(100);

/// The first byte of a TLS handshake record (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;
/// What a TLS peer that wants HTTP/2 says (RFC 9113 section 3.2).
const ALPN_HTTP_2: &[u8] = b"h2";

/// What to serve, and how.
pub(super) struct Listener {
    pub(super) socket: TcpListener,
    pub(super) router: Router,
    /// `None` where a proxy terminates TLS: then every connection is plain HTTP.
    pub(super) tls: Option<TlsAcceptor>,
    /// How many connections there may be at a time. Who comes when all are taken waits in the system's
    /// queue until one ends.
    pub(super) max_connections: usize,
    /// How long requests may take to finish when the server stops.
    pub(super) drain: Duration,
}

impl Listener {
    /// Serves until `stop` says so, then lets requests finish.
    pub(super) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        let mut places = Places::new(self.max_connections);
        loop {
            let accepted = tokio::select! {
                accepted = places.accept(&self.socket) => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, peer, place)) => {
                    let connection = Connection {
                        peer,
                        router: self.router.clone(),
                        watcher: graceful.watcher(),
                    };
                    let (tls, mut stop) = (self.tls.clone(), stop.clone());
                    tokio::spawn(async move {
                        let greeted = tokio::select! {
                            greeted = greet(stream, tls) => greeted,
                            // Somebody who has asked for nothing yet is not waited for.
                            _ = stop.wait_for(|stop| *stop) => return,
                        };
                        let ended = match greeted {
                            Ok(Some(Greeted::Plain(stream))) => {
                                connection.http1(stream, false).await
                            }
                            Ok(Some(Greeted::Tls(stream))) => connection.tls(stream).await,
                            Ok(None) => Ok(()),
                            Err(error) => Err(error),
                        };
                        if let Err(error) = ended {
                            tracing::debug!(%peer, cause = %error, "connection ended");
                        }
                        drop(place);
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

/// The places that connections take.
struct Places {
    free: Arc<Semaphore>,
    /// Whether the last one to come had to wait, so that a crowd is told of once.
    crowded: bool,
}

impl Places {
    fn new(number: usize) -> Self {
        Self {
            // Without a single place nobody would ever be served.
            free: Arc::new(Semaphore::new(number.max(1))),
            crowded: false,
        }
    }

    /// The next connection, once there is a place for it.
    async fn accept(
        &mut self,
        socket: &TcpListener,
    ) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let crowded = self.free.available_permits() == 0;
        if crowded && !self.crowded {
            tracing::warn!(
                "every connection is taken, so whoever comes next has to wait; raise MAX_CONNECTIONS if \
                 this is no attack"
            );
        }
        self.crowded = crowded;
        let place = Arc::clone(&self.free).acquire_owned().await;
        let (stream, peer) = socket.accept().await?;
        Ok((stream, peer, place.map_err(io::Error::other)?))
    }
}

/// A stream whose kind is known.
enum Greeted {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Finds out what a peer speaks; `None` if it hangs up without a word.
async fn greet(stream: TcpStream, tls: Option<TlsAcceptor>) -> io::Result<Option<Greeted>> {
    // Answers are small and written whole; waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    let Some(acceptor) = tls else {
        return Ok(Some(Greeted::Plain(stream)));
    };
    let mut first = [0];
    if timeout(GREETING, stream.peek(&mut first)).await?? == 0 {
        return Ok(None);
    }
    if first != [TLS_HANDSHAKE] {
        return Ok(Some(Greeted::Plain(stream)));
    }
    let stream = timeout(GREETING, acceptor.accept(stream)).await??;
    Ok(Some(Greeted::Tls(Box::new(stream))))
}

/// What it takes to serve one connection.
struct Connection {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
}

impl Connection {
    async fn tls(self, stream: Box<TlsStream<TcpStream>>) -> io::Result<()> {
        if stream.get_ref().1.alpn_protocol() == Some(ALPN_HTTP_2) {
            self.http(builder().http2_only(), stream, true).await
        } else {
            self.http1(stream, true).await
        }
    }

    async fn http1(self, stream: impl Stream, tls: bool) -> io::Result<()> {
        self.http(builder().http1_only(), stream, tls).await
    }

    async fn http(
        self,
        builder: auto::Builder<TokioExecutor>,
        stream: impl Stream,
        tls: bool,
    ) -> io::Result<()> {
        let transport = Transport {
            peer: Some(self.peer),
            tls,
        };
        let router = self.router;
        let work = Arc::new(watch::Sender::new(0));
        let quiet = quiet(work.subscribe());
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(transport);
            let (router, busy) = (router.clone(), Busy::new(&work));
            async move {
                let answer = router.oneshot(request).await;
                drop(busy);
                Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
            }
        });
        let connection = builder
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        tokio::select! {
            ended = self.watcher.watch(connection) => ended.map_err(io::Error::other),
            () = quiet => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was asked")),
        }
    }
}

/// Which version of HTTP a peer speaks is known before: to find it out, the library would wait for the
/// first bytes without a deadline.
fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(READING)
        .max_buf_size(HEAD_LIMIT);
    builder
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A request that is being worked on.
struct Busy(Arc<watch::Sender<usize>>);

impl Busy {
    fn new(work: &Arc<watch::Sender<usize>>) -> Self {
        work.send_modify(|requests| *requests += 1);
        Self(Arc::clone(work))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|requests| *requests -= 1);
    }
}

/// Ends when no request was worked on for [`QUIET`].
async fn quiet(mut work: watch::Receiver<usize>) {
    loop {
        let changed = if *work.borrow_and_update() > 0 {
            Ok(work.changed().await)
        } else {
            timeout(QUIET, work.changed()).await
        };
        match changed {
            Ok(Ok(())) => {}
            // The connection is over, which is for others to tell.
            Ok(Err(_)) => std::future::pending().await,
            Err(_) => return,
        }
    }
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

#[cfg(test)]
mod tests;
