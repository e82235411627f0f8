"""The demo login-and-consent application: the part of signing people in that an authorization server leaves to
its owner. It asks a person who they are and what they allow, and tells the server.

    pip install flask
    export HYDRA_URL=https://localhost:4444 HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=…
    python consent_app.py

The client needs the grant ``client_credentials``, the scope ``hydra.consent``, and a policy that lets it ``get``,
``accept`` and ``reject`` ``rn:hydra:oauth2:consent:requests:<.*>``. The server needs
``CONSENT_URL=http://localhost:3000/consent``. ``make run CONSENT_APP=python`` sets all of that up.

HYDRA_URL, HYDRA_CLIENT_ID, HYDRA_CLIENT_SECRET
    the server, and who this application is to it
HYDRA_SKIP_TLS_VERIFY=1
    accept the server's self-signed certificate; NODE_TLS_REJECT_UNAUTHORIZED=0 means the same
PORT, HOST
    where to listen; 3000 and 127.0.0.1 unless set. In a container set HOST=0.0.0.0
COOKIE_SECRET
    signs cookies; set it to the same text in all processes if there are several

``sdk/examples/consent_app`` is the same application in Rust. Both show the pages that lie there.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import flask
import hydra_sdk
from flask import abort, redirect, render_template, request, session, url_for
from hydra_sdk.rest import ApiException
from urllib3.exceptions import HTTPError
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

PAGES = Path(__file__).resolve().parents[2] / "sdk" / "examples" / "consent_app" / "templates"

#: For how many seconds a remembered decision holds.
REMEMBERED = 30 * 24 * 60 * 60
#: For how many seconds somebody who gave their password may take to decide. A consent request does not last longer.
DECISION = 600


# ---- people ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. A real application would ask its own database."""

    email: str
    password: str
    #: Names the person to clients, for ever: not the e-mail address, which may change.
    subject: str
    name: str
    nickname: str

    def claims(self, granted: list[str]) -> dict[str, Any]:
        """What the ID token may say of the person, by what was granted (OpenID Connect Core 1.0 section 5.4)."""
        claims: dict[str, Any] = {}
        if "profile" in granted:
            claims.update(name=self.name, nickname=self.nickname)
        if "email" in granted:
            claims.update(email=self.email, email_verified=True)
        return claims


PEOPLE = [Person("dan@acme.com", "secret", "user:12345:dandean", "Dan Dean", "Danny")]


def with_password(email: str, password: str) -> Person | None:
    person = next((person for person in PEOPLE if person.email == email.strip().lower()), None)
    return person if person and hmac.compare_digest(person.password.encode(), password.encode()) else None


def with_subject(subject: str) -> Person | None:
    return next((person for person in PEOPLE if person.subject == subject), None)


# ---- the authorization server -----------------------------------------------------------------------------------


class Hydra:
    """The consent requests of the server, with an access token that is fetched when needed, and renewed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.configuration = hydra_sdk.Configuration()
        self.configuration.host = environment["HYDRA_URL"].rstrip("/")
        # RFC 6749 section 2.3.1: both are encoded before they become user name and password.
        self.configuration.username = quote(environment["HYDRA_CLIENT_ID"], safe="")
        self.configuration.password = quote(environment["HYDRA_CLIENT_SECRET"], safe="")
        self.configuration.verify_ssl = not (
            environment.get("HYDRA_SKIP_TLS_VERIFY") in ("1", "true", "yes")
            or environment.get("NODE_TLS_REJECT_UNAUTHORIZED") == "0"
        )
        self._api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(self.configuration))
        self._until = 0.0
        self._lock = threading.Lock()

    def api(self) -> hydra_sdk.OAuth2Api:
        """The API, with a token that is good for another minute."""
        with self._lock:
            if time.monotonic() >= self._until:
                token = self._api.oauth_token(grant_type="client_credentials", scope="hydra.consent")
                self.configuration.access_token = token.access_token
                self._until = time.monotonic() + (token.expires_in or 0) - 60
        return self._api

    def get(self, consent: str) -> hydra_sdk.OAuth2ConsentRequest:
        return self.api().get_o_auth2_consent_request(consent)


# ---- pages --------------------------------------------------------------------------------------------------------

app = flask.Flask(__name__, template_folder=str(PAGES), static_folder=None)
app.secret_key = os.environ.get("COOKIE_SECRET") or secrets.token_bytes(32)
# Behind HTTPS set SESSION_COOKIE_SECURE as well.
app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_NAME="session")


class Problem(Exception):
    """What can go wrong, from a person's point of view, by the name that `failure.html` knows it by."""

    def __init__(self, name: str, status: HTTPStatus, told: str | None = None) -> None:
        super().__init__(name)
        self.name, self.status, self.told = name, status, told


@app.errorhandler(Problem)
def tell(problem: Problem) -> tuple[str, int]:
    return render_template("failure.html", problem=problem.name, told=problem.told), problem.status


@app.errorhandler(ApiException)
def tell_refusal(error: ApiException) -> tuple[str, int]:
    if error.status == HTTPStatus.NOT_FOUND:
        return tell(Problem("unknown", HTTPStatus.NOT_FOUND))
    if error.status in (HTTPStatus.CONFLICT, HTTPStatus.GONE):
        return tell(Problem("over", HTTPStatus.GONE))
    if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        app.logger.error("the server refused: %s %s", error.status, error.body)
        return tell(Problem("not_allowed", HTTPStatus.BAD_GATEWAY))
    return tell_silence(error)


@app.errorhandler(HTTPError)
def tell_silence(error: Exception) -> tuple[str, int]:
    app.logger.error("the server does not answer: %s", error)
    return tell(Problem("silence", HTTPStatus.BAD_GATEWAY))


@app.after_request
def protect(response: flask.Response) -> flask.Response:
    """No script, nothing from elsewhere, in no frame; and the address, which names the consent request, goes nowhere
    else."""
    policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    # Browsers hold redirects after a form to `form-action` as well, and from the consent page they lead to the client,
    # whose address is not known here.
    if request.endpoint != "consent":
        policy += "; form-action 'self'"
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def csrf() -> str:
    """What a form of this session has to bring along, so that no other site can send it."""
    token = session.setdefault("csrf", secrets.token_urlsafe(16))
    return str(token)


def check_csrf() -> None:
    given, ours = request.form.get("csrf", ""), session.get("csrf", "")
    if not ours or not hmac.compare_digest(given.encode(), str(ours).encode()):
        raise Problem("not_our_form", HTTPStatus.FORBIDDEN)


def consent_id() -> str:
    consent = request.values.get("consent", "")
    if not consent:
        raise Problem("nothing_to_do", HTTPStatus.BAD_REQUEST)
    return consent


def client_name(asked: hydra_sdk.OAuth2ConsentRequest) -> str:
    return asked.client_name or asked.client_id or "an application"


@app.get("/")
def home() -> str:
    return render_template("home.html")


@app.get("/style.css")
def style() -> flask.Response:
    return flask.send_from_directory(PAGES, "style.css")


# ---- who is it? ---------------------------------------------------------------------------------------------------


@app.get("/login")
def login() -> str:
    return login_form(consent_id())


@app.post("/login")
def check_password() -> Response | tuple[str, int]:
    """Checks the password, and goes on to the question of what is allowed."""
    check_csrf()
    consent, email = consent_id(), request.form.get("email", "")
    person = with_password(email, request.form.get("password", ""))
    if person is None:
        return login_form(consent, wrong=email), HTTPStatus.UNPROCESSABLE_ENTITY
    # Several requests can go on in one browser; of those that nobody finishes, the oldest are dropped.
    logins = [entry for entry in session.get("logins", []) if entry[0] != consent]
    session["logins"] = [*logins, (consent, person.subject, int(time.time()))][-8:]
    return redirect(url_for("consent", consent=consent), HTTPStatus.SEE_OTHER)


def login_form(consent: str, wrong: str | None = None) -> str:
    asked = hydra().get(consent)
    return render_template(
        "login.html",
        client=client_name(asked),
        consent=consent,
        csrf=csrf(),
        email=asked.login_hint or "" if wrong is None else wrong,
        wrong=wrong is not None,
    )


def logged_in_here(consent: str) -> tuple[str, int] | None:
    """Who logged in for this very request, and when."""
    for known, subject, at in session.get("logins", []):
        if known == consent and 0 <= time.time() - at <= DECISION:
            return str(subject), int(at)
    return None


def who(asked: hydra_sdk.OAuth2ConsentRequest, consent: str) -> tuple[str, int | None] | None:
    """Who answers: whoever logged in for this very request, or else whom the server knows to be logged in.

    The server names nobody whose login is longer ago than the client wants (``max_age``); that the client wants a new
    login in any case (``prompt``) is looked at here once more.
    """
    here = logged_in_here(consent)
    if here:
        return here
    if asked.subject and not {"login", "select_account"} & set((asked.prompt or "").split()):
        return asked.subject, None
    return None


# ---- what may the client do? ----------------------------------------------------------------------------------------


@app.get("/consent")
def consent() -> Response | str:
    """Shows what the client asks for, to somebody who is known."""
    if "error" in request.args:
        told = request.args.get("error_description") or request.args["error"]
        raise Problem("told", HTTPStatus.BAD_REQUEST, told)
    id = consent_id()
    asked = hydra().get(id)
    person, _ = known(asked, id)
    return render_template(
        "consent.html",
        client=client_name(asked),
        consent=id,
        csrf=csrf(),
        name=person.name,
        scopes=asked.requested_scopes or [],
    )


@app.post("/consent", endpoint="decide")
def decide() -> Response:
    """Tells the server what the person decided, and sends the browser back to it."""
    check_csrf()
    id = consent_id()
    asked = hydra().get(id)
    person, at = known(asked, id)
    if request.form.get("decision") == "allow":
        granted = request.form.getlist("allowed_scopes")
        remember = request.form.get("remember") == "1"
        acceptance = hydra_sdk.ConsentRequestAcceptance(
            subject=person.subject,
            grant_scopes=granted,
            id_token_extra=person.claims(granted),
            remember=remember,
        )
        if at is not None:
            acceptance.auth_time = at
        if remember:
            acceptance.remember_for = REMEMBERED
        hydra().api().accept_o_auth2_consent_request(id, acceptance)
    else:
        rejection = hydra_sdk.ConsentRequestRejection(reason="The person declined.")
        hydra().api().reject_o_auth2_consent_request(id, rejection)
    session["logins"] = [entry for entry in session.get("logins", []) if entry[0] != id]
    if not asked.redirect_url:
        raise Problem("silence", HTTPStatus.BAD_GATEWAY)
    # With a GET (RFC 9700 section 4.12): what was posted must not travel along.
    return redirect(asked.redirect_url, HTTPStatus.SEE_OTHER)


def known(asked: hydra_sdk.OAuth2ConsentRequest, id: str) -> tuple[Person, int | None]:
    """Who answers, and when they logged in if they did so here; sends the browser to the login if nobody is known."""
    found = who(asked, id)
    if found is None:
        abort(redirect(url_for("login", consent=id), HTTPStatus.SEE_OTHER))
    subject, at = found
    person = with_subject(subject)
    if person is None:
        raise Problem("stranger", HTTPStatus.FORBIDDEN)
    return person, at


def hydra() -> Hydra:
    found = app.extensions["hydra"]
    assert isinstance(found, Hydra)
    return found


def main() -> None:
    try:
        app.extensions["hydra"] = Hydra(dict(os.environ))
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set")
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000"))
    server = make_server(host, port, app, threaded=True)
    url = f"http://{host}:{server.server_port}"
    print(f"The consent app of {os.environ['HYDRA_URL']} listens on {url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
