//! `/.well-known/jwks.json`: the keys that ID tokens are verified with.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::JsonWebKeySet;
use crate::flows::signing_keys;
use crate::http::App;
use crate::http::error::{Generic, GenericError};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(well_known))
}

/// Keys that ID tokens are verified with
///
/// Public keys only. Open to everybody.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "wellKnown",
    tag = "oAuth2",
    responses(
        (status = 200, description = "The public keys.", body = JsonWebKeySet),
        (status = 500, description = "The server failed.", body = GenericError),
        (status = 503, description = "The database cannot be reached.", body = GenericError),
    ),
)]
pub(crate) async fn well_known(State(app): State<App>) -> Result<Json<JsonWebKeySet>, Generic> {
    let keys = signing_keys::public_keys(&app).await?;
    Ok(Json(JsonWebKeySet::of(keys)))
}
