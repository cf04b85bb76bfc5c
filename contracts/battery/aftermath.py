"""What is made of a program's run in a scenario: the record of it, and how it ended."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from contracts.battery.paces import clip, quicken, without_tempo
from contracts.battery.scenario import Scenario
from contracts.battery.service import REAL, Service
from contracts.battery.surroundings import Surroundings
from contracts.battery.trial import Ending, Trial
from contracts.drive.programs.leaks import Search
from contracts.drive.programs.running import Run
from contracts.recording.client import ClientRecord, Sense
from contracts.recording.happenings import Event
from contracts.recording.process import Leak, Stop
from mock_server.entrance.authority import Certificate
from mock_server.hosts import API_HOSTS, LOCAL_HOSTS
from mock_server.proxy.ways import Passage

_FAULTS: Final[Mapping[Certificate, str]] = {
    "expired": "out of date",
    "wrong-host": "for another host",
    "unknown-ca": "vouched for by nobody who is known",
}
_OUTCOME: Final = re.compile(r'^\s*\{.*"outcome".*$', re.MULTILINE)
"""A line that tells the judge what came of something, and may say what was asked for."""


def tell_trial(
    around: Surroundings,
    service: Service,
    run: Run,
    *,
    began: float,
    stopped: float,
    speed: float,
    places: Sequence[Path],
    killed: Sequence[Event] = (),
) -> Trial:
    """Return what came of a run.

    Args:
        around: What the program was told.
        service: What served it.
        run: How it ran.
        began: When it was started, in seconds since the epoch.
        stopped: When it was told to end; 0 if it was not.
        speed: How many seconds of its time passed in a real one.
        places: Where to look for files that it wrote.
        killed: When it was killed, and started again.

    Raises:
        OutcomeError: It printed something that is meant as an outcome, and is none.
    """
    scenario = around.scenario
    if run.ended == "not started":
        return Trial(scenario=scenario, ending="badly", told=run.errors, run=run)
    service.evolink.report_output(run.output)
    ending, told = _end(run)
    record = _complete(without_tempo(service.evolink.client_record()), scenario, service.server.passages)
    record = msgspec.structs.replace(
        record,
        events=(*record.events, *killed),
        leaks=tuple(_find_leaks(around, run, began, places)),
        stops=_stops(run, stopped),
    )
    if speed != REAL:
        record = quicken(record, speed=speed, start=began)
    return Trial(
        scenario=scenario,
        ending=ending,
        told=told,
        seconds=run.seconds,
        record=record if run.ended == "by itself" else clip(record),
        history=service.evolink.history(node=scenario.name),
        run=run,
        strangers=_strangers(service.server.passages),
    )


def _end(run: Run) -> tuple[Ending, str]:
    if run.ended == "by limit":
        return "by limit", f"it had not ended after {run.seconds:.0f} s"
    if run.ended == "killed":
        return "badly", "it did not end when it was told to"
    return ("well", "") if run.ended == "stopped" or run.exit_code == 0 else ("badly", f"exit code {run.exit_code}")


def _complete(record: ClientRecord, scenario: Scenario, passages: Sequence[Passage]) -> ClientRecord:
    """Return a record that says what is seen of a program besides its traffic."""
    more: set[Sense] = {"output"}
    more |= set() if _strangers(passages) else {"hosts"}
    more |= {"tls"} if any(passage.way == "led" for passage in passages) else set()
    fault = None if scenario.certificate == "good" else _FAULTS[scenario.certificate]
    view = msgspec.structs.replace(record.view, sees=record.view.sees | more, impostor=fault)
    return msgspec.structs.replace(record, view=view)


def _stops(run: Run, stopped: float) -> tuple[Stop, ...]:
    if not stopped or run.stopping_seconds is None:
        return ()
    seconds = None if run.ended == "killed" else run.stopping_seconds
    return (Stop(at=stopped, seconds=seconds, printed=run.output + run.errors),)


def _find_leaks(around: Surroundings, run: Run, began: float, places: Sequence[Path]) -> Iterator[Leak]:
    """Find the key wherever it is, and the prompt in what was printed; outcomes may tell that."""
    key, prompt = Search({"key": around.key}), Search({"prompt": around.prompt})
    yield from key.printed("output", run.output.encode())
    yield from prompt.printed("output", _OUTCOME.sub("", run.output).encode())
    for search in (key, prompt):
        yield from search.printed("errors", run.errors.encode())
    for place in places:
        yield from key.written(place, since=began)


def _strangers(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the hosts that were neither the API's nor this machine's own."""
    known = {*API_HOSTS, *LOCAL_HOSTS}
    return tuple(dict.fromkeys(f"{each.host}:{each.port}" for each in passages if each.host not in known))
