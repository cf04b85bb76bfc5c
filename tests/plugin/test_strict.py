"""Strict: a request that breaks a clause fails the test, once, and says what would be right."""

import pytest

from tests.plugin.conftest import Run


def test_a_broken_clause_fails_the_test(run: Run) -> None:
    """With the clause, the request, what is wrong, the right form, what the API said, and the way out."""
    result = run("""
        def test_it(evolink):
            create(evolink, quality="721p", prompt="secret " * 300)
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "The client broke 2 clauses of the API's contract.",
            "PROMPT-MAX: prompt has at most 1500 characters.",
            "  request  POST /v1/videos/generations, answered with 400",
            "  wrong    prompt: must have at most 1500 characters (has 2100)",
            "QUALITY-VALUES: quality is 720p or 1080p.",
            '  wrong    quality = "721p": must be one of 720p, 1080p',
            '  right    "720p"',
            "  the API  Invalid request parameters: *",
            '*@pytest.mark.evolink(allow=?"PROMPT-MAX", "QUALITY-VALUES"?); strict=False judges nothing.',
        ]
    )
    result.stdout.no_fnmatch_line("*secret*")


@pytest.mark.parametrize("mark", ['allow=["QUALITY-VALUES"]', "strict=False"])
def test_what_a_test_allows_does_not_fail_it(run: Run, mark: str) -> None:
    """One clause, or all."""
    run(f"""
        @pytest.mark.evolink({mark})
        def test_it(evolink):
            create(evolink, quality="721p")
    """).assert_outcomes(passed=1)


def test_allowing_one_clause_allows_no_other(run: Run) -> None:
    """The rest is judged."""
    result = run("""
        @pytest.mark.evolink(allow=["PROMPT-MAX"])
        def test_it(evolink):
            create(evolink, quality="721p", prompt="x" * 1501)
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["The client broke a clause of the API's contract."])


@pytest.mark.uncounted
@pytest.mark.parametrize(
    "sent",
    [
        "create(evolink)",
        "create(evolink, new_field=1)",
        'send(evolink, "GET", "/v1/tasks/task-unified-1757169743-7fd3a1bc")',
        'send(evolink, "POST", CREATE, json=BODY, headers={"authorization": "Bearer sk-mock-no-credit"})',
        'evolink.plan("answer 400 on=create"); create(evolink)',
    ],
)
def test_what_breaks_nothing(run: Run, sent: str) -> None:
    """A field that no page describes, what is not there, what cannot be paid, and what a plan refuses."""
    run(f"""
        def test_it(evolink):
            {sent}
    """).assert_outcomes(passed=1)


def test_a_key_that_is_missing(run: Run) -> None:
    """Every call carries one."""
    result = run("""
        def test_it(evolink):
            send(evolink, "GET", "/v1/credits", headers={"authorization": "Basic abc"})
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["AUTH-BEARER: *", "  wrong    Authorization*must be Bearer*"])


def test_a_test_that_fails_already_is_not_failed_twice(run: Run) -> None:
    """Its own failure stands, and what happened is shown with it, the broken clause included."""
    result = run("""
        def test_it(evolink):
            create(evolink, quality="721p")
            assert 1 == 2
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*assert 1 == 2", "*EvoLink: what happened*", "*broke QUALITY-VALUES*"])
    result.stdout.no_fnmatch_line("The client broke*")


def test_a_failure_that_tells_what_happened_is_not_told_again(run: Run) -> None:
    """The assertions have the time line in their messages."""
    result = run("""
        def test_it(evolink):
            evolink.assert_one_charge()
    """)
    result.stdout.fnmatch_lines(["E*expected one task that is paid for, got none", "E*nothing happened*"])
    result.stdout.no_fnmatch_line("*EvoLink: what happened*")
    result.stdout.no_fnmatch_line("*self._fail*")


def test_a_test_that_is_to_fail(run: Run) -> None:
    """A broken clause is a failure like any other: the test is marked so, or skipped before it is judged."""
    run("""
        @pytest.mark.xfail
        def test_it(evolink):
            create(evolink, quality="721p")

        def test_skipped(evolink):
            create(evolink, quality="721p")
            pytest.skip("not today")
    """).assert_outcomes(xfailed=1, skipped=1)
