//! The Rust program's calls, written out by the signatures of the functions that were generated:
//! each argument of the table becomes the type that the function asks for.

use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::{FnArg, GenericArgument, Pat, PathArguments, Type};

use super::table::{Call, Case, Credential, Language};

/// A function of a generated client.
pub(super) struct Function {
    name: String,
    inputs: Vec<(String, Type)>,
    output: String,
}

/// The functions of a client, in the sources of its crate.
pub(super) fn functions<'a>(sources: impl Iterator<Item = &'a str>) -> Vec<Function> {
    let mut found = Vec::new();
    for source in sources {
        let file = syn::parse_file(source).unwrap();
        for item in file.items {
            let syn::Item::Impl(block) = item else {
                continue;
            };
            for item in block.items {
                if let syn::ImplItem::Fn(function) = item {
                    found.push(Function {
                        name: function.sig.ident.to_string(),
                        inputs: function.sig.inputs.iter().filter_map(input).collect(),
                        output: function.sig.output.to_token_stream().to_string(),
                    });
                }
            }
        }
    }
    found
}

fn input(input: &FnArg) -> Option<(String, Type)> {
    let FnArg::Typed(typed) = input else {
        return None;
    };
    let Pat::Ident(ident) = &*typed.pat else {
        return None;
    };
    Some((ident.ident.to_string(), (*typed.ty).clone()))
}

/// The module that makes the calls of a document, and what it cannot call.
pub(super) fn module(case: &Case, functions: &[Function]) -> (String, Vec<String>) {
    let mut faults = Vec::new();
    let mut out = format!(
        "use documents::{0}::*;\nuse documents::{0}::types;\nuse super::*;\n\n\
         pub(crate) async fn run(urls: &[String], outcomes: &mut Vec<Value>) {{\n",
        case.module
    );
    for (at, call) in case.calls.iter().enumerate() {
        if !call.is_done(Language::Rust) {
            out.push_str("    outcomes.push(Value::Null);\n");
            continue;
        }
        let name = call.function(Language::Rust);
        let Some(function) = functions.iter().find(|f| f.name == name) else {
            faults.push(format!(
                "{} #{at}: the crate has no function `{name}`",
                case.name
            ));
            out.push_str("    outcomes.push(Value::Null);\n");
            continue;
        };
        let reader = if function.output.contains("ByteStream") {
            "bytes"
        } else {
            "value"
        };
        writeln!(
            out,
            "    outcomes.push(caught(async {{ {reader}(client(&urls[{at}], {}, |config| config{}).{name}({}).await).await }}).await);",
            call.retries,
            credentials(call),
            arguments(call, function).unwrap_or_else(|fault| {
                faults.push(format!("{} #{at}: {fault}", case.name));
                String::new()
            }),
        )
        .unwrap();
    }
    out.push_str(
        "}\n\nfn client(url: &str, retries: u32, set: impl FnOnce(Config) -> Config) -> Client {\n    \
         let config = Config::new(url).retry(RetryPolicy { retries, first_wait: MOMENT, ..RetryPolicy::default() });\n    \
         Client::new(&set(config)).unwrap()\n}\n",
    );
    (out, faults)
}

fn credentials(call: &Call) -> String {
    let mut out = String::new();
    for (scheme, credential) in &call.credentials {
        let made = match credential {
            Credential::ApiKey(key) => format!("api_key({key:?})"),
            Credential::Basic(user, password) => format!("basic({user:?}, {password:?})"),
            Credential::Bearer(token) => format!("bearer({token:?})"),
            Credential::Client(id, secret) => {
                format!("client_credentials({id:?}, {secret:?}, [\"read\"])")
            }
        };
        write!(out, ".credential({scheme:?}, Credential::{made})").unwrap();
    }
    out
}

fn arguments(call: &Call, function: &Function) -> Result<String, String> {
    let mut left: Vec<_> = call.arguments(Language::Rust).iter().collect();
    let mut out = Vec::new();
    for (name, ty) in &function.inputs {
        // A cookie's argument has a name with something before it.
        let exact = left.iter().position(|(n, _)| squeezed(n) == squeezed(name));
        let at = exact.or_else(|| {
            left.iter()
                .position(|(n, _)| squeezed(name).ends_with(&squeezed(n)))
        });
        let value = match at {
            Some(at) => Some(left.remove(at).1.to_string()),
            None if name == "body" => body(call),
            None => None,
        };
        out.push(argument(ty, value.as_deref()));
    }
    if left.is_empty() {
        Ok(out.join(", "))
    } else {
        Err(format!("`{}` takes no {left:?}", function.name))
    }
}

fn body(call: &Call) -> Option<String> {
    let form = call.form.clone().map(serde_json::Value::from);
    let raw = call.raw.clone().map(serde_json::Value::from);
    Some(call.body.clone().or(form).or(raw)?.to_string())
}

/// The expression for an argument of a type, from JSON; `None` if it is not given.
fn argument(ty: &Type, json: Option<&str>) -> String {
    if let Some(inner) = option(ty) {
        return match json {
            Some(_) => format!("Some({})", argument(&inner, json)),
            None => "None".to_owned(),
        };
    }
    let json = json.unwrap_or("null");
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(slice) => format!("&given::<Vec<{}>>({json:?})[..]", spelled(&slice.elem)),
            Type::Path(path) if path.path.is_ident("str") => format!("&given::<String>({json:?})"),
            elem => format!("&given::<{}>({json:?})", spelled(elem)),
        },
        // Anything that becomes a request body.
        Type::ImplTrait(_) => format!("given::<String>({json:?})"),
        Type::Path(path) if path.path.segments.len() == 1 && is_generic(&spelled(ty)) => {
            format!("given::<String>({json:?})")
        }
        _ => format!("given::<{}>({json:?})", spelled(ty)),
    }
}

fn is_generic(name: &str) -> bool {
    name.len() == 1
}

/// `T` of `Option<T>`.
fn option(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == "Option" => Some(inner.clone()),
        _ => None,
    }
}

/// A type without lifetimes, as it is written.
fn spelled(ty: &Type) -> String {
    ty.to_token_stream()
        .to_string()
        .replace("& 'a ", "&")
        .replace("crate ::", "documents ::")
}

/// A name without what spellings differ in.
fn squeezed(name: &str) -> String {
    name.trim_start_matches("r#")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
