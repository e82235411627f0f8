//! `hydra policies`.

use serde_json::{Value, json};

use crate::world::{Ended, World};

fn policies(world: &World, line: &str) -> Ended {
    world
        .hydra(&format!("policies {line} --skip-tls-verify"))
        .run()
}

/// The policy called `id`, as the server has it.
fn policy(world: &World, id: &str) -> Value {
    policies(world, &format!("get {id} --json")).json()
}

/// The words that a newcomer types, the second time with an id that is taken.
#[test]
fn a_policy_is_created_and_an_id_that_is_taken_is_refused() {
    let world = World::connected();
    let create = [
        "policies",
        "create",
        "--skip-tls-verify",
        "--actions",
        "get,accept,reject",
        "--description",
        "Allow consent-app to manage OAuth2 consent requests.",
        "--allow",
        "--id",
        "consent-app-policy",
        "--resources",
        "rn:hydra:oauth2:consent:requests:<.*>",
        "--subjects",
        "consent-app",
    ];
    assert_eq!(
        world.hydra_with(&create).run().prints(),
        "Created policy consent-app-policy.\n"
    );
    let expected = "{\n\t\"actions\": [\n\t\t\"get\",\n\t\t\"accept\",\n\t\t\"reject\"\n\t],\n\t\
                    \"description\": \"Allow consent-app to manage OAuth2 consent requests.\",\n\t\
                    \"effect\": \"allow\",\n\t\"id\": \"consent-app-policy\",\n\t\"resources\": [\n\t\t\
                    \"rn:hydra:oauth2:consent:requests:<.*>\"\n\t],\n\t\"subjects\": [\n\t\t\"consent-app\"\n\t]\n}\n";
    assert_eq!(
        policies(&world, "get consent-app-policy").prints(),
        expected
    );

    let complaint = policies(
        &world,
        "create --actions get --allow --id consent-app-policy --resources rn:hydra:clients \
         --subjects user:12345:dandean",
    );
    let complaint = complaint.fails();
    assert!(
        complaint.contains("409 Conflict") && complaint.contains("`consent-app-policy`"),
        "{complaint}"
    );
    assert!(
        complaint.contains("\nhint: choose another id"),
        "{complaint}"
    );
    assert_eq!(
        policies(&world, "get consent-app-policy").prints(),
        expected
    );
}

#[test]
fn a_policy_denies_unless_it_is_said_to_allow() {
    let world = World::connected();
    let made = policies(&world, "create -s a -a b -r c -d why --json").json();
    assert_eq!(made["effect"], "deny");
    assert_eq!(made["description"], "why");
    let id = made["id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    let printed = policies(&world, "create -s a -a b -r c").prints();
    assert!(printed.starts_with("Created policy ") && printed.ends_with(".\n"));
}

#[test]
fn a_policy_about_nobody_is_a_mistake() {
    let world = World::empty();
    for line in ["-s a -a b", "-s a -r c", "-a b -r c", ""] {
        let ended = world
            .hydra(&format!("policies create --allow {line}"))
            .run();
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (2, ""),
            "{line}: {ended:?}"
        );
    }
}

/// In a list of values with commas, as in regular expressions, quotes keep a value together.
#[test]
fn a_value_may_hold_a_comma() {
    let world = World::connected();
    let resources = "\"rn:photos:<[0-9]{1,3}>\",rn:albums";
    let create = world.hydra_with(&[
        "policies",
        "create",
        "--skip-tls-verify",
        "--json",
        "--id=p",
        "-s=a",
        "-a=b",
        "-r",
        resources,
    ]);
    assert_eq!(
        create.run().json()["resources"],
        json!(["rn:photos:<[0-9]{1,3}>", "rn:albums"])
    );
    let broken = policies(&world, "create -s a -a b -r rn:<[> --id broken").fails();
    assert!(broken.contains("400 Bad Request"), "{broken}");
}

#[test]
fn policies_come_from_files_as_far_as_they_can() {
    let world = World::connected();
    let good = world.write(
        "good.json",
        r#"{"id": "good", "effect": "allow", "subjects": ["a"], "actions": ["b"], "resources": ["c"],
            "conditions": {"owner": {"type": "EqualsSubjectCondition"}}}"#,
    );
    let bad = world.write("bad.json", r#"{"id": "bad", "effect": "perhaps"}"#);
    let ended = policies(&world, &format!("import {bad} {good}"));
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (1, format!("Imported policy good from {good}.\n").as_str()),
        "{ended:?}"
    );
    assert!(ended.err.contains("bad.json"), "{ended:?}");
    assert_eq!(
        policy(&world, "good")["conditions"]["owner"]["type"],
        "EqualsSubjectCondition"
    );

    let other = world.write(
        "other.json",
        r#"{"id": "other", "effect": "deny", "subjects": ["a"], "actions": ["b"], "resources": ["c"]}"#,
    );
    // The other flags do not count then.
    let created = policies(
        &world,
        &format!("create --files {other} --id ignored --allow"),
    );
    assert_eq!(
        created.prints(),
        format!("Imported policy other from {other}.\n")
    );
    assert_eq!(policy(&world, "other")["effect"], "deny");
}

#[test]
fn the_lists_of_a_policy_are_changed_one_by_one() {
    let world = World::connected();
    policies(&world, "create --id p --allow -s a -a b -r c").prints();
    for (kind, before) in [("actions", "b"), ("resources", "c"), ("subjects", "a")] {
        assert_eq!(
            policies(&world, &format!("{kind} add p x {before} y x")).prints(),
            format!("Added {kind} to policy p.\n")
        );
        assert_eq!(policy(&world, "p")[kind], json!([before, "x", "y"]));
        assert_eq!(
            policies(&world, &format!("{kind} remove p x")).prints(),
            format!("Removed {kind} from policy p.\n")
        );
        assert_eq!(policy(&world, "p")[kind], json!([before, "y"]));
    }
    assert_eq!(policy(&world, "p")["effect"], "allow");

    let ended = policies(&world, "subjects remove p y nobody");
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (1, "Removed subjects from policy p.\n")
    );
    assert!(ended.err.contains("`nobody`"), "{ended:?}");
    let complaint = policies(&world, "subjects remove p nobody").fails();
    assert!(complaint.contains("`nobody`"), "{complaint}");
    assert_eq!(policy(&world, "p")["subjects"], json!(["a"]));
    let complaint = policies(&world, "subjects add none x").fails();
    assert!(complaint.contains("404 Not Found"), "{complaint}");
}

#[test]
fn policies_are_listed_and_deleted() {
    let world = World::connected();
    for id in ["b", "a"] {
        policies(&world, &format!("create --id {id} -s a -a b -r c")).prints();
    }
    let listed = policies(&world, "list --json").json();
    let ids: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| &policy["id"])
        .collect();
    assert_eq!(ids, ["a", "b", "default-admin-policy"]);
    assert_eq!(
        policies(&world, "delete a b").prints(),
        "Policy a deleted.\nPolicy b deleted.\n"
    );
    assert!(policies(&world, "get a").fails().contains("404 Not Found"));
}

#[test]
fn what_would_be_done_is_shown_and_not_done() {
    let world = World::connected();
    policies(&world, "create --id p -s a -a b -r c").prints();
    for (line, method) in [
        ("create --id q -s a -a b -r c", "POST"),
        ("delete p", "DELETE"),
        ("subjects add p x", "PUT"),
    ] {
        let shown = policies(&world, &format!("{line} --dry")).prints();
        assert!(
            shown.starts_with(&format!("curl --request {method} ")) && shown.contains("/policies"),
            "{shown}"
        );
        let shown = policies(&world, &format!("{line} --dry --json")).json();
        assert_eq!(shown["requests"][0]["method"], method);
    }
    let listed = policies(&world, "list --json").json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(policy(&world, "p")["subjects"], json!(["a"]));
}
