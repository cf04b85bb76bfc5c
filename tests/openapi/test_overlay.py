"""Applying an overlay, by the rules of the Overlay Specification 1.0.0."""

import copy
from typing import Any

import msgspec
import pytest

from openapi.overlay import Overlay, OverlayError, apply_overlay

PAGE: dict[str, Any] = {
    "info": {"title": "Page"},
    "tags": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
    "components": {"A": {"type": "object", "enum": [1, 2], "inner": {"kept": True}}},
}


def apply(*actions: dict[str, Any]) -> dict[str, Any]:
    """Apply some actions to a page, beside which there is another one that is empty."""
    overlay = msgspec.convert(
        {
            "overlay": "1.0.0",
            "info": {"title": "t", "version": "1"},
            "actions": [{"x-clause": "C", **action} for action in actions],
        },
        Overlay,
    )
    changed = apply_overlay(overlay, {"other": {}, "page": PAGE})
    assert changed["other"] == {}
    return changed["page"]


def test_objects_merge_arrays_grow_and_the_rest_is_replaced() -> None:
    """One update can do all three, at any depth."""
    update = {"type": "string", "enum": [3], "inner": {"new": {"deep": 1}}, "added": [1]}
    assert apply({"target": "$.components.A", "update": update})["components"]["A"] == {
        "type": "string",
        "enum": [1, 2, 3],
        "inner": {"kept": True, "new": {"deep": 1}},
        "added": [1],
    }


def test_different_kinds_replace_each_other() -> None:
    """There is nothing to merge an object with a text or an array with an object."""
    update = {"type": {"a": 1}, "enum": "x", "inner": [1]}
    assert apply({"target": "$.components.A", "update": update})["components"]["A"] == update


def test_a_selected_array_takes_the_update_as_an_item() -> None:
    """The specification appends to an array that is the target itself."""
    assert apply({"target": "$.tags", "update": {"name": "d"}})["tags"][-1] == {"name": "d"}


def test_the_root_can_be_updated() -> None:
    """`$` selects the whole document."""
    changed = apply({"target": "$.info", "update": {}}, {"target": "$[?@.title]", "update": {"version": "1"}})
    assert changed["info"] == {"title": "Page", "version": "1"}


@pytest.mark.parametrize(
    ("target", "left"),
    [("$.tags[0]", ["b", "c"]), ("$.tags[?@.name != 'b']", ["b"]), ("$.tags[*]", []), ("$.tags[2, 0]", ["b"])],
)
def test_items_can_be_removed(target: str, left: list[str]) -> None:
    """Removing several items of one array takes away those that were selected."""
    assert [tag["name"] for tag in apply({"target": target, "remove": True})["tags"]] == left


def test_a_field_can_be_removed() -> None:
    """Removing takes the name away with the value."""
    assert apply({"target": "$.components.A.enum", "remove": True})["components"]["A"].keys() == {"type", "inner"}


def test_actions_see_what_earlier_ones_did() -> None:
    """They are applied in order."""
    changed = apply(
        {"target": "$.components", "update": {"B": {"type": "x"}}},
        {"target": "$.components.*", "update": {"seen": True}},
    )
    assert [component["seen"] for component in changed["components"].values()] == [True, True]


def test_an_update_is_copied_to_each_place() -> None:
    """Two places that were given the same update do not share it."""
    changed = apply(
        {"target": "$.tags.*", "update": {"box": {"items": []}}},
        {"target": "$.tags[0].box.items", "update": 1},
    )
    assert [tag["box"]["items"] for tag in changed["tags"]] == [[1], [], []]


def test_the_pages_stay_as_they_were() -> None:
    """Applying gives new pages."""
    before = copy.deepcopy(PAGE)
    apply({"target": "$.components.A", "update": {"enum": [3]}}, {"target": "$.tags", "remove": True})
    assert before == PAGE


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"target": "$.nowhere", "update": {}}, "action 2, target $.nowhere: selects nothing in any page"),
        ({"target": "$.tags[7]", "remove": True}, "action 2, target $.tags[7]: selects nothing in any page"),
        (
            {"target": "$.info.title", "update": "x"},
            "action 2, target $.info.title: update works on an array, or with an object on an object",
        ),
        (
            {"target": "$.info", "update": [1]},
            "action 2, target $.info: update works on an array, or with an object on an object",
        ),
        ({"target": "$", "remove": True}, "action 2, target $: the whole document cannot be removed"),
        ({"target": "tags[", "update": {}}, "action 2, target tags[: "),
    ],
)
def test_an_action_that_cannot_be_applied(action: dict[str, Any], message: str) -> None:
    """It is named by its number and its target."""
    with pytest.raises(OverlayError) as caught:
        apply({"target": "$.tags", "update": {"name": "d"}}, action)
    assert str(caught.value).startswith(message)
