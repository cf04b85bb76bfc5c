"""What tests of reference videos share: videos are read in this process, which takes no second one to be started."""

import pytest

from mock_server.media import studio


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "available", lambda: False)
