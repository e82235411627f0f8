//! `hydra health`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::json;

use crate::world::World;

#[test]
fn a_server_that_answers_is_well() {
    let world = World::serving(false);
    let url = world.url();
    let health = world.hydra(&format!("health --url {url} --skip-tls-verify"));
    assert_eq!(health.run().prints(), "ok\n");
    let health = world.hydra("health --json --skip-tls-verify");
    assert_eq!(
        health.env("CLUSTER_URL", &url).run().json(),
        json!({"status": "ok", "url": url})
    );
}

/// Alive is not ready: a balancer asks for one, whoever restarts it for the other.
#[test]
fn a_server_without_its_database_is_alive_but_not_ready() {
    let world = World::serving(false);
    let url = world.url();
    for line in ["health --ready", "health --ready --json"] {
        let health = world.hydra(&format!("{line} --url {url} --skip-tls-verify"));
        assert!(health.run().prints().contains("ok"), "{line}");
    }
    // A server that says of itself that it lives, and not that it is ready.
    let alive = tiny_server(|path| match path {
        "/health/status" => (200, r#"{"status":"ok"}"#),
        _ => (
            503,
            r#"{"error":{"code":503,"status":"Service Unavailable","message":"the database cannot be reached","request":"r","reason":"","details":[]}}"#,
        ),
    });
    assert_eq!(
        world.hydra(&format!("health --url {alive}")).run().prints(),
        "ok\n"
    );
    let refused = world.hydra(&format!("health --ready --url {alive}"));
    let complaint = refused.run().fails();
    assert!(complaint.contains("the server is not ready"), "{complaint}");
    assert!(complaint.contains("cannot be reached"), "{complaint}");
}

/// Answers each request by its path, for as long as the test runs.
fn tiny_server(answer: fn(&str) -> (u16, &'static str)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = head.next().unwrap().unwrap();
            while !head.next().unwrap().unwrap().is_empty() {}
            let (status, body) = answer(first.split(' ').nth(1).unwrap());
            write!(
                stream,
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
    });
    url
}

/// In a container there is the environment of the server and nothing else, not even a home.
#[test]
fn the_server_on_this_machine_is_found_by_its_own_settings() {
    let world = World::serving(false);
    let url = world.url();
    let (_, port) = url.rsplit_once(':').unwrap();
    for line in ["health", "health --local"] {
        let health = world.hydra(line).env("PORT", port).env("HOME", "");
        assert_eq!(health.run().prints(), "ok\n", "{line}");
    }
    // What others call the server is not where it is.
    let health = world.hydra("health --local").env("PORT", port);
    let health = health.env("CLUSTER_URL", "https://no-such-host.invalid");
    assert_eq!(health.run().prints(), "ok\n");
}

#[test]
fn a_server_that_does_not_answer_is_not_well() {
    let world = World::serving(false);
    let untrusted = world.hydra(&format!("health --url {}", world.url()));
    assert!(untrusted.run().fails().contains("--skip-tls-verify"));

    let plain = world.url().replace("https:", "http:");
    let refused = world.hydra(&format!("health --url {plain}")).run().fails();
    assert!(refused.contains("502 Bad Gateway"), "{refused}");

    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let health = world.hydra("health --local");
    let complaint = health.env("PORT", &closed.port().to_string()).run().fails();
    assert!(complaint.contains("the server is not well"), "{complaint}");
}
