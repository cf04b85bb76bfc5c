"""What a program finds around it: the variables that lead it to the simulator, and those that tell of the scenario."""

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from contracts.battery.scenario import Scenario
from contracts.drive.live import LiveServer
from mock_server.entrance.client_environment import Lead, client_environment
from mock_server.hosts import API_HOST

URL: Final = f"https://{API_HOST}"
"""Where the API is, for clients that can be told; the proxy leads there, like all others."""

HOOKS: Final = "https://hooks.example.com"
"""What callback URLs begin with."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is told in a scenario.

    Args:
        scenario: The scenario.
        directory: A folder of its own, for what it writes.
        key: Its key, which nobody else has.
        prompt: A prompt that nobody else has.
        callback_port: Where a receiver of its own can listen for the callbacks of this scenario, on 127.0.0.1.
        callback_path: The path of callbacks there.
    """

    scenario: Scenario
    directory: Path
    key: str
    prompt: str
    callback_port: int
    callback_path: str = "/"

    @property
    def callback_url(self) -> str:
        """Where callbacks are sent to, and led from to the receiver."""
        return f"{HOOKS}{self.callback_path}"

    def told(self) -> Mapping[str, str]:
        """Return the variables that tell of the scenario."""
        told = {
            "EVOLINK_SCENARIO": self.scenario.name,
            "EVOLINK_EXPECTS": ",".join(sorted(self.scenario.needs)),
            "EVOLINK_DIRECTORY": str(self.directory),
            "EVOLINK_PROMPT": self.prompt,
            "EVOLINK_TASKS": str(self.scenario.asks),
        }
        if "callback" in self.scenario.needs:
            told |= {"EVOLINK_CALLBACK_URL": self.callback_url, "EVOLINK_CALLBACK_PORT": str(self.callback_port)}
        return told

    def command(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return a command with what stands in it in braces put in: {directory}, {prompt} and {scenario}."""
        values = {"directory": self.directory, "prompt": self.prompt, "scenario": self.scenario.name}
        return tuple(_put_in(word, values) for word in words)

    def environment(self, server: LiveServer, url: str, inherited: Mapping[str, str]) -> Mapping[str, str]:
        """Return all variables: those that it would have otherwise, and what leads it to a simulator at a URL."""
        lead = Lead(server.proxy_url, server.https_url, url)
        led = client_environment(URL, key=self.key, trust=server.authority.trust, lead=lead, inherited=inherited)
        return {**inherited, **led, **self.told()}


def _put_in(word: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", str(value))
    return word


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def elsewhere_of(url: str) -> str:
    """Return another origin by which a server of this machine can be reached, at a URL that has its address."""
    return f"https://localhost:{urlsplit(url).port}"
