//! The typed client on top of the transport.

use super::client::Client;
use super::operations::API;
use crate::runtime::{typed, CallOptions, Config, Transport, TransportError};
use progenitor_client::{ClientHooks, Error, OperationInfo};

impl Client {
    /// A client for the server of `config`.
    ///
    /// # Errors
    /// If the configuration cannot work. Nothing is sent yet.
    pub fn new(config: &Config) -> Result<Self, TransportError> {
        Ok(Self::over(Transport::new(&API, config)?))
    }

    /// A client that goes through `transport`.
    pub fn over(transport: Transport) -> Self {
        let base = transport.base_url().to_owned();
        let http = transport.http().clone();
        Self::new_with_client(&base, http, transport)
    }

    /// The same client, with other settings for the calls made through it:
    /// `client.with(CallOptions::new().timeout(…)).call(…)`.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self::over(self.inner.with(options))
    }

    /// The transport below, for calls that are not known before run time.
    pub fn transport(&self) -> &Transport {
        &self.inner
    }
}

impl ClientHooks<Transport> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        info: &OperationInfo,
    ) -> Result<(), Error<E>> {
        typed::pre(&self.inner, request, info).await
    }

    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        typed::exec(&self.inner, request, info).await
    }

    async fn post<E>(
        &self,
        _: &reqwest::Result<reqwest::Response>,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        typed::post(&self.inner).await
    }
}
