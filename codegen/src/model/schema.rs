//! Schemas: the shapes of values.
//!
//! As in JSON Schema all parts of a [`Schema`] hold at once: its [`Kind`], its limits, every
//! schema of `all_of`, one of `one_of`, and so on. Most schemas only have a kind.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::{Extensions, ExternalDocs, Limits};

/// A schema with a name of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedSchema {
    /// Class name that swagger-codegen's Python client gives it (`OAuth2Client`).
    pub python_class: String,
    /// Module name that swagger-codegen's Python client gives it (`o_auth2_client`).
    pub python_module: String,
    /// True if it was an inline schema in the document; then its name is ours.
    pub hoisted: bool,
    /// The shape.
    pub schema: Schema,
}

/// The shape of a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Schema {
    /// Base type.
    #[serde(flatten)]
    pub kind: Kind,
    /// `format` as in the document (`int64`, `date-time`, `byte`, anything).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// True if `null` is allowed beside what the rest of the schema says.
    #[serde(skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// The allowed values, if they are listed. `const` is a list of one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enumeration: Vec<Value>,
    /// True if `enumeration` was a `const`.
    #[serde(skip_serializing_if = "is_false")]
    pub constant: bool,
    /// Of a list: the shapes of its first items, one by one. `items` of the kind then fits each of
    /// them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuple: Option<Box<Tuple>>,
    /// Of an object: shapes of members whose names match a regular expression.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub pattern_properties: IndexMap<String, Schema>,
    /// Bounds.
    #[serde(skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// The value must fit all of these too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<Schema>,
    /// The value must fit exactly one of these too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<Schema>,
    /// The value must fit at least one of these too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<Schema>,
    /// The value must not fit this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Schema>>,
    /// JSON name of the property that tells which schema a value has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discriminator: Option<String>,
    /// Values of the discriminator → names in [`Model::schemas`](super::Model::schemas).
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub discriminator_mapping: IndexMap<String, String>,
    /// Short name for people. Beats the made-up name of an inline schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Value that stands for an absent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// A value to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Only in answers.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Only in requests.
    #[serde(skip_serializing_if = "is_false")]
    pub write_only: bool,
    /// On its way out.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// Link to further documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// `x-` members, and `xml`, which no emitter reads.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

impl Schema {
    /// A schema of this kind and nothing else.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// A reference to a named schema.
    pub fn reference(name: impl Into<String>) -> Self {
        Self::of(Kind::Ref { name: name.into() })
    }

    /// The name this schema refers to, if it is a reference.
    pub fn reference_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ref { name } => Some(name),
            _ => None,
        }
    }

    /// The properties, if this is an object that has some.
    pub fn properties(&self) -> Option<&IndexMap<String, Property>> {
        match &self.kind {
            Kind::Object { properties, .. } if !properties.is_empty() => Some(properties),
            _ => None,
        }
    }

    /// True if the schema is put together from others (`allOf`, `oneOf`, `anyOf`, `not`).
    pub fn is_composed(&self) -> bool {
        !self.all_of.is_empty()
            || !self.one_of.is_empty()
            || !self.any_of.is_empty()
            || self.not.is_some()
    }

    /// The schemas directly inside this one.
    pub fn children(&self) -> Vec<&Schema> {
        let mut found: Vec<&Schema> = Vec::new();
        match &self.kind {
            Kind::Array { items } => found.push(items),
            Kind::Object {
                properties,
                additional,
                ..
            } => {
                found.extend(properties.values().map(|p| &p.schema));
                if let Additional::Schema { schema } = additional {
                    found.push(schema);
                }
            }
            _ => {}
        }
        found.extend(self.all_of.iter().chain(&self.one_of).chain(&self.any_of));
        found.extend(self.not.as_deref());
        found.extend(self.pattern_properties.values());
        if let Some(tuple) = &self.tuple {
            found.extend(&tuple.places);
            if let Additional::Schema { schema } = &tuple.rest {
                found.push(schema);
            }
        }
        found
    }

    /// The schemas directly inside this one, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Schema> {
        let mut found: Vec<&mut Schema> = Vec::new();
        match &mut self.kind {
            Kind::Array { items } => found.push(items),
            Kind::Object {
                properties,
                additional,
                ..
            } => {
                found.extend(properties.values_mut().map(|p| &mut p.schema));
                if let Additional::Schema { schema } = additional {
                    found.push(schema);
                }
            }
            _ => {}
        }
        found.extend(
            self.all_of
                .iter_mut()
                .chain(&mut self.one_of)
                .chain(&mut self.any_of),
        );
        found.extend(self.not.as_deref_mut());
        found.extend(self.pattern_properties.values_mut());
        if let Some(tuple) = &mut self.tuple {
            found.extend(&mut tuple.places);
            if let Additional::Schema { schema } = &mut tuple.rest {
                found.push(schema);
            }
        }
        found
    }
}

/// Base type of a schema.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// The schema of this name.
    Ref {
        /// A key of [`Model::schemas`](super::Model::schemas).
        name: String,
    },
    /// No type given: any JSON value.
    #[default]
    Any,
    /// Only `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    String,
    /// Bytes of a file, outside JSON: an upload or a download.
    File,
    /// A list.
    Array {
        /// Shape of each item.
        items: Box<Schema>,
    },
    /// An object.
    Object {
        /// Properties by JSON name, in the document's order.
        properties: IndexMap<String, Property>,
        /// What else there may be.
        additional: Additional,
        /// Names that the document calls required without describing them here.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        also_required: Vec<String>,
    },
}

impl Kind {
    /// An object without known properties.
    pub fn free_object(additional: Additional) -> Self {
        Self::Object {
            properties: IndexMap::new(),
            additional,
            also_required: Vec::new(),
        }
    }
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Property {
    /// Attribute name in swagger-codegen's Python client, unique within the schema.
    pub python: String,
    /// True if it must be there.
    pub required: bool,
    /// The shape of its value.
    pub schema: Schema,
}

/// What an object may hold besides its listed properties.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(tag = "allows", rename_all = "snake_case")]
pub enum Additional {
    /// The document does not say (which means: anything).
    #[default]
    Unstated,
    /// `true`: anything.
    Anything,
    /// `false`: nothing.
    Nothing,
    /// Values of this shape.
    Schema {
        /// The shape.
        schema: Box<Schema>,
    },
}

/// A list whose places have shapes of their own (`prefixItems` of OpenAPI 3.1).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tuple {
    /// Shape of the first item, of the second, ….
    pub places: Vec<Schema>,
    /// What may follow them.
    pub rest: Additional,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
