//! Input that breaks the rules and can still be understood: a note that says where and what was
//! made of it.

use hydra_codegen::model::{Kind, Location, Model};
use hydra_codegen::read::read;

/// A Swagger 2.0 document with this in it.
fn two(rest: &str) -> String {
    format!(r#"{{"swagger":"2.0","info":{{"title":"t","version":"1"}},{rest}}}"#)
}

fn three(rest: &str) -> String {
    format!(r#"{{"openapi":"3.1.0","info":{{"title":"t","version":"1"}},{rest}}}"#)
}

/// One operation with this in it.
fn get(inside: &str) -> String {
    two(&format!(r#""paths":{{"/a":{{"get":{{{inside}}}}}}}"#))
}

fn schema(inside: &str) -> String {
    two(&format!(r#""paths":{{}},"definitions":{{"A":{inside}}}"#))
}

fn model(text: &str) -> Model {
    read(text, "d").unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn each_oddity_is_noted_where_it_stands() {
    let cases = [
        (r#"{"swagger":"2.0"}"#.to_owned(), "", "`info` is missing"),
        (two(r#""paths":{"a":{}}"#), "/paths/a", "was taken for `/a`"),
        (
            get(r#""operationId":[],"responses":{}"#),
            "/paths/~1a/get/operationId",
            "a text is expected here, found a list",
        ),
        (
            get(r#""operationId":"a""#),
            "/paths/~1a/get",
            "`responses` is missing",
        ),
        (
            get(r#""parameters":[{"in":"query"}],"responses":{}"#),
            "/paths/~1a/get/parameters/0",
            "`name` is missing",
        ),
        (
            get(r#""parameters":[{"name":"a","in":"moon"}],"responses":{}"#),
            "/paths/~1a/get/parameters/0",
            "`moon` is no place",
        ),
        (
            get(r#""responses":{"200":{"schema":{"type":"strin"}}}"#),
            "/paths/~1a/get/responses/200/schema",
            "`strin` is no type",
        ),
        (
            get(r#""responses":{"ok":{}}"#),
            "/paths/~1a/get/responses/ok",
            "`ok` is no status",
        ),
        (
            get(r#""deprecated":"maybe","responses":{}"#),
            "/paths/~1a/get/deprecated",
            "true or false is expected",
        ),
        (schema("7"), "/definitions/A", "found a number"),
        (
            schema(r#"{"minLength":-1}"#),
            "/definitions/A/minLength",
            "a whole number of at least 0",
        ),
        (
            schema(r#"{"minimum":"low"}"#),
            "/definitions/A/minimum",
            "a number is expected",
        ),
        (
            schema(r#"{"enum":"a"}"#),
            "/definitions/A/enum",
            "a list is expected",
        ),
        (
            schema(r#"{"type":"integer","default":"ten"}"#),
            "/definitions/A/default",
            "is not of the type",
        ),
        (
            schema(r#"{"type":"string","enum":["a"],"default":"b"}"#),
            "/definitions/A/default",
            "none of the allowed values",
        ),
        (
            schema(r##"{"allOf":[{"$ref":"#/definitions/A"}]}"##),
            "",
            "`A` is put together from itself",
        ),
        (
            two(r#""paths":{},"securityDefinitions":{"s":{"type":"magic"}}"#),
            "/securityDefinitions/s",
            "`magic` is no security type",
        ),
        (
            two(r#""paths":{},"securityDefinitions":{"s":{"type":"oauth2","flow":"x"}}"#),
            "/securityDefinitions/s",
            "`x` is no OAuth 2.0 flow",
        ),
        (
            three(r#""components":{"securitySchemes":{"s":{"type":"oauth2","flows":{}}}}"#),
            "/components/securitySchemes/s",
            "there is no flow",
        ),
        (
            three(r#""paths":{"/a":{"query":{"responses":{}}}}"#),
            "/paths/~1a/query",
            "new in OpenAPI 3.2",
        ),
        (
            three(r#""paths":{"/a":{"get":{"parameters":[{"name":"q","in":"query"}]}}}"#),
            "/paths/~1a/get/parameters/0",
            "`schema` is missing",
        ),
        (
            three(r#""paths":{"/{id}":{"get":{"operationId":"x"}}}"#),
            "/paths/~1{id}/get",
            "`{id}` of the path is not described",
        ),
        (
            three(r#""paths":{"/a":{"get":{"operationId":"x"}},"/b":{"get":{"operationId":"x"}}}"#),
            "/paths/~1b/get",
            "the operationId `x` is taken; the function is called `x2`",
        ),
        (
            r#"{"openapi":"3.2.0","info":{"title":"t","version":"1"},"paths":{}}"#.to_owned(),
            "/openapi",
            "read as 3.1",
        ),
        (
            "swagger: '2.0'\ninfo: {title: t, version: '1', version: '2'}\npaths: {}\n".to_owned(),
            "/info/version",
            "is given twice",
        ),
    ];
    for (text, pointer, message) in cases {
        let notes = model(&text).notes;
        assert!(
            notes
                .iter()
                .any(|n| n.pointer == pointer && n.message.contains(message)),
            "{text}\n{notes:#?}\nhas no: #{pointer}: {message}"
        );
    }
}

#[test]
fn values_are_made_to_fit_their_type() {
    let text = two(r#""paths":{},"definitions":{
            "Level":{"type":"integer","enum":["1",2,2,"x",null],"default":"1"},
            "Answer":{"type":"string","enum":[true,"no",3]}}"#);
    let model = model(&text);
    let level = &model.schemas["Level"].schema;
    assert_eq!(level.enumeration, [1, 2]);
    assert_eq!(level.default, Some(1.into()));
    assert!(level.nullable);
    assert_eq!(
        model.schemas["Answer"].schema.enumeration,
        ["true", "no", "3"]
    );
}

#[test]
fn words_of_the_other_version_are_understood() {
    let text = three(
        r#""paths":{"/a":{"post":{"parameters":[
            {"name":"n","in":"query","type":"integer"},
            {"name":"b","in":"body","required":true,"schema":{"type":"string"}}],
            "responses":{"200":{"description":"","schema":{"type":"boolean"}}}}}}"#,
    );
    let operation = &model(&text).operations[0];
    let kinds: Vec<_> = operation
        .parameters
        .iter()
        .map(|p| (p.location, p.schema.kind.clone()))
        .collect();
    assert_eq!(
        kinds,
        [
            (Location::Query, Kind::Integer),
            (Location::Body, Kind::String)
        ]
    );
    assert!(operation.body.as_ref().unwrap().required);
    let answer = operation.responses["200"].schema().unwrap();
    assert_eq!(answer.kind, Kind::Boolean);
}

#[test]
fn no_operation_is_lost() {
    // A path given twice, a reference with operations beside it, capital letters.
    let text = "openapi: 3.0.0
info: {title: t, version: '1'}
paths:
  /a:
    get: {responses: {200: {description: ''}}}
  /b:
    $ref: '#/components/pathItems/b'
    post: {responses: {'200': {description: ''}}}
  /a:
    PUT: {responses: {2xx: {description: ''}}}
components:
  pathItems:
    b:
      get: {responses: {default: {description: ''}}}
";
    let model = model(text);
    let called: Vec<_> = model
        .operations
        .iter()
        .map(|o| format!("{} {}", o.method.wire(), o.path))
        .collect();
    assert_eq!(called, ["GET /a", "PUT /a", "GET /b", "POST /b"]);
    assert!(model.operations[1].responses.contains_key("2XX"));
}

#[test]
fn a_schema_that_holds_itself_without_a_name_gets_one() {
    let text = schema(
        r##"{"properties":{"tree":{"type":"object","properties":{
            "left":{"$ref":"#/definitions/A/properties/tree"}}}}}"##,
    );
    let model = model(&text);
    assert!(
        model.schemas.contains_key("tree"),
        "{:?}",
        model.schemas.keys()
    );
}

#[test]
fn yaml_is_read_as_people_write_it() {
    let text = "\u{feff}# A comment\n\
        x-shared: &shared\n  description: shared\n\
        swagger: 2.0\n\
        info: {title: no, version: 1.10, 2020-01-01: x}\n\
        paths:\n  /a:\n    get:\n      responses:\n        200:\n          <<: *shared\n";
    let model = model(text);
    assert_eq!(model.info.title, "no");
    assert_eq!(model.operations[0].responses["200"].description, "shared");
}
