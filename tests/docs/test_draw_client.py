from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from docs.draw_client import Pen, draw_client, method_name, module_name
from mock_server.control.clock import show_clock
from mock_server.control.operation import Operation, operation
from mock_server.control.operations import OPERATIONS
from mock_server.control.shapes import Forgotten, Shape
from tests.docs.conftest import ROOT

pytestmark = pytest.mark.uncounted


class Wanted(Shape, frozen=True):
    """What is wanted.

    Of all there is, no more.
    """

    after: Annotated[int, Meta(ge=0)] = 0
    names: Annotated[tuple[str, ...], Meta(max_length=3)] | None = None


class Made(Shape, frozen=True):
    """What is made."""

    name: str
    sizes: Mapping[str, float] = {}


async def act(_request: Any) -> None:
    """Act."""


LIST = Operation(id="listThings", method="GET", path="/things", summary="List things", function=act, query=Wanted)
MAKE = Operation(
    id="makeThing",
    method="POST",
    path="/things/{universe}/{callback}/{thing}",
    summary="Make a thing",
    function=act,
    body=Made,
    answer=Forgotten,
)
PLACE = Operation(
    id="placeThing",
    method="PUT",
    path="/things",
    summary="Place a thing",
    function=act,
    body=Made,
    raw=True,
    media_type="text/plain",
)
SHOW = operation("GET", "/clock", show_clock)


def test_a_new_operation_is_drawn_as_it_stands_in_the_table() -> None:
    """Parts of the path come first, required fields have no default, and bounds of values are left to the server."""
    drawn = Pen().module([LIST, MAKE, PLACE], module="things")
    compile(drawn, "things.py", "exec")
    assert drawn.startswith('"""Calls of `mock_server/control/things.py`, ')
    assert "def list_things(*, after: int = 0, names: tuple[str, ...] | None = None) -> Call[bytes]:" in drawn
    assert (
        "def make_thing(\n"
        "    universe: str, callback: int, thing: str, *, name: str, sizes: Mapping[str, float] = {}\n"
        ") -> Call[Forgotten]:"
    ) in drawn
    assert "def place_thing(made: Made) -> Call[str]:" in drawn
    assert '    return Call("PUT", "/things", str, body=made)\n' in drawn
    assert '"""List things.\n\n    What is wanted.\n\n    Of all there is, no more.\n    """' in drawn


def test_no_rule_is_excused_without_need() -> None:
    """Names and numbers of parameters are the API's, and most are as ours would be."""
    drawn = Pen().module([LIST], module="things")
    assert "noqa" not in drawn
    named = Pen().module([msgspec.structs.replace(LIST, query=msgspec.defstruct("Wanted", [("set", int)]))], module="a")
    assert "# ruff: noqa: A002 - parameters are the API's own" in named


def test_each_module_of_operations_has_a_module_of_calls() -> None:
    """Each call stands once, and each client has a method for it, in the order of the table."""
    drawn = draw_client([LIST, SHOW, MAKE])
    module = module_name(LIST)
    assert list(drawn) == [f"calls/{module}.py", "calls/clock.py", "methods.py"]
    methods = drawn["methods.py"]
    compile(methods, "methods.py", "exec")
    assert f"from mock_server.client.calls import clock, {module}\n" in methods
    for way in ("sending", "awaiting"):
        assert (
            f"    list_things = {way}({module}.list_things)\n"
            f"    show_clock = {way}(clock.show_clock)\n"
            f"    make_thing = {way}({module}.make_thing)\n"
        ) in methods


def test_nothing_is_left_of_operations_that_are_gone() -> None:
    """What is in the folder of calls is what is drawn, and a file that says what the folder is."""
    client = ROOT / "mock_server" / "client"
    found = {f"calls/{path.name}" for path in client.glob("calls/*.py")}
    assert found | {"methods.py"} == {*draw_client(OPERATIONS), "calls/__init__.py"}


def test_names() -> None:
    """A method is named as Python names functions."""
    assert method_name(msgspec.structs.replace(LIST, id="showAllThings")) == "show_all_things"
