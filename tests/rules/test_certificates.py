"""A14 on records of clients that were led to an impostor."""

from contracts.recording import View
from contracts.verdict import Grade
from tests.rules.records import Traffic, check_broken, check_good, outcome

IMPOSTOR = View(sees=frozenset({"tls"}), impostor="out of date")


def test_who_sends_to_an_impostor() -> None:
    """Whatever was sent is too much."""
    traffic = Traffic(view=IMPOSTOR).create().poll("pending")
    check_broken("A14", traffic, "nothing sent to a server whose certificate is out of date", "2 requests")


def test_who_sends_nothing() -> None:
    """Who connected and sent nothing has looked."""
    check_good("A14", Traffic(view=IMPOSTOR))


def test_who_was_not_put_to_the_test() -> None:
    """Who never connected has not looked, and of the API itself there is nothing to say."""
    assert outcome("A14", Traffic(view=View(impostor="out of date"))).grade is Grade.UNTESTED
    assert outcome("A14", Traffic().create()).grade is Grade.NOT_APPLICABLE
