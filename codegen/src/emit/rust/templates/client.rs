use std::collections::BTreeMap;

use futures_util::Stream;
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::StatusCode;
use serde_json::Value;

use crate::generated::operations::API;
use crate::generated::types;
use crate::runtime::direct::{self, Call};
use crate::runtime::{CallOptions, Config, Failure, Transport, TransportError};

/// The API's client. Cheap to clone; clones share connections and tokens.
#[derive(Clone, Debug)]
pub struct Client {
    transport: Transport,
}

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
        Self { transport }
    }

    /// The same client, with other settings for the calls made through it:
    /// `client.with(CallOptions::new().timeout(…))`.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self::over(self.transport.with(options))
    }

    /// The transport below, for calls that are not known before run time.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
{groups}
}

{functions}
