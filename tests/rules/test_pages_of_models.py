"""A rules where several models have pages: each request is held against its own, or the likeliest."""

from typing import Any

import pytest

from contracts.recording.pages import page_of
from openapi.operations import Operations
from openapi.page_forms import make_forms
from tests.pages.writing import page
from tests.rules.bounds import Case, check_case
from tests.rules.records import Traffic
from tests.serving import CREATE
from tests.tables import by_table

MODEL = {"type": "string", "enum": ["three", "four"], "default": "three"}
PAGES = {
    "one": page("one", fields={"duration": {"type": "integer", "maximum": 9}}),
    "two": page("two", fields={"quality": {"enum": ["low", "high"]}, "shot_type": {"type": "string"}}),
    "three": page(
        "three",
        fields={"model": MODEL, "prompt": {"type": "string", "maxLength": 5}},
        required=(),
        example={"prompt": "A"},
    ),
    "five": page("five", fields={"prompt": {"type": "string"}}, kind="audio"),
}
CONTRACT = Operations({name: form for name, document in PAGES.items() for form in make_forms(document)})


def asked(path: str = CREATE, *, status: int = 200, **sent: Any) -> Traffic:
    """Ask for a task with a body."""
    return Traffic(contract=CONTRACT).ask("POST", path, sent=sent, status=status, answer={"id": "task-unified-1-a"})


def wished(**wanted: Any) -> Traffic:
    """Ask for a task with a short prompt, where one with this body was wanted."""
    return asked(model="one", prompt="abc").report("completed", wanted=wanted)


CASES: list[Case] = [
    ("A5", lambda: asked(model="two"), 1, 0),
    ("A5", lambda: asked(model="four"), 1, 0),
    ("A5", lambda: asked(prompt="A"), 1, 0),
    ("A5", lambda: asked(model="six", status=400), 1, 1),
    ("A5", lambda: asked(model=None, status=400), 1, 1),
    ("A5", lambda: asked(model="six").ask("POST", "/v1/videos/generations", sent={"model": "six"}, status=400), 1, 1),
    ("A5", lambda: asked("/v1/audios/generations", model="one", status=400), 1, 1),
    ("A5", lambda: asked("/v1/images/generations", model="one"), 0, 0),
    ("A6", lambda: asked(model="one", prompt="a" * 20), 1, 0),
    ("A6", lambda: asked(model="one", prompt="a" * 21), 1, 1),
    ("A6", lambda: asked(prompt="a" * 5), 1, 0),
    ("A6", lambda: asked(prompt="a" * 6), 1, 1),
    ("A6", lambda: asked("/v1/audios/generations", model="five", prompt="a" * 6000), 1, 0),
    ("A6", lambda: wished(model="one", prompt="abc" * 6 + "ab"), 1, 0),
    ("A6", lambda: wished(model="one", prompt="abc" * 7), 2, 1),
    ("A6", lambda: wished(model="three", prompt="abc" * 2), 2, 1),
    ("A6", lambda: wished(model="six", prompt="abc" * 7), 2, 1),
    ("A6", lambda: wished(model="six", prompt="abc" * 2), 1, 0),
    ("A6", lambda: wished(prompt=["abc" * 9]), 1, 0),
    ("A8", lambda: asked(model="one", prompt="A", duration=9), 1, 0),
    ("A8", lambda: asked(model="one", prompt="A", duration=10), 1, 1),
    ("A8", lambda: asked(model="six", prompt="A", duration=10, status=400), 1, 1),
    ("A8", lambda: asked(model="three", prompt="A"), 0, 0),
    ("A9", lambda: asked(model="two", prompt="A", quality="no"), 1, 1),
    ("A9", lambda: asked(model="six", prompt="A", quality="no", status=400), 1, 1),
    ("A11", lambda: asked(model="two", prompt="A", shot_type="multi"), 0, 0),
    ("A11", lambda: asked(model="one", prompt="A", shot_type="multi"), 1, 1),
    ("A13", lambda: asked(model="one", prompt="A", quality="low"), 1, 1),
    ("A13", lambda: asked(model="two", prompt="A", quality="low"), 1, 0),
    ("A13", lambda: asked(prompt="A", quality="low"), 1, 1),
]


test_pages = by_table(check_case, CASES)


@pytest.mark.parametrize(
    ("sent", "status", "model"),
    [
        ({"model": "one"}, 200, "one"),
        ({"model": "four"}, 200, "three"),
        ({}, 200, "three"),
        ({"model": "six"}, 200, None),
        ({"model": "six"}, 199, "one"),
        ({"model": "six"}, 299, None),
        ({"model": "six"}, 300, "one"),
        ([], 200, "one"),
        (b"{", 200, "one"),
    ],
)
def test_whose_page_it_is(sent: Any, status: int, model: str | None) -> None:
    """That of the model; what no page describes, and the server takes, is of a page that nobody has here."""
    traffic = Traffic().ask("POST", "/v1/videos/generations", sent=sent, status=status)
    found = page_of(CONTRACT, traffic.record.exchanges[0])
    assert (None if found is None else found.models[0]) == model


def test_what_creates_no_task() -> None:
    """It has the page of its path, or none."""
    (other,) = Traffic().ask("GET", "/v1/cats").record.exchanges
    assert page_of(CONTRACT, other) is None
