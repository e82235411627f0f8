"""npm's openid-client, whose checks are stricter than most."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Registered, Server
from consenting import Consenting
from hydra_process import ROOT, clean_environment
from ledger import exercised, untested

HERE = Path(__file__).resolve().parent
OLDEST_NODE = 20


@pytest.fixture(scope="module")
def program() -> Path:
    """The program beside the packages that it needs, outside the tree."""
    if not shutil.which("node") or not shutil.which("npm"):
        untested("openid-client: no Node.js")
        pytest.skip("no Node.js: apt-get install nodejs npm")
    version = subprocess.check_output(["node", "--version"], text=True).strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        untested(f"openid-client: Node.js is {version}, and it needs {OLDEST_NODE}")
        pytest.skip(f"Node.js {version} is too old")
    folder = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "other-clients"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "openid_client.mjs"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    exercised(f"openid-client {packages['node_modules/openid-client']['version']} on Node.js {version}")
    return folder / "openid_client.mjs"


def test_openid_client(
    program: Path,
    server: Server,
    registered_with_an_awkward_secret: Registered,
    person: Consenting,
    tmp_path: Path,
) -> None:
    registered = registered_with_an_awkward_secret
    with subprocess.Popen(
        ["node", program, server.issuer, registered.id, registered.secret, registered.redirect_uri, registered.scope],
        env=clean_environment(tmp_path, NODE_EXTRA_CA_CERTS=server.authorities),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as node:
        assert node.stdin is not None and node.stdout is not None
        url = node.stdout.readline().strip()
        answer = f"{person.authorize(url)}\n" if url else ""
        out, problem = node.communicate(answer, timeout=60)
    assert node.returncode == 0, problem
    assert json.loads(out) == {
        "sub": person.subject,
        "email": "dan@acme.com",
        "sub_of_the_renewed": person.subject,
        # Only who has a policy for it may introspect.
        "introspection": 403,
        "after_revocation": 401,
    }
