"""Each kind of change, in both directions: what it is called, and whom it breaks."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.drift import DriftError, classify, compare
from contracts.drift.changes import NARROWER, WIDER
from tests.drift.cases import CASES
from tests.drift.documents import SMALL, Edit, edited, order, post


@pytest.mark.parametrize(
    ("edit", "there", "back", "breaks"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_changes(edit: Edit, there: str, back: str, breaks: str) -> None:
    """A change has its name, and the opposite one has the opposite name."""
    changed = edited(edit)
    assert {change.id for change in compare(SMALL, changed)} == {there}
    assert {change.id for change in compare(changed, SMALL)} == {back}
    assert " ".join(compare(SMALL, changed)[0].breaks) == breaks


@pytest.mark.uncounted
@given(st.lists(st.sampled_from(CASES), max_size=4), st.booleans())
def test_a_document_against_itself_has_no_changes(cases: list[Any], prose: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever it is like."""
    document = copy.deepcopy(SMALL)
    for case in cases:
        try:
            case[1](document)
        except (KeyError, IndexError, ValueError):
            continue  # what this one changes is gone
    assert compare(document, copy.deepcopy(document), prose=prose) == ()


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_swapping_the_documents_swaps_what_was_there(one: Any, other: Any) -> None:
    """Each change there has one back at the same place, with old and new in each other's place."""
    old, new = edited(one[1]), edited(other[1])
    there = sorted((c.operation, c.where, repr(c.old), repr(c.new)) for c in compare(old, new))
    back = sorted((c.operation, c.where, repr(c.new), repr(c.old)) for c in compare(new, old))
    assert there == back


@given(st.sampled_from(["request-property", "request-parameter", "request-body", "response-property"]), st.data())
def test_what_breaks_clients_one_way_breaks_servers_the_other(place: str, data: st.DataObject) -> None:
    """The table of classes is a mirror: whatever leaves less of a request leaves more of an answer out."""
    narrower, wider = data.draw(st.sampled_from(NARROWER)), data.draw(st.sampled_from(WIDER))
    assert {*classify(f"{place}-{narrower}"), *classify(f"{place}-{wider}")} == {"clients", "servers"}
    assert classify(f"{place}-{narrower}") != classify(f"{place}-{wider}")


def test_prose_can_be_left_out() -> None:
    """Between a page and our own words for it, only what is checked counts."""
    changed = edited(lambda d: order(d)["properties"]["name"].update(description="Other words"))
    assert [change.id for change in compare(SMALL, changed)] == ["request-property-description-changed"]
    assert compare(SMALL, changed, prose=False) == ()


def test_statuses_may_be_numbers() -> None:
    """YAML has them so."""
    numbers = edited(lambda d: post(d).update(responses={int(k): v for k, v in post(d)["responses"].items()}))
    assert compare(SMALL, numbers) == ()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            lambda d: order(d).update({"$ref": "#/components/schemas/Order"}),
            r"\$ref #/components/schemas/Order leads back",
        ),
        (
            lambda d: post(d)["requestBody"].update({"$ref": "#/components/none"}),
            r"\$ref #/components/none leads nowhere",
        ),
        (
            lambda d: order(d)["properties"]["name"].update({"$ref": "a.yaml"}),
            r"\$ref a.yaml leads out of its document",
        ),
        (lambda d: post(d).update(parameters=[1]), "one of the two is not formed as OpenAPI has it"),
        (
            lambda d: order(d)["properties"]["size"].update(maximum="a"),
            "one of the two is not formed as OpenAPI has it",
        ),
    ],
    ids=["circle", "nowhere", "elsewhere", "no parameter", "no number"],
)
def test_what_cannot_be_compared_is_told(edit: Edit, told: str) -> None:
    """In one sentence."""
    with pytest.raises(DriftError, match=told):
        compare(SMALL, edited(edit))
