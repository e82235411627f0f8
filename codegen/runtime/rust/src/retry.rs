//! When to try again, and when not.

use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use super::Operation;

/// How often and how fast to repeat a call that failed for a moment.
///
/// Repeated are calls that never reached the server, and idempotent calls (`GET`, `HEAD`, `PUT`,
/// `DELETE`, `OPTIONS`) that broke off or were answered with 408, 429, 500, 502, 503 or 504. Waits grow by
/// doubling, with jitter, so that clients do not come back all at once; `Retry-After` is obeyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first one.
    pub retries: u32,
    /// Longest wait before the second attempt.
    pub first_wait: Duration,
    /// Longest wait between attempts. A server that asks for more is not waited for.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 2,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// Every call is made once.
    pub fn never() -> Self {
        Self {
            retries: 0,
            ..Self::default()
        }
    }

    /// How long to wait after a failed connection or a connection that broke; `None` to give up.
    pub(crate) fn after_error(
        &self,
        operation: &Operation,
        error: &reqwest::Error,
        attempts: u32,
    ) -> Option<Duration> {
        let repeatable = error.is_connect()
            || operation.is_idempotent() && (error.is_request() || error.is_timeout());
        (repeatable && attempts <= self.retries).then(|| self.backoff(attempts))
    }

    /// How long to wait after an answer; `None` to take it as it is.
    pub(crate) fn after_answer(
        &self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        attempts: u32,
    ) -> Option<Duration> {
        let passing = matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504);
        if !passing || !operation.is_idempotent() || attempts > self.retries {
            return None;
        }
        match retry_after(headers) {
            Some(wait) => (wait <= self.longest_wait).then_some(wait),
            None => Some(self.backoff(attempts)),
        }
    }

    /// A random part of a span that doubles with each attempt ("full jitter").
    fn backoff(&self, attempts: u32) -> Duration {
        let doubled = 1_u32
            .checked_shl(attempts.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let span = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        span.mul_f64(fastrand::f64())
    }
}

/// `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date. A date is read against the
/// answer's own `Date`, since the clocks of client and server may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), http::HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = (DATE, "Tue, 01 Jan 2030 00:00:00 GMT");
        for (given, expected) in [
            (vec![(RETRY_AFTER, "7")], Some(7)),
            (
                vec![(RETRY_AFTER, "Tue, 01 Jan 2030 00:00:30 GMT"), date.clone()],
                Some(30),
            ),
            // The past is now.
            (
                vec![(RETRY_AFTER, "Mon, 31 Dec 2029 00:00:00 GMT"), date.clone()],
                Some(0),
            ),
            // Nothing to read the date against.
            (vec![(RETRY_AFTER, "Tue, 01 Jan 2030 00:00:30 GMT")], None),
            (vec![(RETRY_AFTER, "soon"), date], None),
            (vec![(RETRY_AFTER, "-1")], None),
            (vec![], None),
        ] {
            let wait = retry_after(&headers(&given));
            assert_eq!(wait, expected.map(Duration::from_secs), "{given:?}");
        }
    }

    #[test]
    fn waits_are_bounded() {
        let policy = RetryPolicy::default();
        for attempts in [1, 2, 10, 31, 32, 33, u32::MAX] {
            assert!(policy.backoff(attempts) <= policy.longest_wait);
        }
        assert!(policy.backoff(1) <= policy.first_wait);
    }
}
