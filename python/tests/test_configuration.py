"""Configuration and credentials."""

from __future__ import annotations

import base64
import logging
import subprocess
import sys

import pytest


def test_defaults(package):
    c = package.Configuration()
    assert c.host.endswith("://localhost")
    assert (c.api_key, c.api_key_prefix, c.username, c.password, c.access_token) == ({}, {}, "", "", "")
    assert (c.verify_ssl, c.ssl_ca_cert, c.cert_file, c.key_file, c.assert_hostname) == (True, None, None, None, None)
    assert (c.proxy, c.temp_folder_path, c.safe_chars_for_path_param, c.debug) == (None, None, "", False)
    assert c.connection_pool_maxsize % 5 == 0
    assert c.logger_format == "%(asctime)s %(levelname)s %(message)s"
    assert (c.logger_file, c.logger_file_handler) == (None, None)
    assert isinstance(c.logger_stream_handler, logging.StreamHandler)
    assert c.logger["package_logger"].name == package.__name__
    assert c.logger["urllib3_logger"].name == "urllib3"


def test_default_of_the_program(package):
    mine = package.Configuration()
    mine.host = "http://mine"
    mine.api_key["a"] = "b"
    mine.more = [1]
    package.Configuration.set_default(mine)
    try:
        copy = package.Configuration()
        assert (copy.host, copy.api_key, copy.more) == ("http://mine", {"a": "b"}, [1])
        copy.api_key["c"] = "d"
        assert mine.api_key == {"a": "b"}
        assert package.ApiClient().configuration.host == "http://mine"
    finally:
        package.Configuration.set_default(None)
    assert package.Configuration().host.endswith("://localhost")


def test_api_key_with_prefix(package):
    c = package.Configuration()
    assert c.get_api_key_with_prefix("k") is None
    c.api_key["k"] = "v"
    assert c.get_api_key_with_prefix("k") == "v"
    c.api_key_prefix["k"] = "Bearer"
    assert c.get_api_key_with_prefix("k") == "Bearer v"


def test_basic_token(package):
    c = package.Configuration()
    c.username, c.password = "me", "pä:ss"
    assert base64.b64decode(c.get_basic_auth_token()[6:]) == "me:pä:ss".encode("latin-1")
    c.password = "€"
    with pytest.raises(UnicodeEncodeError):
        c.get_basic_auth_token()


def test_auth_settings(package):
    c = package.Configuration()
    c.access_token, c.username = "t", "u"
    settings = c.auth_settings()
    assert settings["oauth2"] == {"type": "oauth2", "in": "header", "key": "Authorization", "value": "Bearer t"}
    assert settings["basic"]["type"] == "basic"


def test_debug_report(package):
    lines = package.Configuration().to_debug_report().split("\n")
    assert lines[0] == "Python SDK Debug Report:"
    assert [line.split(":")[0] for line in lines if ":" in line][1:] == [
        "OS",
        "Python Version",
        "Version of the API",
        "SDK Package Version",
    ]


def test_debug(package):
    c = package.Configuration()
    c.debug = True
    assert {logger.level for logger in c.logger.values()} == {logging.DEBUG}
    c.debug = False
    assert {logger.level for logger in c.logger.values()} == {logging.WARNING}


def test_debug_logs_answers(server, configuration, oauth2, caplog, package):
    configuration.debug = True
    try:
        server.answer({"id": "seen"})
        assert oauth2.get_o_auth2_client("a").id == "seen"
        assert any("seen" in r.getMessage() for r in caplog.records if r.name == f"{package.__name__}.rest")
    finally:
        configuration.debug = False


def test_log_file(package, tmp_path):
    c = package.Configuration()
    c.logger_file = str(tmp_path / "log")
    c.logger["package_logger"].warning("hello")
    assert "WARNING hello" in (tmp_path / "log").read_text()
    file_handler = c.logger_file_handler
    c.logger_file = None
    assert file_handler not in c.logger["package_logger"].handlers
    file_handler.close()


@pytest.mark.ours
def test_one_line_each(package):
    code = f"import {package.__name__} as p; c = [p.Configuration() for _ in range(3)]"
    code += "; c[0].logger['package_logger'].warning('once')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("once") == 1


def test_bearer(server, configuration, oauth2):
    server.answer({})
    configuration.access_token = "t1"
    oauth2.get_o_auth2_client("a")
    assert server.last.headers["authorization"] == "Bearer t1"
    configuration.access_token = "t2"
    oauth2.get_o_auth2_client("a")
    assert server.last.headers["authorization"] == "Bearer t2"


def test_basic(server, configuration, oauth2):
    server.answer(b"")
    configuration.username, configuration.password = "me", "secret"
    oauth2.revoke_o_auth2_token("t")
    assert server.last.headers["authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()


def test_both(server, configuration, oauth2):
    server.answer({"active": True})
    configuration.username, configuration.password, configuration.access_token = "me", "secret", "t"
    oauth2.introspect_o_auth2_token("t")
    # The last scheme of the document wins.
    assert server.last.headers["authorization"] == "Bearer t"


@pytest.mark.ours
def test_no_credentials(server, configuration, oauth2):
    server.answer({})
    for token in ("", None):
        configuration.access_token = token
        oauth2.get_o_auth2_client("a")
        assert "authorization" not in server.last.headers
    configuration.username = "me"
    oauth2.introspect_o_auth2_token("t")
    assert server.last.headers["authorization"].startswith("Basic ")


def test_credentials_beat_a_default_header(server, configuration, client, oauth2):
    server.answer({})
    client.default_headers["Authorization"] = "mine"
    if configuration.access_token == "" and configuration.auth_settings()["oauth2"]["value"] == "":
        oauth2.get_o_auth2_client("a")
        assert server.last.headers["authorization"] == "mine"
    configuration.access_token = "t"
    oauth2.get_o_auth2_client("a")
    assert server.last.headers["authorization"] == "Bearer t"
