//! `/.well-known/jwks.json`: the keys that ID tokens are verified with.
//!
//! Everybody may read them, unless the operator closes them; whether strangers may is a setting, never a
//! policy that matches nobody.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scopes::GetKeys;
use super::wire::JsonWebKeySet;
use crate::domain::jwk::ID_TOKEN_SET;
use crate::flows::access::{Context, allow};
use crate::flows::signing_keys;
use crate::http::App;
use crate::http::error::{Generic, ManagementRefusals};
use crate::http::extract::authorized::Authorized;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(well_known))
}

/// Somebody who may read the public keys.
pub(crate) struct Reader;

impl FromRequestParts<App> for Reader {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Generic> {
        if !app.signing_keys.are_open() {
            let Authorized { caller, .. } =
                Authorized::<GetKeys>::from_request_parts(parts, app).await?;
            // One name for all of them, by which Hydra 0.10 knew its only one.
            let resource = app.resources.of(&["keys", ID_TOKEN_SET, "public"]);
            allow(app, &caller, &resource, "get", &Context::new()).await?;
        }
        Ok(Self)
    }
}

/// Keys that ID tokens are verified with
///
/// Public keys only. Open to everybody unless the server is told otherwise (`JWKS_ANONYMOUS=false`); it
/// then wants scope `hydra.keys.get` and permission to `get` the resource
/// `rn:hydra:keys:hydra.openid.id-token:public`.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "wellKnown",
    tag = "oAuth2",
    responses(
        ManagementRefusals,
        (status = 200, description = "The public keys.", body = JsonWebKeySet),
    ),
)]
pub(crate) async fn well_known(
    State(app): State<App>,
    _: Reader,
) -> Result<Json<JsonWebKeySet>, Generic> {
    let keys = signing_keys::public_keys(&app).await?;
    Ok(Json(JsonWebKeySet::of(keys)))
}
