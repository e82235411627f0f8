use super::*;
use crate::domain::authorization_request::Destination;
use crate::domain::prompt::Prompt;
use crate::domain::response_type::{ResponseMode, ResponseType};

const NOW: UnixTime = UnixTime(1_512_371_155);

fn asked(prompt: &str, max_age: Option<i64>) -> ConsentRequest {
    ConsentRequest {
        id: "id".to_owned(),
        request: AuthorizationRequest {
            client_id: "app".to_owned(),
            destination: Destination {
                redirect_uri: "https://app.example/".to_owned(),
                redirect_uri_sent: true,
                response_mode: ResponseMode::Query,
                state: None,
            },
            response_type: ResponseType::parse("code").unwrap(),
            scopes: Scopes::parse("openid photos.*").unwrap(),
            nonce: None,
            challenge: None,
            prompt: Prompt::parse(prompt).unwrap(),
            max_age,
            login_hint: None,
            id_token_hint: None,
        },
        hinted_subject: None,
        login: Some(Login {
            subject: "dan".to_owned(),
            auth_time: UnixTime(NOW.0 - 500),
        }),
        created_at: NOW,
        expires_at: UnixTime(NOW.0 + 600),
    }
}

/// Seconds from the request to the login, as told to the client; `None` if it is not believed.
fn login(asked: &ConsentRequest, subject: &str, auth_time: Option<i64>) -> Option<i64> {
    let auth_time = auth_time.map(|seconds| UnixTime(NOW.0 + seconds));
    asked
        .login_of(subject.to_owned(), auth_time, UnixTime(NOW.0 + 10))
        .ok()
        .map(|login| login.auth_time.0 - NOW.0)
}

#[test]
fn the_time_of_a_login_is_what_the_application_says_or_what_is_known() {
    let asked = asked("", None);
    assert_eq!(login(&asked, "dan", Some(-1000)), Some(-1000));
    assert_eq!(login(&asked, "dan", None), Some(-500));
    // Nobody knew of that one, so it happened just now.
    assert_eq!(login(&asked, "eve", None), Some(10));
    // A clock that is a little ahead tells no time that is yet to come.
    assert_eq!(login(&asked, "dan", Some(40)), Some(10));
    assert_eq!(login(&asked, "dan", Some(100)), None);
    assert_eq!(login(&asked, "dan", Some(-NOW.0 - 1)), None);
}

// OpenID Connect Core section 3.1.2.1.
#[test]
fn an_old_login_does_not_pass_for_a_new_one() {
    assert_eq!(login(&asked("login", None), "dan", Some(-61)), None);
    assert_eq!(login(&asked("login", None), "dan", Some(5)), Some(5));
    assert_eq!(
        login(&asked("select_account", None), "dan", Some(-61)),
        None
    );
    assert_eq!(login(&asked("consent", None), "dan", Some(-61)), Some(-61));
    assert_eq!(login(&asked("", Some(100)), "dan", Some(-161)), None);
    assert_eq!(login(&asked("", Some(100)), "dan", Some(-99)), Some(-99));
}

#[test]
fn granted_is_some_of_what_was_asked_for_word_by_word() {
    let granted = |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|&it| it.to_owned()).collect();
        asked("", None)
            .granted(&scopes)
            .ok()
            .map(|it| it.to_string())
    };
    assert_eq!(granted(&[]).as_deref(), Some(""));
    assert_eq!(granted(&["openid", "openid"]).as_deref(), Some("openid"));
    assert_eq!(granted(&["photos.*"]).as_deref(), Some("photos.*"));
    // A pattern that was asked for is a word like any other.
    for refused in ["photos.read", "offline", "", "openid photos.*"] {
        assert_eq!(granted(&[refused]), None, "{refused:?}");
    }
}
