"""What the tests of the contract start from."""

from typing import Any

import pytest

from openapi.operations import Operation, load_operations


@pytest.fixture
def create() -> Operation:
    """The operation that creates a task, as the strict view has it."""
    return load_operations()["createWan26ReferenceVideoFlashGeneration"]


@pytest.fixture
def query() -> Operation:
    """The operation that reads a task, as the strict view has it."""
    return load_operations()["getTaskDetail"]


@pytest.fixture
def body() -> dict[str, Any]:
    """A request that uses every field."""
    return {
        "model": "wan2.6-reference-video-flash",
        "prompt": "A person dancing",
        "video_urls": ["https://example.com/a.mp4", "http://example.com/b.mov"],
        "aspect_ratio": "9:16",
        "quality": "1080p",
        "duration": 5,
        "model_params": {"shot_type": "multi"},
        "generate_audio": False,
        "callback_url": "https://example.com/hook",
    }
