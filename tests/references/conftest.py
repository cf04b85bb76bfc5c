"""What tests of reference videos share: videos are read in this process, which takes no second one to be started."""

import pytest
from hypothesis import settings

from mock_server.media import studio

settings.register_profile("evolink", deadline=None)
settings.load_profile("evolink")


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "available", lambda: False)
