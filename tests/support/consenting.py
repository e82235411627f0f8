"""A person with a browser, and the application that asks them for consent: both played by a program."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import hydra_sdk
import requests

CONSENT_URL = "http://127.0.0.1:9/consent"
"""Where the server sends a browser to be asked. Nothing listens there: `Consenting` looks at the address only."""


class Consenting:
    """Logs in as `subject`, and grants whatever a client asks for."""

    def __init__(self, subject: str, consent: hydra_sdk.OAuth2Api, authorities: str) -> None:
        self.subject = subject
        self.consent = consent
        self.browser = requests.Session()
        self.browser.verify, self.browser.trust_env = authorities, False
        self.browser.headers["Accept"] = "text/html"

    def authorize(self, url: str) -> str:
        """Opens a client's authorization URL, and returns the one that the browser is sent back to the client with."""
        asked = self.followed(url)
        if not asked.startswith(CONSENT_URL):
            return asked
        (consent_id,) = parse_qs(urlsplit(asked).query)["consent"]
        request = self.consent.get_o_auth2_consent_request(consent_id)
        self.consent.accept_o_auth2_consent_request(
            consent_id,
            hydra_sdk.ConsentRequestAcceptance(
                subject=self.subject,
                grant_scopes=request.requested_scopes,
                access_token_extra={"team": "blue"},
                id_token_extra={"name": "Dan Dean", "email": "dan@acme.com"},
            ),
        )
        return self.followed(request.redirect_url)

    def followed(self, url: str) -> str:
        answer = self.browser.get(url, allow_redirects=False)
        assert answer.is_redirect, f"{answer.status_code} in place of a redirect:\n{answer.text}"
        return answer.headers["Location"]
