//! `hydra connect`, and who wins: flag, environment, file.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::world::World;

const FILE: &str = ".hydra.yml";

#[test]
fn what_is_not_given_is_asked_for_and_enter_keeps_it() {
    let world = World::empty();
    let first = world
        .hydra("connect")
        .input("https://one\n  id \n secret \n")
        .run();
    assert_eq!(first.err, "Cluster URL: \nClient ID: \n");
    assert!(first.succeeds().ends_with("Done.\n"));
    let file = "cluster_url: https://one\nclient_id: id\nclient_secret: \" secret \"\n";
    assert_eq!(world.read(FILE), file);
    assert_eq!(
        std::fs::metadata(world.file(FILE))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );

    let second = world.hydra("connect").input("\nother\n\n").run();
    assert_eq!(
        second.err,
        "Cluster URL [https://one]: \nClient ID [id]: \n"
    );
    second.succeeds();
    assert_eq!(world.read(FILE), file.replace(": id\n", ": other\n"));
}

#[test]
fn without_an_answer_nothing_is_written() {
    let world = World::empty();
    for input in [
        "",
        "https://one\n",
        "https://one\nid\n",
        "https://one\n\n",
        "localhost\n",
        "\n",
    ] {
        let ended = world.hydra("connect").input(input).run();
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (1, ""),
            "{input:?}: {ended:?}"
        );
        assert!(
            ended.err.contains("\nerror: ") || ended.err.starts_with("error: "),
            "{ended:?}"
        );
    }
    assert!(!world.file(FILE).exists());
}

#[test]
fn nothing_is_sent_and_what_else_is_in_the_file_stays() {
    let world = World::empty();
    world.write(FILE, "# mine\nport: 5000\nclient_id: old\n");
    let connect = world
        .hydra("connect --url http://127.0.0.1:1 --id new --json")
        .env("CLIENT_SECRET", "hush");
    let ended = connect.run();
    assert_eq!(ended.err, "");
    assert_eq!(
        ended.json(),
        json!({"client_id": "new", "cluster_url": "http://127.0.0.1:1", "config_file": world.file(FILE)})
    );
    assert_eq!(
        world.read(FILE),
        "# mine\nport: 5000\nclient_id: new\ncluster_url: http://127.0.0.1:1\nclient_secret: hush\n"
    );
}

#[test]
fn another_file_may_be_named_before_or_after_the_command() {
    let world = World::empty();
    let file = world.file("other.yml");
    let file = file.to_str().unwrap();
    let connect = world.hydra(&format!(
        "--config {file} connect --url http://127.0.0.1:1 --id a --secret -"
    ));
    connect.input("b\n").run().prints();
    assert!(!world.file(FILE).exists());
    let complaint = world
        .hydra(&format!("clients list --config {file}"))
        .run()
        .fails();
    assert!(complaint.contains("http://127.0.0.1:1"), "{complaint}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let world = World::connected();
    let right = format!(
        "cluster_url: {}\nclient_id: wrong\nclient_secret: admin-password\n",
        world.url()
    );
    world.write(FILE, &right);
    let token = "token client --skip-tls-verify";
    assert!(world.hydra(token).run().fails().contains("`wrong`"));
    world.hydra(token).env("CLIENT_ID", "admin").run().prints();
    let complaint = world
        .hydra(token)
        .env("CLUSTER_URL", "http://127.0.0.1:1")
        .run()
        .fails();
    assert!(complaint.contains("http://127.0.0.1:1"), "{complaint}");
    let complaint = world
        .hydra(token)
        .env("CLIENT_ID", "admin")
        .env("CLIENT_SECRET", "wrong")
        .run()
        .fails();
    assert!(complaint.contains("invalid_client"), "{complaint}");
}

#[test]
fn the_environment_alone_is_enough_even_without_a_home() {
    let world = World::serving(true);
    let token = world
        .hydra("token client --skip-tls-verify")
        .env("HOME", "/nonexistent")
        .env("CLUSTER_URL", &world.url())
        .env("CLIENT_ID", "admin")
        .env("CLIENT_SECRET", "admin-password");
    token.run().prints();
}

#[test]
fn a_server_on_this_machine_is_not_looked_for_behind_a_proxy() {
    let world = World::connected();
    let mut token = world.hydra("token client --skip-tls-verify");
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"] {
        token = token.env(variable, "http://127.0.0.1:1");
    }
    token.run().prints();
}
