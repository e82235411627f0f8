"""What the methods of all API classes have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# The common case, in which nothing is wrong, is looked for in the methods themselves: a call into here costs more than
# the rest of them.

#: Keywords that all methods have.
EXTRAS = frozenset({"async_req", "_return_http_data_only", "_preload_content", "_request_timeout"})


def refuse_unknown(method: str, keywords: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raise `TypeError` for a keyword that the method does not have."""
    for name in keywords:
        if name not in known and name not in EXTRAS:
            raise TypeError(f"Got an unexpected keyword argument '{name}' to method {method}")


def missing(method: str, name: str) -> ValueError:
    """What to raise for a required parameter that is `None`."""
    return ValueError(f"Missing the required parameter `{name}` when calling `{method}`")


def limit(method: str, name: str, broken: bool, rule: str) -> None:
    """Raise `ValueError` if a limit of a parameter is broken."""
    if broken:
        raise ValueError(f"Invalid value for parameter `{name}` when calling `{method}`, {rule}")


def matches(pattern: str, flags: int, value: Any) -> bool:
    """True if the pattern is found somewhere in the value."""
    return re.search(pattern, value, flags) is not None
