"""Tests as a user writes them, with the fixture `evolink` and with those of others; as a program, it measures them.

`python -m benchmarks.works NUMBER` runs each so many times, in turns, and prints a line of JSON: for each test the
seconds that its set-up, itself and its tear-down took.
"""

import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest
import requests

if TYPE_CHECKING:
    from contracts import Evolink

QUERIES: Final = 30
SLOWER: Final = "task slower=2.8"
"""Makes a generation of five minutes."""

REQUEST: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A person dancing",
    "video_urls": ["https://example.com/a.mp4"],
}
CERTIFICATES: Final = httpx2.create_ssl_context()
"""Shared by the clients of httpx2: what each would read of the system by itself takes longer than a test."""

TASK: Final = {"id": "task-unified-1795334877-92blt0q1", "status": "processing"}
TOPICS: Final = "https://sns.us-east-1.amazonaws.com/"

PLUGINS: Final = {"contracts": "contracts.plugin", "pytest_httpserver": "pytest_httpserver.pytest_plugin"}

needs_httpserver: Final = pytest.mark.skipif(not find_spec("pytest_httpserver"), reason="it is not installed")
needs_moto: Final = pytest.mark.skipif(not find_spec("moto"), reason="it is not installed")


@pytest.fixture
def nothing() -> Iterator[None]:
    """What a fixture costs that does nothing."""
    yield  # noqa: PT022 - it has a tear-down, too


@pytest.fixture
def moto() -> Iterator[None]:
    """The fixture that moto's pages show."""
    with import_module("moto").mock_aws():  # which not everybody has
        yield


@pytest.mark.usefixtures("nothing")
def test_empty() -> None:
    """Nothing at all."""


@pytest.mark.usefixtures("evolink")
def test_evolink() -> None:
    """The fixture alone."""


def work(client: Any, url: str) -> None:
    """Create a task and ask for it many times."""
    task = client.post(f"{url}/v1/videos/generations", json=REQUEST).json()["id"]
    for _ in range(QUERIES):
        assert client.get(f"{url}/v1/tasks/{task}").status_code == httpx2.codes.OK  # noqa: S101 - a test asserts


@pytest.mark.usefixtures("evolink")
def test_client() -> None:
    """A client of httpx2 as it is usually made."""
    httpx2.Client().close()


def test_work_evolink_httpx2(evolink: "Evolink") -> None:
    """One POST and thirty GETs."""
    with httpx2.Client(verify=CERTIFICATES, headers={"authorization": f"Bearer {evolink.key}"}) as client:
        work(client, evolink.url)


def test_work_evolink_requests(evolink: "Evolink") -> None:
    """The same."""
    with requests.Session() as client:
        client.headers["authorization"] = f"Bearer {evolink.key}"
        work(client, evolink.url)


@needs_httpserver
def test_work_httpserver_httpx2(httpserver: Any) -> None:
    """The same, with answers that are written down."""
    with httpx2.Client(verify=CERTIFICATES) as client:
        work(client, written(httpserver))


@needs_httpserver
def test_work_httpserver_requests(httpserver: Any) -> None:
    """The same."""
    with requests.Session() as client:
        work(client, written(httpserver))


def written(httpserver: Any) -> str:
    """Write down what a server answers, and return its URL."""
    httpserver.expect_request("/v1/videos/generations", method="POST").respond_with_json(TASK)
    httpserver.expect_request(f"/v1/tasks/{TASK['id']}").respond_with_json(TASK)
    url: str = httpserver.url_for("")
    return url.rstrip("/")


@needs_moto
@pytest.mark.usefixtures("moto")
def test_work_moto_requests() -> None:
    """As many requests to a service of AWS: a topic is made, and asked for."""
    with requests.Session() as client:
        made = client.post(TOPICS, data={"Action": "CreateTopic", "Name": "x"})
        arn = made.text.partition("<TopicArn>")[2].partition("<")[0]
        for _ in range(QUERIES):
            asked = client.get(TOPICS, params={"Action": "GetTopicAttributes", "TopicArn": arn})
            assert asked.status_code == httpx2.codes.OK  # noqa: S101 - a test asserts


@pytest.mark.evolink(plans=[SLOWER])
def test_generation_time_sleep(evolink: "Evolink") -> None:
    """A client that asks every ten seconds."""
    headers = {"authorization": f"Bearer {evolink.key}"}
    with httpx2.Client(verify=CERTIFICATES, base_url=evolink.url, headers=headers) as client:
        task = client.post("/v1/videos/generations", json=REQUEST).json()
        while task["status"] != "completed":
            time.sleep(10)
            task = client.get(f"/v1/tasks/{task['id']}").json()


@pytest.mark.evolink(plans=[SLOWER])
def test_generation_asyncio_sleep(evolink: "Evolink") -> None:
    """The same in a coroutine."""
    asyncio.run(generate(evolink.url, evolink.key))


async def generate(url: str, key: str) -> None:
    """Make a video, and ask for it every ten seconds."""
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(verify=CERTIFICATES, base_url=url, headers=headers) as client:
        task = (await client.post("/v1/videos/generations", json=REQUEST)).json()
        while task["status"] != "completed":
            await asyncio.sleep(10)
            task = (await client.get(f"/v1/tasks/{task['id']}")).json()


class Times:
    """A plugin that runs each test many times, in turns, and notes how long it takes.

    Args:
        number: How many times.
    """

    def __init__(self, number: int) -> None:
        self.taken: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._number = number

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make so many tests of each."""
        metafunc.fixturenames.append("_turn")
        metafunc.parametrize("_turn", range(self._number))

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Let them take turns."""
        items.sort(key=_turn)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long a part of a test took."""
        if report.failed:
            print(report.longreprtext, file=sys.stderr)
        if not report.skipped:
            test = report.location[2].partition("[")[0]
            self.taken[test][report.when or ""].append(report.duration)


def _turn(item: pytest.Function) -> int:
    turn: Any = item.callspec.params["_turn"]
    return int(turn)


def main(number: str) -> None:
    """Run the tests, with no plugins but those that are measured, and print what they took."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    given = [part for package, plugin in PLUGINS.items() if find_spec(package) for part in ("-p", plugin)]
    times = Times(int(number))
    options = ["-c", os.devnull, "--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminal"]
    code = pytest.main([*options, *given, __file__], plugins=[times])
    print(json.dumps(times.taken))
    raise SystemExit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
