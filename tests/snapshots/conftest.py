"""Callbacks that stay in this process."""

from collections.abc import Iterator

import pytest

from mock_server import assembly
from tests.snapshots.programs import Mailbox


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """What takes the callbacks of all simulators that a module runs in this process."""
    box = Mailbox()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembly, "open_egress", lambda _: box)
        yield box
