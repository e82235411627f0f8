//! Two documents compared: each rule by an example, and what is no change at all.

use hydra_codegen::diff::{Diff, Rule, Severity, diff};
use hydra_codegen::emit::document::{Version, convert};
use hydra_codegen::model::Model;
use hydra_codegen::read::read;

use crate::models;

fn model(text: &str) -> Model {
    read(text, "d").unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn document(rest: &str) -> String {
    // A text that starts with a brace would be taken for JSON.
    format!("--- {{openapi: 3.1.0, info: {{title: t, version: '1'}}, {rest}}}")
}

/// A document with one operation at this path.
fn at(path: &str, operation: &str) -> String {
    document(&format!("paths: {{'{path}': {{post: {{{operation}}}}}}}"))
}

const OK: &str = "responses: {200: {description: ok}}";

/// A document whose operation `a` has this beside an empty answer.
fn operation(inside: &str) -> String {
    at("/a", &format!("operationId: a, {OK}, {inside}"))
}

fn parameter(inside: &str) -> String {
    operation(&format!("parameters: [{{name: p, in: query, {inside}}}]"))
}

fn answers(responses: &str) -> String {
    at("/a", &format!("operationId: a, responses: {{{responses}}}"))
}

fn request(schema: &str) -> String {
    operation(&format!(
        "requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}"
    ))
}

fn response(schema: &str) -> String {
    answers(&format!(
        "200: {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}"
    ))
}

fn properties(inside: &str) -> String {
    format!("{{type: object, properties: {{{inside}}}}}")
}

fn secured(security: &str) -> String {
    document(&format!(
        "paths: {{/a: {{post: {{operationId: a, {OK}, security: {security}}}}}}}, \
         components: {{securitySchemes: {{\
           key: {{type: apiKey, in: header, name: Key}}, \
           login: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: /token, scopes: {{a: '', b: ''}}}}}}}}}}}}"
    ))
}

fn with_scheme(scheme: &str) -> String {
    document(&format!(
        "paths: {{}}, components: {{securitySchemes: {{s: {scheme}}}}}"
    ))
}

fn with_servers(urls: &str) -> String {
    document(&format!("paths: {{}}, servers: {urls}"))
}

fn choice(of: &str, mapping: &str) -> String {
    let part = "{type: object, properties: {kind: {type: string}}}";
    document(&format!(
        "paths: {{/a: {{post: {{operationId: a, responses: {{200: {{description: ok, content: \
         {{application/json: {{schema: {{oneOf: [{of}], discriminator: {{propertyName: kind, \
         mapping: {{{mapping}}}}}}}}}}}}}}}}}}}}}, components: {{schemas: {{A: {part}, B: {part}}}}}"
    ))
}

/// For each rule, an old document, a new one, and what is said.
#[expect(clippy::too_many_lines, reason = "a table")]
fn table() -> Vec<(Rule, String, String, &'static str)> {
    use Rule as R;
    let nothing = || document("paths: {}");
    let plain = || operation("tags: []");
    let body = |inside: &str| operation(&format!("requestBody: {{{inside}}}"));
    let json = "content: {application/json: {schema: {type: string}}}";
    let both = "content: {application/json: {schema: {type: string}}, text/plain: {schema: {type: string}}}";
    let answer =
        |status: &str, inside: &str| answers(&format!("{status}: {{description: ok, {inside}}}"));
    let header = "headers: {X-Total: {schema: {type: integer}}}";
    let a = "{$ref: '#/components/schemas/A'}";
    let two = "{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}";
    vec![
        (R::OperationRemoved, plain(), nothing(), "is gone"),
        (R::OperationAdded, nothing(), plain(), "is new"),
        (
            R::OperationMoved,
            at("/a", &format!("operationId: a, {OK}")),
            at("/b", &format!("operationId: a, {OK}")),
            "was POST /a",
        ),
        (
            R::OperationIdRenamed,
            plain(),
            at("/a", &format!("operationId: b, {OK}")),
            "was called `a`",
        ),
        (
            R::OperationDeprecated,
            plain(),
            operation("deprecated: true"),
            "is deprecated",
        ),
        (
            R::TagChanged,
            operation("tags: [x]"),
            operation("tags: [y]"),
            "is not under the tag `x` any more",
        ),
        (
            R::ParameterRemoved,
            parameter("schema: {type: string}"),
            plain(),
            "is gone",
        ),
        (
            R::ParameterRenamed,
            at(
                "/a/{x}",
                &format!(
                    "operationId: a, {OK}, parameters: [{{name: x, in: path, required: true, schema: {{type: string}}}}]"
                ),
            ),
            at(
                "/a/{y}",
                &format!(
                    "operationId: a, {OK}, parameters: [{{name: y, in: path, required: true, schema: {{type: string}}}}]"
                ),
            ),
            "is called `y`",
        ),
        (
            R::RequiredParameterAdded,
            plain(),
            parameter("required: true, schema: {type: string}"),
            "is new and must be given",
        ),
        (
            R::OptionalParameterAdded,
            plain(),
            parameter("schema: {type: string}"),
            "is new",
        ),
        (
            R::ParameterBecameRequired,
            parameter("schema: {type: string}"),
            parameter("required: true, schema: {type: string}"),
            "must be given now",
        ),
        (
            R::ParameterBecameOptional,
            parameter("required: true, schema: {type: string}"),
            parameter("schema: {type: string}"),
            "can be left out now",
        ),
        (
            R::ParameterLocationChanged,
            parameter("schema: {type: string}"),
            operation("parameters: [{name: p, in: header, schema: {type: string}}]"),
            "goes to the header",
        ),
        (
            R::ParameterStyleChanged,
            parameter("schema: {type: array, items: {type: string}}"),
            parameter("explode: false, schema: {type: array, items: {type: string}}"),
            "is written in another way",
        ),
        (
            R::ParameterDefaultChanged,
            parameter("schema: {type: integer, default: 1}"),
            parameter("schema: {type: integer, default: 2}"),
            "left out meant `1`, means `2`",
        ),
        (R::RequestBodyRemoved, body(json), plain(), "is gone"),
        (R::RequestBodyAdded, plain(), body(json), "is new"),
        (
            R::RequestBodyBecameRequired,
            body(json),
            body(&format!("required: true, {json}")),
            "must be given now",
        ),
        (
            R::RequestBodyBecameOptional,
            body(&format!("required: true, {json}")),
            body(json),
            "can be left out now",
        ),
        (
            R::RequestMediaTypeRemoved,
            body(both),
            body(json),
            "`text/plain` any more",
        ),
        (
            R::RequestMediaTypeAdded,
            body(json),
            body(both),
            "`text/plain` too",
        ),
        (
            R::RequestPropertyRemoved,
            request(&properties("x: {type: string}")),
            request("{type: object}"),
            "is gone",
        ),
        (
            R::RequestPropertyBecameRequired,
            request(&properties("x: {type: string}")),
            request("{type: object, required: [x], properties: {x: {type: string}}}"),
            "must be given now",
        ),
        (
            R::RequiredRequestPropertyAdded,
            request("{type: object}"),
            request("{type: object, required: [x], properties: {x: {type: string}}}"),
            "is new and must be given",
        ),
        (
            R::RequestPropertyAdded,
            request("{type: object}"),
            request(&properties("x: {type: string}")),
            "is new",
        ),
        (
            R::RequestPropertyBecameOptional,
            request("{type: object, required: [x], properties: {x: {type: string}}}"),
            request(&properties("x: {type: string}")),
            "can be left out now",
        ),
        (
            R::RequestTypeChanged,
            request("{type: number}"),
            request("{type: integer}"),
            "was number, is integer",
        ),
        (
            R::RequestTypeWidened,
            request("{type: integer, format: int32}"),
            request("{type: integer, format: int64}"),
            "was integer (int32), is integer (int64)",
        ),
        (
            R::RequestNullForbidden,
            request("{type: [string, 'null']}"),
            request("{type: string}"),
            "is not null any more",
        ),
        (
            R::RequestNullAllowed,
            request("{type: string}"),
            request("{type: [string, 'null']}"),
            "may be null",
        ),
        (
            R::RequestEnumValueRemoved,
            request("{enum: [x, y]}"),
            request("{enum: [x]}"),
            "without `\"y\"`",
        ),
        (
            R::RequestEnumValueAdded,
            request("{enum: [x]}"),
            request("{enum: [x, y]}"),
            "with `\"y\"`",
        ),
        (
            R::RequestLimitTightened,
            request("{type: string, maxLength: 9}"),
            request("{type: string, maxLength: 8}"),
            "`maxLength` was 9, is 8",
        ),
        (
            R::RequestLimitLoosened,
            request("{type: integer, minimum: 3}"),
            request("{type: integer}"),
            "`minimum` was 3, is none",
        ),
        (
            R::RequestChoiceRemoved,
            request("{oneOf: [{type: string}, {type: integer}, {type: boolean}]}"),
            request("{oneOf: [{type: string}, {type: integer}]}"),
            "is not boolean any more",
        ),
        (
            R::RequestChoiceAdded,
            request("{type: string}"),
            request("{oneOf: [{type: string}, {type: integer}]}"),
            "may be integer",
        ),
        (
            R::RequestUnknownForbidden,
            request("{type: object}"),
            request("{type: object, additionalProperties: false}"),
            "takes only what is described",
        ),
        (
            R::RequestUnknownAllowed,
            request("{type: object, additionalProperties: false}"),
            request("{type: object}"),
            "takes more than is described",
        ),
        (
            R::SuccessStatusRemoved,
            answer("200", ""),
            answer("201", ""),
            "successes are 201",
        ),
        (
            R::SuccessStatusAdded,
            answers("200: {description: ok}"),
            answers("200: {description: ok}, 202: {description: later}"),
            "is new",
        ),
        (
            R::ErrorStatusRemoved,
            answers("200: {description: ok}, 404: {description: no}"),
            answers("200: {description: ok}"),
            "is not described any more",
        ),
        (
            R::ErrorStatusAdded,
            answers("200: {description: ok}"),
            answers("200: {description: ok}, 404: {description: no}"),
            "is new",
        ),
        (
            R::ErrorTypeChanged,
            answer("404", json),
            answer("404", ""),
            "has no body any more",
        ),
        (
            R::ResponseBodyRemoved,
            answer("200", json),
            answer("200", ""),
            "has no body any more",
        ),
        (
            R::ResponseBodyAdded,
            answer("200", ""),
            answer("200", json),
            "has a body now",
        ),
        (
            R::ResponseMediaTypeRemoved,
            answer("200", both),
            answer("200", json),
            "`text/plain` any more",
        ),
        (
            R::ResponseMediaTypeAdded,
            answer("200", json),
            answer("200", both),
            "`text/plain` too",
        ),
        (
            R::ResponseHeaderRemoved,
            answer("200", header),
            answer("200", ""),
            "is gone",
        ),
        (
            R::ResponseHeaderAdded,
            answer("200", ""),
            answer("200", header),
            "is new",
        ),
        (
            R::ResponsePropertyRemoved,
            response(&properties("x: {type: string}")),
            response("{type: object}"),
            "is gone",
        ),
        (
            R::ResponsePropertyBecameOptional,
            response("{type: object, required: [x], properties: {x: {type: string}}}"),
            response(&properties("x: {type: string}")),
            "may be missing now",
        ),
        (
            R::ResponsePropertyAdded,
            response("{type: object}"),
            response(&properties("x: {type: string}")),
            "is new",
        ),
        (
            R::ResponsePropertyBecameRequired,
            response(&properties("x: {type: string}")),
            response("{type: object, required: [x], properties: {x: {type: string}}}"),
            "is always there now",
        ),
        (
            R::ResponseTypeChanged,
            response("{type: integer}"),
            response("{type: number}"),
            "was integer, is number",
        ),
        (
            R::ResponseTypeNarrowed,
            response("{type: number}"),
            response("{type: integer}"),
            "was number, is integer",
        ),
        (
            R::ResponseNullAdded,
            response("{type: string}"),
            response("{type: [string, 'null']}"),
            "may be null",
        ),
        (
            R::ResponseNullRemoved,
            response("{type: [string, 'null']}"),
            response("{type: string}"),
            "is not null any more",
        ),
        (
            R::ResponseEnumValueAdded,
            response("{enum: [x]}"),
            response("{enum: [x, y]}"),
            "with `\"y\"`",
        ),
        (
            R::ResponseEnumValueRemoved,
            response("{enum: [x, y]}"),
            response("{enum: [x]}"),
            "without `\"y\"`",
        ),
        (
            R::ResponseLimitLoosened,
            response("{type: string, pattern: x}"),
            response("{type: string}"),
            "`pattern` was `x`, is none",
        ),
        (
            R::ResponseLimitTightened,
            response("{type: string}"),
            response("{type: string, pattern: x}"),
            "`pattern` was none, is `x`",
        ),
        (
            R::ResponseChoiceAdded,
            response("{oneOf: [{type: string}, {type: integer}]}"),
            response("{oneOf: [{type: string}, {type: integer}, {type: boolean}]}"),
            "may be boolean",
        ),
        (
            R::ResponseChoiceRemoved,
            response("{oneOf: [{type: string}, {type: integer}]}"),
            response("{type: integer}"),
            "is not string any more",
        ),
        (
            R::DiscriminatorChanged,
            choice(
                two,
                &format!("a: {a}").replace("{$ref: ", "").replace('}', ""),
            ),
            choice(two, ""),
            "`a` tells no shape any more",
        ),
        (
            R::SecurityTightened,
            secured("[{login: [a]}]"),
            secured("[{login: [a, b]}]"),
            "`login` (a) is not enough any more",
        ),
        (
            R::SecurityLoosened,
            secured("[{login: [a]}]"),
            secured("[{login: [a]}, {key: []}]"),
            "takes `login` (a) or `key`",
        ),
        (
            R::SecuritySchemeChanged,
            with_scheme("{type: apiKey, in: header, name: Key}"),
            with_scheme("{type: http, scheme: basic}"),
            "asks for something else",
        ),
        (
            R::ServerRemoved,
            with_servers("[{url: 'https://a.example/v1'}]"),
            with_servers("[{url: 'https://b.example/v1'}]"),
            "`https://a.example/v1` is not named any more",
        ),
        (
            R::ServerAdded,
            with_servers("[{url: 'https://a.example'}]"),
            with_servers("[{url: 'https://a.example'}, {url: 'https://b.example'}]"),
            "`https://b.example` is new",
        ),
        (
            R::BasePathChanged,
            with_servers("[{url: 'https://a.example/v1'}]"),
            with_servers("[{url: 'https://a.example/v2'}]"),
            "was `/v1`, is `/v2`",
        ),
    ]
}

#[test]
fn each_rule_has_an_example() {
    let table = table();
    for rule in Rule::ALL {
        assert!(
            table.iter().any(|(r, ..)| r == rule),
            "no example of {rule}"
        );
    }
    for (rule, old, new, message) in table {
        let found = diff(&model(&old), &model(&new));
        let change = found.changes.iter().find(|c| c.rule == rule);
        let change = change.unwrap_or_else(|| panic!("{rule} is not found:\n{found}{old}\n{new}"));
        assert!(
            change.message.contains(message),
            "{rule}: {}",
            change.message
        );
        assert_eq!(change.severity, rule.severity());
        // Nothing else is made of it, save that what moves leaves one place and comes to another.
        let others: Vec<_> = found.changes.iter().filter(|c| c.rule != rule).collect();
        let pairs = [Rule::SuccessStatusRemoved, Rule::ServerRemoved];
        assert!(
            others.is_empty() || pairs.contains(&rule),
            "{rule}: {others:#?}"
        );
    }
}

#[test]
fn a_document_does_not_differ_from_itself_in_any_version() {
    for (name, model) in models() {
        assert_eq!(diff(&model, &model), Diff::default(), "{name}");
    }
    for text in [
        secured("[{login: [a]}]"),
        choice("{$ref: '#/components/schemas/A'}", ""),
    ] {
        let model = model(&text);
        for (word, version) in Version::ALL {
            let text = convert(&model, version).document.to_string();
            let found = diff(&model, &read(&text, "converted").unwrap());
            assert_eq!(found, Diff::default(), "to {word}\n{found}");
        }
    }
}

/// A document whose answer is a tree, with the schema under this name.
fn tree(name: &str, leaf: &str) -> String {
    document(&format!(
        "paths: {{/a: {{post: {{operationId: a, responses: {{200: {{description: ok, content: \
         {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}}}}}}}}}}}, \
         components: {{schemas: {{{name}: {{type: object, properties: {{leaf: {leaf}, children: \
         {{type: array, items: {{$ref: '#/components/schemas/{name}'}}}}}}}}}}}}"
    ))
}

#[test]
fn another_name_of_a_recursive_schema_is_no_change() {
    let string = "{type: string}";
    let old = model(&tree("Tree", string));
    assert_eq!(diff(&old, &model(&tree("Branch", string))), Diff::default());
    // Told once, however deep it is looked into.
    let found = diff(&old, &model(&tree("Branch", "{type: integer}")));
    assert_eq!(
        found.to_string(),
        "Tree, in a\n  breaking    leaf was string, is integer [response-type-changed]\n\n\
         1 breaking change, 0 warnings, 0 compatible changes\n"
    );
}

#[test]
fn what_is_only_read_is_no_part_of_a_request() {
    let schema = |extra: &str| properties(&format!("id: {{type: string{extra}}}"));
    let old = model(&request(&schema(", readOnly: true")));
    assert_eq!(
        diff(&old, &model(&request("{type: object}"))),
        Diff::default()
    );
    let found = diff(&model(&request(&schema(""))), &old);
    assert_eq!(found.worst(), Some(Severity::Breaking));
}

#[test]
fn all_of_is_one_object() {
    let old = request(
        "{type: object, required: [x], properties: {x: {type: string}, y: {type: integer}}}",
    );
    let new = request(
        "{allOf: [{type: object, properties: {x: {type: string}}}, \
         {type: object, required: [x], properties: {y: {type: integer}}}]}",
    );
    assert_eq!(diff(&model(&old), &model(&new)), Diff::default());
}

const PETS: &str = r"
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        200: {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        200: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}, kind: {type: string, enum: [cat]}}}
";

/// The same with something of each severity.
fn other_pets() -> String {
    PETS.replace("query, schema", "query, required: true, schema")
        .replace("required: [name], ", "")
        .replace("enum: [cat]", "enum: [cat, dog]")
        .replace(
            "properties: {name",
            "properties: {age: {type: integer}, name",
        )
}

#[test]
fn reports_put_what_breaks_first() {
    let found = diff(&model(PETS), &model(&other_pets()));
    insta::assert_snapshot!("diff-report", found.to_string());
    insta::assert_json_snapshot!("diff-json", found);
}
