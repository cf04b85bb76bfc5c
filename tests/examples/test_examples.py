from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.conftest import COMMANDS, EXAMPLES, TESTED, Run
from tests.running import Program, started

pytestmark = pytest.mark.uncounted


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    """A server on which a generation takes a tenth of a second."""
    with started("--speed", "1000", "--videos", "packaged") as program:
        yield program


def test_every_example_is_run_here() -> None:
    """No file lies in the folder that nothing runs."""
    assert sorted((*COMMANDS, *TESTED)) == sorted(path.name for path in EXAMPLES.iterdir() if path.is_file())


def test_an_example_ends_with_the_clip(example: Run, program: Program, tmp_path: Path) -> None:
    """Create, poll, link, download: exit code 0, and the file is a video."""
    ended = example(program.url, program.key)
    assert (ended.returncode, ended.stderr) == (0, "")
    created, *polls, result, saved = ended.stdout.splitlines()
    assert created.startswith("created task-unified-")
    assert all(poll.startswith(("pending ", "processing ")) for poll in polls)
    assert result.startswith(f"result {program.url}/")
    assert saved == "saved clip.mp4"
    assert (tmp_path / "clip.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("sk-mock-no-credit", "insufficient_quota: Insufficient quota. Please top up your account."),
        ("sk-mock-unauthorized", "unauthorized: Invalid or expired token"),
        ("", "EVOLINK_API_KEY"),
    ],
)
def test_an_error_is_told_in_the_words_of_the_api(
    example: Run, program: Program, tmp_path: Path, key: str, said: str
) -> None:
    """A refused create ends with a code other than 0, the code and the message, and no file."""
    ended = example(program.url, key)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
