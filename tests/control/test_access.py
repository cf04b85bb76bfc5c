"""Who may use the control API: programs on this machine, and no page of another site in a browser."""

import httpx2
import pytest

from tests.serving import Serve

pytestmark = pytest.mark.anyio

HEALTH = "/_mock/health"


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8765", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8765"])
async def test_names_of_this_machine(client: httpx2.AsyncClient, host: str) -> None:
    """Every loopback name is allowed, with any port."""
    assert (await client.get(HEALTH, headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "rebind.network:8765",
        "localhost.",
        "0.0.0.0",  # noqa: S104 - a name in a header
        "127.0.0.2",
        "[::ffff:127.0.0.1]",
        "[::1",
        "localhost@evil.example",
        "",
    ],
)
async def test_foreign_hosts(client: httpx2.AsyncClient, host: str) -> None:
    """A name that leads here by a trick of its DNS is refused, and the message says how to allow one."""
    answer = await client.get(HEALTH, headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"] == {
        "code": "forbidden_host",
        "message": (
            f"The control API answers this machine only: Host {host!r} is not allowed; --allow-host NAME allows one"
        ),
        "type": "invalid_request_error",
    }


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173"])
async def test_origins_on_this_machine(client: httpx2.AsyncClient, origin: str) -> None:
    """A page that is served from this machine may ask."""
    assert (await client.get(HEALTH, headers={"origin": origin})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["null", "", "http://evil.example", "http://localhost.evil.example", "file://", "http://[::1"]
)
async def test_foreign_origins(client: httpx2.AsyncClient, origin: str) -> None:
    """A page of another site may not, nor one without an origin of its own."""
    answer = await client.post("/_mock/reset", headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == (
        f"The control API answers this machine only: Origin {origin!r} is not allowed; --allow-host NAME allows one"
    )


async def test_allowed_hosts(serve: Serve) -> None:
    """A name that the user allows is allowed, as Host and as Origin, and no other."""
    client = await serve(allowed_hosts=["mock.test"])
    codes = [
        (await client.get(HEALTH, headers=headers)).status_code
        for headers in (
            {"host": "mock.test:80"},
            {"origin": "https://mock.test"},
            {"host": "other.test"},
            {"host": "localhost"},
        )
    ]
    assert codes == [200, 200, 403, 200]


async def test_a_long_name_is_cut(client: httpx2.AsyncClient) -> None:
    """The message does not repeat whatever was sent."""
    answer = await client.get(HEALTH, headers={"host": "a" * 1_000})
    assert f"Host {'a' * 60!r} is" in answer.json()["error"]["message"]


async def test_the_api_itself_takes_any_host(client: httpx2.AsyncClient) -> None:
    """Clients reach the API by whatever name they like."""
    answer = await client.get("/v1/models", headers={"host": "api.evolink.ai", "origin": "https://app.example"})
    assert answer.status_code == 200
