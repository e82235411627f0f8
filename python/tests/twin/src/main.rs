//! Makes one call of each operation against the server whose URL is given, with the same arguments
//! as `test_wire.py`, and prints the names of all operations. What the server answers is of no
//! interest.

use hydra_sdk::types::{
    ConsentRequestAcceptance, ConsentRequestRejection, EndSessionPostBody,
    FlushInactiveOAuth2TokensRequest, Group, GroupMembers, IntrospectOAuth2TokenBody, JsonWebKey,
    JsonWebKeySet, JsonWebKeySetGeneratorRequest, OAuth2Client, OauthAuthPostBody, OauthTokenBody,
    Policy, PolicyConditions, RevokeOAuth2TokenBody, UserinfoBody, WardenAccessRequest,
    WardenTokenAccessRequest,
};
use hydra_sdk::{API, Client, Config, Credential, OAUTH2};
use serde_json::{Map, Value, json};

// Of a piece of the path, of a query, of a form: what has to be escaped there.
const ID: &str = "a b/c?d#ä%";
const QUERY: &str = "a b&ä";
const TOKEN: &str = "t +&=ä";

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn texts(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(|&text| text.to_owned()).collect())
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "it is what the test reads")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("usage: hydra-sdk-twin URL")?;
    let config = Config::new(url).credential(OAUTH2, Credential::bearer("token"));
    let hydra = Client::new(&config)?;
    clients(&hydra).await;
    tokens(&hydra).await;
    people(&hydra).await;
    policies(&hydra).await;
    keys(&hydra).await;
    warden(&hydra).await;
    let _ = hydra.get_instance_status().await;
    let _ = hydra.get_instance_readiness().await;
    let _ = hydra.get_instance_metrics().await;
    let _ = hydra.get_authorization_server_metadata().await;
    let _ = hydra.get_well_known().await;
    let _ = hydra.well_known().await;
    let names: Vec<_> = API.operations.iter().map(|o| o.name).collect();
    println!("{}", serde_json::to_string(&names)?);
    Ok(())
}

async fn clients(hydra: &Client) {
    let body = OAuth2Client {
        client_name: text("Ä \"q\""),
        redirect_uris: texts(&["https://a/cb?x=1&y=ä"]),
        contacts: Some(Vec::new()),
        public: Some(false),
        scope: text("openid offline"),
        ..OAuth2Client::default()
    };
    let _ = hydra.create_o_auth2_client(&body).await;
    let _ = hydra.delete_o_auth2_client(ID).await;
    let _ = hydra.get_o_auth2_client(ID).await;
    let _ = hydra.list_o_auth2_clients().await;
    let _ = hydra.update_o_auth2_client("x", &body).await;
}

async fn tokens(hydra: &Client) {
    let flush = FlushInactiveOAuth2TokensRequest {
        not_after: text("2017-12-04T07:05:55+00:00"),
        ..FlushInactiveOAuth2TokensRequest::default()
    };
    let _ = hydra.flush_inactive_o_auth2_tokens(Some(&flush)).await;
    let introspection = IntrospectOAuth2TokenBody {
        token: TOKEN.to_owned(),
        scope: text("a b"),
        ..IntrospectOAuth2TokenBody::default()
    };
    let _ = hydra.introspect_o_auth2_token(&introspection).await;
    let grant = OauthTokenBody {
        grant_type: text("client_credentials"),
        scope: text("a b"),
        ..OauthTokenBody::default()
    };
    let _ = hydra.oauth_token(Some(&grant)).await;
    let revocation = RevokeOAuth2TokenBody {
        token: TOKEN.to_owned(),
        ..RevokeOAuth2TokenBody::default()
    };
    let _ = hydra.revoke_o_auth2_token(&revocation).await;
    let _ = hydra.get_userinfo().await;
    let userinfo = UserinfoBody {
        access_token: text(TOKEN),
        ..UserinfoBody::default()
    };
    let _ = hydra.userinfo(Some(&userinfo)).await;
}

/// Signing in, saying yes or no, and out again.
async fn people(hydra: &Client) {
    let _ = hydra.oauth_auth().await;
    let request = OauthAuthPostBody {
        client_id: text("c d"),
        redirect_uri: text("https://a/?b"),
        max_age: text("0"),
        ..OauthAuthPostBody::default()
    };
    let _ = hydra.oauth_auth_post(Some(&request)).await;

    let _ = hydra.get_o_auth2_consent_request(ID).await;
    let accepted = ConsentRequestAcceptance {
        subject: text("Ä"),
        grant_scopes: texts(&["a", "b"]),
        access_token_extra: object(json!({"n": [1, null, {"x": "y"}]})),
        id_token_extra: Some(Map::new()),
        auth_time: Some(1),
        remember: Some(false),
        remember_for: Some(0),
        ..ConsentRequestAcceptance::default()
    };
    let _ = hydra.accept_o_auth2_consent_request(ID, &accepted).await;
    let rejected = ConsentRequestRejection {
        reason: text("Ä"),
        ..ConsentRequestRejection::default()
    };
    let _ = hydra.reject_o_auth2_consent_request(ID, &rejected).await;

    let _ = hydra
        .list_o_auth2_consent_sessions(Some("c"), "a b&ä")
        .await;
    let _ = hydra.revoke_o_auth2_consent_sessions(None, QUERY).await;

    let (hint, to) = (Some("t"), Some("https://a/?b"));
    let _ = hydra.end_session(Some("c d"), hint, to, Some("ä")).await;
    let logout = EndSessionPostBody {
        id_token_hint: text(TOKEN),
        logout_csrf: text("x"),
        ..EndSessionPostBody::default()
    };
    let _ = hydra.end_session_post(Some(&logout)).await;
}

async fn policies(hydra: &Client) {
    let condition = PolicyConditions {
        type_: text("CIDRCondition"),
        options: object(json!({"cidr": "10.0.0.0/8"})),
        ..PolicyConditions::default()
    };
    let body = Policy {
        id: text("Ä"),
        description: text(""),
        effect: text("allow"),
        subjects: texts(&["<.*>", "a\\d"]),
        resources: texts(&["rn:<x|y>"]),
        actions: Some(Vec::new()),
        conditions: Some([("ip ä".to_owned(), condition)].into()),
        ..Policy::default()
    };
    let _ = hydra.create_policy(&body).await;
    let _ = hydra.delete_policy(ID).await;
    let _ = hydra.get_policy(ID).await;
    let _ = hydra.list_policies(Some(500), Some(0)).await;
    let _ = hydra.update_policy(ID, &body).await;
}

async fn keys(hydra: &Client) {
    let wanted = JsonWebKeySetGeneratorRequest {
        alg: "RS256".to_owned(),
        kid: text("ä"),
        ..JsonWebKeySetGeneratorRequest::default()
    };
    let key = JsonWebKey {
        kty: text("oct"),
        use_: text("sig"),
        kid: text("ä"),
        alg: text("HS256"),
        k: text("a-_"),
        ..JsonWebKey::default()
    };
    let set = JsonWebKeySet {
        keys: Some(vec![key.clone()]),
        ..JsonWebKeySet::default()
    };
    let _ = hydra.create_json_web_key_set(ID, &wanted).await;
    let _ = hydra.delete_json_web_key(ID, "a:b").await;
    let _ = hydra.delete_json_web_key_set(ID).await;
    let _ = hydra.get_json_web_key(ID, "a:b").await;
    let _ = hydra.get_json_web_key_set(ID).await;
    let _ = hydra.update_json_web_key(ID, "a:b", &key).await;
    let _ = hydra.update_json_web_key_set(ID, &set).await;
}

async fn warden(hydra: &Client) {
    let context = || object(json!({"ip": "10.0.0.1", "n": [1.5, null]}));
    let person = WardenAccessRequest {
        subject: text("Ä"),
        action: text("a"),
        resource: text("rn:ä"),
        context: context(),
        ..WardenAccessRequest::default()
    };
    let _ = hydra.does_warden_allow_access_request(&person).await;
    let token = WardenTokenAccessRequest {
        token: text(TOKEN),
        scopes: texts(&["a"]),
        action: text("a"),
        resource: text("rn:ä"),
        context: context(),
        ..WardenTokenAccessRequest::default()
    };
    let _ = hydra.does_warden_allow_token_access_request(&token).await;

    let members = GroupMembers {
        members: texts(&["ä", "b"]),
        ..GroupMembers::default()
    };
    let group = Group {
        id: text("Ä"),
        members: Some(Vec::new()),
        ..Group::default()
    };
    let _ = hydra.add_members_to_group(ID, &members).await;
    let _ = hydra.create_group(&group).await;
    let _ = hydra.delete_group(ID).await;
    let _ = hydra.find_groups_by_member(QUERY).await;
    let _ = hydra.get_group(ID).await;
    let _ = hydra.remove_members_from_group(ID, &members).await;
}
