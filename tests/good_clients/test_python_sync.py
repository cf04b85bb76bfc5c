"""The client of examples/clients/python_sync: the judge finds nothing, whatever happens to it."""

from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal

from contracts.battery.scenario import Scenario
from tests.good_clients.running import WISH, check_client, load, run_main, scenarios_for

pytestmark = pytest.mark.uncounted


@pytest.mark.parametrize("scenario", scenarios_for("download"), ids=lambda scenario: scenario.name)
def test_nothing_is_wrong(
    scenario: Scenario, portal: BlockingPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge finds nothing, of any level."""
    client = load("python_sync", monkeypatch)
    check_client(portal, lambda _: run_main(client.main, [str(tmp_path / "clip.mp4"), *WISH]), scenario)
