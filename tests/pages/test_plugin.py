"""Pages in tests of pytest."""

from pathlib import Path

import pytest

from contracts.evolink.options import OptionError, read_options
from tests.pages.writing import page, write

pytest_plugins = ["pytester"]

TEST = """
import httpx2
import pytest

HEADERS = {{"authorization": "Bearer sk-a"}}

@pytest.mark.evolink(pages="{folder}", allow=["one/body/prompt/required"])
def test_it(evolink):
    with httpx2.Client(base_url=evolink.url, headers={{**HEADERS, "user-agent": "cat/1.0"}}) as client:
        assert client.post("/v1/images/generations", json={{"model": "one", "prompt": "A cat"}}).status_code == 200
        assert client.post("/v1/images/generations", json={{"model": "one"}}).status_code == 400

@pytest.mark.evolink(pages=["{folder}"])
def test_broken(evolink):
    with httpx2.Client(base_url=evolink.url, headers=HEADERS) as client:
        client.post("/v1/images/generations", json={{"model": "one"}})

@pytest.mark.evolink(pages=["{folder}"])
def test_live(evolink_server):
    headers = {{"authorization": f"Bearer {{evolink_server.key}}"}}
    with httpx2.Client(base_url=evolink_server.url, headers=headers) as client:
        made = client.post("/v1/images/generations", json={{"model": "one", "prompt": "A cat"}})
    assert made.json()["type"] == "image"
"""


@pytest.mark.uncounted
def test_the_mark(pytester: pytest.Pytester, folder: Path) -> None:
    """`pages` serves pages in one test, and names of their clauses can be allowed."""
    write(folder, page("one", kind="image"), "one.json")
    pytester.makepyfile(TEST.format(folder=folder))
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:xdist")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*one/body/prompt/required*"])


ALL = """
import httpx2
import pytest

def make(evolink, model):
    headers = {"authorization": f"Bearer {evolink.key}", "user-agent": "cat/1.0"}
    with httpx2.Client(base_url=evolink.url, headers=headers) as client:
        return client.post("/v1/images/generations", json={"model": model, "prompt": "A cat"}).status_code

def test_without_a_mark(evolink):
    assert make(evolink, "one") == 200

@pytest.mark.evolink(credits=5, strict=False)
def test_with_a_mark_that_names_none(evolink):
    assert make(evolink, "two") == 400

@pytest.mark.evolink(pages="two.json")
def test_with_a_mark_that_names_others(evolink):
    assert make(evolink, "two") == 200
"""


@pytest.mark.parametrize("way", ["configuration", "command line"])
def test_all_tests(pytester: pytest.Pytester, way: str) -> None:
    """Pages of the configuration, or else of the command line, are served in each test whose mark names no others."""
    write(pytester.path, page("one", kind="image"), "one.json")
    write(pytester.path, page("two", kind="image"), "two.json")
    pytester.makepyfile(ALL)
    configured = way == "configuration"
    pytester.makeini(f"[pytest]\nevolink_pages = {'one.json' if configured else 'two.json'}\n")
    said = [] if configured else ["--evolink-page", "one.json"]
    pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:xdist", *said).assert_outcomes(passed=3)


def test_pages_that_are_not_there(pytester: pytest.Pytester) -> None:
    """It is told before any test is run."""
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:xdist", "--evolink-page", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*evolink_pages, --evolink-page: nowhere is no file and no folder"])


def test_what_a_mark_cannot_say(folder: Path) -> None:
    """A page that is not there, or a clause that no page has, is told."""
    with pytest.raises(OptionError, match="is no file and no folder"):
        read_options([((), {"pages": folder})])
    write(folder, page("one"), "one.json")
    options = read_options([((), {"pages": folder, "allow": ["one/body/prompt/type"]})])
    assert options.pages == (str(folder),)
    with pytest.raises(OptionError, match="there is no clause 'one/body/prompt/minimum'"):
        read_options([((), {"pages": folder, "allow": ["one/body/prompt/minimum"]})])
    with pytest.raises(OptionError, match="pages"):
        read_options([((), {"pages": 5})])
