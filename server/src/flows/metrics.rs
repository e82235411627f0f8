//! What this process did, in numbers: for graphs and alarms, where the log is for single cases.
//!
//! Numbers are of one process since its start and say nothing of persons, clients or tokens. Every label
//! comes from a short list of ours, never from a request, so that no caller can make the numbers grow
//! without end. They are told in two forms: Prometheus's ([`Metrics::prometheus`]), and a sum of the
//! requests for `/health/metrics` ([`Metrics::requests`]).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// Upper bounds, in seconds, of the classes that durations are counted in; beyond the last is one more.
pub const BOUNDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];

type Label = (&'static str, &'static str);

/// The numbers of a process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Arc<Requests>,
    tokens: Family<[Label; 1], Counter>,
    decisions: Family<[Label; 1], Counter>,
    refusals: Family<[Label; 1], Counter>,
}

/// What became of a client that wanted to authenticate and was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is unknown, or its secret is wrong.
    Failed,
    /// It failed too often before.
    TooManyFailures,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hydra");
        let requests = Arc::new(Requests::default());
        let [tokens, decisions, refusals]: [Family<[Label; 1], Counter>; 3] = Default::default();
        registry.register(
            "build",
            "What is running",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register_collector(Box::new(Arc::clone(&requests)));
        registry.register(
            "tokens_issued",
            "Answers that held tokens, by grant",
            tokens.clone(),
        );
        registry.register(
            "access_decisions",
            "Decisions of firewall and warden, by outcome",
            decisions.clone(),
        );
        registry.register(
            "client_authentication_failures",
            "Clients that were not let in, by reason",
            refusals.clone(),
        );
        Self {
            registry,
            requests,
            tokens,
            decisions,
            refusals,
        }
    }
}

impl Metrics {
    /// Counts an answer, and how long it took.
    pub fn answered(&self, answer: Answered, took: Duration) {
        self.requests.count(answer, took);
    }

    /// Counts tokens that were issued for a grant, such as `client_credentials`.
    pub fn issued(&self, grant: &'static str) {
        self.tokens.get_or_create(&[("grant", grant)]).inc();
    }

    /// Counts a decision on who may do what.
    pub fn decided(&self, allowed: bool) {
        let outcome = if allowed { "allowed" } else { "denied" };
        self.decisions.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Counts a client that was not let in.
    pub fn refused(&self, refusal: Refusal) {
        let reason = match refusal {
            Refusal::Failed => "failed",
            Refusal::TooManyFailures => "too_many_failures",
        };
        self.refusals.get_or_create(&[("reason", reason)]).inc();
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Summary {
        let counted = self.requests.lock();
        let mut durations = [0; BOUNDS.len() + 1];
        for duration in counted.durations.values() {
            for (sum, count) in durations.iter_mut().zip(duration.classes) {
                *sum += count;
            }
        }
        Summary {
            answers: counted.answers.clone(),
            durations,
        }
    }

    /// All numbers, in Prometheus's text format (OpenMetrics 1.0).
    #[must_use]
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

/// What was asked, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answered {
    /// The operation of the contract, or `other`.
    pub operation: Arc<str>,
    /// The HTTP method, or `OTHER`.
    pub method: &'static str,
    /// The HTTP status.
    pub status: u16,
}

/// Requests, counted.
#[derive(Debug)]
pub struct Summary {
    /// How many of each kind.
    pub answers: BTreeMap<Answered, u64>,
    /// How many took how long: one for each of [`BOUNDS`], and those that took longer still.
    pub durations: [u64; BOUNDS.len() + 1],
}

#[derive(Debug, Default)]
struct Requests(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    answers: BTreeMap<Answered, u64>,
    durations: BTreeMap<Arc<str>, Durations>,
}

#[derive(Debug, Default)]
struct Durations {
    seconds: f64,
    classes: [u64; BOUNDS.len() + 1],
}

impl Requests {
    fn lock(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, answer: Answered, took: Duration) {
        let seconds = took.as_secs_f64();
        let class = BOUNDS.partition_point(|bound| *bound < seconds);
        let mut counted = self.lock();
        let durations = counted
            .durations
            .entry(Arc::clone(&answer.operation))
            .or_default();
        durations.seconds += seconds;
        if let Some(count) = durations.classes.get_mut(class) {
            *count += 1;
        }
        *counted.answers.entry(answer).or_default() += 1;
    }
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let counted = self.lock();
        let mut requests = encoder.encode_descriptor(
            "http_requests",
            "Requests that were answered, by operation, method and status.",
            None,
            MetricType::Counter,
        )?;
        for (answer, count) in &counted.answers {
            let status = answer.status.to_string();
            let labels = [
                ("operation", &*answer.operation),
                ("method", answer.method),
                ("status", &status),
            ];
            requests
                .encode_family(&labels)?
                .encode_counter::<NoLabelSet, _, u64>(count, None)?;
        }
        let mut durations = encoder.encode_descriptor(
            "http_request_duration_seconds",
            "How long answers took, by operation.",
            None,
            MetricType::Histogram,
        )?;
        for (operation, duration) in &counted.durations {
            let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
            let classes: Vec<_> = bounds.zip(duration.classes).collect();
            durations
                .encode_family(&[("operation", &**operation)])?
                .encode_histogram::<NoLabelSet>(
                    duration.seconds,
                    duration.classes.iter().sum(),
                    &classes,
                    None,
                )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(operation: &str, status: u16) -> Answered {
        Answered {
            operation: operation.into(),
            method: "GET",
            status,
        }
    }

    #[test]
    fn numbers_are_told_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.answered(answered("wellKnown", 200), Duration::from_micros(1500));
        metrics.answered(answered("wellKnown", 200), Duration::from_secs(9));
        metrics.answered(answered("other", 404), Duration::ZERO);
        metrics.issued("client_credentials");
        metrics.decided(true);
        metrics.refused(Refusal::TooManyFailures);
        insta::assert_snapshot!(metrics.prometheus());
    }

    #[test]
    fn a_duration_at_a_bound_counts_below_it() {
        let metrics = Metrics::default();
        for milliseconds in [0, 1, 2, 2500, 2501] {
            let took = Duration::from_millis(milliseconds);
            metrics.answered(answered("wellKnown", 200), took);
        }
        let summary = metrics.requests();
        assert_eq!(summary.durations, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(summary.answers, [(answered("wellKnown", 200), 5)].into());
    }
}
