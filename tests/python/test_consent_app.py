"""People sign in at the live server through the demo login-and-consent apps: the one in Rust and the one in Python."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hydra_sdk
import pytest
import requests
from hydra_process import ROOT, HydraServer, clean_environment, example, free_port
from hydra_sdk.flow import AuthorizationCodeFlow, AuthorizationRefused
from person import Browser, allow, sign_in

CALLBACK = "https://photos.example/callback"
SUBJECT = "user:12345:dandean"
APPS = {
    "rust": lambda: [str(example("hydra-sdk", "consent_app"))],
    "python": lambda: [sys.executable, str(ROOT / "python" / "examples" / "consent_app.py")],
}


@dataclass
class Stage:
    """A server, a consent app that it sends people to, and what the root client may do."""

    server: HydraServer
    consent: str
    oauth2: hydra_sdk.OAuth2Api

    def flow(self, *scopes: str, name: str = "Photos & <b>more</b>") -> AuthorizationCodeFlow:
        """The flow of a new client."""
        made = self.oauth2.create_o_auth2_client(
            hydra_sdk.OAuth2Client(
                id=f"photos-{uuid.uuid4()}",
                client_name=name,
                redirect_uris=[CALLBACK],
                grant_types=["authorization_code", "refresh_token"],
                response_types=["code"],
                scope=" ".join(scopes),
            )
        )
        configuration = hydra_sdk.Configuration()
        configuration.host, configuration.verify_ssl = self.server.url, False
        return AuthorizationCodeFlow(
            configuration, made.id, CALLBACK, client_secret=made.client_secret, scopes=list(scopes)
        )


def start_app(kind: str, home: Path, url: str, port: int) -> subprocess.Popen[str]:
    environment = clean_environment(
        home,
        HYDRA_URL=url,
        HYDRA_CLIENT_ID="consent-app",
        HYDRA_CLIENT_SECRET="consent secret: 100%",
        # As the container of the article had it.
        NODE_TLS_REJECT_UNAUTHORIZED="0",
        PORT=str(port),
    )
    app = subprocess.Popen(
        APPS[kind](), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    assert app.stdout is not None
    for line in app.stdout:
        if "listens on" in line:
            break
    else:
        raise RuntimeError(f"the {kind} consent app did not start, status {app.wait()}")
    # Read on, so that its log cannot fill the pipe.
    threading.Thread(target=app.stdout.read, daemon=True).start()
    return app


@pytest.fixture(scope="module", params=APPS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home, port, app_port = tmp_path_factory.mktemp("home"), free_port(), free_port()
    variables = {
        "PORT": str(port),
        "ISSUER": f"https://localhost:{port}",
        "CONSENT_URL": f"http://localhost:{app_port}/consent",
        "FORCE_ROOT_CLIENT_CREDENTIALS": "root:root-secret",
    }
    with HydraServer(home, ("host",), variables) as server:
        configuration = hydra_sdk.Configuration()
        configuration.host, configuration.verify_ssl = server.url, False
        configuration.username, configuration.password = "root", "root-secret"
        client = hydra_sdk.ApiClient(configuration)
        oauth2 = hydra_sdk.OAuth2Api(client)
        token = oauth2.oauth_token(grant_type="client_credentials", scope="hydra.clients hydra.policies hydra.consent")
        configuration.access_token = token.access_token
        oauth2.create_o_auth2_client(
            hydra_sdk.OAuth2Client(
                id="consent-app",
                client_secret="consent secret: 100%",
                grant_types=["client_credentials"],
                scope="hydra.consent",
            )
        )
        hydra_sdk.PolicyApi(client).create_policy(
            body=hydra_sdk.Policy(
                id="consent-app-policy",
                effect="allow",
                actions=["get", "accept", "reject"],
                resources=["rn:hydra:oauth2:consent:requests:<.*>"],
                subjects=["consent-app"],
            )
        )
        app = start_app(request.param, home, server.url, app_port)
        try:
            yield Stage(server, f"http://localhost:{app_port}/consent", oauth2)
        finally:
            app.terminate()
            app.wait(10)
            assert app.stdout is not None
            app.stdout.close()


@pytest.fixture
def browser() -> Browser:
    return Browser(stop_at=CALLBACK)


def test_a_person_signs_in_ticks_every_box_and_the_client_gets_its_tokens(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid", "offline", "profile", "email", "photos.read")
    request = flow.start()
    page = browser.open(request.url)
    assert page and page.heading == "Sign in"
    assert "dan@acme.com" in page.text and "secret" in page.text
    sign_in(browser)
    page = browser.page
    assert page and "Photos & <b>more</b>" in page.heading and "Dan Dean" in page.text
    assert "<b>" not in page.html
    assert page.form.boxes("allowed_scopes") == ["openid", "offline", "profile", "email", "photos.read"]
    assert not any(field.checked for field in page.form.fields)

    tokens = flow.finish(request, allow(browser))
    assert tokens.scopes == ("openid", "offline", "profile", "email", "photos.read")
    assert tokens.id_token is not None and tokens.id_token.subject == SUBJECT
    claims = tokens.id_token.claims
    assert (claims["name"], claims["nickname"]) == ("Dan Dean", "Danny")
    assert (claims["email"], claims["email_verified"]) == ("dan@acme.com", True)
    assert 0 <= time.time() - claims["auth_time"] < 300
    assert tokens.refresh_token is not None
    again = flow.refresh(tokens.refresh_token)
    assert again.access_token != tokens.access_token
    assert again.id_token is not None and again.id_token.subject == SUBJECT


def test_a_person_grants_only_what_they_tick(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid", "offline", "profile", "photos.read")
    request = flow.start()
    browser.open(request.url)
    sign_in(browser)
    tokens = flow.finish(request, allow(browser, ["openid", "photos.read"]))
    assert tokens.scopes == ("openid", "photos.read")
    assert tokens.refresh_token is None
    assert tokens.id_token is not None and "name" not in tokens.id_token.claims


def test_a_person_who_declines_sends_the_client_away_empty(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid")
    request = flow.start()
    browser.open(request.url)
    sign_in(browser)
    browser.submit(("decision", "deny"))
    assert browser.arrived
    with pytest.raises(AuthorizationRefused, match="declined") as refused:
        flow.finish(request, browser.arrived)
    assert refused.value.code == "access_denied"


def test_a_wrong_password_is_told_and_can_be_tried_again(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid")
    request = flow.start(login_hint="dan@acme.com")
    page = browser.open(request.url)
    assert page and [field.value for field in page.form.fields if field.name == "email"] == ["dan@acme.com"]
    for email, password in (("dan@acme.com", "guess"), ("nobody@acme.com", "secret"), ("", "")):
        sign_in(browser, email, password)
        assert browser.page and browser.page.status == 422
        assert "do not belong together" in browser.page.text
    sign_in(browser, " DAN@acme.com ")
    assert flow.finish(request, allow(browser)).id_token


def test_who_was_remembered_is_not_asked_again_unless_the_client_wants_it(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid", "photos.read")
    request = flow.start()
    browser.open(request.url)
    sign_in(browser)
    first = flow.finish(request, allow(browser, remember=True)).id_token
    assert first is not None

    request = flow.start()
    assert browser.open(request.url) is None, "neither login nor consent"
    assert browser.arrived
    second = flow.finish(request, browser.arrived).id_token
    assert second is not None and second.auth_time == first.auth_time

    request = flow.start(prompt="consent")
    page = browser.open(request.url)
    assert page and page.heading.startswith("What may "), "consent, but no login"
    flow.finish(request, allow(browser))

    other = stage.flow("openid")
    page = browser.open(other.start().url)
    assert page and page.heading.startswith("What may "), "another client is another decision"

    request = flow.start(prompt="login")
    page = browser.open(request.url)
    assert page and page.heading == "Sign in"


def test_several_logins_go_on_in_one_browser(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid")
    requests_ = [flow.start(), flow.start()]
    pages = []
    for request in requests_:
        browser.open(request.url)
        sign_in(browser)
        pages.append(browser.page)
    for request, page in zip(requests_, pages):
        browser.page = page
        assert flow.finish(request, allow(browser)).id_token


def test_a_form_of_another_site_changes_nothing(stage: Stage, browser: Browser) -> None:
    """RFC 6749 section 10.12 for the pages of the authorization server: cross-site request forgery."""
    flow = stage.flow("openid")
    browser.open(flow.start().url)
    assert browser.page
    login_page = browser.page
    stranger = Browser(stop_at=CALLBACK)
    stranger.page = login_page
    sign_in(stranger)
    assert stranger.page and stranger.page.status == 403
    sign_in(browser)
    for field in browser.page.form.fields:
        if field.name == "csrf":
            field.value = "x"
    browser.submit(("decision", "allow"))
    assert browser.page and browser.page.status == 403 and browser.arrived is None


def test_a_login_for_one_request_is_none_for_another(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid")
    browser.open(flow.start().url)
    sign_in(browser)
    page = browser.open(flow.start().url)
    assert page and page.heading == "Sign in"


@pytest.mark.parametrize(
    ("query", "status", "heading"),
    [
        ("", 400, "There is nothing to decide"),
        ("?consent=", 400, "There is nothing to decide"),
        ("?consent=unknown", 404, "This request does not exist"),
        ("?consent=a%20b%2Fc%3Fd%23e", 404, "This request does not exist"),
        (
            "?error=<script>&error_description=<script>alert(1)</script>",
            400,
            "The application's request cannot be served",
        ),
    ],
)
def test_whoever_comes_without_a_good_request_reads_why(
    stage: Stage, browser: Browser, query: str, status: int, heading: str
) -> None:
    page = browser.open(stage.consent + query)
    assert page and (page.status, page.heading) == (status, heading)
    assert "<script>" not in page.html


def test_a_request_that_was_answered_is_over(stage: Stage, browser: Browser) -> None:
    flow = stage.flow("openid")
    request = flow.start()
    browser.open(request.url)
    sign_in(browser)
    question = browser.page
    flow.finish(request, allow(browser))
    browser.page = question
    browser.submit(("decision", "allow"))
    assert browser.page and browser.page.status in (404, 410)


def test_pages_are_framed_by_nobody_and_load_nothing_from_elsewhere(stage: Stage, browser: Browser) -> None:
    """RFC 9700 section 4.16 (clickjacking) and section 4.2.4 (what leaks by Referer)."""
    browser.open(stage.flow("openid").start().url)
    pages = [browser.page]
    sign_in(browser)
    pages.append(browser.page)
    for page in pages:
        assert page
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.html and "http" not in page.html.replace("http-equiv", "")
    style = requests.get(stage.consent.replace("/consent", "/style.css"), timeout=10)
    assert style.headers["content-type"].startswith("text/css")
    for cookie in browser.session.cookies:
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name


@pytest.mark.parametrize("kind", APPS)
def test_without_a_server_or_a_policy_the_page_says_whose_fault_it_is(
    kind: str, tmp_path: Path, browser: Browser, server: HydraServer
) -> None:
    for url, heading in (
        (f"http://localhost:{free_port()}", "The authorization server does not answer"),
        (server.url, "This page is not set up yet"),
    ):
        port = free_port()
        app = start_app(kind, tmp_path, url, port)
        try:
            page = browser.open(f"http://localhost:{port}/consent?consent=x")
            assert page and (page.status, page.heading) == (502, heading), page.text
        finally:
            app.terminate()
            app.wait(10)
            assert app.stdout is not None
            app.stdout.close()
