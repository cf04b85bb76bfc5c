"""Who may change anything from within a browser: our own dashboard, by its token, and no other."""

import re

import httpx2
import pytest

from tests.serving import Serve

pytestmark = pytest.mark.anyio

RESET = "/_mock/reset"
OWN = {"origin": "http://localhost:8765"}


async def find_token(client: httpx2.AsyncClient) -> str:
    """Return the token that the dashboard carries."""
    page = (await client.get("/_mock/", headers={"accept": "text/html"})).text
    token: str = re.findall('name="token" content="([^"]+)"', page)[0]
    return token


@pytest.mark.parametrize("name", ["origin", "sec-fetch-site"])
async def test_a_browser_needs_the_token(client: httpx2.AsyncClient, name: str) -> None:
    """A page of another program of this machine has its name, but not the token; programs need none."""
    told = {"origin": OWN["origin"], "sec-fetch-site": "same-site"}[name]
    for token in (b"", b"x", "é".encode()):
        answer = await client.post(RESET, headers={name.encode(): told.encode(), b"x-mock-token": token})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden_page")
    assert (await client.post(RESET)).status_code == 200


async def test_the_dashboard_has_the_token(client: httpx2.AsyncClient) -> None:
    """With it, the dashboard may change what programs may."""
    token = await find_token(client)
    assert (await client.post(RESET, headers={**OWN, "x-mock-token": token})).status_code == 200
    assert (await client.get("/_mock/clock", headers=OWN)).status_code == 200


async def test_each_start_has_a_token_of_its_own(serve: Serve) -> None:
    """So a dashboard of an earlier server cannot change anything in the next."""
    first, second = await find_token(await serve()), await find_token(await serve())
    assert first != second
    assert len(first) >= 32


@pytest.mark.parametrize(
    "path", ["", "dashboard/events", "dashboard/lanes", "dashboard/moment", "dashboard/results/default/task-1"]
)
async def test_foreign_hosts(client: httpx2.AsyncClient, path: str) -> None:
    """Nothing that the dashboard shows is shown to a page of another site."""
    headers = {"accept": "text/html", "host": "evil.example"}
    answer = await client.get(f"/_mock/{path}", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden_host")
