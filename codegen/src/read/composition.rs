//! Schemas put together from others.

use serde_json::Value;

use super::ReadError;
use super::node::Node;
use super::schema::SchemaReader;
use crate::model::{Kind, Schema};

impl SchemaReader {
    pub(super) fn composition(
        &mut self,
        node: &Node<'_>,
        schema: &mut Schema,
    ) -> Result<(), ReadError> {
        // A converter to Swagger 2.0 writes what 2.0 lacks with a prefix.
        for word in ["allOf", "x-allOf"] {
            for part in node.list(word)? {
                schema.all_of.push(self.read(&part)?);
            }
        }
        for word in ["oneOf", "x-oneOf"] {
            for part in node.list(word)? {
                schema.one_of.push(self.read(&part)?);
            }
        }
        for word in ["anyOf", "x-anyOf"] {
            for part in node.list(word)? {
                schema.any_of.push(self.read(&part)?);
            }
        }
        if let Some(not) = node.get("not").or_else(|| node.get("x-not")) {
            schema.not = Some(Box::new(self.read(&not)?));
        }
        if let Some(discriminator) = node.get("discriminator") {
            self.discriminator(&discriminator, schema)?;
        }
        Ok(())
    }

    fn discriminator(&mut self, node: &Node<'_>, schema: &mut Schema) -> Result<(), ReadError> {
        match node.value() {
            Value::Object(_) => match node.nonempty("propertyName") {
                Some(name) => schema.discriminator = Some(name),
                None => {
                    node.warn("`propertyName` is missing; the discriminator is ignored");
                    return Ok(());
                }
            },
            _ => schema.discriminator = node.text(),
        }
        for (value, target) in node.map("mapping")? {
            let Some(text) = target.text() else { continue };
            let name = self.mapped(&text);
            schema.discriminator_mapping.insert(value.to_owned(), name);
        }
        Ok(())
    }

    /// The name of the schema that a mapping leads to: by reference, by name, or by file.
    fn mapped(&self, text: &str) -> String {
        let last = text.rsplit('/').next().unwrap_or(text);
        let is_file = !text.contains('#') && text.contains('/');
        let last = if is_file {
            last.split('.').next().unwrap_or(last)
        } else {
            last
        };
        let last = super::node::percent_decoded(last);
        last.replace("~1", "/").replace("~0", "~")
    }
}

/// `oneOf: [X, {type: null}]`, which is 3.1's way to say "X or null".
pub(super) fn flatten_nullable_choice(schema: &mut Schema) {
    let choice = match (schema.one_of.is_empty(), schema.any_of.is_empty()) {
        (false, true) => &mut schema.one_of,
        (true, false) => &mut schema.any_of,
        _ => return,
    };
    let before = choice.len();
    choice.retain(|part| !is_null(part));
    if choice.len() == before || choice.is_empty() {
        if choice.is_empty() {
            schema.kind = Kind::Null;
        }
        return;
    }
    schema.nullable = true;
    if choice.len() > 1 || schema.kind != Kind::Any || !schema.all_of.is_empty() {
        return;
    }
    let Some(only) = choice.pop() else { return };
    let around = std::mem::take(schema);
    *schema = Schema {
        nullable: true,
        title: around.title.or(only.title),
        description: around.description.or(only.description),
        default: around.default.or(only.default),
        example: around.example.or(only.example),
        read_only: around.read_only || only.read_only,
        write_only: around.write_only || only.write_only,
        deprecated: around.deprecated || only.deprecated,
        extensions: only
            .extensions
            .into_iter()
            .chain(around.extensions)
            .collect(),
        ..only
    };
}

/// True for a schema of nothing but `null`, whatever it says about itself.
fn is_null(schema: &Schema) -> bool {
    (schema.kind == Kind::Null || schema.enumeration == [Value::Null])
        && matches!(schema.kind, Kind::Null | Kind::Any)
        && !schema.is_composed()
}
