"""Where links lead: to where the client reached the simulator, or to where the settings say."""

from typing import Any

import httpx2
import pytest

from contracts.drive.receiver import Receiver
from mock_server.calls.call import Call
from mock_server.core.keys import read_key
from mock_server.journal.exchange import EXCHANGE, Exchange
from tests.files.uploading import stored
from tests.results.conftest import Finish
from tests.serving import CREATE, FILES, Serve, example

pytestmark = pytest.mark.anyio

PUBLIC = "https://mock.example.com"


def host(name: str) -> dict[str, str]:
    """Return the header by which a client says whom it means to have reached."""
    return {"host": name}


async def test_who_reads_a_task_gets_links_to_where_it_reached_us(client: httpx2.AsyncClient, finish: Finish) -> None:
    """Each reader gets its own, whoever created the task."""
    link = httpx2.URL(await finish(client))
    assert f"{link.scheme}://{link.netloc.decode()}" == str(client.base_url).rstrip("/")
    task = (await client.get("/v1/tasks")).json()["data"][0]["id"]
    for name in ("other.example:81", "[::1]:8765"):
        read = (await client.get(f"/v1/tasks/{task}", headers=host(name))).json()
        body = {"task_ids": [task]}
        (batched,) = (await client.post("/v1/tasks/batch", json=body, headers=host(name))).json()["data"]
        assert read["results"] == batched["results"] == [f"http://{name}{link.path}"]
        assert read["result_data"] == [{"url": f"http://{name}{link.path}"}]


async def test_files_too(client: httpx2.AsyncClient) -> None:
    """Both links of a file lead to where it was uploaded to, and those of a receipt to where it is read."""
    data = await stored(client)
    assert data["file_url"].startswith(f"{client.base_url}")
    answer = await client.post(
        f"{FILES}upload/base64", json={"base64_data": "R0lGODlhAQABAAAAACw="}, headers=host("files.example")
    )
    shown = answer.json()["data"]
    for name in ("file_url", "download_url"):
        assert shown[name].startswith("http://files.example/")


async def test_an_address_of_ones_own(serve: Serve, finish: Finish) -> None:
    """`public_url` is what all links begin with, whatever the client calls us, and the paths lead where they did."""
    client = await serve(public_url=PUBLIC)
    link = await finish(client)
    data = await stored(client)
    for url in (link, data["file_url"], data["download_url"]):
        assert url.startswith(f"{PUBLIC}/")
        assert (await client.get(httpx2.URL(url).path)).status_code == 200


@pytest.mark.parametrize(("settings", "origin"), [({}, "http://creator.example"), ({"public_url": PUBLIC}, PUBLIC)])
async def test_callbacks(serve: Serve, settings: dict[str, Any], origin: str) -> None:
    """A callback has links to where its task was created, whoever else reads it, or to the address that was set."""
    with Receiver(tls=False) as receiver:
        client = await serve(speed=0.0, callback_routes=(receiver.route,), **settings)
        body = example(callback_url="https://hooks.example.com/done")
        task = (await client.post(CREATE, json=body, headers=host("creator.example"))).json()["id"]
        await client.get(f"/v1/tasks/{task}", headers=host("reader.example"))
        await client.post("/_mock/clock", json={"advance": 200})
        (received,) = receiver.wait_for(1)
    (link,) = received.json()["results"]
    assert link.startswith(f"{origin}/")


@pytest.mark.parametrize(
    "rubbish", ["a/b", "a?b", "user@host", "a b", "a:port", "a:70000", "<script>", "127.0.0.08", ":"]
)
async def test_a_host_that_is_none(client: httpx2.AsyncClient, finish: Finish, rubbish: str) -> None:
    """It is in no link: the server's own address is, and the journal says so once."""
    task = (await finish(client)).rpartition("/")[2]
    rows = (await client.get("/v1/tasks")).json()["data"]
    answer = await client.get(f"/v1/tasks/{rows[0]['id']}", headers=host(rubbish))
    (link,) = answer.json()["results"]
    assert link.startswith(f"http://127.0.0.1:{httpx2.URL(str(client.base_url)).port}/")
    assert link.endswith(task)
    entry = (await client.get("/_mock/journal")).json()["entries"][-1]
    (note,) = entry["notes"]
    assert note.startswith("the Host header ")
    assert rubbish in note
    assert note.endswith(f" is no host, so links begin with {link[: link.index('/', 8)]}")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (("127.0.0.1", 8765), "http://127.0.0.1:8765"),
        (("::1", 80), "http://[::1]"),
        (("/run/mock.sock", None), "http://localhost"),
        (None, "http://localhost"),
    ],
)
def test_a_request_without_a_host(server: Any, expected: str) -> None:
    """HTTP/1.0 knows none; nothing is noted of that."""
    exchange = Exchange("GET", "/", 0)
    scope = {"scheme": "http", "server": server, EXCHANGE: exchange}
    caller = read_key("Bearer sk-test", None)
    call = Call(scope, {}, b"", caller, None)  # type: ignore[arg-type] # a universe has no part in it
    assert (call.origin, call.origin, exchange.notes) == (expected, expected, ())
