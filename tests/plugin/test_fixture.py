"""The fixture: a simulator for each test, however the test is written."""

import pytest

from tests.plugin.conftest import Run

pytestmark = pytest.mark.uncounted


def test_a_client_reaches_the_simulator_and_another_test_does_not_see_it(run: Run) -> None:
    """Each test has tasks, money and a journal of its own, and the same luck."""
    result = run("""
        seen = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(evolink, turn):
            task = create(evolink)
            assert status(evolink, task) == "pending"
            assert [found.id for found in evolink.tasks] == [task["id"]]
            assert len(evolink.journal) == 2
            seen.append(task["usage"])

        def test_luck():
            assert seen[0] == seen[1]
    """)
    result.assert_outcomes(passed=3)


def test_all_simulators_live_on_one_thread(run: Run) -> None:
    """A thread with an event loop is started once, and has ended with the run."""
    result = run("""
        import threading

        def others():
            return {thread for thread in threading.enumerate() if thread is not threading.current_thread()}

        threads = set()

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(evolink, turn):
            evolink.tasks
            threads.update(thread.ident for thread in others() if "asyncio" in thread.name.lower() or True)

        def test_one():
            assert len(threads - before) == 1

        before = {thread.ident for thread in others()}
    """)
    result.assert_outcomes(passed=3)


def test_classes_of_unittest(run: Run) -> None:
    """By a fixture of the class; what fails there fails once, and is told of."""
    result = run("""
        import unittest

        class TestShop(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _simulator(self, evolink):
                self.evolink = evolink

            def test_good(self):
                self.assertEqual(create(self.evolink)["status"], "pending")

            def test_broken(self):
                create(self.evolink, prompt="x" * 2000)
                self.fail("it said no")

            def test_strict(self):
                create(self.evolink, prompt="x" * 2000)

        @pytest.mark.usefixtures("evolink")
        class TestUsed(unittest.TestCase):
            def test_used(self):
                self.assertTrue(True)
    """)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*it said no*", "*EvoLink: what happened*", "*broke PROMPT-MAX*"])


@pytest.mark.parametrize("library", ["asyncio", "trio"])
@pytest.mark.parametrize("broken", [False, True])
def test_coroutines(run: Run, library: str, broken: bool) -> None:  # noqa: FBT001 - a parameter
    """Tests that anyio runs; questions are answered while their loop stands still."""
    pytest.importorskip(library)
    result = run(
        f"""
        import anyio, httpx2

        @pytest.fixture
        def anyio_backend():
            return "{library}"

        @pytest.mark.anyio
        async def test_it(evolink):
            headers = {{"authorization": f"Bearer {{evolink.key}}"}}
            async with httpx2.AsyncClient(base_url=evolink.url, headers=headers) as client:
                body = {{**BODY, "quality": {"'999p'" if broken else "'720p'"}}}
                task = (await client.post(CREATE, json=body)).json()
                if {not broken}:
                    await evolink.clock.until_async(task, "completed")
                    assert evolink.tasks[0].status == "completed"
        """,
        plugins=("anyio",),
    )
    result.assert_outcomes(passed=not broken, failed=broken)


def test_fixtures_with_parameters(run: Run) -> None:
    """A client's own fixture has a simulator for each of its parameters, and may send something at its end."""
    result = run("""
        @pytest.fixture(params=["720p", "1080p"])
        def shop(request, evolink):
            yield lambda: create(evolink, quality=request.param)
            create(evolink, quality=request.param)

        def test_it(shop, evolink):
            shop()
            assert len(evolink.tasks) == 1

        @pytest.mark.parametrize("name", ["evolink"])
        def test_late(request, name):
            assert request.getfixturevalue(name).tasks == ()
    """)
    result.assert_outcomes(passed=3)


def test_what_other_fixtures_send_at_their_end_is_judged(run: Run) -> None:
    """A test whose client breaks a clause while it is cleared away ends with an error."""
    result = run("""
        @pytest.fixture
        def shop(evolink):
            yield
            create(evolink, quality="999p")

        def test_it(shop):
            pass
    """)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*QUALITY-VALUES*"])


def test_tests_that_are_distributed(pytester: pytest.Pytester, run: Run) -> None:
    """Workers have simulators of their own, and the summary has what they saw."""
    run("")
    pytester.makepyfile(
        test_it="""
        import pytest
        from shop import *

        @pytest.mark.parametrize("turn", range(4))
        def test_it(evolink, turn):
            evolink.plan("answer 503 on=credits")
            create(evolink)
            assert len(evolink.tasks) == 1
    """
    )
    result = pytester.runpytest_subprocess("-p", "contracts.plugin", "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*plans that never struck*", "test_it.py::test_it?0?: answer 503*"])
