"""Whose certificates the way out accepts, and when they are read."""

from pathlib import Path

import pytest

from mock_server.egress.trust import read_certificates, trusting
from mock_server.entrance.authority import Authority

pytestmark = pytest.mark.uncounted


def test_they_are_read_once(authority: Authority) -> None:
    """Who trusts the same shares what was read, and nobody gets what another trusts besides."""
    more, alone = trusting(frozenset({read_certificates(authority.ca_file)})), trusting(frozenset())
    assert trusting(frozenset()) is alone
    assert len(more.get_ca_certs()) == len(alone.get_ca_certs()) + 1


def test_they_are_read_anew_where_the_environment_names_others(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the variables that OpenSSL heeds are the system's."""
    before = trusting(frozenset())
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert trusting(frozenset()) is not before
    assert len(trusting(frozenset()).get_ca_certs()) == 1
