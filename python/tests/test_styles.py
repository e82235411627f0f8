"""Values in the styles of OpenAPI 3. What is expected stands in OpenAPI 3.1 under "Style Values"."""

from __future__ import annotations

import importlib
import io
import pathlib

import pytest

pytestmark = pytest.mark.ours

LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


@pytest.fixture
def styles(package):
    return importlib.import_module(f"{package.__name__}._styles")


@pytest.fixture
def client(package):
    return package.ApiClient()


@pytest.mark.parametrize(
    ("style", "explode", "value", "piece"),
    [
        ("matrix", False, "", ";color"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
    ],
)
def test_pieces_of_a_path(styles, client, style, explode, value, piece):
    assert styles.with_piece(client, "/a/{color}/b", "color", value, style, explode) == f"/a/{piece}/b"


def test_a_value_cannot_add_to_the_path(styles, client):
    assert styles.with_piece(client, "/{x}", "x", ["a/b", "c;d"], "matrix", True) == "/;x=a%2Fb;x=c%3Bd"
    assert styles.with_piece(client, "/{x}", "x", "{y}", "simple", False) == "/%7By%7D"
    with pytest.raises(ValueError, match="leads to another path"):
        styles.with_piece(client, "/{x}", "x", "..", "simple", False)
    with pytest.raises(ValueError, match="leads to another path"):
        styles.with_piece(client, "/{x}", "x", ".", "label", False)


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, OBJECT, [("R", "100"), ("G", "200"), ("B", "150")]),
        ("form", False, OBJECT, [("c", "R,100,G,200,B,150")]),
        ("form", True, ["a", 1, True], [("c", "a"), ("c", "1"), ("c", "true")]),
        ("spaceDelimited", False, OBJECT, [("c", "R 100 G 200 B 150")]),
        ("pipeDelimited", False, LIST, [("c", "blue|black|brown")]),
        ("deepObject", True, OBJECT, [("c[R]", "100"), ("c[G]", "200"), ("c[B]", "150")]),
        (
            "deepObject",
            True,
            {"a": {"b": [1, {"c": None, "d": False}]}},
            [("c[a][b][0]", "1"), ("c[a][b][1][d]", "false")],
        ),
        ("deepObject", True, ["x"], [("c[0]", "x")]),
        ("json", False, OBJECT, [("c", '{"R":100,"G":200,"B":150}')]),
        ("form", True, None, []),
    ],
)
def test_pairs_of_a_query(styles, client, style, explode, value, pairs):
    assert styles.pairs(client, "c", value, style, explode) == pairs


def test_models_are_written_by_their_json_names(styles, client, package):
    found = styles.pairs(client, "f", package.OAuth2Client(client_name="n"), "deepObject", True)
    assert ("f[client_name]", "n") in found


def test_reserved_characters_stay_where_the_document_allows_them(styles):
    assert styles.with_query("/a?b=1", [("p", "x/y?z&w#")], True) == "/a?b=1&p=x/y?z%26w%23"
    assert styles.with_query("/a", [("p", "x/y")], False) == "/a?p=x%2Fy"
    assert styles.with_query("/a", [], True) == "/a"


def test_headers(styles, client):
    assert styles.header(client, OBJECT, False) == "R,100,G,200,B,150"
    assert styles.header(client, OBJECT, True) == "R=100,G=200,B=150"
    assert styles.header(client, True, False) == "true"


def test_a_cookie_cannot_bring_another_one(styles, client):
    assert styles.cookie(client, "a", "x; b=1", True) == ["a=x%3B%20b=1"]
    assert styles.cookie(client, "a", ["x", "y"], True) == ["a=x", "a=y"]


def test_parts_of_a_form(styles, client):
    assert styles.parts(client, "p", {"a": 1}, None) == [("p", (None, b'{"a":1}', "application/json"))]
    assert styles.parts(client, "p", ["a", {"b": 2}], None) == [
        ("p", "a"),
        ("p", (None, b'{"b":2}', "application/json")),
    ]
    assert styles.parts(client, "p", "<a/>", "text/xml") == [("p", (None, b"<a/>", "text/xml"))]


def test_files_are_given_in_any_form(styles, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    wanted = ("a.txt", b"x", "text/plain")
    assert styles.file(str(path)) == styles.file(pathlib.Path(path)) == wanted
    with path.open("rb") as opened:
        assert styles.file(opened) == wanted
    assert styles.file(b"x") == ("file", b"x", "application/octet-stream")
    assert styles.file(io.BytesIO(b"x"), "image/png") == ("file", b"x", "image/png")
    assert styles.file(("b.bin", "x")) == ("b.bin", b"x", "application/octet-stream")
    assert styles.file(("b.bin", b"x", "a/b"), "image/png") == ("b.bin", b"x", "a/b")
