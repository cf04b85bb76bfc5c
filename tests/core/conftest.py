"""Facts that the tests of the core start from."""

from importlib.resources import files

import pytest

from mock_server.core.models.model import Model
from mock_server.core.types import CREDIT, SECOND, Bill, Status, Task, Timeline
from tests.core.model_files import parse_model


@pytest.fixture(scope="session")
def flash() -> Model:
    """The model as its file has it."""
    return parse_model(files("mock_server").joinpath("models/wan2.6-reference-video-flash.yaml").read_bytes())


@pytest.fixture(scope="session")
def task() -> Task:
    """A task of the published example: created at 1757169743 s, in the queue for 2 s, run for 100 s."""
    created = 1_757_169_743 * SECOND
    return Task(
        id="task-unified-1757169743-7cvnl5zw",
        universe="default",
        account="F1GE3FZRKTY4L9WC0B",
        user_group="default",
        model="wan2.6-reference-video-flash",
        object="video.generation.task",
        type="video",
        timeline=Timeline(
            created_at=created,
            starts_at=created + 2 * SECOND,
            ends_at=created + 102 * SECOND,
            run=100 * SECOND,
            estimate=120,
            outcome=Status.COMPLETED,
        ),
        bill=Bill("per_second", 5 * SECOND, 5 * SECOND, 238 * CREDIT // 10, 238 * CREDIT // 10),
        request=b"{}",
        result="/F1GE3FZRKTY4L9WC0B/videos/2025/09/06/0123456789abcdef0123456789abcdef.mp4",
        origin="http://127.0.0.1:8765",
    )
