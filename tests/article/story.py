"""The article's processes and commands, so that the tests can tell the story and nothing else."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hydra_process import ROOT, HydraServer, built, shell_environment
from steps import STEPS

SERVER_PORT, CALLBACK_PORT, CONSENT_PORT = 9000, 9010, 9020
ASSIGNMENT = re.compile(r"^([A-Z_]+)=(\S*)$")


def need_port(port: int) -> None:
    """Fails clearly if something else listens on a port that the article names."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            pytest.fail(f"the article needs port {port}, and something else is listening on it")


def command(number: int) -> tuple[dict[str, str], list[str]]:
    """A step's leading assignments, and the words after them."""
    words = STEPS[number].run.split()
    variables: dict[str, str] = {}
    while match := ASSIGNMENT.match(words[0]):
        variables[match[1]] = match[2]
        words.pop(0)
    return variables, words


def server(home: Path) -> HydraServer:
    """Step 1."""
    need_port(SERVER_PORT)
    variables, words = command(1)
    return HydraServer(home, arguments=tuple(words[1:]), variables=variables)


@dataclass
class Shell:
    """Runs steps as a person would, in a shell whose search path has the project's programs."""

    home: Path

    def environment(self) -> dict[str, str]:
        environment = shell_environment(self.home)
        generator = built("hydra-codegen", "hydra-codegen").parent
        environment["PATH"] = os.pathsep.join([str(generator), environment["PATH"]])
        return environment

    def run(self, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs any command."""
        return subprocess.run(
            ["bash", "-c", text],
            env=self.environment() | variables,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def step(self, number: int, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a step's command."""
        return self.run(STEPS[number].run, **variables)

    def must(self, number: int) -> str:
        """Runs a step that has to succeed; gives what it printed."""
        answer = self.step(number)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def consent_program(language: str) -> list[str]:
    """How to start the demo consent app written in `language`."""
    if language == "python":
        return [sys.executable, str(ROOT / "python/examples/consent_app.py")]
    subprocess.run(
        ["cargo", "build", "--quiet", "--locked", "--package", "hydra-sdk", "--example", "consent_app"],
        cwd=ROOT,
        check=True,
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return [str(target / "debug/examples/consent_app")]


@contextmanager
def consent_app(home: Path, language: str) -> Iterator[None]:
    """Step 6."""
    need_port(CONSENT_PORT)
    variables, _ = command(6)
    log = home / f"consent-{language}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            consent_program(language),
            env=shell_environment(home) | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://localhost:{CONSENT_PORT}/", process, log)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until something answers at `url`, whatever it says."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nothing answers at {url}:\n{log.read_text()}") from None
            time.sleep(0.05)


class TokenUser:
    """Step 8: `hydra token user`, which waits for the browser to come back."""

    def __init__(self, shell: Shell) -> None:
        need_port(CALLBACK_PORT)
        self.process = subprocess.Popen(
            ["bash", "-c", "exec " + STEPS[8].run],
            env=shell.environment(),
            cwd=shell.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        told = ""
        # The address stands on a line of its own, indented.
        for line in self.process.stderr:
            told += line
            if line.startswith("\t"):
                self.url = line.strip()
                return
        raise RuntimeError("hydra token user told no address:\n" + told)

    def tokens(self) -> dict[str, str]:
        """What the command prints in the end: each label with the value below it."""
        rest, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        return {label: value.strip() for label, value in re.findall(r"^([A-Z][\w ]+):\n\t(.*)$", rest, re.MULTILINE)}

    def stop(self) -> None:
        """Ends the command if it is still waiting."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=15)
