"""A replay: the same seed and the same requests at the same times of a universe give the same bytes."""

from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings

from mock_server.core.ids import universe_code
from tests.serving import Wall
from tests.snapshots.programs import PROGRAMS, Mailbox, Posted, Record, RecordedUniverse, Step, simulated, unpacked

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("mailbox"), pytest.mark.uncounted]

ELSEWHERE: dict[str, Any] = {"seed": "another", "speed": 1_000.0, "credits": 5.0, "requests_per_minute": 1, "slots": 0}
"""Settings of a server that has nothing in common with the first one's."""

SOME = settings(max_examples=40)
"""An example is two servers and three runs."""


class Halved(NamedTuple):
    """A run: a snapshot from its middle, who knew what then, and what came of the second half."""

    document: bytes
    middle: RecordedUniverse
    recorded: list[Record]
    posted: list[Posted]


def later(times: int) -> Wall:
    """Return a real time that no universe here reaches: a file is dated only once real time is beyond it."""
    wall = Wall()
    wall.advance(1e7 * times)
    return wall


async def halves(universe: RecordedUniverse, mailbox: Mailbox, before: list[Step], after: list[Step]) -> Halved:
    """Run a program from the beginning of a universe."""
    mailbox.empty()
    await universe.begin()
    await universe.run(before)
    document, middle = await universe.snapshot(), universe.called(universe.name)
    mailbox.empty()
    return Halved(document, middle, await universe.run(after), mailbox.empty())


@SOME
@given(before=PROGRAMS, after=PROGRAMS)
@example(before=[("create", "", None, None), ("query", 0), ("advance", 200)], after=[("query", 0), ("result", 0)])
async def test_a_run_goes_on_elsewhere(mailbox: Mailbox, before: list[Step], after: list[Step]) -> None:
    """From a snapshot, another server with another seed, speed and time answers every request with the same bytes."""
    async with simulated(wall=later(1)) as here, simulated(wall=later(2), **ELSEWHERE) as there:
        universe, copy = RecordedUniverse(here), RecordedUniverse(there)
        run = await halves(universe, mailbox, before, after)
        await copy.restore(run.document)
        assert await copy.follow(run.middle).run(after) == run.recorded
        assert mailbox.empty() == run.posted
        assert await copy.facts() == await universe.facts()


@SOME
@given(program=PROGRAMS)
async def test_a_run_again(mailbox: Mailbox, program: list[Step]) -> None:
    """A universe that is begun with a seed and a time runs the same everywhere, to the last byte of its snapshot."""
    async with simulated(wall=later(1)) as here, simulated(wall=later(2), seed="another", speed=1_000.0) as there:
        mailbox.empty()
        runs = []
        for universe in (RecordedUniverse(here), RecordedUniverse(there)):
            await universe.begin()
            runs.append((await universe.run(program), mailbox.empty(), await universe.snapshot()))
        assert runs[0] == runs[1]


@SOME
@given(before=PROGRAMS, after=PROGRAMS)
async def test_a_run_goes_on_under_another_name(mailbox: Mailbox, before: list[Step], after: list[Step]) -> None:
    """Under another name the same is the same, but for the ids of accounts and what contains them."""
    async with simulated(wall=later(1)) as here, simulated(wall=later(2), **ELSEWHERE) as there:
        universe, copy = RecordedUniverse(here, "blue"), RecordedUniverse(there, "pink")
        run = await halves(universe, mailbox, before, after)
        await copy.restore(run.document)
        recorded = await copy.follow(run.middle.called("pink")).run(after)
        assert [*map(in_blue, recorded)] == run.recorded
        assert [in_blue(unpacked(body)) for _, body, _ in mailbox.empty()] == [
            unpacked(body) for _, body, _ in run.posted
        ]
        assert in_blue(await copy.facts()) == await universe.facts()


def in_blue(said: Any) -> Any:
    """Return what was said in the universe pink as it would be said in blue."""
    if isinstance(said, bytes):
        return in_blue(said.decode("latin-1")).encode("latin-1")
    if isinstance(said, str):
        return said.replace(universe_code("pink"), universe_code("blue")).replace("pink", "blue")
    if isinstance(said, dict):
        return {in_blue(name): in_blue(value) for name, value in said.items()}
    return type(said)(map(in_blue, said)) if isinstance(said, list | tuple) else said
