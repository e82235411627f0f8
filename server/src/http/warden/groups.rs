//! `/warden/groups`: groups of subjects, managed.
//!
//! Policies name a group as they name a subject. Each operation wants scope `hydra.warden.groups`, or
//! `hydra.groups`, as Hydra's documents called it, and permission for the resource it names.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::{group, random};
use crate::flows::access::{Context, allow};
use crate::flows::{Fault, audit};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, WardenGroups};
use crate::http::extract::json;
use crate::http::extract::path::Id;
use crate::http::extract::query::Query;
use crate::http::location::{Location, location};
use crate::storage::Creation;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find_groups_by_member, create_group))
        .routes(routes!(get_group, delete_group))
        .routes(routes!(add_members_to_group, remove_members_from_group))
}

/// A group of subjects.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = group)]
pub(crate) struct Group {
    /// Names the group. A random UUID is chosen if it is left out at creation.
    #[schema(nullable = false, max_length = 255)]
    id: Option<String>,
    /// Who is in the group: people and clients, ordered. At most 1000 at a time; more are added by
    /// further requests. A group in a group is not looked into.
    #[schema(nullable = false)]
    members: Option<Vec<String>>,
}

/// Subjects that join or leave a group, at most 1000.
#[derive(Deserialize, ToSchema)]
#[schema(as = groupMembers)]
pub(crate) struct GroupMembers {
    /// The subjects.
    #[schema(nullable = false)]
    members: Option<Vec<String>>,
}

/// Find groups by member
///
/// Answers the groups that a subject is in, each with all its members. Wants scope
/// `hydra.warden.groups` and permission to `list` the resource `rn:hydra:warden:groups`.
#[utoipa::path(
    get,
    path = "/warden/groups",
    operation_id = "findGroupsByMember",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    params(("member" = String, Query, description = "The subject.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The groups, ordered by id.", body = Vec<Group>),
        (status = 400, description = "The parameter `member` is missing.", body = GenericError),
    ),
)]
pub(crate) async fn find_groups_by_member(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    query: Query,
) -> Result<Json<Vec<Group>>, Generic> {
    allow(&app, &caller, &collection(&app), "list", &Context::new()).await?;
    let groups = app.storage.groups_of(query.require("member")?).await?;
    Ok(Json(groups.into_iter().map(Group::from).collect()))
}

/// Create a group
///
/// Wants scope `hydra.warden.groups` and permission to `create` the resource `rn:hydra:warden:groups`.
#[utoipa::path(
    post,
    path = "/warden/groups",
    operation_id = "createGroup",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = Group, description = "The group to create."),
    responses(
        ManagementRefusals,
        (status = 201, description = "The group was created.", body = Group,
            headers(("Location" = String, description = "Path of the new group."))),
        (status = 400, description = "The body is not a group; the message names the property.", body = GenericError),
        (status = 409, description = "A group of that id exists, and stays as it is.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn create_group(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    json::Json(body): json::Json<Group>,
) -> Result<(StatusCode, Location, Json<Group>), Generic> {
    allow(&app, &caller, &collection(&app), "create", &Context::new()).await?;
    let id = match body.id.unwrap_or_default() {
        id if id.is_empty() => random::uuid(app.rng.as_ref())
            .map_err(Fault::from)?
            .to_string(),
        id => id,
    };
    let group = group::Group::new(id, body.members.unwrap_or_default())?;
    match app.storage.create_group(&group).await? {
        Creation::Created => {}
        Creation::Exists => return Err(Failure::group_exists(&group.id).into()),
    }
    audit::record(&caller, "create", &resource(&app, &group.id));
    let location = location("/warden/groups", &group.id);
    Ok((StatusCode::CREATED, location, Json(group.into())))
}

/// Get a group by id
///
/// Wants scope `hydra.warden.groups` and permission to `get` the resource `rn:hydra:warden:groups:<id>`.
#[utoipa::path(
    get,
    path = "/warden/groups/{id}",
    operation_id = "getGroup",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    params(("id" = String, Path, description = "The id of the group.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The group.", body = Group),
        (status = 404, description = "There is no group of that id.", body = GenericError),
    ),
)]
pub(crate) async fn get_group(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    Id(id): Id,
) -> Result<Json<Group>, Generic> {
    allow(&app, &caller, &resource(&app, &id), "get", &Context::new()).await?;
    let group = app.storage.group(&id).await?.ok_or_else(|| unknown(&id))?;
    Ok(Json(group.into()))
}

/// Delete a group by id
///
/// Does nothing if there is none of that id. It binds the next decision of every server. Wants scope
/// `hydra.warden.groups` and permission to `delete` the resource `rn:hydra:warden:groups:<id>`.
#[utoipa::path(
    delete,
    path = "/warden/groups/{id}",
    operation_id = "deleteGroup",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    params(("id" = String, Path, description = "The id of the group.")),
    responses(
        ManagementRefusals,
        (status = 204, description = "There is no group of that id any more."),
    ),
)]
pub(crate) async fn delete_group(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    Id(id): Id,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "delete", &Context::new()).await?;
    if app.storage.delete_group(&id).await? {
        audit::record(&caller, "delete", &resource);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Add members to a group
///
/// Who is in it already stays. It binds the next decision of every server. Wants scope
/// `hydra.warden.groups` and permission for `members.add` of the resource `rn:hydra:warden:groups:<id>`.
#[utoipa::path(
    post,
    path = "/warden/groups/{id}/members",
    operation_id = "addMembersToGroup",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the group.")),
    request_body(content = GroupMembers, description = "Who joins."),
    responses(
        ManagementRefusals,
        (status = 204, description = "They are members."),
        (status = 400, description = "The body does not name members.", body = GenericError),
        (status = 404, description = "There is no group of that id.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn add_members_to_group(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    Id(id): Id,
    json::Json(body): json::Json<GroupMembers>,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "members.add", &Context::new()).await?;
    let members = group::check_members(body.members.unwrap_or_default())?;
    if !app.storage.add_members(&id, &members).await? {
        return Err(unknown(&id).into());
    }
    audit::record(&caller, "members.add", &resource);
    Ok(StatusCode::NO_CONTENT)
}

/// Remove members from a group
///
/// Who is not in it makes no difference. It binds the next decision of every server. Wants scope
/// `hydra.warden.groups` and permission for `members.remove` of the resource
/// `rn:hydra:warden:groups:<id>`.
#[utoipa::path(
    delete,
    path = "/warden/groups/{id}/members",
    operation_id = "removeMembersFromGroup",
    tag = "warden",
    security(("oauth2" = ["hydra.warden.groups"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the group.")),
    request_body(content = GroupMembers, description = "Who leaves."),
    responses(
        ManagementRefusals,
        (status = 204, description = "They are no members any more."),
        (status = 400, description = "The body does not name members.", body = GenericError),
        (status = 404, description = "There is no group of that id.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn remove_members_from_group(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WardenGroups>,
    Id(id): Id,
    json::Json(body): json::Json<GroupMembers>,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "members.remove", &Context::new()).await?;
    let members = group::check_members(body.members.unwrap_or_default())?;
    if !app.storage.remove_members(&id, &members).await? {
        return Err(unknown(&id).into());
    }
    audit::record(&caller, "members.remove", &resource);
    Ok(StatusCode::NO_CONTENT)
}

/// The resource that policies know the collection by.
fn collection(app: &App) -> String {
    app.resources.of(&["warden", "groups"])
}

/// The resource that policies know a group by.
fn resource(app: &App, id: &str) -> String {
    app.resources.of(&["warden", "groups", id])
}

fn unknown(id: &str) -> Failure {
    Failure::not_found(format!("there is no group with the id `{id}`"))
}

impl From<group::Group> for Group {
    fn from(group: group::Group) -> Self {
        Self {
            id: Some(group.id),
            members: Some(group.members),
        }
    }
}
