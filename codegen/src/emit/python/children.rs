//! Classes that stand for several: which one it is, a discriminator tells.

use indexmap::IndexMap;
use serde_json::Value;

use super::models::Class;
use super::text::quoted;
use crate::model::{Model, Schema};

impl Class<'_> {
    /// What finds the class of an instance by its discriminator; empty for a class that stands for
    /// itself alone.
    pub(super) fn child_lookup(&self) -> String {
        let own = self.named.schema.discriminator.is_some();
        let Some(discriminator) = self.discriminator() else {
            return String::new();
        };
        let children = self.children();
        if children.is_empty() && !own {
            return String::new();
        }
        let map: Vec<String> = children
            .iter()
            .map(|(value, class)| format!("{}: {}", quoted(value), quoted(class)))
            .collect();
        let property = if own {
            "self.discriminator".to_owned()
        } else {
            quoted(discriminator)
        };
        format!(
            "\n    discriminator_value_class_map = {{{}}}\n\
             \n    def get_real_child_model(self, data):\n        \
             \"\"\"The class that the discriminator names, if there is one.\"\"\"\n        \
             return child_of(self.discriminator_value_class_map, data, {property})\n",
            map.join(", ")
        )
    }

    /// JSON name of the property that tells: the class's own, or that of what it is made of.
    fn discriminator(&self) -> Option<&str> {
        let own = self.named.schema.discriminator.as_deref();
        own.or_else(|| {
            ancestors(self.model, &self.named.schema)
                .into_iter()
                .find_map(|name| {
                    self.model
                        .schemas
                        .get(name)?
                        .schema
                        .discriminator
                        .as_deref()
                })
        })
    }

    /// Values of the discriminator, and the classes that they name.
    fn children(&self) -> IndexMap<String, &str> {
        let schema = &self.named.schema;
        let mut found = IndexMap::new();
        let mut add = |value: &str, name: &str| {
            if name != self.name
                && let Some(child) = self.model.schemas.get(name)
            {
                found
                    .entry(value.to_owned())
                    .or_insert(child.python_class.as_str());
            }
        };
        for (name, child) in &self.model.schemas {
            if ancestors(self.model, &child.schema).contains(&self.name) {
                add(value_of(name, &child.schema), name);
            }
        }
        for (value, name) in &schema.discriminator_mapping {
            add(value, name);
        }
        for name in schema
            .one_of
            .iter()
            .chain(&schema.any_of)
            .filter_map(Schema::reference_name)
        {
            add(name, name);
        }
        found
    }
}

/// The value that names a class: its own name, unless it says otherwise.
fn value_of<'a>(name: &'a str, schema: &'a Schema) -> &'a str {
    ["x-discriminator-value", "x-ms-discriminator-value"]
        .into_iter()
        .find_map(|key| schema.extensions.get(key).and_then(Value::as_str))
        .unwrap_or(name)
}

/// Names of all schemas that this one is made of by `allOf`, the nearest first.
fn ancestors<'a>(model: &'a Model, schema: &'a Schema) -> Vec<&'a str> {
    let parents = |schema: &'a Schema| schema.all_of.iter().filter_map(Schema::reference_name);
    let mut found: Vec<&str> = parents(schema).collect();
    let mut seen = 0;
    while let Some(parent) = found.get(seen).copied() {
        seen += 1;
        for name in model
            .schemas
            .get(parent)
            .into_iter()
            .flat_map(|p| parents(&p.schema))
        {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}
