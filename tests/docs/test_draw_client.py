from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from docs.draw_client import Pen, method_name
from mock_server.control.operation import Operation
from mock_server.control.shapes import Forgotten, Shape


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
    path="/things/{universe}/{delivery}/{thing}",
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


def test_a_new_operation_is_drawn_as_it_stands_in_the_table() -> None:
    """Parts of the path come first, required fields have no default, and bounds of values are left to the server."""
    drawn = Pen(coroutines=False).module([LIST, MAKE, PLACE], client="Control", name="Methods")
    compile(drawn, "methods.py", "exec")
    assert "def list_things(self, *, after: int = 0, names: tuple[str, ...] | None = None) -> bytes:" in drawn
    assert (
        "    def make_thing(\n"
        "        self, universe: str, delivery: int, thing: str, *, name: str, sizes: Mapping[str, float] = {}\n"
        "    ) -> Forgotten:"
    ) in drawn
    assert "def place_thing(self, made: Made) -> str:" in drawn
    assert '"""List things.\n\n        What is wanted.\n\n        Of all there is, no more.\n        """' in drawn
    assert "await" not in drawn


def test_coroutines_are_drawn_alike() -> None:
    """The same methods, awaited."""
    plain, slow = (
        Pen(coroutines=coroutines).module([LIST, MAKE], client="Control", name="Methods")
        for coroutines in (False, True)
    )
    assert slow.replace("async def", "def").replace("await ", "") == plain


def test_names() -> None:
    """A method is named as Python names functions."""
    assert method_name(msgspec.structs.replace(LIST, id="showAllThings")) == "show_all_things"
