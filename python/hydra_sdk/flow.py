"""A person signs in: the authorization code flow, from the first redirect to a verified ID token.

::

    configuration = hydra_sdk.Configuration()
    configuration.host = "https://localhost:4444"
    flow = AuthorizationCodeFlow(
        configuration, "photos", "https://photos.example/callback",
        client_secret="secret", scopes=["openid", "offline", "photos.read"],
    )

    request = flow.start()                         # 1. send the browser to request.url
    session["login"] = request.to_json()           #    and keep the request with its session

    request = AuthorizationRequest.from_json(session.pop("login"))
    tokens = flow.finish(request, callback_url)    # 2. the browser came back
    if tokens.id_token:
        print("hello", tokens.id_token.subject)

    if tokens.refresh_token:
        tokens = flow.refresh(tokens.refresh_token)    # 3. later, without the person

``state`` (RFC 6749 section 10.12), PKCE (RFC 7636), ``nonce`` and who answered (RFC 9207) are made and checked by
the native module, as are ID tokens. Calls go through `OAuth2Api`, with the configuration's TLS settings and proxies.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import quote

from ._native import AnswerError as AnswerError
from ._native import AuthorizationRefused as AuthorizationRefused
from ._native import AuthorizationRequest as AuthorizationRequest
from ._native import FlowError as FlowError
from ._native import IdTokenError as IdTokenError
from ._native import verify_id_token as _verify
from .api.o_auth2_api import OAuth2Api
from .api_client import ApiClient
from .configuration import Configuration
from .models.o_auth2_token_response import OAuth2TokenResponse
from .models.well_known import WellKnown
from .rest import ApiException


class TokenRefused(FlowError):
    """The token endpoint said no; with code ``invalid_grant`` the person has to sign in again.

    The `hydra_sdk.rest.ApiException` with the whole answer is the ``__cause__``.
    """

    def __init__(self, message: str, status: int, code: str | None) -> None:
        super().__init__(message)
        #: HTTP status of the answer.
        self.status = status
        #: ``error`` of the answer (RFC 6749 section 5.2), if it has one.
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.status, self.code)


@dataclass(frozen=True)
class IdToken:
    """A verified ID token."""

    #: The token as it came, such as for the ``id_token_hint`` of a logout.
    raw: str = field(repr=False)
    #: Everything that it says.
    claims: dict[str, Any] = field(repr=False)

    @property
    def subject(self) -> str:
        """Who signed in: a name that never changes and belongs to nobody else at this server."""
        return str(self.claims["sub"])

    @property
    def issuer(self) -> str:
        """The server that says so."""
        return str(self.claims["iss"])

    @property
    def auth_time(self) -> float | None:
        """When the person last gave their password, in seconds since 1970, if the server tells."""
        return self.claims.get("auth_time")


@dataclass(frozen=True)
class Tokens:
    """The answer of the token endpoint, with the ID token already verified."""

    #: What to call the API with.
    access_token: str = field(repr=False)
    #: For how many seconds the access token is good, if the server tells.
    expires_in: int | None
    #: What gets the next tokens without the person; `None` unless ``offline`` was granted.
    refresh_token: str | None = field(repr=False)
    #: The scopes granted. A person may grant fewer than were asked for.
    scopes: tuple[str, ...]
    #: Who signed in; `None` unless ``openid`` was granted.
    id_token: IdToken | None


class AuthorizationCodeFlow:
    """The authorization code flow of one OAuth 2.0 client. Make one and share it, between threads too.

    :param configuration: how to reach the server; a copy is used, without its credentials
    :param client_id: the client's id
    :param redirect_uri: where answers go: one that the client is registered with
    :param client_secret: the client's secret; `None` for a public client, such as an app on a phone
    :param scopes: the scopes to ask for: ``openid`` to learn who it is, ``offline`` for a refresh token
    :param issuer: who has to answer and to sign; default: what the server's discovery document says
    :param authorization_url: where to send browsers; default: what the server's discovery document says
    :param leeway: how far the clocks of server and client may be apart, in seconds
    :param clock: gives the time in seconds since 1970
    """

    def __init__(
        self,
        configuration: Configuration,
        client_id: str,
        redirect_uri: str,
        *,
        client_secret: str | None = None,
        scopes: Iterable[str] = (),
        issuer: str | None = None,
        authorization_url: str | None = None,
        leeway: int = 60,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if isinstance(scopes, str):
            raise TypeError("scopes is a list of texts, not one text")
        own = copy.deepcopy(configuration)
        own.access_token = ""
        # RFC 6749 section 2.3.1: both are encoded before they become user name and password.
        own.username = quote(client_id, safe="") if client_secret is not None else ""
        own.password = quote(client_secret, safe="") if client_secret is not None else ""
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.scopes = tuple(scopes)
        self._api = OAuth2Api(ApiClient(own))
        self._public = client_secret is None
        self._issuer = issuer
        self._authorization_url = authorization_url
        self._leeway = leeway
        self._clock = clock
        self._well_known: WellKnown | None = None
        self._keys: bytes | None = None

    def start(
        self,
        *,
        prompt: str | None = None,
        max_age: int | None = None,
        login_hint: str | None = None,
        **parameters: str,
    ) -> AuthorizationRequest:
        """A new request: send the browser to its `url`, and keep it until the browser comes back.

        Keep it on the server's side or encrypted (`to_json`, `pickle`), and use it once.

        :param prompt: how to ask the person: ``none``, ``login``, ``consent``
        :param max_age: how many seconds ago the person may have signed in; else they have to do it again
        :param login_hint: who is expected to sign in, such as an e-mail address
        :param parameters: any other parameter of the authorization request
        """
        server = self._discover()
        more = {"prompt": prompt, "login_hint": login_hint, **parameters}
        return AuthorizationRequest.new(
            self._authorization_url or server.authorization_endpoint,
            self.client_id,
            self.redirect_uri,
            issuer=self._issuer or server.issuer,
            issuer_is_named=bool(getattr(server, "authorization_response_iss_parameter_supported", False)),
            scopes=list(self.scopes),
            max_age=max_age,
            parameters=[(name, value) for name, value in more.items() if value is not None],
        )

    def finish(self, request: AuthorizationRequest, callback_url: str) -> Tokens:
        """Checks what the browser brought back, exchanges the code for tokens, and verifies the ID token.

        :param request: what `start` gave for this browser
        :param callback_url: the URL that the browser came back to; path and query, or the query alone, will do
        :raises AnswerError: if it is no answer to the request
        :raises AuthorizationRefused: if the server said no, such as because the person declined
        :raises TokenRefused: if the server refuses the code
        :raises IdTokenError: if the ID token is not to be believed
        """
        code = request.answer(callback_url)
        answer = self._ask(
            grant_type="authorization_code",
            code=code,
            redirect_uri=request.redirect_uri,
            code_verifier=request.code_verifier,
        )
        return self._tokens(answer, request)

    def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens. This refresh token is then used up: keep the one in the answer.

        If there is an ID token, its subject should be whom you know already.

        :raises TokenRefused: if the server refuses
        """
        return self._tokens(self._ask(grant_type="refresh_token", refresh_token=refresh_token), None, refresh_token)

    def verify_id_token(
        self,
        token: str,
        *,
        nonce: str | None = None,
        access_token: str | None = None,
        max_age: int | None = None,
    ) -> IdToken:
        """Verifies an ID token that came by another way than this flow.

        :raises IdTokenError: if it is not to be believed
        """

        def verify(keys: bytes) -> IdToken:
            claims = _verify(
                token,
                keys,
                issuer=self._issuer or self._discover().issuer,
                client_id=self.client_id,
                nonce=nonce,
                access_token=access_token,
                max_age=max_age,
                leeway=self._leeway,
                now=int(self._clock()),
            )
            return IdToken(token, json.loads(claims))

        if self._keys is not None:
            try:
                return verify(self._keys)
            except IdTokenError as error:
                # The server may have got a new key since.
                if not error.unknown_key:
                    raise
        self._keys = self._api.well_known(_preload_content=False).data
        return verify(self._keys)

    def _discover(self) -> WellKnown:
        if self._well_known is None:
            self._well_known = self._api.get_well_known()
        return self._well_known

    def _ask(self, **form: Any) -> OAuth2TokenResponse:
        if self._public:
            # RFC 6749 section 4.1.3: who cannot authenticate says who it is.
            form["client_id"] = self.client_id
        try:
            answer: OAuth2TokenResponse = self._api.oauth_token(**form)
            return answer
        except ApiException as error:
            code, description = _told(error.body)
            said = ": ".join(part for part in (code, description) if part)
            message = f"the token endpoint refused: {said or f'{error.status} {error.reason}'}"
            raise TokenRefused(message, error.status or 0, code) from error

    def _tokens(
        self, answer: OAuth2TokenResponse, request: AuthorizationRequest | None, refresh_token: str | None = None
    ) -> Tokens:
        # RFC 6749 section 5.1: no `scope` means that all was granted that was asked for.
        if answer.scope is not None:
            scopes = tuple(answer.scope.split())
        else:
            scopes = self.scopes if request is None else tuple(request.scopes)
        id_token = None
        if answer.id_token:
            id_token = self.verify_id_token(
                answer.id_token,
                nonce=request.nonce if request else None,
                access_token=answer.access_token,
                max_age=request.max_age if request else None,
            )
        elif request and "openid" in scopes:
            raise IdTokenError("the ID token is refused: there is none, although `openid` was granted")
        return Tokens(
            access_token=answer.access_token,
            expires_in=answer.expires_in,
            # RFC 6749 section 6: the server may leave the old one in force.
            refresh_token=answer.refresh_token or refresh_token,
            scopes=scopes,
            id_token=id_token,
        )


def _told(body: str | bytes | None) -> tuple[str | None, str | None]:
    """``error`` and ``error_description`` of a refusal, where they are texts."""
    try:
        told = json.loads(body or "")
    except ValueError:
        return None, None
    if not isinstance(told, dict):
        return None, None
    code, description = told.get("error"), told.get("error_description")
    return (code if isinstance(code, str) else None), (description if isinstance(description, str) else None)
