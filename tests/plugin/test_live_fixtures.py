"""The fixtures for other processes and for callbacks, as a test meets them."""

import pytest
import trustme

from contracts.evolink.server import LiveServers
from tests.docs.conftest import ROOT, snippets
from tests.plugin.conftest import Run

PAGE = ROOT / "docs" / "how-to" / "pytest-live.md"
FORGOTTEN = (trustme.CA, LiveServers)
"""What a run within this one would import for itself alone, and of which there may be one in a process."""

APP = """
    def app(environ, start_response):
        raise KeyError("no such shop")

    def finish(evolink):
        create(evolink, callback_url="https://hooks.example.com/evolink")
        evolink.clock.advance("5m")
"""


@pytest.mark.uncounted
@pytest.mark.parametrize("number", range(len(snippets(PAGE, "python"))))
def test_snippets(run: Run, number: int) -> None:
    """Each of the page's is a module of tests, which pass."""
    result = run(snippets(PAGE, "python")[number].text)
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 1


def test_a_server(run: Run) -> None:
    """One server for all tests, a universe for each, with its marks and parameters; and it is judged."""
    result = run("""
        from contracts import evolink_scenarios

        seen = []

        @pytest.mark.parametrize("number", range(2))
        def test_apart(evolink_server, number):
            seen.append(evolink_server.url)
            assert evolink_server.tasks == ()
            create(evolink_server)
            assert len(set(seen)) == 1

        @pytest.mark.evolink(credits=0)
        def test_marked(evolink_server):
            assert "error" in create(evolink_server)

        @pytest.mark.parametrize("evolink_server", evolink_scenarios("flaky"), indirect=True)
        def test_planned(evolink_server):
            assert evolink_server.plans != ()

        @pytest.mark.evolink(scenario="flakey")
        def test_misspelt(evolink_server):
            pass

        def test_broken(evolink_server):
            create(evolink_server, duration=99)
    """)
    result.assert_outcomes(passed=4, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*flakey*"])
    result.stdout.fnmatch_lines(["*EvoLink: what happened*", "*POST /v1/videos/generations*400*broke DURATION-RANGE*"])


def test_both_at_once(run: Run, pytester: pytest.Pytester) -> None:
    """A test can have a simulator in its process and one on a port; both are judged, and both are in the report."""
    result = run(
        """
        def test_both(evolink, evolink_server):
            create(evolink)
            create(evolink_server)
            create(evolink_server)
            assert (len(evolink.tasks), len(evolink_server.tasks)) == (1, 2)

        def test_broken(evolink, evolink_server):
            create(evolink)
            create(evolink_server, duration=99)
        """,
        "--evolink-report=pages",
        "--evolink-record=archives",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*2 tests: 5 requests, 4 tasks*"])
    assert len(list((pytester.path / "pages").iterdir())) == 2
    assert len(list((pytester.path / "archives").iterdir())) == 4


def test_by_https(run: Run) -> None:
    """A live server has HTTPS as well, which its CA vouches for."""
    result = run("""
        import ssl

        import httpx2

        def test_trust(evolink_server):
            trust = ssl.create_default_context(cafile=str(evolink_server.ca_file))
            key = {"authorization": f"Bearer {evolink_server.key}"}
            assert httpx2.get(f"{evolink_server.https_url}/v1/credits", headers=key, verify=trust).status_code == 200
    """)
    result.assert_outcomes(passed=1)


def test_an_app_that_raises(run: Run) -> None:
    """The test fails by its error, with its traceback; one that has failed anyway gets it at the end."""
    result = run(
        APP
        + """
    def test_raises(evolink):
        evolink.deliver_to(app)
        finish(evolink)

    def test_fails(evolink):
        evolink.deliver_to(app)
        finish(evolink)
        assert 1 == 2

    def test_expects(evolink):
        evolink.deliver_to(app, raise_errors=False)
        finish(evolink)

    def test_asks(evolink):
        evolink.deliver_to(app)
        finish(evolink)
        with pytest.raises(BaseExceptionGroup):
            evolink.raise_app_errors()
    """
    )
    result.assert_outcomes(passed=2, failed=2, errors=1)
    result.stdout.fnmatch_lines(["*KeyError: 'no such shop'*"])


def test_a_receiver(run: Run) -> None:
    """It is led to by each simulator that a test asks for, and by hand; alone it is a server and no more."""
    result = run("""
        from contracts.drive.receiver import Reply

        HOOK = {"callback_url": "https://hooks.example.com/evolink"}

        def test_in_process(evolink, evolink_receiver):
            evolink_receiver.script(Reply(500))
            create(evolink, **HOOK)
            evolink.clock.advance("5m")
            assert len(evolink_receiver.received) == 2

        def test_live(evolink_receiver, evolink_server):
            task = create(evolink_server, **HOOK)
            evolink_server.clock.until(task)
            assert len(evolink_receiver.wait_for(1)) == 1

        def test_by_hand(evolink_receiver, request):
            evolink = request.getfixturevalue("evolink")
            evolink.lead_to(evolink_receiver)
            create(evolink, **HOOK)
            evolink.clock.advance("5m")
            assert len(evolink_receiver.received) == 1

        def test_alone(evolink_receiver):
            assert evolink_receiver.received == ()
    """)
    result.assert_outcomes(passed=4)
