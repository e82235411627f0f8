"""The generator beside openapi-generator: what it takes to write a Rust client, and to type-check what was written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from statistics import median

from bench import ROOT, ROUNDS, TARGET
from documents import make
from report import table

VERSION = "7.26.0"
OURS = TARGET / "release" / "hydra-codegen"
FOLDER = TARGET / "bench" / "codegen"
SIZES = (200, 1000)
GROWTH = (250, 500, 1000, 2000)
# A run of the other side takes seconds.
TURNS = min(ROUNDS, 3)


def generation() -> str:
    """Wall time and peak memory of both generators, in turns, on the same documents."""
    rows = []
    for name, document in documents().items():
        ours, theirs = [], []
        for _ in range(TURNS):
            ours.append(measured(ours_command(document, FOLDER / "ours" / name)))
            theirs.append(measured(theirs_command(document, FOLDER / "theirs" / name)))
        seconds, other = (median(second for second, _ in side) for side in (ours, theirs))
        memory, other_memory = (max(peak for _, peak in side) for side in (ours, theirs))
        rows.append(
            (
                name,
                f"{seconds:.2f} s",
                f"{other:.2f} s",
                f"**{other / seconds:.0f}×**",
                f"{memory:.0f} MB",
                f"{other_memory:.0f} MB",
            )
        )
    head = ("document", "hydra-codegen", f"openapi-generator {VERSION}", "faster by", "peak memory", "its peak memory")
    return table(head, rows)


def growth() -> str:
    """Time and memory by the number of operations."""
    rows = []
    for size in GROWTH:
        path = written(f"{size} operations", make(size))
        runs = [measured(ours_command(path, FOLDER / "ours" / f"{size}")) for _ in range(TURNS)]
        seconds = median(second for second, _ in runs)
        peak = max(peak for _, peak in runs)
        rows.append((str(size), f"{seconds:.2f} s", f"{seconds / size * 1e6:.0f} µs", f"{peak:.0f} MB"))
    return table(("operations", "time", "per operation", "peak memory"), rows)


def checking() -> str:
    """`cargo check` of both crates, their dependencies already checked."""
    rows = []
    for name, document in documents().items():
        crates = {}
        for side, command in (("ours", ours_command), ("theirs", theirs_command)):
            crates[side] = FOLDER / side / name
            measured(command(document, crates[side]))
            prepared(crates[side])
        times: dict[str, list[float]] = {side: [] for side in crates}
        for _ in range(TURNS):
            for side, crate in crates.items():
                if (seconds := checked(crate, side)) is not None:
                    times[side].append(seconds)
        ours, theirs = (median(times[side]) if times[side] else None for side in ("ours", "theirs"))
        ratio = f"**{theirs / ours:.1f}×**" if ours and theirs else "–"
        rows.append((name, *(f"{t:.1f} s" if t else "does not compile" for t in (ours, theirs)), ratio))
    return table(("document", "our crate", "openapi-generator's", "faster by"), rows)


def documents() -> dict[str, Path]:
    """Our contract, and documents of known size."""
    made = {f"{size} operations": written(f"{size} operations", make(size)) for size in SIZES}
    return {"api.swagger.json": ROOT / "api.swagger.json", **made}


def written(name: str, document: object) -> Path:
    path = FOLDER / f"{name.replace(' ', '-')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def ours_command(document: Path, output: Path) -> list[str | Path]:
    shutil.rmtree(output, ignore_errors=True)
    return [OURS, "generate", "-i", document, "-l", "rust", "-o", output, "--package-name", "bench-client"]


def theirs_command(document: Path, output: Path) -> list[str | Path]:
    shutil.rmtree(output, ignore_errors=True)
    more = ["--skip-validate-spec", "--additional-properties", "packageName=bench-client"]
    return ["java", "-jar", jar(), "generate", "-g", "rust", "-i", document, "-o", output, *more]


def jar() -> Path:
    """openapi-generator, out of its wheel; downloaded once."""
    path = TARGET / "bench" / f"openapi-generator-{VERSION}.jar"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        wanted = f"openapi-generator-cli=={VERSION}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", path.parent, wanted]
        subprocess.run([str(part) for part in command], check=True)
        (wheel,) = path.parent.glob(f"openapi_generator_cli-{VERSION}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (member,) = [name for name in archive.namelist() if name.endswith(".jar")]
            path.write_bytes(archive.read(member))
    return path


def measured(command: list[str | Path]) -> tuple[float, float]:
    """Seconds and peak memory in MB of a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}: exit code {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def prepared(crate: Path) -> None:
    """Makes the crate one of its own, below this workspace's folder."""
    manifest = crate / "Cargo.toml"
    if "[workspace]" not in manifest.read_text():
        with manifest.open("a") as file:
            file.write("\n[workspace]\n")


def checked(crate: Path, side: str) -> float | None:
    """Seconds that the crate itself takes; `None` if it does not compile."""
    environment = os.environ | {"CARGO_TARGET_DIR": str(FOLDER / f"target-{side}"), "CARGO_INCREMENTAL": "0"}
    command = ["cargo", "check", "--quiet"]

    def check() -> bool:
        # Both get the warnings they deserve, and neither is slowed by printing them.
        return not subprocess.run(command, cwd=crate, env=environment, stderr=subprocess.DEVNULL).returncode

    if not check():
        return None
    (crate / "src" / "lib.rs").touch()
    start = time.perf_counter()
    check()
    return time.perf_counter() - start


PARTS = {"codegen": generation, "codegen-growth": growth, "codegen-check": checking}
