"""What the judge says of receivers of callbacks in a test, by the bodies that they got and answered."""

import pytest

from tests.plugin.conftest import Run

RECEIVERS = """
        import time

        HOOK = {"callback_url": "https://hooks.example.com/done"}

        def receiver(answer):
            async def app(scope, receive, send):
                body = (await receive())["body"]
                status, said = answer(body)
                await send({"type": "http.response.start", "status": status, "headers": []})
                await send({"type": "http.response.body", "body": said})
            return app

        def leak(body):
            return 500, b"cannot use " + body

        def be_quiet(body):
            return 500, b"cannot use it"

        def take(body):
            return 204, b""

        def make(evolink, answer, *, polls):
            evolink.deliver_to(receiver(answer))
            task = create(evolink, **HOOK)
            time.sleep(600)
            if polls:
                status(evolink, task)
"""


@pytest.mark.uncounted
def test_receivers(run: Run) -> None:
    """Each test whose receiver breaks a rule fails by that rule; its control differs in the one thing, and passes."""
    result = run(
        f"""{RECEIVERS}
        judged = pytest.mark.evolink(judge="must")

        @judged
        @pytest.mark.parametrize("answer", [leak, be_quiet])
        def test_e14(evolink, answer):
            make(evolink, answer, polls=True)

        @judged
        @pytest.mark.parametrize("polls", [False, True])
        def test_e10(evolink, polls):
            evolink.plan("callback never")
            make(evolink, take, polls=polls)

        @judged
        @pytest.mark.parametrize("polls", [False, True])
        def test_e2(evolink, polls):
            evolink.plan("body truncated on=callback nth=1")
            make(evolink, take, polls=polls)
        """,
        "-rA",
    )
    result.assert_outcomes(passed=3, failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED *test_e14?be_quiet?",
            "FAILED *test_e14?leak?*",
            "E14 (must): *",
            "  seen      what the callback said: *",
            "PASSED *test_e10?True?",
            "E10 (must): *",
            "PASSED *test_e2?True?",
            "E2 (must): *",
        ]
    )


def test_a_receiver_of_a_live_server(run: Run) -> None:
    """So it is over a network, in real time, for an app as for a server."""
    result = run(
        f"""{RECEIVERS}
        from contracts.drive.actions import Reply
        from contracts.verdict import Grade

        def grade(evolink, rule):
            return next(each.grade for each in evolink.verdict().outcomes if each.rule.id == rule)

        def test_app(evolink_server):
            evolink_server.deliver_to(receiver(leak))
            evolink_server.clock.until(create(evolink_server, **HOOK))
            evolink_server.clock.advance("10s")
            assert grade(evolink_server, "E14") is Grade.FAIL

        def test_server(evolink_server, evolink_receiver):
            evolink_receiver.script(Reply(200, evolink_server.key.encode()))
            evolink_server.clock.until(create(evolink_server, **HOOK))
            evolink_receiver.wait_for(1)
            evolink_server.clock.advance("1s")
            assert grade(evolink_server, "E14") is Grade.FAIL

        def test_another_universe(evolink_server):
            evolink_server.deliver_to(receiver(take))
            evolink_server.clock.until(create(evolink_server, **HOOK))
            assert grade(evolink_server, "E14") is Grade.UNTESTED
        """
    )
    result.assert_outcomes(passed=3)
