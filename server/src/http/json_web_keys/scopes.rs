//! The scopes that operations on keys want.

use crate::http::extract::authorized::RequiredScope;

/// Scope `hydra.keys.create`.
pub(crate) struct CreateKeys;

impl RequiredScope for CreateKeys {
    const NAME: &'static str = "hydra.keys.create";
}

/// Scope `hydra.keys.get`.
pub(crate) struct GetKeys;

impl RequiredScope for GetKeys {
    const NAME: &'static str = "hydra.keys.get";
}

/// Scope `hydra.keys.update`.
pub(crate) struct UpdateKeys;

impl RequiredScope for UpdateKeys {
    const NAME: &'static str = "hydra.keys.update";
}

/// Scope `hydra.keys.delete`.
pub(crate) struct DeleteKeys;

impl RequiredScope for DeleteKeys {
    const NAME: &'static str = "hydra.keys.delete";
}
