"""Node, led here by what it loads before a program: its own fetch and https, as they are."""

import json
import shutil
from typing import Any, Final

import pytest

from contracts.drive.live import LiveServer
from mock_server.entrance.client_environment import Lead, client_environment
from tests.running import printed_by

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"), pytest.mark.uncounted]

PROGRAM: Final = """
const https = require('node:https'), http = require('node:http'), net = require('node:net');
const { once } = require('node:events');
const headers = { authorization: `Bearer ${process.env.EVOLINK_API_KEY}` };
const told = {};
const note = async (name, work) => {
  try { told[name] = await work(); } catch (error) { told[name] = (error.cause || error).code; }
};
const get = async (client, url) => (await once(client.get(url, { headers }), 'response'))[0].resume().statusCode;
const dial = async (...place) => {
  const socket = net.connect(...place);
  await once(socket, 'connect');
  socket.destroy();
  return 'connected';
};
const main = async () => {
  const here = Number(process.env.HERE);
  await note('fetch', async () => (await fetch('https://api.evolink.ai/v1/credits', { headers })).status);
  await note('https', () => get(https, 'https://files-api.evolink.ai/api/v1/files/quota'));
  await note('http', () => get(http, 'http://API.evolink.ai/v1/credits'));
  await note('numbers', () => dial(443, 'api.evolink.ai'));
  await note('here', () => get(http, `http://localhost:${here}/v1/credits`));
  await note('this', () => dial(here));
  await note('other', async () => (await fetch('https://example.com/')).status);
  await note('port', () => get(https, 'https://api.evolink.ai:8443/'));
  await note('six', () => dial({ host: '2606:2800:220:1::1', port: 443 }));
  await note('path', () => dial({ path: '/none' }));
  await note('none', () => dial({ port: 'x' }));
  const lookup = (host, options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]);
  await note('allowed', () => dial({ host: 'other.example.org', port: here, lookup }));
  console.log(JSON.stringify(told));
};
main();
"""


def run(program: str, **environment: str) -> Any:
    """Run a program, and return what it prints as JSON."""
    return json.loads(printed_by("node", "-e", program, environment=environment))


@pytest.mark.parametrize("server", ["auto"], indirect=True)
def test_where_connections_go(server: LiveServer) -> None:
    """The API's hosts are led here, this machine is left alone, all else is refused and noted by the proxy."""
    lead = Lead(server.proxy_url, server.https_url, server._url, ["other.example.org"])
    variables = client_environment(server._url, key="sk-test", trust=server.authority.trust, lead=lead)
    told = run(PROGRAM, **{**variables, "NODE_USE_ENV_PROXY": "0", "HERE": server._url.rpartition(":")[2]})
    assert told == {
        "fetch": 200,
        "https": 200,
        "http": 200,
        "numbers": "connected",
        "here": 200,
        "this": "connected",
        "other": "ECONNREFUSED",
        "port": "ECONNREFUSED",
        "six": "ECONNREFUSED",
        "path": "ENOENT",
        "none": "ERR_SOCKET_BAD_PORT",
        "allowed": "connected",
    }
    assert [(each.host, each.port, each.way) for each in server.passages] == [
        ("example.com", 443, "refused"),
        ("api.evolink.ai", 8443, "refused"),
        ("2606:2800:220:1::1", 443, "refused"),
    ]


def test_without_anything_to_lead_by() -> None:
    """A shell that has one of the variables and not the other is left alone."""
    lead = Lead("http://127.0.0.1:1", "https://127.0.0.1:1", "http://127.0.0.1:1")
    options = client_environment("http://127.0.0.1:1", key="sk-test", lead=lead)["NODE_OPTIONS"]
    program = "require('node:net').connect(1, '127.0.0.1').on('error', (e) => console.log(JSON.stringify(e.code)))"
    assert run(program, NODE_OPTIONS=options) == "ECONNREFUSED"
