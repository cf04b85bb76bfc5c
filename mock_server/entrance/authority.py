"""A certificate authority for one run: made on the spot, trusted through a file, and then forgotten.

Its private key never leaves memory.
"""

import ssl
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal, TypeAlias

import msgspec

Certificate: TypeAlias = Literal["good", "expired", "wrong-host", "unknown-ca"]
"""What a server shows: a certificate that holds, or one with a single fault."""

TRUST_STORE_PASSWORD: Final = "changeit"  # noqa: S105 - what such files have by convention; nothing in it is secret
"""Java's word for a file of certificates."""

_LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)
_OTHER_HOST: Final = "other.example.net"


class MissingExtraError(ImportError):
    """Something needs a library that is only installed with an extra. The message has the command."""


class Trust(msgspec.Struct, frozen=True):
    """The files by which clients are told whom to trust.

    `ca_file` is the authority alone, for who trusts it besides others; `bundle_file` has it and whom the system
    trusts, for who trusts nobody else then; `trust_store` is the same in the form that Java reads.
    """

    ca_file: Path
    bundle_file: Path
    trust_store: Path


class Authority:
    """An authority, and the certificates that it gives to the servers of some hosts.

    Args:
        ca_file: Where its own certificate is written. What else is written lies beside it; nobody else should be able
            to write there.
        hosts: Whom certificates are for: names and addresses.

    Raises:
        MissingExtraError: trustme is not installed.
    """

    def __init__(self, ca_file: Path, *hosts: str) -> None:
        self._trustme = _import_trustme()
        self._hosts = hosts
        self._ca = self._trustme.CA(organization_name="evolink-mock")
        self.ca_file: Final = ca_file
        self._ca.cert_pem.write_to_path(ca_file)

    def context(self, certificate: Certificate = "good") -> ssl.SSLContext:
        """Return what a server of the hosts needs for TLS."""
        issuer = self._trustme.CA() if certificate == "unknown-ca" else self._ca
        names = (_OTHER_HOST,) if certificate == "wrong-host" else self._hosts
        dates = {"not_before": _LONG_AGO, "not_after": _LONG_AGO} if certificate == "expired" else {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = issuer.issue_cert(*names, **dates)
        with leaf.private_key_and_cert_chain_pem.tempfile(dir=self.ca_file.parent) as file:
            context.load_cert_chain(file)
        return context

    @property
    def trust(self) -> Trust:
        """The files by which clients are told to trust it."""
        return Trust(self.ca_file, self.bundle_file, self.trust_store)

    @cached_property
    def bundle_file(self) -> Path:
        """A file with its certificate and those that the system trusts."""
        path = self.ca_file.with_name("bundle.pem")
        path.write_text(self._pem + "".join(map(ssl.DER_cert_to_PEM_cert, _trusted_here())), "ascii")
        return path

    @cached_property
    def trust_store(self) -> Path:
        """The same for Java: PKCS #12, with `TRUST_STORE_PASSWORD`."""
        path = self.ca_file.with_name("trust.p12")
        path.write_bytes(_write_trust_store([ssl.PEM_cert_to_DER_cert(self._pem), *_trusted_here()]))
        return path

    @property
    def _pem(self) -> str:
        pem: bytes = self._ca.cert_pem.bytes()
        return pem.decode("ascii")


def _trusted_here() -> list[bytes]:
    """Return the certificates that the system trusts, which a variable such as SSL_CERT_FILE may have changed.

    In a shell that was led to a server before, that names a file which is gone with it: then it counts for nothing.
    """
    context = ssl.create_default_context()
    if not context.get_ca_certs():
        with suppress(OSError):
            context.load_verify_locations(ssl.get_default_verify_paths().openssl_cafile)
    return context.get_ca_certs(binary_form=True)


def _write_trust_store(certificates: list[bytes]) -> bytes:
    """Write a store for Java; a certificate that breaks a rule of today's is left out, as systems still have some."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - comes with trustme
        BestAvailableEncryption,
        pkcs12,
    )

    read = [found for found in map(_read_strictly, certificates) if found is not None]
    named = [pkcs12.PKCS12Certificate(found, str(number).encode()) for number, found in enumerate(read)]
    return pkcs12.serialize_java_truststore(named, BestAvailableEncryption(TRUST_STORE_PASSWORD.encode()))


def _read_strictly(der: bytes) -> Any:
    from cryptography import x509  # noqa: PLC0415 - the same

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return x509.load_der_x509_certificate(der)
        except (ValueError, Warning):
            return None


def _import_trustme() -> ModuleType:
    try:
        import trustme  # noqa: PLC0415 - takes 100 ms, and comes with an extra
    except ImportError as error:
        raise MissingExtraError("HTTPS needs trustme: pip install 'evolink-mock[tls]'") from error
    return trustme
