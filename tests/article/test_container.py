"""The article's first command, with a real container engine.

Exercised where there is one: a running Docker daemon, or podman with runc. The image is `make image`'s, but for the
profile it is compiled with. The network is the host's, since not every place where tests run lets a container have
one of its own; so `-e PORT=9000` stands for `-p 9000:4444`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra_process import ROOT
from ledger import exercised, untested
from steps import STEPS
from story import SERVER_PORT, Shell, need_port

ENGINE = str(ROOT / "tests" / "support" / "engine.sh")
TAG = f"hydra-article:{os.getpid()}"
NAME = f"hydra-article-{os.getpid()}"
START_DEADLINE_SECONDS = 60
LICENCES = ("usr/share/doc/hydra/LICENSE", "usr/share/doc/hydra/THIRD_PARTY_NOTICES.md")


def engine(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """What the engine answers. It warns of what it lacks here on standard error, which only matters if it fails."""
    answer = subprocess.run([ENGINE, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)
    if check and answer.returncode != 0:
        pytest.fail(f"{shlex.join(arguments)} ended with status {answer.returncode}:\n{answer.stderr}")
    return answer


def wait_until_healthy() -> None:
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while engine("exec", NAME, "/hydra", "health", "--local", check=False).returncode != 0:
        if time.monotonic() > deadline:
            pytest.fail("the container's health check never succeeded:\n" + engine("logs", NAME).stderr)
        time.sleep(0.1)


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    found = engine("which", check=False)
    if found.returncode != 0:
        untested("container image: no engine")
        pytest.skip(found.stderr.strip())
    exercised("container image: " + engine("--version").stdout.strip())
    subprocess.run([ROOT / "tests" / "support" / "image.sh", "dev", TAG], cwd=ROOT, check=True)
    yield TAG
    engine("rmi", "--force", TAG)


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[str]:
    need_port(SERVER_PORT)
    # The flags that follow the image's name in print, and each -e before it.
    words = shlex.split(STEPS[1].printed)
    at = words.index("oryd/hydra:latest")
    variables = [part for word in words[:at] if "=" in word for part in ("-e", word)]
    network = ["--network", "host", "-e", f"PORT={SERVER_PORT}"]
    engine("run", "-d", "--name", NAME, *network, *variables, image, *words[at + 1 :])
    try:
        wait_until_healthy()
        yield NAME
    finally:
        engine("rm", "--force", NAME)


def test_the_commands_that_follow_reach_it(container: str, tmp_path: Path) -> None:
    for number in (2, 3, 4):
        Shell(tmp_path).must(number)


def test_the_image_s_own_health_check_is_the_binary(container: str) -> None:
    configured = engine("inspect", "--format", "{{.Config.Healthcheck.Test}}", container).stdout.strip()
    assert configured == "[CMD /hydra health --local]"


def test_it_is_nobody_special_in_there(container: str) -> None:
    assert engine("inspect", "--format", "{{.Config.User}}", container).stdout.strip() == "65532:65532"


def test_it_holds_the_binary_certificates_licences_and_nothing_else(container: str, tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    engine("export", "--output", str(archive), container)
    with tarfile.open(archive) as files:
        # What the engine itself puts into every container.
        made = (
            "dev",
            "proc",
            "sys",
            "run",
            "tmp",
            "etc/hosts",
            "etc/hostname",
            "etc/resolv.conf",
            "etc/group",
            ".dockerenv",
        )
        members = [file for file in files if not file.name.startswith(made)]
    names = {file.name for file in members if file.isfile()}
    shipped = {"hydra", "etc/passwd", "etc/ssl/certs/ca-certificates.crt", *LICENCES}
    assert shipped <= names <= {*shipped, "home/hydra/.hydra.yml"}
    # Nobody but root could change them, had the container not been started read-only.
    assert {file.uid for file in members if not file.name.startswith("home")} == {0}


def test_it_stops_when_asked_and_starts_again(container: str) -> None:
    engine("stop", container)
    try:
        assert engine("inspect", "--format", "{{.State.ExitCode}}", container).stdout.strip() == "0"
    finally:
        engine("start", container)
        wait_until_healthy()
