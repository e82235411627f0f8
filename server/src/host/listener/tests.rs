//! What peers may take their time over. Time stands still here until everybody waits for it.

use axum::routing::get;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::*;
use crate::host::tls::Certificates;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// How long requests may take when the listener stops.
const DRAIN: Duration = Duration::from_secs(5);

struct Served {
    address: SocketAddr,
    certificates: Arc<Certificates>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start(max_connections: usize) -> Self {
        let names = ["localhost".to_owned()];
        let certificates = Arc::new(Certificates::new(None, &names).unwrap());
        let socket = bind(Some("127.0.0.1"), 0).await.unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let listener = Listener {
            socket,
            router: Router::new().route("/", get(async || "hello")),
            tls: Some(acceptor(certificates.server_config().unwrap())),
            max_connections,
            drain: DRAIN,
        };
        Self {
            address,
            certificates,
            stop,
            serving: tokio::spawn(listener.serve(stopped)),
        }
    }

    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn tls(&self, protocol: &[u8]) -> tokio_rustls::client::TlsStream<TcpStream> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.certificates.certificate().unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, self.plain().await)
            .await
            .unwrap()
    }
}

/// What comes until the server hangs up, and how long that takes.
async fn until_hung_up(stream: &mut (impl AsyncRead + Unpin)) -> (String, Duration) {
    let start = Instant::now();
    let mut received = Vec::new();
    // However it ends: an end without a farewell is an error to TLS.
    let _ = stream.read_to_end(&mut received).await;
    (
        String::from_utf8_lossy(&received).into_owned(),
        start.elapsed(),
    )
}

#[track_caller]
fn assert_about(took: Duration, deadline: Duration) {
    let slack = Duration::from_secs(1);
    assert!(
        deadline <= took + slack && took <= deadline + slack,
        "{took:?} instead of {deadline:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing_is_hung_up_on() {
    let served = Served::start(10).await;
    let (_, took) = until_hung_up(&mut served.plain().await).await;
    assert_about(took, GREETING);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_stops_is_not_waited_for() {
    let served = Served::start(10).await;
    let mut stream = served.plain().await;
    stream.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
    let (_, took) = until_hung_up(&mut stream).await;
    assert_about(took, GREETING);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_stops_is_not_waited_for() {
    let served = Served::start(10).await;
    for beginning in [&b"P"[..], b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\nHost:"] {
        let mut stream = served.plain().await;
        stream.write_all(beginning).await.unwrap();
        let (_, took) = until_hung_up(&mut stream).await;
        assert!(took <= READING + Duration::from_secs(1), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_drips_is_not_waited_for_either() {
    let served = Served::start(10).await;
    let mut stream = served.plain().await;
    let start = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    while stream.write_all(b"X: y\r\n").await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(start.elapsed() < 2 * READING);
    }
}

#[tokio::test(start_paused = true)]
async fn silence_after_the_handshake_ends_the_connection() {
    let served = Served::start(10).await;
    for (protocol, deadline) in [(&b"http/1.1"[..], READING), (b"h2", QUIET)] {
        let mut stream = served.tls(protocol).await;
        let (_, took) = until_hung_up(&mut stream).await;
        assert_about(took, deadline);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_larger_than_the_limit_is_431() {
    let served = Served::start(10).await;
    let mut stream = served.plain().await;
    let mut head = b"GET / HTTP/1.1\r\nX: ".to_vec();
    head.resize(2 * HEAD_LIMIT, b'x');
    stream.write_all(&head).await.unwrap();
    let (answer, _) = until_hung_up(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn who_comes_when_all_places_are_taken_waits_for_one() {
    let served = Served::start(2).await;
    let (first, second) = (served.plain().await, served.plain().await);
    let mut third = served.plain().await;
    third.write_all(REQUEST).await.unwrap();
    let start = Instant::now();
    let mut answer = [0; 15];
    third.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    // The first two said nothing, so they did not keep their places.
    assert_about(start.elapsed(), GREETING);
    drop((first, second));
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_for_nobody_who_asked_for_nothing() {
    let served = Served::start(10).await;
    let (_silent, mut kept_alive) = (served.plain().await, served.plain().await);
    kept_alive.write_all(REQUEST).await.unwrap();
    let mut answer = [0; 15];
    kept_alive.read_exact(&mut answer).await.unwrap();
    let start = Instant::now();
    served.stop.send_replace(true);
    served.serving.await.unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_is_not_quiet_while_it_is_worked_on() {
    let work = Arc::new(watch::Sender::new(0));
    let waiting = tokio::spawn(quiet(work.subscribe()));
    let busy = Busy::new(&work);
    tokio::time::sleep(3 * QUIET).await;
    assert!(!waiting.is_finished());
    let start = Instant::now();
    drop(busy);
    waiting.await.unwrap();
    assert_about(start.elapsed(), QUIET);
}
