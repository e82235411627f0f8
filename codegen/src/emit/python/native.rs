//! The native module: what the runtime has to know, and the way into the typed Rust client.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::{EmitError, File, Problem};
use super::Writer;
use crate::model::{Location, Model, Operation, is_form, is_json};

/// Modules of the runtime that are written in Rust.
const RUNTIME: &[(&str, &str)] = &[
    (
        "answer.rs",
        include_str!("../../../runtime/python/src/answer.rs"),
    ),
    (
        "call.rs",
        include_str!("../../../runtime/python/src/call.rs"),
    ),
    (
        "codec.rs",
        include_str!("../../../runtime/python/src/codec.rs"),
    ),
    (
        "connection.rs",
        include_str!("../../../runtime/python/src/connection.rs"),
    ),
    (
        "decode.rs",
        include_str!("../../../runtime/python/src/decode.rs"),
    ),
    (
        "encode.rs",
        include_str!("../../../runtime/python/src/encode.rs"),
    ),
    (
        "failure.rs",
        include_str!("../../../runtime/python/src/failure.rs"),
    ),
    (
        "given.rs",
        include_str!("../../../runtime/python/src/given.rs"),
    ),
    (
        "guard.rs",
        include_str!("../../../runtime/python/src/guard.rs"),
    ),
    ("mod.rs", include_str!("../../../runtime/python/src/lib.rs")),
    (
        "plan.rs",
        include_str!("../../../runtime/python/src/plan.rs"),
    ),
    (
        "send.rs",
        include_str!("../../../runtime/python/src/send.rs"),
    ),
    (
        "text.rs",
        include_str!("../../../runtime/python/src/text.rs"),
    ),
    (
        "timeout.rs",
        include_str!("../../../runtime/python/src/timeout.rs"),
    ),
    (
        "types.rs",
        include_str!("../../../runtime/python/src/types.rs"),
    ),
];

/// The Rust sources. `rust` are the files of the crate that calls go through.
///
/// # Errors
/// If that crate's client cannot be read, which would be a mistake of this generator.
pub(super) fn files(
    model: &Model,
    writer: &Writer<'_>,
    rust: &[File],
) -> Result<Vec<File>, EmitError> {
    let functions = functions(rust)?;
    let arms: Vec<_> = model
        .operations
        .iter()
        .filter_map(|operation| {
            let (_, inputs) = functions.iter().find(|(name, _)| *name == operation.rust)?;
            arm(operation, inputs)
        })
        .collect();
    let dispatch = if arms.is_empty() {
        quote! {
            use super::super::runtime::Dispatch;

            pub(crate) const DISPATCH: Option<Dispatch> = None;
        }
    } else {
        quote! {
            use super::super::runtime::{Dispatch, Given, Sent, outcome};
            use rust_sdk::Client;
            use rust_sdk::runtime::Transport;

            pub(crate) const DISPATCH: Option<Dispatch> = Some(dispatch);

            fn dispatch<'a>(
                transport: Transport,
                operation: &str,
                given: &'a Given,
            ) -> Option<Sent<'a>> {
                match operation {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    };
    let dispatch = syn::parse2(dispatch).map_err(|e| mistake(&e))?;
    let dispatch = format!(
        "//! From texts and JSON to the functions of the typed client. What its types cannot carry\n\
         //! unchanged has no way here, and goes over the transport.\n\n{}",
        prettyplease::unparse(&dispatch)
    );
    let mut files = vec![
        writer.rust("src/lib.rs", &library(writer)),
        writer.rust(
            "src/generated/mod.rs",
            "//! What the API's description says.\n\npub(crate) mod dispatch;",
        ),
        writer.rust("src/generated/dispatch.rs", &dispatch),
    ];
    for (name, source) in RUNTIME {
        let source = source.replace("use sdk_runtime as sdk;", "use rust_sdk::runtime as sdk;");
        files.push(writer.rust(&format!("src/runtime/{name}"), &source));
    }
    Ok(files)
}

/// `src/lib.rs`, with the user's own module in it if there is one.
fn library(writer: &Writer<'_>) -> String {
    let source = include_str!("templates/lib.rs").replace("{package}", writer.package);
    let Some(name) = &writer.options.native_module else {
        return source;
    };
    source
        .replace(
            "\nuse pyo3::prelude::*;",
            &format!("\nmod {name};\n\nuse pyo3::prelude::*;"),
        )
        .replace(
            "    runtime::init(module, &SDK)\n",
            &format!("    runtime::init(module, &SDK)?;\n    {name}::init(module)\n"),
        )
}

fn mistake(error: &syn::Error) -> EmitError {
    EmitError {
        problems: vec![Problem {
            pointer: String::new(),
            message: format!("the typed client cannot be read back: {error}"),
        }],
    }
}

/// The functions of the typed client: name, and names and types of arguments.
type Functions = Vec<(String, Vec<(String, syn::Type)>)>;

fn functions(rust: &[File]) -> Result<Functions, EmitError> {
    let client = rust
        .iter()
        .find(|file| file.path == "src/generated/client.rs");
    let source = client.map_or("", |file| file.contents.as_str());
    let file = syn::parse_file(source).map_err(|e| mistake(&e))?;
    let mut found = Vec::new();
    for item in file.items {
        let syn::Item::Impl(block) = item else {
            continue;
        };
        for item in block.items {
            let syn::ImplItem::Fn(function) = item else {
                continue;
            };
            // A body of any type is raw bytes, which the transport sends as well.
            if function.sig.asyncness.is_none()
                || function.sig.generics.type_params().next().is_some()
            {
                continue;
            }
            let inputs = function.sig.inputs.iter().filter_map(|input| match input {
                syn::FnArg::Typed(typed) => match &*typed.pat {
                    syn::Pat::Ident(ident) => Some((ident.ident.to_string(), (*typed.ty).clone())),
                    _ => None,
                },
                syn::FnArg::Receiver(_) => None,
            });
            found.push((function.sig.ident.to_string(), inputs.collect()));
        }
    }
    Ok(found)
}

/// The arm of an operation; `None` if its arguments are not of the simple kinds below.
fn arm(operation: &Operation, inputs: &[(String, syn::Type)]) -> Option<TokenStream> {
    let by_hand = |location| matches!(location, Location::Header | Location::Cookie);
    if operation.parameters.iter().any(|p| by_hand(p.location)) {
        return None;
    }
    let media = operation.body.as_ref().and_then(|body| body.preferred());
    let json = media.is_some_and(|(media, _)| is_json(media));
    if media.is_some_and(|(media, _)| !is_json(media) && !is_form(media)) {
        return None;
    }
    let mut makes = Vec::new();
    let mut passes = Vec::new();
    for (name, ty) in inputs {
        let value = format_ident!("{}", name.trim_start_matches("r#"));
        let parameter = operation
            .parameters
            .iter()
            .filter(|p| matches!(p.location, Location::Path | Location::Query))
            .find(|p| squeezed(&p.name) == squeezed(name));
        let (shape, of) = shape(ty)?;
        match parameter {
            Some(p) => {
                // A list of the caller is text by now.
                if is_list(&of) {
                    return None;
                }
                let wire = &p.name;
                makes.push(match (p.location, &shape) {
                    (Location::Path, Shape::Plain | Shape::Reference) => {
                        quote!(let #value: #of = given.path(#wire)?;)
                    }
                    (Location::Query, Shape::Plain | Shape::Reference) => {
                        quote!(let #value: #of = given.query(#wire)?;)
                    }
                    (Location::Query, _) => {
                        quote!(let #value: Option<#of> = given.query_if_any(#wire)?;)
                    }
                    _ => return None,
                });
            }
            None if name == "body" && operation.body.is_some() => {
                makes.push(match (&shape, json) {
                    (Shape::Optional | Shape::OptionalReference, true) => {
                        quote!(let #value: Option<#of> = given.json_if_any()?;)
                    }
                    (_, true) => quote!(let #value: #of = given.json()?;),
                    (Shape::Optional | Shape::OptionalReference, false) => {
                        quote!(let #value: Option<#of> = given.form_if_any()?;)
                    }
                    (_, false) => quote!(let #value: #of = given.form()?;),
                })
            }
            None => return None,
        }
        passes.push(match shape {
            Shape::Plain | Shape::Optional => quote!(#value),
            Shape::Reference if is_string(&of) => quote!(&#value),
            Shape::Reference => quote!(&#value),
            Shape::OptionalReference if is_string(&of) => quote!(#value.as_deref()),
            Shape::OptionalReference => quote!(#value.as_ref()),
        });
    }
    let named = |location| {
        operation
            .parameters
            .iter()
            .filter(move |p| p.location == location)
            .map(|p| p.name.as_str())
    };
    let query = named(Location::Query);
    let form = named(Location::Form);
    let name = &operation.rust;
    let function = format_ident!("{}", name);
    Some(quote! {
        #name if given.is_within(&[#(#query),*], &[#(#form),*], #json) => {
            #(#makes)*
            Some(Box::pin(async move {
                outcome(Client::over(transport).#function(#(#passes),*).await)
            }))
        }
    })
}

/// How an argument is handed over.
enum Shape {
    Plain,
    Reference,
    Optional,
    OptionalReference,
}

/// The shape of an argument, and the type of the value to hand over.
fn shape(ty: &syn::Type) -> Option<(Shape, TokenStream)> {
    match ty {
        syn::Type::Reference(reference) => Some((Shape::Reference, owned(&reference.elem))),
        syn::Type::Path(path) => {
            let last = path.path.segments.last()?;
            if last.ident != "Option" {
                return Some((Shape::Plain, owned(ty)));
            }
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            match arguments.args.first()? {
                syn::GenericArgument::Type(syn::Type::Reference(reference)) => {
                    Some((Shape::OptionalReference, owned(&reference.elem)))
                }
                syn::GenericArgument::Type(inner) => Some((Shape::Optional, owned(inner))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The type of a value of its own, as this crate spells it.
fn owned(ty: &syn::Type) -> TokenStream {
    if let syn::Type::Path(path) = ty
        && path.path.is_ident("str")
    {
        return quote!(String);
    }
    let mut ty = ty.clone();
    respell(&mut ty);
    quote!(#ty)
}

/// `types::X` is a module of the typed client.
fn respell(ty: &mut syn::Type) {
    let syn::Type::Path(path) = ty else { return };
    for segment in &mut path.path.segments {
        if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            for argument in &mut arguments.args {
                if let syn::GenericArgument::Type(inner) = argument {
                    respell(inner);
                }
            }
        }
    }
    let segments = &path.path.segments;
    let local =
        segments.first().is_some_and(|s| s.ident == "types") && path.path.leading_colon.is_none();
    if local {
        let rest = segments.iter().skip(1);
        let respelled: syn::Path = syn::parse_quote!(rust_sdk::types::#(#rest)::*);
        path.path = respelled;
    }
}

fn is_string(of: &TokenStream) -> bool {
    of.to_string() == "String"
}

fn is_list(of: &TokenStream) -> bool {
    let mut names = of.clone().into_iter().filter_map(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    names.any(|name| name == "Vec")
}

/// A name without what spellings differ in.
fn squeezed(name: &str) -> String {
    name.trim_start_matches("r#")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
