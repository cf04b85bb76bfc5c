"""The fixes in TypeScript, which Node runs as they are, against a server, at a thousandth of the time."""

import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from contracts.recording.files import load_recording
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, judge
from tests.clients.judging import grades, tell
from tests.explanations.conftest import FIXES
from tests.running import printed_by, started

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"), pytest.mark.uncounted]

JUDGED: Final = [rule for rule in ALL_RULES if rule.id[0] in "ABFG" or rule.id in {"C1", "C2", "D13"}]
"""Rules that do not look at how long a client waits: at a thousandth of the time a busy machine is late."""

TOLD: Final = {
    "upload": True,
    "renewed": True,
    "charged": 11.9,
    "answers": [204, 404, 400, 415, 405],
    "acted": 2,
    "made": 2,
    "seconds": 9.3,
    "error": ["OutOfCredits", 402],
    "hints": [7, 7, 9, None],
    "refused": "a prompt has 1 to 1500 characters, this one 1501",
}
"""What the client tells of itself."""


@pytest.mark.parametrize("path", sorted((FIXES / "typescript").iterdir()), ids=lambda path: path.stem)
def test_syntax(path: Path) -> None:
    """Each module can be read."""
    assert printed_by("node", "--check", path) == ""


def test_the_whole_client(tmp_path: Path) -> None:
    """All of it put together does its work, and breaks no rule that looks at more than time."""
    with started("--speed", "1000", "--videos", "packaged", "--scenario", "lost-response") as program:
        shop = Path(__file__).with_name("shop.mjs")
        printed = printed_by("node", shop, FIXES / "typescript", program.url, program.key, ".", folder=tmp_path)
        with program.client() as client:
            (tmp_path / "traffic.har").write_bytes(client.get("/_mock/journal.har").content)
    told = json.loads(printed)
    (saved,) = told.pop("saved")
    assert (tmp_path / saved).read_bytes()[4:8] == b"ftyp"
    assert told == TOLD
    verdict = judge(JUDGED, load_recording(tmp_path / "traffic.har"))
    assert not grades(verdict, Grade.FAIL, Grade.WARN, Grade.ERROR), tell(verdict)
    assert {"A1", "A5", "A8", "B1", "B3", "B4", "C1", "C2", "F1", "G1"} <= grades(verdict, Grade.PASS)
