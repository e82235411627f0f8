"""What `make test` says in the end about the tools and databases it met: exercised, or untested and why."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PHASE = ROOT / "tests" / "support" / "phase.sh"


def exercised(what: str) -> None:
    """Something that nobody here wrote, in the version that the tests ran against."""
    subprocess.run([PHASE, "exercised", what], cwd=ROOT, check=True)


def untested(what: str) -> None:
    """Something that the tests would have run against, had it been there; and why it was not."""
    subprocess.run([PHASE, "untested", what], cwd=ROOT, check=True)
