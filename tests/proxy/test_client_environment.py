"""The variables for clients."""

import json
from pathlib import Path

import pytest

from mock_server.entrance import client_environment as variables
from mock_server.entrance.authority import Trust
from mock_server.entrance.client_environment import Lead, client_environment

TRUST = Trust(Path("/run/ca.pem"), Path("/run/bundle.pem"), Path("/run/trust.p12"))
LEAD = Lead("http://127.0.0.1:3", "https://127.0.0.1:2", "http://127.0.0.1:1", ("other.example.org",))


def test_without_tls() -> None:
    """The API's address under every name, the key, and no proxy for this machine."""
    assert client_environment("http://127.0.0.1:1", key="sk-test") == {
        "EVOLINK_API_KEY": "sk-test",
        "EVOLINK_BASE_URL": "http://127.0.0.1:1",
        "EVOLINK_API_BASE": "http://127.0.0.1:1",
        "EVOLINK_API_BASE_URL": "http://127.0.0.1:1",
        "EVOLINK_CONTROL_BASE": "http://127.0.0.1:1",
        "EVOLINK_FILES_BASE_URL": "http://127.0.0.1:1",
        "EVOLINK_FILES_API_BASE": "http://127.0.0.1:1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_with_tls() -> None:
    """Whom to trust too: the bundle where a variable takes the place of a store, the CA where it adds to it."""
    told = client_environment("https://127.0.0.1:1", key="sk-test", trust=TRUST)
    assert {name: value for name, value in told.items() if value.endswith(".pem")} == {
        "SSL_CERT_FILE": "/run/bundle.pem",
        "REQUESTS_CA_BUNDLE": "/run/bundle.pem",
        "CURL_CA_BUNDLE": "/run/bundle.pem",
        "NODE_EXTRA_CA_CERTS": "/run/ca.pem",
    }
    assert told["JAVA_TOOL_OPTIONS"].split() == [
        "-Djavax.net.ssl.trustStore=/run/trust.p12",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        "-Djavax.net.ssl.trustStorePassword=changeit",
    ]
    assert "NODE_OPTIONS" not in told


def test_with_a_proxy() -> None:
    """By every name that a proxy has; Node is told more, as older versions ask no variable."""
    told = client_environment("http://127.0.0.1:1", key="sk-test", lead=LEAD)
    names = {name for name, value in told.items() if value == "http://127.0.0.1:3"}
    assert names == {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}
    assert told["JAVA_TOOL_OPTIONS"] == (
        "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3 -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=3"
    )
    assert told["NODE_USE_ENV_PROXY"] == "1"
    lead = json.loads(told["EVOLINK_LEAD"])
    assert lead["led"]["api.evolink.ai:443"] == ["127.0.0.1", 2]
    assert lead["led"]["files.evolink.ai:80"] == ["127.0.0.1", 1]
    assert (len(lead["led"]), lead["allowed"], lead["proxy"]) == (6, ["other.example.org"], ["127.0.0.1", 3])


def test_options_that_are_there_are_kept() -> None:
    """Ours are added once, however often they are asked for; those of a server before are replaced."""
    inherited = {"NODE_OPTIONS": "--trace-warnings", "JAVA_TOOL_OPTIONS": "-Xmx64m -Dhttp.proxyPort=9"}
    once = client_environment("http://127.0.0.1:1", key="sk-test", trust=TRUST, lead=LEAD, inherited=inherited)
    assert once["NODE_OPTIONS"] == f'--trace-warnings --require "{variables.PRELOAD}"'
    assert once["JAVA_TOOL_OPTIONS"].startswith("-Xmx64m -Dhttps.proxyHost=127.0.0.1 ")
    assert once["JAVA_TOOL_OPTIONS"].count("-Dhttp.proxyPort=") == 1
    assert client_environment("http://127.0.0.1:1", key="sk-test", trust=TRUST, lead=LEAD, inherited=once) == once


def test_paths_with_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are quoted, as Node and Java each read them."""
    monkeypatch.setattr(variables, "PRELOAD", 'C:\\my "files"\\lead.cjs')
    trust = Trust(Path("ca.pem"), Path("bundle.pem"), Path("/my files/trust.p12"))
    told = client_environment("http://127.0.0.1:1", key="sk-test", trust=trust, lead=LEAD)
    assert told["NODE_OPTIONS"] == '--require "C:\\\\my \\"files\\"\\\\lead.cjs"'
    assert '"-Djavax.net.ssl.trustStore=/my files/trust.p12"' in told["JAVA_TOOL_OPTIONS"]
