"""Runs the real `hydra` binary for tests: builds it, starts a server, and gives each test a HOME of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_DEADLINE_SECONDS = 60
STOP_DEADLINE_SECONDS = 15


@cache
def built(package: str, name: str, kind: str = "bin") -> Path:
    """Builds a binary, or an example, of the workspace once per run and returns where cargo put it."""
    build = subprocess.run(
        ["cargo", "build", "--locked", "--package", package, f"--{kind}", name, "--message-format", "json"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in build.stdout.splitlines():
        artifact = json.loads(line)
        if artifact.get("executable") and artifact["target"]["name"] == name:
            return Path(artifact["executable"])
    raise RuntimeError(f"cargo built nothing called {name}")


def hydra_binary() -> Path:
    """The binary under test."""
    return built("hydra-server", "hydra")


def example(package: str, name: str) -> Path:
    """An example program of a crate."""
    return built(package, name, "example")


def free_port() -> int:
    """A port that nobody listens on just now, for what has to be known before its owner starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(home: Path, **variables: str) -> dict[str, str]:
    """An environment that holds nothing of the person who runs the tests but the search path."""
    return {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **variables}


def shell_environment(home: Path) -> dict[str, str]:
    """The same, with `hydra` on the search path."""
    environment = clean_environment(home)
    environment["PATH"] = os.pathsep.join([str(hydra_binary().parent), environment["PATH"]])
    return environment


@dataclass
class HydraServer:
    """A `hydra host` process. Use it as a context manager; its log is kept for the failure message."""

    home: Path
    arguments: tuple[str, ...] = ("host",)
    variables: dict[str, str] = field(default_factory=dict)
    binary: Path | None = None
    log: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> HydraServer:
        address_file = self.home / "address"
        environment = {"PORT": "0", "HOST": "127.0.0.1", "ADDRESS_FILE": str(address_file), **self.variables}
        self.process = subprocess.Popen(
            [str(self.binary or hydra_binary()), *self.arguments],
            env=clean_environment(self.home, **environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while not address_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                self.stop()
                raise RuntimeError("hydra did not start:\n" + "".join(self.log))
            time.sleep(0.01)
        self.port = int(address_file.read_text().strip().rsplit(":", 1)[1])
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read_log(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line)

    @property
    def url(self) -> str:
        """The address over TLS, under the name that the self-signed certificate carries."""
        return f"https://localhost:{self.port}"

    def stop(self, signal_number: signal.Signals = signal.SIGTERM) -> int:
        """Asks the process to end, waits for it, and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            status = self.process.wait(STOP_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("hydra ignored the request to stop:\n" + "".join(self.log)) from None
        self._reader.join(STOP_DEADLINE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status
