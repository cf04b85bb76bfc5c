"""The clauses that a request was held to, as the dashboard shows them."""

from pathlib import Path

from mock_server.dashboard.checked import Checked, list_checked
from mock_server.models.pages import open_catalogue
from openapi.operations import load_operations
from tests.pages.writing import page, write


def test_clauses_that_have_numbers() -> None:
    """Each once for its field, with what the contract says of it."""
    found = list_checked(load_operations().creations[0])
    assert Checked(field="prompt", clause="PROMPT-MAX", says="prompt has at most 1500 characters.") in found
    assert {("", "OP-CREATE"), ("video_urls", "URLS-HTTP"), ("model_params.shot_type", "SHOT-VALUES")} <= {
        (each.field, each.clause) for each in found
    }
    assert len({(each.field, each.clause) for each in found}) == len(found)


def test_clauses_of_a_page_without_numbers(tmp_path: Path) -> None:
    """They go by where they stand, as in what is refused."""
    write(tmp_path, page("one"), "one.json")
    catalogue = open_catalogue([str(tmp_path)])
    found = {(each.field, each.clause, each.says) for each in list_checked(catalogue.operations.of_models["one"])}
    assert ("prompt", "one/body/prompt/maxLength", "prompt must have at most 20 characters") in found
