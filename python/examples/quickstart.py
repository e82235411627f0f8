"""The life of a client and of a token: created, used, revoked, deleted.

    export HYDRA_URL=https://localhost:4444 HYDRA_CLIENT_ID=… HYDRA_CLIENT_SECRET=…
    python quickstart.py

HYDRA_SKIP_TLS_VERIFY=1 accepts a self-signed certificate.
"""

from __future__ import annotations

import os

import hydra_sdk


def connect(client_id: str, client_secret: str) -> hydra_sdk.OAuth2Api:
    configuration = hydra_sdk.Configuration()
    configuration.host = os.environ["HYDRA_URL"]
    configuration.verify_ssl = "HYDRA_SKIP_TLS_VERIFY" not in os.environ
    configuration.username, configuration.password = client_id, client_secret
    return hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))


def fetch_token(api: hydra_sdk.OAuth2Api, scope: str) -> str:
    return api.oauth_token(grant_type="client_credentials", scope=scope).access_token


hydra = connect(os.environ["HYDRA_CLIENT_ID"], os.environ["HYDRA_CLIENT_SECRET"])
hydra.api_client.configuration.access_token = fetch_token(hydra, "hydra.clients hydra.introspect")

photos = hydra.create_o_auth2_client(
    hydra_sdk.OAuth2Client(client_name="Photos", grant_types=["client_credentials"], scope="photos.read")
)
assert photos.id and photos.client_secret  # in a document everything may be absent; not in this answer
print("created client", photos.id)

app = connect(photos.id, photos.client_secret)
token = fetch_token(app, "photos.read")
print("its token is active:", hydra.introspect_o_auth2_token(token).active)

app.revoke_o_auth2_token(token)
print("after its revocation:", hydra.introspect_o_auth2_token(token).active)

hydra.delete_o_auth2_client(photos.id)
print("deleted client", photos.id)
