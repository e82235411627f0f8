//! The ids in a path.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::http::error::{Failure, Generic};

/// The one parameter of a path, percent-decoded.
pub(crate) struct Id(pub(crate) String);

/// The two parameters of a path, in their order, percent-decoded.
pub(crate) struct Ids(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Generic> {
        let Path((first, second)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::invalid_request("a name in the path is not UTF-8"))?;
        Ok(Self(first, second))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Generic> {
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::invalid_request("the id in the path is not UTF-8"))?;
        Ok(Self(id))
    }
}
