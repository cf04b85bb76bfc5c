"""A bridge waits for no library that nobody uses, and leads those that are imported while it is open."""

import sys
from typing import Final

import pytest

from tests.drive.callers import URL
from tests.running import printed_by
from tests.serving import bearer

pytestmark = pytest.mark.uncounted

KEY: Final = bearer()
ELSEWHERE: Final = "https://example.com/x"

OPEN: Final = """
import sys
from contracts.drive.bridge import Bridge
from contracts.drive.in_process import InProcess
from mock_server.app import create_app
with InProcess(create_app()) as simulator, Bridge(simulator):
    assert not sys.modules.keys() & {"httpcore", "httpx", "trio", "respx", "requests", "aiohttp"}
"""

USES: Final = {
    "httpx": "import httpx\nprint(httpx.get(URL, headers=KEY).status_code)",
    "httpx2": "import httpx2\nprint(httpx2.get(URL, headers=KEY).status_code)",
    "requests": "import requests\nprint(requests.get(URL, headers=KEY).status_code)",
    "aiohttp": """
import aiohttp, asyncio
async def ask():
    async with aiohttp.ClientSession() as session, session.get(URL, headers=KEY) as answer:
        print(answer.status)
asyncio.run(ask())
""",
    "respx": """
import respx, httpx
with respx.mock(assert_all_called=False) as router:
    router.get(ELSEWHERE).respond(418)
    assert httpx.get(ELSEWHERE).status_code == 418
    print(httpx.get(URL, headers=KEY).status_code)
try:
    httpx.get(ELSEWHERE)
except httpx.ConnectError as error:
    assert "was not sent" in str(error)
else:
    raise AssertionError
""",
}


@pytest.mark.parametrize("library", USES)
def test_imported_within(library: str) -> None:
    """It is led from its first request on, and none is imported for it."""
    use = f"URL, KEY, ELSEWHERE = {URL!r}, {KEY!r}, {ELSEWHERE!r}\n{USES[library]}"
    program = OPEN + "".join(f"    {line}\n" for line in use.splitlines())
    assert printed_by(sys.executable, "-c", program) == "200\n"
