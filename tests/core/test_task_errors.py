import pytest

from mock_server.core.tasks.errors import CANCELLED_ERROR, TASK_ERRORS

CODES = {
    "content_policy_violation",
    "invalid_parameters",
    "image_processing_error",
    "image_dimension_mismatch",
    "request_cancelled",
    "generation_failed_no_content",
    "service_error",
    "generation_timeout",
    "resource_exhausted",
    "quota_exceeded",
    "service_unavailable",
    "resource_not_found",
    "unknown_error",
}


@pytest.mark.clauses(
    "TERR-CONTENT-POLICY-VIOLATION",
    "TERR-INVALID-PARAMETERS",
    "TERR-IMAGE-PROCESSING-ERROR",
    "TERR-IMAGE-DIMENSION-MISMATCH",
    "TERR-REQUEST-CANCELLED",
    "TERR-GENERATION-FAILED-NO-CONTENT",
    "TERR-SERVICE-ERROR",
    "TERR-GENERATION-TIMEOUT",
    "TERR-RESOURCE-EXHAUSTED",
    "TERR-QUOTA-EXCEEDED",
    "TERR-SERVICE-UNAVAILABLE",
    "TERR-RESOURCE-NOT-FOUND",
    "TERR-UNKNOWN-ERROR",
)
def test_every_documented_code_is_there_and_no_other() -> None:
    """The codes are those of the error-code page, each under its own name."""
    assert {code: error.code for code, error in TASK_ERRORS.items()} == {code: code for code in CODES}


@pytest.mark.clauses("TERR-MESSAGE")
@pytest.mark.parametrize("code", sorted(CODES))
def test_a_message_is_a_headline_and_a_hint(code: str) -> None:
    """Two lines, each a sentence, and no two codes with the same."""
    headline, hint = TASK_ERRORS[code].message.split("\n")
    assert headline.endswith(".")
    assert hint.endswith(".")
    assert [error.message for error in TASK_ERRORS.values()].count(f"{headline}\n{hint}") == 1


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("service_error", "30 to 60 seconds"),
        ("resource_exhausted", "1 to 5 minutes"),
        ("quota_exceeded", "1 to 2 seconds"),
        ("request_cancelled", "create it again"),
    ],
)
def test_a_hint_says_how_long_to_wait(code: str, hint: str) -> None:
    """What the page advises for a code stands in its message."""
    assert hint in TASK_ERRORS[code].message


@pytest.mark.clauses("TERR-REQUEST-CANCELLED")
def test_a_cancelled_task_has_the_code_of_the_page() -> None:
    """It is one of the documented errors."""
    assert CANCELLED_ERROR is TASK_ERRORS["request_cancelled"]
