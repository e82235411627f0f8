"""Values in the styles of OpenAPI 3: whatever is not a simple value, or a list joined or repeated.

API modules import this only where their document needs it. What comes out is ready for the wire,
so `ApiClient.call_api` has nothing left to do but to send it.
"""

from __future__ import annotations

import json
import mimetypes
import os
from typing import Any
from urllib.parse import quote

#: RFC 3986 section 2.3.
_UNRESERVED = "-._~"
#: RFC 3986 section 2.2, without what would mean something in a query: ``&``, ``+`` and ``#``.
_RESERVED = _UNRESERVED + ":/?[]@!$'()*,;="
#: RFC 6265 section 4.1.1, without ``%``, which escapes the rest.
_COOKIE = "!#$&'()*+-./:<=>?@[]^_`{|}~"

_JOINTS = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}


def text(value: Any) -> str:
    """A value as text: a text itself, anything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, separators=(",", ":"))


def in_json(client: Any, value: Any) -> str:
    """The value as JSON: a parameter that its document gives by ``content``."""
    return json.dumps(client.sanitize_for_serialization(value), separators=(",", ":"))


def pairs(client: Any, name: str, value: Any, style: str, explode: bool) -> list[tuple[str, str]]:
    """Names and texts for a query or a form. The style ``json`` is ours: an object as JSON."""
    value = client.sanitize_for_serialization(value)
    if value is None:
        return []
    if style == "deepObject":
        return _deep(name, value)
    if isinstance(value, dict) and style != "json":
        members = [(key, text(item)) for key, item in value.items() if item is not None]
        if explode:
            return members
        return [(name, _joint(style).join(piece for member in members for piece in member))]
    if isinstance(value, (list, tuple)):
        if explode:
            return [(name, text(item)) for item in value]
        return [(name, _joint(style).join(text(item) for item in value))]
    return [(name, text(value))]


def _joint(style: str) -> str:
    return _JOINTS.get(style, ",")


def _deep(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, (list, tuple)):
        inside = enumerate(value)  # type: ignore[assignment]
    else:
        return [] if value is None else [(name, text(value))]
    return [pair for key, item in inside for pair in _deep(f"{name}[{key}]", item)]


def with_query(path: str, named: list[tuple[str, str]], reserved: bool) -> str:
    """The path with these in its query, where reserved characters may stay as they are."""
    safe = _RESERVED if reserved else _UNRESERVED
    query = "&".join(f"{quote(name, safe=_UNRESERVED)}={quote(value, safe=safe)}" for name, value in named)
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def with_piece(client: Any, path: str, name: str, value: Any, style: str, explode: bool) -> str:
    """The path with the value in place of ``{name}``."""
    piece = _piece(name, client.sanitize_for_serialization(value), style, explode)
    if piece in {".", ".."}:
        raise ValueError(f"Invalid value for the path parameter `{name}`: `{piece}` leads to another path")
    return path.replace(f"{{{name}}}", piece)


def _piece(name: str, value: Any, style: str, explode: bool) -> str:
    def shown(one: Any) -> str:
        return quote(text(one), safe=_UNRESERVED)

    joint = "," if not explode or style == "simple" else {"label": ".", "matrix": ";"}.get(style, ",")
    name = quote(name, safe=_UNRESERVED)
    if isinstance(value, dict):
        members = [(shown(key), shown(item)) for key, item in value.items() if item is not None]
        between = "=" if explode else ","
        inside = joint.join(f"{key}{between}{item}" for key, item in members)
        named = explode
    elif isinstance(value, (list, tuple)):
        items = [shown(item) for item in value]
        named = explode and style == "matrix"
        inside = joint.join(f"{name}={item}" for item in items) if named else joint.join(items)
    else:
        inside, named = shown(value), False
    if style == "label":
        return f".{inside}"
    if style == "matrix":
        if named:
            return f";{inside}"
        return f";{name}={inside}" if inside else f";{name}"
    return inside


def header(client: Any, value: Any, explode: bool) -> str:
    """The value of a header."""
    value = client.sanitize_for_serialization(value)
    if isinstance(value, dict):
        between = "=" if explode else ","
        return ",".join(f"{key}{between}{text(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, (list, tuple)):
        return ",".join(text(item) for item in value)
    return text(value)


def cookie(client: Any, name: str, value: Any, explode: bool) -> list[str]:
    """Pieces of a ``Cookie`` header."""
    return [f"{key}={quote(item, safe=_COOKIE)}" for key, item in pairs(client, name, value, "form", explode)]


def parts(client: Any, name: str, value: Any, media_type: str | None) -> list[tuple[str, Any]]:
    """Parts of a multipart body (RFC 7578), one for each item of a list.

    Without a media type objects are JSON and anything else is plain text.
    """
    value = client.sanitize_for_serialization(value)
    found: list[tuple[str, Any]] = []
    for item in value if isinstance(value, (list, tuple)) else [value]:
        if item is None:
            continue
        if media_type is None and not isinstance(item, (dict, list)):
            found.append((name, text(item)))
            continue
        kind = media_type or "application/json"
        is_json = "json" in kind or isinstance(item, (dict, list))
        written = json.dumps(item, separators=(",", ":")) if is_json else text(item)
        found.append((name, (None, written.encode(), kind)))
    return found


def file(value: Any, media_type: str | None = None) -> tuple[str, bytes, str]:
    """Name, content and media type of a file to send.

    It may be given as a path, as bytes, as an open file, or as a tuple of name, content and,
    maybe, media type.
    """
    if isinstance(value, tuple):
        name, content = str(value[0]), value[1]
        media_type = value[2] if len(value) > 2 else media_type
    elif isinstance(value, (bytes, bytearray, memoryview)):
        name, content = "file", value
    elif hasattr(value, "read"):
        name, content = os.path.basename(str(getattr(value, "name", "file"))), value
    else:
        with open(value, "rb") as opened:
            name, content = os.path.basename(os.fspath(value)), opened.read()
    if hasattr(content, "read"):
        content = content.read()
    if isinstance(content, str):
        content = content.encode()
    media_type = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return name, bytes(content), media_type


def files(value: Any, media_type: str) -> Any:
    """Files of a media type that the document names."""
    return [file(one, media_type) for one in value] if isinstance(value, list) else file(value, media_type)
