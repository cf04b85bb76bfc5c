"""The authority: what its certificates are worth, and what of it is written."""

import ssl
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import pkcs12

from mock_server.entrance import authority as authorities
from mock_server.entrance.authority import TRUST_STORE_PASSWORD, Authority, Certificate, MissingExtraError


def shake_hands(server: ssl.SSLContext, trust: ssl.SSLContext, host: str) -> None:
    """Let a client and a server greet each other in memory.

    Raises:
        SSLCertVerificationError: The client does not trust the server.
    """
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(back, there, server_hostname=host)
    serving = server.wrap_bio(there, back, server_side=True)
    for end in (client, serving, client, serving):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("host", ["api.evolink.ai", "127.0.0.1"])
@pytest.mark.parametrize("file", ["ca_file", "bundle_file"])
def test_a_good_certificate(tmp_path: Path, host: str, file: str) -> None:
    """Each of the hosts is vouched for, to who trusts the authority alone or besides others."""
    authority = Authority(tmp_path / "ca.pem", "api.evolink.ai", "127.0.0.1")
    shake_hands(authority.context(), ssl.create_default_context(cafile=getattr(authority, file)), host)


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("expired", "certificate has expired"),
        ("wrong-host", "Hostname mismatch"),
        ("unknown-ca", "unable to get local issuer certificate"),
    ],
)
def test_a_certificate_with_a_fault(tmp_path: Path, certificate: Certificate, reason: str) -> None:
    """It is refused, for its one fault."""
    authority = Authority(tmp_path / "ca.pem", "api.evolink.ai")
    trust = ssl.create_default_context(cafile=authority.ca_file)
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        shake_hands(authority.context(certificate), trust, "api.evolink.ai")


def test_what_is_trusted_here_is_in_the_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a company's CA that a variable adds, and for Java too, but for what breaks a rule of today's there."""
    company = Authority(tmp_path / "company.pem", "intranet.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(company.ca_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    folder = tmp_path / "own"
    folder.mkdir()
    authority = Authority(folder / "ca.pem", "api.evolink.ai")
    bundle = authority.bundle_file.read_text()
    assert bundle == authority.ca_file.read_text() + company.ca_file.read_text()
    shake_hands(company.context(), ssl.create_default_context(cafile=authority.bundle_file), "intranet.example.com")
    trusted = authorities._trusted_here()
    monkeypatch.setattr(authorities, "_trusted_here", lambda: [*trusted, b"not a certificate"])
    store = pkcs12.load_pkcs12(authority.trust_store.read_bytes(), TRUST_STORE_PASSWORD.encode())
    assert len(store.additional_certs) == 2
    assert authority.trust == authorities.Trust(authority.ca_file, authority.bundle_file, authority.trust_store)


@pytest.mark.parametrize("there", [True, False])
def test_a_variable_that_names_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:  # noqa: FBT001 - a parameter
    """What the system trusts without it counts then; if that is nothing, the authority alone."""
    company = Authority(tmp_path / "company.pem", "intranet.example.com")
    usual = company.ca_file if there else tmp_path / "none.pem"
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile=str(usual))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    bundle = Authority(tmp_path / "ca.pem", "api.evolink.ai").bundle_file.read_text()
    assert bundle.count("BEGIN CERTIFICATE") == 1 + there
    assert (company.ca_file.read_text() in bundle) == there


def test_private_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority's is never written; a server's, which TLS reads from a file, for that moment beside it."""
    places, original = list[str](), tempfile.NamedTemporaryFile

    def note(*args: Any, **options: Any) -> Any:
        places.append(str(options["dir"]))
        return original(*args, **options)

    monkeypatch.setattr(trustme, "NamedTemporaryFile", note)
    authority = Authority(tmp_path / "ca.pem", "api.evolink.ai")
    authority.context()
    assert places == [str(tmp_path)]
    assert authority.trust.ca_file.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle.pem", "ca.pem", "trust.p12"]
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in tmp_path.iterdir())


def test_it_takes_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trustme one sentence says what to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'evolink-mock\[tls\]'"):
        Authority(tmp_path / "ca.pem", "api.evolink.ai")
