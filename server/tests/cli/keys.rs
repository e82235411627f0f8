//! `hydra keys`.

use serde_json::{Value, json};

use crate::world::{Ended, World};

const ID_TOKEN_SET: &str = "hydra.openid.id-token";

fn keys(world: &World, line: &str) -> Ended {
    world.hydra(&format!("keys {line} --skip-tls-verify")).run()
}

fn kids(set: &Value) -> Vec<&str> {
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect()
}

#[test]
fn keys_are_made_shown_and_deleted() {
    let world = World::connected();
    let made = keys(&world, "create app first --alg ES256 --json").json();
    assert_eq!(kids(&made), ["private:first", "public:first"]);
    assert!(made["keys"][0]["d"].is_string(), "{made}");
    let text = keys(&world, "create app second -a HS256").prints();
    assert!(text.starts_with("{\n\t\"keys\": [\n") && text.contains("\t\"kid\": \"second\""));

    let shown = keys(&world, "get app --json").json();
    let mut all = kids(&shown);
    all.sort_unstable();
    assert_eq!(all, ["private:first", "public:first", "second"]);
    let one = keys(&world, "get app public:first --json").json();
    assert_eq!(kids(&one), ["public:first"]);
    assert_eq!(one["keys"][0].get("d"), None);

    assert_eq!(
        keys(&world, "delete app second").prints(),
        "Key second of set app deleted.\n"
    );
    assert!(
        keys(&world, "get app second")
            .fails()
            .contains("404 Not Found")
    );
    assert_eq!(
        keys(&world, "delete app").prints(),
        "Key set app deleted.\n"
    );
    assert!(keys(&world, "get app").fails().contains("404 Not Found"));
    assert_eq!(
        keys(&world, "delete app --json").json(),
        json!({"set": "app"})
    );
}

#[test]
fn what_a_key_is_for_must_be_said() {
    let world = World::empty();
    for line in ["create app", "create app --alg none", "create", "create .."] {
        let ended = world.hydra(&format!("keys {line}")).run();
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (2, ""),
            "{line}: {ended:?}"
        );
    }
}

#[test]
fn keys_made_elsewhere_are_imported_one_by_one_or_as_a_set() {
    let world = World::connected();
    let made = keys(&world, "create made here --alg ES256 --json").json();
    let set = world.write("set.json", &made.to_string());
    let key = world.write(
        "key.json",
        r#"{"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2l4dGVlbi1ieXRlcy1vci1tb3JlLXNvLWl0LWlzLXN0cm9uZw"}"#,
    );
    let hush = world.write("hush.json", r#"{"kty": "oct", "k": ["hush"]}"#);
    let ended = keys(&world, &format!("import other {set} {hush} {key}"));
    assert_eq!(ended.status, 1);
    assert_eq!(
        ended.out,
        format!(
            "Imported keys [private:here public:here] into set other from {set}.\n\
             Imported keys [shared] into set other from {key}.\n"
        )
    );
    assert!(
        ended.err.contains("hush.json: it is not a JSON Web Key") && !ended.err.contains("[\"hush"),
        "{ended:?}"
    );
    let weak = world.hydra("keys import other - --skip-tls-verify");
    let weak = weak.input(r#"{"kty": "oct", "k": "c2hvcnQ"}"#).run();
    assert_eq!(weak.status, 1);
    assert!(weak.err.contains("400 Bad Request"), "{weak:?}");
}

/// OpenID Connect Core 1.0 section 10.1.1: the new key is published beside the old one.
#[test]
fn the_keys_of_id_tokens_are_rotated_and_the_old_ones_stay() {
    let world = World::connected();
    let printed = keys(&world, "rotate").prints();
    assert!(
        printed.starts_with("Added key [")
            && printed.ends_with(&format!("] to set {ID_TOKEN_SET}.\n")),
        "{printed}"
    );
    let before = keys(&world, &format!("get {ID_TOKEN_SET} --json")).json();
    let rotated = keys(&world, "rotate --json").json();
    let after = keys(&world, &format!("get {ID_TOKEN_SET} --json")).json();
    let after = kids(&after);
    for kid in kids(&before) {
        assert!(after.contains(&kid), "{kid}: {after:?}");
    }
    for kid in rotated["kids"].as_array().unwrap() {
        assert!(after.contains(&kid.as_str().unwrap()), "{kid}: {after:?}");
    }

    let complaint = keys(&world, "rotate app").fails();
    assert!(complaint.contains("--alg"), "{complaint}");
    let rotated = keys(&world, "rotate app --alg HS512 --json").json();
    assert_eq!(rotated["set"], "app");
    assert_eq!(rotated["kids"].as_array().unwrap().len(), 1);
}
