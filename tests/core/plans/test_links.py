import pytest

from mock_server.core.plans import (
    FAITHFUL,
    AnswerPlan,
    BodyPlan,
    LinkPlan,
    Pause,
    Plan,
    Script,
    TaskPlan,
    follow_links,
)
from mock_server.core.plans.links import EXPIRED
from mock_server.core.types import SECOND

PATH = "/account/videos/2026/11/22/name.mp4"
OUTAGE = Script(answer=AnswerPlan(503), pauses=(Pause("in-body", 1),), bodies=(BodyPlan("bom"),))
MOVED = AnswerPlan(302, headers={"location": (f"http://127.0.0.1:9{PATH}",)})


def followed(*plans: Plan, script: Script = FAITHFUL, age: float = 5) -> Script:
    """Return the script for a link whose task ended some seconds ago."""
    return follow_links(script, plans, path=PATH, ended_at=SECOND, now=SECOND + round(age * SECOND))


@pytest.mark.parametrize(
    ("plans", "script"),
    [
        ((), FAITHFUL),
        ((TaskPlan(stuck=5),), FAITHFUL),
        ((LinkPlan("expires", 5),), Script(answer=EXPIRED)),
        ((LinkPlan("expires", 5.000_001),), FAITHFUL),
        ((LinkPlan("redirect", origin="http://127.0.0.1:9"),), Script(answer=MOVED)),
        ((LinkPlan("status", 416),), Script(answer=AnswerPlan(416))),
        ((LinkPlan("no-range"),), Script(ranges=False)),
        ((LinkPlan("slow"),), Script(pauses=(Pause("in-body", 10, 20),))),
        ((LinkPlan("truncated"),), Script(bodies=(BodyPlan("truncated"),))),
        ((LinkPlan("too-long", 3),), Script(bodies=(BodyPlan("too-long", 3),))),
        ((LinkPlan("html"), LinkPlan("corrupted")), Script(bodies=(BodyPlan("html"),))),
        (
            (LinkPlan("expires", 60), LinkPlan("status"), LinkPlan("slow", 2), LinkPlan("no-range"), LinkPlan("text")),
            Script(answer=AnswerPlan(404), pauses=(Pause("in-body", 2, 20),), ranges=False, bodies=(BodyPlan("text"),)),
        ),
    ],
    ids=range(12),
)
def test_what_a_link_does(plans: tuple[Plan, ...], script: Script) -> None:
    """Each fault is said in the terms of a script; of those that act on the same, the first."""
    assert followed(*plans) == script


def test_the_script_of_the_request_comes_first() -> None:
    """What strikes the request itself is not put aside by what was kept with the task."""
    plans = (LinkPlan("status"), LinkPlan("html"), LinkPlan("slow"))
    script = followed(*plans, script=OUTAGE)
    assert (script.answer, script.bodies) == (OUTAGE.answer, OUTAGE.bodies)
    assert script.pause("in-body") == Pause("in-body", 1)
