"""What the guide shows is what the command says."""

from pathlib import Path

from click.testing import CliRunner

from contracts.cli import main
from tests.docs.conftest import ROOT, snippets

GUIDE = ROOT / "docs" / "how-to" / "drift.md"


def test_the_example_of_the_guide(tmp_path: Path) -> None:
    """Its two versions have the changes that it shows."""
    paths = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
    for path, snippet in zip(paths, snippets(GUIDE, "yaml"), strict=True):
        path.write_text(snippet.text, "utf-8")
    result = CliRunner().invoke(main, ["drift", *map(str, paths)])
    assert result.exit_code == 1
    assert [snippet.text for snippet in snippets(GUIDE, "text")] == [result.output]
