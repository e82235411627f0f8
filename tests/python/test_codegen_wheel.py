"""The generator's wheel: installed into a fresh virtual environment it runs, without Rust."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

from hydra_process import ROOT, clean_environment

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1.0.0"},
    "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "Pets."}}}}},
}


def test_runs_from_a_fresh_virtual_environment(tmp_path: Path) -> None:
    # The profile that the tests have compiled already.
    maturin = Path(sys.executable).with_name("maturin")
    build = [maturin, "build", "--quiet", "--locked", "--profile", "dev", "--out", tmp_path]
    subprocess.run([*build, "--manifest-path", ROOT / "codegen" / "Cargo.toml"], check=True)
    (wheel,) = tmp_path.glob("hydra_codegen-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    installed = tmp_path / "venv" / "bin"
    subprocess.run([installed / "python", "-m", "pip", "install", "--quiet", "--no-index", wheel], check=True)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [installed / "hydra-codegen", *arguments],
            cwd=tmp_path,
            env=clean_environment(tmp_path),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    assert run("--version").startswith("hydra-codegen ")
    (tmp_path / "pets.json").write_text(json.dumps(DOCUMENT))
    run("generate", "-i", "pets.json", "-l", "python", "-o", "sdk", "--package-name", "pets")
    assert (tmp_path / "sdk" / "pets" / "api" / "default_api.py").exists()
