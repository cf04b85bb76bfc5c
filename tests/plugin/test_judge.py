"""The judge in a test: its verdict on the client, as an assertion and at the end of the test."""

import re
from collections.abc import Callable
from time import sleep
from typing import Any

import httpx2
import msgspec
import pytest

from contracts import Evolink
from contracts.evolink.judgement import write_verdict
from contracts.evolink.options import Options
from contracts.evolink.server import LiveServers
from contracts.recording import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.verdict import Finding, Grade, Rule, Verdict, judge
from tests.plugin.conftest import Run
from tests.plugin.shop import BODY, CREATE

PROMPT = "A very secret person dancing in the rain"


def make_video(evolink: Evolink, *, key: str | None = None, pause: float = 10) -> None:
    """Create a task, again after a second if no answer comes, and poll until it has ended."""
    headers = {"authorization": f"Bearer {evolink.key}", "user-agent": "shop/1.0"}
    keyed = {} if key is None else {"idempotency-key": key}
    with httpx2.Client(base_url=evolink.url, headers=headers) as client:
        while True:
            try:
                task = client.post(CREATE, json={**BODY, "prompt": PROMPT}, headers=keyed).json()
            except httpx2.TransportError:
                sleep(1)
            else:
                break
        while task["status"] not in {"completed", "failed"}:
            sleep(pause)
            task = client.get(f"/v1/tasks/{task['id']}").json()


def grade(verdict: Verdict[ClientRecord], rule: str) -> Grade:
    """Return what came of a rule."""
    return next(outcome.grade for outcome in verdict.outcomes if outcome.rule.id == rule)


def test_a_client_that_pays_twice(evolink: Evolink) -> None:
    """The message has the rule, its clause, both requests, what to do, the way out and the time line, and no secret."""
    evolink.plan("disconnect on=create times=1")
    make_video(evolink)
    assert grade(evolink.verdict(), "B3") is Grade.FAIL
    with pytest.raises(AssertionError) as raised:
        evolink.assert_client()
    told = str(raised.value)
    for part in (
        "The client broke a rule of the judge.\n\nB3 (must): A request",
        "\n  clause    IDEM-REPLAY: The same key",
        "\n  about     POST /v1/videos/generations",
        "\n  expected  one charge",
        "\n  seen      request 1 again as 2",
        "\n  exchange  1 POST /v1/videos/generations, answered with nothing",
        "\n  exchange  2 POST /v1/videos/generations, answered with 200",
        "\n  advice    Make one Idempotency-Key",
        '\n\nCorrect the client. A test that means to do this says why: allow={"B3": "..."}.\n\n',
    ):
        assert part in told
    assert told.endswith(evolink.timeline)
    assert PROMPT not in told
    assert evolink.key not in told


def test_a_client_that_pays_once(evolink: Evolink) -> None:
    """It differs in its idempotency key alone, and breaks nothing."""
    evolink.plan("disconnect on=create times=1")
    make_video(evolink, key="video-1")
    assert grade(evolink.verdict(), "B3") is Grade.PASS
    evolink.assert_client(level="all")


def test_other_prompts_are_other_wishes(evolink: Evolink) -> None:
    """The judge sees what the journal hides: two prompts of one length are two."""
    for prompt in ("A person dancing", "A person walking"):
        headers = {"authorization": f"Bearer {evolink.key}"}
        httpx2.post(f"{evolink.url}{CREATE}", json={**BODY, "prompt": prompt}, headers=headers).raise_for_status()
    evolink.assert_client()
    assert "A person" not in (evolink.journal[0].request.body or "")


def test_what_is_allowed(evolink: Evolink, open_simulator: Callable[..., Evolink]) -> None:
    """In the call for a reason, or by the mark."""
    evolink.plan("disconnect on=create times=1")
    make_video(evolink)
    evolink.assert_client(allow={"B3": "it is to be seen what that costs"})
    assert grade(evolink.verdict(allow={"B3": "the same"}), "B3") is Grade.ALLOWED
    marked = open_simulator(allow={"B3": "the same", "PROMPT-MAX": "long ones", "https://example.com": "reached"})
    marked.plan("disconnect on=create times=1")
    make_video(marked)
    marked.assert_client()


@pytest.mark.uncounted
def test_levels(evolink: Evolink) -> None:
    """Who polls too fast breaks no must."""
    make_video(evolink, pause=0.2)
    evolink.assert_client()
    assert grade(evolink.verdict(), "C6") is Grade.WARN
    assert grade(evolink.verdict(level="should"), "C6") is Grade.FAIL
    with pytest.raises(AssertionError, match=r"C6 \(should\): "):
        evolink.assert_client(level="should")


def test_nothing(evolink: Evolink) -> None:
    """Who asks for nothing breaks nothing."""
    evolink.assert_client(level="all")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"level": "may"}, "level: expected must, should, all, got 'may'"),
        ({"allow": {"B99": "so"}}, "allow: there is no rule 'B99'; did you mean B9?"),
        ({"allow": {"?": "so"}}, "allow: there is no rule '?'; `evolink-contracts rules` lists them"),
        ({"allow": {"B3": " "}}, "allow: say why B3 may be broken, as a text that is not empty"),
    ],
)
def test_what_cannot_be_asked(evolink: Evolink, asked: dict[str, Any], told: str) -> None:
    """It is said in one sentence."""
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        evolink.assert_client(**asked)


def test_a_live_server() -> None:
    """A client lives in real time, whatever the pace of the universe, and only its own universe is looked at."""
    options = Options()
    with LiveServers() as servers, servers.open_universe(options) as other, servers.open_universe(options) as universe:
        make_video(other, pause=0.1)
        universe.plan("disconnect on=create times=1")
        make_video(universe, key="video-1", pause=0.1)
        assert grade(other.verdict(), "B3") is Grade.UNTESTED
        assert grade(universe.verdict(), "B3") is Grade.PASS
        assert grade(other.verdict(), "C6") is Grade.WARN


def test_what_is_too_much_is_counted() -> None:
    """Findings, and the exchanges of each; a callback is told from a request, and a rule that failed is named."""
    asked = Exchange(number=1, started_at=1, ended_at=2, method="GET", url="https://api.evolink.ai/v1/credits")
    called = msgspec.structs.replace(asked, number=6, method="POST", url="https://hooks.example.com/done", status=200)
    record = ClientRecord(
        exchanges=tuple(msgspec.structs.replace(asked, number=number) for number in range(1, 6)), received=(called,)
    )

    def check(_: ClientRecord) -> Any:
        yield Finding(expected="less", seen="more", exchanges=(1, 2, 3, 4, 5))
        yield from [Finding(expected="none", seen="one", exchanges=(6,))] * 4

    def fail(_: ClientRecord) -> Any:
        raise ValueError("no")

    rules = [Rule(id="X1", title="Less is more.", check=check), Rule(id="X2", title="It fails.", check=fail)]
    told = write_verdict(judge(rules, record), record)
    assert "  exchange  4 GET /v1/credits, answered with nothing\n  ... and 1 more exchange\n" in told
    assert "  exchange  6 callback POST /done, answered with 200\n" in told
    assert "\n  ... and 2 more findings\n" in told
    assert "\n\nX2 could not be judged: ValueError: no\n\n" in told
    assert write_verdict(judge(rules[1:], record), record) == "X2 could not be judged: ValueError: no"


def test_the_end_of_a_test_that_asks_for_the_judge(run: Run) -> None:
    """The test fails by a broken rule, and shows what happened once."""
    result = run("""
        @pytest.mark.evolink(judge="must")
        def test_it(evolink):
            pay_twice(evolink)
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["The client broke a rule of the judge.", "B3 (must): *", "*EvoLink: what happened*", "*fault: disconnect*"]
    )


def test_tests_that_the_judge_does_not_fail(run: Run) -> None:
    """One that did not ask for it, one that allows the rule, and one whose level has not the rule."""
    run("""
        def test_unasked(evolink):
            pay_twice(evolink)

        @pytest.mark.evolink(judge="all", allow={"B3": "on purpose", "A15": "no name", "A16": "so"})
        def test_allowed(evolink):
            pay_twice(evolink)

        @pytest.mark.evolink(judge="must")
        def test_polls_fast(evolink):
            task = create(evolink)
            for _ in range(5):
                status(evolink, task)
    """).assert_outcomes(passed=3)


def test_what_fixtures_do_afterwards_is_judged(run: Run) -> None:
    """It is an error of the teardown."""
    run("""
        @pytest.fixture
        def late(evolink):
            yield
            pay_twice(evolink)

        @pytest.mark.evolink(judge="must")
        def test_it(late):
            pass
    """).assert_outcomes(passed=1, errors=1)
