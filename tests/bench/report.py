"""Tables of the benchmarks, and their places in README.md beside this file."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first hold figures."""
    ruler = "| --- |" + " ---: |" * (len(head) - 1)
    return "\n".join(["| " + " | ".join(head) + " |", ruler, *("| " + " | ".join(row) + " |" for row in rows)])


def machine() -> str:
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def publish(name: str, text: str) -> None:
    """Prints a part and puts it between its marks in the README, at once: a later failure loses nothing."""
    print(f"\n{name}\n\n{text}", flush=True)
    readme = README.read_text()
    before, rest = readme.split(f"<!-- {name} -->\n")
    after = rest.split(f"<!-- /{name} -->")[1]
    README.write_text(f"{before}<!-- {name} -->\n{text}\n<!-- /{name} -->{after}")
