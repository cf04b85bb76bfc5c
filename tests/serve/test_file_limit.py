"""How many connections a server may have: as many as the system lets it, whatever it starts with."""

import sys
from typing import Final

import pytest

from mock_server.serving.server import raise_file_limit
from tests.running import printed_by

resource = pytest.importorskip("resource", reason="this system has no such limit")

HARD: Final[int] = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

PROGRAM: Final = """
import resource, sys
from mock_server.serving.server import raise_file_limit

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        pytest.param(256, 1_024, 1_024, id="as far as it may"),
        pytest.param(256, 9_000, 8_192, id="as far as it needs"),
        pytest.param(256, HARD, min(HARD, 8_192) if HARD > 0 else 8_192, id="from what many systems give"),
        pytest.param(8_500, 9_000, 8_500, id="never down"),
    ],
)
def test_the_limit_is_raised(soft: int, hard: int, raised: int) -> None:
    """A process that starts with room for few connections makes room for thousands of receivers that hang."""
    if 0 <= HARD < hard:
        pytest.skip(f"this system allows {HARD} files")
    printed = printed_by(sys.executable, "-c", PROGRAM, str(soft), str(hard))
    assert printed.split() == [str(raised), str(hard)]


def test_a_system_without_such_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing to raise, nothing is done."""
    monkeypatch.setitem(sys.modules, "resource", None)
    raise_file_limit()
