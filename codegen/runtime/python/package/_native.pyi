"""The native module."""

from types import ModuleType
from typing import Any

class Answer:
    status: int
    reason: str
    url: str
    @property
    def data(self) -> bytes: ...
    def chunk(self) -> bytes | None: ...
    def close(self) -> None: ...
    def header_pairs(self) -> list[tuple[str, str]]: ...

class Codec:
    def __init__(self, models: ModuleType, helpers: ModuleType) -> None: ...
    def decode(self, data: str | bytes, response_type: Any, strict: bool = False) -> Any: ...
    def encode(self, value: Any) -> bytes: ...

class Connection:
    def __init__(
        self,
        *,
        verify: bool,
        ca_file: str | None,
        cert_file: str | None,
        key_file: str | None,
        check_hostname: bool,
        proxy: str | None,
        pool_size: int,
    ) -> None: ...
    def close(self) -> None: ...

class Guard:
    def __init__(self, cls: type, names: list[str]) -> None: ...
    def holds(self, obj: Any) -> bool: ...

class Caller:
    def __init__(
        self,
        codec: Codec,
        rest: ModuleType,
        schemes: dict[str, tuple[str, str, str]],
        client: Guard,
        configuration: Guard,
        rest_client: Guard,
    ) -> None: ...
    def __call__(
        self,
        client: Any,
        resource_path: str,
        method: str,
        path_params: Any,
        query_params: Any,
        header_params: Any,
        body: Any,
        post_params: Any,
        response_type: Any,
        auth_settings: Any,
        data_only: Any,
        collection_formats: Any,
        preload: bool,
        request_timeout: Any,
    ) -> Any: ...

def send(
    rest: ModuleType,
    connection: Connection,
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes | None,
    request_timeout: Any,
    streamed: bool,
) -> Answer: ...
