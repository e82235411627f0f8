//! `/health`: is this instance alive, is it ready, and what did it do?
//!
//! The first two need no credentials, so that a load balancer can ask every second.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flows::metrics::{BOUNDS, Summary};
use crate::http::App;
use crate::http::error::{Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Health};
use crate::http::metrics;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_instance_status))
        .routes(routes!(get_instance_readiness))
        .routes(routes!(get_instance_metrics))
}

/// How long the database may take to say that it is there. Whoever asks has little patience either.
const PATIENCE: Duration = Duration::from_secs(2);

/// The health of an instance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = healthStatus)]
pub(crate) struct HealthStatus {
    /// Always `ok`: an instance that is not well does not answer so.
    status: &'static str,
}

/// What an instance did since its start.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = instanceMetrics)]
pub(crate) struct InstanceMetrics {
    /// How long ago it started, in seconds.
    uptime: i64,
    /// Requests that were answered.
    requests: i64,
    /// Answers; the same number.
    responses: i64,
    /// Answers by HTTP method.
    methods: BTreeMap<String, i64>,
    /// Answers by HTTP status.
    status: BTreeMap<String, i64>,
    /// Answers by operation of the contract; `other` for everything else.
    operations: BTreeMap<String, i64>,
    /// Answers by how long they took: at most so many milliseconds, and more than the number before;
    /// `more` for those that took longer than the largest number.
    latencies: BTreeMap<String, i64>,
}

/// Check the health of this instance
///
/// Answers as soon as the instance accepts connections. Behind a proxy that terminates TLS this
/// operation needs no `X-Forwarded-Proto` header.
#[utoipa::path(
    get,
    path = "/health/status",
    operation_id = "getInstanceStatus",
    tag = "health",
    responses(
        (status = 200, description = "The instance is alive.", body = HealthStatus),
        (status = 500, description = "The server failed.", body = GenericError),
    ),
)]
pub(crate) async fn get_instance_status() -> Json<HealthStatus> {
    Json(HealthStatus { status: "ok" })
}

/// Check whether this instance can do its work
///
/// Asks the database whether it is there, for two seconds at most. Meant for load balancers: an instance
/// that is alive and not ready should get no requests, and should not be restarted for it. Behind a proxy
/// that terminates TLS this operation needs no `X-Forwarded-Proto` header.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "getInstanceReadiness",
    tag = "health",
    responses(
        (status = 200, description = "The instance is ready.", body = HealthStatus),
        (status = 500, description = "The server failed.", body = GenericError),
        (status = 503, description = "The database cannot be reached.", body = GenericError),
    ),
)]
pub(crate) async fn get_instance_readiness(
    State(app): State<App>,
) -> Result<Json<HealthStatus>, Generic> {
    app.storage.ping(PATIENCE).await?;
    Ok(Json(HealthStatus { status: "ok" }))
}

/// Show instance metrics
///
/// Numbers of this instance since its start. Wants scope `hydra.health` and permission to `get` the
/// resource `rn:hydra:health:stats`. The path `/metrics` has more of them, as Prometheus reads them.
#[utoipa::path(
    get,
    path = "/health/metrics",
    operation_id = "getInstanceMetrics",
    tag = "health",
    security(("oauth2" = ["hydra.health"])),
    responses(
        (status = 200, description = "The numbers.", body = InstanceMetrics),
        ManagementRefusals,
    ),
)]
pub(crate) async fn get_instance_metrics(
    State(app): State<App>,
    authorized: Authorized<Health>,
) -> Result<Json<InstanceMetrics>, Generic> {
    metrics::allow(&app, &authorized.caller).await?;
    let uptime = app.clock.now().seconds_since(app.started_at);
    Ok(Json(InstanceMetrics::of(&app.metrics.requests(), uptime)))
}

impl InstanceMetrics {
    fn of(summary: &Summary, uptime: i64) -> Self {
        let [mut methods, mut status, mut operations]: [BTreeMap<String, i64>; 3] =
            Default::default();
        let mut requests = 0;
        for (answer, count) in &summary.answers {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            requests += count;
            *methods.entry(answer.method.to_owned()).or_default() += count;
            *status.entry(answer.status.to_string()).or_default() += count;
            *operations.entry(answer.operation.to_string()).or_default() += count;
        }
        let bounds = BOUNDS.iter().map(|bound| (bound * 1000.0).to_string());
        let latencies = bounds
            .chain(["more".to_owned()])
            .zip(summary.durations)
            .map(|(bound, count)| (bound, i64::try_from(count).unwrap_or(i64::MAX)));
        Self {
            uptime,
            requests,
            responses: requests,
            methods,
            status,
            operations,
            latencies: latencies.collect(),
        }
    }
}
