//! `hydra clients`.

use serde_json::{Value, json};

use crate::world::{Ended, World};

fn clients(world: &World, line: &str) -> Ended {
    world
        .hydra(&format!("clients {line} --skip-tls-verify"))
        .run()
}

#[test]
fn a_secret_is_made_up_and_works() {
    let world = World::connected();
    let out = clients(&world, "create --id mine -g client_credentials -a a.b,c").prints();
    let secret = out
        .strip_prefix("OAuth2 client id: mine\nOAuth2 client secret: ")
        .unwrap()
        .trim_end();
    assert_eq!(secret.len(), 26);
    let token = world
        .hydra("token client --skip-tls-verify --json --scopes c")
        .env("CLIENT_ID", "mine")
        .env("CLIENT_SECRET", secret);
    assert_eq!(token.run().json()["scope"], "c");
}

#[test]
fn every_flag_reaches_the_server() {
    let world = World::connected();
    let out = clients(
        &world,
        "create --json -n App -c https://a/1,https://a/2 -c https://a/3 -g implicit,refresh_token -r token,code -a a,b \
         --post-logout-callbacks https://a/bye,https://a/out",
    );
    let created = out.json();
    let id = created["id"].as_str().unwrap();
    let shown = clients(&world, &format!("get {id} --json")).json();
    for (key, value) in [
        ("client_name", json!("App")),
        (
            "redirect_uris",
            json!(["https://a/1", "https://a/2", "https://a/3"]),
        ),
        (
            "post_logout_redirect_uris",
            json!(["https://a/bye", "https://a/out"]),
        ),
        ("grant_types", json!(["implicit", "refresh_token"])),
        ("response_types", json!(["token", "code"])),
        ("scope", json!("a b")),
        ("public", json!(false)),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    // Whole for machines, without what is empty and without the secret for people.
    assert_eq!(shown["contacts"], json!([]));
    let text = clients(&world, &format!("get {id}")).prints();
    assert!(
        !text.contains("contacts") && !text.contains("client_secret"),
        "{text}"
    );
    let keys: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("\t\""))
        .collect();
    assert!(keys.is_sorted() && !keys.is_empty(), "{text}");
}

#[test]
fn a_secret_may_come_from_standard_input_or_the_environment() {
    let world = World::connected();
    let words = "clients create --skip-tls-verify --json --id";
    let typed = world
        .hydra(&format!("{words} typed --secret -"))
        .input("from-input\nrest")
        .run();
    assert_eq!(typed.err, "");
    assert_eq!(typed.json()["client_secret"], "from-input");
    let set = world
        .hydra(&format!("{words} set"))
        .env("NEW_CLIENT_SECRET", "from-variable")
        .run();
    assert_eq!(set.err, "");
    assert_eq!(set.json()["client_secret"], "from-variable");
    let shown = world
        .hydra(&format!("{words} shown --secret -argument"))
        .run();
    assert!(
        shown.err.starts_with("{\"warning\":") && !shown.err.contains("-argument"),
        "{shown:?}"
    );
    assert_eq!(shown.json()["client_secret"], "-argument");
}

#[test]
fn a_public_client_has_no_secret() {
    let world = World::connected();
    let create = world.hydra("clients create --skip-tls-verify --id app --is-public");
    let created = create.env("NEW_CLIENT_SECRET", "unused-secret").run();
    assert_eq!(created.prints(), "OAuth2 client id: app\n");
    assert_eq!(clients(&world, "get app --json").json()["public"], true);
}

#[test]
fn what_can_be_deleted_is_deleted() {
    let world = World::connected();
    for id in ["a", "b", "c"] {
        clients(&world, &format!("create --id {id}")).prints();
    }
    assert_eq!(
        clients(&world, "delete a").prints(),
        "OAuth2 client(s) deleted.\n"
    );
    let ended = clients(&world, "delete a b nope c");
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (1, "OAuth2 client(s) deleted.\n")
    );
    assert_eq!(ended.err.lines().count(), 2, "{ended:?}");
    assert!(
        ended.err.contains("cannot delete the client `nope`: 404"),
        "{ended:?}"
    );
    let left = clients(&world, "list --json").json();
    let left: Vec<_> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|client| &client["id"])
        .collect();
    assert_eq!(left, ["admin"]);
    let ended = clients(&world, "delete --json b nope");
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (1, "{\"deleted\":[]}\n")
    );
}

#[test]
fn files_are_imported_as_far_as_they_can_be() {
    let world = World::connected();
    let good = world.write(
        "good.json",
        r#"{"id": "good", "client_secret": "good-secret", "scope": "a"}"#,
    );
    let typo = world.write(
        "typo.json",
        r#"{"id": "typo", "client_secret": {"hush": 1}}"#,
    );
    let list = world.write("list.json", r#"[{"id": "list"}]"#);
    let ended = clients(
        &world,
        &format!("import {good} {typo} {list} {good} absent.json"),
    );
    assert_eq!(ended.status, 1);
    assert_eq!(
        ended.out,
        format!("Imported OAuth2 client good:good-secret from {good}.\n")
    );
    let complaints: Vec<_> = ended
        .err
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(complaints.len(), 4, "{ended:?}");
    for (complaint, expected) in
        complaints
            .iter()
            .zip(["line 1", "JSON object", "409 Conflict", "absent.json"])
    {
        assert!(complaint.contains(expected), "{complaint}");
    }
    assert!(!ended.err.contains("hush"), "{ended:?}");

    let import = world
        .hydra("clients import --skip-tls-verify --json -")
        .input(r#"{"id": "piped", "public": true}"#);
    let imported = import.run().json();
    assert_eq!(imported[0]["file"], "-");
    assert_eq!(imported[0]["client"]["id"], "piped");
    assert_eq!(imported[0]["client"].get("client_secret"), None::<&Value>);
}

#[test]
fn a_client_that_exists_is_not_overwritten() {
    let world = World::connected();
    clients(&world, "create --id twice").prints();
    let complaint = clients(&world, "create --id twice").fails();
    assert!(
        complaint.contains("`twice`") && complaint.contains("409 Conflict"),
        "{complaint}"
    );
    assert!(
        complaint.contains("\nhint: choose another id"),
        "{complaint}"
    );
}

#[test]
fn any_id_finds_its_client() {
    let world = World::connected();
    for id in ["a/b", "a%2Fb", "a b", "a?b#c", "ä", "..a", "a;b"] {
        let created = world
            .hydra_with(&["clients", "create", "--skip-tls-verify", "--id", id])
            .run();
        assert_eq!(created.status, 0, "{id}: {created:?}");
        let shown = world
            .hydra_with(&["clients", "get", "--skip-tls-verify", "--json", id])
            .run();
        assert_eq!(shown.json()["id"], id);
    }
}
