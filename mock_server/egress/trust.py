"""Whose certificates are accepted: those that the system trusts, and those of files besides."""

import ssl
from functools import lru_cache
from pathlib import Path


class TrustError(Exception):
    """A file of certificates cannot be used. The message says which, and why."""


def trusting(certificates: frozenset[str]) -> ssl.SSLContext:
    """Return what connects to whom the system trusts, and to whom these certificates, in PEM, vouch for.

    Reading the system's takes 20 ms, so that only who needs TLS does it, and once, unless the environment names others
    (SSL_CERT_FILE, SSL_CERT_DIR). All who trust the same get the same: nobody may change it.
    """
    return _trusting(certificates, ssl.get_default_verify_paths())


@lru_cache(maxsize=8)
def _trusting(certificates: frozenset[str], _system: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    for each in certificates:
        context.load_verify_locations(cadata=each)
    return context


def read_certificates(ca_file: Path) -> str:
    """Return what a file of certificates says, of which some can be trusted.

    Raises:
        TrustError: It cannot be read, or none can.
    """
    try:
        certificates = ca_file.read_text("ascii", errors="ignore")  # comments may be in any language
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates)
    except (OSError, ValueError) as error:
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError | ValueError) else error.strerror
        raise TrustError(f"the CA file {ca_file} cannot be used: {reason}") from error
    return certificates
