"""The story, told by the client in Python that swagger-codegen writes."""

import json
import os

import swagger_client
from swagger_client.rest import ApiException


def api(access_token: str = "") -> swagger_client.OAuth2Api:
    """The API, with a token or without."""
    configuration = swagger_client.Configuration()
    configuration.host = os.environ["HYDRA_URL"]
    configuration.access_token = access_token
    return swagger_client.OAuth2Api(swagger_client.ApiClient(configuration))


def fetch_token() -> str:
    """Says in the body who the client is.

    Where a token would do as well as a password, these clients send an empty token over the password.
    """
    answer = api().oauth_token(
        grant_type="client_credentials",
        scope="hydra.clients hydra.introspect",
        client_id=os.environ["HYDRA_CLIENT_ID"],
        client_secret=os.environ["HYDRA_CLIENT_SECRET"],
    )
    token: str = answer.access_token
    return token


by_token = api(fetch_token())
created = by_token.create_o_auth2_client(swagger_client.OAuth2Client(client_name="Story", scope="photos"))
introspection = by_token.introspect_o_auth2_token(fetch_token(), scope="hydra.clients", token_type_hint="access_token")
by_token.delete_o_auth2_client(created.id)
try:
    by_token.get_o_auth2_client(created.id)
    after = 200
except ApiException as refusal:
    after = refusal.status

print(
    json.dumps(
        {
            "name": created.client_name,
            "active": introspection.active,
            "client": introspection.client_id,
            "after": after,
        }
    )
)
