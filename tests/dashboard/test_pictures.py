"""The pictures of the dashboard in the documents."""

import re

from docs.screenshots import FOLDER, SHOTS


def test_each_picture_is_shown_and_small() -> None:
    """What docs/how-to/dashboard.md shows is what docs/screenshots.py takes, and no file is heavy."""
    shown = re.findall(
        r"\(\.\./pictures/([a-z-]+)\.png\)", (FOLDER.parent / "how-to" / "dashboard.md").read_text("utf-8")
    )
    assert sorted(shown) == sorted(shot.name for shot in SHOTS) == sorted(path.stem for path in FOLDER.iterdir())
    assert all(path.stat().st_size < 150_000 for path in FOLDER.iterdir())
