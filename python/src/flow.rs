//! The authorization code flow's part that needs no network: requests, answers, ID tokens.
//!
//! The work is the Rust SDK's (`rust_sdk::flow`); `hydra_sdk/flow.py` puts it together with calls
//! that go the package's own way, so that its configuration and whatever is patched hold here too.

use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use rust_sdk::flow::{self, IdTokenVerifier};
use rust_sdk::types::JsonWebKeySet;

pyo3::create_exception!(
    hydra_sdk.flow,
    FlowError,
    PyException,
    "A person could not be signed in, or a token not be had."
);
pyo3::create_exception!(
    hydra_sdk.flow,
    AnswerError,
    FlowError,
    "What the browser brought back is no answer to the request."
);
pyo3::create_exception!(
    hydra_sdk.flow,
    AuthorizationRefused,
    FlowError,
    "The authorization server said no, such as because the person declined."
);
pyo3::create_exception!(
    hydra_sdk.flow,
    IdTokenError,
    FlowError,
    "The ID token is not to be believed."
);

/// Adds all of this to the native module.
///
/// # Errors
/// If Python cannot take the classes.
pub(crate) fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("FlowError", py.get_type::<FlowError>())?;
    module.add("AnswerError", py.get_type::<AnswerError>())?;
    module.add(
        "AuthorizationRefused",
        py.get_type::<AuthorizationRefused>(),
    )?;
    module.add("IdTokenError", py.get_type::<IdTokenError>())?;
    module.add_class::<AuthorizationRequest>()?;
    module.add_function(wrap_pyfunction!(verify_id_token, module)?)
}

/// See the Rust type of that name.
#[pyclass(frozen, eq, module = "hydra_sdk.flow")]
#[derive(PartialEq)]
struct AuthorizationRequest(flow::AuthorizationRequest);

#[pymethods]
impl AuthorizationRequest {
    #[staticmethod]
    #[pyo3(signature = (endpoint, client_id, redirect_uri, *, issuer, issuer_is_named, scopes, max_age, parameters))]
    #[expect(clippy::too_many_arguments, reason = "named ones, and for one caller")]
    fn new(
        endpoint: &str,
        client_id: &str,
        redirect_uri: &str,
        issuer: &str,
        issuer_is_named: bool,
        scopes: Vec<String>,
        max_age: Option<u64>,
        parameters: Vec<(String, String)>,
    ) -> PyResult<Self> {
        let mut builder = flow::AuthorizationRequest::builder(endpoint, client_id, redirect_uri)
            .issuer(issuer, issuer_is_named)
            .scopes(scopes);
        if let Some(seconds) = max_age {
            builder = builder.max_age(seconds);
        }
        for (name, value) in parameters {
            builder = builder.parameter(name, value);
        }
        builder.build().map(Self).map_err(raised)
    }

    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    #[getter]
    fn state(&self) -> &str {
        self.0.state()
    }

    #[getter]
    fn nonce(&self) -> Option<&str> {
        self.0.nonce()
    }

    #[getter]
    fn code_verifier(&self) -> String {
        self.0.code_verifier().expose().to_owned()
    }

    #[getter]
    fn redirect_uri(&self) -> &str {
        self.0.redirect_uri()
    }

    #[getter]
    fn scopes(&self) -> Vec<String> {
        self.0.scopes().to_vec()
    }

    #[getter]
    fn max_age(&self) -> Option<u64> {
        self.0.max_age()
    }

    fn answer(&self, callback: &str) -> PyResult<String> {
        let code = self.0.answer(callback).map_err(raised)?;
        Ok(code.expose().to_owned())
    }

    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.0).map_err(|e| PyValueError::new_err(e.to_string()))
    }

    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|e| PyValueError::new_err(format!("this is no kept request: {e}")))
    }

    /// For `pickle` and `copy`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let make = slf.get_type().getattr("from_json")?;
        Ok((make, (slf.get().to_json()?,)))
    }

    fn __repr__(&self) -> String {
        let (to, scopes) = (self.0.redirect_uri(), self.0.scopes().join(" "));
        format!("<AuthorizationRequest for {scopes:?}, answered to {to}>")
    }
}

/// Verifies an ID token with a key set in JSON; gives its claims as JSON.
#[pyfunction]
#[pyo3(signature = (token, keys, *, issuer, client_id, nonce, access_token, max_age, leeway, now))]
#[expect(clippy::too_many_arguments, reason = "named ones, and for one caller")]
fn verify_id_token(
    token: &str,
    keys: &[u8],
    issuer: &str,
    client_id: &str,
    nonce: Option<&str>,
    access_token: Option<&str>,
    max_age: Option<u64>,
    leeway: u64,
    now: u64,
) -> PyResult<String> {
    let keys: JsonWebKeySet = serde_json::from_slice(keys)
        .map_err(|e| IdTokenError::new_err(format!("the server's key set cannot be read: {e}")))?;
    let mut verifier = IdTokenVerifier::new(issuer, client_id).leeway(leeway);
    if let Some(nonce) = nonce {
        verifier = verifier.nonce(nonce);
    }
    if let Some(token) = access_token {
        verifier = verifier.access_token(token);
    }
    if let Some(seconds) = max_age {
        verifier = verifier.max_age(seconds);
    }
    let token = verifier
        .verify(token, &keys, now)
        .map_err(|e| raised(e.into()))?;
    Ok(serde_json::Value::Object(token.claims().clone()).to_string())
}

/// The Python exception for an error: which class, and with which attributes.
fn raised(error: flow::FlowError) -> PyErr {
    let message = error.to_string();
    match error {
        flow::FlowError::Config(_) => PyValueError::new_err(message),
        flow::FlowError::Answer(_) => AnswerError::new_err(message),
        flow::FlowError::Refused { code, description } => Python::attach(|py| {
            let error = AuthorizationRefused::new_err(message);
            let value = error.value(py);
            match value
                .setattr("code", code)
                .and_then(|()| value.setattr("description", description))
            {
                Ok(()) => error,
                Err(problem) => problem,
            }
        }),
        flow::FlowError::IdToken(problem) => Python::attach(|py| {
            // So that the caller knows when other keys may help.
            let unknown_key = matches!(problem, flow::IdTokenError::UnknownKey(_));
            let error = IdTokenError::new_err(message);
            match error.value(py).setattr("unknown_key", unknown_key) {
                Ok(()) => error,
                Err(problem) => problem,
            }
        }),
        _ => FlowError::new_err(message),
    }
}
