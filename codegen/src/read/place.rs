//! From a JSON pointer back to a line of the text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::tree::yaml_options;

/// Line and column, from 1, of what `tokens` lead to in a text, or of the last thing on the way
/// there. JSON is read as YAML, which it is.
pub(super) fn locate(text: &str, tokens: &[String]) -> Option<(u64, u64)> {
    (0..=tokens.len()).rev().find_map(|known| {
        let seed = Step {
            tokens: tokens.get(..known)?,
        };
        serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |reader| {
            seed.deserialize(reader)
        })
        .ok()
        .flatten()
    })
}

/// The line of this number, shortened so that a terminal can show it, and where in it the column
/// is then.
pub(super) fn quote(text: &str, (line, column): (u64, u64)) -> Option<String> {
    const WIDTH: usize = 100;
    let shown = text
        .lines()
        .nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let column = usize::try_from(column).ok()?.saturating_sub(1);
    let skipped = column.saturating_sub(WIDTH / 2);
    let piece: String = shown
        .chars()
        .skip(skipped)
        .take(WIDTH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let margin = " ".repeat(line.to_string().len());
    let before = " ".repeat(column - skipped);
    Some(format!("{line} | {piece}\n{margin} | {before}^"))
}

/// The way that is left.
struct Step<'t> {
    tokens: &'t [String],
}

impl<'de> DeserializeSeed<'de> for Step<'_> {
    type Value = Option<(u64, u64)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.tokens.is_empty() {
            let found: Spanned<IgnoredAny> = serde::Deserialize::deserialize(deserializer)?;
            let at = found.referenced;
            return Ok((at.line() > 0).then(|| (at.line(), at.column())));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Step<'_> {
    type Value = Option<(u64, u64)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = access.next_key::<String>()? {
            match self.tokens.split_first() {
                Some((first, tokens)) if *first == key => {
                    found = access.next_value_seed(Step { tokens })?.or(found);
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        for index in 0_usize.. {
            let next = match self.tokens.split_first() {
                Some((first, tokens)) if *first == index.to_string() => {
                    access.next_element_seed(Step { tokens })?.map(|at| {
                        found = at;
                    })
                }
                _ => access.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if next.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
