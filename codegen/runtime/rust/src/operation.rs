//! What is known of an API at compile time: static tables that the generator writes.

/// An API: its operations and the ways to authenticate.
#[derive(Debug)]
pub struct Api {
    /// Title of the document.
    pub title: &'static str,
    /// Version of the API.
    pub version: &'static str,
    /// Security schemes that the operations name.
    pub schemes: &'static [SecurityScheme],
    /// All operations, sorted by [`Operation::name`].
    pub operations: &'static [Operation],
}

impl Api {
    /// The operation whose function is called `name` (`get_thing`).
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        let operations = self.operations;
        let found = operations.binary_search_by(|o| o.name.cmp(name)).ok()?;
        operations.get(found)
    }

    /// The security scheme of this name.
    pub fn scheme(&self, name: &str) -> Option<&'static SecurityScheme> {
        self.schemes.iter().find(|s| s.name == name)
    }
}

/// A call of the API.
#[derive(Debug)]
pub struct Operation {
    /// `operationId` in the document.
    pub id: &'static str,
    /// Name of the function.
    pub name: &'static str,
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Path template, put behind the base URL.
    pub path: &'static str,
    /// What can be given, in the document's order.
    pub parameters: &'static [Parameter],
    /// How the request body is written, if there is one.
    pub body: Option<BodyKind>,
    /// True if the call makes no sense without a body.
    pub body_required: bool,
    /// Media type of the request body.
    pub content_type: Option<&'static str>,
    /// Value of `Accept`: the media types of the answers.
    pub accept: Option<&'static str>,
    /// Who may call: any one of these, each all of its schemes together. Empty: anybody.
    pub security: &'static [&'static [Requirement]],
}

impl Operation {
    /// True if sending the request twice is the same as sending it once (RFC 9110 section 9.2.2).
    pub fn is_idempotent(&self) -> bool {
        matches!(
            self.method,
            "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE"
        )
    }
}

/// Something that a call can be given, apart from a body in one piece.
#[derive(Debug)]
pub struct Parameter {
    /// Name on the wire.
    pub name: &'static str,
    /// Where it goes.
    pub location: Location,
    /// True if it must be given.
    pub required: bool,
    /// How a list is written; `None` if the value is none.
    pub list: Option<ListFormat>,
    /// How a list or an object is written.
    pub style: Style,
    /// True if each item of a list, or member of an object, is written by itself.
    pub explode: bool,
    /// True if reserved characters are sent as they are.
    pub allow_reserved: bool,
    /// Media type in which the value is written; then `style` does not count.
    pub content: Option<&'static str>,
}

impl Parameter {
    /// An optional parameter of this name, written as is usual for its place.
    pub const fn new(name: &'static str, location: Location) -> Self {
        let style = match location {
            Location::Path | Location::Header => Style::Simple,
            Location::Query | Location::Cookie | Location::Form | Location::File => Style::Form,
        };
        Self {
            name,
            location,
            required: false,
            list: None,
            style,
            explode: matches!(style, Style::Form),
            allow_reserved: false,
            content: None,
        }
    }
}

/// How a list or an object becomes text (OpenAPI 3.1, "Style Values").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`; of an object `k,v,l,w`, exploded `k=v,l=w`.
    Simple,
    /// `.a.b`, in a path.
    Label,
    /// `;name=a;name=b` or `;name=a,b`, in a path.
    Matrix,
    /// `name=a&name=b` or `name=a,b`.
    Form,
    /// `name=a%20b`.
    SpaceDelimited,
    /// `name=a|b`.
    PipeDelimited,
    /// `name=a%09b`.
    TabDelimited,
    /// `name[k]=v&name[l]=w`.
    DeepObject,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A piece of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form.
    Form,
    /// A file in a form.
    File,
}

/// How a list becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// Joined by this.
    Joined(&'static str),
    /// The name is repeated for each item.
    Repeated,
}

/// How a request body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Bytes, as they are given.
    Raw,
}

/// One security scheme that a call must satisfy.
#[derive(Debug)]
pub struct Requirement {
    /// Name of the scheme.
    pub scheme: &'static str,
    /// Scopes that the call needs.
    pub scopes: &'static [&'static str],
}

/// A way to authenticate.
#[derive(Debug)]
pub struct SecurityScheme {
    /// Name in the document.
    pub name: &'static str,
    /// What is sent.
    pub kind: SchemeKind,
}

/// What a security scheme sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// User name and password (RFC 7617).
    Basic,
    /// A token in `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// A token in `Authorization: Bearer`, got by an OAuth 2.0 flow.
    OAuth2 {
        /// Token endpoint of the document, if one of the flows has one.
        token_url: Option<&'static str>,
    },
    /// A secret in a header.
    HeaderKey(&'static str),
    /// A secret in the query.
    QueryKey(&'static str),
    /// A secret in a cookie.
    CookieKey(&'static str),
    /// Something else, which a caller must do by hand.
    Other,
}
