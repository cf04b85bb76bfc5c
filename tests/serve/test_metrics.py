"""What a server counts of itself, as Prometheus reads it."""

from collections.abc import Mapping
from typing import TypeAlias

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from contracts.drive.receiver import Receiver, Reply
from mock_server.assembly import assemble
from mock_server.control import metrics
from mock_server.control.metrics import MEDIA_TYPE, write_metrics
from mock_server.core.types import SECOND
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.serving import CREATE, KEY, START, Serve, Wall, create, example

pytestmark = pytest.mark.anyio

Labels: TypeAlias = frozenset[tuple[str, str]]
Samples: TypeAlias = Mapping[tuple[str, Labels], float]
PROMPT = "a canary sings"


def parse(text: str) -> Samples:
    """Read the samples by name and labels, as Prometheus reads them; each is there once."""
    samples: dict[tuple[str, Labels], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in samples
            samples[key] = sample.value
    return samples


async def scrape(client: httpx2.AsyncClient) -> Samples:
    """Read a server's metrics."""
    answer = await client.get("/_mock/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    return parse(answer.text)


def counted(samples: Samples, name: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a name by the values of their labels, in the order of the labels' names."""
    found = ((labels, value) for (named, labels), value in samples.items() if named == f"evolink_mock_{name}")
    return {tuple(text for _, text in sorted(labels)): value for labels, value in found}


async def test_a_server_that_has_done_nothing(serve: Serve) -> None:
    """Before the first request there are no counts, and every family has its type and its help."""
    client = await serve()
    text = (await client.get("/_mock/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {name: family.type for name, family in families.items()} == {
        "evolink_mock_requests": "counter",
        "evolink_mock_faults": "counter",
        "evolink_mock_callback_attempts": "counter",
        "evolink_mock_tasks": "gauge",
        "evolink_mock_callback_lateness_seconds": "histogram",
    }
    assert all(family.documentation for family in families.values())
    assert sum(parse(text).values()) == 0


async def test_requests_are_counted(serve: Serve) -> None:
    """Requests of the API are counted by operation and status, those that lead nowhere under no operation."""
    client = await serve(credits=2 * 23.8)
    task = (await create(client, prompt=PROMPT))["id"]
    await create(client)
    for path in ("/v1/nothing", "/v2/nothing", *[f"/v1/tasks/{task}"] * 3):
        await client.get(path)
    await client.post(CREATE, json=example())
    await client.post(CREATE, json={})
    await client.get("/v1/credits", headers={"authorization": ""})
    creation = "createWan26ReferenceVideoFlashGeneration"
    assert counted(await scrape(client), "requests_total") == {
        (creation, "200"): 2,
        (creation, "402"): 1,
        (creation, "400"): 1,
        ("getTaskDetail", "200"): 3,
        ("getCredits", "401"): 1,
        ("", "404"): 2,
    }


async def test_what_is_not_the_api_is_not_counted(client: httpx2.AsyncClient) -> None:
    """Neither the control API, with these metrics themselves, nor the contract is counted, and none is journalled."""
    await client.get("/v1/models")
    for path in ("/_mock/clock", "/_mock/metrics", "/_mock/nothing", "/openapi.json"):
        await client.get(path)
    assert counted(await scrape(client), "requests_total") == {("listModels", "200"): 1}
    assert (await client.get("/_mock/universes/default")).json()["exchanges"] == 1


async def test_nothing_secret_is_shown(serve: Serve) -> None:
    """No key, prompt, path or host of a request comes into the metrics, however it was sent."""
    client = await serve()
    await create(client, prompt=PROMPT)
    await client.get("/v1/canary", headers={"authorization": "Bearer sk-canary"})
    await client.get("/v1/tasks/canary", params={"canary": "canary"})
    text = (await client.get("/_mock/metrics")).text
    for secret in (KEY, PROMPT, "canary", "/v1", "127.0.0.1"):
        assert secret not in text


async def test_tasks_are_counted_by_what_is_seen_of_them(serve: Serve, wall: Wall) -> None:
    """Tasks of all universes are counted by their status at this moment, those that wait for a slot as pending."""
    client = await serve(slots_per_account=2)
    for number in range(3):
        await create(client, prompt="a cat [mock: fail=service_error at=10%]" if number == 0 else "a cat")
    await client.post(CREATE, json=example(), headers={"x-mock-universe": "blue"})
    assert counted(await scrape(client), "tasks") == {("pending",): 4}
    wall.advance(5)
    assert counted(await scrape(client), "tasks") == {("pending",): 1, ("processing",): 3}
    wall.advance(600)
    assert counted(await scrape(client), "tasks") == {("completed",): 3, ("failed",): 1}
    await client.delete("/_mock/universes/blue")
    assert counted(await scrape(client), "tasks") == {("completed",): 2, ("failed",): 1}


async def test_a_universe_that_goes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A universe that another server deletes while the tasks are counted has none."""
    store = SqliteStore()
    simulator = assemble(Settings(), store=store)
    await simulator.universes.open("default")

    async def names() -> tuple[str, ...]:
        return "default", "gone"

    monkeypatch.setattr(simulator.universes, "names", names)
    assert counted(parse((await write_metrics(simulator)).decode()), "tasks") == {}
    assert await store.universes() == ("default",)
    await store.close()


async def test_attempts_are_counted(serve: Serve, receiver: Receiver) -> None:
    """Attempts at callbacks are counted by the status that came back; those to which none came are errors."""
    routes = [receiver.route, "https://nobody.example.com=http://127.0.0.1:1"]
    client = await serve(speed=0, callback_routes=routes)
    receiver.script(Reply(500), Reply(204))
    for host in ("hooks", "nobody"):
        await create(client, callback_url=f"https://{host}.example.com/evolink")
        await client.post("/_mock/clock", json={"advance": 600})
    samples = await scrape(client)
    assert counted(samples, "callback_attempts_total") == {("500",): 1, ("204",): 1, ("error",): 4}
    assert counted(samples, "callback_lateness_seconds_count") == {(): 6}
    assert counted(samples, "callback_lateness_seconds_bucket")["0.001",] == 6
    assert counted(samples, "callback_lateness_seconds_sum") == {(): 0}


async def test_lateness_is_in_real_seconds(serve: Serve, wall: Wall, receiver: Receiver) -> None:
    """An attempt that is begun 200 of the clock's seconds late, at 20 for each real one, is late by ten seconds."""
    client = await serve(speed=20.0, callback_routes=[receiver.route])
    await create(client, callback_url="https://hooks.example.com/evolink")
    (task,) = (await client.get("/_mock/tasks")).json()["tasks"]
    wall.advance(task["ends_at"] / 20 - START / SECOND / 20 + 10)
    await client.post("/_mock/clock", json={"advance": 0})
    samples = await scrape(client)
    assert counted(samples, "callback_lateness_seconds_sum")[()] == pytest.approx(10, abs=0.001)
    buckets = {bound: number for (bound,), number in counted(samples, "callback_lateness_seconds_bucket").items()}
    assert (buckets["5.0"], buckets["30.0"], buckets["+Inf"]) == (0, 1, 1)


async def test_faults_are_counted() -> None:
    """Each fault that struck a request is counted by its kind."""
    store = SqliteStore()
    simulator = assemble(Settings(), store=store)
    for faults in ((), ("delay",), ("delay", "status")):
        simulator.counters.count_request(Exchange("GET", "/v1/tasks", 0, operation="listTasks", faults=faults))
    samples = parse((await write_metrics(simulator)).decode())
    assert counted(samples, "faults_total") == {("delay",): 2, ("status",): 1}
    assert counted(samples, "requests_total") == {("listTasks", "0"): 3}
    await store.close()


async def test_two_servers_of_one_process_do_not_mix(serve: Serve) -> None:
    """Each counts what came to itself."""
    one, other = [await serve() for _ in range(2)]
    for _ in range(3):
        await one.get("/v1/models")
    await other.get("/v1/tasks")
    assert counted(await scrape(one), "requests_total") == {("listModels", "200"): 3}
    assert counted(await scrape(other), "requests_total") == {("listTasks", "200"): 1}


async def test_without_the_extra(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed, the answer names the command that installs it; all else works."""
    monkeypatch.setattr(metrics, "find_spec", lambda _: None)
    answer = await client.get("/_mock/metrics")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (501, "missing_extra")
    assert error["message"].endswith("metrics need prometheus-client: pip install 'evolink-mock[metrics]'")
    assert (await client.get("/v1/models")).status_code == 200


async def test_head(client: httpx2.AsyncClient) -> None:
    """HEAD answers as GET does, without the text."""
    answer = await client.head("/_mock/metrics")
    assert (answer.status_code, answer.content) == (200, b"")
