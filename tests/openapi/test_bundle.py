"""Pages that refer to each other, made to stand alone."""

import copy
from typing import Any

import pytest

from openapi.bundle import bundle
from openapi.references import ComponentReference, find_references, parse_reference


def page(body: object = None, **schemas: object) -> dict[str, Any]:
    """A page with one operation's body and some components."""
    return {"paths": {"/": body}, "components": {"schemas": schemas}}


def ref(text: str) -> dict[str, str]:
    """A reference to a schema."""
    name, _, rest = text.rpartition("#")
    return {"$ref": f"{name}#/components/schemas/{rest}"}


def test_what_a_page_refers_to_is_brought_in_with_all_that_it_needs() -> None:
    """Also what a brought component refers to, on its own page or on a third one, and in circles."""
    pages = {
        "home": page([ref("away.yaml#A"), ref("#Own")], Own={"type": "object"}),
        "away": page(None, A={"b": ref("#B"), "far": ref("far.yaml#F")}, B={"a": ref("#A")}, Unused={}),
        "far": page(None, F={"own": ref("home.yaml#Own")}),
    }
    before = copy.deepcopy(pages)
    bundled = bundle(pages)
    assert bundled["home"] == page(
        [ref("#A"), ref("#Own")],
        Own={"type": "object"},
        A={"b": ref("#B"), "far": ref("#F")},
        B={"a": ref("#A")},
        F={"own": ref("#Own")},
    )
    assert bundled["far"] == page(None, F={"own": ref("#Own")}, Own={"type": "object"})
    assert pages == before


def test_a_page_may_name_itself() -> None:
    """An overlay writes one reference for several pages, one of which is the one referred to."""
    assert bundle({"a": page(ref("a.yaml#A"), A={})}) == {"a": page(ref("#A"), A={})}


def test_a_page_without_components_gets_some() -> None:
    """The first component that is brought in makes the place for itself."""
    bundled = bundle({"a": {"paths": {"/": ref("b.yaml#B")}}, "b": page(None, B={"type": "string"})})
    assert bundled["a"]["components"] == {"schemas": {"B": {"type": "string"}}}


@pytest.mark.parametrize("target", ["c.yaml#A", "b.yaml#Missing", "#Missing"])
def test_a_reference_that_leads_nowhere(target: str) -> None:
    """The page and the reference are named."""
    with pytest.raises(ValueError, match=r"page a refers to .+, which does not exist"):
        bundle({"a": page(ref(target)), "b": page(None, A={})})


def test_a_name_that_the_page_uses_for_something_else() -> None:
    """Neither component can win."""
    with pytest.raises(ValueError, match=r"page a brings in b\.yaml#/components/schemas/B, but has another component"):
        bundle({"a": page(ref("b.yaml#B"), B={}), "b": page(None, B={"type": "string"})})


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("#/components/schemas/A", ComponentReference(None, "schemas", "A")),
        ("wan2.6-x.yaml#/components/responses/A.b-c_d", ComponentReference("wan2.6-x", "responses", "A.b-c_d")),
    ],
)
def test_references_are_read_and_written(text: str, reference: ComponentReference) -> None:
    """What was read is written the same way."""
    assert parse_reference(text) == reference
    assert str(reference) == text


@pytest.mark.parametrize("text", ["", "#", "#/paths/~1", "#/components/schemas/A/properties/b", "A"])
def test_a_reference_to_something_else(text: str) -> None:
    """Our documents refer to components only."""
    with pytest.raises(ValueError, match=r"\$ref must lead to a component"):
        parse_reference(text)


def test_a_field_of_the_name_ref_is_no_reference() -> None:
    """Only a text can be one."""
    assert list(find_references({"properties": {"$ref": {"type": "string"}}})) == []
