//! Whoever wrote a client for Hydra 0.10 finds every name of its API in ours.
//!
//! `hydra-0.10.names.json` lists the names that its Swagger document tells and its server knows: operations with
//! method, path, parameters and the properties of what they take and give. What that document tells of the insides of a
//! Go program (writers, managers, parameters as definitions) is left out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

const NAMES: &str = include_str!("hydra-0.10.names.json");
const CONTRACT: &str = include_str!("../../api.swagger.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    operations: BTreeMap<String, Operation>,
    definitions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    method: String,
    path: String,
    parameters: Vec<Parameter>,
    /// The definition of the body.
    takes: Option<String>,
    /// The properties of the answer to success, or of its items.
    #[serde(default)]
    gives: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    r#in: String,
    required: bool,
}

#[test]
fn every_operation_is_where_it_was_and_takes_and_gives_no_less() -> Result<()> {
    let names: Names = serde_json::from_str(NAMES)?;
    let contract: Value = serde_json::from_str(CONTRACT)?;
    let mut missing = Vec::new();
    for (id, wanted) in &names.operations {
        let ours = &contract["paths"][&wanted.path][&wanted.method];
        if ours["operationId"] != id.as_str() {
            missing.push(format!("{id}: {} {}", wanted.method, wanted.path));
            continue;
        }
        missing.extend(lost_parameters(ours, wanted).map(|what| format!("{id}: {what}")));
        let given = success(&contract, ours)
            .map(|schema| properties(&contract, schema))
            .unwrap_or_default();
        missing.extend(
            wanted
                .gives
                .iter()
                .filter(|property| !given.contains(property.as_str()))
                .map(|property| format!("{id}: answers no `{property}`")),
        );
    }
    assert!(missing.is_empty(), "lost since 0.10:\n{missing:#?}");
    Ok(())
}

#[test]
fn every_definition_has_the_properties_that_it_had() -> Result<()> {
    let names: Names = serde_json::from_str(NAMES)?;
    let contract: Value = serde_json::from_str(CONTRACT)?;
    let mut missing = Vec::new();
    for (name, wanted) in &names.definitions {
        let ours = contract["definitions"]
            .get(name)
            .map(|schema| properties(&contract, schema))
            .unwrap_or_default();
        missing.extend(
            wanted
                .iter()
                .filter(|property| !ours.contains(property.as_str()))
                .map(|property| format!("{name}.{property}")),
        );
    }
    assert!(missing.is_empty(), "lost since 0.10:\n{missing:#?}");
    Ok(())
}

/// What the operation no longer takes, and what it takes to be there that was not needed before.
fn lost_parameters<'a>(
    ours: &'a Value,
    wanted: &'a Operation,
) -> impl Iterator<Item = String> + 'a {
    let of_ours = |name: &str, place: &str| {
        ours["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|it| it["name"] == name && it["in"] == place)
    };
    let lost = wanted.parameters.iter().filter_map(move |parameter| {
        match of_ours(&parameter.name, &parameter.r#in) {
            None => Some(format!("takes no {} `{}`", parameter.r#in, parameter.name)),
            // A body was never of no use where 0.10 says that it may be left out.
            Some(found)
                if found["required"] == true && !parameter.required && parameter.r#in != "body" =>
            {
                Some(format!("needs `{}`, which was optional", parameter.name))
            }
            Some(_) => None,
        }
    });
    let known: BTreeSet<&str> = wanted.parameters.iter().map(|it| &*it.name).collect();
    let demanded = ours["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(move |it| {
            it["required"] == true && !it["name"].as_str().is_some_and(|it| known.contains(it))
        })
        .map(|it| format!("needs {}, which did not exist", it["name"]));
    let body = ours["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|it| it["in"] == "body")
        .and_then(|it| it["schema"]["$ref"].as_str())
        .map(|reference| reference.trim_start_matches("#/definitions/"));
    let other_body = (wanted.takes.as_deref() != body && wanted.takes.is_some())
        .then(|| format!("takes {body:?} in place of {:?}", wanted.takes));
    lost.chain(demanded).chain(other_body)
}

/// The schema of the one answer to success.
fn success<'a>(contract: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let (_, response) = operation["responses"]
        .as_object()?
        .iter()
        .find(|(status, _)| status.starts_with('2'))?;
    resolved(contract, response).get("schema")
}

fn properties<'a>(contract: &'a Value, schema: &'a Value) -> BTreeSet<&'a str> {
    let schema = resolved(contract, schema);
    let schema = schema
        .get("items")
        .map_or(schema, |items| resolved(contract, items));
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// What a `$ref` within the document points at; the value itself if it is none.
fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| contract.pointer(reference.trim_start_matches('#')))
        .unwrap_or(value)
}

#[test]
fn the_list_of_names_is_whole() -> Result<()> {
    let names: Names = serde_json::from_str(NAMES)?;
    assert_eq!((names.operations.len(), names.definitions.len()), (37, 16));
    let create = names
        .operations
        .get("createOAuth2Client")
        .context("createOAuth2Client")?;
    assert_eq!((&*create.method, &*create.path), ("post", "/clients"));
    Ok(())
}
