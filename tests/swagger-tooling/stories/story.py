"""The story, told by the client in Python that swagger-codegen writes."""

import json
import os

import swagger_client
from swagger_client.rest import ApiException


def api(**credentials: str) -> swagger_client.OAuth2Api:
    """An endpoint that takes either of two ways gets the one that is configured."""
    configuration = swagger_client.Configuration()
    configuration.host = os.environ["HYDRA_URL"]
    for name, value in credentials.items():
        setattr(configuration, name, value)
    return swagger_client.OAuth2Api(swagger_client.ApiClient(configuration))


by_password = api(username=os.environ["HYDRA_CLIENT_ID"], password=os.environ["HYDRA_CLIENT_SECRET"])
token = by_password.oauth_token(grant_type="client_credentials", scope="hydra.clients").access_token
by_token = api(access_token=token)

created = by_token.create_o_auth2_client(swagger_client.OAuth2Client(client_name="Story", scope="photos"))
introspection = by_password.introspect_o_auth2_token(token)
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
