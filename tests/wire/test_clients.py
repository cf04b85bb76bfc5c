"""What real clients make of faults: each raises what it would raise with a real service that is as broken."""

from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest

from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.wire import FRAMING_FAULTS, CutPoint, Manner
from tests.wire.clients import CLIENTS, EXPECTED, outcome
from tests.wire.conftest import Universe
from tests.wire.raw import PATIENCE_SECONDS

pytestmark = pytest.mark.uncounted

LITTLE_PATIENCE_SECONDS = 0.5
"""How long a client waits where it waits in vain; it must have got the head of the answer by then."""

IN_VAIN = {f"disconnect {at} silence" for at in get_args(CutPoint)[:-1]}


@pytest.mark.parametrize("words", EXPECTED)
def test_what_a_client_makes_of_it(universe: Universe, words: str) -> None:
    """Each in its own way, when it gets a document; they differ more than one would think."""
    true = universe.call("GET", "/v1/credits")
    universe.plan(f"{words} on=credits")
    patience = LITTLE_PATIENCE_SECONDS if words in IN_VAIN else PATIENCE_SECONDS
    request = f"{universe.live.url}/v1/credits", universe.headers, patience
    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        outcomes = pool.map(lambda ask: outcome(ask, true, *request), CLIENTS.values())
    assert dict(zip(CLIENTS, outcomes, strict=True)) == EXPECTED[words]


def test_everything_is_in_the_table() -> None:
    """Each end, each framing and each body fault: a new one must be added."""
    ends = {f"disconnect {at} {how}" for at in get_args(CutPoint) for how in get_args(Manner)}
    assert ends | {f"framing {fault}" for fault in FRAMING_FAULTS} | {f"body {fault}" for fault in BODY_FAULTS} <= set(
        EXPECTED
    )
