"""Universes do not affect each other: what happens in one is what happens in it on a server of its own."""

import asyncio
from itertools import cycle, islice
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.serving import KEY, START
from tests.snapshots.programs import HOOK, STEPS, Mailbox, Record, RecordedUniverse, Step, simulated

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("mailbox"), pytest.mark.uncounted]

DAY: Final[list[Step]] = [
    ("create", "", "one", HOOK),
    ("advance", 90),
    ("query", 0),
    ("create", "[mock: cancel at=95% callback=twice]", None, HOOK),
    ("change", ("POST", "accounts", {"key": KEY, "credits": 60})),
    ("advance", 1),
    ("create", "", "one", HOOK),
    ("list", {}),
    ("change", ("PUT", "limits", {"requests_per_minute": 20})),
    ("get", "/v1/credits"),
    ("change", ("POST", "plans", {"plans": "answer 503 chance=50% each=account"})),
    ("create", "", None, None),
    ("create", "", None, None),
    ("steer", "hold", 1),
    ("advance", 200),
    ("redeliver", 0),
    ("batch", [0, 1, 2]),
    ("refused", ("DELETE", "/v1/tasks", {})),
]
"""A program that touches everything a universe has."""


def beginning(number: int) -> dict[str, Any]:
    """Return how the universe of a number begins: each at its own time, with its own seed."""
    return {"seed": f"seed {number}", "start": START / 1_000_000 + 1_000 * number}


async def alone(number: int, program: list[Step]) -> tuple[list[Record], dict[str, Any]]:
    """Run a program in a universe on a server of its own; return what came of it, and what the universe is then."""
    async with simulated() as client:
        universe = RecordedUniverse(client, f"universe-{number}")
        await universe.begin(**beginning(number))
        return await universe.run(program), await universe.facts()


@settings(max_examples=40)  # whole universes
@given(steps=st.lists(st.tuples(st.integers(0, 3), STEPS), max_size=30))
async def test_universes_on_one_server(mailbox: Mailbox, steps: list[tuple[int, Step]]) -> None:
    """Steps in four universes, in any order, give in each what they give where there is no other."""
    async with simulated() as client:
        universes = [RecordedUniverse(client, f"universe-{number}") for number in range(4)]
        for number, universe in enumerate(universes):
            await universe.begin(**beginning(number))
        records: list[list[Record]] = [[], [], [], []]
        for number, step in steps:
            records[number].append(await universes[number].do(*step))
        shared = [(records[number], await universe.facts()) for number, universe in enumerate(universes)]
    mailbox.empty()
    programs = [[step for number, step in steps if number == which] for which in range(4)]
    assert shared == [await alone(number, program) for number, program in enumerate(programs)]


async def test_two_hundred_universes_at_once(mailbox: Mailbox) -> None:
    """Two hundred clients, each in a universe with a time and an order of its own, get what each would get alone.

    Every fifth is alone too, so that each order is.
    """
    programs = [[*islice(cycle(DAY), number % len(DAY), number % len(DAY) + len(DAY))] for number in range(200)]
    async with simulated() as client:
        universes = [RecordedUniverse(client, f"universe-{number}") for number in range(200)]
        await asyncio.gather(*(universe.begin(**beginning(number)) for number, universe in enumerate(universes)))
        records = await asyncio.gather(
            *(universe.run(program) for universe, program in zip(universes, programs, strict=True))
        )
        facts = [await universe.facts() for universe in universes]
    mailbox.empty()
    for number in range(0, 200, 5):
        assert (records[number], facts[number]) == await alone(number, programs[number])
    assert len({each["clock"]["now"] for each in facts}) == 200
