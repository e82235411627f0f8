//! `/policies`: access policies, managed.
//!
//! Each operation wants scope `hydra.policies` and permission for the resource it names. A policy is
//! checked whole before it is stored, its patterns and conditions compiled, so that a decision never
//! meets one that makes no sense.

mod wire;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::wire::Policy;
use crate::domain::policy::InvalidPolicy;
use crate::domain::random;
use crate::flows::access::{Context, allow};
use crate::flows::{Fault, audit};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Policies};
use crate::http::extract::json;
use crate::http::extract::path::Id;
use crate::http::extract::query::Query;
use crate::http::location::{Location, location};
use crate::storage::Creation;

/// Policies in a list unless the caller wants fewer or more, and at most.
const PAGE: i64 = 500;
const LARGEST_PAGE: i64 = 1000;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_policies, create_policy))
        .routes(routes!(get_policy, update_policy, delete_policy))
}

/// List access policies
///
/// Answers policies ordered by id. Wants scope `hydra.policies` and permission to `list` the resource
/// `rn:hydra:policies`.
#[utoipa::path(
    get,
    path = "/policies",
    operation_id = "listPolicies",
    tag = "policy",
    security(("oauth2" = ["hydra.policies"])),
    params(
        ("offset" = Option<i64>, Query, description = "How many policies to pass over; none if left out.", minimum = 0),
        ("limit" = Option<i64>, Query, description = "How many policies to answer at most; 500 if left out.", minimum = 1, maximum = 1000),
    ),
    responses(
        ManagementRefusals,
        (status = 200, description = "The policies, ordered by id.", body = Vec<Policy>),
        (status = 400, description = "A parameter is not a number, or out of bounds.", body = GenericError),
    ),
)]
pub(crate) async fn list_policies(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Policies>,
    query: Query,
) -> Result<Json<Vec<Policy>>, Generic> {
    allow(&app, &caller, &collection(&app), "list", &Context::new()).await?;
    let offset = query.integer("offset", 0..=i64::MAX, 0)?;
    let limit = query.integer("limit", 1..=LARGEST_PAGE, PAGE)?;
    let policies = app.storage.policies(offset, limit).await?;
    Ok(Json(policies.into_iter().map(Policy::from).collect()))
}

/// Create an access policy
///
/// It binds the next decision of every server. Wants scope `hydra.policies` and permission to `create`
/// the resource `rn:hydra:policies`.
#[utoipa::path(
    post,
    path = "/policies",
    operation_id = "createPolicy",
    tag = "policy",
    security(("oauth2" = ["hydra.policies"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = Policy, description = "The policy to create."),
    responses(
        ManagementRefusals,
        (status = 201, description = "The policy was created.", body = Policy,
            headers(("Location" = String, description = "Path of the new policy."))),
        (status = 400, description = "The body is not a policy; the message names the property.", body = GenericError),
        (status = 409, description = "A policy of that id exists, and stays as it is.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn create_policy(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Policies>,
    json::Json(body): json::Json<Policy>,
) -> Result<(StatusCode, Location, Json<Policy>), Generic> {
    allow(&app, &caller, &collection(&app), "create", &Context::new()).await?;
    let id = match body.id.as_deref().unwrap_or_default() {
        "" => random::uuid(app.rng.as_ref())
            .map_err(Fault::from)?
            .to_string(),
        id => id.to_owned(),
    };
    let policy = body.check(id)?;
    match app.storage.create_policy(&policy).await? {
        Creation::Created => {}
        Creation::Exists => return Err(Failure::policy_exists(&policy.id).into()),
    }
    audit::record(&caller, "create", &resource(&app, &policy.id));
    let location = location("/policies", &policy.id);
    Ok((StatusCode::CREATED, location, Json(policy.into())))
}

/// Get an access policy
///
/// Wants scope `hydra.policies` and permission to `get` the resource `rn:hydra:policies:<id>`.
#[utoipa::path(
    get,
    path = "/policies/{id}",
    operation_id = "getPolicy",
    tag = "policy",
    security(("oauth2" = ["hydra.policies"])),
    params(("id" = String, Path, description = "The id of the policy.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The policy.", body = Policy),
        (status = 404, description = "There is no policy of that id.", body = GenericError),
    ),
)]
pub(crate) async fn get_policy(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Policies>,
    Id(id): Id,
) -> Result<Json<Policy>, Generic> {
    allow(&app, &caller, &resource(&app, &id), "get", &Context::new()).await?;
    let policy = app.storage.policy(&id).await?.ok_or_else(|| unknown(&id))?;
    Ok(Json(policy.into()))
}

/// Update an access policy
///
/// Replaces the policy: what is left out becomes empty. It binds the next decision of every server.
/// Wants scope `hydra.policies` and permission to `update` the resource `rn:hydra:policies:<id>`.
#[utoipa::path(
    put,
    path = "/policies/{id}",
    operation_id = "updatePolicy",
    tag = "policy",
    security(("oauth2" = ["hydra.policies"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the policy.")),
    request_body(content = Policy, description = "What the policy shall be. Its id is that in the path, or left out."),
    responses(
        ManagementRefusals,
        (status = 200, description = "The policy was replaced.", body = Policy),
        (status = 400, description = "The body is not a policy, or one of another id; the message names the property.", body = GenericError),
        (status = 404, description = "There is no policy of that id.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn update_policy(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Policies>,
    Id(id): Id,
    json::Json(body): json::Json<Policy>,
) -> Result<Json<Policy>, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "update", &Context::new()).await?;
    if body
        .id
        .as_deref()
        .is_some_and(|given| !given.is_empty() && given != id)
    {
        return Err(InvalidPolicy::new(
            "id",
            "must be the id in the path, or be left out: a policy cannot be renamed",
        )
        .into());
    }
    let policy = body.check(id)?;
    if !app.storage.update_policy(&policy).await? {
        return Err(unknown(&policy.id).into());
    }
    audit::record(&caller, "update", &resource);
    Ok(Json(policy.into()))
}

/// Delete an access policy
///
/// Does nothing if there is none of that id. It binds the next decision of every server. Wants scope
/// `hydra.policies` and permission to `delete` the resource `rn:hydra:policies:<id>`.
#[utoipa::path(
    delete,
    path = "/policies/{id}",
    operation_id = "deletePolicy",
    tag = "policy",
    security(("oauth2" = ["hydra.policies"])),
    params(("id" = String, Path, description = "The id of the policy.")),
    responses(
        ManagementRefusals,
        (status = 204, description = "There is no policy of that id any more."),
    ),
)]
pub(crate) async fn delete_policy(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Policies>,
    Id(id): Id,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "delete", &Context::new()).await?;
    if app.storage.delete_policy(&id).await? {
        audit::record(&caller, "delete", &resource);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The resource that policies know the collection by.
fn collection(app: &App) -> String {
    app.resources.of(&["policies"])
}

/// The resource that policies know a policy by.
fn resource(app: &App, id: &str) -> String {
    app.resources.of(&["policies", id])
}

fn unknown(id: &str) -> Failure {
    Failure::not_found(format!("there is no policy with the id `{id}`"))
}
