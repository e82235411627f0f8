//! Names for inline schemas.
//!
//! An object schema with properties that stands inside an operation or another schema gets a name
//! and moves to [`Model::schemas`]. The names are those of swagger-codegen 2.4.9, since they
//! become class names in clients:
//!
//! | where | name |
//! |---|---|
//! | answer; items or values in one | `inline_response_<status>` |
//! | request body; items of one | name of the body parameter |
//! | property of a named schema; items or values of one | `<schema>_<property>` |
//! | property of an inline schema that got a name; items or values of one | `<that name>_<property>` |
//! | but of a request body's | `<path>_<property>` |
//! | items of a named list | `<schema>_inner` |
//!
//! A title beats these. A name that is taken gets `_1`, `_2`, …. A schema equal to one that was
//! moved before, titles aside, shares its name; only a request body always gets its own.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Additional, Incoming, Kind, Location, Method, Model, NamedSchema, Property, Schema};

/// Moves inline schemas of the model's operations and named schemas to [`Model::schemas`].
pub fn hoist(model: &mut Model) {
    let mut operations = std::mem::take(&mut model.operations);
    let mut hoister = Hoister {
        schemas: std::mem::take(&mut model.schemas),
        tried: HashMap::new(),
        alike: HashMap::new(),
    };
    let given: Vec<String> = hoister.schemas.keys().cloned().collect();

    for index in naming_order(&operations) {
        let Some(operation) = operations.get_mut(index) else {
            continue;
        };
        let path = operation.path.clone();
        for parameter in &mut operation.parameters {
            if parameter.location != Location::Body {
                continue;
            }
            let before = parameter.schema.clone();
            hoister.body(&mut parameter.schema, &parameter.name, &path);
            // The body is the same thing, seen from the wire.
            for media in operation
                .body
                .iter_mut()
                .flat_map(|b| b.content.values_mut())
            {
                match &mut media.schema {
                    Some(schema) if *schema == before => schema.clone_from(&parameter.schema),
                    Some(schema) => hoister.body(schema, &parameter.name, &path),
                    None => {}
                }
            }
        }
        for (status, response) in &mut operation.responses {
            let name = format!("inline_response_{status}");
            for media in response.content.values_mut() {
                if let Some(schema) = &mut media.schema {
                    hoister.response(schema, &name);
                }
            }
        }
    }
    for name in given {
        hoister.named(&name);
    }
    for operation in &mut operations {
        for callback in &mut operation.callbacks {
            hoister.incoming(callback);
        }
    }
    for webhook in &mut model.webhooks {
        hoister.incoming(webhook);
    }
    model.operations = operations;
    model.schemas = hoister.schemas;
}

/// Operations in the order in which swagger-codegen hands out names: by path as in the document,
/// within a path by method.
fn naming_order(operations: &[super::Operation]) -> Vec<usize> {
    const METHODS: [Method; 8] = [
        Method::Get,
        Method::Put,
        Method::Head,
        Method::Post,
        Method::Delete,
        Method::Patch,
        Method::Options,
        Method::Trace,
    ];
    let mut paths: IndexMap<&str, usize> = IndexMap::new();
    for operation in operations {
        let next = paths.len();
        paths.entry(&operation.path).or_insert(next);
    }
    let mut order: Vec<usize> = (0..operations.len()).collect();
    order.sort_by_key(|&i| {
        operations.get(i).map(|o| {
            let path = paths.get(o.path.as_str()).copied();
            (path, METHODS.iter().position(|m| *m == o.method))
        })
    });
    order
}

struct Hoister {
    schemas: IndexMap<String, NamedSchema>,
    /// Names with `_1`, `_2`, … that were tried already: name → the next number.
    tried: HashMap<String, usize>,
    /// Hoisted schemas by the names of their properties, to find one that is alike.
    alike: HashMap<Vec<String>, Vec<String>>,
}

/// What two schemas that are alike have in common for sure.
fn outline(schema: &Schema) -> Vec<String> {
    schema
        .properties()
        .map(|all| all.keys().cloned().collect())
        .unwrap_or_default()
}

fn is_inline_object(schema: &Schema) -> bool {
    schema.properties().is_some() && !schema.is_composed()
}

impl Hoister {
    fn body(&mut self, schema: &mut Schema, name: &str, path: &str) {
        if is_inline_object(schema) {
            if let Kind::Object { properties, .. } = &mut schema.kind {
                self.properties(properties, path);
            }
            let moved = std::mem::take(schema);
            let name = self.unused(moved.title.as_deref().unwrap_or(name));
            *schema = self.insert(name, moved);
        } else if let Kind::Array { items } = &mut schema.kind
            && is_inline_object(items)
        {
            if let Kind::Object { properties, .. } = &mut items.kind {
                self.properties(properties, path);
            }
            self.replace(items, name);
        }
    }

    /// What the server sends, under the name of the webhook or callback.
    fn incoming(&mut self, incoming: &mut Incoming) {
        let operation = &mut incoming.operation;
        let body = operation
            .body
            .iter_mut()
            .flat_map(|b| b.content.values_mut());
        for schema in body.filter_map(|media| media.schema.as_mut()) {
            self.response(schema, &incoming.name);
        }
    }

    fn response(&mut self, schema: &mut Schema, name: &str) {
        if is_inline_object(schema) {
            self.replace(schema, name);
        } else if let Some(inner) = items_or_values(schema)
            && is_inline_object(inner)
        {
            self.replace(inner, name);
        }
    }

    fn named(&mut self, name: &str) {
        let Some(entry) = self.schemas.get_mut(name) else {
            return;
        };
        let mut schema = std::mem::take(&mut entry.schema);
        if let Kind::Object { properties, .. } = &mut schema.kind {
            self.properties(properties, name);
        }
        for part in &mut schema.all_of {
            if let Kind::Object { properties, .. } = &mut part.kind {
                self.properties(properties, name);
            }
        }
        if let Kind::Array { items } = &mut schema.kind
            && is_inline_object(items)
        {
            self.replace(items, &format!("{name}_inner"));
        }
        if let Some(entry) = self.schemas.get_mut(name) {
            entry.schema = schema;
        }
    }

    fn properties(&mut self, properties: &mut IndexMap<String, Property>, base: &str) {
        for (key, property) in properties {
            let name = format!("{base}_{key}");
            if is_inline_object(&property.schema) {
                self.replace(&mut property.schema, &name);
            } else if let Some(inner) = items_or_values(&mut property.schema)
                && is_inline_object(inner)
            {
                self.replace(inner, &name);
            }
        }
    }

    /// Puts a reference in the place of `schema`: to its like, or to a new schema of this name.
    fn replace(&mut self, schema: &mut Schema, name: &str) {
        let mut moved = std::mem::take(schema);
        let name = self.unused(moved.title.as_deref().unwrap_or(name));
        if let Kind::Object { properties, .. } = &mut moved.kind {
            self.properties(properties, &name);
        }
        let candidates = self.alike.get(&outline(&moved)).into_iter().flatten();
        let known = candidates.into_iter().find(|name| {
            self.schemas
                .get(*name)
                .is_some_and(|known| is_like(&known.schema, &moved))
        });
        *schema = match known.cloned() {
            Some(name) => Schema {
                nullable: moved.nullable,
                ..Schema::reference(name)
            },
            None => self.insert(name, moved),
        };
    }

    fn insert(&mut self, name: String, mut schema: Schema) -> Schema {
        // Belongs to the place, not to the shape.
        let nullable = std::mem::take(&mut schema.nullable);
        let entry = NamedSchema {
            python_class: String::new(),
            python_module: String::new(),
            hoisted: true,
            schema,
        };
        self.alike
            .entry(outline(&entry.schema))
            .or_default()
            .push(name.clone());
        self.schemas.insert(name.clone(), entry);
        Schema {
            nullable,
            ..Schema::reference(name)
        }
    }

    fn unused(&mut self, name: &str) -> String {
        let name: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' '))
            .collect();
        let name = if name.is_empty() {
            "inline".to_owned()
        } else {
            name
        };
        if !self.schemas.contains_key(&name) {
            return name;
        }
        let number = self.tried.entry(name.clone()).or_insert(1);
        loop {
            let candidate = format!("{name}_{number}");
            if !self.schemas.contains_key(&candidate) {
                return candidate;
            }
            *number += 1;
        }
    }
}

/// True for schemas that differ in nothing but title and place.
fn is_like(a: &Schema, b: &Schema) -> bool {
    let bare = |s: &Schema| Schema {
        title: None,
        nullable: false,
        ..s.clone()
    };
    // Cheap before dear: most differ in their properties.
    a.kind == b.kind && bare(a) == bare(b)
}

fn items_or_values(schema: &mut Schema) -> Option<&mut Schema> {
    match &mut schema.kind {
        Kind::Array { items } => Some(items),
        Kind::Object {
            properties,
            additional: Additional::Schema { schema },
            ..
        } if properties.is_empty() => Some(schema),
        _ => None,
    }
}
