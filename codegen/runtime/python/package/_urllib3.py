"""What is shared with urllib3: its exceptions, and its pool manager for those who want it.

urllib3 is imported by those functions only: it takes long, and most programs never need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import urllib3


def default_ca_file() -> str | None:
    try:
        import certifi
    except ImportError:
        # The system's certificates then.
        return None
    return certifi.where()


def pool_manager(settings: dict[str, Any]) -> urllib3.PoolManager:
    import urllib3

    arguments = {
        "num_pools": settings["num_pools"],
        "maxsize": settings["maxsize"],
        "cert_reqs": "CERT_REQUIRED" if settings["verify"] else "CERT_NONE",
        "ca_certs": settings["ca_file"] or default_ca_file(),
        "cert_file": settings["cert_file"],
        "key_file": settings["key_file"],
    }
    if settings["assert_hostname"] is not None:
        arguments["assert_hostname"] = settings["assert_hostname"]
    if settings["proxy"]:
        return urllib3.ProxyManager(proxy_url=settings["proxy"], **arguments)
    return urllib3.PoolManager(**arguments)


def timeout(value: Any) -> Any:
    import urllib3

    if isinstance(value, (int, float)) and value:
        return urllib3.Timeout(total=value)
    if isinstance(value, tuple) and len(value) == 2:
        return urllib3.Timeout(connect=value[0], read=value[1])
    return None


def network_failure(kind: str, message: str, url: str, repeatable: bool) -> Exception:
    """urllib3's exception for a call that got no answer: programs catch those."""
    from urllib3 import exceptions

    error: exceptions.HTTPError
    if kind == "redirect":
        return exceptions.MaxRetryError(None, url, exceptions.ResponseError("too many redirects"))  # type: ignore[arg-type]
    if kind == "tls":
        error = exceptions.SSLError(message)
    elif kind == "connect_timeout":
        error = exceptions.ConnectTimeoutError(message)
    elif kind == "read_timeout":
        error = exceptions.ReadTimeoutError(None, url, message)  # type: ignore[arg-type]
    elif kind in {"connect", "name_resolution"}:
        error = exceptions.NewConnectionError(None, message)  # type: ignore[arg-type]
    else:
        error = exceptions.ProtocolError("Connection aborted.", message)
    if kind in {"read_timeout", "protocol"} and not repeatable:
        return error
    return exceptions.MaxRetryError(None, url, error)  # type: ignore[arg-type]
