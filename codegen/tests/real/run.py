"""`make corpus`: every real document through the generator, and what comes out of it through the compiler.

Of each document is checked that

* it is read, and its Rust crate and Python package are written;
* each of its operations is in the crate's table and has a function of its own in Rust and in Python;
* the crate compiles without a warning, and the package is Python.

    python run.py [--no-check] [--fetch] [NAME...]
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from fetch import LIST, Document, fetch, listed

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or os.environ.get("TARGET") or ROOT / "target").resolve()
CACHE = TARGET / "corpus"
GENERATOR = TARGET / "release" / "hydra-codegen"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@dataclass
class Result:
    """What became of a document; `faults` is empty if all is well."""

    name: str
    operations: int = 0
    schemas: int = 0
    generate: float = 0.0
    memory: float = 0.0
    python: float = 0.0
    check: float = 0.0
    compiler: float = 0.0
    warnings: int = 0
    faults: list[str] = field(default_factory=list)

    HEAD = (
        "| document | operations | schemas | generate Rust | peak | generate Python | cargo check | peak | notes "
        "| result |"
    )
    RULE = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"

    def row(self) -> str:
        """The line of the table."""
        result = "pass" if not self.faults else "**" + self.faults[0].splitlines()[0][:90].replace("|", "/") + "**"
        return (
            f"| {self.name} | {self.operations} | {self.schemas} | {self.generate:.2f} s | {self.memory:.0f} MB "
            f"| {self.python:.2f} s | {self.check:.1f} s | {self.compiler:.0f} MB | {self.warnings} | {result} |"
        )


@dataclass
class Ran:
    """A finished command: exit code, output, seconds, peak memory in MB."""

    code: int
    output: str
    seconds: float
    memory: float


def run(command: list[str | Path], cwd: Path, **environment: str) -> Ran:
    """Runs a command, with the peak memory of the largest process in it."""
    log = CACHE / "output.txt"
    start = time.monotonic()
    with log.open("w") as file:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    return Ran(process.returncode, log.read_text(errors="replace"), seconds, usage.ru_maxrss / 1024)


def counted(path: Path) -> tuple[int, int]:
    """Operations and named schemas of a document, counted without the generator."""
    text = path.read_text(encoding="utf-8-sig")
    document = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    operations = 0
    for item in (document.get("paths") or {}).values():
        if reference := (item or {}).get("$ref"):
            item = resolved(document, reference)
        operations += len(METHODS & set(item or {}))
    schemas = document.get("definitions") or (document.get("components") or {}).get("schemas") or {}
    return operations, len(schemas)


def resolved(document: dict, reference: str) -> dict:
    """What a local reference leads to."""
    value = document
    for piece in reference.removeprefix("#/").split("/"):
        value = value[piece.replace("~1", "/").replace("~0", "~")]
    return value


def rust_functions(crate: Path) -> tuple[set[str], set[str]]:
    """Names in the table of operations, and names of functions that there are."""
    generated = crate / "src" / "generated"
    table = (generated / "operations.rs").read_text()
    names = set(re.findall(r'\bname: "(\w+)",\s+method:', table))
    functions = set()
    for path in generated.rglob("*.rs"):
        functions |= {
            name.removeprefix("r#") for name in re.findall(r"pub (?:async )?fn ((?:r#)?\w+)", path.read_text())
        }
    return names, functions


def python_functions(package: Path) -> tuple[int, list[str]]:
    """How many API methods there are, and what is no Python."""
    methods, wrong = 0, []
    for path in package.rglob("*.py"):
        try:
            tree = ast.parse(path.read_text(), str(path))
        except SyntaxError as error:
            wrong.append(f"{path.relative_to(package)}: {error}")
            continue
        if path.parent.name == "api":
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            methods += sum(f"{name}_with_http_info" in names for name in names)
    return methods, wrong


def examine(document: Document, check: bool) -> Result:
    """Takes a document all the way."""
    result = Result(document.name)
    path = fetch(document, CACHE)
    # In a process of its own: what a process took before it started another one counts as that one's peak.
    with ProcessPoolExecutor(1) as pool:
        result.operations, result.schemas = pool.submit(counted, path).result()
    out = CACHE / "out" / document.name
    shutil.rmtree(out, ignore_errors=True)
    common = ["--package-version", "1.0.0", "--source", document.name, "-i", path]

    crate = out / "rust"
    ran = run([GENERATOR, "generate", "-l", "rust", "-o", crate, "--package-name", document.name, *common], ROOT)
    result.generate, result.memory = ran.seconds, ran.memory
    result.warnings = sum("warning" in line for line in ran.output.splitlines())
    out.mkdir(parents=True, exist_ok=True)
    (out / "rust.log").write_text(ran.output)
    if ran.code:
        result.faults.append(f"Rust: {ran.output.strip()}")
    else:
        names, functions = rust_functions(crate)
        if len(names) != result.operations:
            result.faults.append(f"Rust: {result.operations} operations, {len(names)} in the table")
        if missing := sorted(names - functions):
            result.faults.append(f"Rust: {len(missing)} operations without a function: {', '.join(missing[:5])}")

    package = out / "python"
    name = document.name.replace("-", "_").replace(".", "_")
    ran = run([GENERATOR, "generate", "-l", "python", "-o", package, "--package-name", name, *common], ROOT)
    result.python = ran.seconds
    (out / "python.log").write_text(ran.output)
    if ran.code:
        result.faults.append(f"Python: {ran.output.strip()}")
    else:
        methods, wrong = python_functions(package / name)
        result.faults += [f"Python: {line}" for line in wrong]
        # An operation under several tags has a method in each of their classes.
        if methods < result.operations:
            result.faults.append(f"Python: {result.operations} operations, {methods} methods")

    if check and (crate / "Cargo.toml").exists():
        ran = compiled(crate)
        result.check, result.compiler = ran.seconds, ran.memory
        (out / "check.log").write_text(ran.output)
        if ran.code:
            result.faults.append(f"check: {ran.output.strip()}")
    return result


def compiled(crate: Path) -> Ran:
    """Type-checks a crate, with the versions of dependencies that the rest of the project is tested with."""
    shutil.copy(ROOT / "Cargo.lock", crate / "Cargo.lock")
    with (crate / "Cargo.toml").open("a") as manifest:
        # It lies below the project's workspace and is not of it.
        manifest.write("\n[workspace]\n")
    environment = {"CARGO_TARGET_DIR": str(CACHE / "target"), "RUSTFLAGS": "-D warnings", "CARGO_INCREMENTAL": "0"}
    return run(["cargo", "check", "--quiet", "--offline"], crate, **environment)


def warm() -> None:
    """Compiles what all crates depend on, so that no document is charged for it."""
    document = CACHE / "nothing.yaml"
    document.write_text("swagger: '2.0'\ninfo: {title: Nothing, version: '1'}\npaths: {}\n")
    crate = CACHE / "out" / "nothing"
    shutil.rmtree(crate, ignore_errors=True)
    run([GENERATOR, "generate", "-l", "rust", "-i", document, "-o", crate, "--package-name", "nothing"], ROOT)
    ran = compiled(crate)
    if ran.code:
        sys.exit(f"a crate without any operation does not compile:\n{ran.output}")


def main() -> None:
    """Takes the documents named, or all."""
    parser = argparse.ArgumentParser(description="Real documents through the generator and the compiler.")
    parser.add_argument("names", nargs="*", help="documents to take; all if none is named")
    parser.add_argument("--no-check", action="store_true", help="do not compile")
    parser.add_argument("--fetch", action="store_true", help="only download the documents")
    arguments = parser.parse_args()
    documents = [d for d in listed() if not arguments.names or d.name in arguments.names]
    unknown = set(arguments.names) - {d.name for d in documents}
    if unknown:
        sys.exit(f"not in {LIST.name}: {', '.join(sorted(unknown))}")
    CACHE.mkdir(parents=True, exist_ok=True)
    if arguments.fetch:
        for document in documents:
            print(fetch(document, CACHE))
        return
    if not arguments.no_check:
        warm()
    print(Result.HEAD, Result.RULE, sep="\n", flush=True)
    results = []
    for document in documents:
        results.append(examine(document, not arguments.no_check))
        print(results[-1].row(), flush=True)
    broken = [result for result in results if result.faults]
    for result in broken:
        print(f"\n{result.name}:")
        for fault in result.faults:
            print("  " + "\n    ".join(fault.splitlines()[:12]))
    operations = sum(result.operations for result in results)
    print(f"\n{len(results) - len(broken)} of {len(results)} documents pass; {operations} operations")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
