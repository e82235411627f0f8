"""What programs and their tests replace."""

from __future__ import annotations

from unittest import mock

import pytest


def test_method_of_the_class(package, oauth2):
    with mock.patch.object(package.OAuth2Api, "get_o_auth2_client", return_value="mine") as method:
        assert oauth2.get_o_auth2_client("a") == "mine"
    method.assert_called_once_with("a")


def test_other_method_is_called(oauth2):
    with mock.patch.object(oauth2, "get_o_auth2_client_with_http_info", return_value="mine") as method:
        assert oauth2.get_o_auth2_client("a", _request_timeout=3) == "mine"
    method.assert_called_once_with("a", _return_http_data_only=True, _request_timeout=3)


def test_call_api_on_the_object(client, oauth2):
    client.call_api = mock.Mock(return_value="mine")
    assert oauth2.get_o_auth2_client("a") == "mine"
    positional, keywords = client.call_api.call_args
    assert positional[:3] == ("/clients/{id}", "GET", {"id": "a"})
    assert positional[3] == []
    assert positional[4]["Accept"] == "application/json"
    assert keywords == {
        "body": None,
        "post_params": [],
        "files": {},
        "response_type": "OAuth2Client",
        "auth_settings": ["oauth2"],
        "async_req": None,
        "_return_http_data_only": True,
        "_preload_content": True,
        "_request_timeout": None,
        "collection_formats": {},
    }


def test_form_goes_to_post_params(client, oauth2):
    client.call_api = mock.Mock()
    oauth2.introspect_o_auth2_token("t", scope="s")
    keywords = client.call_api.call_args[1]
    assert keywords["post_params"] == [("token", "t"), ("scope", "s")]
    assert keywords["auth_settings"] == ["basic", "oauth2"]


def test_any_object_will_do_as_a_client(package):
    client = mock.Mock()
    package.OAuth2Api(client).get_o_auth2_client("a")
    assert client.call_api.called


@pytest.mark.parametrize("where", ["object", "class", "subclass"])
@pytest.mark.parametrize(
    "name", ["sanitize_for_serialization", "deserialize", "request", "parameters_to_tuples", "update_params_for_auth"]
)
def test_step_is_replaced(package, server, configuration, where, name):
    called = []
    original = getattr(package.ApiClient, name)

    def replacement(self, *args, **kwargs):
        called.append(name)
        return original(self, *args, **kwargs)

    cls = package.ApiClient
    if where == "subclass":
        cls = type("Mine", (cls,), {name: replacement})
    client = cls(configuration)
    if where == "object":
        setattr(client, name, lambda *args, **kwargs: replacement(client, *args, **kwargs))
    server.answer({"id": "a"})
    api = package.OAuth2Api(client)
    with mock.patch.object(package.ApiClient, name, replacement if where == "class" else original):
        assert api.create_o_auth2_client({"client_name": "x"}).id == "a"
    assert called
    assert server.last.json == {"client_name": "x"}


@pytest.mark.parametrize("name", ["select_header_accept", "select_header_content_type"])
def test_choice_of_media_types(server, client, oauth2, name):
    server.answer({})
    setattr(client, name, lambda types: "text/x-mine+json")
    oauth2.create_o_auth2_client({"a": 1})
    assert "text/x-mine+json" in server.last.headers.values()


def test_rest_client_is_replaced(client, oauth2):
    answer = mock.Mock(status=200, data='{"id": "mocked"}')
    client.rest_client = mock.Mock()
    client.rest_client.GET.return_value = answer
    assert oauth2.get_o_auth2_client("a").id == "mocked"
    assert client.last_response is answer


def test_method_of_the_rest_client_is_replaced(rest, server, client, oauth2):
    server.answer({"id": "a"})
    with mock.patch.object(rest.RESTClientObject, "GET", return_value=mock.Mock(data='{"id": "mocked"}')) as get:
        assert oauth2.get_o_auth2_client("a").id == "mocked"
    assert get.call_args[0] == (f"{server.url}/clients/a",)
    with mock.patch.object(client.rest_client, "request", return_value=mock.Mock(data='{"id": "mocked"}')):
        assert oauth2.get_o_auth2_client("a").id == "mocked"
    assert oauth2.get_o_auth2_client("a").id == "a"


def test_pool_manager(server, client, oauth2):
    server.answer({"id": "a"})
    with mock.patch.object(client.rest_client, "pool_manager") as manager:
        manager.request.return_value = mock.Mock(status=200, data=b'{"id": "mocked"}')
        assert oauth2.get_o_auth2_client("a").id == "mocked"
    assert oauth2.get_o_auth2_client("a").id == "a"
    assert client.rest_client.pool_manager.connection_pool_kw["maxsize"]
    assert oauth2.create_o_auth2_client({"client_name": "x"}).id == "a"
    assert server.last.json == {"client_name": "x"}


def test_auth_settings_are_replaced(package, server):
    class Mine(package.Configuration):
        def auth_settings(self):
            return {"oauth2": {"type": "api_key", "in": "query", "key": "token", "value": "v"}}

    configuration = Mine()
    configuration.host = server.url
    server.answer({})
    package.OAuth2Api(package.ApiClient(configuration)).get_o_auth2_client("a")
    assert server.last.target == "/clients/a?token=v"


def test_subclasses(package, server, client, rest):
    class Api(package.OAuth2Api):
        def get_o_auth2_client(self, id, **kwargs):
            return "mine", super().get_o_auth2_client(id, **kwargs)

    server.answer({"id": "a"})
    mine, made = Api(client).get_o_auth2_client("a")
    assert (mine, made.id) == ("mine", "a")
    client.note = api = Api(client)
    api.note = 1
    for cls in (
        package.ApiClient,
        package.Configuration,
        package.OAuth2Client,
        rest.ApiException,
        rest.RESTClientObject,
    ):
        assert type("Sub", (cls,), {}).__mro__[1] is cls


@pytest.mark.ours
def test_both_ways_send_the_same(package, server, configuration, oauth2):
    """The short way through the native module, and the long one through Python."""
    seen = []
    server.script = lambda request, handler: (seen.append(request), handler.respond(200, [], b"{}"))
    configuration.access_token = "t"

    class Long(package.ApiClient):
        def request(self, *args, **kwargs):
            return super().request(*args, **kwargs)

    long = package.OAuth2Api(Long(configuration))
    for call in [
        lambda api: api.get_o_auth2_client("ä b/c"),
        lambda api: api.create_o_auth2_client(package.OAuth2Client(client_name="ä", contacts=[])),
        lambda api: api.update_o_auth2_client("x", {"a": None}),
        lambda api: api.introspect_o_auth2_token("t ä&", scope="s"),
        lambda api: api.delete_o_auth2_client("x"),
    ]:
        seen.clear()
        call(oauth2)
        call(long)
        short, slow = seen
        assert (short.method, short.target, short.headers) == (slow.method, slow.target, slow.headers)
        assert short.body == slow.body or short.json == slow.json
