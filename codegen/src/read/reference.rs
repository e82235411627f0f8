//! References: from `$ref` to the place that it means.

use serde_json::Value;

use super::ReadError;
use super::node::{Node, percent_decoded};

/// What a `$ref` means: a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) file: usize,
    pub(super) tokens: Vec<String>,
}

impl<'d> Node<'d> {
    /// The target of this object's `$ref`, if it has one.
    ///
    /// `home` is where a bare name would be looked up, as Swagger 1 had it: `$ref: Pet`.
    pub(super) fn reference(&self, home: &[&str]) -> Result<Option<Target>, ReadError> {
        // A property may be called `$ref`; then its value is a schema, not a text.
        let Some(target) = self.value().get("$ref").and_then(Value::as_str) else {
            return Ok(None);
        };
        let (document, fragment) = target.split_once('#').unwrap_or((target, ""));
        let file = match self.document().target(self.file(), document) {
            Ok(file) => file,
            Err(message) => {
                // It may be the `$id` of something that is here.
                for name in [target, document] {
                    if let Some((file, mut tokens)) = self.document().anchor(self.file(), name) {
                        if name != target {
                            tokens.extend(tokens_of(&percent_decoded(fragment)));
                        }
                        return Ok(Some(Target { file, tokens }));
                    }
                }
                if let Some(target) = self.bare_name(target, home) {
                    return Ok(Some(target));
                }
                return Err(self.child_error("$ref", message));
            }
        };
        let fragment = percent_decoded(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return match self.document().anchor(file, &fragment) {
                Some((file, tokens)) => Ok(Some(Target { file, tokens })),
                None => Err(self.child_error(
                    "$ref",
                    format!("`{target}` is neither a JSON pointer nor the name of an `$anchor`"),
                )),
            };
        }
        let tokens = tokens_of(&fragment);
        Ok(Some(Target { file, tokens }))
    }

    fn bare_name(&self, name: &str, home: &[&str]) -> Option<Target> {
        let root = self.document().root();
        let home_node = home.iter().try_fold(root, |node, key| node.get(key))?;
        home_node.get(name)?;
        self.warn(format!(
            "`{name}` was taken for `#/{}/{name}`",
            home.join("/")
        ));
        let tokens = home.iter().chain([&name]).map(|t| (*t).to_owned());
        Some(Target {
            file: 0,
            tokens: tokens.collect(),
        })
    }

    /// The place that a target is, for the reference that stands here.
    pub(super) fn target(&self, target: &Target) -> Result<Self, ReadError> {
        if !self.document().may_follow() {
            return Err(self.error("the document's references expand without end"));
        }
        let mut here = self.document().file_root(target.file);
        for token in &target.tokens {
            let next = match here.value() {
                Value::Object(map) => map.get(token),
                Value::Array(list) => token.parse::<usize>().ok().and_then(|i| list.get(i)),
                _ => None,
            };
            let Some(next) = next else {
                let text = self.value().get("$ref").and_then(Value::as_str);
                return Err(self.child_error(
                    "$ref",
                    format!(
                        "`{}` does not exist: there is no `{token}` in `{}`",
                        text.unwrap_or_default(),
                        crate::model::shown(&here.pointer())
                    ),
                ));
            };
            here = here.at(token, next);
        }
        Ok(here)
    }

    /// This place, or where its references lead in the end.
    pub(super) fn followed(&self) -> Result<Self, ReadError> {
        let mut here = self.clone();
        let mut seen = Vec::new();
        while let Some(target) = here.reference(&[])? {
            let next = here.target(&target)?;
            if seen.contains(&target) {
                return Err(self.error("these references go round in a circle"));
            }
            seen.push(target);
            here = next;
        }
        Ok(here)
    }
}

fn tokens_of(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect()
}
