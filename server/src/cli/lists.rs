//! Flags that take a list: `--grant-types a,b`, repeatable, in the notation of a CSV line, so that a
//! value with a comma can be written in double quotes: `--resources '"<[0-9]{1,3}>",other'`.

/// What one use of the flag gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List(Vec<String>);

/// Reads one use of the flag.
///
/// # Errors
/// A quoted value is not closed, or something follows its closing quote.
pub(crate) fn parse(text: &str) -> Result<List, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut values = Vec::new();
    for line in reader.records() {
        let line = line.map_err(|error| error.to_string())?;
        values.extend(
            line.iter()
                .filter(|value| !value.is_empty())
                .map(str::to_owned),
        );
    }
    Ok(List(values))
}

/// The values of all uses of a flag, in order.
pub(crate) fn join(lists: Vec<List>) -> Vec<String> {
    lists.into_iter().flat_map(|list| list.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_unless_quoted() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("a", &["a"]),
            ("a,b", &["a", "b"]),
            (" a , b ", &["a", "b"]),
            ("a,,b,", &["a", "b"]),
            ("\"<[0-9]{1,3}>\",b", &["<[0-9]{1,3}>", "b"]),
            ("\"say \"\"hi\"\"\"", &["say \"hi\""]),
            ("rn:hydra:<.*>", &["rn:hydra:<.*>"]),
            ("one\ntwo", &["one", "two"]),
        ] {
            assert_eq!(parse(text).unwrap().0, expected, "{text:?}");
        }
    }

    #[test]
    fn uses_add_up() {
        assert_eq!(
            join(vec![parse("a,b").unwrap(), parse("c").unwrap()]),
            ["a", "b", "c"]
        );
    }
}
