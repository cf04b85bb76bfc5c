"""Build the documentation as a site that needs no network, in strict mode.

python -m docs.build_site [FOLDER] builds it into FOLDER/site; build/docs/site if none is named. Its pages are the
Markdown files of the repository as they are, at the paths that they have there, so that one link leads to the same
place on the site and on GitHub. What they link to besides, such as an example, becomes a page that shows it.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs.links import read_links

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""The documents."""

STYLE: Final = ROOT / "docs" / "site.css"
"""What the site looks like beside its theme."""

PICTURES: Final = (".png", ".svg")
"""The endings of files that are shown as they are."""

LANGUAGES: Final = {".mjs": "js", ".py": "python", ".sh": "sh", ".ts": "ts", ".yaml": "yaml", ".yml": "yaml"}
"""What a file is written in, by its ending."""

_INFO: Final = re.compile(r"^(```\w+) .*$", re.MULTILINE)
"""What a fence says of its text for tests."""


def stage(folder: Path) -> None:
    """Put what the site is built from into a folder: its configuration, the documents, and what they link to."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "docs" / "zensical.toml", folder)
    _place(folder, STYLE).write_bytes(STYLE.read_bytes())
    for page in PAGES:
        _write(folder, page, _as_shown(page))
        for file in _linked(page):
            if file.suffix in PICTURES:
                _place(folder, file).write_bytes(file.read_bytes())
            else:
                _write(folder, file.with_name(f"{file.name}.md"), _source(file))


def build(folder: Path) -> Path:
    """Build the site in a folder, and return where it is.

    Raises:
        SystemExit: Something is wrong with it, which has been told.
    """
    shutil.rmtree(folder, ignore_errors=True)
    stage(folder)
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if built.returncode:
        raise SystemExit(f"{built.stderr.partition('Traceback')[0]}The site has faults.")
    return folder / "site"


def _linked(page: Path) -> Iterator[Path]:
    """Yield the files that a page links to and that are no pages themselves."""
    for link in read_links(page.read_text("utf-8")):
        file = (page.parent / link.path).resolve()
        if link.path and file not in PAGES:
            yield file


def _as_shown(page: Path) -> str:
    """Return a page's text, with links to files leading to the pages that show them."""
    text = _INFO.sub(r"\1", page.read_text("utf-8"))
    for link in {link.path for link in read_links(text)}:
        if link and not link.endswith((".md", *PICTURES)):
            text = re.sub(rf"\]\({re.escape(link)}(?=[)#])", f"]({link}.md", text)
    return text


def _source(file: Path) -> str:
    text = file.read_text("utf-8").rstrip()
    return f"# {file.name}\n\n`{file.relative_to(ROOT)}`\n\n````{LANGUAGES.get(file.suffix, 'text')}\n{text}\n````\n"


def _write(folder: Path, path: Path, text: str) -> None:
    _place(folder, path).write_text(text, "utf-8")


def _place(folder: Path, path: Path) -> Path:
    place = folder / "pages" / path.relative_to(ROOT)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


if __name__ == "__main__":
    print(f"{build(Path(sys.argv[1]) if sys.argv[1:] else ROOT / 'build' / 'docs')}/index.html")
