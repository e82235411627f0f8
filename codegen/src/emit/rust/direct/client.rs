//! The client, and a module for each tag.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::super::Options;
use super::super::docs;
use super::definitions::comment;
use super::functions::{Function, Place, function};
use super::names::{field_name, type_name};
use super::types::Types;
use crate::model::names::Unique;
use crate::model::{Method, Model, Operation};

/// What each module with functions begins with.
const USES: &str = "\
use std::collections::BTreeMap;

use futures_util::Stream;
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::StatusCode;
use serde_json::Value;

use crate::generated::types;
use crate::runtime::direct::{self, Call};
use crate::runtime::{Failure, Transport};
";

/// Operations of one tag.
struct Group<'m> {
    tag: &'m str,
    /// Type with the functions: `Pets`.
    ident: String,
    /// Function of the client, and module: `pets`.
    name: String,
    operations: Vec<&'m Operation>,
}

/// Sources of the client and the groups; and a call, for an example.
pub(super) fn files<'m>(
    types: &mut Types<'m>,
    options: &Options,
) -> (Vec<(String, String)>, Option<String>) {
    let model = types.model;
    let crate_name = options.package_name.replace('-', "_");
    let (plain, groups) = grouped(model);
    let mut files = Vec::new();
    let mut example: Option<(usize, String)> = None;
    let mut modules = String::new();
    let mut accessors = String::new();
    for group in &groups {
        let place = Place {
            receiver: &format!("client.{}()", group.name),
            crate_name: &crate_name,
            interface: options.interface,
            is_flat: false,
        };
        let functions: Vec<Function> = group
            .operations
            .iter()
            .map(|operation| function(types, operation, &place))
            .collect();
        example = better(example, &group.operations, &functions);
        let described = model.tags.iter().find(|t| t.name == group.tag);
        let text = described
            .and_then(|t| t.description.as_deref())
            .map_or_else(|| docs::clean(group.tag), docs::clean);
        let mut source = String::new();
        let _ = writeln!(source, "{USES}");
        comment(&mut source, "", &text);
        let _ = write!(
            source,
            "#[derive(Clone, Copy, Debug)]\npub struct {0}<'a> {{\n    \
             pub(crate) transport: &'a Transport,\n}}\n\nimpl<'a> {0}<'a> {{",
            group.ident
        );
        body(&mut source, &functions);
        let file = module_file(&group.name);
        files.push((format!("api/{file}.rs"), source));
        if !group.name.is_ascii() {
            let _ = writeln!(modules, "#[path = \"{file}.rs\"]");
        }
        let _ = writeln!(modules, "mod {};", group.name);
        let _ = writeln!(modules, "pub use {}::*;", group.name);
        accessors.push('\n');
        comment(&mut accessors, "    ", &text);
        let _ = writeln!(
            accessors,
            "    pub fn {0}(&self) -> crate::generated::api::{1}<'_> {{\n        \
             crate::generated::api::{1} {{ transport: &self.transport }}\n    }}",
            group.name, group.ident
        );
    }
    let place = Place {
        receiver: "client",
        crate_name: &crate_name,
        interface: options.interface,
        is_flat: true,
    };
    let mut functions: Vec<Function> = plain
        .iter()
        .map(|operation| function(types, operation, &place))
        .collect();
    let mut source =
        include_str!("../templates/client.rs").replace("{groups}", accessors.trim_end());
    if !functions.is_empty() {
        // Without a tag: the same by way of a type of its own would only be longer.
        let mut inner = String::new();
        let _ = write!(inner, "impl Client {{");
        for function in &mut functions {
            function.method = function
                .method
                .replace("Call::new(self.transport, ", "Call::new(&self.transport, ")
                .replace("Call<'a> {\n", "Call<'_> {\n");
        }
        body(&mut inner, &functions);
        source = source.replace("{functions}", &inner);
    } else {
        source = source.replace("{functions}", "");
    }
    files.push(("client.rs".to_owned(), source));
    files.push(("api/mod.rs".to_owned(), modules));
    (files, example.map(|(_, call)| call))
}

/// The simplest call so far: the one with the fewest words, reads before all others.
fn better(
    so_far: Option<(usize, String)>,
    operations: &[&Operation],
    functions: &[Function],
) -> Option<(usize, String)> {
    let all = operations
        .iter()
        .zip(functions)
        .map(|(operation, function)| {
            let effort = if operation.method == Method::Get {
                0
            } else {
                1000
            };
            (effort + function.example.len(), function.example.clone())
        });
    so_far
        .into_iter()
        .chain(all)
        .min_by_key(|(effort, _)| *effort)
}

/// Methods, the end of their `impl`, and what stands beside it.
fn body(source: &mut String, functions: &[Function]) {
    for function in functions {
        source.push_str(&function.method);
    }
    source.push_str("}\n");
    for function in functions {
        source.push_str(&function.items);
    }
}

/// Name of a module's file: without `r#`, and in ASCII, since file systems do not agree on more and
/// rustc looks for no other. Names of modules have no capitals, so that two of them stay two.
fn module_file(name: &str) -> String {
    let mut file = String::new();
    for c in name.trim_start_matches("r#").chars() {
        if c.is_ascii() {
            file.push(c);
        } else {
            let _ = write!(file, "U{:X}", u32::from(c));
        }
    }
    file
}

/// Operations without a tag, and the others by their first one.
fn grouped(model: &Model) -> (Vec<&Operation>, Vec<Group<'_>>) {
    let plain: Vec<&Operation> = model
        .operations
        .iter()
        .filter(|o| o.tags.is_empty())
        .collect();
    let mut idents = Unique::default();
    for taken in ["Client", "Call", "Transport", "Failure", "Error"] {
        idents.numbered(taken, 2);
    }
    let mut names = Unique::default();
    for taken in ["new", "over", "with", "transport", "mod"] {
        names.numbered(taken, 2);
    }
    for operation in &plain {
        names.numbered(&operation.rust, 2);
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut seen = BTreeSet::new();
    for operation in &model.operations {
        let Some(tag) = operation.tags.first() else {
            continue;
        };
        if seen.insert(tag.as_str()) {
            groups.push(Group {
                tag,
                ident: idents.numbered(&type_name(tag), 2),
                name: names.numbered(&field_name(tag), 2),
                operations: Vec::new(),
            });
        }
        if let Some(group) = groups.iter_mut().find(|g| g.tag == tag) {
            group.operations.push(operation);
        }
    }
    (plain, groups)
}
