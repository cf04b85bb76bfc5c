"""The demonstration: the whole way from two uploads to a video and its contact sheet."""

import re
import runpy
import sys
from pathlib import Path

import pytest

from mock_server.core.types import SECOND
from mock_server.media import studio
from mock_server.media.probing import probe
from tests.examples.conftest import EXAMPLES
from tests.running import PATIENCE, printed_by

pytestmark = pytest.mark.uncounted

DEMO = EXAMPLES / "demo" / "demo.py"


@pytest.mark.clauses("URLS-UPLOAD", "CB-WHEN", "TASK-RESULTS")
def test_the_demonstration(tmp_path: Path) -> None:
    """It says what it does in a few lines, and leaves a video as it was asked for and a picture of it."""
    lines = printed_by(sys.executable, DEMO, "made", folder=tmp_path, patience=2 * PATIENCE).splitlines()
    assert [line.split()[0] for line in lines] == [
        *("simulator", "uploaded", "uploaded", "created", "callback", "saved", "sheet")
    ]
    assert re.fullmatch(r"uploaded   dancer\.mp4: 4 s, [0-9,]+ bytes", lines[1])
    assert lines[3].endswith(", 23.8 credits are reserved")
    assert lines[4].endswith(" is completed and cost 23.8 credits")
    assert lines[5].endswith(" bytes, rendered")
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["result.mp4", "result.png"]
    with (tmp_path / "made" / "result.mp4").open("rb") as file:
        seen = probe(file)
    assert (seen.width, seen.height, seen.length, seen.has_audio) == (1280, 720, 5 * SECOND, True)
    assert (tmp_path / "made" / "result.png").read_bytes().startswith(b"\x89PNG")


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence, and nothing is started or written."""
    monkeypatch.setattr(studio, "available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["demo.py", str(tmp_path / "made")])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEMO), run_name="__main__")
    assert ended.value.code == studio.MISSING
    assert not (tmp_path / "made").exists()
