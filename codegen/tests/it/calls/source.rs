//! The Rust program's calls, written out by the signatures of the functions that were generated:
//! each argument of the table becomes the type that the function asks for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hydra_codegen::emit::File;
use quote::ToTokens as _;
use serde_json::Value;
use syn::{FnArg, GenericArgument, Item, Pat, PathArguments, Type};

use super::table::{Call, Case, Credential, Language};

/// A generated client, as far as it takes to call it.
#[derive(Default)]
pub(super) struct Client {
    functions: Vec<Function>,
    /// Type of a group of functions → the function that gives it.
    groups: BTreeMap<String, String>,
    /// Enums and structs beside the functions: path, and variants or fields.
    enums: BTreeMap<String, (String, Vec<syn::Variant>)>,
    structs: BTreeMap<String, (String, Vec<(String, Type)>)>,
}

struct Function {
    name: String,
    /// The type that it is a function of.
    of: String,
    inputs: Vec<(String, Type)>,
    output: Option<Type>,
}

impl Client {
    /// Reads the sources of a crate.
    pub(super) fn new<'a>(files: impl Iterator<Item = &'a File>, module: &str) -> Self {
        let mut client = Self::default();
        for file in files.filter(|f| !f.path.ends_with("types.rs")) {
            let place = if file.path.contains("/api/") {
                "api"
            } else {
                "client"
            };
            let place = format!("documents::{module}::generated::{place}");
            for item in syn::parse_file(&file.contents).unwrap().items {
                client.read(item, &place);
            }
        }
        client
    }

    fn read(&mut self, item: Item, place: &str) {
        let path = |ident: &syn::Ident| format!("{place}::{ident}");
        match item {
            Item::Impl(block) => {
                let of = last_ident(&block.self_ty);
                for item in block.items {
                    if let syn::ImplItem::Fn(function) = item {
                        self.function(&of, &function.sig);
                    }
                }
            }
            Item::Enum(item) => {
                let variants = item.variants.into_iter().collect();
                self.enums
                    .insert(item.ident.to_string(), (path(&item.ident), variants));
            }
            Item::Struct(item) => {
                let fields = item.fields.iter().filter_map(|field| {
                    Some((field.ident.as_ref()?.to_string(), field.ty.clone()))
                });
                self.structs.insert(
                    item.ident.to_string(),
                    (path(&item.ident), fields.collect()),
                );
            }
            _ => {}
        }
    }

    fn function(&mut self, of: &str, signature: &syn::Signature) {
        let syn::ReturnType::Type(_, output) = &signature.output else {
            return;
        };
        let name = signature.ident.to_string();
        if signature.asyncness.is_none() {
            self.groups.entry(last_ident(output)).or_insert(name);
            return;
        }
        self.functions.push(Function {
            name,
            of: of.to_owned(),
            inputs: signature.inputs.iter().filter_map(input).collect(),
            output: generic(output).as_ref().and_then(generic),
        });
    }
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
pub(super) fn module(case: &Case, client: &Client) -> (String, Vec<String>) {
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
        let Some(function) = client.functions.iter().find(|f| f.name == name) else {
            faults.push(format!(
                "{} #{at}: the crate has no function `{name}`",
                case.name
            ));
            out.push_str("    outcomes.push(Value::Null);\n");
            continue;
        };
        let group = match function.of.as_str() {
            "Client" => String::new(),
            of => format!(".{}()", client.groups.get(of).map_or("", String::as_str)),
        };
        let arguments = arguments(call, function, client).unwrap_or_else(|fault| {
            faults.push(format!("{} #{at}: {fault}", case.name));
            String::new()
        });
        writeln!(
            out,
            "    outcomes.push(caught(async {{ let client = client(&urls[{at}], {}, |config| config{}); \
             {}(client{group}.{name}({arguments}).await{}).await }}).await);",
            call.retries,
            credentials(call),
            reader(function),
            unpacked(function, client),
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

/// The function of the program that makes an outcome of an answer.
fn reader(function: &Function) -> &'static str {
    match function.output.as_ref().map(last_ident).as_deref() {
        Some("ByteStream") => "bytes",
        Some("Events") => "events",
        _ => "value",
    }
}

/// What makes JSON of an answer that is one of several by its status.
fn unpacked(function: &Function, client: &Client) -> String {
    let name = function.output.as_ref().map(last_ident).unwrap_or_default();
    let Some((path, variants)) = client.enums.get(&name) else {
        return String::new();
    };
    let arms: Vec<_> = variants
        .iter()
        .map(|variant| match variant.fields.len() {
            0 => format!("{path}::{} => Value::Null", variant.ident),
            _ => format!("{path}::{}(value) => json!(value)", variant.ident),
        })
        .collect();
    format!(
        ".and_then(|answer| answer.map(|answer| match answer {{ {} }}))",
        arms.join(", ")
    )
}

fn arguments(call: &Call, function: &Function, client: &Client) -> Result<String, String> {
    let mut left: Vec<_> = call.arguments(Language::Rust).iter().collect();
    let mut out = Vec::new();
    for (name, ty) in &function.inputs {
        // A cookie's argument has a name with something before it.
        let exact = left.iter().position(|(n, _)| squeezed(n) == squeezed(name));
        let at = exact.or_else(|| {
            let ends = |n: &str| squeezed(name).ends_with(&squeezed(n));
            left.iter().position(|(n, _)| ends(n))
        });
        let value = match at {
            Some(at) => Some(left.remove(at).1.clone()),
            None if name == "body" => body(call),
            None => None,
        };
        out.push(match client.structs.get(&last_ident(ty)) {
            Some((path, fields)) => parts(path, fields, value.as_ref()),
            None => argument(ty, value.map(|v| v.to_string()).as_deref()),
        });
    }
    if left.is_empty() {
        Ok(out.join(", "))
    } else {
        Err(format!("`{}` takes no {left:?}", function.name))
    }
}

/// The parts of a form with files.
fn parts(path: &str, fields: &[(String, Type)], value: Option<&Value>) -> String {
    let given = |name: &str| {
        let mut members = value?.as_object()?.iter();
        members
            .find(|(n, _)| squeezed(n) == squeezed(name))
            .map(|(_, value)| value)
    };
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, ty)| {
            let value = given(name);
            let of = generic(ty);
            let inner = of.as_ref().unwrap_or(ty);
            let made = match (last_ident(inner).as_str(), value) {
                ("File", Some(Value::Array(files))) => {
                    format!(
                        "vec![{}]",
                        files.iter().map(file).collect::<Vec<_>>().join(", ")
                    )
                }
                ("File", Some(value)) if of.is_some() => format!("Some({})", file(value)),
                ("File", Some(value)) => file(value),
                ("File", None) => "Default::default()".to_owned(),
                _ => argument(ty, value.map(Value::to_string).as_deref()),
            };
            format!("{name}: {made}")
        })
        .collect();
    format!("{path} {{ {} }}", fields.join(", "))
}

fn file(value: &Value) -> String {
    let text = value["$file"].as_str().unwrap_or_default();
    let name = value["name"].as_str().unwrap_or("file.txt");
    format!(
        "documents::runtime::direct::File::bytes({text:?}).name({name:?}).content_type(\"text/plain\")"
    )
}

fn body(call: &Call) -> Option<Value> {
    let form = call.form.clone().map(Value::from);
    let raw = call.raw.clone().map(Value::from);
    call.body.clone().or(form).or(raw)
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
        Type::Path(path) if path.path.segments[0].ident == "reqwest" => {
            format!("given::<String>({json:?}).into()")
        }
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
    (last_ident(ty) == "Option").then(|| generic(ty)).flatten()
}

/// The first type in angle brackets.
fn generic(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    })
}

fn last_ident(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
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
