"""`evolink-mock serve --proxy` and `evolink-mock env`, as somebody uses them who works with a client all day."""

import json
import os
import shutil
import signal
import socket
import ssl
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from mock_server.entrance import ready as readies
from mock_server.entrance.entrance import opened
from mock_server.entrance.exports import Shell, write_exports
from mock_server.entrance.ready import NOTICE, Ready, private_folder, write_ready_file
from mock_server.http.listening import ServerError, listen
from mock_server.settings import Settings
from tests.proxy.conftest import tunnel_by
from tests.running import COMMAND, Program, run_program, started, wait_until

READY = Ready(url="http://127.0.0.1:1", control=None, files="http://127.0.0.1:1", key="sk-a", pid=1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where temporary files are."""
    return tmp_path_factory.mktemp("tmp")


@pytest.fixture(scope="module")
def program(place: Path) -> Iterator[Program]:
    """A server with a proxy."""
    with started("--proxy", "--allow-host-out", "Other.example.org", environment={"TMPDIR": str(place)}) as program:
        yield program


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are for this process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def ask(*arguments: str) -> Result:
    """Run `evolink-mock env` in this process."""
    return CliRunner().invoke(main, ["env", *arguments])


def test_the_ready_file(program: Program, place: Path) -> None:
    """It says where the other ways in are, and by what files they are trusted, which nobody else can exchange."""
    told = json.loads((program.folder / "ready").read_text())
    assert told["https"].startswith("https://127.0.0.1:")
    assert told["proxy"].startswith("http://127.0.0.1:")
    assert told["allowed"] == ["other.example.org"]
    folder = Path(told["ca_file"]).parent
    assert {told["bundle_file"], told["trust_store"]} == {str(folder / "bundle.pem"), str(folder / "trust.p12")}
    assert [folder.parent] == list(place.iterdir())
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder.parent, folder)] == [0o700, 0o700]
    wait_until(lambda: "TASK_ID" in program.output, "the banner is there")
    assert f"  https      {told['https']}; clients must trust the CA in {told['ca_file']}\n" in program.output
    assert f'  proxy      {told["proxy"]}; eval "$(evolink-mock env)" leads clients of https://api.e' in program.output


def test_a_client_that_does_not_trust_it() -> None:
    """It ends with an error of its own; the server says in one sentence what it lacks, and nothing of other clients."""
    with started("--tls") as program:
        told = json.loads((program.folder / "ready").read_text())
        with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
            httpx2.get(told["https"], trust_env=False)
        with socket.create_connection(("127.0.0.1", int(told["https"].rpartition(":")[2]))) as odd:
            odd.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert odd.recv(1) == b""
        trusting = ssl.create_default_context(cafile=told["ca_file"])
        assert httpx2.get(f"{told['https']}/_mock/health", verify=trusting, trust_env=False).status_code == 200
        wait_until(lambda: program.errors != "", "the server has told of it")
        assert program.errors == (
            "A client does not trust the certificate of this server and sent no request: start it in a shell after"
            f' eval "$(evolink-mock env)", or let it trust the CA in {told["ca_file"]}\n'
        )


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_shell_that_is_led_here(program: Program, place: Path) -> None:
    """After one line, a program with the API's address written in itself is answered here, and goes nowhere else."""
    asked = 'curl --silent --show-error --header "Authorization: Bearer $EVOLINK_API_KEY"'
    lines = f'eval "$({COMMAND} env)" && {asked} https://api.evolink.ai/v1/credits && {asked} https://example.com/'
    ended = run_program("sh", "-c", lines, environment={"TMPDIR": str(place)})
    assert json.loads(ended.stdout)["data"]["user"]["remaining_credits"] == 1_000
    assert (ended.returncode, "403" in ended.stderr) == (56, True)
    assert program.errors == ""


@pytest.mark.uncounted
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping(place: Path, number: signal.Signals) -> None:
    """A tunnel that is open holds nothing up, and no file is left."""
    before = set(place.glob("*/*"))
    with started("--proxy", environment={"TMPDIR": str(place)}) as program:
        told = json.loads((program.folder / "ready").read_text())
        with tunnel_by(told["proxy"], "api.evolink.ai:80") as client:
            assert program.stop(number) == 0
            assert client.recv(1) == b""
        assert program.errors == ""
    assert set(place.glob("*/*")) == before


def test_tls_alone(place: Path) -> None:
    """HTTPS needs no proxy."""
    with started("--tls", environment={"TMPDIR": str(place)}) as program:
        told = json.loads((program.folder / "ready").read_text())
        assert "proxy" not in told
        ended = run_program(COMMAND, "env", "--ready-file", program.folder / "ready")
        assert program.stop() == 0
    assert f"export SSL_CERT_FILE={told['bundle_file']}\n" in ended.stdout
    assert "HTTPS_PROXY" not in ended.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--allow-host-out", "x.example"], "--allow-host-out is for a proxy; start it with --proxy"),
        (["--proxy", "--allow-host-out", "a/b"], "--allow-host-out: 'a/b' is no host"),
        (["--proxy", "--files-port", "0"], "--proxy leads the API's hosts to one port, so leave --files-port out"),
    ],
)
def test_what_is_at_odds(options: list[str], said: str, temporary: Path) -> None:
    """The server does not start, and says why."""
    ended = CliRunner().invoke(main, ["serve", "--port", "0", *options])
    assert (ended.exit_code, ended.stderr) == (2, f"Error: {said}\n")
    assert list(temporary.rglob("*.pem")) == []


def test_without_the_extra(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    with (
        closing(listen("127.0.0.1", 0)) as http,
        pytest.raises(ServerError, match="HTTPS needs trustme"),
        opened(Settings(tls=True), http),
    ):
        raise AssertionError
    assert list(temporary.rglob("*.pem")) == []


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_the_language_of_shells(shell: str) -> None:
    """A value is what it is, whatever is in it."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    value = "a 'b' \"c\" $HOME `id` \\ !x\n;é"
    lines = write_exports({"WANTED": value}, "sh")
    assert run_program(shell, "-c", f'{lines} printf %s "$WANTED"').stdout == value


@pytest.mark.parametrize(
    ("shell", "line"),
    [("fish", "set -gx A 'it\\'s a \\\\ and $b'\n"), ("powershell", "$env:A = 'it''s a \\ and $b'\n")],
)
def test_the_language_of_other_shells(shell: Shell, line: str) -> None:
    """Each has quotes of its own."""
    assert write_exports({"A": "it's a \\ and $b"}, shell) == line


def tell(folder: Path, name: str, ready: Ready) -> None:
    """Say where a server is, as it would itself."""
    (folder / name).mkdir()
    write_ready_file(folder / name / NOTICE, ready)


@pytest.mark.usefixtures("temporary")
def test_which_server_is_meant() -> None:
    """The only one that answers, or the one that is named; what others left behind does not matter."""
    assert "no server of yours with --proxy or --tls runs here" in ask().stderr
    folder = private_folder()
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        first, second = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets)
        tell(folder, "gone", READY)
        tell(folder, "first", Ready(url=first, control=None, files=first, key="sk-a", pid=1))
        (folder / "half").mkdir()
        (folder / "half" / NOTICE).write_text("{")
        assert f"export EVOLINK_BASE_URL={first}\n" in ask().stdout
        tell(folder, "second", Ready(url=second, control=None, files=second, key="sk-a", pid=1))
        found = ask()
        assert (found.exit_code, found.stderr.partition(": ")[2][:53]) == (
            2,
            "several servers run here; name one with --url: http:/",
        )
        assert f"export EVOLINK_BASE_URL={second}\n" in ask("--url", f"{second}/").stdout
        assert "runs at http://127.0.0.1:1;" in ask("--url", READY.url).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: No such file or directory; does the server run?"), ("[]", "is no ready file of evolink-")],
)
def test_a_ready_file_that_is_none(tmp_path: Path, content: str | None, said: str) -> None:
    """The message names it."""
    path = tmp_path / "ready"
    if content is not None:
        path.write_text(content)
    found = ask("--ready-file", str(path))
    assert (found.exit_code, str(path) in found.stderr, said in found.stderr) == (2, True, True)


def test_a_folder_that_others_can_open(temporary: Path) -> None:
    """Nothing is read from it and nothing put into it, be it open to others or not even a folder."""
    folder = private_folder()
    folder.chmod(0o755)
    assert "is not this user's alone; remove it, or set another place with TMPDIR" in ask().stderr
    folder.rmdir()
    folder.symlink_to(temporary)
    with pytest.raises(ServerError, match="is not this user's alone"):
        private_folder()


def test_a_folder_that_cannot_be_made(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is told."""
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "none"))
    with pytest.raises(ServerError, match="cannot be made: No such file or directory; TMPDIR sets another place"):
        private_folder()


@pytest.mark.usefixtures("temporary")
def test_windows_gives_each_user_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no modes there that would say so."""
    folder = private_folder()
    folder.chmod(0o755)
    found = folder.lstat()
    monkeypatch.setattr(os, "name", "nt")
    private = readies._is_private(found)
    monkeypatch.undo()
    assert private
