//! What `README.md` and the manifest say of an API.

use std::fmt::Write as _;

use super::docs;
use crate::model::{Model, SchemeKind};

/// Licences that a document may name by another spelling than the list of SPDX.
const LICENSES: &[(&str, &str)] = &[
    ("apache 2.0", "Apache-2.0"),
    ("apache-2.0", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("mit", "MIT"),
    ("mit license", "MIT"),
    ("bsd-3-clause", "BSD-3-Clause"),
    ("bsd-2-clause", "BSD-2-Clause"),
    ("isc", "ISC"),
    ("mpl-2.0", "MPL-2.0"),
    ("gpl-3.0", "GPL-3.0-only"),
    ("agpl-3.0", "AGPL-3.0-only"),
];

/// The manifest's line for the licence; empty if the document names none that cargo knows.
pub(super) fn license(model: &Model) -> String {
    let named = model.info.license.as_ref().and_then(|license| {
        let text = license.identifier.as_ref().unwrap_or(&license.name);
        let text = text.trim().to_ascii_lowercase();
        LICENSES.iter().find(|(name, _)| *name == text)
    });
    named.map_or_else(String::new, |(_, id)| format!("license = \"{id}\"\n"))
}

/// The text of `README.md`, but for what the manifest has too.
pub(super) fn filled(template: &str, model: &Model, example: Option<&str>) -> String {
    let (mut schemes, mut first) = (String::new(), String::new());
    for (name, scheme) in &model.security_schemes {
        let Some((what, how)) = credential(&scheme.kind) else {
            let _ = writeln!(schemes, "* `{}`: by hand, as headers", plain(name));
            continue;
        };
        let _ = writeln!(schemes, "* `{}`: {what}, `Credential::{how}`", plain(name));
        if first.is_empty() && plain(name) == *name {
            first = format!(
                "\n        .credential({}, Credential::{how})",
                super::direct::literal(name)
            );
        }
    }
    if schemes.is_empty() {
        schemes.push_str("The API's description asks nobody.\n");
    }
    let call = example.map_or_else(String::new, |call| {
        format!("    let answer = {call};\n    println!(\"{{}}\", answer.status());")
    });
    let mut text = template.replace("{schemes}", schemes.trim_end());
    if first.is_empty() {
        text = text.replace("{Client, Config, Credential}", "{Client, Config}");
    }
    text.replace("{credential}", &first)
        .replace("{call}", &call)
}

fn plain(name: &str) -> String {
    docs::clean(name).replace(['`', '\n', '\r'], " ")
}

/// What a scheme asks for, and how to give it.
fn credential(kind: &SchemeKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        SchemeKind::Basic => ("user name and password", "basic(\"user\", \"password\")"),
        SchemeKind::Bearer { .. } => ("a bearer token", "bearer(\"token\")"),
        SchemeKind::ApiKey { .. } => ("an API key", "api_key(\"key\")"),
        SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. } => (
            "OAuth 2.0 tokens, fetched and kept",
            "client_credentials(\"id\", \"secret\", [\"scope\"])",
        ),
        SchemeKind::Http { .. } | SchemeKind::MutualTls => return None,
    })
}
