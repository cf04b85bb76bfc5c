"""A server that is not known to be a simulator is asked in real time, and what it costs is what was said."""

from collections.abc import Callable

import httpx2
import pytest

from contracts.drive.live import LiveServer
from contracts.probes import PROBES, RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.callbacks import keep_waiting
from contracts.probes.hooks import Hooks
from contracts.probes.means import Means
from contracts.probes.runner import run
from contracts.probes.targets import RemoteTarget
from contracts.probes.verdicts import judge_records
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.probes.visits import KEYS, visit


@pytest.mark.uncounted
def test_orders_cost_what_was_planned() -> None:
    """With a server whose tasks end at once, and no control API."""
    with LiveServer(create_app(Settings(speed=1, control=False, scenarios=("instant",)))).running() as url:
        target = RemoteTarget(url, Means(keys=KEYS, files=url))
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=250.0)
        course = run(target, plan, tell=lambda _: None)
    verdict = judge_records(plan.rules, course.records)
    assert {each.rule.id: each.findings or each.error for each in verdict.outcomes if each.findings or each.error} == {}
    assert course.complete
    assert course.spent is not None
    assert 0 < course.spent <= plan.credits <= 250


def test_without_a_budget_no_task_is_asked_for_as_it_should_be() -> None:
    """No free request is one that a server could take for an order."""
    with LiveServer(create_app(Settings(speed=1, control=False))).running() as url:
        target = RemoteTarget(url, Means(keys=KEYS, files=url))
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=0.0)
        course = run(target, plan, tell=lambda _: None)
    (record,) = course.records
    assert record.creations
    assert all(not {"prompt", "video_urls"} & creation.body.keys() for creation in record.creations)
    assert course.spent == 0


def test_a_task_of_a_real_server_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can end it by hand, so that it is followed."""
    statuses = iter(["processing", "completed"])
    hooks = Hooks("https://hooks.example.com")

    def serve(request: httpx2.Request) -> httpx2.Response:
        status = "pending" if request.method == "POST" else next(statuses)
        return httpx2.Response(200, json={"id": "task-unified-1757169743-7cvnl5zw", "status": status})

    came: Callable[[Hooks, str], int] = lambda *_: 1  # noqa: E731 - so mypy knows what it stands for
    monkeypatch.setattr(Hooks, "received", came)
    session = visit(serve, means=Means(keys=KEYS, hooks=(hooks,)))
    keep_waiting(session)
    assert [each.method for each in session.recorder.record.exchanges] == ["POST", "GET", "GET"]
