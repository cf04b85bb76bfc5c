"""No code names a model: what belongs to one is on its page and in its file."""

import re
from pathlib import Path
from typing import Final

import pytest

import contracts
import mock_server
import openapi

ROOMS: Final = [Path(str(room.__file__)).parent for room in (contracts, mock_server, openapi)]
MODEL: Final = re.compile(r"wan ?[23]|seedance|kling|hailuo|veo ?[0-9]|sora-", re.IGNORECASE)
SOURCES: Final = sorted(file for room in ROOMS for file in room.rglob("*.py"))
EXAMPLES: Final = {"operations.py", "asking.py"}
"""What shows how something is used."""


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_code_names_a_model(room: Path) -> None:
    """Neither the simulator nor the judges nor the contract's own code; so the sixth model is data alone."""
    named = [
        f"{file.relative_to(room)}: {line.strip()}"
        for file in SOURCES
        if file.is_relative_to(room) and file.name not in EXAMPLES
        for line in file.read_text("utf-8").splitlines()
        if MODEL.search(line)
    ]
    assert named == []
