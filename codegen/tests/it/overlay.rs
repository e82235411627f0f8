//! Documents of others, mended by an overlay.

use std::fs;
use std::path::{Path, PathBuf};

use hydra_codegen::model::{Kind, Location, Model};
use hydra_codegen::read::{Options, read_file};

/// A document with the faults that the example overlay mends.
const FAULTY: &str = r##"
swagger: "2.0"
info: {title: Faulty, version: "1"}
securityDefinitions:
  basic: {type: basic}
  oauth2: {type: oauth2, flow: application, tokenUrl: /oauth2/token, scopes: {hydra.clients: Clients}}
paths:
  /oauth2/token:
    post:
      operationId: oauthToken
      consumes: [application/x-www-form-urlencoded]
      security: [{basic: []}, {oauth2: []}]
      responses: {200: {$ref: "#/responses/oauthTokenResponse"}}
responses:
  oauthTokenResponse:
    description: A token
    schema:
      type: object
      properties:
        access_token: {type: string}
        expires_in: {type: integer, format: int64}
        id_token: {type: integer, format: int64}
        scope: {type: integer, format: int64}
definitions:
  swaggerOAuthTokenResponse:
    type: object
    properties:
      Body: {type: object, properties: {id_token: {type: integer, format: int64}, scope: {type: integer, format: int64}}}
"##;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hydra-0.10.overlay.yaml")
}

fn mended(document: &str, overlays: &[PathBuf]) -> Model {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.yaml");
    fs::write(&path, document).unwrap();
    let options = Options {
        overlays: overlays.to_vec(),
        ..Options::default()
    };
    read_file(&path, &options).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn the_example_makes_a_token_endpoint_that_can_be_called() {
    let model = mended(FAULTY, &[example()]);
    assert_eq!(
        model.notes,
        [],
        "every action of the example finds its place"
    );
    let token = model.operation("oauthToken").unwrap();
    let fields: Vec<_> = token
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), p.location, p.required))
        .collect();
    assert!(fields.contains(&("grant_type", Location::Form, true)));
    assert!(fields.contains(&("scope", Location::Form, false)));
    assert!(token.body.is_some());
    assert_eq!(token.security.len(), 1);
    let answer = token.responses["200"].schema().unwrap();
    let answer = model.resolve(answer).unwrap().properties().unwrap();
    for name in ["id_token", "scope"] {
        let schema = &answer[name].schema;
        assert_eq!(
            (&schema.kind, &schema.format),
            (&Kind::String, &None),
            "{name}"
        );
    }
    let declared = serde_json::to_string(&model.security_schemes["oauth2"]).unwrap();
    assert!(declared.contains("hydra.introspect"));
}

#[test]
fn overlays_are_applied_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let overlay = |name: &str, title: &str| {
        let path = dir.path().join(name);
        let text = format!(
            "overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n- target: $.info\n  update: {{title: {title}}}\n"
        );
        fs::write(&path, text).unwrap();
        path
    };
    let (first, second) = (overlay("1.yaml", "one"), overlay("2.yaml", "two"));
    assert_eq!(mended(FAULTY, &[first, second]).info.title, "two");
}

#[test]
fn an_action_that_selects_nothing_is_a_warning_at_the_overlay() {
    let model = mended(
        "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}\n",
        &[example()],
    );
    let note = model.notes.first().unwrap();
    assert!(
        note.pointer
            .ends_with("hydra-0.10.overlay.yaml#/actions/0/target")
    );
    assert!(note.message.contains("selects nothing"));
}
