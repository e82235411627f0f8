"""Writes THIRD_PARTY_NOTICES.md: every crate that is linked into what we ship, and what its licence wants told.

    python notices.py [--check]

With `--check` it writes nothing and fails if the file is not what it would write.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "THIRD_PARTY_NOTICES.md"
#: What we ship: the binaries of the server and the generator, and the SDKs.
SHIPPED = ("hydra-server", "hydra-codegen", "hydra-sdk", "hydra-sdk-python")
PLATFORM = "x86_64-unknown-linux-gnu"
NAMES = ("license", "licence", "copying", "notice", "unlicense", "copyright")

HEAD = """\
# Third-party notices

Written by `make notices` from `Cargo.lock`. The binaries and SDKs of this project contain the crates below; their
licences want their texts to be passed on, which this file does. Where a crate may be used under one of several
licences, all the texts that it carries are here. Inside of `libsqlite3-sys` is SQLite, which is in the public domain;
inside of `utoipa-swagger-ui-vendored` is Swagger UI, Apache-2.0, Copyright SmartBear Software Inc.
"""


def metadata() -> Any:
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", PLATFORM]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def linked(graph: Any) -> list[Any]:
    """The packages that end up in what we ship: no build scripts' and no tests' dependencies."""
    packages = {package["id"]: package for package in graph["packages"]}
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    found: set[str] = set()
    waiting = [key for key, package in packages.items() if package["name"] in SHIPPED]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        for dependency in nodes[key]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    # What has a source came from a registry; the rest is ours.
    foreign = [packages[key] for key in found if packages[key]["source"]]
    return sorted(foreign, key=lambda package: (package["name"], package["version"]))


def texts(package: Any) -> list[str]:
    """The files of a package that tell its licence, the shipped one among them if the manifest names it."""
    folder = Path(package["manifest_path"]).parent
    files = {path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(NAMES)}
    if package["license_file"]:
        files.add((folder / package["license_file"]).resolve())
    # Line ends and margins differ between copies of one text.
    read = (path.read_text(errors="replace") for path in sorted(files) if path.exists())
    return ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in read]


def notices() -> str:
    table = ["| crate | version | licence |", "| --- | --- | --- |"]
    users: dict[str, list[str]] = defaultdict(list)
    for package in linked(metadata()):
        name = f"{package['name']} {package['version']}"
        licence = package["license"] or "see below"
        table.append(f"| [{package['name']}]({package['repository'] or ''}) | {package['version']} | {licence} |")
        for text in texts(package):
            users[text].append(name)
    parts = [HEAD, "\n".join(table) + "\n"]
    for text, names in sorted(users.items(), key=lambda entry: entry[1]):
        # Indented, so that no text can end its own block.
        indented = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
        parts.append(f"## {', '.join(dict.fromkeys(names))}\n\n{indented}\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    written = notices()
    if arguments != ["--check"]:
        FILE.write_text(written)
        return 0
    if FILE.exists() and FILE.read_text() == written:
        return 0
    print(f"{FILE.name} is not what Cargo.lock says; run: make notices", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
