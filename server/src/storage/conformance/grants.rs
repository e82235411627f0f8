//! Grants, codes and refresh tokens.

use serde_json::json;

use super::*;
use crate::domain::grant::{Code, CodeBinding, Grant};
use crate::domain::pkce::CodeChallenge;
use crate::domain::token::RefreshToken;

pub(super) async fn suite(storage: &Storage) {
    storage
        .create_client(&client("granted"), None)
        .await
        .unwrap();
    grants_come_back_as_they_went(storage).await;
    a_grant_without_its_client_cannot_be(storage).await;
    one_of_fifty_redeems_a_code(storage).await;
    one_of_fifty_rotates_a_refresh_token(storage).await;
    whoever_is_not_late_rotates_too(storage).await;
    rotating_and_revoking_at_once_ends_it_all(storage).await;
    what_follows_from_a_grant_goes_with_it(storage).await;
    grants_are_kept_as_long_as_they_are_of_use(storage).await;
    assert!(storage.delete_client("granted").await.unwrap());
}

fn grant(id: &str) -> Grant {
    Grant {
        id: id.to_owned(),
        client_id: "granted".to_owned(),
        subject: "user:日本語 o'brien".to_owned(),
        scopes: Scopes::parse("openid offline").unwrap(),
        nonce: None,
        auth_time: None,
        access_token_extra: None,
        id_token_extra: None,
        created_at: NOW,
    }
}

fn code(signature: &str) -> Code {
    Code {
        signature: signature.to_owned(),
        expires_at: UnixTime(NOW.0 + 600),
        binding: CodeBinding::default(),
    }
}

fn granted(signature: &str, grant: &str) -> AccessToken {
    AccessToken {
        grant_id: Some(grant.to_owned()),
        ..token(signature, "granted", "user")
    }
}

fn refresh(signature: &str) -> RefreshToken {
    RefreshToken {
        signature: signature.to_owned(),
        expires_at: Some(UnixTime(NOW.0 + 7200)),
    }
}

/// Stores a grant, redeems its code and gives the signature of the refresh token.
async fn redeemed(storage: &Storage, id: &str) -> String {
    let signature = format!("refresh of {id}");
    let code = code(&format!("code of {id}"));
    assert!(storage.add_grant(&grant(id), Some(&code)).await.unwrap());
    let outcome = storage
        .redeem_code(
            &granted(&format!("access of {id}"), id),
            Some(&refresh(&signature)),
            NOW,
        )
        .await
        .unwrap();
    assert_eq!(outcome, Redemption::Redeemed);
    signature
}

async fn grants_come_back_as_they_went(storage: &Storage) {
    let object = |text: &str| json!({ text: [null, 1, "🦀"] }).as_object().cloned();
    let full = Grant {
        nonce: Some("näh?\u{1f980} ".to_owned()),
        auth_time: Some(UnixTime(-5)),
        access_token_extra: object("a"),
        id_token_extra: object("i"),
        ..grant("full")
    };
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let bound = Code {
        binding: CodeBinding {
            redirect_uri: Some("https://example.com/cb?a=b%20c".to_owned()),
            challenge: Some(CodeChallenge::parse(challenge, Some("S256"), false).unwrap()),
        },
        ..code("Bound")
    };
    for (grant, code) in [
        (full, Some(bound)),
        (grant("bare"), Some(code("bound"))),
        (grant("without code"), None),
    ] {
        assert!(storage.add_grant(&grant, code.as_ref()).await.unwrap());
        if let Some(code) = code {
            let stored = storage.code(&code.signature).await.unwrap().unwrap();
            assert!(!stored.used);
            assert_eq!((&stored.code, &stored.grant), (&code, &grant));
        }
        let token = granted(&grant.id, &grant.id);
        assert!(storage.add_access_token(&token).await.unwrap());
        let stored = storage.granted_token(&grant.id).await.unwrap().unwrap();
        assert_eq!(stored.token, token);
        assert_eq!(stored.grant.as_ref(), Some(&grant));
        storage.revoke_grant(&grant.id).await.unwrap();
    }
    assert_eq!(storage.code("BOUND").await.unwrap(), None);
    storage.revoke_grant("nothing").await.unwrap();

    let own = token("in its own name", "granted", "granted");
    assert!(storage.add_access_token(&own).await.unwrap());
    let stored = storage.granted_token(&own.signature).await.unwrap();
    assert_eq!(stored.unwrap().grant, None);
    storage.revoke_access_token(&own.signature).await.unwrap();
}

async fn a_grant_without_its_client_cannot_be(storage: &Storage) {
    let orphan = Grant {
        client_id: "nobody".to_owned(),
        ..grant("orphan")
    };
    assert!(!storage.add_grant(&orphan, None).await.unwrap());
    let token = granted("orphan", "orphan");
    assert!(!storage.add_access_token(&token).await.unwrap());
    let outcome = storage.redeem_code(&token, None, NOW).await.unwrap();
    assert_eq!(outcome, Redemption::AlreadyUsed);
}

async fn one_of_fifty_redeems_a_code(storage: &Storage) {
    let contested = code("contested");
    assert!(
        storage
            .add_grant(&grant("contested"), Some(&contested))
            .await
            .unwrap()
    );
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..50 {
        let storage = storage.clone();
        attempts.spawn(async move {
            let token = granted(&format!("contested {number}"), "contested");
            let refresh = refresh(&format!("contested {number}"));
            storage.redeem_code(&token, Some(&refresh), NOW).await
        });
    }
    let mut winners = 0;
    for outcome in attempts.join_all().await {
        match outcome.unwrap() {
            Redemption::Redeemed => winners += 1,
            other => assert_eq!(other, Redemption::AlreadyUsed),
        }
    }
    assert_eq!(winners, 1);
    let mut stored = 0;
    for number in 0..50 {
        let token = storage.access_token(&format!("contested {number}")).await;
        stored += usize::from(token.unwrap().is_some());
    }
    assert_eq!(stored, 1);
    assert!(storage.code("contested").await.unwrap().unwrap().used);
    storage.revoke_grant("contested").await.unwrap();
    assert_eq!(storage.code("contested").await.unwrap(), None);
}

/// Fifty uses of one refresh token at once, and how many of them succeed.
async fn rotate_fifty_times(storage: &Storage, old: &str, used_after: Option<UnixTime>) -> usize {
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (storage, old) = (storage.clone(), old.to_owned());
        attempts.spawn(async move {
            let grant = storage.refresh_token(&old).await.unwrap().unwrap().grant;
            let signature = format!("{old} {number}");
            storage
                .rotate_refresh_token(
                    &old,
                    &granted(&signature, &grant.id),
                    &refresh(&signature),
                    NOW,
                    used_after,
                )
                .await
        });
    }
    let mut winners = 0;
    for outcome in attempts.join_all().await {
        match outcome.unwrap() {
            Rotation::Rotated => winners += 1,
            other => assert_eq!(other, Rotation::AlreadyUsed),
        }
    }
    winners
}

async fn one_of_fifty_rotates_a_refresh_token(storage: &Storage) {
    let old = redeemed(storage, "rotated").await;
    let stored = storage.refresh_token(&old).await.unwrap().unwrap();
    assert_eq!(
        (&stored.token, &stored.grant),
        (&refresh(&old), &grant("rotated"))
    );
    assert_eq!((stored.issued_at, stored.used_at), (NOW, None));

    assert_eq!(rotate_fifty_times(storage, &old, None).await, 1);
    let stored = storage.refresh_token(&old).await.unwrap().unwrap();
    assert_eq!(stored.used_at, Some(NOW));
    let ended = storage.access_token("access of rotated").await.unwrap();
    assert!(ended.unwrap().token.expired(UnixTime(1)));
    let mut pairs = 0;
    for number in 0..50 {
        let signature = format!("{old} {number}");
        let access = storage.access_token(&signature).await.unwrap();
        let refresh = storage.refresh_token(&signature).await.unwrap();
        assert_eq!(access.is_some(), refresh.is_some());
        pairs += usize::from(access.is_some());
    }
    assert_eq!(pairs, 1);
    storage.revoke_grant("rotated").await.unwrap();
    assert_eq!(storage.refresh_token(&old).await.unwrap(), None);
}

async fn whoever_is_not_late_rotates_too(storage: &Storage) {
    let old = redeemed(storage, "patient").await;
    let before = Some(UnixTime(NOW.0 - 10));
    assert_eq!(rotate_fifty_times(storage, &old, before).await, 50);
    // It was first used at that moment, and counts from then on.
    let late = storage
        .rotate_refresh_token(
            &old,
            &granted("late", "patient"),
            &refresh("late"),
            UnixTime(NOW.0 + 10),
            Some(NOW),
        )
        .await
        .unwrap();
    assert_eq!(late, Rotation::AlreadyUsed);
    storage.revoke_grant("patient").await.unwrap();
}

async fn rotating_and_revoking_at_once_ends_it_all(storage: &Storage) {
    for round in 0..5 {
        let id = format!("race {round}");
        let old = redeemed(storage, &id).await;
        let mut attempts = tokio::task::JoinSet::new();
        for number in 0..10 {
            let (storage, id, old) = (storage.clone(), id.clone(), old.clone());
            attempts.spawn(async move {
                if number % 5 == 4 {
                    storage.revoke_grant(&id).await.unwrap();
                    return;
                }
                let signature = format!("{old} {number}");
                storage
                    .rotate_refresh_token(
                        &old,
                        &granted(&signature, &id),
                        &refresh(&signature),
                        NOW,
                        Some(UnixTime(0)),
                    )
                    .await
                    .unwrap();
            });
        }
        attempts.join_all().await;
        for number in 0..10 {
            let signature = format!("{old} {number}");
            assert_eq!(storage.access_token(&signature).await.unwrap(), None);
        }
    }
}

async fn what_follows_from_a_grant_goes_with_it(storage: &Storage) {
    let first = redeemed(storage, "first").await;
    let second = redeemed(storage, "second").await;
    storage.revoke_grant("first").await.unwrap();
    assert_eq!(storage.access_token("access of first").await.unwrap(), None);
    assert_eq!(storage.refresh_token(&first).await.unwrap(), None);
    let late = storage
        .rotate_refresh_token(&first, &granted("x", "first"), &refresh("x"), NOW, None)
        .await
        .unwrap();
    assert_eq!(late, Rotation::Gone);

    let kept = storage.access_token("access of second").await.unwrap();
    assert_eq!(kept.unwrap().token.grant_id.as_deref(), Some("second"));
    assert!(storage.delete_client("granted").await.unwrap());
    assert_eq!(storage.refresh_token(&second).await.unwrap(), None);
    assert_eq!(storage.code("code of second").await.unwrap(), None);
    storage
        .create_client(&client("granted"), None)
        .await
        .unwrap();
}

async fn grants_are_kept_as_long_as_they_are_of_use(storage: &Storage) {
    let purge = async |deadline| {
        while storage.purge(UnixTime(deadline), 2).await.unwrap() > 0 {}
    };
    let endless = RefreshToken {
        expires_at: None,
        ..refresh("endless")
    };
    let mut gone = Vec::new();
    for number in 0..5 {
        gone.push(redeemed(storage, &format!("spent {number}")).await);
    }
    storage
        .add_grant(&grant("endless"), Some(&code("endless")))
        .await
        .unwrap();
    storage
        .redeem_code(&granted("endless", "endless"), Some(&endless), NOW)
        .await
        .unwrap();
    for id in ["unused 1", "unused 2", "unused 3"] {
        storage
            .add_grant(&grant(id), Some(&code(id)))
            .await
            .unwrap();
    }
    storage
        .add_grant(&grant("hybrid"), Some(&code("hybrid")))
        .await
        .unwrap();
    storage
        .add_access_token(&granted("hybrid", "hybrid"))
        .await
        .unwrap();
    storage.add_grant(&grant("implicit"), None).await.unwrap();
    storage
        .add_access_token(&granted("implicit", "implicit"))
        .await
        .unwrap();

    // A code is good for ten minutes, an access token for an hour, a refresh token for two.
    purge(NOW.0 + 600).await;
    assert!(storage.code("unused 1").await.unwrap().is_some());
    purge(NOW.0 + 601).await;
    for id in ["unused 1", "unused 2", "unused 3"] {
        assert_eq!(storage.code(id).await.unwrap(), None);
    }
    for signature in ["hybrid", "implicit", "endless", "access of spent 0"] {
        let stored = storage.granted_token(signature).await.unwrap();
        assert!(stored.unwrap().grant.is_some(), "{signature}");
    }
    purge(NOW.0 + 3601).await;
    assert_eq!(storage.code("hybrid").await.unwrap(), None);
    assert_eq!(storage.access_token("implicit").await.unwrap(), None);
    for signature in &gone {
        assert!(storage.refresh_token(signature).await.unwrap().is_some());
    }
    purge(NOW.0 + 7201).await;
    for (number, signature) in gone.iter().enumerate() {
        assert_eq!(storage.refresh_token(signature).await.unwrap(), None);
        let code = storage.code(&format!("code of spent {number}")).await;
        assert_eq!(code.unwrap(), None);
    }
    assert!(storage.refresh_token("endless").await.unwrap().is_some());
    storage.revoke_grant("endless").await.unwrap();
}
