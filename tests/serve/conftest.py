import os

import pytest

from mock_server.settings import ENVIRONMENT_PREFIX


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the settings of whoever runs the tests."""
    for name in os.environ:
        if name.startswith(ENVIRONMENT_PREFIX):
            monkeypatch.delenv(name)
