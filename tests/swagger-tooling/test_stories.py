"""What other people's generators write works: clients of five languages against the live server, and a server's stub.

Each is built and tells the same little story: fetch a token, create a client, introspect the token, delete the client,
and find that it is gone. The server's stub is started and asked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

import pytest
from conftest import ROOT_CLIENT
from generators import OPENAPI_GENERATOR, SWAGGER_CODEGEN_2, SWAGGER_CODEGEN_3, Generator
from hydra_process import free_port

STORIES = Path(__file__).resolve().parent / "stories"
# What the stub's requirements.txt meant when it was written; it has no upper bounds.
STUB_PACKAGES = ("connexion[swagger-ui]>=2.6,<3", "python_dateutil==2.6.0", "flask<2.3", "werkzeug<2.3")
STUB_DEADLINE_SECONDS = 60


def generated(generator: Generator, language: str, *more: str) -> Path:
    """A client about which the generator had nothing to say."""
    output, complaints = generator.generate(language, *more)
    assert complaints == []
    return output


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Runs a tool; if it fails, says what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def tell(server: str, *command: str | Path, cwd: Path, **variables: str) -> None:
    """Runs a story and checks what it tells."""
    told = run(
        *command,
        cwd=cwd,
        HYDRA_URL=server,
        HYDRA_CLIENT_ID=ROOT_CLIENT[0],
        HYDRA_CLIENT_SECRET=ROOT_CLIENT[1],
        **variables,
    )
    assert json.loads(told.strip().splitlines()[-1]) == {
        "name": "Story",
        "active": True,
        "client": ROOT_CLIENT[0],
        "after": 404,
    }


def need(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.fail(f"{tool} is needed, and it is not on PATH")


def virtual_environment(folder: Path, *packages: str) -> Path:
    """The Python of a fresh virtual environment that has these packages."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    # The old generators' set-up scripts want what newer releases dropped.
    run(python, "-m", "pip", "install", "--quiet", "setuptools<81", *packages, cwd=folder)
    return python


@pytest.mark.parametrize("generator", [SWAGGER_CODEGEN_2, SWAGGER_CODEGEN_3], ids=lambda generator: generator.name)
def test_python(generator: Generator, server: str, tmp_path: Path) -> None:
    client = generated(generator, "python")
    python = virtual_environment(tmp_path, str(client))
    tell(server, python, STORIES / "story.py", cwd=tmp_path)


def test_javascript(server: str) -> None:
    need("node", "npm")
    client = generated(SWAGGER_CODEGEN_2, "javascript")
    run("npm", "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=client)
    tell(server, "node", STORIES / "story.js", cwd=client, HYDRA_PACKAGE=str(client / "src" / "index.js"))


def test_typescript(server: str) -> None:
    need("node", "npm")
    client = generated(OPENAPI_GENERATOR, "typescript-fetch")
    shutil.copy(STORIES / "story.ts", client)
    (client / "package.json").write_text(json.dumps({"name": "story", "private": True}))
    packages = ("typescript@5",)
    run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *packages, cwd=client)
    options = ("--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom", "--outDir", "built")
    run(client / "node_modules" / ".bin" / "tsc", *options, "story.ts", cwd=client)
    tell(server, "node", "built/story.js", cwd=client)


def test_go(server: str) -> None:
    need("go")
    client = generated(SWAGGER_CODEGEN_3, "go")
    (client / "story").mkdir()
    shutil.copy(STORIES / "story.go", client / "story" / "main.go")
    run("go", "mod", "init", "hydra.example/client", cwd=client)
    run("go", "mod", "tidy", cwd=client)
    run("go", "vet", "./story", cwd=client)
    tell(server, "go", "run", "./story", cwd=client)


def test_java(server: str) -> None:
    need("mvn", "java")
    client = generated(OPENAPI_GENERATOR, "java", "--library", "native")
    shutil.copy(STORIES / "Story.java", client / "src" / "main" / "java")
    goals = ("compile", "dependency:copy-dependencies")
    run("mvn", "--batch-mode", "--quiet", *goals, cwd=client)
    classes = os.pathsep.join(["target/classes", "target/dependency/*"])
    tell(server, "java", "-cp", classes, "Story", cwd=client)


def test_the_server_stub_starts_and_answers(tmp_path: Path) -> None:
    """The article's other half: a server in Python that knows each operation, and who may call it.

    What swagger-codegen 2.4.9 writes does not start, whatever the document: its models do not import each other.
    """
    stub = generated(SWAGGER_CODEGEN_3, "python-flask")
    port = free_port()
    program = stub / "swagger_server" / "__main__.py"
    program.write_text(program.read_text().replace("port=8080", f"port={port}"))
    python = virtual_environment(tmp_path, *STUB_PACKAGES)
    with subprocess.Popen(
        [python, "-m", "swagger_server"], cwd=stub, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        try:
            assert status(f"http://127.0.0.1:{port}/health/status", process) == 200
            assert status(f"http://127.0.0.1:{port}/clients", process) == 401
        finally:
            process.terminate()


def status(url: str, process: subprocess.Popen[bytes]) -> int:
    """The status of an answer, once somebody answers."""
    deadline = time.monotonic() + STUB_DEADLINE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
