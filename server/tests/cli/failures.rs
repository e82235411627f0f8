//! What goes wrong, and whether a person learns what to do.

use std::net::TcpListener;

use crate::world::World;

/// Commands that talk to the server called `url`.
fn token_client(world: &World, url: &str) -> String {
    let command = world.hydra("token client").env("CLUSTER_URL", url);
    command
        .env("CLIENT_ID", "admin")
        .env("CLIENT_SECRET", "hush-hush")
        .run()
        .fails()
}

#[test]
fn an_unreachable_server() {
    let world = World::empty();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    for (url, expected) in [
        (format!("http://{closed}"), "hydra host"),
        (format!("https://{closed}/some/path/"), "hydra host"),
        ("https://no-such-host.invalid".to_owned(), "check the name"),
    ] {
        let complaint = token_client(&world, &url);
        assert!(
            complaint.contains(&url) && complaint.contains(expected),
            "{complaint}"
        );
        assert!(!complaint.contains("hush"), "{complaint}");
    }
}

#[test]
fn a_certificate_that_is_not_trusted() {
    let world = World::serving(false);
    let complaint = token_client(&world, &world.url());
    assert!(
        complaint.contains("\nhint: ") && complaint.contains("--skip-tls-verify"),
        "{complaint}"
    );
}

#[test]
fn plain_http_where_tls_is_wanted() {
    let world = World::serving(false);
    let complaint = token_client(&world, &world.url().replace("https://", "http://"));
    assert!(complaint.contains("502 Bad Gateway"), "{complaint}");
}

#[test]
fn wrong_credentials_and_scopes() {
    let world = World::connected();
    for command in [
        "clients list",
        "clients get a",
        "token client",
        "token validate x",
        "token revoke x",
    ] {
        let ended = world
            .hydra(&format!("{command} --skip-tls-verify"))
            .env("CLIENT_SECRET", "hush-hush")
            .run();
        let complaint = ended.fails();
        assert!(
            complaint.contains("401 Unauthorized") && complaint.contains("\nhint: "),
            "{complaint}"
        );
        assert!(!complaint.contains("hush"), "{complaint}");
    }
    let complaint = world
        .hydra("token client --skip-tls-verify --scopes photos")
        .run()
        .fails();
    assert!(
        complaint.contains("invalid_scope") && complaint.contains("\nhint: "),
        "{complaint}"
    );
}

#[test]
fn somebody_who_may_not_manage() {
    let world = World::connected();
    let create = "clients create --skip-tls-verify --json --id weak --secret - -g client_credentials -a hydra,hydra.*";
    world.hydra(create).input("weak-secret\n").run().json();
    let list = world.hydra("clients list --skip-tls-verify");
    let complaint = list
        .env("CLIENT_ID", "weak")
        .env("CLIENT_SECRET", "weak-secret")
        .run()
        .fails();
    assert!(
        complaint.contains("403 Forbidden") && complaint.contains("`weak`"),
        "{complaint}"
    );
}

#[test]
fn a_client_that_the_server_refuses() {
    let world = World::connected();
    for (flags, expected) in [
        ("--id x -c javascript:alert(1)", "redirect_uris"),
        ("--id x --secret short", "client_secret"),
        ("--id x -a sc\u{e4}pe", "scope"),
    ] {
        let ended = world
            .hydra(&format!("clients create --skip-tls-verify {flags}"))
            .run();
        let complaint = ended.fails();
        assert!(
            complaint.contains("400 Bad Request") && complaint.contains(expected),
            "{complaint}"
        );
    }
    world.hydra("clients get --skip-tls-verify x").run().fails();
}

#[test]
fn a_configuration_that_cannot_be_used() {
    let world = World::empty();
    let list = "clients list --skip-tls-verify";
    let complaint = world.hydra(list).run().fails();
    assert!(complaint.contains("hydra connect"), "{complaint}");

    let complaint = world
        .hydra(&format!("{list} --config absent.yml"))
        .run()
        .fails();
    assert!(complaint.contains("absent.yml"), "{complaint}");

    let file = world.write("broken.yml", "client_id: a\nclient_secret: 'hush\n");
    let complaint = world
        .hydra(&format!("{list} --config {file}"))
        .run()
        .fails();
    assert!(
        complaint.contains(&file) && complaint.contains("line ") && !complaint.contains("hush"),
        "{complaint}"
    );

    let file = world.write(
        "url.yml",
        "cluster_url: localhost\nclient_id: a\nclient_secret: hush\n",
    );
    let complaint = world
        .hydra(&format!("{list} --config {file}"))
        .run()
        .fails();
    assert!(
        complaint.contains("`localhost`") && complaint.contains("https://"),
        "{complaint}"
    );
}

#[test]
fn a_command_line_that_is_not_understood() {
    let world = World::empty();
    for line in [
        "bogus",
        "clients",
        "clients bogus",
        "clients get",
        "clients get a b",
        "clients get ..",
        "clients delete",
        "clients import",
        "clients create --bogus",
        "clients create --is-public --secret x",
        "token validate",
        "token revoke",
        "completions tcsh",
        "--bogus",
    ] {
        let ended = world.hydra(line).run();
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (2, ""),
            "{line}: {ended:?}"
        );
        assert!(
            ended.err.contains("Usage: hydra") || ended.err.contains("--help"),
            "{line}: {ended:?}"
        );
    }
}

#[test]
fn input_without_end_or_measure() {
    let world = World::connected();
    let long = "x".repeat(1024 * 1024);
    let validate = world.hydra("token validate --skip-tls-verify -");
    assert!(validate.input(&long).run().fails().contains("1 MiB"));
    let validate = world.hydra("token validate --skip-tls-verify -");
    let complaint = validate.input(&long[1..]).run().fails();
    assert!(complaint.contains("413"), "{complaint}");
    let token = world.hydra("token client --skip-tls-verify");
    let complaint = token.env("CLIENT_ID", &long[..100_000]).run().fails();
    assert!(
        complaint.lines().all(|line| line.len() < 3000),
        "{}",
        complaint.len()
    );
    let import = world
        .hydra("clients import --skip-tls-verify -")
        .input(&format!("\"{long}\""));
    assert!(import.run().fails().contains("1 MiB"));
}
