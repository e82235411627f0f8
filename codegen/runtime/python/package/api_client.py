"""The way from an API method to the server and back."""

from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING, Any, ClassVar

from . import _about, rest
from ._native import Answer, Caller, Guard
from .configuration import Configuration

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool


class ApiClient:
    """What all API objects share: the configuration, the connections, and how calls are made.

    Every step is a method of its own that may be replaced, on the object, on the class or by
    subclassing; the call then takes the long way through these methods. As long as nobody does,
    the native module goes the same way in one go.

    :param configuration: `Configuration` of this client; a new one if `None`
    :param header_name: a header for every call
    :param header_value: its value
    :param cookie: value of the ``Cookie`` header
    """

    PRIMITIVE_TYPES: ClassVar[tuple[type, ...]] = (float, bool, bytes, str, int)
    NATIVE_TYPES_MAPPING: ClassVar[dict[str, type]] = {
        "int": int,
        "long": int,
        "float": float,
        "str": str,
        "bool": bool,
        "date": datetime.date,
        "datetime": datetime.datetime,
        "object": object,
    }

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
    ) -> None:
        self.configuration = Configuration() if configuration is None else configuration
        self._pool: ThreadPool | None = None
        self.rest_client = rest.RESTClientObject(self.configuration)
        #: Headers of every call. They count more than those of the method.
        self.default_headers: dict[str, str] = {}
        if header_name is not None:
            self.default_headers[header_name] = header_value  # type: ignore[assignment]
        self.cookie = cookie
        self.user_agent = _about.USER_AGENT

    def __del__(self) -> None:
        pool = self.__dict__.get("_pool")
        if pool is not None:
            pool.close()
            pool.join()

    def __getstate__(self) -> dict[str, Any]:
        # Threads cannot be copied, and `last_response` belongs to the calls of this one.
        return {**{k: v for k, v in self.__dict__.items() if k != "_last_response"}, "_pool": None}

    @property
    def pool(self) -> ThreadPool:
        """The threads of asynchronous calls, started when the first one is made."""
        if self._pool is None:
            from multiprocessing.pool import ThreadPool

            self._pool = ThreadPool()
        return self._pool

    @property
    def user_agent(self) -> str:
        """The ``User-Agent`` header."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.default_headers["User-Agent"] = value

    @property
    def last_response(self) -> Any:
        """The answer of the latest call that succeeded. There is none before that."""
        response = self.__dict__.get("_last_response")
        if response is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'last_response'")
        if isinstance(response, Answer):
            response = self._last_response = rest.RESTResponse(response)
        return response

    @last_response.setter
    def last_response(self, value: Any) -> None:
        self._last_response = value

    @last_response.deleter
    def last_response(self) -> None:
        del self._last_response

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Set a header of every call."""
        self.default_headers[header_name] = header_value

    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: Any = None,
        body: Any = None,
        post_params: Any = None,
        files: Any = None,
        response_type: Any = None,
        auth_settings: Any = None,
        async_req: Any = None,
        _return_http_data_only: Any = None,
        collection_formats: Any = None,
        _preload_content: Any = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Make a call.

        :param resource_path: path with ``{names}``
        :param method: HTTP method
        :param path_params: values for the names in the path
        :param query_params: pairs for the query
        :param header_params: headers
        :param body: request body
        :param post_params: pairs for a form
        :param files: paths of files for a form, by field
        :param response_type: what the answer is read as: a type string or a class
        :param auth_settings: names of security schemes
        :param async_req: make the call in another thread
        :param _return_http_data_only: data alone, without status and headers
        :param collection_formats: how lists are written, by parameter
        :param _preload_content: `False` gives the answer before its body is read
        :param _request_timeout: seconds in all, or a pair of seconds (to connect, to read)
        :return: the data, or a tuple of data, status and headers; with ``async_req`` an object
            whose ``get()`` returns that
        """
        if async_req:
            arguments = (
                resource_path,
                method,
                path_params,
                query_params,
                header_params,
                body,
                post_params,
                files,
                response_type,
                auth_settings,
                None,
                _return_http_data_only,
                collection_formats,
                _preload_content,
                _request_timeout,
            )
            return self.pool.apply_async(self.__call_api, arguments)
        if not files:
            result = _call(
                self,
                resource_path,
                method,
                path_params,
                query_params,
                header_params,
                body,
                post_params,
                response_type,
                auth_settings,
                _return_http_data_only,
                collection_formats,
                bool(_preload_content),
                _request_timeout,
            )
            if result is not NotImplemented:
                return result

        headers = dict(header_params or {})
        headers.update(self.default_headers)
        if self.cookie:
            headers["Cookie"] = self.cookie
        headers = dict(self.parameters_to_tuples(self.sanitize_for_serialization(headers), collection_formats))

        for name, value in self.__pairs(path_params, collection_formats):
            if str(value) in {".", ".."}:
                raise ValueError(f"Invalid value for the path parameter `{name}`: `{value}` leads to another path")
            resource_path = resource_path.replace(f"{{{name}}}", self.__quote(str(value)))
        query_params = self.__pairs(query_params, collection_formats)
        if post_params or files:
            post_params = self.__pairs(self.prepare_post_parameters(post_params, files), collection_formats)
        self.update_params_for_auth(headers, query_params, auth_settings)
        if body:
            body = self.sanitize_for_serialization(body)

        response = self.request(
            method,
            self.configuration.host + resource_path,
            query_params=query_params,
            headers=headers,
            post_params=post_params,
            body=body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )
        self.last_response = response
        data = response
        if _preload_content:
            data = self.deserialize(response, response_type) if response_type else None
        if _return_http_data_only:
            return data
        return data, response.status, response.getheaders()

    # For threads: whoever replaced `call_api` was asked already when the call was handed over.
    __call_api = call_api

    def __pairs(self, params: Any, collection_formats: Any) -> list[tuple[str, Any]]:
        if not params:
            return []
        return self.parameters_to_tuples(self.sanitize_for_serialization(params), collection_formats)

    def __quote(self, text: str) -> str:
        from urllib.parse import quote

        return quote(text, safe=self.configuration.safe_chars_for_path_param)

    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: Any = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Send a request by the method of ``rest_client`` that is called like its HTTP method."""
        common = {
            "headers": headers,
            "query_params": query_params,
            "_preload_content": _preload_content,
            "_request_timeout": _request_timeout,
        }
        if method in {"GET", "HEAD"}:
            return getattr(self.rest_client, method)(url, **common)
        if method == "DELETE":
            return self.rest_client.DELETE(url, body=body, **common)
        if method in {"OPTIONS", "POST", "PATCH", "PUT"}:
            return getattr(self.rest_client, method)(url, post_params=post_params, body=body, **common)
        raise ValueError("http method must be `GET`, `HEAD`, `OPTIONS`, `POST`, `PATCH`, `PUT` or `DELETE`.")

    def sanitize_for_serialization(self, obj: Any) -> Any:
        """What JSON can say of a value: models become dicts by their JSON names, without the
        properties that are `None`; dates become texts."""
        if obj is None or isinstance(obj, self.PRIMITIVE_TYPES):
            return obj
        if isinstance(obj, list):
            return [self.sanitize_for_serialization(item) for item in obj]
        if isinstance(obj, tuple):
            return tuple(self.sanitize_for_serialization(item) for item in obj)
        if isinstance(obj, datetime.date):
            return obj.isoformat()
        if not isinstance(obj, dict):
            values = {obj.attribute_map[name]: getattr(obj, name) for name in obj.swagger_types}
            obj = {name: value for name, value in values.items() if value is not None}
        return {name: self.sanitize_for_serialization(value) for name, value in obj.items()}

    def deserialize(self, response: Any, response_type: Any) -> Any:
        """Read an answer: anything with ``data`` will do.

        :param response_type: a type string (``list[OAuth2Client]``) or a class
        """
        if response_type == "file":
            return self.__deserialize_file(response)
        return rest.codec.decode(response.data, response_type, getattr(self.configuration, "strict_answers", False))

    def __deserialize_file(self, response: Any) -> str:
        import tempfile

        descriptor, path = tempfile.mkstemp(dir=self.configuration.temp_folder_path)
        disposition = response.getheader("Content-Disposition")
        named = disposition and re.search(r'filename=[\'"]?([^\'"\s]+)[\'"]?', disposition)
        # The server may name the file, but not the folder.
        name = os.path.basename(named.group(1).replace("\\", "/")) if named else ""
        raw = getattr(response, "urllib3_response", response)
        data = raw.data
        with os.fdopen(descriptor, "wb") as file:
            file.write(data if isinstance(data, bytes) else str(data).encode())
        if name not in {"", ".", ".."}:
            target = os.path.join(os.path.dirname(path), name)
            os.replace(path, target)
            return target
        return path

    def parameters_to_tuples(self, params: Any, collection_formats: Any) -> list[tuple[str, Any]]:
        """Parameters as pairs, with lists written as their collection format says."""
        formats = collection_formats or {}
        joints = {"ssv": " ", "tsv": "\t", "pipes": "|"}
        pairs: list[tuple[str, Any]] = []
        for name, value in params.items() if isinstance(params, dict) else params:
            if name not in formats:
                pairs.append((name, value))
            elif formats[name] == "multi":
                pairs.extend((name, item) for item in value)
            else:
                joint = joints.get(formats[name], ",")
                pairs.append((name, joint.join(str(item) for item in value)))
        return pairs

    def prepare_post_parameters(self, post_params: Any = None, files: Any = None) -> list[Any]:
        """The fields of a form, and behind them its files: paths, bytes, open files, or tuples of
        name, content and media type."""
        params = list(post_params) if post_params else []
        for field, given in (files or {}).items():
            if not given:
                continue
            from ._styles import file

            params.extend((field, file(one)) for one in (given if isinstance(given, list) else [given]))
        return params

    def select_header_accept(self, accepts: list[str] | None) -> str | None:
        """The ``Accept`` header for these media types: JSON alone if it is among them."""
        if not accepts:
            return None
        if "application/json" in accepts:
            return "application/json"
        accepts = [accept.lower() for accept in accepts]
        return "application/json" if "application/json" in accepts else ", ".join(accepts)

    def select_header_content_type(self, content_types: list[str] | None) -> str:
        """The ``Content-Type`` header for these media types: JSON if it can be, else the first."""
        if not content_types or "application/json" in content_types:
            return "application/json"
        content_types = [content_type.lower() for content_type in content_types]
        if "application/json" in content_types or "*/*" in content_types:
            return "application/json"
        return content_types[0]

    def update_params_for_auth(self, headers: Any, querys: Any, auth_settings: Any) -> None:
        """Add the credentials for these security schemes to headers and query."""
        for name in auth_settings or ():
            setting = self.configuration.auth_settings().get(name)
            if not setting or not setting["value"]:
                continue
            if setting["in"] == "header":
                headers[setting["key"]] = setting["value"]
            elif setting["in"] == "query":
                querys.append((setting["key"], setting["value"]))
            elif setting["in"] == "cookie":
                cookies = [headers["Cookie"]] if headers.get("Cookie") else []
                headers["Cookie"] = "; ".join([*cookies, f"{setting['key']}={setting['value']}"])
            else:
                raise ValueError("Authentication token must be in `query` or `header`")


_call = Caller(
    rest.codec,
    rest,
    _about.SECURITY,
    Guard(
        ApiClient,
        [
            "request",
            "sanitize_for_serialization",
            "deserialize",
            "parameters_to_tuples",
            "prepare_post_parameters",
            "update_params_for_auth",
        ],
    ),
    Guard(Configuration, ["auth_settings", "get_api_key_with_prefix", "get_basic_auth_token"]),
    Guard(rest.RESTClientObject, ["request", "GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH"]),
)
