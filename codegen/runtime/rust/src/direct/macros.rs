//! What generated types have in common.
//!
//! Each macro reads as a table from the names of a Rust type to those of JSON. They are used where
//! `direct` is in scope.
#![cfg_attr(not(test), expect(unused_macros, reason = "for generated types"))]

/// [`Read`](super::Read) and serde's traits for a struct. `=` is a member that is always written,
/// `?` one that is left out if it is `None`.
macro_rules! object {
    ($name:ident { $($field:ident $kind:tt $json:literal,)* .. $extra:ident }) => {
        impl direct::Read for $name {
            fn read(value: ::serde_json::Value) -> ::core::result::Result<Self, direct::ReadError> {
                let mut object = direct::Object::new(value)?;
                ::core::result::Result::Ok(Self {
                    $($field: object.take($json)?,)*
                    $extra: object.rest()?,
                })
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                from: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(from)?;
                direct::Read::read(value).map_err(::serde::de::Error::custom)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                to: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let mut map = to.serialize_map(::core::option::Option::None)?;
                $(direct::written!(map, &self.$field, $kind, $json);)*
                for (name, value) in &self.$extra {
                    ::serde::ser::SerializeMap::serialize_entry(&mut map, name, value)?;
                }
                ::serde::ser::SerializeMap::end(map)
            }
        }
    };
}

/// One member of [`object!`].
macro_rules! written {
    ($map:ident, $field:expr, =, $json:literal) => {
        ::serde::ser::SerializeMap::serialize_entry(&mut $map, $json, $field)?
    };
    ($map:ident, $field:expr, ?, $json:literal) => {
        if let ::core::option::Option::Some(value) = $field {
            ::serde::ser::SerializeMap::serialize_entry(&mut $map, $json, value)?;
        }
    };
}

/// An open list of texts: a text that is not in it is kept in the last variant.
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal,)* .. $unknown:ident } default $default:literal) => {
        impl $name {
            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$unknown(text) => text,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::$unknown(other.to_owned()),
                }
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)*
                    _ => Self::$unknown(text),
                }
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::from($default)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl direct::Read for $name {
            fn read(value: ::serde_json::Value) -> ::core::result::Result<Self, direct::ReadError> {
                <::std::string::String as direct::Read>::read(value).map(Self::from)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                from: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(from).map(Self::from)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                to: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}

/// A choice that one member tells: its text, then the variant. A text that is not there is kept.
macro_rules! by_property {
    ($name:ident by $property:literal { $($text:literal => $variant:ident,)* } write { $($written:ident,)* .. $unknown:ident }) => {
        impl direct::Read for $name {
            fn read(value: ::serde_json::Value) -> ::core::result::Result<Self, direct::ReadError> {
                match value.get($property).and_then(::serde_json::Value::as_str) {
                    $(::core::option::Option::Some($text) => {
                        direct::Read::read(value).map(Self::$variant)
                    })*
                    _ => ::core::result::Result::Ok(Self::$unknown(value)),
                }
            }
        }

        direct::by_shape!(@serde $name { $($written,)* .. $unknown });
    };
}

/// A choice that the shape of the value tells. What fits none is kept.
macro_rules! by_shape {
    ($name:ident { $($variant:ident = $form:expr,)* .. $unknown:ident }) => {
        impl direct::Read for $name {
            fn read(value: ::serde_json::Value) -> ::core::result::Result<Self, direct::ReadError> {
                const FORMS: &[direct::Form] = &[$($form),*];
                const READERS: &[fn(::serde_json::Value) -> ::core::result::Result<$name, direct::ReadError>] =
                    &[$(|value| direct::Read::read(value).map($name::$variant)),*];
                for place in direct::candidates(FORMS, &value) {
                    if let ::core::option::Option::Some(::core::result::Result::Ok(read)) =
                        READERS.get(place).map(|reader| reader(value.clone()))
                    {
                        return ::core::result::Result::Ok(read);
                    }
                }
                ::core::result::Result::Ok(Self::$unknown(value))
            }
        }

        direct::by_shape!(@serde $name { $($variant,)* .. $unknown });
    };
    (@serde $name:ident { $($variant:ident,)* .. $unknown:ident }) => {
        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::$unknown(::serde_json::Value::Null)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                from: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(from)?;
                direct::Read::read(value).map_err(::serde::de::Error::custom)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                to: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => ::serde::Serialize::serialize(value, to),)*
                    Self::$unknown(value) => ::serde::Serialize::serialize(value, to),
                }
            }
        }
    };
}

pub(crate) use {by_property, by_shape, object, text_enum, written};
