//! `/keys/{set}/{kid}`: single keys, managed.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scopes::{DeleteKeys, GetKeys, UpdateKeys};
use super::wire::{JsonWebKey, JsonWebKeySet};
use crate::flows::access::{Context, allow};
use crate::flows::{audit, json_web_keys};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::Authorized;
use crate::http::extract::json;
use crate::http::extract::path::Ids;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(
        get_json_web_key,
        update_json_web_key,
        delete_json_web_key
    ))
}

/// Get a JSON Web Key
///
/// Answers a set with the one key in it, its secret parts included. Wants scope `hydra.keys.get` and
/// permission to `get` the resource `rn:hydra:keys:<set>:<kid>`.
#[utoipa::path(
    get,
    path = "/keys/{set}/{kid}",
    operation_id = "getJsonWebKey",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.get"])),
    params(
        ("kid" = String, Path, description = "The `kid` of the key."),
        ("set" = String, Path, description = "The name of the set."),
    ),
    responses(
        ManagementRefusals,
        (status = 200, description = "The key.", body = JsonWebKeySet),
        (status = 404, description = "There is no key of that name in the set.", body = GenericError),
    ),
)]
pub(crate) async fn get_json_web_key(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<GetKeys>,
    Ids(set, kid): Ids,
) -> Result<Json<JsonWebKeySet>, Generic> {
    let resource = app.resources.of(&["keys", &set, &kid]);
    allow(&app, &caller, &resource, "get", &Context::new()).await?;
    let key = json_web_keys::one(&app, &set, &kid)
        .await?
        .ok_or_else(|| Failure::not_found(format!("there is no key `{kid}` in the set `{set}`")))?;
    Ok(Json(JsonWebKeySet::of(vec![key])))
}

/// Update a JSON Web Key
///
/// Puts a key that was made elsewhere into the set, in place of the one of that name if there is one. The
/// `kid` in the body must be the one in the path, or be left out. What a key must be is told at
/// `updateJsonWebKeySet`. Wants scope `hydra.keys.update` and permission to `update` the resource
/// `rn:hydra:keys:<set>:<kid>`.
#[utoipa::path(
    put,
    path = "/keys/{set}/{kid}",
    operation_id = "updateJsonWebKey",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.update"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(
        ("kid" = String, Path, description = "The `kid` of the key."),
        ("set" = String, Path, description = "The name of the set. It must not hold a colon."),
    ),
    request_body(content = JsonWebKey, description = "The key."),
    responses(
        ManagementRefusals,
        (status = 200, description = "The key is in the set.", body = JsonWebKey),
        (status = 400, description = "The body is not a key; the message tells why.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn update_json_web_key(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<UpdateKeys>,
    Ids(set, kid): Ids,
    json::Json(body): json::Json<JsonWebKey>,
) -> Result<Json<JsonWebKey>, Generic> {
    let resource = app.resources.of(&["keys", &set, &kid]);
    allow(&app, &caller, &resource, "update", &Context::new()).await?;
    let key = json_web_keys::put_one(&app, &set, &kid, body.into()).await?;
    audit::record(&caller, "update", &resource);
    Ok(Json(key.into()))
}

/// Delete a JSON Web Key
///
/// Deletes the key, if it exists; of a pair the other half stays. Without its private half a pair of
/// `hydra.openid.id-token` no longer signs, and still verifies. Wants scope `hydra.keys.delete` and
/// permission to `delete` the resource `rn:hydra:keys:<set>:<kid>`.
#[utoipa::path(
    delete,
    path = "/keys/{set}/{kid}",
    operation_id = "deleteJsonWebKey",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.delete"])),
    params(
        ("kid" = String, Path, description = "The `kid` of the key."),
        ("set" = String, Path, description = "The name of the set."),
    ),
    responses(
        ManagementRefusals,
        (status = 204, description = "There is no key of that name any more."),
    ),
)]
pub(crate) async fn delete_json_web_key(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<DeleteKeys>,
    Ids(set, kid): Ids,
) -> Result<StatusCode, Generic> {
    let resource = app.resources.of(&["keys", &set, &kid]);
    allow(&app, &caller, &resource, "delete", &Context::new()).await?;
    if app.storage.delete_key(&set, &kid).await? {
        audit::record(&caller, "delete", &resource);
    }
    Ok(StatusCode::NO_CONTENT)
}
