//! The modules that are the same in every package, and the package's papers.

use super::super::File;
use super::Writer;
use super::docs;
use super::text::{distribution, docstring, quoted};
use crate::model::{ApiKeyLocation, Model, SchemeKind};

/// Modules of the runtime that are written in Python.
const RUNTIME: &[(&str, &str)] = &[
    (
        "_api.py",
        include_str!("../../../runtime/python/package/_api.py"),
    ),
    (
        "_dates.py",
        include_str!("../../../runtime/python/package/_dates.py"),
    ),
    (
        "_headers.py",
        include_str!("../../../runtime/python/package/_headers.py"),
    ),
    (
        "_model.py",
        include_str!("../../../runtime/python/package/_model.py"),
    ),
    (
        "_native.pyi",
        include_str!("../../../runtime/python/package/_native.pyi"),
    ),
    (
        "_stream.py",
        include_str!("../../../runtime/python/package/_stream.py"),
    ),
    (
        "_styles.py",
        include_str!("../../../runtime/python/package/_styles.py"),
    ),
    (
        "_urllib3.py",
        include_str!("../../../runtime/python/package/_urllib3.py"),
    ),
    (
        "api_client.py",
        include_str!("../../../runtime/python/package/api_client.py"),
    ),
    (
        "configuration.py",
        include_str!("../../../runtime/python/package/configuration.py"),
    ),
    (
        "rest.py",
        include_str!("../../../runtime/python/package/rest.py"),
    ),
];

/// The files.
pub(super) fn files(model: &Model, writer: &Writer<'_>) -> Vec<File> {
    let mut files = vec![
        writer.module("__init__.py", &entry(model)),
        writer.module("_about.py", &about(model, writer)),
        writer.module("py.typed", ""),
    ];
    files.extend(
        RUNTIME
            .iter()
            .map(|(name, source)| match &writer.options.native_module {
                Some(own) if *name == "_native.pyi" => {
                    let source = format!("{}\nfrom ._native_{own} import *\n", source.trim_end());
                    writer.module(name, &source)
                }
                _ => writer.module(name, source),
            }),
    );
    let dashed = distribution(&writer.options.package_name);
    let title = first_line(&model.info.title);
    let (rust_path, rust_package) = match &writer.options.rust_sdk {
        Some(path) => (path.as_str(), dashed.clone()),
        None => ("rust", format!("{dashed}-rust")),
    };
    let fill = |template: &str| {
        template
            .replace("{dashed}", &dashed)
            .replace("{package}", writer.package)
            .replace("{version}", &writer.options.package_version)
            .replace("{title}", &title.replace(['"', '\\'], "'"))
            .replace("{rust_path}", rust_path)
            .replace("{rust_package}", &rust_package)
            .replace(
                "{class}",
                model
                    .groups
                    .first()
                    .map_or("DefaultApi", |g| &g.python_class),
            )
    };
    files.push(writer.user(
        "pyproject.toml",
        fill(include_str!("templates/pyproject.toml")),
    ));
    files.push(writer.user("Cargo.toml", fill(include_str!("templates/Cargo.toml"))));
    let readme = fill(include_str!("templates/README.md")) + "\n" + &docs::overview(model);
    files.push(writer.user("README.md", readme));
    files
}

/// `__init__.py`.
fn entry(model: &Model) -> String {
    let info = &model.info;
    let mut paragraphs = vec![info.title.clone()];
    paragraphs.extend(info.description.clone());
    if paragraphs.iter().all(|p| p.trim().is_empty()) {
        paragraphs = vec!["Client of an API.".to_owned()];
    }
    let mut out = docstring(0, &paragraphs);
    out.push_str("\nfrom __future__ import annotations\n\n");
    for group in &model.groups {
        let class = &group.python_class;
        out.push_str(&format!(
            "from .api.{} import {class} as {class}\n",
            group.python_module
        ));
    }
    out.push_str("from .api_client import ApiClient as ApiClient\n");
    out.push_str("from .configuration import Configuration as Configuration\n");
    for named in model.schemas.values() {
        let class = &named.python_class;
        out.push_str(&format!(
            "from .models.{} import {class} as {class}\n",
            named.python_module
        ));
    }
    out
}

/// What the runtime has to know of this API.
fn about(model: &Model, writer: &Writer<'_>) -> String {
    let version = &writer.options.package_version;
    let mut out = format!(
        "\"\"\"What is particular to this API.\"\"\"\n\nfrom __future__ import annotations\n\n\
         HOST = {}\nAPI_VERSION = {}\nPACKAGE_VERSION = {}\nUSER_AGENT = {}\n\n\
         # Security schemes: kind, place, and name of the parameter.\n\
         SECURITY: dict[str, tuple[str, str, str]] = {{\n",
        quoted(&model.address.default_url()),
        quoted(&model.info.version),
        quoted(version),
        quoted(&format!("Swagger-Codegen/{version}/python")),
    );
    for (name, scheme) in &model.security_schemes {
        let (kind, place, parameter) = match &scheme.kind {
            SchemeKind::Basic => ("basic", "header", "Authorization"),
            SchemeKind::Bearer { .. }
            | SchemeKind::OAuth2 { .. }
            | SchemeKind::OpenIdConnect { .. } => ("oauth2", "header", "Authorization"),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Header,
            } => ("api_key", "header", name.as_str()),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Query,
            } => ("api_key", "query", name.as_str()),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Cookie,
            } => ("api_key", "cookie", name.as_str()),
            // Done by hand, through headers.
            SchemeKind::Http { .. } | SchemeKind::MutualTls => continue,
        };
        out.push_str(&format!(
            "    {}: ({}, {}, {}),\n",
            quoted(name),
            quoted(kind),
            quoted(place),
            quoted(parameter)
        ));
    }
    out.push_str("}\n");
    out
}

fn first_line(title: &str) -> String {
    match title.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => line.to_owned(),
        _ => "an API".to_owned(),
    }
}
