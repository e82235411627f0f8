//! JSON Web Keys: kept for others at `/keys`, and those that the world verifies ID tokens with.

mod key;
mod public;
mod scopes;
mod set;
mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    public::router().merge(set::router()).merge(key::router())
}
