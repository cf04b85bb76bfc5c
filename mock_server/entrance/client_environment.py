"""The variables by which clients of other processes and languages are told where the API is, and whom to trust.

A client whose address can be set is told the address. One that has it written in itself is led here by the variables
that its language honours for proxies and certificates.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

import msgspec

from mock_server.entrance.authority import TRUST_STORE_PASSWORD, Trust
from mock_server.hosts import API_HOSTS

PRELOAD: Final = str(files("mock_server.entrance").joinpath("assets", "lead.cjs"))
"""What Node loads before a program, so that connections are led here that its proxy variables have no say in."""

PYTHON_FOLDER: Final = str(files("mock_server.entrance").joinpath("assets", "python"))
"""Where Python finds what it loads before a program, for the same."""

_KEY: Final = "EVOLINK_API_KEY"
_API: Final = ("EVOLINK_BASE_URL", "EVOLINK_API_BASE", "EVOLINK_API_BASE_URL", "EVOLINK_CONTROL_BASE")
_FILES: Final = ("EVOLINK_FILES_BASE_URL", "EVOLINK_FILES_API_BASE")
_ONLY_TRUST: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_MORE_TRUST: Final = ("NODE_EXTRA_CA_CERTS",)
_PROXY: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_NO_PROXY: Final = ("NO_PROXY", "no_proxy")
_HERE: Final = "127.0.0.1,localhost"
_USUAL_PORTS: Final = {"https": 443, "http": 80}


class Lead(msgspec.Struct, frozen=True):
    """What clients are led by that have the API's address written in themselves.

    `proxy_url` is the proxy, `https_url` and `http_url` where it leads the API's hosts, and `allowed` what it lets out
    besides.
    """

    proxy_url: str
    https_url: str
    http_url: str
    allowed: Collection[str] = ()


def client_environment(
    url: str,
    *,
    key: str,
    trust: Trust | None = None,
    lead: Lead | None = None,
    inherited: Mapping[str, str] | None = None,
) -> Mapping[str, str]:
    """Return what is set for a client: the API's address under the names that clients read, a key, and no proxy.

    Args:
        url: The API's address for clients that can be told.
        key: Their key.
        trust: Whom to trust. Variables that add to a language's own store name the CA alone, those that take its place
            the bundle.
        lead: By what others are led here.
        inherited: The variables that the client would have otherwise; options of Node and Java are kept,
            and Python's path.
    """
    variables = {
        _KEY: key,
        **dict.fromkeys((*_API, *_FILES), url),
        **dict.fromkeys(_NO_PROXY, _HERE),
    }
    if trust is not None:
        variables |= dict.fromkeys(_ONLY_TRUST, str(trust.bundle_file)) | dict.fromkeys(_MORE_TRUST, str(trust.ca_file))
    if lead is not None:
        variables |= dict.fromkeys(_PROXY, lead.proxy_url)
        variables |= _node_variables(lead, (inherited or {}).get("NODE_OPTIONS", ""))
        variables["PYTHONPATH"] = _put_first(PYTHON_FOLDER, (inherited or {}).get("PYTHONPATH", ""))
    java = [*_java_options(trust, lead)]
    if java:
        variables["JAVA_TOOL_OPTIONS"] = _replace_options((inherited or {}).get("JAVA_TOOL_OPTIONS", ""), java)
    return variables


def _node_variables(lead: Lead, options: str) -> Iterator[tuple[str, str]]:
    """Yield what Node is led by: its own proxy support where it has one, and the preload where it has none."""
    places = {
        f"{host}:{_USUAL_PORTS[parts.scheme]}": [parts.hostname, parts.port]
        for host in API_HOSTS
        for parts in (urlsplit(lead.https_url), urlsplit(lead.http_url))
    }
    proxy = urlsplit(lead.proxy_url)
    told = {"led": places, "allowed": sorted(lead.allowed), "proxy": [proxy.hostname, proxy.port]}
    path = PRELOAD.replace("\\", "\\\\").replace('"', '\\"')
    preload = f'--require "{path}"'
    yield "EVOLINK_LEAD", json.dumps(told, separators=(",", ":"))
    yield "NODE_USE_ENV_PROXY", "1"
    yield "NODE_OPTIONS", options if preload in options else f"{options} {preload}".strip()


def _put_first(folder: str, path: str) -> str:
    """Return a search path with a folder at its head."""
    return os.pathsep.join([folder, *(each for each in path.split(os.pathsep) if each not in {"", folder})])


def _java_options(trust: Trust | None, lead: Lead | None) -> Iterator[tuple[str, str]]:
    """Yield the names and values of Java's properties."""
    if lead is not None:
        proxy = urlsplit(lead.proxy_url)
        for scheme in _USUAL_PORTS:
            yield f"-D{scheme}.proxyHost", str(proxy.hostname)
            yield f"-D{scheme}.proxyPort", str(proxy.port)
    if trust is not None:
        yield "-Djavax.net.ssl.trustStore", str(trust.trust_store)
        yield "-Djavax.net.ssl.trustStoreType", "PKCS12"
        yield "-Djavax.net.ssl.trustStorePassword", TRUST_STORE_PASSWORD


def _replace_options(text: str, options: Collection[tuple[str, str]]) -> str:
    """Return options with some of them set; a value with a space is quoted, as Java reads it."""
    names = tuple(f"{name}=" for name, _ in options)
    kept = [word for word in text.split() if not word.strip("'\"").startswith(names)]
    written = [f"{name}={value}" for name, value in options]
    return " ".join([*kept, *(f'"{option}"' if " " in option else option for option in written)])
