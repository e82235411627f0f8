//! The static table of operations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{
    ApiKeyLocation, Body, CollectionFormat, FlowKind, Kind, Location, Model, Operation, Parameter,
    SchemeKind, Shape, is_form, is_json,
};

/// Source of the module with the table.
pub(super) fn operations(model: &Model) -> String {
    let mut sorted: Vec<&Operation> = model.operations.iter().collect();
    // The runtime finds them by binary search.
    sorted.sort_by(|a, b| a.rust.cmp(&b.rust));
    let operations = sorted.into_iter().map(|o| operation(model, o));
    let schemes = model.security_schemes.iter().map(|(name, scheme)| {
        let kind = scheme_kind(&scheme.kind);
        quote!(SecurityScheme { name: #name, kind: #kind })
    });
    let title = &model.info.title;
    let version = &model.info.version;
    let tokens = quote! {
        use crate::runtime::{
            Api, BodyKind, ListFormat, Location, Operation, Parameter, Requirement, SchemeKind,
            SecurityScheme, Style,
        };

        /// Everything that can be called, and what each call asks for.
        pub static API: Api = Api {
            title: #title,
            version: #version,
            schemes: &[#(#schemes),*],
            operations: &[#(#operations),*],
        };
    };
    // Made of valid pieces only, so this cannot fail; if it did, the text would still be right.
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => tokens.to_string(),
    }
}

fn operation(model: &Model, operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let name = &operation.rust;
    let method = operation.method.wire();
    let path = &operation.path;
    let parameters = operation
        .parameters
        .iter()
        .filter(|p| p.location != Location::Body)
        .map(|p| self::parameter(model, operation, p));
    // A piece of the path that the document forgot.
    let missing = super::direct::missing_in_path(operation);
    let missing = missing
        .into_iter()
        .map(|name| quote!(Parameter { required: true, ..Parameter::new(#name, Location::Path) }));
    let parameters = missing.chain(parameters);
    let preferred = operation.body.as_ref().and_then(Body::preferred);
    let body = option(preferred.map(|(media_type, _)| {
        if is_json(media_type) || media_type == "*/*" {
            quote!(BodyKind::Json)
        } else if media_type.starts_with("multipart/") {
            quote!(BodyKind::Multipart)
        } else if is_form(media_type) {
            quote!(BodyKind::Form)
        } else {
            quote!(BodyKind::Raw)
        }
    }));
    let body_required = operation.body.as_ref().is_some_and(|b| b.required);
    let content_type = option(preferred.map(|(media_type, _)| match media_type {
        "*/*" => quote!("application/json"),
        other => quote!(#other),
    }));
    let accept = option(accept(&operation.produces).map(|a| quote!(#a)));
    let security = operation.security.iter().map(|all| {
        let all = all.iter().map(
            |(scheme, scopes)| quote!(Requirement { scheme: #scheme, scopes: &[#(#scopes),*] }),
        );
        quote!(&[#(#all),*])
    });
    quote! {
        Operation {
            id: #id,
            name: #name,
            method: #method,
            path: #path,
            parameters: &[#(#parameters),*],
            body: #body,
            body_required: #body_required,
            content_type: #content_type,
            accept: #accept,
            security: &[#(#security),*],
        }
    }
}

/// JSON alone if the operation can answer in it, else everything it can answer in.
fn accept(produces: &[String]) -> Option<String> {
    match produces
        .iter()
        .find(|t| t.eq_ignore_ascii_case("application/json"))
    {
        Some(_) => Some("application/json".to_owned()),
        None if produces.is_empty() => None,
        None => Some(produces.join(", ")),
    }
}

fn parameter(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let name = &parameter.name;
    let required = parameter.required;
    let resolved = model
        .resolve(&parameter.schema)
        .unwrap_or(&parameter.schema);
    let is_file = match &resolved.kind {
        Kind::Array { items } => items.kind == Kind::File,
        kind => *kind == Kind::File,
    };
    let location = match parameter.location {
        Location::Path => quote!(Location::Path),
        Location::Query => quote!(Location::Query),
        Location::Header => quote!(Location::Header),
        Location::Cookie => quote!(Location::Cookie),
        Location::Form | Location::Body if is_file => quote!(Location::File),
        Location::Form | Location::Body => quote!(Location::Form),
    };
    let list = option(parameter.collection().map(|format| match format {
        CollectionFormat::Csv => quote!(ListFormat::Joined(",")),
        CollectionFormat::Ssv => quote!(ListFormat::Joined(" ")),
        CollectionFormat::Tsv => quote!(ListFormat::Joined("\t")),
        CollectionFormat::Pipes => quote!(ListFormat::Joined("|")),
        CollectionFormat::Multi => quote!(ListFormat::Repeated),
    }));
    let style = format_ident!("{}", format!("{:?}", parameter.style));
    let explode = parameter.explode;
    let allow_reserved = parameter.allow_reserved;
    let content = option(content(operation, parameter).map(|c| quote!(#c)));
    quote!(Parameter {
        name: #name,
        location: #location,
        required: #required,
        list: #list,
        style: Style::#style,
        explode: #explode,
        allow_reserved: #allow_reserved,
        content: #content,
    })
}

/// Media type in which a parameter's value is written; `None` if its style says how.
fn content<'m>(operation: &'m Operation, parameter: &'m Parameter) -> Option<&'m str> {
    if parameter.location != Location::Form {
        return parameter.content.as_deref();
    }
    let (_, media) = operation.body.as_ref()?.preferred()?;
    match media.encoding.get(&parameter.name) {
        Some(encoding) => encoding.content_type.as_deref(),
        // An object in a form is JSON, unless the document says otherwise.
        None => (parameter.shape == Shape::Object).then_some("application/json"),
    }
}

fn scheme_kind(kind: &SchemeKind) -> TokenStream {
    match kind {
        SchemeKind::Basic => quote!(SchemeKind::Basic),
        SchemeKind::Bearer { .. } => quote!(SchemeKind::Bearer),
        SchemeKind::OpenIdConnect { .. } => quote!(SchemeKind::OAuth2 { token_url: None }),
        SchemeKind::OAuth2 { flows } => {
            // The endpoint of the grant that needs no person counts most.
            let url = flows
                .iter()
                .find(|f| f.kind == FlowKind::ClientCredentials)
                .and_then(|f| f.token_url.as_deref())
                .or_else(|| flows.iter().find_map(|f| f.token_url.as_deref()));
            let url = option(url.map(|u| quote!(#u)));
            quote!(SchemeKind::OAuth2 { token_url: #url })
        }
        SchemeKind::ApiKey {
            name,
            location: ApiKeyLocation::Header,
        } => {
            quote!(SchemeKind::HeaderKey(#name))
        }
        SchemeKind::ApiKey {
            name,
            location: ApiKeyLocation::Query,
        } => {
            quote!(SchemeKind::QueryKey(#name))
        }
        SchemeKind::ApiKey {
            name,
            location: ApiKeyLocation::Cookie,
        } => {
            quote!(SchemeKind::CookieKey(#name))
        }
        SchemeKind::Http { .. } | SchemeKind::MutualTls => quote!(SchemeKind::Other),
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}
