//! The rules by name, and what a change under each does to callers.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a change does to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A caller that worked stops working, or no longer compiles against a regenerated client.
    Breaking,
    /// Callers that took the old document too literally may stop working.
    Warning,
    /// Nobody has to do anything.
    Compatible,
}

impl Severity {
    /// The word for it: `breaking`, `warning` or `compatible`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Warning => "warning",
            Self::Compatible => "compatible",
        }
    }
}

macro_rules! rules {
    ($($rule:ident $severity:ident $name:literal $about:literal)*) => {
        /// A kind of change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule {
            $(#[doc = $about] $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// Name of the rule, for configuration and for reading.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// What a change of this kind does to callers.
            pub fn severity(self) -> Severity {
                match self { $(Self::$rule => Severity::$severity,)* }
            }

            /// What happened, in a line.
            pub fn about(self) -> &'static str {
                match self { $(Self::$rule => $about,)* }
            }
        }
    };
}

rules! {
    OperationRemoved Breaking "operation-removed" "An operation is gone."
    OperationMoved Breaking "operation-moved" "An operation has another path or method."
    OperationIdRenamed Breaking "operation-id-renamed" "The function of an operation has another name."
    OperationAdded Compatible "operation-added" "There is a new operation."
    OperationDeprecated Compatible "operation-deprecated" "An operation is on its way out."
    TagChanged Warning "tag-changed" "An operation is found in another class or module of clients grouped by tag."
    ParameterRemoved Breaking "parameter-removed" "A parameter is gone."
    ParameterRenamed Warning "parameter-renamed" "A piece of the path has another name, which callers by name see."
    RequiredParameterAdded Breaking "required-parameter-added" "A new parameter must be given."
    OptionalParameterAdded Compatible "optional-parameter-added" "A new parameter may be given."
    ParameterBecameRequired Breaking "parameter-became-required" "A parameter that could be left out must be given."
    ParameterBecameOptional Compatible "parameter-became-optional" "A parameter can be left out."
    ParameterLocationChanged Breaking "parameter-location-changed" "A parameter goes elsewhere in the request."
    ParameterStyleChanged Breaking "parameter-style-changed" "A list or object is written in another way."
    ParameterDefaultChanged Warning "parameter-default-changed" "Leaving a parameter out means something else."
    RequestBodyRemoved Breaking "request-body-removed" "An operation takes no body any more."
    RequestBodyAdded Compatible "request-body-added" "An operation may be given a body."
    RequestBodyBecameRequired Breaking "request-body-became-required" "A body must be given."
    RequestBodyBecameOptional Compatible "request-body-became-optional" "A body can be left out."
    RequestMediaTypeRemoved Breaking "request-media-type-removed" "A body cannot be sent in this media type any more."
    RequestMediaTypeAdded Compatible "request-media-type-added" "A body can be sent in another media type too."
    RequestPropertyRemoved Breaking "request-property-removed" "A property of a request is gone."
    RequestPropertyBecameRequired Breaking "request-property-became-required" "A property that could be left out must be given."
    RequiredRequestPropertyAdded Breaking "required-request-property-added" "A new property must be given."
    RequestPropertyAdded Compatible "request-property-added" "A new property may be given."
    RequestPropertyBecameOptional Compatible "request-property-became-optional" "A property can be left out of a request."
    RequestTypeChanged Breaking "request-type-changed" "A value that was taken is taken no more."
    RequestTypeWidened Compatible "request-type-widened" "More values are taken."
    RequestNullForbidden Breaking "request-null-forbidden" "Null is taken no more."
    RequestNullAllowed Compatible "request-null-allowed" "Null is taken too."
    RequestEnumValueRemoved Breaking "request-enum-value-removed" "A value of an enum is taken no more."
    RequestEnumValueAdded Compatible "request-enum-value-added" "An enum takes a new value."
    RequestLimitTightened Breaking "request-limit-tightened" "A value has to stay within narrower bounds."
    RequestLimitLoosened Compatible "request-limit-loosened" "A value may be outside of the bounds it had."
    RequestChoiceRemoved Breaking "request-choice-removed" "One of several shapes of a value is taken no more."
    RequestChoiceAdded Compatible "request-choice-added" "A value may have a new shape."
    RequestUnknownForbidden Breaking "request-unknown-properties-forbidden" "Properties that are not described are refused."
    RequestUnknownAllowed Compatible "request-unknown-properties-allowed" "Properties that are not described are taken."
    SuccessStatusRemoved Breaking "success-status-changed" "A success has another status, or none is described."
    SuccessStatusAdded Warning "success-status-added" "There is a further success, which callers do not look for."
    ErrorStatusRemoved Compatible "error-status-removed" "An error is not described any more."
    ErrorStatusAdded Compatible "error-status-added" "A further error is described."
    ErrorTypeChanged Breaking "error-type-changed" "An error has a body where there was none, or none where there was one."
    ResponseBodyRemoved Breaking "response-body-removed" "An answer has no body any more."
    ResponseBodyAdded Warning "response-body-added" "An answer that had no body has one."
    ResponseMediaTypeRemoved Breaking "response-media-type-removed" "An answer does not come in this media type any more."
    ResponseMediaTypeAdded Compatible "response-media-type-added" "An answer can come in another media type too."
    ResponseHeaderRemoved Breaking "response-header-removed" "A header of an answer is gone."
    ResponseHeaderAdded Compatible "response-header-added" "An answer has a new header."
    ResponsePropertyRemoved Breaking "response-property-removed" "A property of an answer is gone."
    ResponsePropertyBecameOptional Breaking "response-property-became-optional" "A property may be missing from an answer."
    ResponsePropertyAdded Compatible "response-property-added" "An answer has a new property."
    ResponsePropertyBecameRequired Compatible "response-property-became-required" "A property is always in an answer."
    ResponseTypeChanged Breaking "response-type-changed" "An answer has values of another type."
    ResponseTypeNarrowed Compatible "response-type-narrowed" "An answer has fewer kinds of values than it might have had."
    ResponseNullAdded Breaking "response-became-nullable" "A value of an answer may be null."
    ResponseNullRemoved Compatible "response-never-null" "A value of an answer is not null any more."
    ResponseEnumValueAdded Warning "response-enum-value-added" "An answer may hold a value that the enum did not list."
    ResponseEnumValueRemoved Compatible "response-enum-value-removed" "A value of an enum comes no more."
    ResponseLimitLoosened Warning "response-limit-loosened" "A value of an answer may be outside of the bounds it had."
    ResponseLimitTightened Compatible "response-limit-tightened" "A value of an answer stays within narrower bounds."
    ResponseChoiceAdded Breaking "response-choice-added" "An answer may have a new shape."
    ResponseChoiceRemoved Compatible "response-choice-removed" "One of several shapes of an answer comes no more."
    DiscriminatorChanged Breaking "discriminator-changed" "Another property, or another value of it, tells which shape a value has."
    SecurityTightened Breaking "security-tightened" "What callers show is not enough any more."
    SecurityLoosened Compatible "security-loosened" "Callers may show less, or something else."
    SecuritySchemeChanged Breaking "security-scheme-changed" "Callers have to show who they are in another way."
    ServerRemoved Breaking "server-changed" "The document does not name an address any more."
    ServerAdded Compatible "server-added" "The document names a further address."
    BasePathChanged Breaking "base-path-changed" "All paths start with something else."
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
