"""Requests and answers."""

from __future__ import annotations

import io
import logging
import re
import sys
from typing import Any

from . import _dates, _urllib3, models
from ._headers import HTTPHeaderDict
from ._native import Answer, Codec, Connection, send
from ._stream import HTTPResponse as HTTPResponse
from .configuration import Configuration

logger = logging.getLogger(__name__)

codec = Codec(models, _dates)

_this = sys.modules[__name__]

# The native module asks for these here.
_default_ca_file = _urllib3.default_ca_file
_network_failure = _urllib3.network_failure


class RESTResponse(io.IOBase):
    """An answer that was read to its end."""

    def __init__(self, resp: Any) -> None:
        self.urllib3_response = resp
        self.status: int = resp.status
        self.reason: str = resp.reason
        self._data: Any = None

    @property
    def data(self) -> Any:
        """The body, as text."""
        if self._data is None:
            self._data = self.urllib3_response.data
            if isinstance(self._data, bytes):
                self._data = self._data.decode("utf-8")
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        self._data = value

    def getheaders(self) -> Any:
        """The headers; names are looked up without regard to letter case."""
        return _headers_of(self.urllib3_response)

    def getheader(self, name: str, default: Any = None) -> Any:
        """One header."""
        return self.getheaders().get(name, default)


class RESTClientObject:
    """Sends requests."""

    def __init__(self, configuration: Configuration, pools_size: int = 4, maxsize: int | None = None) -> None:
        self._settings = {
            "num_pools": pools_size,
            "maxsize": maxsize or configuration.connection_pool_maxsize or 4,
            "verify": bool(configuration.verify_ssl),
            "ca_file": configuration.ssl_ca_cert or None,
            "cert_file": configuration.cert_file or None,
            "key_file": configuration.key_file or None,
            "assert_hostname": configuration.assert_hostname,
            "proxy": configuration.proxy or None,
        }
        self._connection = _connection(self._settings)
        self._pool_manager: Any = None

    def __getstate__(self) -> dict[str, Any]:
        # Connections stay where they are; a copy makes its own.
        return {"_settings": dict(self._settings)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._settings = state["_settings"]
        self._connection = _connection(self._settings)
        self._pool_manager = None

    @property
    def pool_manager(self) -> Any:
        """urllib3's pool manager with the same settings. Once somebody asked for it, requests go
        through it, so that whatever is done to it has its effect."""
        if self._pool_manager is None:
            self._pool_manager = _urllib3.pool_manager(self._settings)
        return self._pool_manager

    @pool_manager.setter
    def pool_manager(self, value: Any) -> None:
        self._pool_manager = value

    @pool_manager.deleter
    def pool_manager(self) -> None:
        self._pool_manager = None

    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a request; `ApiException` if its answer has a status outside 200 to 299.

        :param query_params: pairs for the query
        :param body: body, to be written as the ``Content-Type`` says
        :param post_params: pairs for a form
        :param _preload_content: `False` gives the answer before its body is read
        :param _request_timeout: seconds in all, or a pair of seconds (to connect, to read)
        """
        method = method.upper()
        if method not in {"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"}:
            raise ValueError(
                f"http method must be `GET`, `HEAD`, `OPTIONS`, `POST`, `PATCH`, `PUT` or `DELETE`: {method}"
            )
        if post_params and body:
            raise ValueError("body parameter cannot be used with post_params parameter.")
        headers = dict(headers or {})
        headers.setdefault("Content-Type", "application/json")
        content = None
        if method in {"GET", "HEAD"}:
            query_params = list(query_params or []) + list(post_params or [])
        else:
            content = _content(headers, body, post_params)
        if query_params:
            from urllib.parse import urlencode

            url += ("&" if "?" in url else "?") + urlencode(query_params)

        if self._pool_manager is not None:
            response = self._pool_manager.request(
                method,
                url,
                body=content,
                headers=headers,
                timeout=_urllib3.timeout(_request_timeout),
                preload_content=_preload_content,
            )
        else:
            pairs = [(str(name), str(value)) for name, value in headers.items()]
            response = send(
                _this, self._connection, method, url, pairs, content, _request_timeout, not _preload_content
            )
            if not _preload_content:
                response = HTTPResponse(response)
        if _preload_content:
            response = RESTResponse(response)
            if logger.isEnabledFor(logging.DEBUG):
                logger.debug("response body: %s", response.data)
        if not 200 <= response.status <= 299:
            raise ApiException(http_resp=response)
        return response

    def GET(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a GET request; see `request`."""
        return self.request(
            "GET",
            url,
            headers=headers,
            query_params=query_params,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def HEAD(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a HEAD request; see `request`."""
        return self.request(
            "HEAD",
            url,
            headers=headers,
            query_params=query_params,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def OPTIONS(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send an OPTIONS request; see `request`."""
        return self.request(
            "OPTIONS",
            url,
            headers=headers,
            query_params=query_params,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def DELETE(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a DELETE request; see `request`."""
        return self.request(
            "DELETE",
            url,
            headers=headers,
            query_params=query_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def POST(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a POST request; see `request`."""
        return self.request(
            "POST",
            url,
            headers=headers,
            query_params=query_params,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def PUT(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a PUT request; see `request`."""
        return self.request(
            "PUT",
            url,
            headers=headers,
            query_params=query_params,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )

    def PATCH(
        self,
        url: str,
        headers: Any = None,
        query_params: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a PATCH request; see `request`."""
        return self.request(
            "PATCH",
            url,
            headers=headers,
            query_params=query_params,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )


class ApiException(Exception):
    """A refusal of the server, or a value that could not be read or written.

    ``status`` is the HTTP status, or 0 for failures on this side; ``reason`` the phrase beside it,
    or the message; ``body`` and ``headers`` are those of the answer, if there was one.
    """

    def __init__(self, status: int | None = None, reason: str | None = None, http_resp: Any = None) -> None:
        self.status: int | None = status
        self.reason: str | None = reason
        self.body: Any = None
        self.headers: Any = None
        if http_resp is not None:
            self.status = http_resp.status
            self.reason = http_resp.reason
            self.body = http_resp.data
            self.headers = _headers_of(http_resp)

    def __reduce__(self) -> Any:
        return type(self), (self.status, self.reason), self.__dict__

    def __str__(self) -> str:
        text = f"({self.status})\nReason: {self.reason}\n"
        if self.headers:
            text += f"HTTP response headers: {self.headers}\n"
        if self.body:
            text += f"HTTP response body: {self.body}\n"
        return text


def _headers_of(response: Any) -> Any:
    if isinstance(response, Answer):
        return HTTPHeaderDict(response.header_pairs())
    if hasattr(response, "getheaders"):
        return response.getheaders()
    # urllib3 2 has the attribute only.
    return response.headers


def _content(headers: dict[str, Any], body: Any, post_params: Any) -> bytes | None:
    content_type = str(headers["Content-Type"])
    if re.search("json", content_type, re.IGNORECASE):
        return None if body is None else codec.encode(body)
    if content_type == "application/x-www-form-urlencoded":
        from urllib.parse import urlencode

        return urlencode(post_params).encode() if post_params else None
    if content_type == "multipart/form-data":
        from urllib3.filepost import encode_multipart_formdata

        # Only this knows the boundary.
        content, headers["Content-Type"] = encode_multipart_formdata(_fields(post_params))
        return content
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if body is None:
        return None
    raise ApiException(
        status=0,
        reason=f"A value of type {type(body).__name__} cannot be sent as {content_type}; give a str or bytes.",
    )


def _fields(post_params: Any) -> list[tuple[str, Any]]:
    pairs = []
    for name, value in post_params or []:
        # A file is a tuple of its name, its bytes and its type.
        pairs.append((name, value if isinstance(value, (bytes, tuple)) else str(value)))
    return pairs


def _connection(settings: dict[str, Any]) -> Connection:
    return Connection(
        verify=settings["verify"],
        ca_file=settings["ca_file"],
        cert_file=settings["cert_file"],
        key_file=settings["key_file"],
        check_hostname=settings["assert_hostname"] is not False,
        proxy=settings["proxy"],
        pool_size=settings["maxsize"],
    )
