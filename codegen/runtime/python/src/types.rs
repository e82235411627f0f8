//! Type strings, as `swagger_types` and `response_type` spell them.

/// A type that an answer, or a part of one, is read as.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Int,
    Float,
    Str,
    Bool,
    /// `object`: whatever the JSON holds.
    Any,
    Date,
    DateTime,
    /// `file`: the whole body goes to a file.
    File,
    List(Box<Type>),
    Dict(Box<Type>),
    /// A class of the package's `models`, looked up when it is needed.
    Model(String),
}

impl Type {
    /// Reads a type string. Every text is a type: what is nothing else names a model.
    pub(crate) fn parse(text: &str) -> Self {
        if let Some(items) = inside(text, "list[", ']') {
            return Self::List(Box::new(Self::parse(items)));
        }
        if let Some((_, values)) = inside(text, "dict(", ')').and_then(|kv| kv.split_once(", ")) {
            return Self::Dict(Box::new(Self::parse(values)));
        }
        match text {
            "int" | "long" => Self::Int,
            "float" => Self::Float,
            "str" => Self::Str,
            "bool" => Self::Bool,
            "object" => Self::Any,
            "date" => Self::Date,
            "datetime" => Self::DateTime,
            "file" => Self::File,
            name => Self::Model(name.to_owned()),
        }
    }
}

fn inside<'a>(text: &'a str, open: &str, close: char) -> Option<&'a str> {
    text.strip_prefix(open)?.strip_suffix(close)
}
