"""The pytest plugin `evolink`: the API in a test, without a network, in no time (docs/how-to/pytest.md).

Whatever needs more than pytest is imported by the first test that asks for it.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from contracts.drive.receiver import Receiver
    from contracts.evolink.evolink import Evolink
    from contracts.evolink.options import Options
    from contracts.evolink.server import EvolinkServer, LiveServers
    from contracts.report.pytest_hooks import Reports
    from contracts.report.verdicts.statement import Statement

Opened = TypeVar("Opened", bound="Evolink")

_MARKER: Final = (
    "evolink(*, scenario, plans, pages, credits, seed, slots, requests_per_minute, media, videos, base_urls, sleeps, "
    "strict, judge, allow): what the simulated API of a test is like; of several marks the nearest wins, keyword by "
    "keyword"
)
_PAGES: Final = "evolink_pages"
"""The name in the configuration of the pages that every test is served."""

_UNUSED: Final = "evolink.unused_plans"
"""The property of a test that names the plans that never struck; so the process that reports learns of them."""

_reports: "pytest.StashKey[Reports]" = pytest.StashKey()
_simulators: "pytest.StashKey[list[tuple[Evolink, Options]]]" = pytest.StashKey()
_passed: "pytest.StashKey[bool]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for reports, and for what every test is served."""
    group = parser.getgroup("evolink", "the EvoLink API in tests")
    group.addoption(
        "--evolink-report",
        metavar="DIR",
        type=Path,
        help="Sum up what tests did with the API, and write a report with the time line of each that failed.",
    )
    group.addoption(
        "--evolink-record", metavar="DIR", type=Path, help="Write an HTTP Archive (HAR) of what each test sent."
    )
    group.addoption(
        "--evolink-page",
        metavar="PATH",
        action="append",
        help="Add the model of this page, or of each page of a folder, to those that come along; can be repeated.",
    )
    help_of_pages = "The pages of models, and folders of pages, that are added to those that come along."
    parser.addini(_PAGES, help_of_pages, type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker, look whether pages are there, and be ready for reports if some are wanted.

    Raises:
        pytest.UsageError: There is no such file or folder of pages.
    """
    config.addinivalue_line("markers", _MARKER)
    for page in _find_pages(config):
        if not Path(page).exists():
            raise pytest.UsageError(f"{_PAGES}, --evolink-page: {page} is no file and no folder")
    reports, archives = config.getoption("evolink_report"), config.getoption("evolink_record")
    if reports is not None or archives is not None:
        from contracts.report import pytest_hooks  # noqa: PLC0415 - who wants none does not wait for it

        config.stash[_reports] = pytest_hooks.Reports(reports=reports, archives=archives)
        config.pluginmanager.register(config.stash[_reports], "evolink-reports")


@pytest.fixture(scope="session")
def _evolink_portal() -> Iterator["BlockingPortal"]:
    """The way to the event loop on which simulators live, one after the other."""
    from anyio.from_thread import start_blocking_portal  # noqa: PLC0415 - who does not use it does not wait for it

    with start_blocking_portal("asyncio") as portal:
        yield portal


@pytest.fixture
def evolink(request: pytest.FixtureRequest, _evolink_portal: "BlockingPortal") -> Iterator["Evolink"]:
    """The EvoLink API for this test alone: its client's calls reach a simulator, and its sleeps take no time."""
    from contracts.evolink.simulator import open_simulator  # noqa: PLC0415 - the same

    with _opened(request, lambda options: open_simulator(_evolink_portal, options)) as evolink:
        yield evolink


@pytest.fixture(scope="session")
def _evolink_servers() -> Iterator["LiveServers"]:
    """The live servers, of which tests have universes."""
    from contracts.evolink.server import LiveServers  # noqa: PLC0415 - the same

    with LiveServers() as servers:
        yield servers


@pytest.fixture
def evolink_server(request: pytest.FixtureRequest, _evolink_servers: "LiveServers") -> Iterator["EvolinkServer"]:
    """The EvoLink API on a port of this machine, with a universe for this test: for other processes and languages."""
    with _opened(request, _evolink_servers.open_universe) as evolink:
        yield evolink


@pytest.fixture
def evolink_receiver(request: pytest.FixtureRequest) -> Iterator["Receiver"]:
    """An HTTPS server for callbacks to https://hooks.example.com that answers as it is told; 200 if it is not told."""
    from contracts.drive.receiver import Receiver  # noqa: PLC0415 - the same

    with Receiver() as receiver:
        for name in ("evolink", "evolink_server"):
            if name in request.fixturenames:
                request.getfixturevalue(name).lead_to(receiver)
        yield receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Refuse a mark that says something wrong, whether or not the test has a simulator."""
    if item.get_closest_marker("evolink") is not None:
        _read_options(item)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge the client, unless the test has failed without that; and note the plans that never struck."""
    result = yield
    for evolink, options in item.stash.get(_simulators, []):
        if unused := evolink.unused_plans:
            item.user_properties.append((_UNUSED, ", ".join(unused)))
        _judge(evolink, options)
    item.stash[_passed] = True
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a test that failed what happened, unless its failure has said so."""
    report = yield
    for evolink, _ in item.stash.get(_simulators, []) if report.failed else []:
        timeline = evolink.timeline
        if call.excinfo is not None and timeline not in str(call.excinfo.value):
            report.sections.append(("EvoLink: what happened", timeline))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the plans that never struck, of tests that passed."""
    unused = {
        report.nodeid: value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == _UNUSED
    }
    if unused and terminalreporter.config.getoption("evolink_report") is None:  # whose summary has them
        terminalreporter.section("EvoLink: plans that never struck")
        for test, names in unused.items():
            terminalreporter.line(f"{test}: {names}")
        terminalreporter.line(
            "Such a plan has tested nothing: look at what it is to match (`evolink.plans` shows what did), or drop it."
        )


@contextmanager
def _opened(
    request: pytest.FixtureRequest, open_one: "Callable[[Options], AbstractContextManager[Opened]]"
) -> Iterator[Opened]:
    """Open a simulator as a test asks for it, and in the end keep what is to be reported and judge what came late."""
    item = request.node
    options = _read_options(item, *([request.param] if hasattr(request, "param") else []))
    simulators, item.stash[_passed] = item.stash.setdefault(_simulators, []), False
    with open_one(options) as evolink:
        simulators.append((evolink, options))
        yield evolink
        simulators.remove((evolink, options))
        reports = request.config.stash.get(_reports, None)
        if reports is not None:
            reports.keep(item, evolink.history(node=item.nodeid), _state(evolink, options) if reports.judges else None)
        evolink.raise_app_errors()
        if item.stash[_passed]:
            _judge(evolink, options)  # what other fixtures did since


def _read_options(item: pytest.Item, *planned: Any) -> "Options":
    """Read what a test asks for by its marks, and by the parameter that it has for `evolink`."""
    from contracts.evolink.options import OptionError, read_options  # noqa: PLC0415 - the same

    marks = [(mark.args, mark.kwargs) for mark in item.iter_markers("evolink")]
    if pages := _find_pages(item.config):
        marks.append(((), {"pages": pages}))
    try:
        return read_options(marks, *planned)
    except OptionError as error:
        problem = f"@pytest.mark.evolink: {error}"
    pytest.fail(problem, pytrace=False)


def _find_pages(config: pytest.Config) -> list[str]:
    """Return the pages that every test is served whose mark names no others."""
    return config.getoption("evolink_page") or [str(page) for page in config.getini(_PAGES)]


def _state(evolink: "Evolink", options: "Options") -> "Statement":
    """Return what the judge says of the client, for a report."""
    from contracts.judge import judge_client, state_verdict  # noqa: PLC0415 - the same

    record = evolink.client_record()
    return state_verdict(judge_client(record, level=options.judge or "must", allow=options.rules), record)


def _judge(evolink: "Evolink", options: "Options") -> None:
    """Let a test fail whose client broke a clause or a rule, or whose app failed that callbacks were delivered into."""
    from contracts.evolink.violations import write_violations  # noqa: PLC0415 - the same

    evolink.raise_app_errors()
    if options.strict and (found := evolink.violations):
        pytest.fail(write_violations(found), pytrace=False)
    if options.judge is not None and (told := evolink.find_broken_rules(level=options.judge)):
        pytest.fail(told, pytrace=False)
