"""Runs of pytest that have the plugin, within this one; and simulators as the plugin opens them, without such a run."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent
from typing import Any, Protocol

import httpcore
import httpcore2
import httpx2
import pytest
from anyio.from_thread import BlockingPortal

import contracts.plugin
from contracts import Evolink, evolink_scenarios
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator as open_one
from contracts.report.pytest_hooks import Reports
from openapi.clauses import load_clauses

SHOP = Path(__file__).with_name("shop.py")
FORGOTTEN = (Reports, evolink_scenarios, httpcore, httpcore2, httpx2, load_clauses())
"""What a run within this one would import, or read, for itself alone if it were not there before."""


class Run(Protocol):
    """Runs tests, with the plugin and no other."""

    def __call__(self, source: str, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run a test module; `shop` can be imported in it."""
        ...


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, portal: BlockingPortal) -> Run:  # noqa: ARG001 - a simulator has been opened by it
    """How to run tests within this test."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(shop=SHOP.read_text("utf-8"))
    pytester.makeini("[pytest]\nstrict_markers = true\nfilterwarnings = error\n")

    def start(source: str, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makepyfile(test_it=f"import pytest\nfrom shop import *\n{dedent(source)}")
        given = [part for plugin in plugins for part in ("-p", plugin)]
        return pytester.runpytest_inprocess(*given, *arguments, plugins=[contracts.plugin])

    return start


@pytest.fixture
def open_simulator(portal: BlockingPortal) -> Iterator[Callable[..., Evolink]]:
    """How to open a simulator with these options."""
    with ExitStack() as stack:

        def enter(**options: Any) -> Evolink:
            return stack.enter_context(open_one(portal, Options(**options)))

        yield enter


@pytest.fixture
def evolink(open_simulator: Callable[..., Evolink]) -> Evolink:
    """A simulator as a test gets it that asks for nothing."""
    return open_simulator()
