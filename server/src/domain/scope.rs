//! Scopes, and which pattern covers which scope.
//!
//! A scope is a word such as `hydra.clients`. A client is allowed patterns, a token is granted words,
//! an endpoint wants a word: each question is "does one of these cover that?".

use std::fmt;

/// An ordered list of distinct scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

/// A word that RFC 6749 section 3.3 does not take for a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a scope may hold printable ASCII except space, `\"` and `\\`")]
pub struct MalformedScope;

impl Scopes {
    /// Reads scopes separated by spaces; repetitions are dropped.
    ///
    /// # Errors
    /// A character is not one that RFC 6749 section 3.3 allows.
    pub fn parse(text: &str) -> Result<Self, MalformedScope> {
        let mut scopes = Vec::<String>::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            // scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
            if !word
                .bytes()
                .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            {
                return Err(MalformedScope);
            }
            if !scopes.iter().any(|seen| seen == word) {
                scopes.push(word.to_owned());
            }
        }
        Ok(Self(scopes))
    }

    /// Whether no scope is in the list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` itself is in the list; no pattern counts.
    #[must_use]
    pub fn contain(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// Each of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether one of these, read as patterns, covers `scope`.
    #[must_use]
    pub fn cover(&self, scope: &str) -> bool {
        self.0.iter().any(|pattern| covers(pattern, scope))
    }

    /// The first of `wanted` that none of these covers.
    #[must_use]
    pub fn first_uncovered<'a>(&self, wanted: &'a Self) -> Option<&'a str> {
        wanted
            .0
            .iter()
            .map(String::as_str)
            .find(|scope| !self.cover(scope))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

/// The wildcard strategy. Both sides are split at the dots. Part by part the pattern must be equal,
/// or be `*` where the scope has something; a pattern that ends in `*` swallows the rest.
fn covers(pattern: &str, scope: &str) -> bool {
    let mut scope = scope.split('.');
    let mut last = "";
    for part in pattern.split('.') {
        let Some(word) = scope.next() else {
            return false;
        };
        if !(part == word || part == "*" && !word.is_empty()) {
            return false;
        }
        last = part;
    }
    scope.next().is_none() || last == "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wildcard_table() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("foo", &["foo"], &["foo.bar", "fo", "Foo", ""]),
            (
                "foo.*",
                &["foo.bar", "foo.bar.baz", "foo.*"],
                &["foo", "foo.", "foo..bar"],
            ),
            ("foo.*.baz", &["foo.x.baz"], &["foo.x.y.baz", "foo..baz"]),
            ("foo.*.baz.*", &["foo.x.baz.q.r"], &["foo.x.baz"]),
            ("*", &["foo", "foo.bar", "*"], &[""]),
            ("foo*", &["foo*"], &["foobar", "foo"]),
            ("hydra.*", &["hydra.clients", "hydra.keys.get"], &["hydra"]),
        ];
        for (pattern, yes, no) in table {
            for scope in *yes {
                assert!(covers(pattern, scope), "{pattern} must cover {scope:?}");
            }
            for scope in *no {
                assert!(
                    !covers(pattern, scope),
                    "{pattern} must not cover {scope:?}"
                );
            }
        }
    }

    #[test]
    fn repetitions_and_spare_spaces_are_dropped() {
        let scopes = Scopes::parse(" openid  hydra.clients openid ").unwrap();
        assert_eq!(scopes.to_string(), "openid hydra.clients");
    }

    #[test]
    fn what_the_rfc_forbids_is_refused() {
        for text in ["a\"b", "a\\b", "a\tb", "ä", "a\u{0}"] {
            assert_eq!(Scopes::parse(text), Err(MalformedScope), "{text:?}");
        }
    }

    #[test]
    fn the_first_uncovered_scope_is_named() {
        let allowed = Scopes::parse("openid hydra.*").unwrap();
        let wanted = Scopes::parse("hydra.clients offline").unwrap();
        assert_eq!(allowed.first_uncovered(&wanted), Some("offline"));
        assert_eq!(allowed.first_uncovered(&Scopes::default()), None);
    }
}
