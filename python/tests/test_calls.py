"""From a method's arguments to the request, and back to its result."""

from __future__ import annotations

import datetime
import json

import pytest


def test_answer_becomes_a_model(package, server, oauth2):
    server.answer({"id": "a", "client_name": "App", "redirect_uris": ["https://a/cb"], "unknown": 1})
    client = oauth2.get_o_auth2_client("a")
    assert type(client) is package.OAuth2Client
    assert (client.id, client.client_name, client.redirect_uris) == ("a", "App", ["https://a/cb"])
    assert client.owner is None
    assert client == package.OAuth2Client(id="a", client_name="App", redirect_uris=["https://a/cb"])
    assert (server.last.method, server.last.path) == ("GET", "/clients/a")


def test_request_headers(server, oauth2):
    server.answer({})
    oauth2.get_o_auth2_client("a")
    assert server.last.headers["accept"] == "application/json"
    assert server.last.headers["user-agent"].startswith("Swagger-Codegen/")
    assert "api-version" not in server.last.headers
    assert server.last.body == b""


@pytest.mark.parametrize("value", ["a/b", "ä ö", "50%", "a?b#c", "-_.~", "!*'();:@&=+$,", "..a", "a b"])
def test_path_value_arrives_as_it_is(server, oauth2, value):
    from urllib.parse import unquote

    server.answer({})
    oauth2.get_o_auth2_client(value)
    assert server.last.path.count("/") == 2
    assert unquote(server.last.path) == f"/clients/{value}"


@pytest.mark.ours
@pytest.mark.parametrize("value", [".", ".."])
def test_path_value_cannot_leave_the_path(server, oauth2, value):
    with pytest.raises(ValueError, match="leads to another path"):
        oauth2.delete_o_auth2_client(value)
    assert server.requests == []


def test_safe_characters(server, configuration, oauth2):
    server.answer({})
    configuration.safe_chars_for_path_param = "/"
    oauth2.get_o_auth2_client("a/b c")
    assert server.last.target == "/clients/a/b%20c"


def test_host_is_put_before_the_path_as_it_is(server, configuration, oauth2):
    server.answer({})
    configuration.host = server.url + "/base/"
    oauth2.get_o_auth2_client("a")
    assert server.last.target == "/base//clients/a"
    configuration.host = server.url + "/base"
    oauth2.get_o_auth2_client("a")
    assert server.last.target == "/base/clients/a"


def test_body(package, server, oauth2):
    server.answer({"id": "new"}, 201)
    made = oauth2.create_o_auth2_client(package.OAuth2Client(client_name='Ä "q" \n\\', redirect_uris=[], public=False))
    assert made.id == "new"
    assert server.last.json == {"client_name": 'Ä "q" \n\\', "redirect_uris": [], "public": False}
    assert server.last.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        {"client_name": None},
        {"client_name": 5, "extra": {"deep": [1, 2.5, None]}},
        {},
        {"contacts": [None, 1]},
        [1, "a"],
        {"client_name": "x", "anything": True},
        {"big": 2**70, "small": -1.5e-9},
        {"\u2028<é": "\x00\x1f"},
    ],
)
def test_body_is_sent_as_it_was_given(server, oauth2, body):
    server.answer({})
    oauth2.create_o_auth2_client(body)
    assert server.last.json == body


def test_body_with_dates_and_models_inside(package, server, oauth2):
    server.answer({})
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5)
    body = {"when": moment, "day": moment.date(), "key": package.JsonWebKey(kid="k"), "pair": (1, 2)}
    oauth2.create_o_auth2_client(body)
    assert server.last.json == {"when": "2026-01-02T03:04:05", "day": "2026-01-02", "key": {"kid": "k"}, "pair": [1, 2]}


@pytest.mark.parametrize("body", [{"a": object()}, {"a": {1, 2}}])
def test_body_that_is_no_value(oauth2, body):
    with pytest.raises(AttributeError, match="swagger_types"):
        oauth2.create_o_auth2_client(body)


@pytest.mark.ours
def test_body_that_json_cannot_say(oauth2):
    with pytest.raises(ValueError, match="not JSON compliant"):
        oauth2.create_o_auth2_client({"a": float("nan")})
    with pytest.raises(TypeError, match="bytes is not JSON serializable"):
        oauth2.create_o_auth2_client({"a": b"x"})
    circle = []
    circle.append(circle)
    with pytest.raises(RecursionError):
        oauth2.create_o_auth2_client({"a": circle})


def test_form(server, oauth2):
    server.answer({"active": True, "sub": "me"})
    answer = oauth2.introspect_o_auth2_token("t&=+ ä", scope="a b")
    assert answer.active is True
    assert server.last.form == [("token", "t&=+ ä"), ("scope", "a b")]
    assert server.last.headers["content-type"] == "application/x-www-form-urlencoded"
    oauth2.introspect_o_auth2_token("t")
    assert server.last.form == [("token", "t")]


def test_with_http_info(server, oauth2):
    server.answer({"id": "a"}, 200, X_Trace="1", Content_Type="application/json")
    data, status, headers = oauth2.get_o_auth2_client_with_http_info("a")
    assert data.id == "a"
    assert status == 200
    assert headers["x-trace"] == headers["X-TRACE"] == headers.get("X-Trace") == "1"
    assert "x-TRACE" in headers
    assert headers.get("missing") is None
    assert dict(headers)["Content-Type"] == "application/json"
    assert "HTTPHeaderDict({" in repr(headers)
    # The first method gives the data alone, whatever it is told.
    assert oauth2.get_o_auth2_client("a", _return_http_data_only=False).id == "a"
    assert oauth2.get_o_auth2_client_with_http_info("a", _return_http_data_only=True).id == "a"


def test_headers_that_come_several_times(server, oauth2):
    server.answer({})
    server.headers = [("X-Many", "1"), ("X-Many", "2")]
    _, _, headers = oauth2.get_o_auth2_client_with_http_info("a")
    assert headers["x-many"] == "1, 2"
    assert headers.getlist("X-MANY") == ["1", "2"]


def test_no_result_type(server, oauth2):
    server.answer(b"", 204)
    assert oauth2.delete_o_auth2_client("a") is None
    assert oauth2.delete_o_auth2_client_with_http_info("a")[:2] == (None, 204)


def test_default_headers_and_cookie(package, server, configuration):
    client = package.ApiClient(configuration, "X-Tenant", "t1", cookie="a=b")
    api = package.OAuth2Api(client)
    server.answer({})
    api.get_o_auth2_client("a")
    assert server.last.headers["x-tenant"] == "t1"
    assert server.last.headers["cookie"] == "a=b"
    client.set_default_header("X-Tenant", "t2")
    client.default_headers["Accept"] = "text/plain"
    client.user_agent = "me/1"
    client.cookie = None
    api.get_o_auth2_client("a")
    assert server.last.headers["x-tenant"] == "t2"
    # A default header counts more than the method's own.
    assert server.last.headers["accept"] == "text/plain"
    assert server.last.headers["user-agent"] == client.default_headers["User-Agent"] == "me/1"
    assert "cookie" not in server.last.headers


def test_last_response(server, client, oauth2, rest):
    assert not hasattr(client, "last_response")
    server.answer({"id": "a"}, X_One="1")
    oauth2.get_o_auth2_client("a")
    first = client.last_response
    assert (first.status, first.reason, json.loads(first.data)) == (200, "OK", {"id": "a"})
    assert isinstance(first.data, str)
    server.answer({}, 404)
    with pytest.raises(rest.ApiException):
        oauth2.get_o_auth2_client("a")
    assert client.last_response is first


def test_call_api_by_hand(package, server, client):
    server.answer([{"id": "a"}])
    data, status, _ = client.call_api(
        "/own/{x}", "POST", {"x": 1}, [("q", "ä")], {"X-H": "h"}, body=[1], response_type="list[OAuth2Client]"
    )
    assert [c.id for c in data] == ["a"]
    assert status == 200
    assert (server.last.path, server.last.query, server.last.json) == ("/own/1", [("q", "ä")], [1])
    assert server.last.headers["x-h"] == "h"
    formats = {"a": "csv", "b": "multi", "c": "pipes", "d": "ssv", "e": "tsv"}
    query = [(name, [1, "x"]) for name in formats]
    client.call_api("/own", "GET", query_params=query, collection_formats=formats)
    assert server.last.query == [("a", "1,x"), ("b", "1"), ("b", "x"), ("c", "1|x"), ("d", "1 x"), ("e", "1\tx")]
    with pytest.raises(ValueError, match="http method must be"):
        client.request("BREW", server.url)


def test_body_of_other_types(server, client):
    server.answer({})
    client.call_api("/own", "POST", header_params={"Content-Type": "text/plain"}, body="plain ä")
    assert server.last.body == "plain ä".encode()
    assert server.last.headers["content-type"] == "text/plain"
