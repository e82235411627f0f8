//! TLS and plain HTTP on one port, and stopping.

use std::io::ErrorKind;
use std::time::Duration;

use hydra_server::host::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::{TestServer, answer, assert_generic_error, config};

fn trusting(server: &TestServer) -> reqwest::Client {
    let certificate = server.running.certificate().unwrap();
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_der(certificate).unwrap()])
        .build()
        .unwrap()
}

#[tokio::test]
async fn tls_and_plain_http_share_a_port() {
    let server = TestServer::start().await;
    let port = server.running.address().port();
    for url in [
        format!("https://localhost:{port}/health/status"),
        format!("https://127.0.0.1:{port}/health/status"),
    ] {
        let response = trusting(&server).get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.version(), reqwest::Version::HTTP_2);
    }
    assert_eq!(answer(server.get("/health/status")).await.status, 200);
}

#[tokio::test]
async fn without_the_flag_plain_http_gets_an_answer_that_says_so() {
    let server = TestServer::with(Config {
        force_http: false,
        ..config()
    })
    .await;
    for path in ["/health/status", "/clients", "/nowhere"] {
        let message = assert_generic_error(&answer(server.get(path)).await, 502);
        assert!(message.contains("insecure http"), "{message}");
    }
    let port = server.running.address().port();
    let url = format!("https://localhost:{port}/health/status");
    assert_eq!(
        trusting(&server).get(url).send().await.unwrap().status(),
        200
    );
}

#[tokio::test]
async fn behind_a_proxy_only_the_proxy_is_served() {
    let proxied = |network: &str| Config {
        force_http: false,
        allow_termination_from: vec![network.parse().unwrap()],
        ..config()
    };
    let server = TestServer::with(proxied("127.0.0.0/8")).await;
    let request = || server.get("/.well-known/openid-configuration");
    assert_eq!(
        answer(request().header("X-Forwarded-Proto", "https"))
            .await
            .status,
        200
    );
    assert_generic_error(&answer(request()).await, 502);
    assert_generic_error(
        &answer(request().header("X-Forwarded-Proto", "http")).await,
        502,
    );
    assert_eq!(answer(server.get("/health/status")).await.status, 200);

    let server = TestServer::with(proxied("192.0.2.0/24")).await;
    let request = server.get("/clients").header("X-Forwarded-Proto", "https");
    assert_generic_error(&answer(request).await, 502);
}

#[tokio::test]
async fn garbage_does_not_disturb() {
    let server = TestServer::start().await;
    for garbage in [
        &b"\x16\x03\x01garbage that is no handshake"[..],
        b"\0\0\0\0",
        b"GET\r\n\r\n",
        b"",
    ] {
        let mut stream = TcpStream::connect(server.running.address()).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let read =
            tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        match read.unwrap() {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
    }
    assert_eq!(answer(server.get("/health/status")).await.status, 200);
}

/// What one connection is answered to a request that may never end.
async fn answer_to(server: &TestServer, request: Vec<u8>) -> String {
    let stream = TcpStream::connect(server.running.address()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    // The server hangs up before all of it is sent.
    let sending = tokio::spawn(async move { drop(writer.write_all(&request).await) });
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), reader.read_to_end(&mut answer))
        .await
        .unwrap();
    sending.abort();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_head_of_a_megabyte_is_431() {
    let server = TestServer::start().await;
    let megabyte = "x".repeat(1024 * 1024);
    let many = "X-Header: x\r\n".repeat(100_000);
    for head in [
        format!("POST /oauth2/token HTTP/1.1\r\nAuthorization: Bearer {megabyte}\r\n\r\n"),
        format!("GET /health/status HTTP/1.1\r\nX-Request-ID: {megabyte}"),
        format!("GET /health/status HTTP/1.1\r\n{megabyte}: x"),
        format!("GET /health/status HTTP/1.1\r\n{many}"),
    ] {
        let refused = answer_to(&server, head.into_bytes()).await;
        assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    }
    let path = format!("GET /{megabyte} HTTP/1.1\r\n\r\n");
    let refused = answer_to(&server, path.into_bytes()).await;
    assert!(refused.starts_with("HTTP/1.1 4"), "{refused}");

    // Over HTTP/2 as well.
    let port = server.running.address().port();
    let request = trusting(&server)
        .get(format!("https://localhost:{port}/health/status"))
        .header("X-Request-ID", "x".repeat(32 * 1024));
    match request.send().await {
        Ok(refused) => assert_eq!(refused.status(), 431),
        // The client knows the limit and does not even send it.
        Err(error) => assert!(error.is_request(), "{error:?}"),
    }
    assert_eq!(answer(server.get("/health/status")).await.status, 200);
}

#[tokio::test]
async fn a_stopped_server_refuses_connections() {
    let server = TestServer::start().await;
    let address = server.running.address();
    // A connection that is kept alive does not keep the server.
    assert_eq!(answer(server.get("/health/status")).await.status, 200);
    let stopped = tokio::time::timeout(Duration::from_secs(4), server.running.shutdown()).await;
    assert!(stopped.is_ok());
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}
