"""Refusals, and calls that get no answer."""

from __future__ import annotations

import copy
import pickle
import socket
import time

import pytest
import urllib3
from conftest import until


@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 404, 409, 418, 500, 503])
def test_refusal(server, oauth2, rest, status):
    server.answer({"error": "ä"}, status, X_Trace="1")
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a")
    error = caught.value
    assert error.status == status
    assert error.headers["x-trace"] == "1"
    assert error.args == ()
    if status != 304:
        assert error.body == '{"error": "\\u00e4"}'
    assert len(server.requests) == 1


def test_text_of_a_refusal(server, oauth2, rest):
    server.answer({"a": 1}, 404)
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a")
    lines = str(caught.value).split("\n")
    assert lines[:2] == ["(404)", "Reason: Not Found"]
    assert lines[2].startswith("HTTP response headers: HTTPHeaderDict({")
    assert lines[3:] == ['HTTP response body: {"a": 1}', ""]


def test_reason_of_the_server(server, oauth2, rest):
    server.answer({}, 404)
    server.reason = "No such thing"
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a")
    assert caught.value.reason == "No such thing"


def test_refusal_without_body(server, oauth2, rest):
    server.answer(b"", 500)
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a")
    assert caught.value.body == ""
    assert "HTTP response body" not in str(caught.value)


def test_refusal_without_preloading(server, oauth2, rest):
    server.answer({"a": 1}, 500)
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a", _preload_content=False)
    assert caught.value.body == b'{"a": 1}'


def test_exception_by_hand(rest):
    error = rest.ApiException(status=0, reason="mine")
    assert (error.status, error.reason, error.body, error.headers) == (0, "mine", None, None)
    assert str(error) == "(0)\nReason: mine\n"
    error.status = 1
    error.more = True
    assert issubclass(rest.ApiException, Exception)


def test_exception_travels(server, oauth2, rest):
    server.answer({"a": 1}, 404, X_Trace="1")
    with pytest.raises(rest.ApiException) as caught:
        oauth2.get_o_auth2_client("a")
    for twin in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
        assert type(twin) is rest.ApiException
        assert (twin.status, twin.body, twin.headers["X-TRACE"]) == (404, '{"a": 1}', "1")


def test_exception_class_of_the_program(server, oauth2, rest, monkeypatch):
    class Mine(rest.ApiException):
        pass

    monkeypatch.setattr(rest, "ApiException", Mine)
    server.answer({}, 404)
    with pytest.raises(Mine):
        oauth2.get_o_auth2_client("a")


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.parametrize("method", ["get_o_auth2_client", "create_o_auth2_client"])
def test_nobody_there(configuration, oauth2, method):
    configuration.host = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(urllib3.exceptions.MaxRetryError) as caught:
        getattr(oauth2, method)("a")
    assert isinstance(caught.value.reason, urllib3.exceptions.NewConnectionError)
    assert "/clients" in str(caught.value)


def test_no_such_host(configuration, oauth2):
    configuration.host = "http://no-such-host.invalid"
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        oauth2.get_o_auth2_client("a")


@pytest.mark.ours
@pytest.mark.parametrize("host", ["", "no url", "ftp://x", "http://", "http://[::1"])
def test_host_that_is_none(configuration, oauth2, host):
    configuration.host = host
    with pytest.raises((ValueError, OSError, urllib3.exceptions.HTTPError)) as caught:
        oauth2.get_o_auth2_client("a")
    assert "panic" not in str(caught.value)


@pytest.mark.ours
@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "\x00"])
def test_header_injection(server, client, configuration, oauth2, value):
    configuration.access_token = value
    with pytest.raises(ValueError) as caught:
        oauth2.get_o_auth2_client("a")
    assert "Evil" not in str(caught.value)
    configuration.access_token = ""
    client.default_headers["X-Mine"] = value
    with pytest.raises(ValueError):
        oauth2.get_o_auth2_client("a")
    assert server.requests == []


def slow(seconds, first=0):
    def script(request, handler):
        if len(script.seen) < first or not first:
            time.sleep(seconds)
        script.seen.append(request)
        handler.respond(200, [], b"{}")

    script.seen = []
    return script


def test_timeout(server, oauth2):
    server.script = slow(3)
    begin = time.monotonic()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        oauth2.create_o_auth2_client({}, _request_timeout=1)
    assert 0.9 < time.monotonic() - begin < 2
    assert len(server.requests) == 1


@pytest.mark.ours
def test_timeout_that_is_no_whole_number(server, oauth2):
    server.script = slow(2)
    begin = time.monotonic()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        oauth2.create_o_auth2_client({}, _request_timeout=0.1)
    assert time.monotonic() - begin < 1


def test_timeout_as_a_pair(server, oauth2):
    server.script = slow(2)
    begin = time.monotonic()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        oauth2.create_o_auth2_client({}, _request_timeout=(0.5, 0.2))
    # Nobody can tell from outside when connecting ended and waiting began, so both may add up.
    assert time.monotonic() - begin < 1.5


def test_repeated_after_a_timeout(server, oauth2):
    server.script = slow(2)
    begin = time.monotonic()
    with pytest.raises(urllib3.exceptions.MaxRetryError) as caught:
        oauth2.get_o_auth2_client("a", _request_timeout=(0.1, 0.1))
    assert isinstance(caught.value.reason, urllib3.exceptions.ReadTimeoutError)
    assert time.monotonic() - begin < 2
    until(lambda: len(server.requests) == 4)


@pytest.mark.parametrize("wrong", [-1, (-1, 1), (0, 1)])
def test_timeout_that_is_no_time(oauth2, wrong):
    with pytest.raises(ValueError, match="timeout"):
        oauth2.get_o_auth2_client("a", _request_timeout=wrong)


@pytest.mark.parametrize("ignored", [None, 0, (1,), "x"])
def test_timeout_that_is_ignored(server, oauth2, ignored):
    server.answer({})
    assert oauth2.get_o_auth2_client("a", _request_timeout=ignored) is not None


def test_connection_closed_by_the_server(server, oauth2):
    def script(request, handler):
        handler.respond(200, [], b'{"id": "a"}')
        handler.close_connection = True

    server.script = script
    for _ in range(5):
        assert oauth2.get_o_auth2_client("a").id == "a"
        time.sleep(0.02)
        # Not to be repeated, so a stale connection must not be used for it.
        assert oauth2.create_o_auth2_client({}).id == "a"


@pytest.mark.parametrize("sent", [0, 1, 50, 99])
def test_answer_that_breaks_off(server, oauth2, sent):
    def script(request, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"{" * sent)
        handler.close_connection = True

    server.script = script
    with pytest.raises(urllib3.exceptions.HTTPError):
        oauth2.create_o_auth2_client({})
    assert len(server.requests) == 1


def test_answer_that_is_no_http(server, oauth2):
    def script(request, handler):
        handler.wfile.write(b"hello\r\n\r\n")
        handler.close_connection = True

    server.script = script
    with pytest.raises(urllib3.exceptions.ProtocolError):
        oauth2.create_o_auth2_client({})


def redirecting(request, handler):
    step = int(request.path.rsplit("/", 1)[1])
    if step == 0:
        handler.respond(200, [], b'{"id": "end"}')
    else:
        handler.respond(302, [("Location", f"/clients/{step - 1}")], b"")


def test_redirects_are_followed(server, oauth2):
    server.script = redirecting
    assert oauth2.get_o_auth2_client("3").id == "end"
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        oauth2.get_o_auth2_client("4")


def test_redirect_to_another_host_takes_no_token_along(server, configuration, oauth2):
    def script(request, handler):
        if request.path == "/clients/a":
            handler.respond(302, [("Location", server.url.replace("127.0.0.1", "localhost") + "/elsewhere")], b"")
        else:
            handler.respond(200, [], b"{}")

    server.script = script
    configuration.access_token = "secret"
    oauth2.get_o_auth2_client("a")
    assert server.requests[0].headers["authorization"] == "Bearer secret"
    assert "authorization" not in server.requests[1].headers
