//! `/warden`: decisions for applications, and the groups that decisions know.

mod decisions;
mod groups;

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(decisions::router())
        .merge(groups::router())
}
