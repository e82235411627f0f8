"""What the methods of all API classes have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_EXTRAS = frozenset({"async_req", "_return_http_data_only", "_preload_content", "_request_timeout"})


def refuse_unknown(method: str, keywords: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raise `TypeError` for a keyword that the method does not have."""
    for name in keywords:
        if name not in known and name not in _EXTRAS:
            raise TypeError(f"Got an unexpected keyword argument '{name}' to method {method}")


def require(method: str, name: str, value: Any) -> None:
    """Raise `ValueError` for a required parameter that is `None`."""
    if value is None:
        raise ValueError(f"Missing the required parameter `{name}` when calling `{method}`")


def limit(method: str, name: str, broken: bool, rule: str) -> None:
    """Raise `ValueError` if a limit of a parameter is broken."""
    if broken:
        raise ValueError(f"Invalid value for parameter `{name}` when calling `{method}`, {rule}")


def matches(pattern: str, flags: int, value: Any) -> bool:
    """True if the pattern is found somewhere in the value."""
    return re.search(pattern, value, flags) is not None
