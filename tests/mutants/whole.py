"""Servers with which nothing is right."""

from typing import Final

from tests.mutants.changes import refusal, replies
from tests.mutants.mutant import Mutant
from tests.mutants.wrapping import Answered, Asked

_ALL: Final = ("readings", "life", "others", "wrong", "methods", "keys", "size", "bad-urls", "repetition", "files")


def _say_html(_: Asked, __: Answered) -> Answered:
    return Answered(200, ((b"content-type", b"text/html"),), b"<html></html>")


MUTANTS: Final = (
    Mutant(
        id="empty",
        wrong="Whatever is asked, the answer is {}.",
        probes=_ALL,
        rules=("L1", "P1", "P3", "P4", "S1", "S3"),
        answers=replies(200, {}),
    ),
    Mutant(
        id="always-500",
        wrong="Whatever is asked, the answer is 500.",
        probes=_ALL,
        rules=("P2", "P4", "S2"),
        answers=replies(500, refusal("internal_error", kind="api_error")),
    ),
    Mutant(
        id="never-there",
        wrong="Whatever is asked, the answer is 404.",
        probes=_ALL,
        rules=("K9", "P3", "S2"),
        answers=replies(404, refusal("not_found")),
    ),
    Mutant(
        id="html",
        wrong="Whatever is asked, the answer is a page of HTML.",
        probes=_ALL,
        rules=("P1", "P3", "S1"),
        answers=_say_html,
    ),
    Mutant(
        id="amnesia",
        wrong="A task is forgotten as soon as it is created.",
        probes=("life",),
        rules=("L9",),
        patches={"mock_server.operations.tasks.RETENTION": lambda _: 0},
    ),
)
"""The servers with which nothing is right."""
