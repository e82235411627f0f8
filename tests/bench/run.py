"""`make bench`: measures the release build and writes the tables into README.md beside this file.

Every figure that matters is a ratio of two things measured in turns within this one run; medians of several rounds.

    python run.py [PART...]
"""

from __future__ import annotations

import sys

import wheel
from bench import build_programs
from report import machine, publish

import codegen
import server

PARTS = {"machine": machine, **server.PARTS, **wheel.PARTS, **codegen.PARTS}


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    build_programs()
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            publish(name, measure())


if __name__ == "__main__":
    main(sys.argv[1:])
