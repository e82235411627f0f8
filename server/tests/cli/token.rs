//! `hydra token`.

use serde_json::json;

use crate::world::World;

#[test]
fn scopes_are_those_asked_for() {
    let world = World::connected();
    let token = world.hydra(
        "token client --skip-tls-verify --json --scopes hydra,hydra.clients --scopes openid",
    );
    let token = token.run().json();
    assert_eq!(token["scope"], "hydra hydra.clients openid");
    assert_eq!(token["expires_in"], 3600);
    let keys: Vec<_> = token.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["access_token", "expires_in", "scope", "token_type"]);
}

#[test]
fn a_token_without_the_scopes_asked_about_is_not_good() {
    let world = World::connected();
    let token = world.hydra("token client --skip-tls-verify").run().prints();
    for (scopes, active) in [("hydra", true), ("hydra,nope", false)] {
        let validate = world.hydra(&format!(
            "token validate --skip-tls-verify --json --scopes {scopes} -"
        ));
        assert_eq!(
            validate.input(&token).run().json()["active"],
            active,
            "{scopes}"
        );
    }
}

#[test]
fn a_revoked_token_is_not_good_and_that_is_no_failure() {
    let world = World::connected();
    let token = world.hydra("token client --skip-tls-verify").run().prints();
    let token = token.trim();
    let revoke = format!("token revoke --skip-tls-verify {token}");
    assert_eq!(
        world.hydra(&revoke).run().prints(),
        format!("Revoked token {token}\n")
    );
    let validate = format!("token validate --skip-tls-verify {token}");
    assert_eq!(
        world.hydra(&validate).run().prints(),
        "{\n\t\"active\": false\n}\n"
    );
    assert_eq!(
        world.hydra(&format!("{validate} --json")).run().json(),
        json!({"active": false})
    );
    // RFC 7009 section 2.2.
    assert_eq!(
        world.hydra(&format!("{revoke} --json")).run().json(),
        json!({"revoked": token})
    );
}

#[test]
fn garbage_is_not_good_however_it_looks() {
    let world = World::connected();
    for garbage in [
        "garbage",
        "-tdm.x",
        "--help.x",
        "a b\u{1b}[2J",
        "ä",
        "%00&token=x",
    ] {
        let validate =
            world.hydra_with(&["token", "validate", "--skip-tls-verify", "--json", garbage]);
        assert_eq!(validate.run().json(), json!({"active": false}), "{garbage}");
    }
}

#[test]
fn what_is_of_no_use_any_more_is_thrown_away() {
    let world = World::connected();
    let token = world.hydra("token client --skip-tls-verify").run().prints();
    for line in [
        "token flush",
        "flush",
        "flush --not-after 2017-12-04T00:00:00Z",
    ] {
        assert_eq!(
            world
                .hydra(&format!("{line} --skip-tls-verify"))
                .run()
                .prints(),
            "Flushed the tokens that are of no use any more.\n"
        );
        let flush = world.hydra(&format!("{line} --skip-tls-verify --json"));
        assert_eq!(flush.run().json(), json!({"flushed": true}));
    }
    // What is good stays.
    let validate = world.hydra("token validate --skip-tls-verify --json -");
    assert_eq!(validate.input(&token).run().json()["active"], true);
    let complaint = world.hydra("flush --skip-tls-verify --not-after yesterday");
    assert!(complaint.run().fails().contains("400 Bad Request"));
}
