//! `hydra token user`, its browser played by an HTTP client and its server by a script.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use http::{StatusCode, header};
use serde_json::Value;

use crate::browser::{Authorization, ISSUER, REDIRECT, SECRET_VARIABLE, Waiting, token_user};
use crate::world::World;

#[test]
fn the_browser_comes_back_and_the_tokens_are_printed() {
    let (world, server) = (World::empty(), Authorization::start());
    let waiting = Waiting::start(token_user(&world, &server, "--no-open"));
    assert!(
        waiting
            .url
            .as_str()
            .starts_with("https://browser.example.org/oauth2/auth?"),
        "{}",
        waiting.url
    );
    for (name, value) in [
        ("client_id", "some-consumer"),
        ("response_type", "code"),
        ("scope", "offline hydra"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(waiting.parameter(name), value);
    }
    let redirect = waiting.parameter("redirect_uri");

    let (status, headers, page) = server.browse(&waiting.callback("code=good"));
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("<code>access.&lt;b&gt;</code>"), "{page}");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));

    let printed = waiting.ends().prints();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "Access Token:",
            "\taccess.<b>",
            "Refresh Token:",
            "\trefresh.b",
            "Expires in:"
        ]
    );
    assert!(
        lines[5].starts_with('\t') && lines[5].ends_with('Z'),
        "{printed}"
    );
    assert_eq!(lines.len(), 6);

    let asked = server.asked.lock().unwrap();
    let (headers, form) = &asked[0];
    // RFC 6749 section 2.3.1: id and secret are encoded before they are joined.
    let basic = headers[header::AUTHORIZATION].to_str().unwrap();
    assert_eq!(
        basic,
        "Basic c29tZS1jb25zdW1lcjpjb25zdW1lciUzQXNlY3JldCUyMCUyNQ=="
    );
    assert_eq!(form["redirect_uri"], redirect);
    assert_eq!(form["code_verifier"].len(), 43);
}

#[test]
fn machines_get_one_object() {
    let (world, server) = (World::empty(), Authorization::start());
    let mut hydra = token_user(&world, &server, "--no-open --json");
    let mut child = hydra.command.spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    let told_url = serde_json::from_str::<Value>(&line).unwrap();
    let url = told_url["authorization_url"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let waiting = Waiting { child, told, url };
    server.browse(&waiting.callback("code=good"));
    let tokens = waiting.ends().json();
    let keys: Vec<_> = tokens.as_object().unwrap().keys().collect();
    let expected = [
        "access_token",
        "expires_at",
        "expires_in",
        "refresh_token",
        "scope",
        "token_type",
    ];
    assert_eq!(keys, expected);
    assert_eq!(tokens["scope"], "offline hydra");
}

/// RFC 6749 section 10.12, RFC 9207 section 2.4.
#[test]
fn what_is_no_answer_to_the_request_is_told_and_the_next_one_counts() {
    let (world, server) = (World::empty(), Authorization::start());
    let waiting = Waiting::start(token_user(&world, &server, "--no-open"));
    let redirect = waiting.parameter("redirect_uri");
    let state = waiting.parameter("state");
    for query in [
        "code=good".to_owned(),
        format!("code=good&iss={ISSUER}&state=guessed"),
        format!("code=good&iss=https://evil.example&state={state}"),
        format!("code=good&state={state}"),
        format!("code=good&code=good&iss={ISSUER}&state={state}"),
        format!("error=access_denied&error_description=<script>&iss={ISSUER}&state={state}"),
        String::new(),
    ] {
        let (status, _, page) = server.browse(&format!("{redirect}?{query}"));
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {page}");
        assert!(!page.contains("<script"), "{page}");
    }
    let elsewhere = redirect.replace("/callback", "/favicon.ico");
    assert_eq!(server.browse(&elsewhere).0, StatusCode::NOT_FOUND);
    assert!(server.asked.lock().unwrap().is_empty());

    server.browse(&waiting.callback("code=good"));
    let ended = waiting.ends();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(ended.err.lines().count(), 7, "{ended:?}");
    assert!(
        ended.err.contains("access_denied: <script>; still waiting"),
        "{ended:?}"
    );
}

#[test]
fn a_code_that_the_server_refuses_ends_it() {
    let (world, server) = (World::empty(), Authorization::start());
    let waiting = Waiting::start(token_user(&world, &server, "--no-open"));
    let (status, _, page) = server.browse(&waiting.callback("code=old"));
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(page.contains("the code is &lt;old&gt;"), "{page}");
    let complaint = waiting.ends().fails();
    assert!(
        complaint.contains("invalid_grant: the code is <old>"),
        "{complaint}"
    );
}

#[test]
fn a_client_without_secret_says_who_it_is() {
    let (world, server) = (World::connected(), Authorization::start());
    let hydra = token_user(&world, &server, "--no-open").env(SECRET_VARIABLE, "");
    let waiting = Waiting::start(hydra);
    server.browse(&waiting.callback("code=good"));
    waiting.ends().succeeds();
    let asked = server.asked.lock().unwrap();
    let (headers, form) = &asked[0];
    // Least of all the secret of the configuration, which is another client's.
    assert!(!headers.contains_key(header::AUTHORIZATION));
    assert_eq!(form["client_id"], "some-consumer");
}

#[test]
fn the_browser_of_the_person_is_opened() {
    let (world, server) = (World::empty(), Authorization::start());
    let script = "#!/bin/sh\necho \"$1\" > opened.new\nmv opened.new opened\n";
    let script = world.write("browser", script);
    std::fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    let hydra = token_user(&world, &server, "").env("PATH", "/usr/bin:/bin");
    let waiting = Waiting::start(hydra.env("BROWSER", &script));
    while !world.file("opened").exists() {
        std::thread::yield_now();
    }
    assert_eq!(world.read("opened").trim(), waiting.url.as_str());
    server.browse(&waiting.callback("code=good"));
    waiting.ends().prints();
}

#[test]
fn who_wants_to_stop_can() {
    let (world, server) = (World::empty(), Authorization::start());
    let waiting = Waiting::start(token_user(&world, &server, "--no-open"));
    let pid = waiting.child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let complaint = waiting.ends().fails();
    assert!(complaint.contains("stopped before"), "{complaint}");
}

#[test]
fn what_cannot_work_is_told_before_anybody_signs_in() {
    let (world, server) = (World::empty(), Authorization::start());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = format!("http://{}/callback", taken.local_addr().unwrap());
    let (token_url, redirect) = (format!("{}/oauth2/token", server.url), REDIRECT);
    for (line, expected) in [
        (
            format!("--token-url {token_url} --redirect {taken}"),
            "cannot listen on",
        ),
        (
            format!("--token-url {token_url} --redirect https://example.org/"),
            "http://",
        ),
        (
            format!("--token-url http://127.0.0.1:1/oauth2/token --redirect {redirect}"),
            "hydra host",
        ),
        (
            format!("--token-url http://127.0.0.1:1/token --redirect {redirect}"),
            "it has to end in /oauth2/token",
        ),
        (
            format!("--token-url {token_url} --redirect {redirect} --auth-url nowhere"),
            "`nowhere`",
        ),
    ] {
        let hydra = world.hydra(&format!("token user --no-open --id a {line}"));
        let complaint = hydra.run().fails();
        assert!(complaint.contains(expected), "{line}: {complaint}");
    }
    let complaint = world.hydra("token user --no-open").run().fails();
    assert!(complaint.contains("--id"), "{complaint}");
}
