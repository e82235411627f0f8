//! Consent requests, remembered answers, logins, and what an authorization answer leaves behind.

use serde_json::json;

use super::*;
use crate::domain::authorization_request::{AuthorizationRequest, Destination};
use crate::domain::consent::{
    Acceptance, ConsentRequest, Decision, Extra, Login, Remember, RememberedConsent,
};
use crate::domain::grant::{Code, CodeBinding, Grant};
use crate::domain::pkce::CodeChallenge;
use crate::domain::prompt::Prompt;
use crate::domain::response_type::{ResponseMode, ResponseType};

pub(super) async fn suite(storage: &Storage) {
    storage.create_client(&client("asks"), None).await.unwrap();
    a_consent_request_comes_back_as_it_went(storage).await;
    the_last_decision_counts_until_it_is_too_late(storage).await;
    one_of_fifty_completes(storage).await;
    what_fails_leaves_nothing_behind(storage).await;
    logins_end_and_are_replaced(storage).await;
    answers_are_found_and_taken_back(storage).await;
    what_expired_is_purged(storage).await;
    it_all_goes_with_its_client(storage).await;
}

fn asked(id: &str) -> ConsentRequest {
    ConsentRequest {
        id: id.to_owned(),
        request: AuthorizationRequest {
            client_id: "asks".to_owned(),
            destination: Destination {
                redirect_uri: "https://app.example/?a=\"'|".to_owned(),
                redirect_uri_sent: true,
                response_mode: ResponseMode::FormPost,
                state: Some("a b+c%26 ü 🦀 ? $1".to_owned()),
            },
            response_type: ResponseType::parse("code id_token").unwrap(),
            scopes: Scopes::parse("openid photos.read").unwrap(),
            nonce: Some("nonce".to_owned()),
            challenge: CodeChallenge::from_stored("challenge".to_owned(), "S256"),
            prompt: Prompt::parse("login consent").unwrap(),
            max_age: Some(60),
            login_hint: Some("dan@acme.com".to_owned()),
            id_token_hint: None,
        },
        hinted_subject: Some("dan".to_owned()),
        login: Some(dan()),
        created_at: NOW,
        expires_at: UnixTime(NOW.0 + 600),
    }
}

fn dan() -> Login {
    Login {
        subject: "dan".to_owned(),
        auth_time: UnixTime(NOW.0 - 10),
    }
}

fn extra() -> Extra {
    Extra {
        access_token: json!({"a": [1, {"b": "日本語"}]}).as_object().cloned(),
        id_token: None,
    }
}

fn accepted() -> Decision {
    Decision::Accepted(Acceptance {
        login: dan(),
        scopes: Scopes::parse("openid").unwrap(),
        extra: extra(),
        remember: Some(Remember::For(Duration::from_secs(60))),
    })
}

async fn a_consent_request_comes_back_as_it_went(storage: &Storage) {
    for asked in [
        asked("full"),
        ConsentRequest {
            hinted_subject: None,
            login: None,
            request: AuthorizationRequest {
                destination: Destination {
                    state: None,
                    ..asked("x").request.destination
                },
                nonce: None,
                challenge: None,
                prompt: Prompt::default(),
                max_age: None,
                login_hint: None,
                scopes: Scopes::default(),
                ..asked("x").request
            },
            ..asked("bare")
        },
    ] {
        assert!(storage.add_consent_request(&asked).await.unwrap());
        let stored = storage.consent_request(&asked.id).await.unwrap().unwrap();
        assert_eq!(stored.consent_request, asked);
        assert_eq!(stored.client, client("asks"));
        assert!(stored.decision.is_none() && !stored.used);
    }
    assert_eq!(storage.consent_request("FULL").await.unwrap(), None);
    let mut orphan = asked("orphan");
    orphan.request.client_id = "nobody".to_owned();
    assert!(!storage.add_consent_request(&orphan).await.unwrap());
}

async fn the_last_decision_counts_until_it_is_too_late(storage: &Storage) {
    let rejected = Decision::Rejected {
        reason: "no\n\"thanks\"".to_owned(),
    };
    let unremembered = Decision::Accepted(Acceptance {
        login: dan(),
        scopes: Scopes::default(),
        extra: Extra::default(),
        remember: None,
    });
    for decision in [rejected, unremembered, accepted()] {
        assert!(
            storage
                .decide_consent_request("full", &decision, NOW)
                .await
                .unwrap()
        );
        let stored = storage.consent_request("full").await.unwrap().unwrap();
        assert_eq!(stored.decision, Some(decision));
    }
    let late = UnixTime(NOW.0 + 600);
    assert!(
        !storage
            .decide_consent_request("full", &accepted(), late)
            .await
            .unwrap()
    );
    assert!(
        !storage
            .decide_consent_request("none", &accepted(), NOW)
            .await
            .unwrap()
    );
    assert!(storage.end_consent_request("full", NOW).await.unwrap());
    assert!(!storage.end_consent_request("full", NOW).await.unwrap());
    assert!(
        !storage
            .decide_consent_request("full", &accepted(), NOW)
            .await
            .unwrap()
    );
    assert!(storage.consent_request("full").await.unwrap().unwrap().used);
}

fn authorization(consent_request: &str, number: usize) -> Authorization {
    let grant = Grant {
        id: format!("grant {consent_request} {number}"),
        client_id: "asks".to_owned(),
        subject: "dan".to_owned(),
        scopes: Scopes::parse("openid").unwrap(),
        nonce: None,
        auth_time: Some(NOW),
        access_token_extra: extra().access_token,
        id_token_extra: None,
        created_at: NOW,
    };
    let code = Code {
        signature: format!("code {consent_request} {number}"),
        expires_at: UnixTime(NOW.0 + 600),
        binding: CodeBinding::default(),
    };
    Authorization {
        consent_request: Some(consent_request.to_owned()),
        access_token: Some(AccessToken {
            grant_id: Some(grant.id.clone()),
            ..token(&format!("token {consent_request} {number}"), "asks", "dan")
        }),
        grant: Some((grant, Some(code))),
        remembered: Some(remembered(consent_request, "asks", NOW)),
        session: Some(session(&format!("session {consent_request} {number}"))),
        replaced_session: None,
    }
}

fn remembered(id: &str, client_id: &str, granted_at: UnixTime) -> RememberedConsent {
    RememberedConsent {
        id: id.to_owned(),
        subject: "dan".to_owned(),
        client_id: client_id.to_owned(),
        scopes: Scopes::parse("openid").unwrap(),
        extra: extra(),
        granted_at,
        expires_at: Some(UnixTime(granted_at.0 + 60)),
    }
}

fn session(signature: &str) -> LoginSession {
    LoginSession {
        signature: signature.to_owned(),
        login: dan(),
        created_at: NOW,
        expires_at: UnixTime(NOW.0 + 3600),
    }
}

async fn one_of_fifty_completes(storage: &Storage) {
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..50 {
        let storage = storage.clone();
        attempts.spawn(async move {
            let written = storage
                .authorize(&authorization("bare", number), NOW)
                .await
                .unwrap();
            (number, written)
        });
    }
    let outcomes = attempts.join_all().await;
    let winners: Vec<usize> = outcomes
        .iter()
        .filter(|(_, written)| *written == Written::Written)
        .map(|(number, _)| *number)
        .collect();
    let [winner] = winners.as_slice() else {
        panic!("{outcomes:?}");
    };
    // What the losers wanted to write is not there.
    let grants = storage.grants_of("dan", Some("asks")).await.unwrap();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].id, format!("grant bare {winner}"));
    assert_eq!(grants[0].access_token_extra, extra().access_token);
    for number in 0..50 {
        let won = number == *winner;
        let code = storage.code(&format!("code bare {number}")).await.unwrap();
        assert_eq!(code.is_some(), won);
        let token = format!("token bare {number}");
        assert_eq!(storage.access_token(&token).await.unwrap().is_some(), won);
        let session = format!("session bare {number}");
        assert_eq!(
            storage.login_session(&session).await.unwrap().is_some(),
            won
        );
    }
    assert_eq!(
        storage.remembered_consents("dan", None).await.unwrap(),
        [remembered("bare", "asks", NOW)]
    );
}

async fn what_fails_leaves_nothing_behind(storage: &Storage) {
    storage.add_consent_request(&asked("whole")).await.unwrap();
    let mut orphan = authorization("whole", 0);
    if let Some(consent) = &mut orphan.remembered {
        consent.client_id = "nobody".to_owned();
    }
    let written = storage.authorize(&orphan, NOW).await.unwrap();
    assert_eq!(written, Written::ClientGone);
    assert!(
        !storage
            .consent_request("whole")
            .await
            .unwrap()
            .unwrap()
            .used
    );
    assert!(storage.code("code whole 0").await.unwrap().is_none());
    // Nor does it have to be a question that is answered.
    let nothing = Authorization::default();
    assert_eq!(
        storage.authorize(&nothing, NOW).await.unwrap(),
        Written::Written
    );
}

async fn logins_end_and_are_replaced(storage: &Storage) {
    let begin = async |session: LoginSession, replaced: Option<&str>| {
        let authorization = Authorization {
            session: Some(session),
            replaced_session: replaced.map(str::to_owned),
            ..Authorization::default()
        };
        storage.authorize(&authorization, NOW).await.unwrap();
    };
    begin(session("first"), None).await;
    assert_eq!(
        storage.login_session("first").await.unwrap(),
        Some(session("first"))
    );
    assert_eq!(storage.login_session("First").await.unwrap(), None);
    begin(session("second"), Some("first")).await;
    assert_eq!(storage.login_session("first").await.unwrap(), None);
    storage.end_login_session("second").await.unwrap();
    storage.end_login_session("second").await.unwrap();
    assert_eq!(storage.login_session("second").await.unwrap(), None);
}

async fn answers_are_found_and_taken_back(storage: &Storage) {
    storage.create_client(&client("other"), None).await.unwrap();
    for (id, client_id, later) in [("1", "asks", 1), ("2", "other", 2), ("3", "asks", 3)] {
        let authorization = Authorization {
            remembered: Some(remembered(id, client_id, UnixTime(NOW.0 + later))),
            ..Authorization::default()
        };
        storage.authorize(&authorization, NOW).await.unwrap();
    }
    let ids = async |subject: &str, client_id: Option<&str>| -> Vec<String> {
        let found = storage
            .remembered_consents(subject, client_id)
            .await
            .unwrap();
        found.into_iter().map(|consent| consent.id).collect()
    };
    assert_eq!(ids("dan", None).await, ["3", "2", "1", "bare"]);
    for (name, known) in [
        ("dan", true),
        ("Dan", false),
        ("dan2", false),
        ("", false),
        ("d\0", false),
    ] {
        assert_eq!(storage.is_person(name).await.unwrap(), known, "{name:?}");
    }
    assert_eq!(ids("dan", Some("asks")).await, ["3", "1", "bare"]);
    assert!(ids("Dan", None).await.is_empty());
    assert!(ids("dan", Some("")).await.is_empty());
    storage.revoke_consent("eve", None).await.unwrap();
    storage.revoke_consent("dan", Some("asks")).await.unwrap();
    assert_eq!(ids("dan", None).await, ["2"]);
    assert!(storage.grants_of("dan", None).await.unwrap().is_empty());
    storage.revoke_consent("dan", None).await.unwrap();
    assert!(ids("dan", None).await.is_empty());
    assert!(storage.delete_client("other").await.unwrap());
}

async fn what_expired_is_purged(storage: &Storage) {
    let authorization = Authorization {
        remembered: Some(remembered("forgotten", "asks", NOW)),
        session: Some(session("forgotten")),
        ..Authorization::default()
    };
    storage.authorize(&authorization, NOW).await.unwrap();
    let forever = Authorization {
        remembered: Some(RememberedConsent {
            expires_at: None,
            ..remembered("forever", "asks", NOW)
        }),
        ..Authorization::default()
    };
    storage.authorize(&forever, NOW).await.unwrap();
    assert_eq!(storage.purge_consent_requests(NOW, 10).await.unwrap(), 0);
    assert_eq!(storage.purge_remembered_consents(NOW, 10).await.unwrap(), 0);
    assert_eq!(storage.purge_login_sessions(NOW, 10).await.unwrap(), 0);
    let later = UnixTime(NOW.0 + 10_000);
    // `full`, `bare` and `whole`, two at a time.
    assert_eq!(storage.purge_consent_requests(later, 2).await.unwrap(), 2);
    assert_eq!(storage.purge_consent_requests(later, 2).await.unwrap(), 1);
    assert_eq!(
        storage.purge_remembered_consents(later, 10).await.unwrap(),
        1
    );
    // The one that completed above as well.
    assert_eq!(storage.purge_login_sessions(later, 10).await.unwrap(), 2);
    let left = storage.remembered_consents("dan", None).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].expires_at, None);
}

async fn it_all_goes_with_its_client(storage: &Storage) {
    storage.add_consent_request(&asked("last")).await.unwrap();
    let written = storage
        .authorize(&authorization("last", 0), NOW)
        .await
        .unwrap();
    assert_eq!(written, Written::Written);
    assert!(storage.delete_client("asks").await.unwrap());
    assert_eq!(storage.consent_request("last").await.unwrap(), None);
    assert!(storage.code("code last 0").await.unwrap().is_none());
    assert!(
        storage
            .remembered_consents("dan", None)
            .await
            .unwrap()
            .is_empty()
    );
    // The person is still logged in.
    assert!(
        storage
            .login_session("session last 0")
            .await
            .unwrap()
            .is_some()
    );
    storage.end_login_session("session last 0").await.unwrap();
}
