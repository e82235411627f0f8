//! Statuses as names and patterns.

/// Arms of single statuses before those of ranges.
pub(super) fn singles_first(arms: &str) -> String {
    let mut lines: Vec<&str> = arms.lines().collect();
    lines.sort_by_key(|line| line.contains("..="));
    lines.join("\n")
}

/// Statuses as a pattern; `None` for all others.
pub(super) fn pattern(status: &str) -> Option<String> {
    let digits = status.chars().all(|c| c.is_ascii_digit());
    if digits && status.len() == 3 {
        return Some(status.to_owned());
    }
    let first = status.chars().next().filter(char::is_ascii_digit)?;
    status
        .to_ascii_uppercase()
        .ends_with("XX")
        .then(|| format!("{first}00..={first}99"))
}

/// Name of a variant for a status (RFC 9110 section 15).
pub(super) fn word(status: &str) -> String {
    let word = match status.to_ascii_uppercase().as_str() {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "203" => "NonAuthoritative",
        "204" => "NoContent",
        "205" => "ResetContent",
        "206" => "PartialContent",
        "207" => "MultiStatus",
        "400" => "BadRequest",
        "401" => "Unauthorized",
        "402" => "PaymentRequired",
        "403" => "Forbidden",
        "404" => "NotFound",
        "405" => "MethodNotAllowed",
        "406" => "NotAcceptable",
        "408" => "RequestTimeout",
        "409" => "Conflict",
        "410" => "Gone",
        "412" => "PreconditionFailed",
        "413" => "ContentTooLarge",
        "415" => "UnsupportedMediaType",
        "422" => "UnprocessableContent",
        "423" => "Locked",
        "424" => "FailedDependency",
        "428" => "PreconditionRequired",
        "429" => "TooManyRequests",
        "500" => "InternalServerError",
        "501" => "NotImplemented",
        "502" => "BadGateway",
        "503" => "ServiceUnavailable",
        "504" => "GatewayTimeout",
        "2XX" => "Success",
        "4XX" => "ClientError",
        "5XX" => "ServerError",
        "DEFAULT" => "Default",
        other => {
            return format!(
                "Status{}",
                other.replace(|c: char| !c.is_ascii_alphanumeric(), "")
            );
        }
    };
    word.to_owned()
}
