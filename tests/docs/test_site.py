"""The documents as a site: built in strict mode, and its HTML looked through."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs.build_site import build, stage
from docs.links import ELSEWHERE, Link, read_anchors, read_links
from tests.docs.conftest import PAGES, ROOT, name

pytestmark = [pytest.mark.slow, pytest.mark.uncounted]


class Page(HTMLParser):
    """What a page of the site links to, what it loads, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to."""
        given = {key: value or "" for key, value in attrs}
        self.anchors.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        elif found := given.get("src") or given.get("href"):
            self.loads.add(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    """The pages of the site, by where they are."""
    folder = build(tmp_path_factory.mktemp("site"))
    return {path: Page(path.read_text("utf-8")) for path in folder.rglob("*.html") if path.name != "404.html"}


def places(site: dict[Path, Page]) -> Iterator[tuple[Path, str, str]]:
    """Yield what pages link to within the site: the page, the file, and the anchor."""
    for path, page in site.items():
        for link in page.links | page.loads:
            if not ELSEWHERE.match(link):
                split = urlsplit(unquote(link))
                yield path, str((path.parent / split.path).resolve()) if split.path else str(path), split.fragment


def test_each_document_is_a_page(site: dict[Path, Page]) -> None:
    """At the path that it has in the repository; the README is where a reader begins."""
    folder = min(site, key=lambda path: len(path.parts)).parent
    for path in PAGES:
        place = folder / path.relative_to(ROOT).with_suffix(".html")
        assert (place.with_name("index.html") if path.name == "README.md" else place) in site, name(path)


def test_no_link_of_the_site_is_broken(site: dict[Path, Page]) -> None:
    """Each leads to a file of the site, and to an anchor that is there."""
    for path, file, anchor in places(site):
        place = Path(file) / "index.html" if Path(file).is_dir() else Path(file)
        assert place.is_file(), (path, file)
        assert not anchor or anchor.startswith("__") or anchor in site[place].anchors, (path, file, anchor)


def test_nothing_is_fetched_from_elsewhere(site: dict[Path, Page]) -> None:
    """Neither fonts nor scripts: the site can be read without a network."""
    assert not {load for page in site.values() for load in page.loads if ELSEWHERE.match(load)}


def test_a_broken_link_ends_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In strict mode, with the page and the link."""

    def spoil(folder: Path) -> None:
        (folder / "pages").mkdir(parents=True)
        (folder / "pages" / "README.md").write_text("# Home\n\n[Nowhere](nowhere.md)\n", "utf-8")
        (folder / "zensical.toml").write_text('[project]\nsite_name = "x"\ndocs_dir = "pages"\n', "utf-8")

    monkeypatch.setattr("docs.build_site.stage", spoil)
    with pytest.raises(SystemExit, match=r"(?s)README\.md:3:11.*has faults"):
        build(tmp_path / "site")


def test_a_file_that_is_linked_is_shown_as_a_page(tmp_path: Path) -> None:
    """With what it is written in; what a fence says for tests alone is left out."""
    stage(tmp_path)
    shown = (tmp_path / "pages" / "examples" / "node_fetch.mjs.md").read_text("utf-8")
    assert "````js\n" in shown
    readme = (tmp_path / "pages" / "README.md").read_text("utf-8")
    assert "(examples/node_fetch.mjs.md)" in readme
    assert "no-run" not in readme


def test_links_and_anchors_are_those_of_github() -> None:
    """Pictures are links; fences hold none; anchors lose signs, and keep hyphens and underscores."""
    links = "[x](y.md#z) ![p](q.png) <https://e.com> [e](mailto:a@b.c) [h](#i)"
    text = f"# `a_b`: it's *here*\n\n{links}\n\n```\n[n](o.md)\n```\n"
    assert read_links(text) == [Link("y.md", "z"), Link("q.png", ""), Link("", "i")]
    assert read_anchors(text) == ["a_b-its-here"]
