"""One wheel for every interpreter: the quick start runs on each CPython that this machine has.

Which ones those were stands in pytest's header; an interpreter that is not listed there is untested.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT_CLIENT, interpreters
from hydra_process import ROOT, HydraServer

WHEELS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "wheels"


@pytest.mark.parametrize("version", interpreters())
def test_the_quick_start_runs(version: str, server: HydraServer, tmp_path: Path) -> None:
    (wheel,) = WHEELS.glob("hydra_sdk-*.whl")
    subprocess.run([interpreters()[version], "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    story = subprocess.run(
        [python, "-W", "error", ROOT / "python" / "examples" / "quickstart.py"],
        env={
            "HYDRA_URL": server.url,
            "HYDRA_CLIENT_ID": ROOT_CLIENT[0],
            "HYDRA_CLIENT_SECRET": ROOT_CLIENT[1],
            "HYDRA_SKIP_TLS_VERIFY": "1",
        },
        capture_output=True,
        text=True,
    )
    assert story.returncode == 0, story.stderr
    assert "after its revocation: False" in story.stdout


def test_this_interpreter_is_among_them() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in interpreters()
