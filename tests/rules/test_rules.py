"""The rules as a whole: their ids, what they say of themselves, the grades, and the simulator's own rule."""

import msgspec
import pytest

from contracts.collecting import collect
from contracts.probes import RULES as SERVER_RULES
from contracts.recording import ClientRecord, View
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, Rule, judge
from openapi.clauses import load_clauses
from tests.rules.records import CAT, DOG, Traffic, check_error, check_good, outcome

SIZES = {"A": 16, "B": 11, "C": 18, "D": 13, "E": 14, "F": 8, "G": 8, "H": 4, "I": 6, "J": 7, "Z": 1}
"""How many rules each group has."""

SIMULATED = View(sees=frozenset({"keys"}), simulated=True)


def test_ids() -> None:
    """Each id is there once, in the order of groups and numbers, and is no rule of servers."""
    ids = [rule.id for rule in ALL_RULES]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=lambda name: (name[0], int(name[1:])))
    assert "".join(letter * count for letter, count in SIZES.items()) == "".join(name[0] for name in ids)
    assert not {rule.id for rule in SERVER_RULES} & set(ids)
    assert collect([ALL_RULES[:2], ALL_RULES[:1]]) == ALL_RULES[:2]
    with pytest.raises(ValueError, match="two rules have the id A1"):
        collect([ALL_RULES[:1], [msgspec.structs.replace(ALL_RULES[0], title="Another.")]])


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_what_rules_say_of_themselves(rule: Rule[ClientRecord]) -> None:
    """A title, an exposure and advice in sentences; clauses that exist."""
    told = (rule.title, rule.exposure, rule.advice)
    assert all(text and text.endswith(".") for text in told)
    assert not set(rule.clauses) - set(load_clauses())


def test_nothing() -> None:
    """Of a record of nothing, no rule says anything."""
    verdict = judge(ALL_RULES, Traffic(view=View()).record)
    assert {each.grade for each in verdict.outcomes} <= {Grade.UNTESTED, Grade.NOT_APPLICABLE}
    assert verdict.exit_code == 0


def test_an_answer_of_the_simulator_that_is_wrong() -> None:
    """It is the simulator's fault, and nobody is told that the client broke anything."""
    traffic = Traffic(view=SIMULATED).create().poll(changes={"progress": "half"})
    check_error("Z1", traffic, "UnsoundAnswerError: the simulator answered GET")
    check_error("Z1", traffic, "(exchange 2) with 200, but progress must be")


def test_a_failure_of_the_simulator() -> None:
    """An error 500 that nobody planned is the simulator's own; what the client does upon it is not judged by Z1."""
    traffic = Traffic(view=SIMULATED).create()
    check_good("Z1", traffic)
    check_error("Z1", traffic.refuse(500, task=CAT), f"the simulator itself failed at GET /v1/tasks/{CAT} (exchange 2)")
    check_good("Z1", Traffic(view=SIMULATED).create().refuse(500, task=CAT, faults=("odd",)).create(DOG))


def test_answers_of_the_simulator_that_are_right_or_planned() -> None:
    """A plan may do what it likes, also to what is later shown of its task; other answers are held to the contract."""
    traffic = Traffic(view=SIMULATED).create(faults=("odd",)).poll(changes={"progress": "half"})
    traffic.poll(task="task-unified-1-other", changes={"id": 7}, faults=("odd",))
    assert outcome("Z1", traffic).grade is Grade.UNTESTED
    sound = outcome("Z1", traffic.ask("GET", "/unknown", answer={}).refuse(None).create(DOG))
    assert (sound.grade, sound.exposures) == (Grade.PASS, 2)


def test_other_servers() -> None:
    """The rule is about our simulator alone."""
    assert outcome("Z1", Traffic().create(changes={"id": 7})).grade is Grade.NOT_APPLICABLE
