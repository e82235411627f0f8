//! The API classes: a module and a stub for each group of operations.

use super::super::File;
use super::Writer;
use super::text::{Pattern, docstring, list, quoted};
use super::types::{annotation, argument, type_string};
use crate::model::{Group, Kind, Location, Model, Operation, Parameter};

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
    for call in calls {
        out.push_str(&call.data_method());
        out.push_str(&call.full_method());
    }
    out
}

fn stub(group: &Group, calls: &[Call<'_>]) -> String {
    let class = &group.python_class;
    let mut out = String::from(
        "import builtins as _b\nimport datetime as _dt\nimport typing as _t\n\
         from multiprocessing.pool import AsyncResult as _Later\n\n\
         from .. import models as _m\nfrom .._headers import HTTPHeaderDict as _Headers\n\
         from ..api_client import ApiClient as _Client\nfrom ..rest import HTTPResponse as _Raw\n\n\
         _Timeout: _t.TypeAlias = float | tuple[float | None, float | None] | None\n\n",
    );
    out.push_str(&format!(
        "class {class}:\n    api_client: _Client\n    \
         def __init__(self, api_client: _Client | None = None) -> None: ...\n"
    ));
    for call in calls {
        out.push_str(&call.overloads());
    }
    out
}

/// An operation, as a method of an API class.
struct Call<'a> {
    model: &'a Model,
    operation: &'a Operation,
    name: &'a str,
    /// Required ones first, otherwise in the document's order.
    parameters: Vec<&'a Parameter>,
    result: Option<String>,
    result_annotation: String,
}

impl<'a> Call<'a> {
    fn new(model: &'a Model, operation: &'a Operation, name: &'a str) -> Self {
        let schema = operation
            .success()
            .and_then(|(_, response)| response.schema());
        let (required, optional): (Vec<_>, Vec<_>) =
            operation.parameters.iter().partition(|p| p.required);
        Self {
            model,
            operation,
            name,
            parameters: required.into_iter().chain(optional).collect(),
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

    fn at(&self, location: Location) -> impl Iterator<Item = &Parameter> {
        self.operation
            .parameters
            .iter()
            .filter(move |p| p.location == location)
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

    fn value(&self, p: &Parameter) -> String {
        if p.required {
            p.python.clone()
        } else {
            format!("kwargs[{}]", quoted(&p.python))
        }
    }

    /// Statements that fill a local variable: a dict or a list of pairs, by names on the wire.
    fn filled(&self, variable: &str, kind: Kept, parameters: &[&Parameter]) -> String {
        // Those that are always there and come first can be written down at once.
        let first = parameters.iter().take_while(|p| p.required).count();
        let (always, rest) = parameters.split_at(first);
        let entries = always.iter().map(|p| match kind {
            Kept::Dict => format!("{}: {}", quoted(&p.name), self.value(p)),
            Kept::Pairs => format!("({}, {})", quoted(&p.name), self.value(p)),
        });
        let entries = entries.collect::<Vec<_>>().join(", ");
        let mut out = match kind {
            Kept::Dict => format!("        {variable} = {{{entries}}}\n"),
            Kept::Pairs => format!("        {variable} = [{entries}]\n"),
        };
        for p in rest {
            let (name, value) = (quoted(&p.name), self.value(p));
            let statement = match kind {
                Kept::Dict => format!("{variable}[{name}] = {value}"),
                Kept::Pairs => format!("{variable}.append(({name}, {value}))"),
            };
            if p.required {
                out.push_str(&format!("        {statement}\n"));
            } else {
                out.push_str(&format!(
                    "        if {} in kwargs:\n            {statement}\n",
                    quoted(&p.python)
                ));
            }
        }
        out
    }

    /// From the checked arguments to the call.
    fn request(&self) -> String {
        let operation = self.operation;
        let path: Vec<_> = self.at(Location::Path).collect();
        let query: Vec<_> = self.at(Location::Query).collect();
        let headers: Vec<_> = self.at(Location::Header).collect();
        let cookies: Vec<_> = self.at(Location::Cookie).collect();
        let (files, form): (Vec<&Parameter>, Vec<_>) =
            self.at(Location::Form).partition(|p| is_file(p));
        let mut out = self.filled("path_params", Kept::Dict, &path);
        out += &self.filled("query_params", Kept::Pairs, &query);
        out += &self.filled("header_params", Kept::Dict, &headers);
        if !cookies.is_empty() {
            out += &self.filled("cookies", Kept::Pairs, &cookies);
            out += "        if cookies:\n            header_params[\"Cookie\"] = \
                    \"; \".join(f\"{name}={value}\" for name, value in cookies)\n";
        }
        out += &self.filled("form_params", Kept::Pairs, &form);
        out += &self.filled("local_var_files", Kept::Dict, &files);
        let media = |list_: &[String]| list(list_.iter().map(|t| quoted(t)));
        if !operation.produces.is_empty() {
            out += &format!(
                "        header_params[\"Accept\"] = self.api_client.select_header_accept({})\n",
                media(&operation.produces)
            );
        }
        if !operation.consumes.is_empty() {
            out += &format!(
                "        header_params[\"Content-Type\"] = \
                 self.api_client.select_header_content_type({})\n",
                media(&operation.consumes)
            );
        }
        let body = match self.at(Location::Body).next() {
            Some(p) if p.required => p.python.clone(),
            Some(p) => format!("kwargs.get({})", quoted(&p.python)),
            None => "None".to_owned(),
        };
        let formats: Vec<String> = operation
            .parameters
            .iter()
            .filter(|p| matches!(p.schema.kind, Kind::Array { .. }) && p.location != Location::Body)
            .map(|p| {
                let word = p
                    .collection()
                    .map_or("csv", crate::model::CollectionFormat::word);
                format!("{}: {}", quoted(&p.name), quoted(word))
            })
            .collect();
        let mut schemes: Vec<&str> = Vec::new();
        for name in operation.security.iter().flat_map(|all| all.keys()) {
            if !schemes.contains(&name.as_str()) {
                schemes.push(name);
            }
        }
        let result = self
            .result
            .as_ref()
            .map_or_else(|| "None".to_owned(), |t| quoted(t));
        out += &format!(
            "        return self.api_client.call_api(
            {path}, {method},
            path_params,
            query_params,
            header_params,
            body={body},
            post_params=form_params,
            files=local_var_files,
            response_type={result},
            auth_settings={schemes},
            async_req=kwargs.get(\"async_req\"),
            _return_http_data_only=kwargs.get(\"_return_http_data_only\"),
            _preload_content=kwargs.get(\"_preload_content\", True),
            _request_timeout=kwargs.get(\"_request_timeout\"),
            collection_formats={{{formats}}},
        )\n",
            path = quoted(&operation.path),
            method = quoted(operation.method.wire()),
            schemes = list(schemes.iter().map(|s| quoted(s))),
            formats = formats.join(", "),
        );
        out
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

/// What a local variable with parameters is.
#[derive(Clone, Copy)]
enum Kept {
    Dict,
    Pairs,
}

fn is_file(p: &Parameter) -> bool {
    match &p.schema.kind {
        Kind::File => true,
        Kind::Array { items } => matches!(items.kind, Kind::File),
        _ => false,
    }
}
