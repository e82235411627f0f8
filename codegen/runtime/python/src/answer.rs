//! An answer, as Python sees it.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use reqwest::Response;
use url::Url;

use super::connection::{Connection, Worker};
use super::send::chunk;
use super::timeout::Limits;

/// Header names whose usual spelling is not a capital at the start of each part.
const SPELLINGS: &[&str] = &[
    "Content-MD5",
    "DNT",
    "ETag",
    "TE",
    "WWW-Authenticate",
    "X-XSS-Protection",
];

/// Status, headers and body of an answer. The body is there as a whole, or comes in pieces.
#[pyclass(frozen, module = "_native")]
pub(crate) struct Answer {
    #[pyo3(get)]
    status: u16,
    #[pyo3(get)]
    reason: String,
    url: Url,
    headers: HeaderMap,
    body: Mutex<Body>,
}

enum Body {
    Whole(Bytes),
    Stream(Box<Stream>),
    Closed,
}

/// A body on its way. It keeps its worker, since only that can drive the connection.
struct Stream {
    response: Response,
    worker: Worker,
    connection: Py<Connection>,
    /// The package's `rest`, which makes exceptions.
    rest: Py<PyAny>,
    limits: Limits,
    process: u32,
}

impl Answer {
    /// An answer with this body.
    pub(crate) fn whole(mut response: Response, body: Bytes) -> Self {
        Self::new(&mut response, Body::Whole(body))
    }

    /// An answer whose body is still to be read.
    pub(crate) fn stream(
        mut response: Response,
        worker: Worker,
        connection: Py<Connection>,
        rest: Py<PyAny>,
        limits: Limits,
    ) -> Self {
        let stream = |response| Stream {
            response,
            worker,
            connection,
            rest,
            limits,
            process: std::process::id(),
        };
        let mut answer = Self::new(&mut response, Body::Closed);
        answer.body = Mutex::new(Body::Stream(Box::new(stream(response))));
        answer
    }

    fn new(response: &mut Response, body: Body) -> Self {
        let status = response.status();
        // Only an unusual phrase is kept beside the status.
        let reason = match response.extensions().get::<hyper::ext::ReasonPhrase>() {
            Some(phrase) => String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
            None => status.canonical_reason().unwrap_or_default().to_owned(),
        };
        Self {
            status: status.as_u16(),
            reason,
            url: response.url().clone(),
            headers: std::mem::take(response.headers_mut()),
            body: Mutex::new(body),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    fn replace(&self, body: Body) -> Body {
        std::mem::replace(
            &mut *self.body.lock().unwrap_or_else(PoisonError::into_inner),
            body,
        )
    }

    /// Gives back what a stream held.
    fn release(py: Python<'_>, stream: Stream) {
        if stream.process != std::process::id() {
            // A forked child leaves its parent's connection alone.
            std::mem::forget(stream);
            return;
        }
        let Stream {
            response,
            worker,
            connection,
            ..
        } = stream;
        drop(response);
        connection.get().give_back(py, worker);
    }
}

#[pymethods]
impl Answer {
    /// URL that the answer came from, after redirects.
    #[getter]
    fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The body as bytes; reads what is still to come.
    #[getter]
    fn data<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyBytes>> {
        let py = slf.py();
        let this = slf.get();
        if let Body::Whole(bytes) = &*this.body.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(PyBytes::new(py, bytes));
        }
        let mut all = Vec::new();
        while let Some(piece) = this.next(py)? {
            all.extend_from_slice(&piece);
        }
        let data = PyBytes::new(py, &all);
        this.replace(Body::Whole(all.into()));
        Ok(data)
    }

    /// The next piece of a streamed body; `None` at its end.
    fn chunk<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        Ok(self.next(py)?.map(|piece| PyBytes::new(py, &piece)))
    }

    /// Lets go of the connection, whether or not the body was read.
    fn close(&self, py: Python<'_>) {
        if let Body::Stream(stream) = self.replace(Body::Closed) {
            Self::release(py, *stream);
        }
    }

    /// The headers as pairs, in the usual spelling.
    fn header_pairs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for (name, value) in &self.headers {
            // RFC 9110 section 5.5: what is not ASCII is opaque; Latin-1 loses nothing.
            let value: String = value.as_bytes().iter().copied().map(char::from).collect();
            list.append((spelled(name.as_str()), value))?;
        }
        Ok(list)
    }
}

impl Answer {
    fn next(&self, py: Python<'_>) -> PyResult<Option<Bytes>> {
        // Taken out while it is used: another thread finds it closed rather than half read.
        let mut stream = match self.replace(Body::Closed) {
            Body::Stream(stream) => stream,
            Body::Whole(bytes) => return Ok(Some(bytes).filter(|b| !b.is_empty())),
            Body::Closed => return Ok(None),
        };
        let Stream {
            response,
            worker,
            limits,
            ..
        } = &mut *stream;
        let read = limits.read;
        let piece = worker
            .wait(py, Box::pin(chunk(response, read)))
            .and_then(|piece| piece);
        match piece {
            Ok(Some(piece)) => {
                self.replace(Body::Stream(stream));
                Ok(Some(piece))
            }
            Ok(None) => {
                Self::release(py, *stream);
                Ok(None)
            }
            Err(failure) => {
                let rest = stream.rest.clone_ref(py);
                Self::release(py, *stream);
                Err(failure.into_python(py, rest.bind(py), self.url.path(), false))
            }
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Body::Stream(stream) = self.replace(Body::Closed) {
            Python::attach(|py| Self::release(py, *stream));
        }
    }
}

/// `content-type` → `Content-Type`. Programs that make a plain dict of headers look them up so.
fn spelled(name: &str) -> String {
    if let Some(spelling) = SPELLINGS.iter().find(|s| s.eq_ignore_ascii_case(name)) {
        return (*spelling).to_owned();
    }
    let mut start = true;
    name.chars()
        .map(|letter| {
            let spelled = if start {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            start = letter == '-';
            spelled
        })
        .collect()
}

/// Wraps an answer into the class that programs know.
pub(crate) fn wrapped<'py>(
    rest: &Bound<'py, PyAny>,
    answer: &Bound<'py, Answer>,
    streamed: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = rest.py();
    if streamed {
        rest.call_method1(intern!(py, "HTTPResponse"), (answer,))
    } else {
        rest.call_method1(intern!(py, "RESTResponse"), (answer,))
    }
}
