"""What is going to be done, at what cost, and why not."""

import pytest

from contracts.probes import PROBES, RULES
from contracts.probes.agenda import Agenda, AgendaError, make_agenda, write_agenda
from contracts.probes.orders import order

ALL = frozenset(need for probe in PROBES for need in probe.needs)


def plan(**wishes: object) -> Agenda:
    """Return a plan of all that there is, with everything that it needs."""
    return make_agenda(PROBES, RULES, **{"offers": ALL, "budget": None, **wishes})  # type: ignore[arg-type]


def done(planned: Agenda) -> set[str]:
    """Return what is going to be done."""
    return {step.probe.id for step in planned.steps if step.left_out is None}


def test_without_a_budget_nothing_is_ordered() -> None:
    """A budget of nothing leaves the probes that have no order, none of which is an order in disguise."""
    free = plan(budget=0.0)
    assert free.credits == 0
    assert done(free) == {probe.id for probe in PROBES if not probe.orders}


def test_a_budget_is_kept_to() -> None:
    """What does not fit into what is left is left out, and what is smaller may still fit."""
    planned = plan(budget=30.0)
    assert planned.credits <= 30
    assert {"life", "failure"} <= done(planned)
    left_out = {step.probe.id: step.left_out for step in planned.steps}
    assert left_out["prices"] == "it may cost 87.3103 credits, and 3 of the budget are left"


def test_needs_are_told() -> None:
    """Each with what has to be given."""
    left_out = {step.probe.id: step.left_out for step in plan(offers=()).steps}
    assert left_out["others"] == "it needs the key of another account in EVOLINK_API_KEY_2"
    assert left_out["life"] is None


def test_probes_are_chosen_by_name_and_by_rule() -> None:
    """A probe brings its rules; a rule brings the probes that put it to the test, and is asked alone."""
    by_probe, by_rule = plan(only=["limits"]), plan(only=["K8"])
    assert (done(by_probe), [rule.id for rule in by_probe.rules]) == ({"limits"}, ["P7"])
    assert (done(by_rule), [rule.id for rule in by_rule.rules]) == ({"callback", "certificate"}, ["K8"])


def test_probes_and_rules_are_left_out() -> None:
    """A probe none of whose rules is asked has nothing to do."""
    planned = plan(skip=["life", "P7"])
    assert {"life", "limits"} & done(planned) == set()
    assert "P7" not in {rule.id for rule in planned.rules}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("lief", "; did you mean life?"),
        ("k44", "; did you mean K4?"),
        ("?", "; --dry-run shows the probes, `evolink-contracts rules` the rules"),
    ],
)
def test_unknown_names(name: str, meant: str) -> None:
    """The nearest name is offered, or where all of them are shown."""
    with pytest.raises(AgendaError) as refused:
        plan(only=[name])
    assert str(refused.value).startswith(f"{name!r} is the id of no probe and no rule{meant}")


def test_a_plan_says_what_it_costs() -> None:
    """In a table, with what is not done after it."""
    told = write_agenda(plan(budget=10.0, offers=(), only=["life", "others"]), "https://api.evolink.ai")
    assert told.splitlines() == [
        "What is asked of https://api.evolink.ai: 9 credits at most, of a budget of 10",
        "",
        "probe  credits  what it does",
        "life         9  Creates a task, looks at it in every way until its end, and fetches its result.",
        "",
        "not done: others, as it needs the key of another account in EVOLINK_API_KEY_2",
    ]
    assert "9 credits at most, of a simulator" in write_agenda(plan(only=["life"]), "x")


def test_orders() -> None:
    """The cheapest task, with as many videos as are wanted, in either order."""
    clips = ["https://x/1.mp4", "https://x/2.mp4", "https://x/3.mp4"]
    assert order(clips)["video_urls"] == clips[:1]
    assert order(clips, videos=-2)["video_urls"] == [clips[1], clips[0]]
    assert order(clips[:1], videos=3)["video_urls"] == [clips[0], f"{clips[0]}#2", f"{clips[0]}#3"]
    assert order(["https://x/1.mp4#t=3"], videos=2)["video_urls"] == ["https://x/1.mp4#t=3"] * 2
    assert (order()["duration"], order(quality="1080p")["quality"]) == (2, "1080p")
