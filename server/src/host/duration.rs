//! Durations as Go writes them: `1h30m`, `90s`, `1.5h`, `100ms`.

use std::time::Duration;

/// Reads a duration.
///
/// # Errors
/// It is none, negative, or longer than a Go duration can be (292 years).
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    // The one duration that needs no unit.
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let problem = || format!("`{text}` is not a duration such as `1h30m`, `90s` or `100ms`");
    let mut rest = text;
    let mut seconds = 0.0;
    if rest.is_empty() {
        return Err(problem());
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(problem)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let unit = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(problem()),
        };
        seconds += number.parse::<f64>().map_err(|_| problem())? * unit;
        rest = tail;
    }
    // Go counts nanoseconds in 63 bits.
    if seconds > 9.2e9 {
        return Err(problem());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| problem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, milliseconds) in [
            ("1h30m", 5_400_000),
            ("90s", 90_000),
            ("1.5h", 5_400_000),
            ("100ms", 100),
            ("2h0m0.5s", 7_200_500),
            ("0s", 0),
            ("0", 0),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "1",
            "h",
            "1x",
            "-1h",
            "1h 30m",
            "1..5h",
            "9999999999999h",
            "1d",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
