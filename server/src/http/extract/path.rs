//! The id in a path.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::http::error::{Failure, Generic};

/// The one parameter of a path, percent-decoded.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Generic> {
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::invalid_request("the id in the path is not UTF-8"))?;
        Ok(Self(id))
    }
}
