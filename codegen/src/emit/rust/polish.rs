//! Mending what progenitor wrote.

use quote::quote;
use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::{
    Fields, GenericArgument, Ident, Item, ItemStruct, Path, PathArguments, Token, Type, parse_quote,
};

use super::profile::Profile;

/// Adapts the module with the typed client to its place: on top of the runtime.
pub(super) fn polish(file: &mut syn::File, profile: &Profile<'_>, defaultable: &[&str]) {
    for item in &mut file.items {
        match item {
            Item::Impl(block) => without_constructors(block),
            Item::Mod(module) if module.ident == "types" => {
                let Some((_, items)) = &mut module.content else {
                    continue;
                };
                let mut more = Vec::new();
                for item in items.iter_mut() {
                    if let Item::Struct(item) = item {
                        own_name_for_unknown(item);
                        let name = item.ident.to_string();
                        if defaultable.contains(&name.as_str()) {
                            reading_gaps(item);
                        }
                        if let Some(component) = profile.components.get(&name) {
                            more.extend(hiding_secrets(item, component));
                        }
                    }
                }
                items.extend(more);
            }
            _ => {}
        }
    }
}

/// Takes progenitor's constructors out of reach: they know nothing of the transport's settings.
fn without_constructors(block: &mut syn::ItemImpl) {
    let is_client = matches!(&*block.self_ty, Type::Path(p) if p.path.is_ident("Client"));
    if block.trait_.is_some() || !is_client {
        return;
    }
    block
        .items
        .retain(|item| !matches!(item, syn::ImplItem::Fn(f) if f.sig.ident == "new"));
    for item in &mut block.items {
        if let syn::ImplItem::Fn(function) = item
            && function.sig.ident == "new_with_client"
        {
            function.vis = parse_quote!(pub(crate));
        }
    }
}

/// Makes an answer readable in which a required member is absent or null, or a number is a text.
fn reading_gaps(item: &mut ItemStruct) {
    item.attrs.push(parse_quote!(#[serde(default)]));
    for field in &mut item.fields {
        let (held, is_option) = match held_by_option(&field.ty) {
            Some(held) => (held, true),
            None => (&field.ty, false),
        };
        let lenient = if is_plain(held) {
            Some("crate::runtime::lenient::plain")
        } else if is_option || is_flattened(field) {
            None
        } else {
            Some("crate::runtime::lenient::null_as_default")
        };
        if let Some(path) = lenient {
            // Typify has one of its own for a required member that may be null.
            field
                .attrs
                .retain(|attribute| !says(attribute, "deserialize_with"));
            field
                .attrs
                .push(parse_quote!(#[serde(deserialize_with = #path)]));
        }
    }
}

/// True for `#[serde(word = …)]` with nothing beside it.
fn says(attribute: &syn::Attribute, word: &str) -> bool {
    attribute.path().is_ident("serde")
        && attribute
            .parse_args::<syn::MetaNameValue>()
            .is_ok_and(|inner| inner.path.is_ident(word))
}

/// The type that an `Option` of the standard library may hold; a schema's name can be `Option`
/// too, but its path has one piece only.
fn held_by_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|_| path.path.segments.len() > 1)?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) if segment.ident == "Option" => {
            match arguments.args.first()? {
                GenericArgument::Type(held) => Some(held),
                _ => None,
            }
        }
        _ => None,
    }
}

/// True for the types that the runtime's `lenient::plain` reads.
fn is_plain(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let pieces: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|s| s.ident.to_string())
        .collect();
    match pieces.as_slice() {
        [only] => matches!(only.as_str(), "i64" | "u64" | "f64" | "bool"),
        [std, string, name] => {
            (std.as_str(), string.as_str(), name.as_str()) == ("std", "string", "String")
        }
        _ => false,
    }
}

/// Replaces `Debug` by one that does not show what the document calls a password. `None` if there
/// is no such field.
fn hiding_secrets(item: &mut ItemStruct, component: &Value) -> Option<Item> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let is_secret = |field: &syn::Field| {
        let name = json_name(field)?;
        component
            .get("properties")?
            .get(name)?
            .get("x-secret")?
            .as_bool()
    };
    let secret: Vec<bool> = fields
        .named
        .iter()
        .map(|field| is_secret(field).unwrap_or_default())
        .collect();
    if !secret.contains(&true) {
        return None;
    }
    let shown = fields
        .named
        .iter()
        .zip(&secret)
        .filter_map(|(field, secret)| {
            let ident = field.ident.as_ref()?;
            let name = ident.to_string();
            Some(if *secret {
                quote!(.field(#name, &::std::format_args!("…")))
            } else {
                quote!(.field(#name, &self.#ident))
            })
        });
    let ident = &item.ident;
    let name = ident.to_string();
    let block: Item = parse_quote! {
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#name)#(#shown)*.finish()
            }
        }
    };
    for attribute in &mut item.attrs {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let derives = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        if let Ok(derives) = derives {
            let kept: Vec<_> = derives
                .into_iter()
                .filter(|path| !path.is_ident("Debug"))
                .collect();
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    Some(block)
}

/// Name of a field in JSON.
fn json_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        // Other members of the attribute are passed over.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let text: syn::LitStr = value.parse()?;
                if meta.path.is_ident("rename") {
                    name = text.value();
                }
            }
            Ok(())
        });
    }
    Some(name)
}

fn is_flattened(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attribute| {
        attribute.meta.require_list().is_ok_and(|list| {
            list.path.is_ident("serde") && list.tokens.to_string().contains("flatten")
        })
    })
}

/// Gives the field for members that the document does not know another name than `extra`, if the
/// document knows one of that name.
fn own_name_for_unknown(item: &mut ItemStruct) {
    let names: Vec<_> = item.fields.iter().filter_map(|f| f.ident.clone()).collect();
    if names.iter().filter(|name| *name == "extra").count() < 2 {
        return;
    }
    let free = ["additional", "unknown", "other"]
        .into_iter()
        .find(|name| !names.iter().any(|n| n == name))
        .unwrap_or("members_that_the_document_does_not_know");
    for field in &mut item.fields {
        if is_flattened(field)
            && let Some(ident) = &mut field.ident
        {
            *ident = Ident::new(free, ident.span());
        }
    }
}
