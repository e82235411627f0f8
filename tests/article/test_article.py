"""The article, step by step, against one server on the port that the article names."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hydra_process import HydraServer, shell_environment
from steps import STEPS

PORT = 9000


def require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            pytest.fail(f"the article needs port {PORT}, and something else is listening on it")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[HydraServer]:
    require_free_port()
    run = STEPS[1].run
    assert run is not None
    variables = {
        "ISSUER": "https://localhost:9000/",
        "CONSENT_URL": "http://localhost:3000/consent",
        "FORCE_ROOT_CLIENT_CREDENTIALS": "admin:admin-password",
        "PORT": str(PORT),
    }
    with HydraServer(home, arguments=tuple(run.split()[1:]), variables=variables) as server:
        yield server


Shell = Callable[[int], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(home: Path, server: HydraServer) -> Shell:
    """Runs a step's command as a person would, in a shell whose search path has `hydra`."""

    def run(number: int) -> subprocess.CompletedProcess[str]:
        command = STEPS[number].run
        assert command is not None
        return subprocess.run(
            ["bash", "-c", command], env=shell_environment(home), capture_output=True, text=True, timeout=60
        )

    return run


def test_steps_run_as_printed_unless_the_table_says_why() -> None:
    for step in STEPS.values():
        assert (step.run == step.printed) != bool(step.why), f"step {step.number}"


def test_step_1_auto_logon_leaves_a_configuration_that_only_its_owner_can_read(home: Path, server: HydraServer) -> None:
    configuration = home / ".hydra.yml"
    assert configuration.stat().st_mode & 0o077 == 0
    assert "client_id: admin" in configuration.read_text()


def test_step_2_connect_stores_the_credentials(shell: Shell, home: Path) -> None:
    answer = shell(2)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.rstrip().endswith("Done.")
    configuration = (home / ".hydra.yml").read_text()
    assert "cluster_url: https://localhost:9000" in configuration
    assert "client_secret: admin-password" in configuration


def test_step_3_a_token_can_be_made_and_validated(shell: Shell) -> None:
    shell(2)
    answer = shell(3)
    assert answer.returncode == 0, answer.stderr
    token = json.loads(answer.stdout)
    assert token["active"] is True
    assert (token["client_id"], token["sub"], token["scope"]) == ("admin", "admin", "hydra")
    assert token["iss"] == "https://localhost:9000"
    assert token["exp"] - token["iat"] == 3600


def test_step_4_a_client_is_created(shell: Shell) -> None:
    shell(2)
    answer = shell(4)
    assert answer.returncode == 0, answer.stderr
    assert "OAuth2 client id: consent-app\n" in answer.stdout
    assert "OAuth2 client secret: consent-secret\n" in answer.stdout


def test_step_13_requests_oauthlib_gets_a_token_without_scope(server: HydraServer) -> None:
    program = STEPS[13].run
    assert program is not None
    names: dict[str, dict[str, object]] = {}
    exec(compile(program, "article", "exec"), names)
    token = names["token"]
    assert token["token_type"] == "bearer"
    assert token["expires_in"] in (3599, 3600)
    assert token["scope"] == [""]
    assert {"access_token", "expires_at"} <= set(token)
