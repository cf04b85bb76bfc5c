"""The likeliest mistakes, as they are made, and all that is said of each: one sentence that says what to do."""

import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from contracts.cli import main as contracts
from contracts.probes.own import make_certificates
from mock_server import Settings, create_app
from mock_server.cli import main as mock
from mock_server.store.database import APPLICATION, VERSION
from tests.running import PATIENCE, clean

PROGRAMS = {"evolink-mock": mock, "evolink-contracts": contracts}
FILES = {
    "bad.yaml": "speed: [",
    "empty.har": '{"log": {"entries": []}}',
    "empty.txt": "",
    "list.yaml": "- speed\n",
    "page.json": '{"a": 1}',
    "text.txt": "Dear Ada,\n" * 200,
    "type.yaml": "port: yes\n",
    "unknown.yaml": "spede: 1\n",
}
"""What stands in the folder in which a mistake is made, beside an empty folder."""

RECORDINGS = (
    "a recording is an HTTP Archive (HAR), a journal of the simulator, a cassette of vcrpy (YAML or JSON), or a dump of"
    " mitmproxy"
)
NO_PAGE = "is no OpenAPI document of version 3, and has no block with one"
ROUTE = "write https://hooks.example.com=http://127.0.0.1:3000"

SERVING = {
    "serve --port abc": 'the command line: port: expected a whole number from 0 to 65535, got "abc"',
    "serve --port -1": "the command line: port: expected a whole number from 0 to 65535, got -1",
    "serve --port 65536": "the command line: port: expected a whole number from 0 to 65535, got 65536",
    "serve --port {taken}": (
        "cannot listen on 127.0.0.1 port {taken}: Address already in use; choose another with --port (0 picks a free"
        " one)"
    ),
    "serve --host 192.0.2.1 --port 0": (
        "cannot listen on 192.0.2.1 port 0: Cannot assign requested address; choose an address of this machine with"
        " --host"
    ),
    "serve --speed -1": "the command line: speed: expected a number from 0 to 1000000, got -1.0",
    "serve --speed nan": "the command line: speed: expected a number from 0 to 1000000, got nan",
    "serve --config none.yaml": "none.yaml cannot be read: No such file or directory",
    "serve --config bad.yaml": (
        "bad.yaml is not YAML: while parsing a flow node did not find expected node content, line 2, column 1"
    ),
    "serve --config list.yaml": "list.yaml must hold names and values, such as 'speed: 1'",
    "serve --config unknown.yaml": "unknown.yaml: spede: unknown name; did you mean speed?",
    "serve --config type.yaml": "type.yaml: port: expected a whole number from 0 to 65535, got true",
    "serve --scenario stuk": "scenarios: there is no scenario 'stuk'; did you mean stuck?",
    "serve --plan 'anser 503'": 'plans[0]: "anser"; did you mean answer?',
    "serve --plan answer": "plans[0]: answer; status is missing; it takes a whole number from 100 to 599",
    "serve --plan 'answer 503 on=creat'": 'plans[0].match.operation: found "creat"; did you mean create?',
    "serve --public-url mock.example.com": (
        "the command line: public_url: expected a scheme, a host and maybe a port, such as https://mock.example.com,"
        ' got "mock.example.com"'
    ),
    "serve --page nowhere.json": "pages: nowhere.json is no file and no folder",
    "serve --page folder": "pages: there is no page of a model in folder",
    "serve --page page.json": f"pages: there is no page of a model in page.json; page.json {NO_PAGE}",
    "serve --state text.txt": (
        "text.txt cannot be used as a state file: file is not a database; choose another with --state"
    ),
    "serve --state none/state.db": (
        "none/state.db cannot be used as a state file: unable to open database file; choose another with --state"
    ),
    "serve --state other.db": "other.db is a database of something else; choose another file with --state",
    "serve --state later.db": (
        f"later.db was written by another version of evolink-mock (tables 999, this one has {VERSION}); choose another"
        " file with --state, or remove this one"
    ),
    "serve --callback-route hooks.example.com": f"callback_routes: 'hooks.example.com' is no route; {ROUTE}",
    "serve --callback-route https://a.example.com=localhost:3000": (
        "callback_routes: 'https://a.example.com=localhost:3000' is no route: 'localhost:3000': it is no http or https"
        f" URL; {ROUTE}"
    ),
    "serve --callback-ca none.pem": "callback_ca: the CA file none.pem cannot be used: No such file or directory",
    "serve --callback-ca text.txt": "callback_ca: the CA file text.txt cannot be used: it holds no certificates",
    "serve --slots-per-group gold=3": (
        'the command line: slots_per_group[0]: expected default or vip and a number, such as vip=4, got "gold=3"'
    ),
    "env": (
        "no server of yours with --proxy or --tls runs here; start evolink-mock serve --proxy, or name what a server"
        " without them writes with --ready-file"
    ),
    "env --ready-file none": "the ready file none cannot be read: No such file or directory; does the server run?",
    "env --ready-file text.txt": (
        "text.txt is no ready file of evolink-mock: JSON is malformed: invalid character (byte 0)"
    ),
    "models --page nowhere": "pages: nowhere is no file and no folder",
}
JUDGING = {
    "client": "say what to run after two dashes: evolink-contracts client -- python client.py",
    "client --scenario stuk -- true": "there is no scenario 'stuk'; did you mean stuck?",
    "client --rule B33 -- true": "there is no rule 'B33'; did you mean B3?",
    "client --expects coffee -- true": "--expects takes callback, cancel, download, several, upload, not 'coffee'",
    "client --cell create/reset -- true": "--cell is a part of the proof: say --prove as well",
    "client --prove --scenario busy -- true": "--prove goes without --scenario",
    "client --receiver localhost:9000 -- true": (
        "--receiver must be a URL such as http://127.0.0.1:9000/hooks, not 'localhost:9000'"
    ),
    "client --receiver http://127.0.0.1:99999/hooks -- true": (
        "--receiver must be a URL such as http://127.0.0.1:9000/hooks, not 'http://127.0.0.1:99999/hooks'"
    ),
    "client --baseline none.yaml -- true": "--baseline none.yaml cannot be read: No such file or directory",
    "client --baseline bad.yaml -- true": (
        "--baseline bad.yaml: it is not YAML that can be read: expected the node content, but found '<stream end>',"
        " line 1, column 9"
    ),
    "client --baseline unknown.yaml -- true": "--baseline unknown.yaml: spede: unknown name; known are known",
    "client --format junit --format html -- true": (
        "only one --format can go to the terminal: give an --output for each of the others"
    ),
    "client --output a --output b -- true": "there are 2 --output for 1 --format: give a format for each",
    "client --page nowhere -- true": "--page: nowhere is no file and no folder",
    "client --page folder -- true": "--page: there is no page of a model in what it names",
    "traffic none.har": "none.har cannot be read: No such file or directory",
    "traffic text.txt": f"text.txt: it is nothing that can be judged; {RECORDINGS}",
    "traffic empty.txt": f"empty.txt: it is empty; {RECORDINGS}",
    "traffic empty.har": "empty.har: there is no exchange in it, so there is nothing to judge",
    "traffic empty.har --api localhost": "--api must be an http or https URL, not 'localhost'",
    "traffic empty.har --docs http://[": "--docs must be an http or https URL, not 'http://['",
    "rules Q9": "there is no rule 'Q9'; `evolink-contracts rules` lists them",
    "rules b33": "there is no rule 'b33'; did you mean B3?",
    "drift text.txt": "text.txt is no OpenAPI 3 document, and has no block that is one",
    "clauses --tests nowhere": "--tests must be a directory; there is none at nowhere",
    "server": "give either the URL of a server or --simulator",
    "server localhost:8765": (
        "URL must be https:// or http://, a host and maybe a port, without a path; it is 'localhost:8765'"
    ),
    "server http://127.0.0.1:1": "http://127.0.0.1:1 cannot be reached: Connection refused",
    "server https://api.example.com": "EVOLINK_API_KEY is not set: it must have the key of the account that is used",
    "server --simulator --listen 127.0.0.1:9000": "--simulator goes without --listen",
    "server --simulator --dry-run --only nosuch": (
        "'nosuch' is the id of no probe and no rule; --dry-run shows the probes, `evolink-contracts rules` the rules"
    ),
}
CLICK = {
    "evolink-mock serve extra": "Got unexpected extra argument (extra)",
    "evolink-mock serv": "No such command 'serv'. Did you mean 'serve'?",
    "evolink-mock serve --prot 1": "No such option '--prot'. (Did you mean one of: '--host', '--port', '--proxy'?)",
    "evolink-mock serve --media loose": "Invalid value for '--media': 'loose' is not one of 'lenient', 'strict'.",
    "evolink-mock serve --state folder": "Invalid value for '--state': File 'folder' is a directory.",
    "evolink-mock env --shell cmd": "Invalid value for '--shell': 'cmd' is not one of 'sh', 'fish', 'powershell'.",
    "evolink-mock completion tcsh": "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'.",
    "evolink-contracts client --jobs 0 -- true": "Invalid value for '--jobs': 0 is not in the range 1<=x<=64.",
    "evolink-contracts client --keep text.txt -- true": "Invalid value for '--keep': Directory 'text.txt' is a file.",
    "evolink-contracts traffic": "Missing argument 'FILE'.",
}
"""What click says, below the usage."""

PROCESSES = {
    "evolink-mock serve --port 0 --ready-file none/ready": (
        "Error: the ready file none/ready cannot be written: No such file or directory"
    ),
    "evolink-contracts client -- no-such-program": (
        "no-such-program cannot be started: there is no such program on PATH; nothing was tried"
    ),
    "evolink-contracts client -- ./text.txt": (
        "./text.txt cannot be started: it is no program that you may run; chmod +x makes a file one; nothing was tried"
    ),
    "evolink-contracts client --limit 5 -- true": (
        "good-weather was left out: it takes 10 s of the client's time, and the limit is 5 s; --limit makes room for it"
    ),
}
"""What is found out by trying, as the last line that a process of its own says."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is named by mistake."""
    made = tmp_path_factory.mktemp("mistakes")
    for name, text in FILES.items():
        (made / name).write_text(text)
    (made / "folder").mkdir()
    for name, number in {"other.db": 1, "later.db": APPLICATION}.items():
        with closing(sqlite3.connect(made / name)) as connection:
            marks = f"PRAGMA application_id = {number}; PRAGMA user_version = 999"
            connection.executescript(f"{marks}; CREATE TABLE letter (text TEXT)")
    return made


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the mistakes there, with nobody's settings and servers."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for name in os.environ:
        if name.startswith("EVOLINK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("EVOLINK_MOCK_PORT", "0")


def say(line: str) -> tuple[int, str]:
    """Run a command in this process; return its exit code and all that it says."""
    program, *words = shlex.split(line)
    result = CliRunner().invoke(PROGRAMS[program], words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(("line", "told"), SERVING.items(), ids=SERVING)
def test_serving(line: str, told: str, taken: int) -> None:
    """Exit code 2 and one line, which names what was said wrongly and what would be right."""
    assert say(f"evolink-mock {line.format(taken=taken)}") == (2, f"Error: {told.format(taken=taken)}\n")


@pytest.mark.parametrize(("line", "told"), JUDGING.items(), ids=JUDGING)
def test_judging(line: str, told: str) -> None:
    """The same."""
    assert say(f"evolink-contracts {line}") == (2, f"Error: {told}\n")


@pytest.mark.parametrize(("line", "told"), CLICK.items(), ids=CLICK)
def test_what_no_command_takes(line: str, told: str) -> None:
    """The same, below how the command is used."""
    code, output = say(line)
    usage, *_, last = output.splitlines()
    assert (code, last) == (2, f"Error: {told}")
    assert usage.startswith("Usage: evolink-")


EXTRAS = {
    "evolink-mock serve --port 0 --tls": "HTTPS needs trustme: pip install 'evolink-mock[tls]'",
    "evolink-mock serve --port 0 --proxy": "HTTPS needs trustme: pip install 'evolink-mock[tls]'",
    "evolink-contracts client -- true": "HTTPS needs trustme: pip install 'evolink-mock[tls]'",
    "evolink-contracts client --check": "HTTPS needs trustme: pip install 'evolink-mock[tls]'",
    "evolink-contracts server --simulator": "HTTPS needs trustme: pip install 'evolink-mock[tls]'",
}


@pytest.mark.parametrize(("line", "told"), EXTRAS.items(), ids=EXTRAS)
def test_without_an_extra(line: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is named, with the line that installs it."""
    make_certificates.cache_clear()
    monkeypatch.setitem(sys.modules, "trustme", None)
    code, output = say(line)
    assert (code, output.splitlines()[-1]) == (2, f"Error: {told}")


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("PROT", "1", "EVOLINK_MOCK_PROT: unknown name; did you mean port?"),
        ("SPEED", "fast", 'EVOLINK_MOCK_SPEED: expected a number from 0 to 1000000, got "fast"'),
        ("CONFIG", "none.yaml", "none.yaml cannot be read: No such file or directory"),
    ],
)
def test_variables(variable: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a variable is said of the variable."""
    monkeypatch.setenv(f"EVOLINK_MOCK_{variable}", text)
    assert say("evolink-mock serve") == (2, f"Error: {told}\n")


@pytest.mark.uncounted
@pytest.mark.parametrize(("line", "told"), PROCESSES.items(), ids=PROCESSES)
def test_what_is_found_out_by_trying(line: str, told: str) -> None:
    """A process of its own says it last, ends with 2, and shows nothing of the program's inside."""
    program, *words = shlex.split(line)
    command = [str(Path(sys.executable).with_name(program)), *words]
    ended = subprocess.run(command, env=clean(), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (2, told)
    assert "Traceback" not in ended.stderr


REQUEST = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "A cat",
    "video_urls": ["https://example.com/a.mp4"],
}
WRONG = "Invalid request parameters: "
REQUESTS = {
    "a key in another form": ({"Authorization": "sk-a"}, {}, "Invalid or expired token"),
    "a directive": (
        {},
        {"prompt": "A cat [mock: fial=service_error]"},
        f'{WRONG}the directive [mock: ...] in the prompt has "fial=service_error"; did you mean fail?',
    ),
    "a code in a directive": (
        {},
        {"prompt": "A cat [mock: fail=service_eror]"},
        f"{WRONG}the directive [mock: ...] in the prompt has fail=service_eror; did you mean service_error?",
    ),
    "a plan in a header": (
        {"X-Mock-Plan": "anser 503"},
        {},
        f'{WRONG}the header X-Mock-Plan has "anser"; did you mean answer?',
    ),
    "a callback to this machine": (
        {},
        {"callback_url": "https://localhost:3000/hook"},
        (
            f"{WRONG}callback_url (CB-NO-INTERNAL) must not lead to an internal address: localhost: a name without a"
            " dot is not public. To receive callbacks on this machine, start the simulator with --callback-route"
            " https://hooks.example.com=http://127.0.0.1:3000 and give https://hooks.example.com/... as the URL"
        ),
    ),
    "a callback to this machine without TLS": (
        {},
        {"callback_url": "http://localhost:3000/hook"},
        (
            f'{WRONG}callback_url must be an https URL, got "http://localhost:3000/hook". To receive callbacks on this'
            " machine, start the simulator with --callback-route https://hooks.example.com=http://127.0.0.1:3000 and"
            " give https://hooks.example.com/... as the URL"
        ),
    ),
    "a callback without TLS": (
        {},
        {"callback_url": "http://hooks.example.com/done"},
        f'{WRONG}callback_url must be an https URL, got "http://hooks.example.com/done"',
    ),
}
"""By what is wrong: the headers and the members of the body that differ, and what the answer says."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[TestClient]:
    """A simulator in this process."""
    headers = {"Authorization": "Bearer sk-demo"}
    with TestClient(create_app(Settings(speed=0)), "http://localhost", headers=headers) as client:
        yield client


@pytest.mark.parametrize(("headers", "members", "told"), REQUESTS.values(), ids=REQUESTS)
def test_requests(headers: dict[str, str], members: dict[str, str], told: str, simulator: TestClient) -> None:
    """The answer's message names what is wrong, and what is near to it or would do."""
    answer = simulator.post("/v1/videos/generations", json={**REQUEST, **members}, headers=headers)
    assert answer.json()["error"]["message"] == told
