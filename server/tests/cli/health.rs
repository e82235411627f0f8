//! `hydra health`.

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
