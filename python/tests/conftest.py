"""A server in the test process that answers by a script and remembers what it was asked.

``pytest --package NAME --package-path DIR --shop-path DIR`` runs the same tests against other clients, such as
those that swagger-codegen makes of the same documents; tests of what only this generator does are then skipped.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

OURS = "hydra_sdk"
HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
GENERATOR = os.environ.get("CODEGEN", "cargo run --quiet --package hydra-codegen --bin hydra-codegen --").split()


def pytest_addoption(parser):
    parser.addoption("--package", default=OURS, help="import name of the client to test")
    parser.addoption("--package-path", help="folder to import it from")
    parser.addoption("--shop-path", help="folder to import the client of fixtures/shop.swagger.json from")


def pytest_configure(config):
    config.addinivalue_line("markers", "ours(reason): what only this package does")
    if config.getoption("--package-path"):
        sys.path.insert(0, config.getoption("--package-path"))


def pytest_collection_modifyitems(config, items):
    if config.getoption("--package") == OURS:
        return
    for item in items:
        if item.get_closest_marker("ours"):
            item.add_marker(pytest.mark.skip(reason="only this package does that"))


@dataclass
class Request:
    """What the server was asked."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """Answers with `status`, `headers` and `body`, or as `script` says, which may be a list or a function."""

    url: str = ""
    status: int = 200
    reason: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b"{}"
    script: Callable[[Request, BaseHTTPRequestHandler], None] | list | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = [(name.replace("_", "-"), value) for name, value in headers.items()]

    @property
    def last(self) -> Request:
        return self.requests[-1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    script: Server

    def setup(self):
        super().setup()
        self.script.connections += 1

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, OSError):
            self.close_connection = True

    def respond(self, status, headers, body, reason=None):
        self.send_response_only(status, reason)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        script = self.script
        script.requests.append(request)
        if callable(script.script):
            script.script(request, self)
        elif script.script:
            status, body = script.script.pop(0)
            self.respond(status, [("Content-Type", "application/json")], body)
        else:
            self.respond(script.status, script.headers, script.body, script.reason)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

    def log_message(self, *args):
        pass


def start(tls=None):
    script = Server()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": script}))
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    script.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return script, server


@pytest.fixture
def server():
    script, server = start()
    yield script
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def package(pytestconfig):
    return importlib.import_module(pytestconfig.getoption("--package"))


@pytest.fixture(scope="session")
def rest(package):
    return importlib.import_module(f"{package.__name__}.rest")


@pytest.fixture
def configuration(package, server):
    configuration = package.Configuration()
    configuration.host = server.url
    return configuration


@pytest.fixture
def client(package, configuration):
    return package.ApiClient(configuration)


@pytest.fixture
def oauth2(package, client):
    return package.OAuth2Api(client)


@pytest.fixture(scope="session")
def shop(pytestconfig, tmp_path_factory):
    """The client of an API that has a bit of everything. Its Python part is generated here; the native module
    is the tested package's own, which takes any call that it does not know by its general way."""
    folder = pytestconfig.getoption("--shop-path")
    if not folder:
        folder = str(tmp_path_factory.mktemp("shop"))
        document = os.path.join(HERE, "fixtures", "shop.swagger.json")
        command = [*GENERATOR, "generate", "-i", document, "-l", "python", "-o", folder, "--package-name", "shop"]
        subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
        sys.modules["shop._native"] = importlib.import_module(f"{OURS}._native")
    sys.path.insert(0, folder)
    return importlib.import_module("shop")


@pytest.fixture
def shop_client(shop, server):
    configuration = shop.Configuration()
    configuration.host = server.url
    return shop.ApiClient(configuration)


@pytest.fixture
def things(shop, shop_client):
    return shop.ThingApi(shop_client)


@pytest.fixture
def orders(shop, shop_client):
    return shop.OrderApi(shop_client)


@pytest.fixture
def animals(shop, shop_client):
    return shop.AnimalApi(shop_client)


def until(condition, seconds=5.0):
    """Wait for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.001)
