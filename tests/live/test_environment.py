"""The variables for clients."""

from pathlib import Path

from contracts.drive.environment import client_environment


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
    """Whom to trust too, by the names that Python, requests, curl and Node have for it."""
    told = client_environment("https://127.0.0.1:1", key="sk-test", ca_file=Path("ca.pem"))
    trust = {name: value for name, value in told.items() if value == "ca.pem"}
    assert set(trust) == {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
