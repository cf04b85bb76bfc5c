"""The marker: real keywords, checked, and the nearest wins."""

import pytest

from tests.plugin.conftest import Run


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (
            'scenaro="flaky"',
            "scenaro: unknown name; did you mean scenario?",
        ),
        ('scenario="flakey"', "scenario: there is no scenario 'flakey'; did you mean flaky?"),
        ("scenario=5", "scenario: expected a text that is not empty, got 5"),
        ('plans=["answer 503 on=creat"]', 'plans?0?.match.operation: *found "creat"; did you mean create?'),
        ("plans=5", "plans: expected a list, got 5"),
        ("plans=[5]", "plans?0?: expected *got 5"),
        ("credits=-1", "credits: expected a number from 0 to 1000000000, got -1"),
        ("seed=1", "seed: expected a text, got 1"),
        ('slots="2"', "slots: expected a whole number of at least 0, got *2*"),
        ("requests_per_minute=0", "requests_per_minute: expected a whole number from 1 to 1000000, got 0"),
        ('media="strictly"', "media: expected * or *, got *strictly*"),
        ('videos="real"', "videos: expected * or *, got *real*"),
        ('base_urls=["localhost:80"]', "base_urls: 'localhost:80' is no URL of the web such as *"),
        ('allow=["https://"]', "allow: 'https://' is no URL of the web such as *"),
        ("sleeps=1", "sleeps: expected true or false, got 1"),
        ('strict="no"', "strict: expected true or false, got *no*"),
        ('allow=["PROMT-MAX"]', "allow: there is no clause 'PROMT-MAX'; did you mean PROMPT-MAX?"),
        ('allow=["?"]', "allow: there is no clause '?'; `evolink-contracts clauses` lists them"),
        ('allow={"PROMT-MAX": "so"}', "allow: there is no clause 'PROMT-MAX'; did you mean PROMPT-MAX?"),
        ('allow=["C6"]', 'allow: say why C6 may be broken: allow={"C6": "..."}'),
        ('allow={"C66": "so"}', "allow: there is no rule 'C66'; did you mean C6?"),
        ('allow={"C6": " "}', "allow: say why C6 may be broken, as a text that is not empty"),
        ("allow=5", "allow: expected *got 5"),
        ('judge="may"', "judge: expected *, got *may*"),
        ('"flaky"', "say what you want by keyword, such as scenario='flaky'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(run: Run, mark: str, told: str) -> None:
    """Without a traceback, and also of a test that has no simulator."""
    result = run(f"""
        @pytest.mark.evolink({mark})
        def test_it():
            pass
    """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.evolink: {told}"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*the direct cause*")


def test_the_nearest_mark_wins_keyword_by_keyword(run: Run) -> None:
    """Of module, class and function."""
    run("""
        pytestmark = pytest.mark.evolink(credits=1, slots=1, seed="a")

        def available(evolink):
            return send(evolink, "GET", "/v1/credits").json()["data"]["user"]["remaining_credits"]

        @pytest.mark.evolink(credits=2, slots=2)
        class TestShop:
            @pytest.mark.evolink(credits=3)
            def test_function(self, evolink):
                assert (available(evolink), evolink.control.show_limits().slots) == (3, 2)

            def test_class(self, evolink):
                assert (available(evolink), evolink.control.show_limits().slots) == (2, 2)

        def test_module(evolink):
            assert (available(evolink), evolink.control.show_limits().slots) == (1, 1)
    """).assert_outcomes(passed=3)


def test_what_a_test_asks_for_it_gets(run: Run) -> None:
    """A scenario and plans, limits, another seed."""
    run("""
        from mock_server.plans import AnswerPlan

        two = [AnswerPlan(503, times=1), "callback twice"]

        @pytest.mark.evolink(scenario="moderated", plans=two, requests_per_minute=2)
        def test_it(evolink):
            assert [plan.plan["kind"] for plan in evolink.plans] == ["task", "answer", "callback"]
            assert [send(evolink, "GET", "/v1/credits").status_code for _ in range(4)] == [503, 200, 200, 429]

        names = {}

        @pytest.mark.parametrize("seed", ["1", "2"])
        def test_seed(request, seed):
            request.applymarker(pytest.mark.evolink(seed=seed))
            evolink = request.getfixturevalue("evolink")
            create(evolink)
            names[seed] = evolink.control.list_accounts().accounts[0].name
            assert len(set(names.values())) == len(names)
    """).assert_outcomes(passed=3)


def test_parameters_over_scenarios_and_codes(run: Run) -> None:
    """Each has its name in the test's id, and is planned before the test begins."""
    result = run(
        """
        from contracts import evolink_error_codes, evolink_scenarios

        @pytest.mark.parametrize("evolink", evolink_scenarios("moderated", "happy"), indirect=True)
        def test_scenario(evolink, request):
            task = create(evolink)
            evolink.clock.until(task)
            assert evolink.tasks[0].status == ("failed" if "moderated" in request.node.name else "completed")

        @pytest.mark.parametrize("evolink", evolink_error_codes(), indirect=True)
        def test_code(evolink, request):
            evolink.clock.until(create(evolink))
            assert f"test_code[{evolink.tasks[0].error}]" == request.node.name

        def test_all_of_them():
            assert {"flaky", "broke"} < {parameter.id for parameter in evolink_scenarios()}
            with pytest.raises(ValueError, match="did you mean flaky"):
                evolink_scenarios("flakey")

        @pytest.mark.parametrize("evolink", ["fail=no_such_code"], indirect=True)
        def test_mistaken(evolink):
            pass
    """,
        "-v",
    )
    result.assert_outcomes(passed=16, errors=1)
    result.stdout.fnmatch_lines(["*test_scenario?moderated? PASSED*", "*test_code?service_error? PASSED*"])


def test_the_marker_is_known(run: Run) -> None:
    """`pytest --markers` tells of it, with all its keywords."""
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.evolink(?, scenario, plans, pages, credits, *"])
