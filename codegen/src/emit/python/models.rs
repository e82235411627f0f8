//! The models: a module and a stub each.

use serde_json::Value;

use super::super::File;
use super::Writer;
use super::text::{Pattern, docstring, list, literal, quoted};
use super::types::{annotation, type_string};
use crate::model::{Kind, Model, NamedSchema, Property, Schema};

/// Pattern of a `byte` string: base64 (RFC 4648 section 4).
const BASE64: &str = r"^(?:[A-Za-z0-9+\/]{4})*(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=)?$";

/// The folder `models`.
pub(super) fn files(model: &Model, writer: &Writer<'_>) -> Vec<File> {
    let mut files = Vec::new();
    let mut imports =
        String::from("\"\"\"The models.\"\"\"\n\nfrom __future__ import annotations\n\n");
    for (name, named) in &model.schemas {
        let class = Class::new(model, name, named);
        files.push(writer.module(
            &format!("models/{}.py", named.python_module),
            &class.source(),
        ));
        files.push(writer.module(
            &format!("models/{}.pyi", named.python_module),
            &class.stub(),
        ));
        imports.push_str(&format!(
            "from .{} import {class} as {class}\n",
            named.python_module,
            class = named.python_class
        ));
    }
    files.push(writer.module("models/__init__.py", &imports));
    files
}

pub(super) struct Class<'a> {
    pub(super) model: &'a Model,
    pub(super) name: &'a str,
    pub(super) named: &'a NamedSchema,
    pub(super) fields: Vec<Field<'a>>,
}

pub(super) struct Field<'a> {
    json: &'a str,
    pub(super) property: &'a Property,
    pub(super) required: bool,
}

impl<'a> Class<'a> {
    pub(super) fn new(model: &'a Model, name: &'a str, named: &'a NamedSchema) -> Self {
        let mut class = Self {
            model,
            name,
            named,
            fields: Vec::new(),
        };
        class.add(&named.schema, false);
        for part in named
            .schema
            .all_of
            .iter()
            .filter(|p| p.reference_name().is_none())
        {
            class.add(part, false);
        }
        // Those of the parents come last, and nothing is asked of them: programs may not know them.
        let mut parents: Vec<&str> = named
            .schema
            .all_of
            .iter()
            .filter_map(Schema::reference_name)
            .collect();
        let mut seen = 0;
        while let Some(parent) = parents.get(seen).copied() {
            seen += 1;
            let Some(parent) = model.schemas.get(parent) else {
                continue;
            };
            class.add(&parent.schema, true);
            for part in &parent.schema.all_of {
                match part.reference_name() {
                    Some(more) if !parents.contains(&more) => parents.push(more),
                    Some(_) => {}
                    None => class.add(part, true),
                }
            }
        }
        class
    }

    fn add(&mut self, schema: &'a Schema, inherited: bool) {
        for (json, property) in schema.properties().into_iter().flatten() {
            let known =
                |field: &Field<'_>| field.json == json || field.property.python == property.python;
            if !self.fields.iter().any(known) {
                self.fields.push(Field {
                    json,
                    property,
                    required: property.required && !inherited,
                });
            }
        }
    }

    fn source(&self) -> String {
        let class = &self.named.python_class;
        let mut out = format!("\"\"\"{class}.\"\"\"\n\nfrom __future__ import annotations\n\n");
        if self.fields.iter().any(|f| f.limits().is_some()) {
            out.push_str("import re\n\n");
        }
        let lookup = self.child_lookup();
        out.push_str(if lookup.is_empty() {
            "from .._model import Model\n\n\n"
        } else {
            "from .._model import Model, child_of\n\n\n"
        });
        let discriminator = match &self.named.schema.discriminator {
            Some(json) => format!(", discriminator={}", quoted(json)),
            None => String::new(),
        };
        out.push_str(&format!(
            "class {class}(Model, generated=True{discriminator}):\n"
        ));
        out.push_str(&self.description(4));
        out.push_str(&self.constants());
        out.push_str(&self.tables());
        out.push_str(&self.constructor());
        for field in &self.fields {
            out.push_str(&field.accessors(class));
        }
        out.push_str(&lookup);
        out
    }

    fn description(&self, indent: usize) -> String {
        let schema = &self.named.schema;
        let mut paragraphs: Vec<String> = [&schema.title, &schema.description]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if paragraphs.is_empty() {
            paragraphs.push(format!("{}.", self.named.python_class));
        }
        docstring(indent, &paragraphs)
    }

    /// Constants of an enumeration.
    fn constants(&self) -> String {
        if self.named.schema.enumeration.is_empty() {
            return String::new();
        }
        let values: Vec<String> = self.named.schema.enumeration.iter().map(plain).collect();
        let names = crate::model::names::python_constants(&values);
        let mut out = String::from("\n");
        for (name, value) in names.iter().zip(&values) {
            out.push_str(&format!("    {name} = {}\n", quoted(value)));
        }
        out
    }

    fn tables(&self) -> String {
        let table = |name: &str, text: &dyn Fn(&Field<'_>) -> String| {
            if self.fields.is_empty() {
                return format!("\n    {name} = {{}}\n");
            }
            let mut out = format!("\n    {name} = {{\n");
            for field in &self.fields {
                out.push_str(&format!(
                    "        {}: {},\n",
                    quoted(&field.property.python),
                    quoted(&text(field))
                ));
            }
            out.push_str("    }\n");
            out
        };
        let types = table("swagger_types", &|f| {
            type_string(self.model, &f.property.schema)
        });
        let map = table("attribute_map", &|f| f.json.to_owned());
        types + &map
    }

    fn constructor(&self) -> String {
        let mut out = String::from("\n    def __init__(self");
        for field in &self.fields {
            out.push_str(&format!(", {}={}", field.property.python, field.default()));
        }
        out.push_str("):\n");
        for field in &self.fields {
            out.push_str(&format!("        self._{} = None\n", field.property.python));
        }
        let discriminator = self
            .named
            .schema
            .discriminator
            .as_ref()
            .map_or("None".to_owned(), |json| quoted(json));
        out.push_str(&format!("        self.discriminator = {discriminator}\n"));
        for field in &self.fields {
            let name = &field.property.python;
            if field.required {
                out.push_str(&format!("        self.{name} = {name}\n"));
            } else {
                out.push_str(&format!(
                    "        if {name} is not None:\n            self.{name} = {name}\n"
                ));
            }
        }
        out
    }

    fn stub(&self) -> String {
        let class = &self.named.python_class;
        let mut out = String::from(
            "import builtins as _b\nimport datetime as _dt\nimport typing as _t\n\n\
             from .. import models as _m\nfrom .._model import Model\n\n",
        );
        out.push_str(&format!(
            "class {class}(Model):\n    swagger_types: _t.ClassVar[_b.dict[_b.str, _b.str]]\n    \
             attribute_map: _t.ClassVar[_b.dict[_b.str, _b.str]]\n    discriminator: _b.str | None\n"
        ));
        let values: Vec<String> = self.named.schema.enumeration.iter().map(plain).collect();
        for name in crate::model::names::python_constants(&values) {
            out.push_str(&format!("    {name}: _t.ClassVar[_b.str]\n"));
        }
        out.push_str("    def __init__(self");
        for field in &self.fields {
            out.push_str(&format!(
                ", {}: {} | None = ...",
                field.property.python,
                annotation(self.model, &field.property.schema)
            ));
        }
        out.push_str(") -> None: ...\n");
        for field in &self.fields {
            let name = &field.property.python;
            let optional = if field.required { "" } else { " | None" };
            let of = annotation(self.model, &field.property.schema) + optional;
            out.push_str(&format!(
                "    @_b.property\n    def {name}(self) -> {of}: ...\n    @{name}.setter\n    \
                 def {name}(self, {name}: {of}) -> None: ...\n"
            ));
        }
        if !self.child_lookup().is_empty() {
            out.push_str(
                "    discriminator_value_class_map: _t.ClassVar[_b.dict[_b.str, _b.str]]\n    \
                 def get_real_child_model(self, data: _t.Any) -> _b.str | None: ...\n",
            );
        }
        out
    }
}

impl Field<'_> {
    fn default(&self) -> String {
        let schema = &self.property.schema;
        match &schema.default {
            Some(value @ (Value::String(_) | Value::Bool(_))) => literal(value),
            Some(value @ Value::Number(_)) if schema.format.is_some() => literal(value),
            _ => "None".to_owned(),
        }
    }

    /// The regular expression that the value is checked against.
    fn limits(&self) -> Option<Pattern> {
        let schema = &self.property.schema;
        if !matches!(schema.kind, Kind::String) || self.allowed().is_some() {
            return None;
        }
        match (&schema.limits.pattern, schema.format.as_deref()) {
            (Some(pattern), _) => Some(Pattern::new(pattern)),
            (None, Some("byte")) => Some(Pattern::new(BASE64)),
            _ => None,
        }
    }

    /// The values of an enumeration.
    fn allowed(&self) -> Option<String> {
        let schema = &self.property.schema;
        let of = match &schema.kind {
            Kind::Array { items } => items,
            Kind::Object {
                additional: crate::model::Additional::Schema { schema },
                ..
            } => schema,
            _ => schema,
        };
        // Whole numbers without a format lose theirs.
        let lost = matches!(of.kind, Kind::Integer | Kind::Number) && of.format.is_none();
        if of.enumeration.is_empty() || lost {
            return None;
        }
        Some(list(of.enumeration.iter().map(literal)))
    }

    fn accessors(&self, class: &str) -> String {
        let name = &self.property.python;
        let schema = &self.property.schema;
        let description = schema.description.clone().or_else(|| schema.title.clone());
        let doc = docstring(
            8,
            &[description.unwrap_or_else(|| format!("The {} of this {class}.", self.json))],
        );
        let mut out = format!(
            "\n    @property\n    def {name}(self):\n{doc}        return self._{name}\n\
             \n    @{name}.setter\n    def {name}(self, {name}):\n"
        );
        if self.required {
            out.push_str(&format!(
                "        if {name} is None:\n            \
                 raise ValueError(\"Invalid value for `{name}`, must not be `None`\")\n"
            ));
        }
        match self.allowed() {
            Some(allowed) => out.push_str(&self.enumeration(&allowed)),
            None => out.push_str(&self.bounds()),
        }
        out.push_str(&format!("        self._{name} = {name}\n"));
        out
    }

    fn enumeration(&self, allowed: &str) -> String {
        let name = &self.property.python;
        match &self.property.schema.kind {
            Kind::Array { .. } => format!(
                "        allowed = {allowed}\n        \
                 wrong = [item for item in {name} or () if item not in allowed]\n        \
                 if wrong:\n            raise ValueError(\n                \
                 f\"Invalid values for `{name}` [{{', '.join(map(str, wrong))}}], \
                 must be a subset of [{{', '.join(map(str, allowed))}}]\"\n            )\n"
            ),
            Kind::Object { .. } => format!(
                "        allowed = {allowed}\n        \
                 wrong = [key for key in {name} or () if key not in allowed]\n        \
                 if wrong:\n            raise ValueError(\n                \
                 f\"Invalid keys in `{name}` [{{', '.join(map(str, wrong))}}], \
                 must be a subset of [{{', '.join(map(str, allowed))}}]\"\n            )\n"
            ),
            _ => format!(
                "        allowed = {allowed}\n        if {name} not in allowed:\n            \
                 raise ValueError(f\"Invalid value for `{name}` ({{{name}}}), must be one of {{allowed}}\")\n"
            ),
        }
    }

    fn bounds(&self) -> String {
        let name = &self.property.python;
        let schema = &self.property.schema;
        let limits = &schema.limits;
        let mut out = String::new();
        let mut check = |broken: String, rule: String| {
            out.push_str(&format!(
                "        if {name} is not None and {broken}:\n            \
                 raise ValueError({})\n",
                quoted(&format!("Invalid value for `{name}`, {rule}"))
            ));
        };
        if matches!(schema.kind, Kind::String) {
            if let Some(most) = limits.max_length {
                check(
                    format!("len({name}) > {most}"),
                    format!("length must be less than or equal to `{most}`"),
                );
            }
            if let Some(least) = limits.min_length {
                check(
                    format!("len({name}) < {least}"),
                    format!("length must be greater than or equal to `{least}`"),
                );
            }
        }
        if matches!(schema.kind, Kind::Integer | Kind::Number) {
            if let Some(most) = &limits.maximum {
                let (sign, word) = if limits.exclusive_maximum {
                    (">=", "less than")
                } else {
                    (">", "less than or equal to")
                };
                check(
                    format!("{name} {sign} {most}"),
                    format!("must be a value {word} `{most}`"),
                );
            }
            if let Some(least) = &limits.minimum {
                let (sign, word) = if limits.exclusive_minimum {
                    ("<=", "greater than")
                } else {
                    ("<", "greater than or equal to")
                };
                check(
                    format!("{name} {sign} {least}"),
                    format!("must be a value {word} `{least}`"),
                );
            }
        }
        if let Some(pattern) = self.limits() {
            check(
                format!(
                    "not re.search({}, {name}, {})",
                    quoted(&pattern.expression),
                    pattern.flags
                ),
                format!("must be a follow pattern or equal to `{}`", pattern.shown),
            );
        }
        out
    }
}

/// A value of an enumeration as text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
