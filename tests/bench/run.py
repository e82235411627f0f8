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
from collections.abc import Iterator
from contextlib import contextmanager
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
            tables = [server_table(load, url), python_table(load, url, reference, server)]
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


@contextmanager
def on_one_processor(server: HydraServer) -> Iterator[None]:
    """Keeps the server, this process and its children on one processor.

    Processor time then counts work. Waking another processor is charged to whoever does it, and on a virtual machine
    that costs as much as the rest of a call.
    """
    everywhere = os.sched_getaffinity(0)
    threads = [int(thread) for thread in os.listdir(f"/proc/{server.process.pid}/task")]
    try:
        for thread in [0, *threads]:
            os.sched_setaffinity(thread, {min(everywhere)})
        yield
    finally:
        for thread in [0, *threads]:
            os.sched_setaffinity(thread, everywhere)


def server_table(load: Path, url: str) -> str:
    report = run_json(load, "server", url, *CREDENTIALS, ROUNDS, SECONDS)
    rows = [f"| {name} | {row['per_second']:.0f} | {row['ratio']:.2f} |" for name, row in report.items()]
    return "\n".join(["| operation | per second | of `/health/status` |", "| --- | ---: | ---: |", *rows])


def python_table(load: Path, url: str, reference: Path, server: HydraServer) -> str:
    prepared = run_json(load, "prepare", url, *CREDENTIALS, LISTED_CLIENTS)
    arguments = (url, prepared["access_token"], CREDENTIALS[0], SECONDS / 2)
    script = HERE / "python_client.py"

    def round_of_all(figure: str) -> tuple[Any, Any, Any]:
        return (
            run_json(sys.executable, script, "hydra_sdk", figure, *arguments),
            run_json(sys.executable, script, "swagger_client", figure, *arguments, PYTHONPATH=str(reference)),
            run_json(load, figure, *arguments),
        )

    rounds = []
    for _ in range(ROUNDS):
        with on_one_processor(server):
            costs = round_of_all("cpu")
        rates = round_of_all("rate")
        rounds.append([{call: cost[call] | rate[call] for call in cost} for cost, rate in zip(costs, rates)])
    wheel_rounds, genuine_rounds, native_rounds = zip(*rounds)

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
    """Puts the tables, and what they were measured on, between their marks in the README."""
    readme = HERE / "README.md"
    text = readme.read_text()
    machine = f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
    parts = {"machine": f"{machine}Python {platform.python_version()}", "server": tables[0], "python": tables[1]}
    for name, part in parts.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        after = rest.split(f"<!-- /{name} -->")[1]
        text = f"{before}<!-- {name} -->\n{part}\n<!-- /{name} -->{after}"
        print(f"\n{part}")
    readme.write_text(text)


if __name__ == "__main__":
    main()
