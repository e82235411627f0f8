"""Models as Python objects."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import ClassVar

import pytest


@pytest.fixture
def model(package):
    return package.JsonWebKeySet(keys=[package.JsonWebKey(kid="a", x5c=["1"])])


def test_constructor(package):
    parameters = inspect.signature(package.OAuth2Client).parameters
    assert list(parameters) == list(package.OAuth2Client.swagger_types)
    assert all(p.default is None and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters.values())
    assert package.OAuth2Error("e", "d").error_description == "d"
    with pytest.raises(TypeError):
        package.OAuth2Client(nope=1)


def test_required(package):
    with pytest.raises(ValueError) as caught:
        package.OAuth2TokenIntrospection()
    assert str(caught.value) == "Invalid value for `active`, must not be `None`"
    answer = package.OAuth2TokenIntrospection(active=False)
    with pytest.raises(ValueError):
        answer.active = None
    assert answer.active is False


def test_tables(package):
    assert package.JsonWebKeySet.swagger_types == {"keys": "list[JsonWebKey]"}
    assert package.OAuth2Error.attribute_map["status_code"] == "statusCode"
    assert package.OAuth2Client().discriminator is None


def test_lists_stay_the_same_objects(package):
    uris = ["a"]
    client = package.OAuth2Client(redirect_uris=uris)
    client.redirect_uris.append("b")
    assert client.redirect_uris is uris
    assert uris == ["a", "b"]
    client.public = "no"
    assert client.public == "no"


def test_to_dict(model):
    as_dict = model.to_dict()
    assert as_dict["keys"][0]["kid"] == "a"
    assert as_dict["keys"][0]["crv"] is None
    assert as_dict["keys"] is not model.keys
    assert str(model) == repr(model) == model.to_str()
    assert "'kid': 'a'" in str(model)


def test_equality(package):
    one, other = package.OAuth2Client(id="a"), package.OAuth2Client(id="a")
    assert one == other
    assert (one != other) is False
    other.more = 1
    assert one != other
    assert one != package.OAuth2Error("a")
    assert one != {"id": "a"}
    sub = type("Sub", (package.OAuth2Client,), {})(id="a")
    assert one == sub
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_copies(package, model):
    model.more = [1]
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin == model
        assert type(twin) is package.JsonWebKeySet
        assert twin.keys[0] is not model.keys[0]
    assert copy.copy(model).keys is model.keys


def test_copies_of_what_was_read(server, oauth2):
    server.answer({"id": "a", "contacts": ["x"]})
    client = oauth2.get_o_auth2_client("a")
    assert pickle.loads(pickle.dumps(client)) == copy.deepcopy(client) == client


@pytest.mark.ours
def test_copies_of_clients(server, client, oauth2):
    server.answer({"id": "a"})
    oauth2.get_o_auth2_client("a")
    twin = copy.deepcopy(oauth2)
    assert twin.get_o_auth2_client("a").id == "a"
    assert twin.api_client is not client
    assert pickle.loads(pickle.dumps(oauth2)).get_o_auth2_client("a").id == "a"


def test_subclass_with_more(package, server, oauth2):
    class Mine(package.OAuth2Client):
        swagger_types: ClassVar = dict(package.OAuth2Client.swagger_types, note="str")
        attribute_map: ClassVar = dict(package.OAuth2Client.attribute_map, note="x-note")

        def __init__(self, note=None, **kwargs):
            super().__init__(**kwargs)
            self.note = note

    server.answer({"x-note": "hi", "id": "a"})
    client = oauth2.api_client
    mine, _, _ = client.call_api("/mine", "POST", body=Mine(note="n", id="i"), response_type=Mine)
    assert server.last.json == {"x-note": "n", "id": "i"}
    assert (type(mine), mine.note, mine.id) == (Mine, "hi", "a")


def test_property_of_a_subclass_is_what_is_sent(package, server, oauth2):
    class Mine(package.OAuth2Client):
        @property
        def client_name(self):
            return "always"

        @client_name.setter
        def client_name(self, value):
            self._client_name = value

    server.answer({})
    oauth2.create_o_auth2_client(Mine(client_name="x"))
    assert server.last.json == {"client_name": "always"}
