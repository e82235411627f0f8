//! The API classes: a module and a stub for each group of operations.

use std::sync::LazyLock;

use super::super::File;
use super::Writer;
use super::text::{Pattern, docstring, quoted};
use super::types::{annotation, argument, type_string};
use crate::model::{Group, Kind, Model, Operation, Parameter, Response, Schema, is_xml};

/// The folder `api`.
pub(super) fn files(model: &Model, writer: &Writer<'_>) -> Vec<File> {
    let mut files = Vec::new();
    let mut imports =
        String::from("\"\"\"The API classes.\"\"\"\n\nfrom __future__ import annotations\n\n");
    for group in &model.groups {
        let calls: Vec<Call<'_>> = group
            .members
            .iter()
            .filter_map(|member| {
                let operation = model.operations.get(member.operation)?;
                Some(Call::new(model, operation, &member.python))
            })
            .collect();
        let module = &group.python_module;
        files.push(writer.module(&format!("api/{module}.py"), &source(model, group, &calls)));
        files.push(writer.module(&format!("api/{module}.pyi"), &stub(group, &calls)));
        imports.push_str(&format!(
            "from .{module} import {class} as {class}\n",
            class = group.python_class
        ));
    }
    files.push(writer.module("api/__init__.py", &imports));
    files
}

fn source(model: &Model, group: &Group, calls: &[Call<'_>]) -> String {
    let class = &group.python_class;
    let mut out = format!("\"\"\"{class}.\"\"\"\n\nfrom __future__ import annotations\n\n");
    if calls.iter().any(Call::has_pattern) {
        out.push_str("import re\n\n");
    }
    let bodies: Vec<String> = calls
        .iter()
        .map(|call| call.data_method() + &call.full_method())
        .collect();
    if bodies.iter().any(|body| body.contains("_styles.")) {
        out.push_str("from .. import _styles\n");
    }
    out.push_str("from .._api import EXTRAS, limit, matches, missing, refuse_unknown\n");
    out.push_str("from ..api_client import ApiClient\n\n\n");
    let about = model
        .tags
        .iter()
        .find(|t| t.name == group.tag)
        .and_then(|t| t.description.clone())
        .unwrap_or_else(|| format!("Calls of the group `{}`.", group.tag));
    out.push_str(&format!("class {class}:\n{}\n", docstring(4, &[about])));
    out.push_str(
        "    def __init__(self, api_client=None):\n        \
         self.api_client = ApiClient() if api_client is None else api_client\n",
    );
    out.push_str(&bodies.concat());
    out
}

fn stub(group: &Group, calls: &[Call<'_>]) -> String {
    let class = &group.python_class;
    let methods: String = calls.iter().map(Call::overloads).collect();
    let mut out = String::from("import builtins as _b\nimport datetime as _dt\n");
    let files = methods.contains("_File");
    if files {
        out.push_str("import os as _os\n");
    }
    out.push_str(
        "import typing as _t\nfrom multiprocessing.pool import AsyncResult as _Later\n\n\
         from .. import models as _m\nfrom .._headers import HTTPHeaderDict as _Headers\n\
         from ..api_client import ApiClient as _Client\nfrom ..rest import HTTPResponse as _Raw\n\n",
    );
    if files {
        out.push_str(
            "_File: _t.TypeAlias = _b.str | _os.PathLike[_b.str] | _b.bytes | _t.IO[_b.bytes] | _b.tuple[_t.Any, ...]\n",
        );
    }
    out.push_str(&format!(
        "_Timeout: _t.TypeAlias = float | tuple[float | None, float | None] | None\n\n\
         class {class}:\n    api_client: _Client\n    \
         def __init__(self, api_client: _Client | None = None) -> None: ...\n{methods}"
    ));
    out
}

/// XML is handed on as text.
static TEXT: LazyLock<Schema> = LazyLock::new(|| Schema::of(Kind::String));

/// An operation, as a method of an API class.
pub(super) struct Call<'a> {
    pub(super) model: &'a Model,
    pub(super) operation: &'a Operation,
    name: &'a str,
    /// Required ones first, otherwise in the document's order.
    pub(super) parameters: Vec<&'a Parameter>,
    /// The shape of the answer, and its type string.
    pub(super) answer: Option<&'a Schema>,
    pub(super) result: Option<String>,
    result_annotation: String,
}

impl<'a> Call<'a> {
    pub(super) fn new(model: &'a Model, operation: &'a Operation, name: &'a str) -> Self {
        let answer = operation.success().map(|(_, response)| response);
        let schema = match answer.and_then(Response::preferred) {
            Some((media_type, _)) if is_xml(media_type) => Some(&*TEXT),
            _ => answer.and_then(Response::schema),
        };
        let (required, optional): (Vec<_>, Vec<_>) =
            operation.parameters.iter().partition(|p| p.required);
        Self {
            model,
            operation,
            name,
            parameters: required.into_iter().chain(optional).collect(),
            answer: schema,
            result: schema.map(|schema| type_string(model, schema)),
            result_annotation: schema
                .map_or_else(|| "None".to_owned(), |schema| annotation(model, schema)),
        }
    }

    fn required(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().copied().filter(|p| p.required)
    }

    fn optional(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().copied().filter(|p| !p.required)
    }

    fn has_pattern(&self) -> bool {
        self.parameters
            .iter()
            .any(|p| p.schema.limits.pattern.is_some())
    }

    fn documentation(&self) -> String {
        let operation = self.operation;
        let mut paragraphs: Vec<String> = [&operation.summary, &operation.description]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if paragraphs.is_empty() {
            paragraphs.push(format!("{} {}", operation.method.wire(), operation.path));
        }
        let mut lines = Vec::new();
        for p in &self.parameters {
            let of = type_string(self.model, &p.schema);
            let text = p.description.as_deref().unwrap_or_default();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let required = if p.required { " (required)" } else { "" };
            lines.push(format!(":param {of} {}: {text}{required}", p.python));
        }
        lines.push(":param bool async_req: make the call in another thread".to_owned());
        lines.push(format!(
            ":return: {}; with ``async_req`` an object whose ``get()`` returns that",
            self.result.as_deref().unwrap_or("None")
        ));
        paragraphs.push(lines.join("\n"));
        docstring(8, &paragraphs)
    }

    /// `self, a, b, **kwargs`
    fn signature(&self) -> String {
        let required: String = self.required().map(|p| format!(", {}", p.python)).collect();
        format!("self{required}, **kwargs")
    }

    /// The method that gives the data alone.
    fn data_method(&self) -> String {
        let required: String = self.required().map(|p| format!("{}, ", p.python)).collect();
        format!(
            "\n    def {name}({}):\n{}        kwargs[\"_return_http_data_only\"] = True\n        \
             return self.{name}_with_http_info({required}**kwargs)\n",
            self.signature(),
            self.documentation(),
            name = self.name,
        )
    }

    /// The method that gives data, status and headers.
    fn full_method(&self) -> String {
        let name = self.name;
        let optional: Vec<String> = self.optional().map(|p| quoted(&p.python)).collect();
        let known = match optional.as_slice() {
            [] => "()".to_owned(),
            names => format!("({},)", names.join(", ")),
        };
        let mut out = format!(
            "\n    def {name}_with_http_info({}):\n        \
             \"\"\"The same as `{name}`, with status and headers: a tuple of three.\"\"\"\n        \
             if not EXTRAS.issuperset(kwargs):\n            \
             refuse_unknown(\"{name}\", kwargs, {known})\n",
            self.signature()
        );
        for p in self.required() {
            out.push_str(&format!(
                "        if {python} is None:\n            \
                 raise missing(\"{name}\", \"{python}\")\n",
                python = p.python
            ));
        }
        for p in &self.parameters {
            out.push_str(&self.checks(p));
        }
        out.push_str(&self.request());
        out
    }

    /// Checks of limits, in swagger-codegen's order.
    fn checks(&self, p: &Parameter) -> String {
        let limits = &p.schema.limits;
        let value = self.value(p);
        let mut conditions = Vec::new();
        if matches!(p.schema.kind, Kind::String) {
            for (bound, sign, word) in [
                (limits.max_length, ">", "less"),
                (limits.min_length, "<", "greater"),
            ] {
                if let Some(bound) = bound {
                    conditions.push((
                        format!("len({value}) {sign} {bound}"),
                        format!("length must be {word} than or equal to `{bound}`"),
                    ));
                }
            }
        }
        let bounds = [
            (&limits.maximum, limits.exclusive_maximum, ">", "less"),
            (&limits.minimum, limits.exclusive_minimum, "<", "greater"),
        ];
        for (bound, exclusive, sign, word) in bounds {
            let Some(bound) = bound else { continue };
            let (sign, words) = if exclusive {
                (format!("{sign}="), format!("{word} than"))
            } else {
                (sign.to_owned(), format!("{word} than or equal to"))
            };
            conditions.push((
                format!("{value} {sign} {bound}"),
                format!("must be a value {words} `{bound}`"),
            ));
        }
        if let Some(pattern) = &limits.pattern
            && matches!(p.schema.kind, Kind::String)
        {
            let pattern = Pattern::new(pattern);
            conditions.push((
                format!(
                    "not matches({}, {}, {value})",
                    quoted(&pattern.expression),
                    pattern.flags
                ),
                format!("must conform to the pattern `{}`", pattern.shown),
            ));
        }
        if matches!(p.schema.kind, Kind::Array { .. }) {
            for (bound, sign, word) in [
                (limits.max_items, ">", "less"),
                (limits.min_items, "<", "greater"),
            ] {
                if let Some(bound) = bound {
                    conditions.push((
                        format!("len({value}) {sign} {bound}"),
                        format!("number of items must be {word} than or equal to `{bound}`"),
                    ));
                }
            }
        }
        if conditions.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        let pad = if p.required {
            "        ".to_owned()
        } else {
            out.push_str(&format!("        if {} in kwargs:\n", quoted(&p.python)));
            "            ".to_owned()
        };
        for (broken, rule) in conditions {
            out.push_str(&format!(
                "{pad}limit(\"{}\", \"{}\", {broken}, {})\n",
                self.name,
                p.python,
                quoted(&rule)
            ));
        }
        out
    }

    /// The expression of an argument.
    pub(super) fn value(&self, p: &Parameter) -> String {
        if p.required {
            p.python.clone()
        } else {
            format!("kwargs[{}]", quoted(&p.python))
        }
    }

    /// The method's types: what comes back depends on `async_req` and `_preload_content`.
    fn overloads(&self) -> String {
        let required: String = self
            .required()
            .map(|p| format!(", {}: {}", p.python, argument(self.model, &p.schema)))
            .collect();
        let optional: String = self
            .optional()
            .map(|p| format!(", {}: {} = ...", p.python, argument(self.model, &p.schema)))
            .collect();
        let now = "async_req: _t.Literal[False] | None = ...";
        let extras =
            ", _return_http_data_only: _b.bool | None = ..., _request_timeout: _Timeout = ...";
        let full = format!("_b.tuple[{}, _b.int, _Headers]", self.result_annotation);
        let mut out = String::new();
        for (name, data, raw) in [
            (
                self.name.to_owned(),
                self.result_annotation.clone(),
                "_Raw".to_owned(),
            ),
            (
                format!("{}_with_http_info", self.name),
                full,
                "_b.tuple[_Raw, _b.int, _Headers]".to_owned(),
            ),
        ] {
            for (special, result) in [
                (
                    format!("{now}, _preload_content: _t.Literal[True] = ..."),
                    data.clone(),
                ),
                (format!("{now}, _preload_content: _t.Literal[False]"), raw),
                (
                    "async_req: _t.Literal[True], _preload_content: _t.Literal[True] = ..."
                        .to_owned(),
                    format!("_Later[{data}]"),
                ),
                (
                    "async_req: _b.bool | None = ..., _preload_content: _b.bool = ...".to_owned(),
                    "_t.Any".to_owned(),
                ),
            ] {
                out.push_str(&format!(
                    "    @_t.overload\n    def {name}(self{required}, *{optional}, {special}{extras}) -> {result}: ...\n"
                ));
            }
        }
        out
    }
}
