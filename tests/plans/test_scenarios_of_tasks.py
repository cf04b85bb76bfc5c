"""Every ready scenario that is about tasks, their files and their callbacks does what its description says."""

from typing import Final

import pytest

from contracts.drive.receiver import Receiver
from mock_server.core.tasks.timeline import TERMINAL
from mock_server.links.videos import placeholder
from mock_server.scenarios.bundled import load_scenarios
from tests.plans.driving import HOOK, LONGEST_TASK, Check, Drive, Driven
from tests.plans.test_scenarios_of_answers import CHECKS as OF_ANSWERS

pytestmark = pytest.mark.anyio


async def broken_callback(driven: Driven, receiver: Receiver) -> None:
    """The first attempt at each callback breaks off."""
    for _ in range(2):
        await driven.finished(callback_url=HOOK)
        await driven.advance(10)
    attempts = [callback.attempts for callback in (await driven.control.list_callbacks()).callbacks]
    assert [[attempt.status for attempt in each] for each in attempts] == [[None, 200]] * 2
    assert len(receiver.received) == 2


async def broken_link(driven: Driven, _receiver: Receiver) -> None:
    """The first download of each file breaks off at nine tenths, and a byte of the file is wrong."""
    for _ in range(2):
        await driven.finished()
        first, second = await driven.fetch(), await driven.fetch()
        assert (first.ended, second.ended) == ("close", None)
        assert second.headers["content-length"] == str(len(second.body)) == str(len(placeholder()))
        assert sum(one != other for one, other in zip(second.body, placeholder(), strict=True)) == 1


async def cancelled(driven: Driven, _receiver: Receiver) -> None:
    """Every task is cancelled halfway."""
    for _ in range(2):
        task = await driven.finished()
        assert task["status"] == "cancelled"
        assert task["duration"] < 95


async def duplicate_callback(driven: Driven, receiver: Receiver) -> None:
    """Every callback comes three times at once."""
    await driven.finished(callback_url=HOOK)
    assert len(receiver.received) == 3
    assert len({request.body for request in receiver.received}) == 1


async def early_callback(driven: Driven, receiver: Receiver) -> None:
    """Callbacks come before the create request is answered."""
    assert (await driven.create(callback_url=HOOK)).json()["status"] == "pending"
    assert [request.json()["status"] for request in receiver.received] == ["completed"]


async def expired_link(driven: Driven, _receiver: Receiver) -> None:
    """Result links hold for ten seconds."""
    await driven.create()
    facts = await driven.control.show_task(driven.tasks[0])
    assert facts.ends_at is not None
    await driven.control.change_clock(set=facts.ends_at + 9.9)
    assert (await driven.fetch()).body == placeholder()
    await driven.advance(0.1)
    assert (await driven.fetch()).status == 403


async def failing(driven: Driven, _receiver: Receiver) -> None:
    """Every second task fails late, and the error is worth another try."""
    tasks = [await driven.finished() for _ in range(4)]
    assert [task["status"] for task in tasks] == ["completed", "failed"] * 2
    assert tasks[1]["error"]["code"] == "service_error"
    assert tasks[1]["duration"] > 60


async def instant(driven: Driven, _receiver: Receiver) -> None:
    """Every task is done as soon as time passes."""
    await driven.create()
    await driven.advance(0.000_002)
    assert (await driven.query()).json()["status"] == "completed"


async def jumping_progress(driven: Driven, _receiver: Receiver) -> None:
    """Progress falls back to 0 at 70 %."""
    await driven.create()
    shown = []
    for _ in range(LONGEST_TASK):
        await driven.advance(1)
        task = (await driven.query()).json()
        shown += [task["progress"]] if task["status"] == "processing" else []
    highest = shown.index(max(shown))
    assert shown[: highest + 1] == sorted(shown[: highest + 1])
    assert 60 <= shown[highest] < 70
    assert shown[highest + 1] < 5
    assert shown[highest + 1 :] == sorted(shown[highest + 1 :])


async def late_callback(driven: Driven, receiver: Receiver) -> None:
    """Callbacks come a minute after the end of their task."""
    await driven.create(callback_url=HOOK)
    facts = await driven.control.show_task(driven.tasks[0])
    assert facts.ends_at is not None
    await driven.control.change_clock(set=facts.ends_at + 59.9)
    assert not receiver.received
    await driven.advance(0.1)
    assert len(receiver.received) == 1


async def lying_estimate(driven: Driven, _receiver: Receiver) -> None:
    """Five seconds are announced for tasks that take ten times as long as usual."""
    assert (await driven.create()).json()["task_info"]["estimated_time"] == 5
    await driven.advance(950)
    assert (await driven.query()).json()["status"] == "processing"


async def missing_file(driven: Driven, _receiver: Receiver) -> None:
    """Result links lead nowhere."""
    assert (await driven.finished())["results"]
    assert (await driven.fetch()).status == 404


async def missing_results(driven: Driven, _receiver: Receiver) -> None:
    """Tasks are completed, and there are no results."""
    task = await driven.finished()
    assert task["status"] == "completed"
    assert not {"results", "result_data"} & task.keys()


async def moderated_words(driven: Driven, _receiver: Receiver) -> None:
    """Tasks fail whose prompt has the word forbidden in it."""
    task = await driven.finished(prompt="A forbidden cat")
    assert task["error"]["code"] == "content_policy_violation"
    assert (await driven.finished(prompt="A cat"))["status"] == "completed"


async def moderated(driven: Driven, _receiver: Receiver) -> None:
    """Every task fails, as its content is not allowed."""
    for _ in range(2):
        assert (await driven.finished())["error"]["code"] == "content_policy_violation"


async def no_callback(driven: Driven, receiver: Receiver) -> None:
    """No callback is sent; only asking helps."""
    assert (await driven.finished(callback_url=HOOK))["status"] == "completed"
    await driven.advance(1_000)
    assert not receiver.received


async def slow_link(driven: Driven, _receiver: Receiver) -> None:
    """Result files take half a minute."""
    await driven.finished()
    assert (await driven.fetch()).body == placeholder()
    assert sum(driven.slept) == pytest.approx(30)


async def stale_callback(driven: Driven, receiver: Receiver) -> None:
    """After the callback another one says that the task is still processing."""
    await driven.finished(callback_url=HOOK)
    await driven.advance(10)
    assert [request.json()["status"] for request in receiver.received] == ["completed", "processing"]


async def stuck(driven: Driven, _receiver: Receiver) -> None:
    """Every task stays at 42 % for ever."""
    await driven.create()
    for _ in range(3):
        await driven.advance(100_000)
        task = (await driven.query()).json()
        assert (task["status"], task["progress"]) == ("processing", 42)


async def unknown_status(driven: Driven, _receiver: Receiver) -> None:
    """Tasks that are processing show a status that no page describes."""
    assert (await driven.create()).json()["status"] == "pending"
    await driven.advance(50)
    assert (await driven.query()).json()["status"] == "paused"
    await driven.advance(LONGEST_TASK)
    assert (await driven.query()).json()["status"] in TERMINAL


CHECKS: Final[dict[str, Check]] = {
    check.__name__.replace("_", "-"): check
    for check in (
        broken_callback,
        broken_link,
        cancelled,
        duplicate_callback,
        early_callback,
        expired_link,
        failing,
        instant,
        jumping_progress,
        late_callback,
        lying_estimate,
        missing_file,
        missing_results,
        moderated_words,
        moderated,
        no_callback,
        slow_link,
        stale_callback,
        stuck,
        unknown_status,
    )
}


@pytest.mark.parametrize("name", CHECKS)
async def test_a_scenario_does_what_it_says(name: str, drive: Drive, receiver: Receiver) -> None:
    """In a server that was started with it."""
    await CHECKS[name](await drive(scenarios=(name,), callback_routes=(receiver.route,)), receiver)


def test_each_scenario_has_its_check() -> None:
    """None is there that is not tested, and the check says the same as the scenario."""
    said = {name: check.__doc__ for name, check in (OF_ANSWERS | CHECKS).items()}
    assert said == {name: scenario.description for name, scenario in load_scenarios().items()}
