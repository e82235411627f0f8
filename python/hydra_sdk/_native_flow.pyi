"""What `src/flow.rs` adds to the native module."""

__all__ = [
    "AnswerError",
    "AuthorizationRefused",
    "AuthorizationRequest",
    "FlowError",
    "IdTokenError",
    "verify_id_token",
]

class FlowError(Exception):
    """A person could not be signed in, or a token not be had."""

class AnswerError(FlowError):
    """What the browser brought back is no answer to the request."""

class AuthorizationRefused(FlowError):
    """The authorization server said no, such as because the person declined."""

    code: str
    description: str | None

class IdTokenError(FlowError):
    """The ID token is not to be believed."""

    unknown_key: bool

class AuthorizationRequest:
    """One attempt to sign a person in: where to send the browser, and the secrets to check its answer with."""

    @staticmethod
    def new(
        endpoint: str,
        client_id: str,
        redirect_uri: str,
        *,
        issuer: str,
        issuer_is_named: bool,
        scopes: list[str],
        max_age: int | None,
        parameters: list[tuple[str, str]],
    ) -> AuthorizationRequest: ...
    @staticmethod
    def from_json(text: str) -> AuthorizationRequest: ...
    @property
    def url(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def nonce(self) -> str | None: ...
    @property
    def code_verifier(self) -> str: ...
    @property
    def redirect_uri(self) -> str: ...
    @property
    def scopes(self) -> list[str]: ...
    @property
    def max_age(self) -> int | None: ...
    def answer(self, callback: str) -> str: ...
    def to_json(self) -> str: ...

def verify_id_token(
    token: str,
    keys: bytes,
    *,
    issuer: str,
    client_id: str,
    nonce: str | None,
    access_token: str | None,
    max_age: int | None,
    leeway: int,
    now: int,
) -> str: ...
