//! What a person would look at in the output of a document: functions and types, without bodies.

use std::fmt::Write as _;

use hydra_codegen::emit::File;
use quote::ToTokens as _;

/// Functions and types of a Rust crate.
pub(super) fn rust(files: &[File]) -> String {
    let mut out = String::new();
    for file in files.iter().filter(|f| is_interesting(&f.path)) {
        let mut made = String::new();
        items(&syn::parse_file(&file.contents).unwrap().items, &mut made);
        if !made.is_empty() {
            writeln!(out, "// {}\n{made}", file.path).unwrap();
        }
    }
    out
}

fn is_interesting(path: &str) -> bool {
    path.starts_with("src/generated/")
        && !["operations.rs", "connect.rs", "mod.rs"]
            .iter()
            .any(|end| path.ends_with(end))
}

fn items(items: &[syn::Item], out: &mut String) {
    for item in items {
        match item {
            syn::Item::Mod(module) if module.ident != "error" && module.ident != "prelude" => {
                let inner = module.content.as_ref();
                self::items(inner.map_or(&[][..], |(_, inner)| inner), out);
            }
            syn::Item::Struct(item) if item.ident != "Client" => {
                let fields: Vec<_> = item.fields.iter().map(field).collect();
                writeln!(out, "struct {} {{ {} }}", item.ident, fields.join(", ")).unwrap();
            }
            syn::Item::Enum(item) => {
                let variants: Vec<_> = item
                    .variants
                    .iter()
                    .map(|v| plain(&v.ident, &v.fields))
                    .collect();
                writeln!(out, "enum {} {{ {} }}", item.ident, variants.join(", ")).unwrap();
            }
            syn::Item::Impl(block) if block.trait_.is_none() => {
                for item in &block.items {
                    let syn::ImplItem::Fn(function) = item else {
                        continue;
                    };
                    if function.sig.asyncness.is_some() {
                        writeln!(out, "{}", tidy(&function.sig.to_token_stream().to_string()))
                            .unwrap();
                    }
                }
            }
            _ => {}
        }
    }
}

fn field(field: &syn::Field) -> String {
    let ty = tidy(&field.ty.to_token_stream().to_string());
    field
        .ident
        .as_ref()
        .map_or(ty.clone(), |name| format!("{name}: {ty}"))
}

fn plain(name: &syn::Ident, fields: &syn::Fields) -> String {
    let fields: Vec<_> = fields.iter().map(field).collect();
    if fields.is_empty() {
        name.to_string()
    } else {
        format!("{name}({})", fields.join(", "))
    }
}

/// Tokens as a person writes them.
fn tidy(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for long in [
        ":: std :: option :: ",
        ":: std :: vec :: ",
        ":: std :: string :: ",
        ":: std :: boxed :: ",
        ":: std :: collections :: ",
    ] {
        text = text.replace(long, "");
    }
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" :", ":"),
        ("& 'a ", "&"),
        ("& ", "&"),
        ("<'a>", ""),
        (",)", ")"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(from, to);
    }
    text
}

/// Methods and models of a Python package: each method once, as its documentation has it.
pub(super) fn python(files: &[File], module: &str) -> String {
    let mut out = String::new();
    let interesting = |path: &str| {
        path.ends_with(".py")
            && !path.ends_with("__init__.py")
            && ["api", "models"]
                .iter()
                .any(|folder| path.starts_with(&format!("{module}/{folder}/")))
    };
    for file in files.iter().filter(|f| interesting(&f.path)) {
        let mut lines = Vec::new();
        for line in file.contents.lines() {
            let line = line.trim_end();
            let inner = line.trim_start();
            // Of a model's member its getter is enough.
            let method = line.starts_with("    def ") && !inner.contains("_with_http_info");
            let wanted = inner.starts_with("class ")
                || method && (file.path.contains("/api/") || inner.ends_with("(self):"))
                || inner.starts_with(":param ") && !inner.contains("async_req")
                || inner.starts_with(":return:");
            if wanted
                && !["def __", "def to_"]
                    .iter()
                    .any(|start| inner.starts_with(start))
            {
                lines.push(line.to_owned());
            }
        }
        writeln!(out, "# {}\n{}\n", file.path, lines.join("\n")).unwrap();
    }
    out
}
