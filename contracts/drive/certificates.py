"""Certificates for one test: an authority that is made on the spot, trusted through a file and then forgotten."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final, Literal, TypeAlias

Certificate: TypeAlias = Literal["good", "expired", "wrong-host", "unknown-ca"]
"""What a server shows: a certificate that holds, or one with a single fault."""

_LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)
_OTHER_HOST: Final = "other.example.net"


class MissingExtraError(ImportError):
    """Something needs a library that is only installed with an extra. The message has the command."""


def certify(host: str, certificate: Certificate, ca_file: Path, *, others: Sequence[str] = ()) -> ssl.SSLContext:
    """Return what a server of `host` needs for TLS, and write the CA that its clients are to trust to `ca_file`.

    `others` are more hosts that the certificate is for.

    Raises:
        MissingExtraError: trustme is not installed.
    """
    trustme = _import_trustme()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    issuer = trustme.CA() if certificate == "unknown-ca" else authority
    name = _OTHER_HOST if certificate == "wrong-host" else host
    dates = {"not_before": _LONG_AGO, "not_after": _LONG_AGO} if certificate == "expired" else {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(name, *others, **dates).configure_cert(context)
    return context


def _import_trustme() -> ModuleType:
    try:
        import trustme  # noqa: PLC0415 - takes 100 ms, and comes with an extra
    except ImportError as error:
        raise MissingExtraError("HTTPS needs trustme: pip install 'evolink-mock[contracts]'") from error
    return trustme
