"""D1, D8, D9: what a client says of an error."""

from typing import Any

import pytest

from contracts.verdict import Grade
from tests.rules.records import CAT, DOG, Traffic, check_broken, check_good, check_untested, outcome, wanted

HTML = b"<html>Bad gateway</html>"


def told(traffic: Traffic, prompt: str, status: int, error: str, **facts: Any) -> Traffic:
    """Be refused, and tell of that."""
    answered = {} if "answer" not in facts else {"answer": facts.pop("answer")}
    omitted = facts.pop("omitted", ())
    traffic.refuse(status, asked={"prompt": prompt}, omitted=omitted, **answered)
    return traffic.report("error", error=error, wanted=wanted(prompt=prompt), **facts)


def test_errors_are_apart() -> None:
    """One error for two statuses is found; another class, message or code is enough."""

    def two(error: str, **facts: Any) -> Traffic:
        return told(told(Traffic(), "cat", 402, "Refused", message="No."), "dog", 429, error, **facts)

    check_broken("D1", two("Refused", message="No."), "an error of its own", "Refused for 402 and 429")
    check_good("D1", two("Busy", message="No."))
    check_good("D1", two("Refused", message="Busy."))
    check_good("D1", two("Refused", message="No.", facts={"code": "rate_limit_exceeded"}))
    assert outcome("D1", Traffic().refuse(402)).grade is Grade.NOT_APPLICABLE


def test_errors_are_judged_where_it_is_known_which_they_are() -> None:
    """One error alone says nothing, nor do undocumented ones, nor those of which it is unknown what they are about."""
    one = told(Traffic(), "cat", 402, "Refused")
    check_untested("D1", one)
    check_untested("D1", told(told(Traffic(), "cat", 402, "Refused"), "cat", 429, "Refused"))
    check_untested("D1", told(told(Traffic(), "cat", 402, "Refused"), "dog", 418, "Refused"))
    other = (
        told(Traffic(), "cat", 402, "Refused").create().report("error", error="Refused", wanted=wanted(prompt="A cat"))
    )
    check_untested("D1", other)
    check_untested("D1", told(Traffic(), "cat", 402, "Refused").refuse(429).report("error", error="Refused"))
    check_untested("D1", told(Traffic(), "cat", 402, "Refused").refuse(429).report("failed", error="Refused", task=CAT))


def test_errors_of_tasks_are_those_of_their_polls() -> None:
    """What is told of a task is about its last poll; a task that was not polled tells nothing."""
    polled = (
        told(Traffic().create(), "cat", 402, "Refused").refuse(404, task=CAT).report("error", error="Refused", task=CAT)
    )
    check_broken("D1", polled, "an error of its own", "Refused for 402 and 404")
    unpolled = told(Traffic().create(DOG), "cat", 402, "Refused").report("error", error="Refused", task=DOG)
    check_untested("D1", unpolled)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("D8", HTML),
        ("D8", b""),
        ("D9", {"error": "No."}),
        ("D9", {"error": {"code": 402, "message": "No."}}),
        ("D9", [402]),
    ],
)
def test_errors_are_told_by_their_status(rule: str, answer: Any) -> None:
    """An error with another body than usual is told as another; told as usual it is fine."""

    def odd(error: str, **facts: Any) -> Traffic:
        return told(told(Traffic(), "cat", 402, "NoMoney"), "dog", 402, error, answer=answer, **facts)

    check_broken(rule, odd("DecodeError"), "NoMoney for 402", "DecodeError")
    check_good(rule, odd("NoMoney"))
    check_untested(rule, odd("DecodeError", omitted=("response",)))
    check_untested(rule, told(told(Traffic(), "cat", 402, "NoMoney"), "dog", 500, "DecodeError", answer=answer))
    check_untested(rule, told(told(Traffic(), "cat", 402, "NoMoney"), "dog", 402, "NoMoney"))
