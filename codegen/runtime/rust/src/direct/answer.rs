//! Answers of a status below 400.

use http::StatusCode;
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::Response;

use super::events::Events;
use super::read::{Read, from_json};

/// An answer whose body is still to be read.
#[derive(Debug)]
pub struct Success(Response);

impl Success {
    pub(super) fn new(response: Response) -> Self {
        Self(response)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// If the connection breaks, or the body is something else.
    pub async fn json<T: Read, E>(self) -> Result<ResponseValue<T>, Error<E>> {
        self.decoded(|_, body| from_json(body)).await
    }

    /// The body as `decode` reads it, which is told the status.
    ///
    /// # Errors
    /// If the connection breaks, or the body is something else.
    pub async fn decoded<T, E>(
        self,
        decode: fn(StatusCode, &[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<ResponseValue<T>, Error<E>> {
        let status = self.0.status();
        if status.is_redirection() {
            return Err(Error::UnexpectedResponse(self.0));
        }
        let headers = self.0.headers().clone();
        let body = self.0.bytes().await.map_err(Error::ResponseBodyError)?;
        match decode(status, &body) {
            Ok(value) => Ok(ResponseValue::new(value, status, headers)),
            Err(error) => Err(Error::InvalidResponsePayload(body, error)),
        }
    }

    /// The body as text, by the character set that the answer names.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn text<E>(self) -> Result<ResponseValue<String>, Error<E>> {
        let status = self.0.status();
        let headers = self.0.headers().clone();
        let text = self.0.text().await.map_err(Error::ResponseBodyError)?;
        Ok(ResponseValue::new(text, status, headers))
    }

    /// The body piece by piece.
    ///
    /// # Errors
    /// None; the pieces may have some.
    pub async fn bytes<E>(self) -> Result<ResponseValue<ByteStream>, Error<E>> {
        Ok(ResponseValue::stream(self.0))
    }

    /// Server-sent events as they come.
    ///
    /// # Errors
    /// None; the events may have some.
    pub async fn events<E>(self) -> Result<ResponseValue<Events>, Error<E>> {
        let status = self.0.status();
        let headers = self.0.headers().clone();
        Ok(ResponseValue::new(Events::new(self.0), status, headers))
    }

    /// Status and headers only.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn empty<E>(self) -> Result<ResponseValue<()>, Error<E>> {
        let status = self.0.status();
        let headers = self.0.headers().clone();
        // Read to its end, so that the connection can be used again.
        self.0.bytes().await.map_err(Error::ResponseBodyError)?;
        Ok(ResponseValue::new((), status, headers))
    }
}

/// The body of a refusal, if it is what the description says for every status.
pub fn refusal_json<T: Read>(_: StatusCode, body: &str) -> Option<T> {
    let value: serde_json::Value = serde_json::from_str(body).ok()?;
    // `null` or a text would read as an empty object.
    if value.is_null() {
        return None;
    }
    T::read(value).ok()
}

/// The body of a refusal, if it is JSON.
pub fn refusal_any(_: StatusCode, body: &str) -> Option<serde_json::Value> {
    serde_json::from_str(body).ok()
}
