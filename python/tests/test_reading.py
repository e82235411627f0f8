"""From an answer's body to Python values."""

from __future__ import annotations

import datetime
import os
import sys
from unittest import mock

import pytest


class Body:
    def __init__(self, data):
        self.data = data


@pytest.mark.parametrize(
    ("text", "of", "value"),
    [
        ("null", "str", None),
        ("null", "list[str]", None),
        ('"a"', "str", "a"),
        ("5", "str", "5"),
        ("[1, 2]", "str", "[1, 2]"),
        ("true", "str", "True"),
        ('"12"', "int", 12),
        ("5.7", "int", 5),
        ("true", "int", 1),
        ("5", "float", 5.0),
        ('"1.5"', "float", 1.5),
        ('"false"', "bool", True),
        ("0", "bool", False),
        ("[1]", "int", [1]),
        ('[1, "2"]', "list[int]", [1, 2]),
        ("[[1], [2, null]]", "list[list[str]]", [["1"], ["2", None]]),
        ('{"a": 1}', "dict(str, str)", {"a": "1"}),
        ('{"a": {"b": [1]}}', "dict(str, dict(str, list[int]))", {"a": {"b": [1]}}),
        ('"abc"', "list[str]", ["a", "b", "c"]),
        ('{"k": 1}', "list[str]", ["k"]),
        ('{"a": [1, null, {"b": 2.5}]}', "object", {"a": [1, None, {"b": 2.5}]}),
        ("no json", "str", "no json"),
        ("", "str", ""),
        ("  [1]  ", "object", [1]),
        ("123456789012345678901234567890", "int", 123456789012345678901234567890),
        ("1e400", "float", float("inf")),
        ('"\\ud83d\\ude00\\u00e9"', "str", "😀é"),
        ('{"a": 1, "a": 2}', "object", {"a": 2}),
    ],
)
def test_types(client, text, of, value):
    read = client.deserialize(Body(text), of)
    assert read == value
    assert type(read) is type(value)


def test_types_given_as_classes(package, client):
    assert client.deserialize(Body("5"), str) == "5"
    assert client.deserialize(Body("5"), object) == 5
    assert client.deserialize(Body('"2026-01-02"'), datetime.date) == datetime.date(2026, 1, 2)
    assert client.deserialize(Body('{"id": "a"}'), package.OAuth2Client).id == "a"
    assert client.deserialize(Body("null"), package.OAuth2Client) is None


@pytest.mark.parametrize("text", ['"abc"', "[1, 2]", "<html>", ""])
def test_text_or_list_where_a_model_belongs(package, client, text):
    assert client.deserialize(Body(text), "OAuth2Client") == package.OAuth2Client()


def test_number_where_a_model_belongs(client):
    with pytest.raises(TypeError, match=r"not (iterable|a container)"):
        client.deserialize(Body("5"), "OAuth2Client")


def test_model_without_properties(shop_client):
    assert shop_client.deserialize(Body('"new"'), "State") == "new"
    assert shop_client.deserialize(Body('{"a": 1}'), "Labels") == {"a": 1}
    assert shop_client.deserialize(Body("[1]"), "Names") == [1]


def test_name_of_no_model(client):
    with pytest.raises(AttributeError, match="Nothing"):
        client.deserialize(Body("{}"), "Nothing")


def test_nested_models(package, client):
    text = '{"keys": [{"kid": "a", "x5c": ["1"]}, null]}'
    keys = client.deserialize(Body(text), "JsonWebKeySet").keys
    assert [type(key) for key in keys] == [package.JsonWebKey, type(None)]
    assert (keys[0].kid, keys[0].x5c) == ("a", ["1"])


def test_dates(rest, client):
    moment = client.deserialize(Body('"2026-01-02T03:04:05+02:00"'), "datetime")
    assert moment == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    naive = client.deserialize(Body('"2 Jan 2026 03:04"'), "datetime")
    assert (naive, naive.tzinfo) == (datetime.datetime(2026, 1, 2, 3, 4), None)
    assert client.deserialize(Body('"2026-01-02"'), "date") == datetime.date(2026, 1, 2)
    with pytest.raises(rest.ApiException) as caught:
        client.deserialize(Body('"never"'), "date")
    assert (caught.value.status, caught.value.reason) == (0, "Failed to parse `never` as date object")
    with pytest.raises(rest.ApiException, match="Failed to parse `never` as datetime object"):
        client.deserialize(Body('"never"'), "datetime")


def test_body_that_is_not_utf8(server, oauth2):
    server.answer(b'"\xff"')
    with pytest.raises(UnicodeDecodeError):
        oauth2.get_o_auth2_client("a")


def test_unknown_encoding_of_nan(client):
    value = client.deserialize(Body("[NaN, Infinity, -Infinity]"), "list[float]")
    assert value[0] != value[0]
    assert value[1:] == [float("inf"), -float("inf")]


@pytest.mark.ours
def test_tolerance(package, client):
    # What breaks the document does not break the caller.
    assert client.deserialize(Body('"abc"'), "int") == "abc"
    assert client.deserialize(Body('"\\ud800x"'), "str") == "\ufffdx"
    assert client.deserialize(Body('["\\\\ud800"]'), "list[str]") == ["\\ud800"]
    assert client.deserialize(Body('{"issuer": null}'), "WellKnown").issuer is None
    with pytest.raises(RecursionError):
        client.deserialize(Body("[" * 100_000), "object")


@pytest.mark.ours
def test_strictness_by_choice(package, server, configuration, oauth2):
    server.answer({})
    assert oauth2.get_well_known().issuer is None
    configuration.strict_answers = True
    with pytest.raises(ValueError, match="must not be `None`"):
        oauth2.get_well_known()


def test_scope_can_be_read(package, server, oauth2, pytestconfig):
    if pytestconfig.getoption("--package") != "hydra_sdk":
        pytest.skip("patterns with backslashes are wrong there")
    server.answer({"scope": "openid offline"})
    assert oauth2.get_o_auth2_client("a").scope == "openid offline"
    assert package.OAuth2Client(scope="openid").scope == "openid"


def test_subclass_put_among_the_models(package, server, oauth2):
    class Mine(package.OAuth2Client):
        def greet(self):
            return f"hello {self.client_name}"

    server.answer([{"client_name": "x"}, {}])
    with mock.patch.object(package.models, "OAuth2Client", Mine):
        clients = oauth2.list_o_auth2_clients()
    assert [type(c) for c in clients] == [Mine, Mine]
    assert clients[0].greet() == "hello x"
    assert type(oauth2.list_o_auth2_clients()[0]) is package.OAuth2Client


def test_replaced_constructor(package, server, oauth2):
    made = []
    original = package.OAuth2Client.__init__

    def constructor(self, **kwargs):
        made.append(kwargs)
        original(self, **kwargs)

    server.answer({"id": "a", "owner": None})
    with mock.patch.object(package.OAuth2Client, "__init__", constructor):
        assert oauth2.get_o_auth2_client("a").id == "a"
    assert made == [{"id": "a", "owner": None}]


def test_replaced_property(package, server, oauth2):
    server.answer({"id": "a"})
    loud = property(lambda self: self._id, lambda self, value: setattr(self, "_id", value.upper()))
    with mock.patch.object(package.OAuth2Client, "id", loud):
        assert oauth2.get_o_auth2_client("a").id == "A"
    assert oauth2.get_o_auth2_client("a").id == "a"


def test_changed_tables(package, server, oauth2):
    server.answer({"active": True, "aud": ["a", "b"]})
    assert oauth2.introspect_o_auth2_token("t").aud == "['a', 'b']"
    with mock.patch.dict(package.OAuth2TokenIntrospection.swagger_types, aud="list[str]"):
        assert oauth2.introspect_o_auth2_token("t").aud == ["a", "b"]
    assert oauth2.introspect_o_auth2_token("t").aud == "['a', 'b']"


def test_both_ways_of_filling_agree(package, server, oauth2):
    server.answer({"id": "a", "contacts": ["x"], "public": True})
    direct = oauth2.get_o_auth2_client("a")
    with mock.patch.object(package.models, "OAuth2Client", type("Sub", (package.OAuth2Client,), {})):
        built = oauth2.get_o_auth2_client("a")
    assert direct.__dict__ == built.__dict__ == package.OAuth2Client(id="a", contacts=["x"], public=True).__dict__
    assert list(direct.__dict__) == list(built.__dict__)


@pytest.mark.ours
def test_download(server, client, configuration, tmp_path):
    configuration.temp_folder_path = str(tmp_path)
    server.answer(b"\x00\xffbytes", Content_Disposition='attachment; filename="../../report.bin"')
    path, _, _ = client.call_api("/file", "GET", response_type="file")
    assert path == os.path.join(str(tmp_path), "report.bin")
    assert (tmp_path / "report.bin").read_bytes() == b"\x00\xffbytes"
    server.answer(b"text")
    path, _, _ = client.call_api("/file", "GET", response_type="file")
    assert os.path.dirname(path) == str(tmp_path)
    assert (tmp_path / os.path.basename(path)).read_bytes() == b"text"


def test_large_answer(server, oauth2):
    server.answer([{"id": str(i), "client_name": "x" * 100} for i in range(2000)])
    clients = oauth2.list_o_auth2_clients()
    assert [c.id for c in clients] == [str(i) for i in range(2000)]
    assert sys.getrefcount(clients) <= 3
