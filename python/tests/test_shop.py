"""What a document can say, on one that says a bit of everything."""

from __future__ import annotations

import copy
import datetime
import email
import pickle

import pytest


def test_names(shop):
    assert {n for n in dir(shop.ThingApi) if not n.startswith("_") and not n.endswith("_with_http_info")} == {
        "create_thing",
        "download_photo",
        "get_thing_by_id",
        "list_things",
        "things_update",
        "upload_photo",
    }
    assert callable(shop.OtherApi.get_thing_by_id)
    assert callable(shop.OrderApi.call_import)
    assert callable(shop.AnimalApi.animals_put)
    assert list(shop.Thing.attribute_map.items())[-7:-1] == [
        ("names", "names"),
        ("type", "@type"),
        ("_class", "class"),
        ("http_status", "HTTPStatus"),
        ("_2nd", "2nd"),
        ("inline", "inline"),
    ]
    assert shop.Configuration().host == "https://shop.example/v1"


def test_query(server, things):
    server.answer([])
    moment = datetime.datetime(2026, 1, 2, 3, 4)
    things.list_things(
        limit=5, tags=["a", "b c"], ids=[1, 2], pipes=["x", "y"], since=moment, _from="f", x_request_id="r"
    )
    assert sorted(server.last.query) == [
        ("from", "f"),
        ("ids", "1"),
        ("ids", "2"),
        ("limit", "5"),
        ("pipes", "x|y"),
        ("since", "2026-01-02T03:04:00"),
        ("tags", "a,b c"),
    ]
    assert server.last.headers["x-request-id"] == "r"
    things.list_things()
    assert server.last.target == "/things"


@pytest.mark.parametrize(("value", "text"), [("a b&c=d+e", "a b&c=d+e"), (True, "True"), (None, "None"), (1.5, "1.5")])
def test_query_values_are_texts(server, things, value, text):
    server.answer([])
    things.list_things(offset=value)
    assert server.last.query == [("offset", text)]


@pytest.mark.parametrize(
    ("argument", "rule"),
    [
        ({"limit": 101}, "`limit` when calling `list_things`, must be a value less than or equal to `100`"),
        ({"limit": 0}, "`limit` when calling `list_things`, must be a value greater than or equal to `1`"),
        ({"ratio": 1}, "`ratio` when calling `list_things`, must be a value less than `1`"),
        ({"name": "abcdef"}, "`name` when calling `list_things`, length must be less than or equal to `5`"),
        ({"name": "a"}, "`name` when calling `list_things`, length must be greater than or equal to `2`"),
        (
            {"tags": [1, 2, 3, 4]},
            "`tags` when calling `list_things`, number of items must be less than or equal to `3`",
        ),
    ],
)
def test_limits_of_parameters(server, things, argument, rule):
    with pytest.raises(ValueError) as caught:
        things.list_things(**argument)
    assert str(caught.value) == f"Invalid value for parameter {rule}"
    assert server.requests == []


@pytest.mark.ours
def test_pattern_of_a_parameter(server, things):
    server.answer([])
    things.list_things(filter="/ab1")
    assert server.last.query == [("$filter", "/ab1")]
    with pytest.raises(ValueError) as caught:
        things.list_things(filter="ab")
    assert str(caught.value) == (
        "Invalid value for parameter `filter` when calling `list_things`, must conform to the pattern `/^/[a-z]+\\d$/`"
    )


def test_limits_of_none(things):
    with pytest.raises(TypeError):
        things.list_things(limit=None)


def test_optional_body(shop, server, things):
    server.answer({"name": "n"}, 201)
    things.create_thing()
    assert server.last.body == b""
    assert server.last.headers["content-type"] == "application/json"
    things.create_thing(payload=shop.Thing(name="n"))
    assert server.last.json == {"name": "n", "kind": "1st", "price": 1.5, "count": 3, "ready": True}


def test_api_keys(server, shop_client, things):
    configuration = shop_client.configuration
    server.answer([])
    things.list_things()
    assert "x-api-key" not in server.last.headers
    configuration.api_key["X-API-KEY"] = "k"
    configuration.api_key_prefix["X-API-KEY"] = "Token"
    things.list_things()
    assert server.last.headers["x-api-key"] == "Token k"
    configuration.api_key["key"] = "ä&"
    server.answer({"name": "n"})
    things.create_thing()
    assert server.last.query == [("key", "ä&")]


def test_basic_or_oauth2(server, shop_client, things):
    server.answer({"name": "n"})
    shop_client.configuration.access_token = "t"
    things.get_thing_by_id("x")
    assert server.last.headers["authorization"] == "Bearer t"


def test_upload(server, things, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89\xff\r\n--x")
    server.answer({})
    things.upload_photo("x", str(tmp_path / "a.png"), caption='ä "q"')
    head = b"Content-Type: " + server.last.headers["content-type"].encode() + b"\r\n\r\n"
    parts = {
        part.get_param("name", header="content-disposition"): part
        for part in email.message_from_bytes(head + server.last.body).get_payload()
    }
    assert parts["photo"].get_filename() == "a.png"
    assert parts["photo"].get_content_type() == "image/png"
    assert parts["photo"].get_payload(decode=True) == b"\x89\xff\r\n--x"
    assert parts["caption"].get_payload(decode=True) == 'ä "q"'.encode()
    with pytest.raises(FileNotFoundError):
        things.upload_photo("x", str(tmp_path / "none"))


@pytest.mark.ours
def test_download(server, things, shop_client, tmp_path):
    shop_client.configuration.temp_folder_path = str(tmp_path)
    server.answer(b"\xff\x00", Content_Disposition="attachment; filename=a.bin")
    path = things.download_photo("x")
    assert path == str(tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == b"\xff\x00"


def test_form_with_a_list(server, orders):
    server.answer({"a": 1, "b": 2})
    assert orders.place_order(["a", "b"], note="n") == {"a": 1, "b": 2}
    assert server.last.form == [("items", "a"), ("items", "b"), ("note", "n")]


def test_dates_in_lists_in_lists(server, orders):
    server.answer([["2026-01-02"], []])
    assert orders.call_import() == [[datetime.date(2026, 1, 2)], []]


def test_text_body(server, animals):
    server.answer(b"back")
    assert animals.add_note("plain ä") == "back"
    assert server.last.body == "plain ä".encode()
    assert server.last.headers["content-type"] == "text/plain"
    assert server.last.headers["accept"] == "text/plain"


def test_defaults(shop):
    thing = shop.Thing(name="n")
    assert (thing.kind, thing.price, thing.count, thing.ready) == ("1st", 1.5, 3, True)
    # A whole number without a format loses its default.
    assert thing.loose is None


def test_defaults_of_what_is_read(shop, server, things):
    server.answer({"name": "n", "count": None, "price": 2})
    thing = things.get_thing_by_id("x")
    assert (thing.kind, thing.ready, thing.price, type(thing.price)) == ("1st", True, 2.0, float)
    assert thing.__dict__ == shop.Thing(name="n", price=2.0, count=thing.count).__dict__


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("name", None, "Invalid value for `name`, must not be `None`"),
        ("status", "x", "Invalid value for `status` (x), must be one of ['on', 'off']"),
        ("status", None, "Invalid value for `status` (None), must be one of ['on', 'off']"),
        ("flags", ["a", "z"], "Invalid values for `flags` [z], must be a subset of [a, b]"),
        ("modes", {"down": 1}, "Invalid keys in `modes` [down], must be a subset of [UP, low]"),
        ("short", "abc", "Invalid value for `short`, length must be less than or equal to `2`"),
        ("short", "", "Invalid value for `short`, length must be greater than or equal to `1`"),
        ("level", 10, "Invalid value for `level`, must be a value less than or equal to `9`"),
        ("level", 0, "Invalid value for `level`, must be a value greater than `0`"),
    ],
)
def test_checks_of_setters(shop, name, value, text):
    thing = shop.Thing(name="n")
    with pytest.raises(ValueError) as caught:
        setattr(thing, name, value)
    assert str(caught.value) == text


@pytest.mark.ours
def test_patterns_of_setters(shop):
    thing = shop.Thing(name="n", code="AB1")
    with pytest.raises(ValueError) as caught:
        thing.code = "ab"
    assert str(caught.value) == "Invalid value for `code`, must be a follow pattern or equal to `/^[A-Z]{2}\\d$/`"
    thing.blob = "aGk="
    with pytest.raises(ValueError, match="`blob`"):
        thing.blob = "!"


def test_optional_none_skips_checks(shop):
    assert shop.Thing(name="n", status=None, short=None).status is None


def test_constants(shop):
    assert (shop.State.NEW, shop.State.OLD) == ("state_new", "state_old")


def test_everything_back_and_forth(shop, server, things):
    wire = {
        "name": "n",
        "flags": ["a"],
        "day": "2026-01-02",
        "madeAt": "2026-01-02T03:04:05+00:00",
        "parent": {"name": "p"},
        "children": [{"name": "c"}, {"name": "d", "children": []}],
        "byName": {"x": {"name": "y"}},
        "grid": [[1.5, 2.0], []],
        "free": {"a": [1, None]},
        "anything": [1, "x"],
        "open": {"k": 1},
        "state": "state_new",
        "labels": {"l": "m"},
        "names": ["o"],
        "@type": "t",
        "class": "c",
        "HTTPStatus": 7,
        "2nd": "s",
        "inline": {"x": True},
    }
    server.answer(wire)
    thing = things.get_thing_by_id("x")
    assert type(thing.parent) is type(thing.children[1]) is type(thing.by_name["x"]) is shop.Thing
    assert thing.day == datetime.date(2026, 1, 2)
    assert thing.made_at.utcoffset() == datetime.timedelta(0)
    assert (thing.type, thing._class, thing.http_status, thing._2nd, thing.inline.x) == ("t", "c", 7, "s", True)
    assert copy.deepcopy(thing) == pickle.loads(pickle.dumps(thing)) == thing
    things.things_update("x", thing, dry_run=True)
    sent = server.last.json

    def added(of):
        of = dict(of, kind="1st", price=1.5, count=3, ready=True)
        return of

    expected = added(wire)
    expected["parent"] = added(wire["parent"])
    expected["children"] = [added(c) for c in wire["children"]]
    expected["byName"] = {"x": added(wire["byName"]["x"])}
    assert sent == expected
    assert server.last.query == [("dryRun", "True")]


@pytest.mark.ours
def test_answers_are_not_checked(server, things):
    server.answer({"status": "broken", "short": "too long", "level": -1, "code": "?", "flags": ["z"]})
    thing = things.get_thing_by_id("x")
    assert (thing.status, thing.level, thing.name) == ("broken", -1, None)


def test_discriminator(shop, server, animals):
    assert shop.Animal(species="x").discriminator == "species"
    assert shop.Animal.discriminator_value_class_map == {"Cat": "Cat", "dog": "Dog"}
    server.answer([{"species": "dog", "trick": "roll"}, {"species": "cow", "legs": 4}])
    dog, cow = animals.list_animals()
    assert (type(dog), dog.trick) == (shop.Dog, "roll")
    assert type(cow) is shop.Animal


@pytest.mark.ours
def test_discriminator_with_capital_letters(shop, server, animals):
    # swagger-codegen's client looks for it in small letters, and so never finds it.
    server.answer([{"species": "Cat", "indoor": True}, {"species": "DOG", "trick": "roll"}])
    cat, dog = animals.list_animals()
    assert (type(cat), cat.indoor) == (shop.Cat, True)
    assert type(dog) is shop.Dog


def test_child_of_all_of(shop):
    assert shop.Cat(indoor=True).indoor is True
    assert next(iter(shop.Cat.swagger_types)) == "indoor"
    assert not issubclass(shop.Cat, shop.Animal)


@pytest.mark.ours
def test_child_reads_what_its_parent_has(shop, shop_client):
    cat = shop_client.deserialize(type("Body", (), {"data": '{"species": "Cat", "legs": 4, "indoor": true}'}), "Cat")
    assert (cat.species, cat.legs, cat.indoor) == ("Cat", 4, True)
