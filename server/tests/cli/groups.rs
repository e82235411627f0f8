//! `hydra groups`.

use serde_json::json;

use crate::world::{Ended, World};

fn groups(world: &World, line: &str) -> Ended {
    world
        .hydra(&format!("groups {line} --skip-tls-verify"))
        .run()
}

#[test]
fn a_group_has_members_and_is_found_by_them() {
    let world = World::connected();
    assert_eq!(
        groups(&world, "create friends").prints(),
        "Group friends created.\n"
    );
    assert_eq!(
        groups(&world, "members add friends ann bob").prints(),
        "Members [ann bob] added to group friends.\n"
    );
    assert_eq!(
        groups(&world, "get friends").prints(),
        "{\n\t\"id\": \"friends\",\n\t\"members\": [\n\t\t\"ann\",\n\t\t\"bob\"\n\t]\n}\n"
    );
    assert_eq!(
        groups(&world, "find ann --json").json(),
        json!([{"id": "friends", "members": ["ann", "bob"]}])
    );
    assert_eq!(
        groups(&world, "members remove friends ann").prints(),
        "Members [ann] removed from group friends.\n"
    );
    assert_eq!(groups(&world, "find ann").prints(), "[]\n");
    assert_eq!(
        groups(&world, "delete friends").prints(),
        "Group friends deleted.\n"
    );
    for line in ["get friends", "members add friends ann"] {
        assert!(
            groups(&world, line).fails().contains("404 Not Found"),
            "{line}"
        );
    }
}

#[test]
fn a_group_that_exists_is_not_overwritten() {
    let world = World::connected();
    groups(&world, "create friends").prints();
    groups(&world, "members add friends ann").prints();
    let complaint = groups(&world, "create friends").fails();
    assert!(
        complaint.contains("`friends`") && complaint.contains("409 Conflict"),
        "{complaint}"
    );
    let kept = groups(&world, "get friends --json").json();
    assert_eq!(kept["members"], json!(["ann"]));
}

#[test]
fn what_would_be_done_is_shown_and_not_done() {
    let world = World::connected();
    groups(&world, "create friends").prints();
    for (line, method, path) in [
        ("create others", "POST", "/warden/groups'"),
        ("delete friends", "DELETE", "/warden/groups/friends'"),
        (
            "members add friends a",
            "POST",
            "/warden/groups/friends/members'",
        ),
        (
            "members remove friends a",
            "DELETE",
            "/warden/groups/friends/members'",
        ),
    ] {
        let shown = groups(&world, &format!("{line} --dry")).prints();
        assert!(
            shown.starts_with(&format!("curl --request {method} "))
                && shown.ends_with(&format!("{path}\n")),
            "{shown}"
        );
    }
    let kept = groups(&world, "get friends --json").json();
    assert_eq!(kept["members"], json!([]));
    assert!(
        groups(&world, "get others")
            .fails()
            .contains("404 Not Found")
    );
}
