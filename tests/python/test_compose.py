"""`compose.yaml` is read and its commands are shown to the binary. No test starts it: its images are other people's."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra_process import ROOT, clean_environment, hydra_binary

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "hydra"]


def test_services_wait_for_services_that_exist() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
    conditions = {name: service["condition"] for name, service in SERVICES["server"]["depends_on"].items()}
    assert conditions == {"migrate": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_the_binary_knows_each_command(name: str, tmp_path: Path) -> None:
    """A flag that is wrong is refused even if help is asked for at the end of the line."""
    environment = clean_environment(tmp_path)
    command = [str(hydra_binary()), *SERVICES[name]["command"]]
    known = subprocess.run([*command, "--help"], env=environment, capture_output=True, text=True)
    assert known.returncode == 0, known.stderr
    unknown = subprocess.run([*command, "--no-such-flag", "--help"], env=environment, capture_output=True, text=True)
    assert unknown.returncode == 2
