"""Where the server is, who is calling, and how."""

from __future__ import annotations

import base64
import copy
import logging
import os
import sys
from typing import Any, ClassVar

from . import _about

_PACKAGE = __name__.rpartition(".")[0]


class Configuration:
    """Settings of an `ApiClient`. Every attribute may be read and assigned.

    TLS, proxy and pool settings are read when an `ApiClient` is made; ``host``, credentials,
    ``safe_chars_for_path_param`` and ``temp_folder_path`` at each call.
    """

    _default: ClassVar[Configuration | None] = None

    def __init__(self) -> None:
        if self._default:
            for name, value in self._default.__dict__.items():
                self.__dict__[name] = copy.copy(value)
            return

        #: Scheme, host and base path; put before the path of each call as it is.
        self.host: str = _about.HOST
        #: Folder for downloaded files; the system's own if `None`.
        self.temp_folder_path: str | None = None

        #: API keys by parameter name.
        self.api_key: dict[str, str] = {}
        #: What to put before an API key (with a space), by parameter name.
        self.api_key_prefix: dict[str, str] = {}
        #: User name for HTTP Basic.
        self.username: str = ""
        #: Password for HTTP Basic.
        self.password: str = ""
        #: OAuth 2 access token. Empty or `None`: there is none.
        self.access_token: str | None = ""

        #: The package's logger and urllib3's.
        self.logger: dict[str, logging.Logger] = {
            "package_logger": logging.getLogger(_PACKAGE),
            "urllib3_logger": logging.getLogger("urllib3"),
        }
        self.logger_formatter: logging.Formatter
        self.logger_format = "%(asctime)s %(levelname)s %(message)s"
        self.logger_stream_handler: logging.Handler | None = None
        self.logger_file_handler: logging.Handler | None = None
        self.logger_file = None
        self.debug = False

        #: Check the server's certificate.
        self.verify_ssl: bool = True
        #: File with the certificates to believe; certifi's if `None`.
        self.ssl_ca_cert: str | None = None
        #: Client certificate.
        self.cert_file: str | None = None
        #: Key of the client certificate.
        self.key_file: str | None = None
        #: `False` takes a certificate that was made for another host.
        self.assert_hostname: bool | None = None

        #: How many idle connections to keep.
        self.connection_pool_maxsize: int | None = (os.cpu_count() or 1) * 5
        #: URL of a proxy.
        self.proxy: str | None = None
        #: Characters that are not escaped in values of path parameters.
        self.safe_chars_for_path_param: str = ""
        #: Check answers as strictly as requests: a server that breaks its own document then
        #: makes a call fail with `ValueError`.
        self.strict_answers: bool = False

    def __getstate__(self) -> dict[str, Any]:
        # Handlers hold locks and open files: those stay with the loggers, which all copies share.
        return {**self.__dict__, "logger_stream_handler": None, "logger_file_handler": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.logger_stream_handler = _standard_error()

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        """Let new configurations start as copies of this one; `None` undoes it."""
        cls._default = default

    @property
    def logger_file(self) -> str | None:
        """Path of a file for the log, instead of standard error."""
        return self.__logger_file

    @logger_file.setter
    def logger_file(self, value: str | None) -> None:
        self.__logger_file = value
        if value:
            self.logger_file_handler = logging.FileHandler(value)
            self.__change_handler(self.logger_stream_handler, self.logger_file_handler)
        else:
            self.logger_stream_handler = _standard_error()
            self.__change_handler(self.logger_file_handler, self.logger_stream_handler)
            if self.logger_file_handler:
                self.logger_file_handler.close()

    def __change_handler(self, old: logging.Handler | None, new: logging.Handler) -> None:
        new.setFormatter(self.logger_formatter)
        for logger in self.logger.values():
            logger.addHandler(new)
            if old:
                logger.removeHandler(old)

    @property
    def debug(self) -> bool:
        """Log everything, rather than warnings only."""
        return self.__debug

    @debug.setter
    def debug(self, value: bool) -> None:
        self.__debug = value
        for logger in self.logger.values():
            logger.setLevel(logging.DEBUG if value else logging.WARNING)
        # Of use to those who take the pool manager into their own hands. Importing it here would
        # make everybody pay for it.
        client = sys.modules.get("http.client")
        if value and client is None:
            import http.client as client
        if client is not None:
            client.HTTPConnection.debuglevel = 1 if value else 0

    @property
    def logger_format(self) -> str:
        """How a line of the log looks, in terms of `logging`."""
        return self.__logger_format

    @logger_format.setter
    def logger_format(self, value: str) -> None:
        self.__logger_format = value
        self.logger_formatter = logging.Formatter(value)

    def get_api_key_with_prefix(self, identifier: str) -> str | None:
        """The API key for a parameter, with its prefix if there is one; `None` without a key."""
        key = self.api_key.get(identifier)
        prefix = self.api_key_prefix.get(identifier)
        return f"{prefix} {key}" if key and prefix else key or None

    def get_basic_auth_token(self) -> str:
        """The value of `Authorization` for HTTP Basic; empty without user name and password."""
        if not self.username and not self.password:
            return ""
        pair = f"{self.username}:{self.password}".encode("latin-1")
        return "Basic " + base64.b64encode(pair).decode("ascii")

    def auth_settings(self) -> dict[str, dict[str, Any]]:
        """What each security scheme of the document sends; an empty value is not sent."""
        settings = {}
        for name, (kind, place, key) in _about.SECURITY.items():
            if kind == "api_key":
                value: str | None = self.get_api_key_with_prefix(key)
            elif kind == "basic":
                value = self.get_basic_auth_token()
            else:
                value = f"Bearer {self.access_token}" if self.access_token else ""
            settings[name] = {"type": kind, "in": place, "key": key, "value": value}
        return settings

    def to_debug_report(self) -> str:
        """What a report of a problem should begin with."""
        return (
            "Python SDK Debug Report:\n"
            f"OS: {sys.platform}\n"
            f"Python Version: {sys.version}\n"
            f"Version of the API: {_about.API_VERSION}\n"
            f"SDK Package Version: {_about.PACKAGE_VERSION}"
        )


_stream_handler: logging.Handler | None = None


def _standard_error() -> logging.Handler:
    """One handler for all configurations: with one each, every line would come out many times."""
    global _stream_handler
    if _stream_handler is None:
        _stream_handler = logging.StreamHandler()
    return _stream_handler
