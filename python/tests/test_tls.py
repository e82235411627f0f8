"""Certificates."""

from __future__ import annotations

import ssl

import pytest
import urllib3
from conftest import start

trustme = pytest.importorskip("trustme")


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls_server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    script, server = start(context)
    script.answer({"id": "a"})
    yield script
    server.shutdown()
    server.server_close()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def api(package, url, **settings):
    configuration = package.Configuration()
    configuration.host = url
    for name, value in settings.items():
        setattr(configuration, name, value)
    return package.OAuth2Api(package.ApiClient(configuration))


def test_unknown_certificate(package, tls_server):
    with pytest.raises(urllib3.exceptions.MaxRetryError) as caught:
        api(package, tls_server.url).get_o_auth2_client("a")
    assert isinstance(caught.value.reason, urllib3.exceptions.SSLError)
    assert tls_server.requests == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_checks_switched_off(package, tls_server):
    assert api(package, tls_server.url, verify_ssl=False).get_o_auth2_client("a").id == "a"


def test_own_authority(package, tls_server, ca_file):
    calls = api(package, tls_server.url, ssl_ca_cert=ca_file)
    assert [calls.get_o_auth2_client("a").id for _ in range(3)] == ["a"] * 3


def test_other_name(package, tls_server, ca_file):
    url = tls_server.url.replace("127.0.0.1", "localhost")
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        api(package, url, ssl_ca_cert=ca_file).get_o_auth2_client("a")
    calls = api(package, url, ssl_ca_cert=ca_file, assert_hostname=False)
    assert calls.get_o_auth2_client("a").id == "a"


def test_missing_file(package, tls_server):
    with pytest.raises((OSError, urllib3.exceptions.MaxRetryError)) as caught:
        api(package, tls_server.url, ssl_ca_cert="/no/such/file.pem").get_o_auth2_client("a")
    assert "file" in str(caught.value)


@pytest.mark.ours
def test_file_that_is_no_certificate(package, tls_server, tmp_path):
    (tmp_path / "x.pem").write_text("nothing")
    with pytest.raises(OSError, match="root certificate"):
        api(package, tls_server.url, ssl_ca_cert=str(tmp_path / "x.pem")).get_o_auth2_client("a")


def test_client_certificate(package, authority, ca_file, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    script, server = start(context)
    script.answer({"id": "a"})
    mine = authority.issue_cert("client@example.org")
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    try:
        with pytest.raises(urllib3.exceptions.HTTPError):
            api(package, script.url, ssl_ca_cert=ca_file).create_o_auth2_client({})
        calls = api(
            package,
            script.url,
            ssl_ca_cert=ca_file,
            cert_file=str(tmp_path / "cert.pem"),
            key_file=str(tmp_path / "key.pem"),
        )
        assert calls.get_o_auth2_client("a").id == "a"
    finally:
        server.shutdown()
        server.server_close()


def test_proxy(package, server):
    server.answer({"id": "proxied"})
    assert api(package, "http://somewhere.invalid", proxy=server.url).get_o_auth2_client("a").id == "proxied"
    assert server.last.target == "http://somewhere.invalid/clients/a"
