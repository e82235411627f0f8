//! One call of an API method, from its Python arguments to its Python result.

use std::collections::HashMap;

use bytes::Bytes;
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::answer::{Answer, wrapped};
use super::codec::Codec;
use super::connection::Connection;
use super::encode;
use super::failure::Failure;
use super::given::{Content, Given};
use super::guard::Guard;
use super::send::{Outgoing, Whole, head, is_idempotent, sdk, whole};
use super::text::{Pairs, pairs, text};
use super::timeout::Limits;

/// The short cut for calls whose way nobody changed.
#[pyclass(frozen, module = "_native")]
pub(crate) struct Caller {
    codec: Py<Codec>,
    rest: Py<PyModule>,
    /// Kind, place and parameter of each security scheme.
    schemes: HashMap<String, (String, String, String)>,
    client: Py<Guard>,
    configuration: Py<Guard>,
    rest_client: Py<Guard>,
}

#[pymethods]
impl Caller {
    #[new]
    fn new(
        codec: Py<Codec>,
        rest: Py<PyModule>,
        schemes: HashMap<String, (String, String, String)>,
        client: Py<Guard>,
        configuration: Py<Guard>,
        rest_client: Py<Guard>,
    ) -> Self {
        Self {
            codec,
            rest,
            schemes,
            client,
            configuration,
            rest_client,
        }
    }

    /// Makes the call; `NotImplemented` if it must go the long way.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are those of `ApiClient.call_api`"
    )]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        client: &Bound<'py, PyAny>,
        resource_path: &str,
        method: &str,
        path_params: &Bound<'py, PyAny>,
        query_params: &Bound<'py, PyAny>,
        header_params: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        post_params: &Bound<'py, PyAny>,
        response_type: &Bound<'py, PyAny>,
        auth_settings: &Bound<'py, PyAny>,
        data_only: &Bound<'py, PyAny>,
        collection_formats: Option<&Bound<'py, PyDict>>,
        preload: bool,
        request_timeout: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some((configuration, connection)) = self.unchanged(client)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let limits = Limits::from_python(request_timeout)?;
        let mut headers = Vec::new();
        for more in [
            header_params,
            &client.getattr(intern!(py, "default_headers"))?,
        ] {
            for (name, value) in pairs(client, more, collection_formats)? {
                set(&mut headers, &name, value);
            }
        }
        let cookie = client.getattr(intern!(py, "cookie"))?;
        if cookie.is_truthy()? {
            set(&mut headers, "Cookie", text(client, &cookie)?);
        }
        let mut call = Outgoing {
            method: method.to_owned(),
            host: string(&configuration, intern!(py, "host"))?,
            path: resource_path.to_owned(),
            given: Given {
                path: pairs(client, path_params, collection_formats)?,
                query: pairs(client, query_params, collection_formats)?,
                content: Content::None,
            },
            headers,
            extra_query: Vec::new(),
            safe: string(&configuration, intern!(py, "safe_chars_for_path_param"))?,
            limits,
        };
        if !auth_settings.is_none() {
            self.authenticate(&configuration, auth_settings, &mut call)?;
        }
        match self.content(client, &mut call, body, post_params, collection_formats)? {
            Some(content) => call.given.content = content,
            None => return Ok(py.NotImplemented().into_bound(py)),
        }
        let (answer, bytes) = exchange(
            py,
            &connection,
            &call,
            self.rest.bind(py).as_any(),
            !preload,
        )?;
        let rest = self.rest.bind(py).as_any();
        let status = answer.status();
        let answer = Bound::new(py, answer)?;
        if !(200..300).contains(&status) {
            return Err(refused(rest, &wrapped(rest, &answer, !preload)?)?);
        }
        let headers = answer.clone();
        let data = match bytes {
            None => {
                let response = wrapped(rest, &answer, true)?;
                client.setattr(intern!(py, "last_response"), &response)?;
                response
            }
            Some(bytes) => {
                // Becomes an object that programs know when somebody looks at it.
                client.setattr(intern!(py, "_last_response"), answer)?;
                self.data(client, &configuration, &bytes, response_type)?
            }
        };
        if data_only.is_truthy()? {
            return Ok(data);
        }
        let headers = rest.call_method1(intern!(py, "_headers_of"), (headers,))?;
        Ok(PyTuple::new(py, [data, status.into_pyobject(py)?.into_any(), headers])?.into_any())
    }
}

impl Caller {
    /// What the body is read as.
    fn data<'py>(
        &self,
        client: &Bound<'py, PyAny>,
        configuration: &Bound<'py, PyAny>,
        body: &[u8],
        response_type: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = client.py();
        if !response_type.is_truthy()? {
            return Ok(py.None().into_bound(py));
        }
        if is_file(response_type)? {
            let response = client.getattr(intern!(py, "last_response"))?;
            return client.call_method1(intern!(py, "deserialize"), (response, response_type));
        }
        let strict = configuration
            .getattr_opt(intern!(py, "strict_answers"))?
            .is_some_and(|strict| strict.is_truthy().unwrap_or_default());
        self.codec
            .get()
            .decode_bytes(py, body, response_type, strict)
    }

    /// Configuration and connection of a client that is as it was made.
    fn unchanged<'py>(
        &self,
        client: &Bound<'py, PyAny>,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, Connection>)>> {
        let py = client.py();
        if !self.client.get().holds(client)? {
            return Ok(None);
        }
        let configuration = client.getattr(intern!(py, "configuration"))?;
        let rest_client = client.getattr(intern!(py, "rest_client"))?;
        if !self.configuration.get().holds(&configuration)?
            || !self.rest_client.get().holds(&rest_client)?
            || configuration.getattr(intern!(py, "debug"))?.is_truthy()?
            || !rest_client.getattr(intern!(py, "_pool_manager"))?.is_none()
        {
            return Ok(None);
        }
        let connection = rest_client.getattr(intern!(py, "_connection"))?;
        Ok(connection
            .cast_into::<Connection>()
            .ok()
            .map(|connection| (configuration, connection)))
    }

    /// Sets the credentials for every scheme that the operation lists; a later one takes the place
    /// of an earlier one. What is not configured is not sent.
    fn authenticate(
        &self,
        configuration: &Bound<'_, PyAny>,
        auth_settings: &Bound<'_, PyAny>,
        call: &mut Outgoing,
    ) -> PyResult<()> {
        let py = configuration.py();
        for name in auth_settings.try_iter()? {
            let name: String = name?.extract()?;
            let Some((kind, place, parameter)) = self.schemes.get(&name) else {
                continue;
            };
            let value: Option<String> = match kind.as_str() {
                "basic" => configuration
                    .call_method0(intern!(py, "get_basic_auth_token"))?
                    .extract()?,
                "api_key" => configuration
                    .call_method1(intern!(py, "get_api_key_with_prefix"), (parameter,))?
                    .extract()?,
                _ => {
                    let token = configuration.getattr(intern!(py, "access_token"))?;
                    if token.is_truthy()? {
                        Some(format!("Bearer {}", token.str()?))
                    } else {
                        None
                    }
                }
            };
            match value {
                Some(value) if value.is_empty() => {}
                Some(value) if place == "query" => {
                    call.extra_query.push((parameter.clone(), value))
                }
                Some(value) => set(&mut call.headers, parameter, value),
                None => {}
            }
        }
        Ok(())
    }

    /// The request's body; `None` if only Python knows how to write it.
    fn content(
        &self,
        client: &Bound<'_, PyAny>,
        call: &mut Outgoing,
        body: &Bound<'_, PyAny>,
        post_params: &Bound<'_, PyAny>,
        formats: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Option<Content>> {
        let content_type = match call.content_type() {
            Some(content_type) => content_type.to_ascii_lowercase(),
            None => {
                call.headers
                    .push(("Content-Type".to_owned(), "application/json".to_owned()));
                "application/json".to_owned()
            }
        };
        let fields = !post_params.is_none() && post_params.is_truthy()?;
        if matches!(call.method.as_str(), "GET" | "HEAD") {
            return Ok(Some(Content::None));
        }
        if fields && (!body.is_none() || content_type != "application/x-www-form-urlencoded") {
            return Ok(None);
        }
        if content_type.contains("json") {
            if body.is_none() {
                return Ok(Some(Content::None));
            }
            let mut json = Vec::new();
            encode::write(body, &self.codec.get().plans, &mut json)?;
            return Ok(Some(Content::Json(Bytes::from(json))));
        }
        if content_type == "application/x-www-form-urlencoded" && body.is_none() {
            return Ok(Some(match fields {
                true => Content::Form(pairs(client, post_params, formats)?),
                false => Content::None,
            }));
        }
        Ok(match body.cast::<PyString>() {
            Ok(text) => Some(Content::Raw(text.to_cow()?.into_owned().into())),
            Err(_) => None,
        })
    }
}

/// Sends a request that was put together in Python. `headers` are pairs.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "a request has that many parts")]
pub(crate) fn send<'py>(
    rest: &Bound<'py, PyModule>,
    connection: &Bound<'py, Connection>,
    method: String,
    url: String,
    headers: Pairs,
    body: Option<Vec<u8>>,
    request_timeout: &Bound<'py, PyAny>,
    streamed: bool,
) -> PyResult<Answer> {
    let content = body.map_or(Content::None, |body| Content::Raw(body.into()));
    let call = Outgoing {
        method,
        host: url,
        headers,
        given: Given {
            content,
            ..Given::default()
        },
        limits: Limits::from_python(request_timeout)?,
        ..Outgoing::default()
    };
    exchange(rest.py(), connection, &call, rest.as_any(), streamed).map(|(answer, _)| answer)
}

/// Sends and receives. The bytes are the body, unless it is streamed.
fn exchange(
    py: Python<'_>,
    connection: &Bound<'_, Connection>,
    call: &Outgoing,
    rest: &Bound<'_, PyAny>,
    streamed: bool,
) -> PyResult<(Answer, Option<Bytes>)> {
    let failed = |failure: Failure| {
        failure.into_python(py, rest, &call.target(), is_idempotent(&call.method))
    };
    let api = sdk()
        .ok_or_else(|| PyRuntimeError::new_err("the module was not set up"))?
        .api;
    let connections = connection.get();
    let mut worker = connections.take(py, call.limits.connect).map_err(failed)?;
    let transport = match connections.transport(py, &mut worker, api, call.base_url(), rest) {
        Ok(transport) => transport,
        Err(failure) => {
            connections.give_back(py, worker);
            return Err(failed(failure));
        }
    };
    if streamed {
        return match worker
            .wait(py, Box::pin(head(&transport, call)))
            .and_then(|done| done)
        {
            Ok(response) => {
                let connection = connection.clone().unbind();
                Ok((
                    Answer::stream(
                        response,
                        worker,
                        connection,
                        rest.clone().unbind(),
                        call.limits,
                    ),
                    None,
                ))
            }
            Err(failure) => {
                connections.give_back(py, worker);
                Err(failed(failure))
            }
        };
    }
    let done = worker
        .wait(py, Box::pin(whole(&transport, call)))
        .and_then(|done| done);
    connections.give_back(py, worker);
    let Whole { response, body } = done.map_err(failed)?;
    Ok((Answer::whole(response, body.clone()), Some(body)))
}

/// The exception for an answer that is a refusal.
fn refused(rest: &Bound<'_, PyAny>, response: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let py = rest.py();
    let arguments = PyDict::new(py);
    arguments.set_item(intern!(py, "http_resp"), response)?;
    let class = rest.getattr(intern!(py, "ApiException"))?;
    Ok(PyErr::from_value(class.call((), Some(&arguments))?))
}

fn set(headers: &mut Pairs, name: &str, value: String) {
    match headers
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
    {
        Some(entry) => *entry = (name.to_owned(), value),
        None => headers.push((name.to_owned(), value)),
    }
}

fn string(object: &Bound<'_, PyAny>, name: &Bound<'_, PyString>) -> PyResult<String> {
    object.getattr(name)?.extract()
}

fn is_file(response_type: &Bound<'_, PyAny>) -> PyResult<bool> {
    match response_type.cast::<PyString>() {
        Ok(text) => Ok(text.to_cow()? == "file"),
        Err(_) => Ok(false),
    }
}
