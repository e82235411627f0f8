//! The commands that a newcomer types first.

use crate::world::{NOW, World};

#[test]
fn connect_get_a_token_validate_it_and_create_a_client() {
    let world = World::serving(true);
    let url = world.url();

    let connect = world
        .hydra(&format!(
            "connect --url {url} --id admin --secret admin-password"
        ))
        .run();
    assert!(connect.err.starts_with("warning: "), "{connect:?}");
    assert!(connect.succeeds().ends_with("Done.\n"));

    let token = world.hydra("token client --skip-tls-verify").run().prints();
    let token = token.strip_suffix('\n').unwrap();
    assert_eq!(
        token.split('.').map(str::len).collect::<Vec<_>>(),
        [43, 43],
        "{token}"
    );

    let known = world
        .hydra_with(&["token", "validate", "--skip-tls-verify", token])
        .run()
        .prints();
    assert_eq!(
        known,
        format!(
            "{{\n\t\"active\": true,\n\t\"client_id\": \"admin\",\n\t\"exp\": {},\n\t\"iat\": {NOW},\n\t\
             \"iss\": \"https://localhost:9000\",\n\t\"scope\": \"hydra\",\n\t\"sub\": \"admin\",\n\t\"token_type\": \"bearer\"\n}}\n",
            NOW + 3600
        )
    );

    let create = [
        "clients",
        "create",
        "--skip-tls-verify",
        "--id",
        "consent-app",
        "--secret",
        "consent-secret",
        "--name",
        "Consent App Client",
        "--grant-types",
        "client_credentials",
        "--response-types",
        "token",
        "--allowed-scopes",
        "hydra.consent",
    ];
    let created = world.hydra_with(&create).run();
    assert_eq!(created.err.lines().count(), 1, "{created:?}");
    assert_eq!(
        created.succeeds(),
        "OAuth2 client id: consent-app\nOAuth2 client secret: consent-secret\n"
    );
}

#[test]
fn a_server_that_logs_the_command_line_on_needs_no_connect() {
    let world = World::serving(true);
    world.write(
        ".hydra.yml",
        &format!(
            "cluster_url: {}\nclient_id: admin\nclient_secret: admin-password\n",
            world.url()
        ),
    );
    world.hydra("--skip-tls-verify clients list").run().prints();
}
