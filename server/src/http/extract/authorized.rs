//! Callers whose bearer token was granted a scope.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::flows::access::{self, Caller};
use crate::http::App;
use crate::http::error::Generic;
use crate::http::extract::authorization::Authorization;

/// A scope that operations want.
pub(crate) trait RequiredScope {
    /// Its name.
    const NAME: &'static str;
    /// Another name that will do.
    const ALIAS: Option<&'static str> = None;
}

/// Scope `hydra.clients`.
pub(crate) struct Clients;

impl RequiredScope for Clients {
    const NAME: &'static str = "hydra.clients";
}

/// Scope `hydra.consent`.
pub(crate) struct Consent;

impl RequiredScope for Consent {
    const NAME: &'static str = "hydra.consent";
}

/// Scope `hydra.policies`.
pub(crate) struct Policies;

impl RequiredScope for Policies {
    const NAME: &'static str = "hydra.policies";
}

/// Scope `hydra.oauth2.flush`.
pub(crate) struct Flush;

impl RequiredScope for Flush {
    const NAME: &'static str = "hydra.oauth2.flush";
}

/// Scope `hydra.health`.
pub(crate) struct Health;

impl RequiredScope for Health {
    const NAME: &'static str = "hydra.health";
}

/// Scope `hydra.warden`.
pub(crate) struct Warden;

impl RequiredScope for Warden {
    const NAME: &'static str = "hydra.warden";
}

/// Scope `hydra.warden.groups`. The documents of Hydra 0.10 said `hydra.groups`, its code wanted the
/// other; tokens were asked for by either name.
pub(crate) struct WardenGroups;

impl RequiredScope for WardenGroups {
    const NAME: &'static str = "hydra.warden.groups";
    const ALIAS: Option<&'static str> = Some("hydra.groups");
}

/// A caller whose bearer token is good and was granted the scope. What it may do, the rules say next.
pub(crate) struct Authorized<Scope> {
    pub(crate) caller: Caller,
    scope: PhantomData<Scope>,
}

impl<Scope: RequiredScope> FromRequestParts<App> for Authorized<Scope> {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Generic> {
        let token = match Authorization::of(&parts.headers)? {
            Authorization::Bearer(token) => Some(token),
            Authorization::Basic(_) | Authorization::None => None,
        };
        let token = token.as_ref().map(|token| token.expose());
        let caller = access::authenticate_either(app, token, Scope::NAME, Scope::ALIAS).await?;
        Ok(Self {
            caller,
            scope: PhantomData,
        })
    }
}
