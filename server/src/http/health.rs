//! `/health`: is this instance alive?
//!
//! Needs no credentials and touches no storage, so that a load balancer can ask every second.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::App;
use crate::http::error::GenericError;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_instance_status))
}

/// The health of an instance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = healthStatus)]
pub(crate) struct HealthStatus {
    /// Always `ok`: an instance that is not well does not answer.
    status: &'static str,
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
