"""Changing a handler's annotation without generating anew makes `make drift` fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hydra_process import ROOT, built


def test_drift_is_red_after_an_annotation_changed(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)

    handler = copy / "server" / "src" / "http" / "health.rs"
    source = handler.read_text()
    changed = source.replace('tag = "health"', 'tag = "wellness"')
    assert changed != source, "health.rs no longer holds the annotation that this test changes"
    handler.write_text(changed)

    generator = built("hydra-codegen", "hydra-codegen")
    # Cargo tells the crates of two checkouts apart by their place within the checkout only: built into the same
    # folder, the changed copy would pass for the real thing in the next build there.
    target = generator.parents[1] / "drift-test"
    drift = subprocess.run(
        ["make", "drift", f"CODEGEN={generator}"],
        cwd=copy,
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        capture_output=True,
        text=True,
    )
    assert drift.returncode != 0
    assert "wellness" in drift.stdout + drift.stderr
    assert "make generate" in drift.stdout + drift.stderr
