"""The article, from its first command to its last, with a real browser, on the ports that it names.

Each step is a fixture that needs the steps before it, so that any test can be run alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import story
from browser import PICTURES, person
from hydra_process import ROOT, HydraServer
from steps import STEPS
from story import Shell, TokenUser

DAN = "user:12345:dandean"
CLIENTS = "https://localhost:9000/clients"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[HydraServer]:
    with story.server(home) as server:
        yield server


@pytest.fixture(scope="module")
def shell(home: Path, server: HydraServer) -> Shell:
    return Shell(home)


@pytest.fixture(scope="module")
def connected(shell: Shell) -> str:
    return shell.must(2)


@pytest.fixture(scope="module")
def consent_client(shell: Shell, connected: str) -> str:
    return shell.must(4)


@pytest.fixture(scope="module")
def consent_policy(shell: Shell, connected: str) -> str:
    return shell.must(5)


@pytest.fixture(scope="module")
def consumer(shell: Shell, connected: str) -> str:
    return shell.must(7)


@pytest.fixture(scope="module", params=["rust", "python"])
def language(request: pytest.FixtureRequest) -> str:
    """What the consent app is written in: the whole story is told with each."""
    return str(request.param)


@pytest.fixture(scope="module")
def consent_app(home: Path, language: str, consent_client: str, consent_policy: str) -> Iterator[None]:
    with story.consent_app(home, language):
        yield


def say_yes(shell: Shell, album: str) -> dict[str, str]:
    """Steps 8 and 9: what `hydra token user` prints once the person has said yes to everything."""
    command = TokenUser(shell)
    try:
        with person(album) as dan:
            dan.visit(command.url)
            dan.log_in("dan@acme.com", "secret")
            assert set(dan.tick_every_box()) == {"openid", "offline", "hydra.clients"}
            dan.allow()
            dan.page.wait_for_url("http://localhost:9010/callback?**")
            dan.page.get_by_role("heading").first.wait_for()
            dan.picture("3-tokens")
            assert dan.complaints == []
        return command.tokens()
    finally:
        command.stop()


@pytest.fixture(scope="module")
def tokens(shell: Shell, language: str, consent_app: None, consumer: str) -> dict[str, str]:
    return say_yes(shell, language)


def introspect(shell: Shell, token: str) -> dict[str, object]:
    answer = shell.run('hydra token validate --skip-tls-verify "$TOKEN"', TOKEN=token)
    assert answer.returncode == 0, answer.stderr
    claims = json.loads(answer.stdout)
    assert isinstance(claims, dict)
    return claims


def list_clients(shell: Shell, token: str) -> tuple[int, str]:
    """Step 11, with the status printed after the body."""
    answer = shell.run(
        STEPS[11].run.replace("curl ", "curl --silent --write-out '\\n%{http_code}' "), ACCESS_TOKEN_FROM_ABOVE=token
    )
    assert answer.returncode == 0, answer.stderr
    body, status = answer.stdout.rsplit("\n", 1)
    return int(status), body


def test_steps_run_as_printed_unless_the_table_says_why() -> None:
    assert sorted(STEPS) == list(range(1, 14))
    for step in STEPS.values():
        assert (step.run == step.printed) != bool(step.why), f"step {step.number}"


def test_step_1_auto_logon_leaves_a_configuration_that_only_its_owner_can_read(home: Path, server: HydraServer) -> None:
    configuration = home / ".hydra.yml"
    assert configuration.stat().st_mode & 0o077 == 0
    assert "client_id: admin" in configuration.read_text()


def test_step_2_connect_stores_the_credentials(connected: str, home: Path) -> None:
    assert connected.rstrip().endswith("Done.")
    configuration = (home / ".hydra.yml").read_text()
    assert "cluster_url: https://localhost:9000" in configuration
    assert "client_secret: admin-password" in configuration


def test_step_3_a_token_can_be_made_and_validated(shell: Shell, connected: str) -> None:
    token = json.loads(shell.must(3))
    assert token["active"] is True
    assert (token["client_id"], token["sub"], token["scope"]) == ("admin", "admin", "hydra")
    assert token["iss"] == "https://localhost:9000"
    assert token["exp"] - token["iat"] == 3600


def test_step_4_a_client_is_created(consent_client: str) -> None:
    assert "OAuth2 client id: consent-app\n" in consent_client
    assert "OAuth2 client secret: consent-secret\n" in consent_client


def test_step_5_a_policy_is_created(consent_policy: str) -> None:
    assert consent_policy == "Created policy consent-app-policy.\n"


def test_step_7_another_client_is_created(consumer: str) -> None:
    assert "OAuth2 client id: some-consumer\n" in consumer


def test_steps_6_8_and_9_give_a_person_three_tokens(shell: Shell, tokens: dict[str, str]) -> None:
    assert set(tokens) == {"Access Token", "Refresh Token", "Expires in", "ID Token"}
    claims = introspect(shell, tokens["Access Token"])
    assert claims["active"] is True
    assert (claims["sub"], claims["client_id"]) == (DAN, "some-consumer")
    assert set(str(claims["scope"]).split()) == {"openid", "offline", "hydra.clients"}


def test_step_9_the_id_token_verifies_against_the_published_keys(shell: Shell, tokens: dict[str, str]) -> None:
    keys = json.loads(shell.run("curl --silent --insecure https://localhost:9000/.well-known/jwks.json").stdout)
    token = tokens["ID Token"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == kid)
    claims = jwt.decode(
        token, key, algorithms=["RS256"], audience="some-consumer", issuer="https://localhost:9000", leeway=5
    )
    assert claims["sub"] == DAN


def test_step_9_the_refresh_token_is_good_once(shell: Shell, language: str, consent_app: None, consumer: str) -> None:
    # A grant of its own, since it ends badly.
    old = say_yes(shell, f"{language}-refreshed")
    refresh = (
        "curl --silent --insecure --user some-consumer:consumer-secret https://localhost:9000/oauth2/token "
        '--data grant_type=refresh_token --data-urlencode "refresh_token=$TOKEN"'
    )
    fresh = json.loads(shell.run(refresh, TOKEN=old["Refresh Token"]).stdout)
    assert introspect(shell, fresh["access_token"])["active"] is True
    again = json.loads(shell.run(refresh, TOKEN=old["Refresh Token"]).stdout)
    assert again["error"] == "invalid_grant"
    # The copy may have been stolen: nothing of that grant is good any more.
    assert introspect(shell, fresh["access_token"]) == {"active": False}


def test_step_9_a_person_who_says_no_is_taken_at_their_word(
    shell: Shell, language: str, consent_app: None, consumer: str
) -> None:
    command = TokenUser(shell)
    try:
        with person(f"{language}-denied") as dan:
            dan.visit(command.url)
            dan.log_in("dan@acme.com", "secret")
            dan.page.locator("input[name=allowed_scopes]").first.wait_for()
            dan.deny()
            dan.page.wait_for_url("http://localhost:9010/callback?**error=access_denied**")
            dan.picture("3-denied")
        assert command.process.poll() is None, "the command goes on waiting"
    finally:
        command.stop()


def test_step_10_as_printed_names_the_policy_that_is_in_the_way(shell: Shell, consent_policy: str) -> None:
    answer = shell.run(STEPS[10].printed)
    assert answer.returncode == 1
    assert "consent-app-policy" in answer.stderr
    assert "another" in answer.stderr


def test_steps_10_and_11_the_token_opens_the_clients_only_once_a_policy_allows_it(
    shell: Shell, tokens: dict[str, str]
) -> None:
    shell.run("hydra policies delete --skip-tls-verify dan-may-list-clients")
    assert list_clients(shell, tokens["Access Token"])[0] == 403
    assert shell.must(10) == "Created policy dan-may-list-clients.\n"
    status, body = list_clients(shell, tokens["Access Token"])
    assert status == 200
    clients = json.loads(body)
    assert {"admin", "consent-app", "some-consumer"} <= {client["id"] for client in clients}
    assert not any(client.get("client_secret") for client in clients)


def test_step_12_a_python_sdk_is_generated(shell: Shell, home: Path) -> None:
    answer = shell.run(STEPS[12].run.replace("./docs/", f"{ROOT}/"))
    assert answer.returncode == 0, answer.stderr
    generated = home / "sdk/python/swagger"
    assert (generated / "swagger_client/api/policy_api.py").exists()
    assert shell.run(f"python3 -m compileall -q {generated}/swagger_client").returncode == 0


def test_step_13_requests_oauthlib_gets_a_token_without_scope(server: HydraServer) -> None:
    names: dict[str, dict[str, object]] = {}
    exec(compile(STEPS[13].run, "article", "exec"), names)
    token = names["token"]
    assert token["token_type"] == "bearer"
    assert token["expires_in"] in (3599, 3600)
    assert token["scope"] == [""]
    assert {"access_token", "expires_at"} <= set(token)


def test_pictures_of_every_page_are_kept(language: str, tokens: dict[str, str]) -> None:
    names = {path.name for path in (PICTURES / language).iterdir()}
    assert {"1-login-desk.png", "2-consent-phone.png", "3-tokens-desk.png"} <= names
