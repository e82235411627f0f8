"""The Python wheel: the same program runs it and the client of swagger-codegen 2.4.9, in turns with the Rust SDK."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import genuine
from bench import CREDENTIALS, LOAD, ROUNDS, SECONDS, TARGET, hydra, plain_url, run_json
from hydra_process import HydraServer
from report import table

SCRIPT = Path(__file__).resolve().parent / "python_client.py"
LISTED_CLIENTS = 20
GROUPS = {"cpu": ("CPU per call", "µs"), "one": ("1 thread", "/s"), "eight": ("8 threads", "/s")}
SIDES = ("swagger-codegen 2.4.9", "wheel", "wheel is better by", "Rust SDK")


def calls() -> str:
    """What a call costs and how many there are in a second."""
    reference = genuine.generate(TARGET / "bench")
    with hydra() as server:
        url = plain_url(server)
        token = run_json(LOAD, "prepare", url, *CREDENTIALS, LISTED_CLIENTS)["access_token"]
        arguments = (url, token, CREDENTIALS[0], SECONDS / 2)

        def round_of_all(figure: str) -> tuple[Any, Any, Any]:
            return (
                run_json(sys.executable, SCRIPT, "hydra_sdk", figure, *arguments),
                run_json(sys.executable, SCRIPT, "swagger_client", figure, *arguments, PYTHONPATH=str(reference)),
                run_json(LOAD, figure, *arguments),
            )

        rounds = []
        for _ in range(ROUNDS):
            with on_one_processor(server):
                costs = round_of_all("cpu")
            rates = round_of_all("rate")
            rounds.append([{call: cost[call] | rate[call] for call in cost} for cost, rate in zip(costs, rates)])
    ours, theirs, native = zip(*rounds)

    rows = []
    for call in ours[0]:
        row = [call]
        for figure, (_, unit) in GROUPS.items():
            wheel, other, rust = ([round_[call][figure] for round_ in side] for side in (ours, theirs, native))
            ratios = [b / a if figure == "cpu" else a / b for a, b in zip(wheel, other)]
            row += [f"{median(other):.0f} {unit}", f"{median(wheel):.0f} {unit}", f"**{median(ratios):.1f}×**"]
            row.append(f"{median(rust):.0f} {unit}")
        rows.append(row)
    return table(["call", *(f"{group}: {side}" for group, _ in GROUPS.values() for side in SIDES)], rows)


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


PARTS = {"python": calls}
