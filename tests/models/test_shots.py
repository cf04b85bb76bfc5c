"""How many shots a video has, by what its request says."""

from typing import Any

import pytest

from mock_server.links.videos import count_shots

MULTI = {"model_params": {"shot_type": "multi"}}


@pytest.mark.clauses("SHOT-VALUES", "SHOT-EXTEND")
@pytest.mark.parametrize(
    ("request_", "shots"),
    [
        ({}, 1),
        (MULTI, 2),
        ({"model_params": {"shot_type": "single"}}, 1),
        ({**MULTI, "prompt_extend": True}, 2),
        ({**MULTI, "prompt_extend": False}, 1),
    ],
)
def test_shots(request_: dict[str, Any], shots: int) -> None:
    """Two where several are asked for, but not where the prompt is not to be written anew."""
    assert count_shots(request_) == shots
