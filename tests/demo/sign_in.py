"""The part of the demo that needs a person: Dan signs in, and a client gets tokens for him.

A program plays Dan and his browser; the client uses `hydra_sdk.flow` as any program would. Prints the access token
on its last line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hydra_sdk
import urllib3
from hydra_sdk.flow import AuthorizationCodeFlow

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from person import Browser, allow, sign_in

urllib3.disable_warnings()
CALLBACK = "http://localhost:9010/callback"

configuration = hydra_sdk.Configuration()
configuration.host = os.environ["HYDRA_URL"]
configuration.verify_ssl = "HYDRA_SKIP_TLS_VERIFY" not in os.environ
flow = AuthorizationCodeFlow(
    configuration,
    "some-consumer",
    CALLBACK,
    client_secret="consumer-secret",
    scopes=["openid", "offline", "hydra.clients"],
)

request = flow.start()
print("The client sends the browser to", request.url.split("?")[0], "with PKCE, state and nonce.")

browser = Browser(stop_at=CALLBACK)
browser.open(request.url)
assert browser.page
print(f"The browser shows: {browser.page.heading!r}. Dan gives his password.")
sign_in(browser)
print(f"The browser shows: {browser.page.heading!r}. Dan ticks:")
for scope in browser.page.form.boxes("allowed_scopes"):
    print("   ", scope)
tokens = flow.finish(request, allow(browser))
assert tokens.id_token and tokens.refresh_token
print("The client has verified the ID token: it is", tokens.id_token.subject)
tokens = flow.refresh(tokens.refresh_token)
print("The client has renewed its tokens without Dan.")
print(tokens.access_token)
