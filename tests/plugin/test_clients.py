"""Clients of each library, in coroutines and not: one that is right passes, one that is wrong fails."""

import pytest

from tests.plugin.conftest import Run

pytestmark = pytest.mark.uncounted

CLIENTS = """
    import anyio, httpx, httpx2, requests, aiohttp

    URL = "https://api.evolink.ai"

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    def by_httpx(url, **sent):
        with httpx.Client() as client:
            return client.post(url, **sent).status_code

    def by_httpx2(url, **sent):
        with httpx2.Client() as client:
            return client.post(url, **sent).status_code

    def by_requests(url, **sent):
        return requests.post(url, **sent).status_code

    async def by_httpx_async(url, **sent):
        async with httpx.AsyncClient() as client:
            return (await client.post(url, **sent)).status_code

    async def by_httpx2_async(url, **sent):
        async with httpx2.AsyncClient() as client:
            return (await client.post(url, **sent)).status_code

    async def by_aiohttp(url, **sent):
        async with aiohttp.ClientSession() as session, session.post(url, **sent) as answer:
            return answer.status

    PLAIN = [by_httpx, by_httpx2, by_requests]
    COROUTINES = [by_httpx_async, by_httpx2_async, by_aiohttp]
    ERRORS = (httpx.ConnectError, httpx2.ConnectError, requests.ConnectionError, aiohttp.ClientConnectionError)

    def sent(evolink, **changes):
        return {"json": {**BODY, **changes}, "headers": {"authorization": f"Bearer {evolink.key}"}}
"""


def test_the_same_test_on_every_library(run: Run) -> None:
    """The client is not changed, and its mistakes are found whatever it is made with."""
    result = run(
        f"""{CLIENTS}
    @pytest.mark.parametrize("client", PLAIN)
    @pytest.mark.parametrize("quality", ["720p", "721p"])
    def test_plain(evolink, client, quality):
        client(URL + CREATE, **sent(evolink, quality=quality))
        assert len(evolink.journal) == 1

    @pytest.mark.anyio
    @pytest.mark.parametrize("client", COROUTINES)
    @pytest.mark.parametrize("quality", ["720p", "721p"])
    async def test_coroutine(evolink, client, quality):
        await client(URL + CREATE, **sent(evolink, quality=quality))
        assert len(evolink.journal) == 1
    """,
        "-rN",  # on CI, the summary repeats what a test said
        plugins=("anyio",),
    )
    result.assert_outcomes(passed=6, failed=6)
    assert sum(line.startswith("QUALITY-VALUES: ") for line in result.stdout.lines) == 6


def test_where_clients_may_send(run: Run) -> None:
    """The API's own hosts and the user's base URLs; elsewhere a client gets its library's own error."""
    result = run(
        f"""{CLIENTS}
    @pytest.mark.evolink(base_urls=["https://video.example.com/api"])
    @pytest.mark.parametrize("client", PLAIN)
    def test_plain(evolink, client):
        assert client("https://video.example.com" + CREATE, **sent(evolink)) == 200
        with pytest.raises(ERRORS, match="https://other.example.com/x was not sent"):
            client("https://other.example.com/x")

    @pytest.mark.anyio
    @pytest.mark.evolink(base_urls=["https://video.example.com/api"])
    @pytest.mark.parametrize("client", COROUTINES)
    async def test_coroutine(evolink, client):
        assert await client("https://video.example.com" + CREATE, **sent(evolink)) == 200
        with pytest.raises(ERRORS, match="https://other.example.com/x was not sent"):
            await client("https://other.example.com/x")

    @pytest.mark.parametrize("client", PLAIN)
    def test_not_patched_any_more(client):
        with pytest.raises(ERRORS) as caught:
            client("http://127.0.0.1:1" + CREATE)
        assert "was not sent" not in str(caught.value)
    """,
        plugins=("anyio",),
    )
    result.assert_outcomes(passed=9)


def test_sleeps_of_clients(run: Run) -> None:
    """However they sleep, the clock moves, and a deadline by the clocks of `time` is reached."""
    result = run(
        f"""{CLIENTS}
    import asyncio, threading, time

    @pytest.mark.parametrize("sleep", [lambda: time.sleep(10), lambda: threading.Event().wait(10)])
    def test_plain(evolink, sleep):
        task = create(evolink)
        for _ in range(20):
            sleep()
        assert status(evolink, task) == "completed"

    @pytest.mark.anyio
    @pytest.mark.parametrize("sleep", [lambda: asyncio.sleep(10), lambda: anyio.sleep(10)])
    async def test_coroutine(evolink, sleep):
        task = create(evolink)
        for _ in range(20):
            await sleep()
        assert status(evolink, task) == "completed"

    @pytest.mark.evolink(scenario="stuck")
    def test_deadline(evolink):
        task, deadline = create(evolink), time.monotonic() + 600
        while status(evolink, task) != "completed" and time.monotonic() < deadline:
            time.sleep(10)
        assert 55 < len(evolink.journal) < 65
    """,
        plugins=("anyio",),
    )
    result.assert_outcomes(passed=5)
