"""What callers are told about wrong arguments."""

from __future__ import annotations

import inspect

import pytest


def test_signatures(package):
    signature = inspect.signature(package.OAuth2Api.get_o_auth2_client)
    assert str(signature) == "(self, id, **kwargs)"
    assert list(inspect.signature(package.OAuth2Api.update_o_auth2_client).parameters) == [
        "self",
        "id",
        "body",
        "kwargs",
    ]


def test_required_left_out(oauth2):
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'id'"):
        oauth2.get_o_auth2_client()


def test_optional_by_position(oauth2):
    with pytest.raises(TypeError, match="positional argument"):
        oauth2.introspect_o_auth2_token("t", "scope")


@pytest.mark.parametrize("method", ["get_o_auth2_client", "get_o_auth2_client_with_http_info"])
def test_unknown_keyword(oauth2, method):
    with pytest.raises(TypeError) as caught:
        getattr(oauth2, method)("a", nope=1)
    assert str(caught.value) == "Got an unexpected keyword argument 'nope' to method get_o_auth2_client"


@pytest.mark.parametrize("method", ["get_o_auth2_client", "get_o_auth2_client_with_http_info"])
def test_required_is_none(oauth2, method):
    with pytest.raises(ValueError) as caught:
        getattr(oauth2, method)(None)
    assert str(caught.value) == "Missing the required parameter `id` when calling `get_o_auth2_client`"


def test_nothing_is_sent(server, oauth2):
    for arguments in ((None,), ("a", "b")):
        with pytest.raises((TypeError, ValueError)):
            oauth2.get_o_auth2_client(*arguments)
    assert server.requests == []


def test_required_by_keyword(server, oauth2):
    server.answer({"id": "a"})
    assert oauth2.get_o_auth2_client(id="a").id == "a"


def test_default_client(package):
    api = package.OAuth2Api()
    assert isinstance(api.api_client, package.ApiClient)
    assert api.api_client.configuration.host.endswith("://localhost")
