//! Rust types, and those that need a definition.

/// A Rust type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Bool,
    I64,
    U64,
    F64,
    Text,
    Value,
    Named(String),
    List(Box<Type>),
    Map(Box<Type>),
    Option(Box<Type>),
    Boxed(Box<Type>),
}

impl Type {
    pub(super) fn optional(self) -> Self {
        match self {
            Self::Option(_) => self,
            other => Self::Option(Box::new(other)),
        }
    }

    /// As it is written, with `types::` (or nothing) before names.
    pub(super) fn written(&self, prefix: &str) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::I64 => "i64".to_owned(),
            Self::U64 => "u64".to_owned(),
            Self::F64 => "f64".to_owned(),
            Self::Text => "String".to_owned(),
            Self::Value => "Value".to_owned(),
            Self::Named(name) => format!("{prefix}{name}"),
            Self::List(of) => format!("Vec<{}>", of.written(prefix)),
            Self::Map(of) => format!("BTreeMap<String, {}>", of.written(prefix)),
            Self::Option(of) => format!("Option<{}>", of.written(prefix)),
            Self::Boxed(of) => format!("Box<{}>", of.written(prefix)),
        }
    }
}

/// A type that is defined.
#[derive(Debug)]
pub(super) enum Item {
    Struct(Struct),
    Text(TextEnum),
    Choice(Choice),
    Alias { doc: String, ty: Type },
}

#[derive(Debug)]
pub(super) struct Struct {
    pub(super) doc: String,
    pub(super) fields: Vec<Field>,
    /// Field for members that the document does not know.
    pub(super) extra: String,
    pub(super) extra_type: Type,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) doc: String,
    pub(super) name: String,
    pub(super) json: String,
    pub(super) ty: Type,
    /// Written even if there is nothing in it.
    pub(super) always: bool,
    /// Not to be shown.
    pub(super) secret: bool,
}

#[derive(Debug)]
pub(super) struct TextEnum {
    pub(super) doc: String,
    /// Name and text.
    pub(super) variants: Vec<(String, String)>,
    pub(super) unknown: String,
    pub(super) default: String,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) doc: String,
    pub(super) variants: Vec<Variant>,
    pub(super) unknown: String,
    /// The member that tells, and what it says for which variant.
    pub(super) property: Option<(String, Vec<(String, usize)>)>,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) class: &'static str,
    pub(super) required: Vec<String>,
    pub(super) known: Vec<String>,
    pub(super) constants: Vec<(String, Vec<String>)>,
}
