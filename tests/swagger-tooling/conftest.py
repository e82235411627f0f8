"""A live server that takes plain HTTP, since most generated clients have no word for a certificate of one's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hydra_process import HydraServer

ROOT_CLIENT = ("root", "the-root-client-s-secret")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server with a root client."""
    variables = {"FORCE_ROOT_CLIENT_CREDENTIALS": ":".join(ROOT_CLIENT)}
    arguments = ("host", "--dangerous-force-http")
    with HydraServer(tmp_path_factory.mktemp("home"), arguments, variables) as process:
        yield f"http://127.0.0.1:{process.port}"
