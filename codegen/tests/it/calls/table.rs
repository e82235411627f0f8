//! What to call and what must happen: `NAME.calls.yaml` beside the document `NAME.yaml` or
//! `NAME.json`. One table serves all languages.
//!
//! ```yaml
//! - call: get_thing                  # the function; `operation` if Rust and Python call it otherwise
//!   with: { id: a b, X-Trace: t }    # arguments by the document's names
//!   body: { name: n }                # or `form: {…}` with the fields, or `raw: text`
//!   credentials: { key: { api_key: secret } }
//!   sends: GET /things/a%20b         # method and target on the wire; a list: of several
//!                                    # requests, of which only the last is looked at further
//!   sends_headers: { X-Trace: t }    # exactly these values; `null`: not there
//!   sends_json: { name: n }          # or `sends_text`, `sends_parts`; `body` if nothing is said
//!   answers: { json: { id: a b } }   # or `text`, `base64`; a list: one answer after the other
//!   returns: { id: a b }             # what `answers` holds if nothing is said
//!   fails: 404                       # instead of `returns`: the status of the error
//!   python: { returns: … }           # what differs in one language
//!   only: rust                       # the other language has its own way here, which its tests show
//!   retries: 2                       # how often Rust may try again; not at all if nothing is said
//! ```
//!
//! `waiting.yaml` lists what is not right yet, with the reason: a document, or a call of one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::corpus;

/// A document with its calls.
pub(super) struct Case {
    /// File name of the document without the ending.
    pub(super) name: String,
    /// The name as Rust and Python modules have it.
    pub(super) module: String,
    pub(super) path: PathBuf,
    pub(super) calls: Vec<Call>,
}

impl Case {
    /// False if all of it waits: then its code is not even compiled.
    pub(super) fn is_done(&self, language: Language) -> bool {
        self.calls.iter().any(|call| call.is_done(language))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    pub(super) call: String,
    #[serde(default)]
    pub(super) with: Map<String, Value>,
    pub(super) body: Option<Value>,
    pub(super) form: Option<Map<String, Value>>,
    pub(super) raw: Option<String>,
    #[serde(default)]
    pub(super) credentials: BTreeMap<String, Credential>,
    pub(super) sends: Sends,
    #[serde(default)]
    pub(super) sends_headers: BTreeMap<String, Option<String>>,
    pub(super) sends_json: Option<Value>,
    pub(super) sends_text: Option<String>,
    pub(super) sends_parts: Option<Vec<Part>>,
    #[serde(default)]
    pub(super) answers: Answers,
    #[serde(default, deserialize_with = "given")]
    pub(super) returns: Option<Value>,
    pub(super) fails: Option<u16>,
    #[serde(default)]
    pub(super) rust: Differences,
    #[serde(default)]
    pub(super) python: Differences,
    #[serde(default)]
    pub(super) returns_headers: BTreeMap<String, String>,
    pub(super) only: Option<Language>,
    #[serde(default)]
    pub(super) retries: u32,
    /// Where it is not right yet; from `waiting.yaml`.
    #[serde(skip)]
    waits: Vec<Language>,
}

/// Document, or `document#number of the call` → language → reason.
pub(super) type Waiting = BTreeMap<String, BTreeMap<Language, String>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Language {
    Rust,
    Python,
}

/// What differs in one language.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Differences {
    pub(super) call: Option<String>,
    pub(super) with: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) returns: Option<Value>,
    pub(super) sends: Option<String>,
    pub(super) sends_text: Option<String>,
    #[serde(default)]
    pub(super) sends_headers: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Sends {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Credential {
    ApiKey(String),
    Basic(String, String),
    Bearer(String),
    /// Id and secret of a client that gets its tokens by itself.
    Client(String, String),
}

/// A part of a multipart form.
#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) filename: Option<String>,
    #[serde(rename = "type")]
    pub(super) media: Option<String>,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Answers {
    One(Answer),
    Several(Vec<Answer>),
}

impl Default for Answers {
    fn default() -> Self {
        Self::One(Answer::default())
    }
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    #[serde(default, deserialize_with = "given")]
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
    pub(super) base64: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

/// `null` that is written down is something else than nothing.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

impl Call {
    pub(super) fn differences(&self, language: Language) -> &Differences {
        match language {
            Language::Rust => &self.rust,
            Language::Python => &self.python,
        }
    }

    pub(super) fn function(&self, language: Language) -> &str {
        self.differences(language)
            .call
            .as_ref()
            .unwrap_or(&self.call)
    }

    pub(super) fn arguments(&self, language: Language) -> &Map<String, Value> {
        self.differences(language)
            .with
            .as_ref()
            .unwrap_or(&self.with)
    }

    /// The request line of the request with this number.
    pub(super) fn sends(&self, language: Language, at: usize) -> &str {
        match (&self.differences(language).sends, &self.sends) {
            (Some(other), _) => other,
            (None, Sends::One(all)) => all,
            (None, Sends::Several(each)) => each.get(at).map_or("nothing", String::as_str),
        }
    }

    pub(super) fn answers(&self) -> Vec<Answer> {
        match &self.answers {
            Answers::One(answer) => vec![answer.clone()],
            Answers::Several(answers) => answers.clone(),
        }
    }

    /// What the client must return; `None` if it must fail.
    pub(super) fn returned(&self, language: Language) -> Option<Value> {
        if self.fails.is_some() {
            return None;
        }
        let said = self.differences(language).returns.clone();
        said.or_else(|| self.returns.clone()).or_else(|| {
            let last = self.answers().pop()?;
            let plain = last.text.map(Value::from);
            let binary = last
                .base64
                .map(|text| serde_json::json!({ "$base64": text }));
            Some(last.json.or(plain).or(binary).unwrap_or(Value::Null))
        })
    }

    pub(super) fn is_done(&self, language: Language) -> bool {
        !self.waits.contains(&language) && self.only.is_none_or(|only| only == language)
    }
}

/// What is not right yet.
pub(super) fn waiting() -> Waiting {
    let text = std::fs::read_to_string(corpus().join("small/waiting.yaml")).unwrap();
    yaml(&text).unwrap()
}

/// YAML 1.2, in which `n` is a text.
fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, serde_saphyr::Error> {
    serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true })
}

/// All documents that have a table, in the order of their names.
pub(super) fn cases() -> Vec<Case> {
    let folder = corpus().join("small");
    let waiting = waiting();
    let waits = |key: &str| -> Vec<Language> {
        waiting
            .get(key)
            .map(|reasons| reasons.keys().copied().collect())
            .unwrap_or_default()
    };
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".calls.yaml")?
                .to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut calls: Vec<Call> =
                yaml(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            for (at, call) in calls.iter_mut().enumerate() {
                call.waits = waits(&name);
                call.waits.extend(waits(&format!("{name}#{at}")));
            }
            let document = ["yaml", "json"]
                .map(|ending| folder.join(format!("{name}.{ending}")))
                .into_iter()
                .find(|path| path.exists())
                .unwrap_or_else(|| panic!("there is no document for {}", path.display()));
            Some(Case {
                module: name.replace(['-', '.'], "_"),
                name,
                path: document,
                calls,
            })
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}
