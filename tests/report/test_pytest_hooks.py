"""Reports as pytest writes them: each test here runs tests of its own."""

import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from contracts.report.history import History
from contracts.report.pytest_hooks import Reports
from openapi.violations import CompiledSchema
from tests.journal.har_schema import HAR
from tests.report.facts import encoded, plan, record

pytest_plugins = "pytester"

CONFTEST = """
import msgspec, pytest
from pathlib import Path
from contracts.report.pytest_hooks import Reports
from contracts.report.history import History

RECORDS = Path("records").absolute()

def pytest_configure(config):
    folders = {name: Path(name) for name in ("reports", "archives") if not Path(f"without-{name}").exists()}
    config.pluginmanager.register(Reports(**{"reports": None, "archives": None, **folders}), "evolink-reports")

@pytest.fixture
def simulators(request):
    yield
    for path in sorted(RECORDS.iterdir()):
        record = msgspec.json.decode(path.read_bytes(), type=History)
        record = msgspec.structs.replace(record, node=request.node.nodeid)
        request.config.pluginmanager.get_plugin("evolink-reports").keep(request.node, record)
"""

TESTS = """
import os
import pytest

@pytest.fixture
def breaks(simulators):
    yield
    raise OSError("at the end")

def test_passes(simulators): os.chdir("records")
def test_fails(simulators): assert 1 == 2, "the reason"
def test_ends_badly(breaks): pass
def test_fails_twice(breaks): assert 1 == 2, "the reason"
def test_skips(simulators): pytest.skip("not now")
def test_without(): pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester, generation: History) -> pytest.Pytester:
    """A project of tests, whose universes all saw the same generation."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    records = pytester.mkdir("records")
    (records / "a.json").write_bytes(encoded(generation))
    return pytester


def names(folder: Path) -> list[str]:
    """Return the files of a folder without their digests."""
    return sorted(path.name.rpartition("-")[0] + path.suffix for path in folder.iterdir())


OPTIONS = tuple(f"-pno:{name}" for name in ("randomly", "cacheprovider", "schemathesis", "respx", "faker"))


@pytest.mark.uncounted
@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "workers"])
def test_files_and_summary(project: pytest.Pytester, options: tuple[str, ...]) -> None:
    """Failed tests have a report, all that had a simulator an archive, and the summary tells of both."""
    result = project.runpytest_inprocess(*OPTIONS, *options, "--junitxml=junit.xml")
    result.assert_outcomes(passed=3, failed=2, errors=2, skipped=1)
    stem = "test-files-and-summary-test"
    assert names(project.path / "reports") == [f"{stem}-{name}.html" for name in ("ends-badly", "fails-twice", "fails")]
    assert names(project.path / "archives") == [
        f"{stem}-{name}.har" for name in ("ends-badly", "fails-twice", "fails", "passes", "skips")
    ]
    printed = result.stdout.str()
    assert "= evolink =" in printed
    assert "5 tests: " in printed
    assert printed.count("broke DURATION-RANGE") == 5
    assert printed.count(str(Path("reports", "test-files"))) == 3
    properties = {
        str(case.get("name")): {str(item.get("name")): str(item.get("value")) for item in case.iter("property")}
        for case in ET.parse(project.path / "junit.xml").iter("testcase")  # noqa: S314 - the same
    }
    assert properties["test_fails"]["evolink.violations"] == "1"
    assert properties["test_passes"]["evolink.tasks"] == "2"
    assert properties["test_without"] == {}


def page(project: pytest.Pytester, name: str) -> str:
    """Return the report of a test."""
    (path,) = (
        path for path in (project.path / "reports").iterdir() if path.name.rpartition("-")[0].endswith(f"-test-{name}")
    )
    return path.read_text("utf-8")


def test_how_a_test_ended(project: pytest.Pytester) -> None:
    """A failure of the test is that; one of a fixture an error; and of two the first counts."""
    project.runpytest_inprocess(*OPTIONS)
    assert '<span class="outcome failed">' in page(project, "fails")
    assert "the reason" in page(project, "fails")
    assert '<span class="outcome error">' in page(project, "ends-badly")
    assert "at the end" in page(project, "ends-badly")
    assert '<span class="outcome failed">' in page(project, "fails-twice")
    assert "OSError" not in page(project, "fails-twice")


def test_an_archive(project: pytest.Pytester, generation: History, secrets: tuple[str, ...]) -> None:
    """It is one by the format's own rules, with each request and without secrets."""
    project.runpytest_inprocess(*OPTIONS, "-k", "passes")
    (path,) = (project.path / "archives").iterdir()
    document = msgspec.json.decode(path.read_bytes())
    assert CompiledSchema(HAR).violations(document) == ()
    assert len(document["log"]["entries"]) == len(generation.entries)
    assert not any(secret in path.read_text("utf-8") for secret in secrets)


def test_two_universes(project: pytest.Pytester) -> None:
    """Each has files of its own, and both count as one test."""
    other = record(universe="other", plans=(plan("answer 503", 0),))
    (project.path / "records" / "b.json").write_bytes(encoded(other))
    result = project.runpytest_inprocess(*OPTIONS, "-k", "passes or (fails and not twice)")
    assert len(list((project.path / "archives").iterdir())) == 4
    assert len(list((project.path / "reports").iterdir())) == 2
    assert "2 tests: " in result.stdout.str()


@pytest.mark.parametrize(("without", "made"), [("reports", "archives"), ("archives", "reports")])
def test_one_without_the_other(project: pytest.Pytester, without: str, made: str) -> None:
    """Only what is wanted is written, and without reports no summary is shown."""
    (project.path / f"without-{without}").touch()
    result = project.runpytest_inprocess(*OPTIONS)
    assert not (project.path / without).exists()
    assert (project.path / made).exists()
    assert ("= evolink =" in result.stdout.str()) == (made == "reports")


def test_a_file_that_cannot_be_written(project: pytest.Pytester) -> None:
    """The tests go on, and the summary says what could not be written."""
    result = project.runpytest_inprocess(*OPTIONS, "-k", "fails and not twice")
    (path,) = (project.path / "reports").iterdir()
    path.unlink()
    path.mkdir()
    result = project.runpytest_inprocess(*OPTIONS, "-k", "fails and not twice")
    result.assert_outcomes(failed=1)
    assert f"{path.name} cannot be written: " in result.stdout.str()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The run does not begin, and the sentence names the option."""
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(pytest.UsageError, match=r"--evolink-report: the folder .* cannot be made: "):
        Reports(reports=taken / "reports", archives=None)
    with pytest.raises(pytest.UsageError, match="--evolink-record: "):
        Reports(reports=None, archives=taken)
