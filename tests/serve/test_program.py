import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_server.serving.banner import create_line
from tests.running import COMMAND, PATIENCE, Program, clean, needs_ipv6, printed_by, started, wait_until

TASK = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "canary-prompt",
    "video_urls": ["https://example.com/canary-video.mp4"],
}


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    """A server with its defaults."""
    with started() as program:
        wait_until(lambda: "TASK_ID" in program.output, "the banner is there")
        yield program


def half_a_request(program: Program, path: str) -> socket.socket:
    """Send a request without the end of its body."""
    where = urlsplit(program.url)
    connection = socket.create_connection((where.hostname, where.port), PATIENCE)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk-a\r\nContent-Length: 10\r\n\r\n{{"
    connection.sendall(head.encode())
    return connection


def test_the_ready_file_is_true(program: Program) -> None:
    """It names this process and an address that answers to the key."""
    told = json.loads((program.folder / "ready").read_text())
    places = dict.fromkeys(("url", "control", "files"), program.url)
    assert told == {**places, "key": program.key, "pid": program.process.pid}
    with program.client() as client:
        assert client.get("/v1/credits").status_code == 200


def test_the_banner_is_true(program: Program) -> None:
    """It shows the address, the key and the speed that the server has."""
    assert program.url in program.output
    assert program.key in program.output
    assert "20 times as fast as real" in program.output
    assert create_line(program.url) in program.output


@pytest.mark.uncounted
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_pasted_line_creates_a_task_that_completes(program: Program) -> None:
    """What the banner offers works in a shell; time moves on, and the task is completed with its link."""
    pasted = next(row.strip() for row in program.output.splitlines() if "/v1/videos/generations" in row)
    silent = pasted.replace("curl", "curl --silent --show-error", 1)
    created = json.loads(printed_by("sh", "-c", silent))
    assert created["status"] == "pending"
    with program.client() as client:
        moved = client.post("/_mock/clock", json={"advance": 600})
        task = client.get(f"/v1/tasks/{created['id']}").json()
        assert moved.status_code == 200
        assert (task["status"], task["progress"]) == ("completed", 100)
        clip = client.get(task["results"][0])
        assert clip.content[4:8] == b"ftyp"


@pytest.mark.uncounted
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    """Exit code 0, the ready file gone, the last lines written, nothing said on standard error."""
    with started() as program, program.client() as client:
        client.get("/v1/credits")
        assert program.stop(number) == 0
        assert not (program.folder / "ready").exists()
        assert program.output.endswith(" ms\n")
        assert program.errors == ""


@pytest.mark.uncounted
def test_a_stop_does_not_wait_for_a_client_that_says_nothing_more() -> None:
    """A request whose body never comes is hung up on, without a traceback."""
    with started() as program, half_a_request(program, "/v1/videos/generations") as connection:
        assert program.stop() == 0
        with suppress(ConnectionResetError):  # as good an end as an orderly one
            assert connection.recv(1) == b""
        assert program.errors == ""


@pytest.mark.uncounted
@pytest.mark.parametrize("path", ["/v1/videos/generations", "/v1/tasks/batch", "/_mock/clock"])
def test_a_client_that_goes_away_is_no_error(path: str) -> None:
    """A request that breaks off leaves a line without a status, and no traceback."""
    with started() as program:
        half_a_request(program, path).close()
        wait_until(lambda: f"POST {path} - " in program.output, "the line is written")
        assert program.stop() == 0
        assert program.errors == ""


@pytest.mark.uncounted
def test_the_access_log_tells_no_secret() -> None:
    """Path, status, task and broken clauses are there; the key, the prompt, the links and the query are not."""
    with started() as program, program.client("sk-canary-key") as client:
        task = client.post("/v1/videos/generations?q=canary-query", json=TASK).json()
        client.post("/v1/videos/generations", json={**TASK, "duration": 99})
        client.get(f"/v1/tasks/{task['id']}?q=canary-query")
        assert program.stop() == 0
        said = program.output + program.errors
    lines = said.splitlines()[-3:]
    assert [row.split(" ms")[0].rpartition(" ")[0] for row in lines] == [
        "POST /v1/videos/generations 200",
        "POST /v1/videos/generations 400",
        f"GET  /v1/tasks/{task['id']} 200",
    ]
    assert lines[0].endswith(f" ms  {task['id']}")
    assert lines[1].endswith(" ms  broke DURATION-RANGE")
    assert "canary" not in said


@pytest.mark.uncounted
def test_the_access_log_can_be_left_out() -> None:
    """--no-access-log: nothing after the banner."""
    with started("--no-access-log") as program, program.client() as client:
        client.get("/v1/credits")
        assert program.stop() == 0
        assert "/v1/credits" not in program.output


def test_it_goes_on_when_nobody_reads_its_output(tmp_path: Path) -> None:
    """`evolink-mock serve | head -n 3`, without a ready file: it keeps serving, and ends with 0."""
    command = [COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = [process.stdout.readline().decode() for _ in range(3)][-1].split()[-1]
        process.stdout.close()
        program = Program(process, address, "sk-test", tmp_path)
        with program.client() as client:
            assert client.get("/v1/credits").status_code == 200
        assert program.stop() == 0
        assert process.stderr.read() == b""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.uncounted
def test_frozen_time() -> None:
    """--speed 0: nothing moves until it is moved."""
    with started("--speed", "0") as program, program.client() as client:
        before = client.get("/_mock/clock").json()
        task = client.post("/v1/videos/generations", json=TASK).json()
        assert before["mode"] == "frozen"
        assert client.get("/_mock/clock").json() == before
        assert client.get(f"/v1/tasks/{task['id']}").json()["status"] == "pending"
        after = client.post("/_mock/clock", json={"advance": 200}).json()
        assert after["now"] == pytest.approx(before["now"] + 200)
        assert client.get(f"/v1/tasks/{task['id']}").json()["status"] == "completed"


@pytest.mark.uncounted
@needs_ipv6
def test_an_ipv6_host() -> None:
    """--host ::1: the address has brackets, and the control API knows this name of the machine too."""
    with started("--host", "::1") as program, program.client() as client:
        assert program.url.startswith("http://[::1]:")
        assert client.get("/v1/credits").status_code == 200
        assert client.get("/_mock/health").status_code == 200


def test_the_control_api_is_for_this_machine() -> None:
    """A Host or Origin from elsewhere is refused, unless --allow-host names it; the API itself takes any."""
    with started("--allow-host", "mock.test") as program, program.client() as client:
        for headers, status in (
            ({"Host": "evil.test"}, 403),
            ({"Origin": "https://evil.test"}, 403),
            ({"Host": "mock.test:8765"}, 200),
            ({"Host": "localhost"}, 200),
        ):
            assert client.get("/_mock/health", headers=headers).status_code == status
        assert client.get("/v1/credits", headers={"Host": "evil.test"}).status_code == 200


def test_settings_reach_the_server() -> None:
    """A variable and a file have the effect that a flag has."""
    with started(environment={"EVOLINK_MOCK_CREDITS": "12.5", "EVOLINK_MOCK_HOST": "localhost"}) as program:
        (program.folder / "settings.yaml").write_text("credits: 7\nspeed: 0\n")
        with program.client() as client:
            assert client.get("/v1/credits").json()["data"]["user"]["remaining_credits"] == 12.5
        with started("--config", str(program.folder / "settings.yaml")) as other, other.client() as client:
            assert client.get("/v1/credits").json()["data"]["user"]["remaining_credits"] == 7
            assert client.get("/_mock/clock").json()["mode"] == "frozen"
