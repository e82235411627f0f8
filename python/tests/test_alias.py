"""The package by its old name."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.ours("the alias is of this package")

HERE = os.path.dirname(os.path.abspath(__file__))


def run(code):
    path = os.pathsep.join([os.path.join(os.path.dirname(HERE), "compat"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "first",
    [
        "import swagger_client",
        "import swagger_client.api.o_auth2_api",
        "from swagger_client.rest import ApiException",
        "from swagger_client import OAuth2Client",
        "import hydra_sdk",
    ],
)
def test_same_objects(first):
    run(
        f"""
        {first}
        import sys
        import hydra_sdk.api.o_auth2_api, hydra_sdk.rest
        import swagger_client
        import swagger_client.api.o_auth2_api
        import swagger_client.models as m
        from swagger_client.api import OAuth2Api
        from swagger_client.api_client import ApiClient
        from swagger_client.configuration import Configuration
        from swagger_client.models.o_auth2_client import OAuth2Client
        from swagger_client.rest import ApiException
        assert swagger_client is hydra_sdk
        assert swagger_client.api.o_auth2_api is hydra_sdk.api.o_auth2_api
        assert OAuth2Api is hydra_sdk.OAuth2Api and ApiClient is hydra_sdk.ApiClient
        assert Configuration is hydra_sdk.Configuration and ApiException is hydra_sdk.rest.ApiException
        assert OAuth2Client is hydra_sdk.OAuth2Client is m.OAuth2Client
        names = [n for n in sys.modules if n.split(".")[0] == "swagger_client"]
        assert all(sys.modules[n] is sys.modules["hydra_sdk" + n[14:]] for n in names)
        """
    )


def test_patched_by_the_old_name():
    run(
        """
        from unittest import mock
        import hydra_sdk
        with mock.patch("swagger_client.api.o_auth2_api.OAuth2Api.get_o_auth2_client", return_value=1):
            assert hydra_sdk.OAuth2Api().get_o_auth2_client("a") == 1
        """
    )


def test_pickled_by_the_old_name():
    run(
        """
        import pickle, swagger_client
        text = pickle.dumps(swagger_client.OAuth2Client(id="a"), 0).replace(b"hydra_sdk", b"swagger_client")
        assert pickle.loads(text) == swagger_client.OAuth2Client(id="a")
        """
    )


def test_not_without_the_alias():
    run("import sys, hydra_sdk, hydra_sdk.rest; assert 'swagger_client' not in sys.modules")
