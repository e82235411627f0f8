//! The parameters of a request that comes through a browser.

/// Names and values, in the order they came.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

/// A parameter cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnclearParameter {
    /// RFC 6749 section 3.1: "Request and response parameters MUST NOT be included more than once."
    #[error("the parameter `{0}` is there more than once")]
    Repeated(&'static str),
    /// Longer than anybody needs, and than some database takes.
    #[error("the parameter `{0}` is longer than 8192 bytes")]
    TooLong(&'static str),
    /// NUL, which no database keeps alike.
    #[error("the parameter `{0}` holds a NUL character")]
    Nul(&'static str),
}

/// The longest value, in bytes.
const LONGEST: usize = 8 * 1024;

impl Parameters {
    /// Parameters, decoded.
    #[must_use]
    pub const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a parameter. One without a value counts as left out (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// It is there twice, or its value cannot be kept.
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, UnclearParameter> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        let Some((_, value)) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(UnclearParameter::Repeated(name));
        }
        if value.len() > LONGEST {
            return Err(UnclearParameter::TooLong(name));
        }
        if value.contains('\0') {
            return Err(UnclearParameter::Nul(name));
        }
        Ok(Some(value.as_str()).filter(|value| !value.is_empty()))
    }

    /// All of them, as they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether some parameter, known here or not, is there more than once.
    #[must_use]
    pub fn repeat(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Parameters::new(pairs.iter().map(own).collect())
    }

    #[test]
    fn an_empty_value_is_none() {
        let parameters = parameters(&[("scope", ""), ("state", "x")]);
        assert_eq!(parameters.get("scope"), Ok(None));
        assert_eq!(parameters.get("nonce"), Ok(None));
        assert_eq!(parameters.get("state"), Ok(Some("x")));
        assert!(!parameters.repeat());
    }

    #[test]
    fn repetitions_are_seen_even_empty_and_unknown() {
        let parameters = parameters(&[("a", ""), ("state", "x"), ("a", "")]);
        assert_eq!(parameters.get("a"), Err(UnclearParameter::Repeated("a")));
        assert!(parameters.repeat());
    }

    #[test]
    fn values_have_bounds() {
        let long = "x".repeat(LONGEST + 1);
        let parameters = parameters(&[("a", &long), ("b", "x\0")]);
        assert_eq!(parameters.get("a"), Err(UnclearParameter::TooLong("a")));
        assert_eq!(parameters.get("b"), Err(UnclearParameter::Nul("b")));
    }
}
