"""Several pages in one document."""

import copy
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from openapi.merge import merge
from openapi.operations import Operations, load_operations
from openapi.pages import load_pages

SECURED: list[dict[str, list[str]]] = [{"key": []}]


def page(path: str, method: str = "get", **parts: Any) -> dict[str, Any]:
    """A page with one operation."""
    operation = {"operationId": method + path, "answer": {"$ref": "#/components/schemas/A"}}
    return {"info": {"x-source": "observed"}, "security": SECURED, "paths": {path: {method: operation}}, **parts}


def schemas(**named: object) -> dict[str, Any]:
    """Components that are schemas."""
    return {"components": {"schemas": named}}


def test_paths_tags_and_equal_components_are_joined() -> None:
    """Methods of one path meet, a tag of one name appears once, and what is equal is one."""
    tag, other = {"name": "t", "description": "d"}, {"name": "u"}
    first = page("/a", tags=[tag], **schemas(A={"type": "object"}))
    second = page("/a", "put", tags=[tag, other], **schemas(A={"type": "object"}, B={}))
    servers = [{"url": "http://127.0.0.1:8000"}]
    merged = merge({"one": first, "two": second}, title="T", version="2", description="D", servers=servers)
    assert merged["info"] == {"title": "T", "version": "2", "description": "D"}
    assert merged["servers"] == servers
    assert list(merged["paths"]["/a"]) == ["get", "put"]
    assert merged["paths"]["/a"]["put"]["x-source"] == "observed"
    assert merged["tags"] == [tag, other]
    assert merged["security"] == SECURED
    assert merged["components"]["schemas"] == {"A": {"type": "object"}, "B": {}}


def test_a_different_component_takes_the_name_of_its_page() -> None:
    """References follow; so do components that only refer to one that was renamed."""
    a, other = {"type": "object"}, {"type": "string"}
    holder, outer = {"$ref": "#/components/schemas/A"}, {"of": {"$ref": "#/components/schemas/Holder"}}
    merged = merge(
        {
            "one": page("/a", **schemas(A=a, Holder=holder, Outer=outer, Same={})),
            "wan2.6-video_two": page("/b", **schemas(A=other, Holder=holder, Outer=outer, Same={}, New=holder)),
        },
        title="T",
    )
    assert merged["components"]["schemas"] == {
        "A": a,
        "Holder": holder,
        "Outer": outer,
        "Same": {},
        "Wan26VideoTwoA": other,
        "Wan26VideoTwoHolder": {"$ref": "#/components/schemas/Wan26VideoTwoA"},
        "Wan26VideoTwoOuter": {"of": {"$ref": "#/components/schemas/Wan26VideoTwoHolder"}},
        "New": {"$ref": "#/components/schemas/Wan26VideoTwoA"},
    }
    assert merged["paths"]["/a"]["get"]["answer"] == {"$ref": "#/components/schemas/A"}
    assert merged["paths"]["/b"]["get"]["answer"] == {"$ref": "#/components/schemas/Wan26VideoTwoA"}


def test_a_renamed_security_scheme_is_still_required() -> None:
    """Schemes are referred to by their name alone, at the page or at the operation."""

    def secured(kind: str) -> dict[str, Any]:
        return {"components": {"schemas": {"A": {}}, "securitySchemes": {"key": {"type": kind}}}}

    merged = merge({"one": page("/a", **secured("http")), "two": page("/b", **secured("apiKey"))}, title="T")
    assert merged["security"] == SECURED
    assert "security" not in merged["paths"]["/a"]["get"]
    assert merged["paths"]["/b"]["get"]["security"] == [{"TwoKey": []}]


def test_a_page_without_security_keeps_none() -> None:
    """What the first page says for all its operations does not hold for another page's."""
    open_page = page("/b", **schemas(A={}))
    del open_page["security"]
    merged = merge({"one": page("/a", **schemas(A={})), "two": open_page}, title="T")
    assert merged["paths"]["/b"]["get"]["security"] == []
    assert merge({"two": open_page}, title="T")["security"] == []


def test_an_operation_that_is_described_twice() -> None:
    """Two pages cannot both be right."""
    with pytest.raises(ValueError, match="page two describes GET /a, which another page describes already"):
        merge({"one": page("/a", **schemas(A={})), "two": page("/a", **schemas(A={}))}, title="T")


@pytest.mark.parametrize("taken_by", ["one", "two"])
def test_a_new_name_that_is_taken(taken_by: str) -> None:
    """It is not overwritten in silence."""
    extra: dict[str, dict[str, object]] = {"one": {}, "two": {}, taken_by: {"TwoA": {}}}
    pages = {
        "one": page("/a", **schemas(A={}, **extra["one"])),
        "two": page("/b", **schemas(A={"x": 1}, **extra["two"])),
    }
    with pytest.raises(ValueError, match="component A of page two cannot be renamed: TwoA is taken"):
        merge(pages, title="T")


def test_the_pages_stay_as_they_were() -> None:
    """Neither merging nor changing what came of it touches them."""
    pages = {"one": page("/a", **schemas(A={})), "two": page("/b", **schemas(A={"x": 1}))}
    before = copy.deepcopy(pages)
    merged = merge(pages, title="T")
    merged["components"]["schemas"].clear()
    merged["paths"]["/a"]["get"].clear()
    merged["security"].append({})
    assert pages == before


@pytest.mark.uncounted
@pytest.mark.parametrize("view", ["published", "strict"])
def test_the_whole_contract_in_one_document(view: Any) -> None:
    """It is valid, has every operation, and each still answers as it did on its own page."""
    merged = merge(load_pages(view), title="EvoLink", servers=[{"url": "/"}])
    OpenAPIV31SpecValidator(merged).validate()
    assert {"ErrorResponse", "GetCreditsErrorResponse"} <= merged["components"]["schemas"].keys()
    merged["info"]["x-source"] = "merged"
    together, apart = Operations({"all": merged}), load_operations(view)
    alone = {name for name, operation in apart.items() if not operation.models}
    assert set(together) == {*alone, "createVideosGenerations"}
    integer = {"error": {"code": 401, "message": "m", "type": "t"}}
    for name in alone:
        assert together[name].errors == apart[name].errors
        assert together[name].response_violations(200, {}) == apart[name].response_violations(200, {})
        assert together[name].response_violations(401, integer) == apart[name].response_violations(401, integer)
