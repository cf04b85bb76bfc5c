"""The client of examples/clients/python_async: the judge finds nothing, whatever happens to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette

from contracts import Evolink
from contracts.battery.scenario import Scenario
from contracts.recording import Reported
from tests.good_clients.running import HOOK, WISH, check_client, load, run_main, scenarios_for

pytestmark = pytest.mark.uncounted

ANYWAY: Final = frozenset({"outage", "several", "stuck", "told-to-wait"})
"""The scenarios that are not about callbacks, and into which the client that takes some is put as well."""

CHOSEN: Final = tuple(
    (scenario, takes)
    for scenario in scenarios_for("download", "several", "callback")
    for takes in (False, True)
    if (takes and scenario.name in ANYWAY) or takes is ("callback" in scenario.needs)
)


@pytest.mark.parametrize(
    ("scenario", "takes"), CHOSEN, ids=[f"{each.name}{'-called' if takes else ''}" for each, takes in CHOSEN]
)
def test_nothing_is_wrong(
    scenario: Scenario,
    takes: bool,  # noqa: FBT001 - a parameter of the test
    portal: BlockingPortal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The judge finds nothing, of any level, whether or not the client takes callbacks."""
    client = load("python_async", monkeypatch)
    monkeypatch.setenv("EVOLINK_TASKS", str(scenario.asks))
    wish = [str(tmp_path), *WISH, *(["--callback-url", HOOK] if takes else [])]

    def make_videos(evolink: Evolink) -> list[Reported]:
        @asynccontextmanager
        async def serving(app: Starlette, _: int) -> AsyncIterator[None]:
            evolink.deliver_to(app)
            yield

        monkeypatch.setattr(client, "serving", serving)
        return run_main(client.main, wish)

    check_client(portal, make_videos, scenario)
