//! `/oauth2/flush`: throwing away, now, what the server would throw away some time.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Required};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::UnixTime;
use crate::flows::access::{Context, allow};
use crate::flows::{audit, housekeeping};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Flush};
use crate::http::extract::json;

pub(crate) fn router() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::new().routes(routes!(flush_inactive_o_auth2_tokens));
    // The annotation can only say that a body may be left out by allowing `null` as well.
    let paths = &mut router.get_openapi_mut().paths.paths;
    let operation = paths
        .get_mut("/oauth2/flush")
        .and_then(|item| item.post.as_mut());
    if let Some(RefOr::T(body)) = operation.and_then(|operation| operation.request_body.as_mut()) {
        body.required = Some(Required::False);
    }
    router
}

/// What to throw away.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = flushInactiveOAuth2TokensRequest)]
pub(crate) struct FlushRequest {
    /// Keep what became useless at this time or later, for instance to look into it; a later time than now
    /// means now. RFC 3339.
    #[serde(rename = "notAfter", default)]
    #[schema(nullable = false, format = DateTime)]
    not_after: Option<String>,
}

/// Throw away tokens that are of no use any more
///
/// Access tokens, refresh tokens and codes that have expired, and grants that nothing can come of any
/// more. The server does the same every ten minutes, with what has been useless for an hour. Wants scope
/// `hydra.oauth2.flush` and permission to `flush` the resource `rn:hydra:oauth2:tokens`.
#[utoipa::path(
    post,
    path = "/oauth2/flush",
    operation_id = "flushInactiveOAuth2Tokens",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.oauth2.flush"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = FlushRequest, description = "What to throw away."),
    responses(
        ManagementRefusals,
        (status = 204, description = "They are gone."),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn flush_inactive_o_auth2_tokens(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Flush>,
    body: Option<json::Json<FlushRequest>>,
) -> Result<StatusCode, Generic> {
    let resource = app.resources.of(&["oauth2", "tokens"]);
    allow(&app, &caller, &resource, "flush", &Context::new()).await?;
    let asked = body.map(|json::Json(body)| body).unwrap_or_default();
    let now = app.clock.now();
    let deadline = match asked.not_after {
        None => now,
        Some(text) => time_of(&text)?.min(now),
    };
    housekeeping::purge_until(&app, deadline).await?;
    audit::record(&caller, "flush", &resource);
    Ok(StatusCode::NO_CONTENT)
}

fn time_of(text: &str) -> Result<UnixTime, Failure> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(|time| UnixTime(time.unix_timestamp()))
        .map_err(|_| {
            Failure::invalid_request(
                "`notAfter` is wrong: expected a time such as 2026-01-31T12:00:00Z",
            )
        })
}
