"""`make bench`: measures the release build and writes the tables into README.md beside this file.

Every figure that matters is a ratio of two things measured in turns within this one run; medians of several rounds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import genuine

sys.path.insert(0, str(genuine.ROOT / "tests" / "support"))
from hydra_process import HydraServer

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("TARGET", genuine.ROOT / "target")).resolve()
CREDENTIALS = ("bench", "bench-secret-of-the-root-client")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
LISTED_CLIENTS = 20


def main() -> None:
    reference = genuine.generate(TARGET / "bench")
    load = build_load()
    with tempfile.TemporaryDirectory() as home:
        variables = {
            "FORCE_ROOT_CLIENT_CREDENTIALS": ":".join(CREDENTIALS),
            "ISSUER": "http://localhost:4444",
            "LOG_LEVEL": "warn",
        }
        arguments = ("host", "--dangerous-force-http")
        with HydraServer(Path(home), arguments, variables, binary=TARGET / "release" / "hydra") as server:
            url = f"http://127.0.0.1:{server.port}"
            tables = [server_table(load, url), python_table(load, url, reference)]
    write(tables)


def build_load() -> Path:
    command = ["cargo", "build", "--release", "--locked", "--package", "hydra-tests", "--bin", "load"]
    subprocess.run(command, cwd=genuine.ROOT, check=True)
    return TARGET / "release" / "load"


def run_json(*command: object, **environment: str) -> Any:
    output = subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, env={**os.environ, **environment}
    )
    return json.loads(output.stdout)


def server_table(load: Path, url: str) -> str:
    report = run_json(load, "server", url, *CREDENTIALS, ROUNDS, SECONDS)
    rows = [f"| {name} | {row['per_second']:.0f} | {row['ratio']:.2f} |" for name, row in report.items()]
    return "\n".join(["| operation | per second | of `/health/status` |", "| --- | ---: | ---: |", *rows])


def python_table(load: Path, url: str, reference: Path) -> str:
    prepared = run_json(load, "prepare", url, *CREDENTIALS, LISTED_CLIENTS)
    arguments = (url, prepared["access_token"], CREDENTIALS[0], SECONDS / 2)
    script = HERE / "python_client.py"
    wheel_rounds, genuine_rounds, native_rounds = [], [], []
    for _ in range(ROUNDS):
        wheel_rounds.append(run_json(sys.executable, script, "hydra_sdk", *arguments))
        genuine_rounds.append(run_json(sys.executable, script, "swagger_client", *arguments, PYTHONPATH=str(reference)))
        native_rounds.append(run_json(load, "sdk", *arguments))

    rows = []
    for call in wheel_rounds[0]:
        row = [call]
        for figure, unit in (("cpu", "µs"), ("one", "/s"), ("eight", "/s")):
            wheel = [round_[call][figure] for round_ in wheel_rounds]
            other = [round_[call][figure] for round_ in genuine_rounds]
            native = [round_[call][figure] for round_ in native_rounds]
            ratios = [b / a if figure == "cpu" else a / b for a, b in zip(wheel, other)]
            row += [f"{median(other):.0f} {unit}", f"{median(wheel):.0f} {unit}", f"**{median(ratios):.1f}×**"]
            row.append(f"{median(native):.0f} {unit}")
        rows.append("| " + " | ".join(row) + " |")
    groups = ["CPU per call", "1 thread", "8 threads"]
    head = ["call"] + [
        f"{group}: {column}"
        for group in groups
        for column in ("swagger-codegen 2.4.9", "wheel", "wheel is better by", "Rust SDK")
    ]
    return "\n".join(["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1), *rows])


def write(tables: list[str]) -> None:
    readme = HERE / "README.md"
    text = readme.read_text()
    for name, table in zip(("server", "python"), tables):
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = text.split(begin)
        text = before + begin + table + "\n" + end + rest.split(end, 1)[1]
        print(f"\n{table}")
    machine = (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    begin, end = "<!-- machine -->\n", "<!-- /machine -->"
    before, rest = text.split(begin)
    readme.write_text(before + begin + machine + "\n" + end + rest.split(end, 1)[1])


if __name__ == "__main__":
    main()
