"""Makes OpenAPI documents of any size, the same ones each time: a shop's worth of resources, five operations each.

python documents.py OPERATIONS > document.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

WORDS = """
    account address article asset author badge basket batch booking branch brand budget bundle campaign card
    carrier cart category channel claim client comment company contact contract country coupon credit currency
    customer dataset delivery device discount document domain draft driver employee event expense feature
    feedback field file filter folder form goal group
"""
NOUNS = WORDS.split()
KINDS: tuple[dict[str, Any], ...] = (
    {"type": "string"},
    {"type": "integer", "format": "int64"},
    {"type": "boolean"},
    {"type": "string", "format": "date-time"},
    {"type": "number", "format": "double"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "string", "enum": ["new", "open", "closed"]},
    {"type": "object", "additionalProperties": {"type": "string"}},
    {"type": "string", "format": "uuid"},
    {"type": "string", "nullable": True},
)
MEMBERS = 12


def make(operations: int) -> dict[str, Any]:
    """A document with exactly this many operations and a schema or two for every five of them."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {
        "Problem": {"type": "object", "required": ["title"], "properties": {"title": KINDS[0], "status": KINDS[1]}}
    }
    names = [_name(at) for at in range((operations + 4) // 5)]
    left = operations
    for at, name in enumerate(names):
        schemas[name] = _schema(at, names)
        schemas[f"{name}Page"] = {
            "type": "object",
            "required": ["items"],
            "properties": {"items": {"type": "array", "items": _reference(name)}, "next": KINDS[9]},
        }
        for path, method, operation in list(_operations(name))[:left]:
            paths.setdefault(path, {})[method] = operation
            left -= 1
    return {
        "openapi": "3.0.3",
        "info": {"title": f"Shop with {operations} operations", "version": "1.0.0"},
        "servers": [{"url": "https://shop.example/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _name(at: int) -> str:
    round_, place = divmod(at, len(NOUNS))
    return NOUNS[place].capitalize() + (
        f"{'BCDEFGHIJKLMNOPQRSTUVWXYZ'[(round_ - 1) % 25]}{(round_ - 1) // 25 or ''}" if round_ else ""
    )


def _schema(at: int, names: list[str]) -> dict[str, Any]:
    members: dict[str, Any] = {"id": {"type": "string", "description": "Set by the server."}}
    for member in range(MEMBERS - 2):
        members[f"field_{member}"] = {**KINDS[(at + member) % len(KINDS)], "description": f"Member {member}."}
    members["related"] = _reference(names[(at * 7 + 1) % len(names)])
    return {
        "type": "object",
        "description": "A thing that is kept.",
        "required": ["id", "field_0"],
        "properties": members,
    }


def _operations(name: str) -> Any:
    plural, one = f"/{name.lower()}s", f"/{name.lower()}s/{{id}}"
    identifier = {"name": "id", "in": "path", "required": True, "schema": KINDS[0]}
    query = [
        {"name": word, "in": "query", "schema": KINDS[at]} for at, word in enumerate(("search", "limit", "archived"))
    ]
    body = {"required": True, "content": {"application/json": {"schema": _reference(name)}}}

    def operation(verb: str, answer: str | None, status: str = "200", **more: Any) -> dict[str, Any]:
        success: dict[str, Any] = {"description": "Done."}
        if answer:
            success["content"] = {"application/json": {"schema": _reference(answer)}}
        problem = {"description": "Not done.", "content": {"application/json": {"schema": _reference("Problem")}}}
        return {
            "operationId": f"{verb}{name}",
            "summary": f"{verb.capitalize()}s what there is of {name.lower()}",
            "tags": [name.lower()],
            **more,
            "responses": {status: success, "400": problem, "404": problem},
        }

    yield plural, "get", operation("list", f"{name}Page", parameters=query)
    yield plural, "post", operation("create", name, "201", requestBody=body)
    yield one, "get", operation("get", name, parameters=[identifier])
    yield one, "put", operation("update", name, parameters=[identifier], requestBody=body)
    yield one, "delete", operation("delete", None, "204", parameters=[identifier])


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


if __name__ == "__main__":
    json.dump(make(int(sys.argv[1])), sys.stdout, indent=1)
