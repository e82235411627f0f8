//! Parameters: what a caller gives, and how it becomes text.

use serde::Serialize;

use super::schema::is_false;
use super::{Extensions, Kind, Schema};

/// Something a caller gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Name in the document and on the wire (of the body: its name only).
    pub name: String,
    /// Argument name in swagger-codegen's Python client, unique within the operation.
    pub python: String,
    /// Where it goes.
    pub location: Location,
    /// True if it must be given.
    pub required: bool,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// On its way out.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What the value is, as far as `style` asks.
    pub shape: Shape,
    /// How a list or an object becomes text; in force, whether the document says so or not.
    pub style: Style,
    /// True if each item of a list, or member of an object, is written by itself; in force.
    #[serde(skip_serializing_if = "is_false")]
    pub explode: bool,
    /// True if the reserved characters of RFC 3986 section 2.2 are sent as they are.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_reserved: bool,
    /// Media type in which the value is written, if the document gives it by `content`. Then
    /// `style` does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// An empty value may be sent.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_empty_value: bool,
    /// The shape of its value.
    pub schema: Schema,
    /// `x-` members.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl Parameter {
    /// A parameter of this name, written as its place's default says.
    pub fn new(name: impl Into<String>, location: Location, schema: Schema) -> Self {
        let style = Style::default_of(location);
        Self {
            name: name.into(),
            python: String::new(),
            location,
            required: false,
            description: None,
            deprecated: false,
            shape: Shape::Any,
            style,
            explode: style == Style::Form,
            allow_reserved: false,
            content: None,
            allow_empty_value: false,
            schema,
            extensions: Extensions::new(),
        }
    }

    /// How a list is written, in the words of Swagger 2.0: the nearest if it has none.
    /// `None` unless the value is a list outside of the body.
    pub fn collection(&self) -> Option<CollectionFormat> {
        (self.shape == Shape::List && self.location != Location::Body)
            .then(|| self.style.collection(self.explode))
    }

    /// The style, if neither Swagger 2.0 nor a client of swagger-codegen knows it for such a value.
    pub fn unusual_style(&self) -> Option<Style> {
        let usual = self.style == Style::default_of(self.location)
            || (self.shape == Shape::List && self.style.is_joined());
        (!usual).then_some(self.style)
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// A piece of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie (OpenAPI 3).
    Cookie,
    /// A field of a form.
    Form,
    /// The request body.
    Body,
}

/// What a value is, references followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A text, a number, a boolean, a file.
    Scalar,
    /// A list.
    List,
    /// An object.
    Object,
    /// Not known before there is a value: no type, or a choice of several.
    #[default]
    Any,
}

impl Shape {
    /// The shape of values of a schema that is no reference.
    pub fn of(schema: &Schema) -> Self {
        match &schema.kind {
            Kind::Array { .. } => Self::List,
            Kind::Object { .. } => Self::Object,
            Kind::Boolean | Kind::Integer | Kind::Number | Kind::String | Kind::File => {
                Self::Scalar
            }
            Kind::Any | Kind::Null | Kind::Ref { .. } => Self::Any,
        }
    }
}

/// How a list or an object becomes text (OpenAPI 3.1, "Style Values").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// `a,b`; of an object `k,v,l,w`, exploded `k=v,l=w`. Default of paths and headers.
    #[default]
    Simple,
    /// `.a.b`, in a path.
    Label,
    /// `;name=a;name=b` or `;name=a,b`, in a path.
    Matrix,
    /// `name=a&name=b` or `name=a,b`. Default of queries, cookies and forms.
    Form,
    /// `name=a%20b`.
    SpaceDelimited,
    /// `name=a|b`.
    PipeDelimited,
    /// `name[k]=v&name[l]=w`, for objects.
    DeepObject,
    /// `name=a%09b`: Swagger 2.0's `tsv`.
    TabDelimited,
}

impl Style {
    /// All styles.
    pub const ALL: [Self; 8] = [
        Self::Simple,
        Self::Label,
        Self::Matrix,
        Self::Form,
        Self::SpaceDelimited,
        Self::PipeDelimited,
        Self::DeepObject,
        Self::TabDelimited,
    ];

    /// The style of a place whose document names none.
    pub fn default_of(location: Location) -> Self {
        match location {
            Location::Query | Location::Cookie | Location::Form => Self::Form,
            Location::Path | Location::Header | Location::Body => Self::Simple,
        }
    }

    /// The word of OpenAPI 3, and one of our own for tabs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Label => "label",
            Self::Matrix => "matrix",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
            Self::TabDelimited => "tabDelimited",
        }
    }

    /// The style of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.word() == word)
    }

    /// True if a list in this style is what a `collectionFormat` says.
    pub fn is_joined(self) -> bool {
        !matches!(self, Self::Label | Self::Matrix | Self::DeepObject)
    }

    /// The nearest `collectionFormat`.
    pub fn collection(self, explode: bool) -> CollectionFormat {
        match self {
            Self::Form if explode => CollectionFormat::Multi,
            Self::SpaceDelimited => CollectionFormat::Ssv,
            Self::PipeDelimited => CollectionFormat::Pipes,
            Self::TabDelimited => CollectionFormat::Tsv,
            Self::Simple | Self::Label | Self::Matrix | Self::Form | Self::DeepObject => {
                CollectionFormat::Csv
            }
        }
    }
}

/// How a list becomes text, in the words of Swagger 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionFormat {
    /// Joined by `,`.
    Csv,
    /// Joined by a space.
    Ssv,
    /// Joined by a tab.
    Tsv,
    /// Joined by `|`.
    Pipes,
    /// The name is repeated.
    Multi,
}

impl CollectionFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Ssv, Self::Tsv, Self::Pipes, Self::Multi];

    /// The word of Swagger 2.0.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ssv => "ssv",
            Self::Tsv => "tsv",
            Self::Pipes => "pipes",
            Self::Multi => "multi",
        }
    }

    /// The same as a style at a place, and whether it explodes.
    pub fn style(self, location: Location) -> (Style, bool) {
        match self {
            Self::Csv => (Style::default_of(location), false),
            Self::Ssv => (Style::SpaceDelimited, false),
            Self::Tsv => (Style::TabDelimited, false),
            Self::Pipes => (Style::PipeDelimited, false),
            Self::Multi => (Style::Form, true),
        }
    }
}
