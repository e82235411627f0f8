"""Answers that are read as they come."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from ._headers import HTTPHeaderDict
from ._native import Answer


class HTTPResponse(io.IOBase):
    """An answer whose body is read as it is needed: what ``_preload_content=False`` gives.

    It has what programs use of urllib3's class of the same name. The connection is freed at the
    body's end, by `release_conn`, or when the object goes away.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._buffer = bytearray()
        self._ended = False
        self._data: bytes | None = None
        self.status: int = answer.status
        self.reason: str = answer.reason
        self.headers = HTTPHeaderDict(answer.header_pairs())

    @property
    def data(self) -> bytes:
        """The body from where it has not been read yet, as bytes."""
        if self._data is None:
            self._data = self.read()
        return self._data

    def _fill(self) -> bool:
        piece = None if self._ended else self._answer.chunk()
        if piece is None:
            self._ended = True
            return False
        self._buffer += piece
        return True

    def _take(self, amount: int) -> bytes:
        piece = bytes(self._buffer[:amount])
        del self._buffer[:amount]
        return piece

    def readable(self) -> bool:
        """True: it is there to be read."""
        return True

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """The next ``amt`` bytes; fewer only at the end of the body. Without ``amt``, all there is."""
        while amt is None or amt < 0 or len(self._buffer) < amt:
            if not self._fill():
                break
        data = self._take(len(self._buffer) if amt is None or amt < 0 else amt)
        if cache_content:
            self._data = data
        return data

    def readinto(self, target: Any) -> int:
        """Fill a buffer; gives the number of bytes."""
        piece = self.read(len(target))
        target[: len(piece)] = piece
        return len(piece)

    def readline(self, size: int | None = -1) -> bytes:
        """The next line, with its end."""
        while b"\n" not in self._buffer and self._fill():
            pass
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        return self._take(end if size is None or size < 0 else min(end, size))

    def stream(self, amt: int = 2**16, decode_content: bool | None = None) -> Iterator[bytes]:
        """The body in pieces of at most ``amt`` bytes, as they come."""
        while self._buffer or self._fill():
            yield self._take(amt)

    read_chunked = stream

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.data)

    def getheaders(self) -> HTTPHeaderDict:
        """The headers."""
        return self.headers

    def getheader(self, name: str, default: Any = None) -> Any:
        """One header."""
        return self.headers.get(name, default)

    def info(self) -> HTTPHeaderDict:
        """The headers."""
        return self.headers

    def geturl(self) -> str:
        """Where the answer came from, after redirects."""
        return self._answer.url

    def release_conn(self) -> None:
        """Let go of the connection."""
        self._ended = True
        self._answer.close()

    drain_conn = release_conn

    def close(self) -> None:
        """Let go of the connection; nothing can be read any more."""
        if not self.closed:
            self.release_conn()
        super().close()
