"""What tests of the battery share: the loop on which worlds live, and who vouches for simulators."""

import pytest

from contracts.drive.live import HOSTS
from mock_server.entrance.authority import Authority
from tests.clients.conftest import portal

__all__ = ["authority", "portal"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority for all simulators."""
    made = Authority(tmp_path_factory.mktemp("authority") / "ca.pem", *HOSTS)
    assert made.trust.bundle_file.exists()
    return made
