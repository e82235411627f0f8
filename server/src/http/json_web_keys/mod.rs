//! JSON Web Keys: those that the world verifies ID tokens with.

mod public;
mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    public::router()
}
