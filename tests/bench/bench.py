"""What all measurements share: the binaries, how long to measure, and a server to measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from hydra_process import ROOT, HydraServer

TARGET = Path(os.environ.get("TARGET", ROOT / "target")).resolve()
HYDRA = TARGET / "release" / "hydra"
LOAD, FLOWS = TARGET / "release" / "load", TARGET / "release" / "flows"
CREDENTIALS = ("bench", "bench-secret-of-the-root-client")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))


def build_programs() -> None:
    """Builds the programs that make the load."""
    command = ["cargo", "build", "--release", "--locked", "--package", "hydra-tests", "--bins"]
    subprocess.run(command, cwd=ROOT, check=True)


def run_json(*command: object, **environment: str) -> Any:
    """What a program prints, read as JSON."""
    output = subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, env={**os.environ, **environment}
    )
    return json.loads(output.stdout)


@contextmanager
def hydra(**variables: str) -> Iterator[HydraServer]:
    """A release server with an embedded database of its own, unless `variables` say otherwise."""
    with TemporaryDirectory() as home, server(Path(home), **variables) as running:
        yield running


def server(home: Path, **variables: str) -> HydraServer:
    common = {
        "FORCE_ROOT_CLIENT_CREDENTIALS": ":".join(CREDENTIALS),
        "ISSUER": "http://localhost:4444",
        "LOG_LEVEL": "warn",
    }
    return HydraServer(home, ("host", "--dangerous-force-http"), common | variables, binary=HYDRA)


def plain_url(running: HydraServer) -> str:
    return f"http://127.0.0.1:{running.port}"
