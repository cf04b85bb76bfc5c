"""The dashboard and its files on the wire."""

import re

import httpx2
import pytest

from mock_server.dashboard.files import read_assets
from tests.serving import Serve

pytestmark = pytest.mark.anyio

DASHBOARD = "/_mock/"
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_the_document(client: httpx2.AsyncClient) -> None:
    """A browser gets HTML that may load what is served beside it and nothing else, and is kept nowhere."""
    answer = await client.get(DASHBOARD, headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "{token}" not in answer.text
    head = await client.head(DASHBOARD, headers=HTML)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
async def test_for_programs_there_is_no_dashboard(client: httpx2.AsyncClient, accept: str) -> None:
    """What asks for no HTML is told what there is."""
    for path in (DASHBOARD, DASHBOARD.rstrip("/")):
        answer = await client.get(path, headers={"accept": accept})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        assert "for browsers (Accept: text/html), and GET /_mock/openapi.json" in answer.json()["error"]["message"]
    assert (await client.post(DASHBOARD, headers=HTML)).status_code == 404


async def test_without_the_slash(client: httpx2.AsyncClient) -> None:
    """A browser is sent to the path that there is, unless it comes from elsewhere."""
    answer = await client.get(DASHBOARD.rstrip("/"), headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (307, DASHBOARD)
    foreign = await client.get(DASHBOARD.rstrip("/"), headers={**HTML, "host": "evil.example"})
    assert foreign.status_code == 403


async def test_files(client: httpx2.AsyncClient) -> None:
    """Each comes with its type; who has it already is told so."""
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for name in read_assets().keys() - {"index.html"}:
        answer = await client.get(f"{DASHBOARD}dashboard/{name}")
        assert answer.headers["content-type"] == f"{types[name.rpartition('.')[2]]}; charset=utf-8"
        assert answer.content == read_assets()[name]
        again = await client.get(f"{DASHBOARD}dashboard/{name}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["index.html", "nothing.js", "%2e%2e", "..%2ffiles.py"])
async def test_nothing_else_is_served(client: httpx2.AsyncClient, name: str) -> None:
    """The dashboard itself is not a file, and no name leads out of the folder."""
    assert (await client.get(f"{DASHBOARD}dashboard/{name}")).status_code == 404


async def test_files_are_only_read(client: httpx2.AsyncClient) -> None:
    """Another method is refused with those that there are."""
    answer = await client.post(f"{DASHBOARD}dashboard/app.js")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_files_hold_to_the_policy() -> None:
    """No script and no style stands in its document, no markup is written into it, and nothing leads elsewhere."""
    for name, body in read_assets().items():
        text = body.decode()
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", text), name
        elsewhere = set(re.findall(r"https?://[^\s\"'`]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not elsewhere, name
    page = read_assets()["index.html"].decode()
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\bsrc=)", page)


async def test_without_control_there_is_no_dashboard(serve: Serve) -> None:
    """The dashboard is a part of the control API."""
    client = await serve(control=False)
    assert (await client.get(DASHBOARD, headers=HTML)).status_code == 404
    assert (await client.get(f"{DASHBOARD}dashboard/app.js")).status_code == 404
