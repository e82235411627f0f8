//! How names of the document become names of programs.
//!
//! The Python rules are those of swagger-codegen 2.4.9's `python` generator, observed from its
//! output, so that programs written against its clients find what they look for. The Rust rule
//! is progenitor's. Each function is total: any text gives a usable identifier.

use std::collections::HashMap;

use heck::ToSnakeCase;

use super::Method;

/// Words that a Python name must not be, in small letters: keywords of Python 2 and 3, type names
/// that generated code uses, and local names of swagger-codegen's generated methods.
const PYTHON_RESERVED: &[&str] = &[
    "all_params",
    "and",
    "as",
    "assert",
    "async",
    "auth_settings",
    "await",
    "body_params",
    "break",
    "class",
    "continue",
    "date",
    "datetime",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "exec",
    "false",
    "finally",
    "float",
    "for",
    "form_params",
    "from",
    "global",
    "header_params",
    "if",
    "import",
    "in",
    "int",
    "is",
    "lambda",
    "local_var_files",
    "none",
    "nonlocal",
    "not",
    "or",
    "pass",
    "path_params",
    "print",
    "property",
    "query_params",
    "raise",
    "resource_path",
    "return",
    "self",
    "str",
    "true",
    "try",
    "while",
    "with",
    "yield",
];

/// True if `word` cannot be used as a Python name, whatever its letter case.
pub fn python_is_reserved(word: &str) -> bool {
    PYTHON_RESERVED.contains(&word.to_ascii_lowercase().as_str())
}

/// Snake case with swagger-codegen's idea of a border: between a run of capitals and a capital
/// followed by a small letter, and between a small letter or digit and a capital.
///
/// `OAuth2Client` → `o_auth2_client`, `listHTTPSOAuth2Things2` → `list_httpso_auth2_things2`.
pub fn underscore(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        if c == '-' || c == ' ' {
            out.push('_');
            continue;
        }
        let before = i.checked_sub(1).and_then(|j| chars.get(j)).copied();
        let after = chars.get(i + 1).copied();
        if c.is_ascii_uppercase()
            && let Some(before) = before
        {
            let ends_run =
                before.is_ascii_uppercase() && after.is_some_and(|a| a.is_ascii_lowercase());
            let starts_word = before.is_ascii_lowercase() || before.is_ascii_digit();
            if ends_run || starts_word {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Drops what cannot stand in a name: `[]` goes; `[`, `(`, `.`, `-` and space become `_`; every
/// other character that is not an ASCII letter, a digit or `_` goes.
pub fn clean(text: &str) -> String {
    text.replace("[]", "")
        .chars()
        .filter_map(|c| match c {
            '[' | '(' | '.' | '-' | ' ' => Some('_'),
            c if c.is_ascii_alphanumeric() || c == '_' => Some(c),
            _ => None,
        })
        .collect()
}

/// Camel case with a large first letter: `_x` becomes `X`; other capitals stay.
pub fn camelize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut large = true;
    for c in text.chars() {
        if c == '_' {
            large = true;
        } else if large {
            out.extend(c.to_uppercase());
            large = false;
        } else {
            out.push(c);
        }
    }
    out
}

fn uncapitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Method name of an operation in Python. `getThingByID` → `get_thing_by_id`.
pub fn python_method(operation_id: &str) -> String {
    let joined: String = operation_id
        .split(['-', '_', ':', ';', '#'])
        .map(camelize)
        .collect();
    let name = uncapitalize(&joined);
    let name = if python_is_reserved(&name) {
        format!("call_{name}")
    } else {
        name
    };
    let name = underscore(&clean(&name));
    match name {
        n if n.is_empty() => "call".to_owned(),
        n if starts_with_digit(&n) => format!("call_{n}"),
        n => n,
    }
}

/// The id of an operation that has none: the path's pieces and the verb in camel case.
/// `PUT /things/{id}` → `thingsIdPut`.
pub fn made_operation_id(method: Method, path: &str) -> String {
    let pieces: String = path
        .split('/')
        .map(|piece| piece.replace(['{', '}'], ""))
        .filter(|piece| !piece.is_empty())
        .map(|piece| camelize(&clean(&piece)))
        .collect();
    let pieces = if pieces.is_empty() {
        "root".to_owned()
    } else {
        pieces
    };
    uncapitalize(&(pieces + &camelize(method.key())))
}

/// Name of a parameter in Python, before [`Unique`]. `clientId` → `client_id`.
pub fn python_parameter(name: &str) -> String {
    match python_property(name) {
        n if n == "callback" => "param_callback".to_owned(),
        n => n,
    }
}

/// Name of a property in Python, before [`Unique`]. `@type` → `type`, `from` → `_from`.
pub fn python_property(name: &str) -> String {
    let name = clean(name);
    let shouting = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let name = if shouting {
        name.to_ascii_lowercase()
    } else {
        name
    };
    let name = underscore(&name);
    let name = name.trim_start_matches('_');
    if name.is_empty() {
        "value".to_owned()
    } else if python_is_reserved(name) || starts_with_digit(name) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// Class name of a schema in Python. `oAuth2Client` → `OAuth2Client`.
pub fn python_class(name: &str) -> String {
    let name = clean(name);
    let name = name.trim_matches('_');
    if name.is_empty() {
        "Model".to_owned()
    } else if python_is_reserved(name) || starts_with_digit(name) {
        camelize(&format!("model_{name}"))
    } else {
        camelize(name)
    }
}

/// Module name of a class in Python. `InlineResponse2001` → `inline_response2001`.
pub fn python_module(class: &str) -> String {
    underscore(class)
}

/// Class and module of the operations under a tag. `oAuth2` → `OAuth2Api`, `o_auth2_api`.
pub fn python_group(tag: &str) -> (String, String) {
    let class = match camelize(&clean(tag)) {
        c if c.is_empty() => "Default".to_owned(),
        // A class cannot start with a digit; swagger-codegen writes code that does not parse.
        c if starts_with_digit(&c) => format!("_{c}"),
        c => c,
    };
    let module = format!("{}_api", underscore(&class));
    (class + "Api", module)
}

/// Constants of an enumeration in Python, one per value and in their order.
///
/// What all values begin with is dropped, if there is more than one and a word ends there.
pub fn python_constants(values: &[String]) -> Vec<String> {
    let dropped = if values.len() > 1 {
        common_prefix(values)
    } else {
        0
    };
    let mut unique = Unique::default();
    values
        .iter()
        .map(|value| match value.get(dropped..) {
            Some(rest) if !rest.is_empty() => rest,
            _ => value,
        })
        .map(|value| {
            if value.is_empty() {
                return "EMPTY".to_owned();
            }
            let mut name = String::new();
            for c in value.chars() {
                if c.is_ascii_alphanumeric() || c == '_' {
                    name.push(c.to_ascii_uppercase());
                } else if !name.ends_with('_') {
                    name.push('_');
                }
            }
            if starts_with_digit(&name) {
                format!("_{name}")
            } else {
                name
            }
        })
        .map(|name| unique.numbered(&name, 2))
        .collect()
}

/// Length in bytes of what all values begin with, up to the last border of a word.
fn common_prefix(values: &[String]) -> usize {
    let Some(first) = values.first() else {
        return 0;
    };
    let shared = values.iter().fold(first.len(), |len, value| {
        first
            .bytes()
            .zip(value.bytes())
            .take(len)
            .take_while(|(a, b)| a == b)
            .count()
    });
    first
        .as_bytes()
        .get(..shared)
        .and_then(|head| head.iter().rposition(|b| !b.is_ascii_alphanumeric()))
        // A border inside a multi-byte character is none.
        .filter(|&at| first.is_char_boundary(at + 1))
        .map_or(0, |at| at + 1)
}

/// Function name of an operation in Rust, before [`Unique`]; progenitor's rule, so that its hooks
/// and our tables speak of the same operation. `createOAuth2Client` → `create_o_auth2_client`.
pub fn rust_function(operation_id: &str) -> String {
    let name = operation_id
        .replace(['\'', '’'], "")
        .replace(|c: char| !(c == '_' || c.is_alphanumeric()), "-")
        .to_snake_case();
    match name {
        n if n.is_empty() => "call".to_owned(),
        n if starts_with_digit(&n) => format!("_{n}"),
        n if syn::parse_str::<syn::Ident>(&n).is_err() => format!("{n}_"),
        n => n,
    }
}

/// Makes names different from one another within one scope.
#[derive(Debug, Default)]
pub struct Unique {
    taken: HashMap<String, usize>,
}

impl Unique {
    /// `name` itself the first time, then `name2`, `name3`, … if `first` is 2.
    pub fn numbered(&mut self, name: &str, first: usize) -> String {
        self.next(name, "", first)
    }

    /// `name` itself the first time, then `name_0`, `name_1`, … if `first` is 0.
    pub fn suffixed(&mut self, name: &str, first: usize) -> String {
        self.next(name, "_", first)
    }

    fn next(&mut self, name: &str, joint: &str, first: usize) -> String {
        if !self.taken.contains_key(name) {
            self.taken.insert(name.to_owned(), first);
            return name.to_owned();
        }
        loop {
            let number = self.taken.entry(name.to_owned()).or_insert(first);
            let candidate = format!("{name}{joint}{number}");
            *number += 1;
            if !self.taken.contains_key(&candidate) {
                self.taken.insert(candidate.clone(), first);
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        for (id, expected) in [
            ("getThingByID", "get_thing_by_id"),
            ("Things.list-all_now", "things_list_all_now"),
            ("import", "call_import"),
            ("GETDates", "g_et_dates"),
            ("listOAuth2Clients", "list_o_auth2_clients"),
            ("listHTTPSOAuth2Things2", "list_httpso_auth2_things2"),
            ("", "call"),
            ("2fa", "call_2fa"),
            ("日本", "call"),
        ] {
            assert_eq!(python_method(id), expected, "{id:?}");
        }
    }

    #[test]
    fn parameters_and_properties() {
        for (name, expected) in [
            ("clientId", "client_id"),
            ("Body", "body"),
            ("from", "_from"),
            ("_hidden", "hidden"),
            ("@type", "type"),
            ("HTTPStatus", "http_status"),
            ("LIMIT", "limit"),
            ("2nd", "_2nd"),
            ("$filter", "filter"),
            ("tags[]", "tags"),
            ("x-request-id", "x_request_id"),
            ("a.b", "a_b"),
            ("EA", "ea"),
            ("date", "_date"),
            ("id", "id"),
            ("$", "value"),
        ] {
            assert_eq!(python_property(name), expected, "{name:?}");
        }
        assert_eq!(python_parameter("callback"), "param_callback");
        assert_eq!(python_property("callback"), "callback");
    }

    #[test]
    fn classes_and_modules() {
        for (name, class, module) in [
            ("oAuth2Client", "OAuth2Client", "o_auth2_client"),
            ("return", "ModelReturn", "model_return"),
            ("200_response", "Model200Response", "model200_response"),
            ("dotted.name.Model", "DottedNameModel", "dotted_name_model"),
            (
                "swaggeruserinfoResponse",
                "SwaggeruserinfoResponse",
                "swaggeruserinfo_response",
            ),
            (
                "inline_response_200_1",
                "InlineResponse2001",
                "inline_response2001",
            ),
            ("EA", "EA", "ea"),
            ("", "Model", "model"),
        ] {
            assert_eq!(python_class(name), class, "{name:?}");
            assert_eq!(python_module(class), module, "{class:?}");
        }
    }

    #[test]
    fn groups() {
        for (tag, class, module) in [
            ("oAuth2", "OAuth2Api", "o_auth2_api"),
            ("jsonWebKey", "JsonWebKeyApi", "json_web_key_api"),
            ("Thing-Store", "ThingStoreApi", "thing_store_api"),
            ("default", "DefaultApi", "default_api"),
            ("", "DefaultApi", "default_api"),
            ("2fa", "_2faApi", "_2fa_api"),
        ] {
            assert_eq!(
                python_group(tag),
                (class.to_owned(), module.to_owned()),
                "{tag:?}"
            );
        }
    }

    #[test]
    fn made_ids() {
        assert_eq!(made_operation_id(Method::Put, "/things"), "thingsPut");
        assert_eq!(
            made_operation_id(Method::Get, "/things/{thing-id}"),
            "thingsThingIdGet"
        );
        assert_eq!(made_operation_id(Method::Get, "/"), "rootGet");
    }

    #[test]
    fn constants() {
        let names = |values: &[&str]| {
            python_constants(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names(&["big-one", "1st"]), ["BIG_ONE", "_1ST"]);
        assert_eq!(names(&["color_red", "color_blue"]), ["RED", "BLUE"]);
        assert_eq!(names(&["status-on", "status-off"]), ["ON", "OFF"]);
        assert_eq!(names(&["", "a"]), ["EMPTY", "A"]);
        assert_eq!(names(&["a b", "a-b"]), ["A_B", "A_B2"]);
        assert_eq!(names(&["é-1", "é-2"]), ["_1", "_2"]);
    }

    #[test]
    fn rust_functions() {
        for (id, expected) in [
            ("createOAuth2Client", "create_o_auth2_client"),
            ("type", "type_"),
            ("users/list", "users_list"),
            ("2fa", "_2fa"),
            ("", "call"),
        ] {
            assert_eq!(rust_function(id), expected, "{id:?}");
        }
    }

    #[test]
    fn unique_names() {
        let mut unique = Unique::default();
        let got: Vec<_> = ["a", "a", "b", "a", "a2"]
            .map(|n| unique.numbered(n, 2))
            .into();
        assert_eq!(got, ["a", "a2", "b", "a3", "a22"]);
        let mut unique = Unique::default();
        let got: Vec<_> = ["do_it", "do_it", "do_it"]
            .map(|n| unique.suffixed(n, 0))
            .into();
        assert_eq!(got, ["do_it", "do_it_0", "do_it_1"]);
    }
}
