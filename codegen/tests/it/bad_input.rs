//! Input that is wrong: an error that says where, never a panic.

use hydra_codegen::emit::{Backend, Options, rust};
use hydra_codegen::read::read;

use crate::documents;

/// A Swagger 2.0 document with this in place of its paths and definitions.
fn two(rest: &str) -> String {
    format!(r#"{{"swagger":"2.0","info":{{"title":"t","version":"1"}},{rest}}}"#)
}

fn three(rest: &str) -> String {
    format!(r#"{{"openapi":"3.1.0","info":{{"title":"t","version":"1"}},{rest}}}"#)
}

fn options() -> Options {
    Options {
        package_name: "p".to_owned(),
        package_version: "1.0.0".to_owned(),
        source: "d".to_owned(),
        ..Options::default()
    }
}

#[test]
fn errors_say_where() {
    let get = |inside: &str| two(&format!(r#""paths":{{"/a":{{"get":{{{inside}}}}}}}"#));
    let schema = |inside: &str| two(&format!(r#""paths":{{}},"definitions":{{"A":{inside}}}"#));
    let cases = [
        (String::new(), "the document must be an object"),
        ("{".to_owned(), "d:1:1: not valid JSON"),
        ("a: [1".to_owned(), "d:1:"),
        ("[1, 2]".to_owned(), "the document must be an object"),
        ("{}".to_owned(), "#: this is no API description"),
        (
            r#"{"swagger":"1.2"}"#.to_owned(),
            "#/swagger: version 1.2 is not known",
        ),
        (
            r#"{"openapi":"4.0.0"}"#.to_owned(),
            "#/openapi: version 4.0.0 is not known",
        ),
        (
            two(r#""paths":[]"#),
            "#/paths: an object is expected here, found a list",
        ),
        (
            get(r##""parameters":[{"$ref":"#/parameters/no"}],"responses":{}"##),
            "parameters/0/$ref: `#/parameters/no` does not exist",
        ),
        (
            schema(r##"{"$ref":"#/definitions/B"}"##),
            "#/definitions/A/$ref: `#/definitions/B` does not exist",
        ),
        (
            schema(r##"{"$ref":"#/definitions/A"}"##),
            "leads back to itself",
        ),
        (
            schema(r#"{"$ref":"other.json#/A"}"#),
            "is another file, and this document is in none",
        ),
        (
            schema(r##"{"$ref":"#A"}"##),
            "is neither a JSON pointer nor the name of an `$anchor`",
        ),
        (
            schema(r#"{"type":"object","properties":[]}"#),
            "properties: an object is expected",
        ),
        (
            three(
                r##""paths":{"/a":{"get":{"requestBody":{"$ref":"#/components/requestBodies/x"}}}}"##,
            ),
            "does not exist",
        ),
        (
            three(r##""paths":{"/a":{"$ref":"#/paths/~1b"},"/b":{"$ref":"#/paths/~1a"}}"##),
            "go round in a circle",
        ),
    ];
    for (text, expected) in cases {
        let error = read(&text, "d").err().map(|e| e.to_string());
        let error = error.unwrap_or_else(|| panic!("accepted: {text}"));
        assert!(
            error.contains(expected),
            "{text}\n{error}\nis not: {expected}"
        );
        assert!(error.starts_with("d:"), "{error}");
    }
}

/// Every document of the corpus, cut off and with each of its parts replaced by something else.
#[test]
fn damage_never_panics() {
    let options = options();
    for (name, text) in documents() {
        for at in (0..text.len()).step_by(97) {
            let _ = read(&String::from_utf8_lossy(&text.as_bytes()[..at]), &name);
        }
        let whole: serde_json::Value = if text.starts_with('{') {
            serde_json::from_str(&text).unwrap()
        } else {
            serde_saphyr::from_str(&text).unwrap()
        };
        let mut pointers = Vec::new();
        collect(&whole, String::new(), &mut pointers);
        for (i, pointer) in pointers.iter().enumerate() {
            for (j, other) in [
                serde_json::Value::Null,
                7.into(),
                "x".into(),
                serde_json::json!([]),
                serde_json::json!({}),
            ]
            .into_iter()
            .enumerate()
            {
                let mut damaged = whole.clone();
                *damaged.pointer_mut(pointer).unwrap() = other;
                if let Ok(model) = read(&damaged.to_string(), &name)
                    // The emitter is slow, so a sample of what is still a document will do.
                    && (i + j) % 23 == 0
                {
                    let _ = rust::emit(&model, &options);
                }
            }
        }
    }
}

fn collect(value: &serde_json::Value, pointer: String, into: &mut Vec<String>) {
    let key = |k: &str| format!("{pointer}/{}", k.replace('~', "~0").replace('/', "~1"));
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| collect(v, key(k), into)),
        serde_json::Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(i, v)| collect(v, key(&i.to_string()), into));
        }
        _ => {}
    }
    into.push(pointer);
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = format!("{}{}", r#"{"items":"#.repeat(5000), "}".repeat(5000));
    assert!(
        read(
            &two(&format!(r#""paths":{{}},"definitions":{{"A":{deep}}}"#)),
            "d"
        )
        .is_err()
    );
    let deep = format!("a: {}", "[".repeat(5000));
    assert!(read(&deep, "d").is_err());
}

#[test]
fn references_cannot_grow_without_bound() {
    // Each part holds the one before it twice: 2^40 schemas if they were all written out.
    let mut parts = vec![r#""p0":{"type":"string"}"#.to_owned()];
    for n in 1..40 {
        let before = format!(r##"{{"$ref":"#/parts/p{}"}}"##, n - 1);
        parts.push(format!(r#""p{n}":{{"allOf":[{before},{before}]}}"#));
    }
    let text = two(&format!(
        r##""paths":{{}},"parts":{{{}}},"definitions":{{"A":{{"$ref":"#/parts/p39"}}}}"##,
        parts.join(",")
    ));
    let error = read(&text, "d").unwrap_err();
    assert!(error.to_string().contains("expand without end"), "{error}");
    let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n".to_owned()
        + &(0..30)
            .map(|n| format!("d{n}: [*c,*c]\n"))
            .collect::<String>();
    assert!(read(&bomb, "d").is_err());
}

#[test]
fn objects_cannot_grow_without_bound() {
    // Each holds the next one twice, put together anew.
    let schemas: Vec<_> = (0..40)
        .map(|n| {
            let part = format!(
                r##"{{"allOf":[{{"$ref":"#/definitions/A{}"}},{{"properties":{{"x":{{}}}}}}]}}"##,
                n + 1
            );
            format!(r#""A{n}":{{"properties":{{"a":{part},"b":{part}}}}}"#)
        })
        .collect();
    let text = two(&format!(
        r#""paths":{{}},"definitions":{{{},"A40":{{"properties":{{"y":{{}}}}}}}}"#,
        schemas.join(",")
    ));
    let model = read(&text, "d").unwrap();
    let progenitor = Options {
        backend: Backend::Progenitor,
        ..options()
    };
    let problems = rust::emit(&model, &progenitor).unwrap().problems;
    assert!(
        problems.iter().any(|p| p.message.contains("without end")),
        "{problems:?}"
    );
    // One type for each place in the document, however often it is reached.
    let files = rust::emit(&model, &options()).unwrap().files;
    let types = files.iter().find(|f| f.path.ends_with("types.rs")).unwrap();
    assert!(types.contents.matches("pub struct").count() < 200);
}
