//! Forms with files.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::style::text;

/// A file to send: bytes, or a stream of them.
#[derive(Debug, Default)]
pub struct File {
    body: reqwest::Body,
    length: Option<u64>,
    name: Option<String>,
    content_type: Option<String>,
}

impl File {
    /// A file of these bytes.
    pub fn bytes(bytes: impl Into<bytes::Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            length: u64::try_from(bytes.len()).ok(),
            body: bytes.into(),
            ..Self::default()
        }
    }

    /// A file whose content comes piece by piece (`reqwest::Body::wrap_stream`). A call with one
    /// is never repeated.
    pub fn stream(body: impl Into<reqwest::Body>) -> Self {
        Self {
            body: body.into(),
            ..Self::default()
        }
    }

    /// Its name. Default: the name of the field, since servers tell files from texts by it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Its media type. Default: what the API's description says.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }
}

impl From<Vec<u8>> for File {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&'static [u8]> for File {
    fn from(bytes: &'static [u8]) -> Self {
        Self::bytes(bytes)
    }
}

/// A `multipart/form-data` form (RFC 7578).
#[derive(Debug, Default)]
pub struct Multipart {
    form: reqwest::multipart::Form,
    failed: Option<String>,
}

impl Multipart {
    /// A form without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; nothing for `None`.
    #[must_use]
    pub fn file(
        self,
        name: &'static str,
        media_type: Option<&str>,
        file: impl Into<Option<File>>,
    ) -> Self {
        let Some(file) = file.into() else { return self };
        let mut part = match file.length {
            Some(length) => reqwest::multipart::Part::stream_with_length(file.body, length),
            None => reqwest::multipart::Part::stream(file.body),
        };
        part = part.file_name(file.name.map_or(Cow::Borrowed(name), Cow::Owned));
        let media_type = file.content_type.as_deref().or(media_type);
        self.part(
            name,
            Some(media_type.unwrap_or("application/octet-stream")),
            part,
        )
    }

    /// Adds files, each as a part of this name.
    #[must_use]
    pub fn files(
        mut self,
        name: &'static str,
        media_type: Option<&str>,
        files: impl IntoIterator<Item = File>,
    ) -> Self {
        for file in files {
            self = self.file(name, media_type, file);
        }
        self
    }

    /// Adds a value: a text by itself, an object as JSON, a list as a part for each item; nothing
    /// for `None`. With a media type, a list is one part too.
    #[must_use]
    pub fn value(
        mut self,
        name: &'static str,
        media_type: Option<&str>,
        value: &impl Serialize,
    ) -> Self {
        let json = match serde_json::to_value(value) {
            Ok(json) => json,
            Err(error) => {
                self.failed = Some(format!("`{name}`: {error}"));
                return self;
            }
        };
        match json {
            Value::Null => self,
            Value::Array(items) if media_type.is_none() => items
                .iter()
                .fold(self, |form, item| form.json(name, None, item)),
            other => self.json(name, media_type, &other),
        }
    }

    fn json(self, name: &'static str, media_type: Option<&str>, value: &Value) -> Self {
        let whole = value.is_object() || value.is_array();
        let media_type = media_type.or(whole.then_some("application/json"));
        self.part(
            name,
            media_type,
            reqwest::multipart::Part::text(text(value)),
        )
    }

    fn part(
        mut self,
        name: &'static str,
        media_type: Option<&str>,
        mut part: reqwest::multipart::Part,
    ) -> Self {
        if let Some(media_type) = media_type {
            match part.mime_str(media_type) {
                Ok(made) => part = made,
                Err(_) => {
                    self.failed = Some(format!(
                        "`{}` is no media type for the part `{name}`",
                        media_type.escape_debug()
                    ));
                    return self;
                }
            }
        }
        self.form = self.form.part(name, part);
        self
    }

    pub(super) fn finish(self) -> Result<reqwest::multipart::Form, String> {
        match self.failed {
            Some(message) => Err(message),
            None => Ok(self.form),
        }
    }
}
