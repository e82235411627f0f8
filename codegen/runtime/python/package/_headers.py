"""Headers of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any


class HTTPHeaderDict(MutableMapping[str, str]):
    """A dict of headers whose names are looked up without regard to letter case.

    A header that came several times is one value here, joined by ``, ``; :meth:`getlist` has the
    parts. It looks and prints like the class of the same name in urllib3.
    """

    def __init__(self, headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None, **kwargs: str) -> None:
        self._container: dict[str, list[str]] = {}
        if headers is not None:
            self.extend(headers)
        if kwargs:
            self.extend(kwargs)

    def __setitem__(self, name: str, value: str) -> None:
        self._container[name.lower()] = [name, value]

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._container[name.lower()][1:])

    def __delitem__(self, name: str) -> None:
        del self._container[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._container

    def __iter__(self) -> Iterator[str]:
        return (entry[0] for entry in self._container.values())

    def __len__(self) -> int:
        return len(self._container)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        mine = {name.lower(): value for name, value in self.items()}
        return mine == {str(name).lower(): value for name, value in other.items()}

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self.items())})"

    def add(self, name: str, value: str, *, combine: bool = False) -> None:
        """Add a value beside those that are there; with ``combine``, as part of the last one."""
        entry = self._container.setdefault(name.lower(), [name])
        if combine and len(entry) > 1:
            entry[-1] += ", " + value
        else:
            entry.append(value)

    def extend(self, *args: Mapping[str, str] | Iterable[tuple[str, str]], **kwargs: str) -> None:
        """Add all headers of a mapping or of pairs."""
        for headers in (*args, kwargs):
            pairs = headers.items() if isinstance(headers, Mapping) else headers
            for name, value in pairs:
                self.add(name, value)

    def getlist(self, name: str, default: Any = None) -> list[str]:
        """The values of a header, one by one."""
        try:
            return self._container[name.lower()][1:]
        except KeyError:
            return [] if default is None else default

    getheaders = getallmatchingheaders = iget = get_all = getlist

    def iteritems(self) -> Iterator[tuple[str, str]]:
        """All pairs; a header that came several times is there several times."""
        for name, *values in self._container.values():
            for value in values:
                yield name, value

    def itermerged(self) -> Iterator[tuple[str, str]]:
        """All pairs, with one value for each name."""
        return iter(self.items())

    def copy(self) -> HTTPHeaderDict:
        """Another one with the same headers."""
        return type(self)(self.iteritems())
