//! `/keys/{set}`: sets of keys, managed.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scopes::{CreateKeys, DeleteKeys, GetKeys, UpdateKeys};
use super::wire::{JsonWebKeySet, JsonWebKeySetGeneratorRequest};
use crate::domain::jwk::JsonWebKey;
use crate::flows::access::{AccessError, Caller, Context, allow};
use crate::flows::{audit, json_web_keys};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::Authorized;
use crate::http::extract::json;
use crate::http::extract::path::Id;
use crate::http::location::{Location, location};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(
        create_json_web_key_set,
        get_json_web_key_set,
        update_json_web_key_set,
        delete_json_web_key_set
    ))
}

/// Create a JSON Web Key
///
/// Makes a key and adds it to the set; a set that does not exist comes into being. For RS256, ES256 and
/// ES512 that is a pair, `private:<kid>` and `public:<kid>`, so that policies can let somebody read the
/// one and not the other; without a `kid` the RFC 7638 thumbprint takes its place. For HS256 and HS512 it
/// is one key, named as asked or at random. Answers the new keys, their secret parts included.
///
/// A key added to the set `hydra.openid.id-token` signs ID tokens from then on, if it is for the
/// algorithm they are signed with. Those of earlier keys stay good until these are deleted.
///
/// Wants scope `hydra.keys.create` and permission to `create` the resource `rn:hydra:keys:<set>`.
#[utoipa::path(
    post,
    path = "/keys/{set}",
    operation_id = "createJsonWebKeySet",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.create"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("set" = String, Path, description = "The name of the set. It must not hold a colon.")),
    request_body(content = JsonWebKeySetGeneratorRequest, description = "What key to make."),
    responses(
        ManagementRefusals,
        (status = 201, description = "The keys that were made.", body = JsonWebKeySet,
            headers(("Location" = String, description = "Path of the set."))),
        (status = 400, description = "There is no such algorithm, a name cannot be, or the set is full.", body = GenericError),
        (status = 409, description = "The set has a key of that name.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn create_json_web_key_set(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<CreateKeys>,
    Id(set): Id,
    json::Json(body): json::Json<JsonWebKeySetGeneratorRequest>,
) -> Result<(StatusCode, Location, Json<JsonWebKeySet>), Generic> {
    let resource = app.resources.of(&["keys", &set]);
    allow(&app, &caller, &resource, "create", &Context::new()).await?;
    let algorithm = body.alg.unwrap_or_default();
    let name = body.kid.as_deref().filter(|kid| !kid.is_empty());
    let keys = json_web_keys::create(&app, &set, &algorithm, name).await?;
    record(&app, &caller, "create", &set, &keys);
    let location = location("/keys", &set);
    Ok((StatusCode::CREATED, location, Json(JsonWebKeySet::of(keys))))
}

/// Get a JSON Web Key Set
///
/// Answers the keys of the set, their secret parts included, the newest first. Wants scope
/// `hydra.keys.get` and permission to `get` the resource `rn:hydra:keys:<set>:<kid>` of each key in it.
#[utoipa::path(
    get,
    path = "/keys/{set}",
    operation_id = "getJsonWebKeySet",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.get"])),
    params(("set" = String, Path, description = "The name of the set.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The keys of the set.", body = JsonWebKeySet),
        (status = 404, description = "There is no set of that name.", body = GenericError),
    ),
)]
pub(crate) async fn get_json_web_key_set(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<GetKeys>,
    Id(set): Id,
) -> Result<Json<JsonWebKeySet>, Generic> {
    let keys = json_web_keys::all(&app, &set).await?;
    // Of a set that does not exist the name with nothing after it stands for the keys: whoever may read
    // all keys of the set may know that there are none.
    let mut names: Vec<&str> = keys.iter().filter_map(|key| key.kid.as_deref()).collect();
    if names.is_empty() {
        names.push("");
    }
    for kid in names {
        let resource = app.resources.of(&["keys", &set, kid]);
        allow(&app, &caller, &resource, "get", &Context::new())
            .await
            .map_err(|error| unnamed(error, &app, &set))?;
    }
    if keys.is_empty() {
        return Err(Failure::not_found(format!("there is no set of keys named `{set}`")).into());
    }
    Ok(Json(JsonWebKeySet::of(keys)))
}

/// A refusal that does not tell which keys there are, if any.
fn unnamed(error: AccessError, app: &App, set: &str) -> AccessError {
    match error {
        AccessError::Forbidden {
            subject, action, ..
        } => AccessError::Forbidden {
            subject,
            action,
            resource: app.resources.of(&["keys", set, "<.*>"]),
        },
        other => other,
    }
}

/// Update a JSON Web Key Set
///
/// Puts keys that were made elsewhere into the set: one of the same `kid` is replaced, others stay. A key
/// without a `kid` gets its RFC 7638 thumbprint. A key must be complete and strong: RSA of 2048 to 8192
/// bits with all private members or none, P-256, P-384, P-521, Ed25519, or symmetric of 128 bits at
/// least. Answers the keys that were sent. Wants scope `hydra.keys.update` and permission to `update` the
/// resource `rn:hydra:keys:<set>`.
#[utoipa::path(
    put,
    path = "/keys/{set}",
    operation_id = "updateJsonWebKeySet",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.update"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("set" = String, Path, description = "The name of the set. It must not hold a colon.")),
    request_body(content = JsonWebKeySet, description = "The keys to put into the set."),
    responses(
        ManagementRefusals,
        (status = 200, description = "The keys are in the set.", body = JsonWebKeySet),
        (status = 400, description = "One is not a key; the message tells which and why.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn update_json_web_key_set(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<UpdateKeys>,
    Id(set): Id,
    json::Json(body): json::Json<JsonWebKeySet>,
) -> Result<Json<JsonWebKeySet>, Generic> {
    let resource = app.resources.of(&["keys", &set]);
    allow(&app, &caller, &resource, "update", &Context::new()).await?;
    let keys = json_web_keys::put(&app, &set, body.into_keys()).await?;
    record(&app, &caller, "update", &set, &keys);
    Ok(Json(JsonWebKeySet::of(keys)))
}

/// Delete a JSON Web Key Set
///
/// Deletes all keys of the set, if there are any. Of `hydra.openid.id-token` a new one is made when the
/// next ID token is signed; tokens of the old ones no longer verify. Wants scope `hydra.keys.delete` and
/// permission to `delete` the resource `rn:hydra:keys:<set>`.
#[utoipa::path(
    delete,
    path = "/keys/{set}",
    operation_id = "deleteJsonWebKeySet",
    tag = "jsonWebKey",
    security(("oauth2" = ["hydra.keys.delete"])),
    params(("set" = String, Path, description = "The name of the set.")),
    responses(
        ManagementRefusals,
        (status = 204, description = "There is no set of that name any more."),
    ),
)]
pub(crate) async fn delete_json_web_key_set(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<DeleteKeys>,
    Id(set): Id,
) -> Result<StatusCode, Generic> {
    let resource = app.resources.of(&["keys", &set]);
    allow(&app, &caller, &resource, "delete", &Context::new()).await?;
    if app.storage.delete_keys(&set).await? {
        audit::record(&caller, "delete", &resource);
    }
    Ok(StatusCode::NO_CONTENT)
}

fn record(app: &App, caller: &Caller, action: &str, set: &str, keys: &[JsonWebKey]) {
    for kid in keys.iter().filter_map(|key| key.kid.as_deref()) {
        audit::record(caller, action, &app.resources.of(&["keys", set, kid]));
    }
}
