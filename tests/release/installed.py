"""What `.ci/release` has installed, tried as by somebody who has just done so; no other run of the tests collects this.

Each environment holds the wheel, without an extra or with one: what that is for works, and what is missing is told.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from packaging.utils import canonicalize_name

from tests import running
from tests.release.project import BASE, EXTRAS, PROJECT, ROOT, find_needed, read_pins
from tests.running import Program, printed_by, run_program, started

PLACE = ROOT / "build" / "release"
TASKS = "/v1/videos/generations"
REQUEST = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A person dancing",
    "video_urls": ["https://example.com/a.mp4"],
}
ASK = "import urllib.request as to; print(to.urlopen('https://api.evolink.ai/openapi.json').status)"


def installed(extra: str, name: str) -> str:
    """Return the path of a program in an environment."""
    return str(PLACE / extra / "bin" / name)


@pytest.fixture
def extra() -> str:
    """The extra that a test needs; it says so if it needs one."""
    return BASE


@pytest.fixture
def options() -> tuple[str, ...]:
    """What the server is told besides; a test says so."""
    return ()


@pytest.fixture
def server(extra: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """The server of an environment, whose clock only a test moves."""
    monkeypatch.setattr(running, "COMMAND", installed(extra, "evolink-mock"))
    with started("--speed", "0", *options) as program:
        yield program


def make_video(client: httpx2.Client) -> httpx2.Response:
    """Create a task, let it end, and fetch its result."""
    task = client.post(TASKS, json=REQUEST).json()["id"]
    client.post("/_mock/clock", json={"until": task}).raise_for_status()
    shown = client.get(f"/v1/tasks/{task}").json()
    assert shown["status"] == "completed"
    return client.get(shown["results"][0]).raise_for_status()


@pytest.mark.parametrize("extra", [BASE, *EXTRAS])
def test_the_bill_lists_what_is_pinned_and_nothing_else(extra: str) -> None:
    """Each distribution that the install brings is in it, as it is pinned, with its licence."""
    bill = json.loads((PLACE / f"{extra}.cdx.json").read_text("utf-8"))
    pins = read_pins()
    listed = {canonicalize_name(part["name"]): part["version"] for part in bill["components"]}
    assert listed == {name: pins[name] for name in find_needed(extra)}
    assert [part["name"] for part in bill["components"] if not part.get("licenses")] == []
    about = bill["metadata"]["component"]
    assert (about["name"], about["version"]) == (PROJECT["name"], PROJECT["version"])


@pytest.mark.parametrize("command", list(PROJECT["scripts"]))
@pytest.mark.parametrize("extra", [BASE, *EXTRAS])
def test_each_command_tells_its_version(extra: str, command: str) -> None:
    """It starts, whatever else is installed."""
    assert printed_by(installed(extra, command), "--version").strip() == PROJECT["version"]


def test_the_base_serves_the_api(server: Program) -> None:
    """A task is created, ends, and has a result, which is the clip that the package brings."""
    with server.client() as client:
        clip = make_video(client)
    assert clip.headers["x-mock-media"] == "placeholder"
    assert clip.content[4:8] == b"ftyp"
    assert (server.stop(), server.errors) == (0, "")


def test_the_base_tells_which_extra_is_missing(server: Program) -> None:
    """Where a video is not made and metrics are not counted, it says what to install."""
    with server.client() as client:
        refused = client.get("/_mock/metrics")
    assert "pip install 'evolink-mock[media]'" in server.output
    assert "pip install 'evolink-mock[metrics]'" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "command",
    [
        ("evolink-mock", "serve", "--port", "0", "--tls"),
        ("evolink-mock", "serve", "--port", "0", "--proxy"),
        ("evolink-contracts", "client", "--", "true"),
        ("evolink-contracts", "client", "--prove", "--", "true"),
    ],
)
def test_a_command_tells_which_extra_is_missing(command: tuple[str, ...]) -> None:
    """One sentence says what to install, and there is no traceback."""
    ended = run_program(installed(BASE, command[0]), *command[1:])
    assert ended.returncode == 2
    assert re.search(r"needs trustme: pip install 'evolink-mock\[tls\]'\n$", ended.stderr)
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("extra", ["media"])
def test_media_makes_a_video_for_each_task(server: Program) -> None:
    """The result is no longer the packaged clip."""
    with server.client() as client:
        video = make_video(client)
    assert video.headers.get("x-mock-media") != "placeholder"
    assert len(video.content) > 50_000


@pytest.mark.parametrize("extra", ["metrics"])
def test_metrics_are_counted(server: Program) -> None:
    """Prometheus finds them."""
    with server.client() as client:
        assert "\nevolink_mock_" in client.get("/_mock/metrics").raise_for_status().text


@pytest.mark.parametrize(("extra", "options"), [("tls", ("--proxy",))])
def test_tls_leads_a_client_here(server: Program, extra: str) -> None:
    """A program that has the API's address written into it is led by the variables that are printed."""
    led = f'eval "$({installed(extra, "evolink-mock")} env --ready-file ready)"; exec "$@"'
    answered = printed_by("sh", "-ec", led, "sh", installed(extra, "python"), "-c", ASK, folder=server.folder)
    assert answered == "200\n"


def test_contracts_puts_a_program_on_trial(tmp_path: Path) -> None:
    """A client of the standard library alone, that is right."""
    program = ROOT / "tests" / "battery" / "programs" / "plain.py"
    trial = (installed("contracts", "evolink-contracts"), "client", "--scenario", "good-weather")
    ended = run_program(*trial, "--", installed("contracts", "python"), program, folder=tmp_path)
    assert (ended.returncode, "1 scenario tried" in ended.stdout + ended.stderr) == (0, True), ended.stderr


def test_contracts_tests_a_client(tmp_path: Path) -> None:
    """The example of a test runs where the project is not, by the plugin that was installed."""
    for name in ("my_client.py", "test_my_client.py"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    told = printed_by(installed("contracts", "pytest"), "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert re.search(r"^\d+ passed", told, re.MULTILINE)


def test_contracts_draws_requests_for_any_server() -> None:
    """Its checks for Schemathesis can be imported."""
    printed_by(installed("contracts", "python"), "-W", "default", "-P", "-c", "import contracts.fuzz.hooks")


def test_what_is_installed_is_tried() -> None:
    """And not what is in the folder where the tests are."""
    shown = printed_by(installed(BASE, "python"), "-P", "-c", "import mock_server; print(mock_server.__file__)")
    assert Path(shown).is_relative_to(PLACE / BASE)
