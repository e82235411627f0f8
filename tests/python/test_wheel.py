"""The wheel against the live server."""

from __future__ import annotations

import importlib.metadata
import uuid

import hydra_sdk
import pytest
from hydra_sdk.rest import ApiException


@pytest.fixture
def client(oauth2: hydra_sdk.OAuth2Api) -> hydra_sdk.OAuth2Client:
    return oauth2.create_o_auth2_client(
        hydra_sdk.OAuth2Client(
            id=f"app-{uuid.uuid4()}",
            client_name="Photos ☼",
            redirect_uris=["https://photos.example.com/callback"],
            grant_types=["client_credentials"],
            scope="photos.read photos.write",
        )
    )


def test_the_licences_of_what_is_linked_in_come_along() -> None:
    files = {file.name: file for file in importlib.metadata.files("hydra-sdk") or []}
    assert "Apache License" in files["LICENSE"].read_text()
    assert "jsonwebtoken" in files["THIRD_PARTY_NOTICES.md"].read_text()


def test_the_instance_is_healthy(configuration: hydra_sdk.Configuration) -> None:
    health = hydra_sdk.HealthApi(hydra_sdk.ApiClient(configuration))
    assert health.get_instance_status().status == "ok"


def test_a_client_is_created_read_changed_listed_and_deleted(
    oauth2: hydra_sdk.OAuth2Api, client: hydra_sdk.OAuth2Client
) -> None:
    assert len(client.client_secret) >= 12

    read = oauth2.get_o_auth2_client(client.id)
    assert read.client_name == "Photos ☼"
    assert not read.client_secret
    assert client.id in [listed.id for listed in oauth2.list_o_auth2_clients()]

    read.client_name = "Pictures"
    assert oauth2.update_o_auth2_client(client.id, read).client_name == "Pictures"

    _, status, _ = oauth2.delete_o_auth2_client_with_http_info(client.id)
    assert status == 204
    with pytest.raises(ApiException) as gone:
        oauth2.get_o_auth2_client(client.id)
    assert gone.value.status == 404


def test_a_token_is_active_until_it_is_revoked(
    oauth2: hydra_sdk.OAuth2Api, client: hydra_sdk.OAuth2Client, configuration: hydra_sdk.Configuration
) -> None:
    own = hydra_sdk.Configuration()
    own.host, own.verify_ssl = configuration.host, False
    own.username, own.password = client.id, client.client_secret
    app = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(own))

    token = app.oauth_token(grant_type="client_credentials", scope="photos.read").access_token
    introspection = oauth2.introspect_o_auth2_token(token)
    assert introspection.active is True
    assert (introspection.client_id, introspection.sub, introspection.scope) == (client.id, client.id, "photos.read")
    assert oauth2.introspect_o_auth2_token(token, scope="photos.write").active is False

    app.revoke_o_auth2_token(token)
    assert oauth2.introspect_o_auth2_token(token).active is False


def test_a_second_client_of_the_same_id_is_refused_and_the_first_is_unharmed(
    oauth2: hydra_sdk.OAuth2Api, client: hydra_sdk.OAuth2Client
) -> None:
    with pytest.raises(ApiException) as refused:
        oauth2.create_o_auth2_client(hydra_sdk.OAuth2Client(id=client.id, client_name="Impostor"))
    assert refused.value.status == 409
    assert client.id in refused.value.body
    assert oauth2.get_o_auth2_client(client.id).client_name == "Photos ☼"


def test_errors_carry_status_headers_and_body(configuration: hydra_sdk.Configuration) -> None:
    configuration.password = "not the secret"
    api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))
    with pytest.raises(ApiException) as refused:
        api.oauth_token(grant_type="client_credentials")
    assert refused.value.status == 401
    assert "invalid_client" in refused.value.body
    assert refused.value.headers["www-authenticate"].startswith("Basic")


def test_discovery_and_keys_are_open_to_everybody(configuration: hydra_sdk.Configuration) -> None:
    api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))
    assert api.get_well_known().issuer == "https://localhost:4444"
    (key,) = api.well_known().keys
    assert (key.kty, key.alg, key.use) == ("RSA", "RS256", "sig")
    assert key.d is None


def test_an_untrusted_certificate_is_an_error_that_urllib3_users_already_catch(
    configuration: hydra_sdk.Configuration,
) -> None:
    import urllib3

    configuration.verify_ssl = True
    health = hydra_sdk.HealthApi(hydra_sdk.ApiClient(configuration))
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        health.get_instance_status()
