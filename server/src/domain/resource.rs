//! The names by which policies know what this server manages, such as `rn:hydra:clients:app`.

/// What every name begins with unless the operator says otherwise.
pub const DEFAULT_PREFIX: &str = "rn:hydra";

/// Makes names that begin alike.
///
/// ```
/// use hydra_server::domain::resource::ResourceNames;
///
/// let names = ResourceNames::parse("rn:acme:hydra:").unwrap();
/// assert_eq!(names.of(&["clients", "app"]), "rn:acme:hydra:clients:app");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceNames {
    prefix: String,
}

/// A prefix that no name may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be 1 to 100 characters, none of them `<`, `>`, a space or a control character, such as \
     `rn:hydra`"
)]
pub struct InvalidPrefix;

impl Default for ResourceNames {
    fn default() -> Self {
        Self {
            prefix: DEFAULT_PREFIX.to_owned(),
        }
    }
}

impl ResourceNames {
    /// Names that begin with `prefix` and a colon; a colon at its end is that one.
    ///
    /// # Errors
    /// The prefix is empty or very long, or holds what would mean something else in a policy.
    pub fn parse(prefix: &str) -> Result<Self, InvalidPrefix> {
        let prefix = prefix.strip_suffix(':').unwrap_or(prefix);
        let fine = !prefix.is_empty()
            && prefix.chars().count() <= 100
            && !prefix
                .chars()
                .any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>'));
        fine.then(|| Self {
            prefix: prefix.to_owned(),
        })
        .ok_or(InvalidPrefix)
    }

    /// The name made of these parts, with colons between them.
    #[must_use]
    pub fn of(&self, parts: &[&str]) -> String {
        let mut name = self.prefix.clone();
        for part in parts {
            name.push(':');
            name.push_str(part);
        }
        name
    }

    /// The pattern that matches every name.
    #[must_use]
    pub fn all(&self) -> String {
        self.of(&["<.*>"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_prefix() {
        let names = ResourceNames::default();
        assert_eq!(names.of(&["clients"]), "rn:hydra:clients");
        assert_eq!(names.of(&["keys", "set", "kid"]), "rn:hydra:keys:set:kid");
        assert_eq!(names.all(), "rn:hydra:<.*>");
    }

    #[test]
    fn one_colon_at_the_end_is_dropped() {
        for (prefix, name) in [
            ("acme", "acme:clients"),
            ("acme:", "acme:clients"),
            ("acme::", "acme::clients"),
        ] {
            assert_eq!(ResourceNames::parse(prefix).unwrap().of(&["clients"]), name);
        }
    }

    #[test]
    fn what_would_be_a_pattern_is_refused() {
        for prefix in ["", ":", "rn:<.*>", "a>", "a b", "a\nb", &"x".repeat(101)] {
            assert_eq!(
                ResourceNames::parse(prefix),
                Err(InvalidPrefix),
                "{prefix:?}"
            );
        }
    }
}
