//! Where the document says that servers are.

use std::fmt::Write as _;

use super::super::docs;
use super::definitions::comment;
use super::names::{field_name, literal, variant_name};
use crate::model::names::Unique;
use crate::model::{Model, Server};

/// Source of the module with an enum of servers.
pub(super) fn source(model: &Model) -> String {
    let from_address = [Server {
        url: model.address.default_url(),
        ..Server::default()
    }];
    let servers = match model.servers.as_slice() {
        [] => &from_address[..],
        servers => servers,
    };
    let mut names = Unique::default();
    let mut variants = String::new();
    let mut urls = String::new();
    let mut first = None;
    for server in servers {
        let name = names.numbered(&name(server), 2);
        let (fields, defaults, url) = parts(server);
        let mut text = vec![format!("`{}`", server.url.replace('`', "'"))];
        text.extend(server.description.as_deref().map(docs::clean));
        text.reverse();
        comment(&mut variants, "    ", &text.join("\n\n"));
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        if fields.is_empty() {
            let _ = writeln!(variants, "    {name},");
            let _ = writeln!(
                urls,
                "            Self::{name} => {}.to_owned(),",
                literal(&server.url)
            );
            first.get_or_insert(format!("Self::{name}"));
            continue;
        }
        let _ = writeln!(variants, "    {name} {{");
        for (field, text) in &fields {
            comment(&mut variants, "        ", text);
            let _ = writeln!(variants, "        {field}: String,");
        }
        variants.push_str("    },\n");
        let _ = writeln!(
            urls,
            "            Self::{name} {{ {} }} => [{}].concat(),",
            names.join(", "),
            url.join(", ")
        );
        first.get_or_insert(format!("Self::{name} {{ {} }}", defaults.join(", ")));
    }
    let first = first.unwrap_or_default();
    format!(
        "use crate::runtime::Config;\n\n\
         /// A server that the API's description names; any other is told to [`Config::new`].\n\
         #[derive(Clone, Debug, PartialEq, Eq)]\npub enum Server {{\n{variants}}}\n\n\
         impl Server {{\n    /// Its base URL.\n    pub fn url(&self) -> String {{\n        \
         match self {{\n{urls}        }}\n    }}\n\n    \
         /// Settings for it.\n    pub fn config(&self) -> Config {{\n        \
         Config::new(self.url())\n    }}\n}}\n\n\
         /// The first that is described, its variables as the description has them.\n\
         impl Default for Server {{\n    fn default() -> Self {{\n        {first}\n    }}\n}}\n"
    )
}

/// Fields with their documentation, fields with default values, and the URL in pieces.
type Parts = (Vec<(String, String)>, Vec<String>, Vec<String>);

fn parts(server: &Server) -> Parts {
    let mut unique = Unique::default();
    let (mut fields, mut defaults, mut url) = (Vec::new(), Vec::new(), Vec::new());
    if !server.url.contains("://") && !server.url.starts_with('{') {
        let field = unique.numbered("origin", 2);
        defaults.push(format!("{field}: \"http://localhost\".to_owned()"));
        url.push(format!("{field}.as_str()"));
        if !server.url.starts_with('/') {
            url.push("\"/\"".to_owned());
        }
        let text = "Scheme and host, which the description leaves open.";
        fields.push((field, text.to_owned()));
    }
    let mut rest = server.url.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            url.push(literal(before));
        }
        let variable = server.variables.get(name).cloned().unwrap_or_default();
        let field = unique.numbered(&field_name(name), 2);
        let mut text = variable
            .description
            .as_deref()
            .map_or_else(String::new, docs::clean);
        if !variable.enumeration.is_empty() {
            let values: Vec<_> = variable
                .enumeration
                .iter()
                .map(|v| format!("`{}`", v.replace('`', "'")))
                .collect();
            text = format!("{text}\n\nOne of {}.", values.join(", "))
                .trim()
                .to_owned();
        }
        defaults.push(format!(
            "{field}: {}.to_owned()",
            literal(&variable.default)
        ));
        url.push(format!("{field}.as_str()"));
        fields.push((field, text));
        rest = after;
    }
    if !rest.is_empty() {
        url.push(literal(rest));
    }
    (fields, defaults, url)
}

/// What to call a server: its name, a short description, or `Default`.
fn name(server: &Server) -> String {
    let short = server
        .description
        .as_deref()
        .filter(|d| d.len() <= 40 && !d.contains("://") && d.chars().any(char::is_alphabetic));
    match server.name.as_deref().or(short) {
        Some(text) => variant_name(text.trim_end_matches('.')),
        None => "Default".to_owned(),
    }
}
