"""The client of examples/clients/node, live, in a time that passes quickly: the judge finds nothing."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from contracts.battery.paces import without_tempo
from contracts.battery.scenario import Scenario
from contracts.evolink.money import find_charges
from contracts.evolink.options import PLAIN
from contracts.evolink.server import EvolinkServer, LiveServers
from contracts.recording import ClientRecord
from contracts.recording.journal import read_journal
from contracts.recording.outcomes import read_outcomes
from tests.good_clients.running import EXAMPLES, WISH, check_nothing, scenarios_for
from tests.running import PATIENCE, printed_by

SPEED: Final = 25
SHORT: Final = 'task waits=5 runs=35 estimate=40 name="short tasks"'
"""The plan of tasks that another plan says nothing of; it spoils nothing."""

LONG: Final = frozenset({"many-reads", "outage", "silence", "slow-task", "slow-work", "stuck", "stuck-status"})
"""The scenarios for which there is too much time here, or too little; the other clients are put into them."""

CHOSEN: Final = tuple(each for each in scenarios_for("download") if each.name not in LONG)

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"), pytest.mark.uncounted]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ClientRecord]]:
    """What the client did in each scenario, all of them side by side in one process."""
    folder = tmp_path_factory.mktemp("clips")
    with LiveServers() as servers, ExitStack() as stack:
        universes = [stack.enter_context(servers.open_universe(PLAIN)) for _ in CHOSEN]
        for scenario, universe in zip(CHOSEN, universes, strict=True):
            elsewhere = universe.url.replace("127.0.0.1", "localhost")
            universe.plan(*scenario.plans_with(elsewhere), SHORT)
            universe.control.change_clock(mode="scaled", rate=SPEED)
        came = _run(folder, universes)
        yield {
            scenario.name: _record(universe, each["said"])
            for scenario, universe, each in zip(CHOSEN, universes, came, strict=True)
        }


def _run(folder: Path, universes: Sequence[EvolinkServer]) -> list[dict[str, Any]]:
    """Run the client once for each universe."""
    jobs = [
        {"args": [str(folder / f"{number}.mp4"), *WISH], "env": {**universe.env}}
        for number, universe in enumerate(universes)
    ]
    script, client = Path(__file__).with_name("quick_node.mjs"), EXAMPLES / "node" / "client.mjs"
    printed = printed_by("node", script, client, f"{SPEED}", json.dumps(jobs), patience=2 * PATIENCE)
    came: list[dict[str, Any]] = json.loads(printed)
    return came


def _record(universe: EvolinkServer, said: str) -> ClientRecord:
    """Return the record of a client whose time passes as quickly as that of its universe."""
    record = read_journal(
        {"entries": universe._entries()},
        callbacks={"callbacks": universe.callbacks},
        clock="virtual",
        charges={charge.task: charge.amount for charge in find_charges(universe.tasks)},
        reported=read_outcomes(said),
    )
    return without_tempo(msgspec.structs.replace(record, apis=(universe.url,)))


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda scenario: scenario.name)
def test_nothing_is_wrong(scenario: Scenario, records: Mapping[str, ClientRecord]) -> None:
    """The judge finds nothing, of any level."""
    record = records[scenario.name]
    assert len(record.reported) == 1
    check_nothing(record, scenario)
