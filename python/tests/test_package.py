"""The package as such: imports, what they cost, types."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import textwrap

import pytest


def run(code, **kwargs):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, **kwargs)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_object_by_every_path(package):
    name = package.__name__
    for path in ("api.o_auth2_api", "api"):
        assert importlib.import_module(f"{name}.{path}").OAuth2Api is package.OAuth2Api
    for path in ("models.o_auth2_client", "models"):
        assert importlib.import_module(f"{name}.{path}").OAuth2Client is package.OAuth2Client
    assert importlib.import_module(f"{name}.api_client").ApiClient is package.ApiClient
    assert importlib.import_module(f"{name}.configuration").Configuration is package.Configuration
    assert package.OAuth2Api.__module__ == f"{name}.api.o_auth2_api"
    assert package.OAuth2Client.__module__ == f"{name}.models.o_auth2_client"
    assert not hasattr(package, "ApiException")
    assert package.rest.ApiException.__module__ == f"{name}.rest"


def test_every_module_is_an_attribute_of_its_parent(package):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        loaded = importlib.import_module(module.name)
        parent, _, leaf = module.name.rpartition(".")
        assert getattr(sys.modules[parent], leaf) is loaded


@pytest.mark.ours
def test_import_is_light(package):
    heavy = {
        "asyncio",
        "certifi",
        "dateutil",
        "http.client",
        "multiprocessing",
        "six",
        "ssl",
        "swagger_client",
        "urllib3",
    }
    loaded = run(f"import sys, {package.__name__}; print(*sys.modules)").split()
    assert heavy.isdisjoint(loaded)


@pytest.mark.ours
def test_call_is_light(package, server):
    server.answer({"id": "a"})
    loaded = run(
        f"""
        import sys, {package.__name__} as p
        c = p.Configuration()
        c.host = {server.url!r}
        p.OAuth2Api(p.ApiClient(c)).get_o_auth2_client("a")
        print(*sys.modules)
        """
    ).split()
    assert {"asyncio", "multiprocessing", "urllib3", "ssl", "dateutil"}.isdisjoint(loaded)


PROGRAM = """
    from datetime import date
    import hydra_sdk
    from hydra_sdk.rest import ApiException, HTTPResponse
    from hydra_sdk.models import OAuth2Client
    from hydra_sdk.api.health_api import HealthApi

    configuration = hydra_sdk.Configuration()
    configuration.host = "https://localhost:4444"
    configuration.access_token = "t"
    api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))


    def names() -> list[str]:
        found = []
        for client in api.list_o_auth2_clients():
            if client.client_name is not None:
                found.append(client.client_name.upper())
        return found


    def make(name: str) -> OAuth2Client:
        client = OAuth2Client(client_name=name, redirect_uris=["https://a/cb"], public=False)
        client.scope = "openid"
        made: OAuth2Client = api.create_o_auth2_client(client)
        also: OAuth2Client = api.create_o_auth2_client({"client_name": name}, _request_timeout=(1, 2.5))
        later = api.get_o_auth2_client("a", async_req=True)
        third: OAuth2Client = later.get(timeout=5)
        raw: HTTPResponse = api.get_o_auth2_client("a", _preload_content=False)
        data, status, headers = api.get_o_auth2_client_with_http_info("a")
        number: int = status
        text: str = headers["x"]
        nothing: None = api.delete_o_auth2_client("a")
        return data


    def health() -> int:
        try:
            answer = api.introspect_o_auth2_token("t", scope="s")
            moment: int | None = answer.exp
            return len(HealthApi().get_instance_status().status)
        except ApiException as e:
            print(e.status, e.body)
            raise
"""


@pytest.mark.ours
def test_types(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.ours
@pytest.mark.parametrize(
    "wrong",
    [
        "api.get_o_auth2_client(1)",
        "api.get_o_auth2_client()",
        "api.get_o_auth2_client('a', nope=1)",
        "OAuth2Client(client_name=1)",
        "OAuth2Client().client_name.upper()",
        "api.list_o_auth2_clients().id",
    ],
)
def test_types_find_mistakes(tmp_path, wrong):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM) + f"\n\n{wrong}\n")
    # One cache for all of them: reading the package is what takes time.
    cache = tmp_path.parent / "mypy-cache"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), str(program)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "error:" in done.stdout.splitlines()[0]
    assert all(f":{program.read_text().count(chr(10))}: " in line for line in done.stdout.splitlines()[:-1]), (
        done.stdout
    )
