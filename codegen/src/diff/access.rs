//! Where the server is, and what callers have to show.

use super::shapes::Unit;
use super::{Change, Found, Rule, Side, Subject};
use crate::model::{Flow, Model, Operation, Requirement, SchemeKind};

/// Changes of the document as a whole.
pub(super) fn document(old: &Model, new: &Model) -> Vec<Change> {
    let mut found = Vec::new();
    servers(old, new, &mut found);
    schemes(old, new, &mut found);
    found
        .into_iter()
        .map(|found| Change {
            rule: found.rule,
            severity: found.rule.severity(),
            subject: Subject::Document,
            place: found.place,
            pointer: String::new(),
            document: Side::New,
            message: found.message,
        })
        .collect()
}

fn servers(old: &Model, new: &Model, found: &mut Vec<Found>) {
    let (before, after) = (urls(old), urls(new));
    let path = |urls: &[String]| urls.first().map(|url| path_of(url).to_owned());
    let (was, is) = (
        path(&before).unwrap_or_default(),
        path(&after).unwrap_or_default(),
    );
    if was != is {
        let shown = |path: &str| {
            if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            }
        };
        let message = format!("was `{}`, is `{}`", shown(&was), shown(&is));
        found.push(Found::new(Rule::BasePathChanged, "base path", message));
        return;
    }
    for url in before.iter().filter(|url| !after.contains(url)) {
        // A document that names no host leaves it to the caller, as before.
        if !url.is_empty() && !url.starts_with('/') {
            let message = format!("`{url}` is not named any more");
            found.push(Found::new(Rule::ServerRemoved, "servers", message));
        }
    }
    for url in after
        .iter()
        .filter(|url| !before.contains(url) && !url.is_empty())
    {
        found.push(Found::new(
            Rule::ServerAdded,
            "servers",
            format!("`{url}` is new"),
        ));
    }
}

/// The addresses of a document, without a slash at the end.
fn urls(model: &Model) -> Vec<String> {
    let trim = |url: &str| url.trim_end_matches('/').to_owned();
    if !model.servers.is_empty() {
        return model.servers.iter().map(|s| trim(&s.url)).collect();
    }
    let address = &model.address;
    match &address.host {
        None => vec![trim(&address.base_path)],
        Some(host) if address.schemes.is_empty() => {
            vec![trim(&format!("//{host}{}", address.base_path))]
        }
        Some(host) => address
            .schemes
            .iter()
            .map(|scheme| trim(&format!("{scheme}://{host}{}", address.base_path)))
            .collect(),
    }
}

fn path_of(url: &str) -> &str {
    let after_host = url.split_once("//").map(|(_, rest)| rest);
    match after_host {
        None => url,
        Some(rest) => rest
            .find('/')
            .and_then(|i| rest.get(i..))
            .unwrap_or_default(),
    }
}

/// Schemes of the same name that ask for something else.
fn schemes(old: &Model, new: &Model, found: &mut Vec<Found>) {
    for (name, was) in &old.security_schemes {
        let Some(is) = new.security_schemes.get(name) else {
            // Whether somebody minds is seen at the operations.
            continue;
        };
        let place = format!("security scheme {name}");
        match (&was.kind, &is.kind) {
            (SchemeKind::OAuth2 { flows: before }, SchemeKind::OAuth2 { flows: after }) => {
                for flow in before {
                    match after.iter().find(|other| other.kind == flow.kind) {
                        None => {
                            let message = format!("the flow `{}` is gone", flow_name(flow));
                            found.push(Found::new(
                                Rule::SecuritySchemeChanged,
                                place.as_str(),
                                message,
                            ));
                        }
                        Some(other) => flow_pair(flow, other, &place, found),
                    }
                }
            }
            (was, is) if is_same_kind(was, is) => {}
            _ => found.push(Found::new(
                Rule::SecuritySchemeChanged,
                place,
                "asks for something else",
            )),
        }
    }
}

fn flow_name(flow: &Flow) -> String {
    serde_json::to_value(flow.kind)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn flow_pair(old: &Flow, new: &Flow, place: &str, found: &mut Vec<Found>) {
    let urls = [
        (
            "authorization",
            &old.authorization_url,
            &new.authorization_url,
        ),
        ("token", &old.token_url, &new.token_url),
    ];
    for (word, was, is) in urls {
        // The same place at another host, or without one, is told apart by nobody: clients go to
        // the host that they were configured with.
        let same = was.as_deref().map(path_of) == is.as_deref().map(path_of);
        if was.is_some() && !same {
            let message = format!("the {word} URL of the flow `{}` is another", flow_name(old));
            found.push(Found::new(Rule::SecuritySchemeChanged, place, message));
        }
    }
    for scope in old
        .scopes
        .keys()
        .filter(|scope| !new.scopes.contains_key(*scope))
    {
        let message = format!(
            "the scope `{scope}` is gone from the flow `{}`",
            flow_name(old)
        );
        found.push(Found::new(Rule::SecuritySchemeChanged, place, message));
    }
}

/// What an operation asks for.
pub(super) fn operation(
    old_model: &Model,
    new_model: &Model,
    old: &Operation,
    new: &Operation,
    unit: &mut Unit,
) {
    let anonymous = |operation: &Operation| {
        operation.security.is_empty() || operation.security.iter().any(Requirement::is_empty)
    };
    let none = [Requirement::new()];
    let list = |operation: &'_ Operation| -> Vec<Requirement> {
        if operation.security.is_empty() {
            none.to_vec()
        } else {
            operation.security.clone()
        }
    };
    let (before, after) = (list(old), list(new));
    let enough = |was: &Requirement, is: &Requirement| {
        is.iter().all(|(name, scopes)| {
            was.iter().any(|(other, had)| {
                is_same_scheme(old_model, other, new_model, name)
                    && scopes.iter().all(|scope| had.contains(scope))
            })
        })
    };
    let refused: Vec<_> = before
        .iter()
        .filter(|was| !after.iter().any(|is| enough(was, is)))
        .collect();
    if !refused.is_empty() {
        let message = match refused.first() {
            Some(first) if !first.is_empty() => format!("{} is not enough any more", shown(first)),
            _ => format!(
                "needs {}",
                after.iter().map(shown).collect::<Vec<_>>().join(" or ")
            ),
        };
        unit.add(Rule::SecurityTightened, "security", message);
    }
    // The other way round: something that would not have done before.
    let loosened = after.iter().any(|is| {
        !before.iter().any(|was| {
            was.iter().all(|(name, scopes)| {
                is.iter().any(|(other, has)| {
                    is_same_scheme(old_model, name, new_model, other)
                        && scopes.iter().all(|scope| has.contains(scope))
                })
            })
        })
    });
    if loosened && !anonymous(old) {
        let message = if anonymous(new) {
            "needs nothing any more".to_owned()
        } else {
            format!(
                "takes {}",
                after.iter().map(shown).collect::<Vec<_>>().join(" or ")
            )
        };
        unit.add(Rule::SecurityLoosened, "security", message);
    }
}

fn shown(requirement: &Requirement) -> String {
    if requirement.is_empty() {
        return "nothing".to_owned();
    }
    let words: Vec<_> = requirement
        .iter()
        .map(|(name, scopes)| match &scopes[..] {
            [] => format!("`{name}`"),
            scopes => format!("`{name}` ({})", scopes.join(" ")),
        })
        .collect();
    words.join(" with ")
}

/// Schemes of one name are the same; what changed in them is told once, not at each operation.
fn is_same_scheme(old: &Model, old_name: &str, new: &Model, new_name: &str) -> bool {
    if old_name == new_name {
        return true;
    }
    let kinds = (
        old.security_schemes.get(old_name),
        new.security_schemes.get(new_name),
    );
    matches!(kinds, (Some(a), Some(b)) if is_same_kind(&a.kind, &b.kind))
}

fn is_same_kind(a: &SchemeKind, b: &SchemeKind) -> bool {
    match (a, b) {
        // What a token looks like is for people.
        (SchemeKind::Bearer { .. }, SchemeKind::Bearer { .. }) => true,
        _ => a == b,
    }
}
