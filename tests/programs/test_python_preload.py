"""What Python loads before a program, so that what takes no notice of proxies is led to the simulator."""

import json
import runpy
import socket
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mock_server.entrance.client_environment import PYTHON_FOLDER, Lead, client_environment
from tests.running import printed_by

FILE = Path(PYTHON_FOLDER, "sitecustomize.py")
HERE = ["127.0.0.1", 8443]
TOLD = {
    "led": {"api.evolink.ai:443": HERE, "files.evolink.ai:443": HERE},
    "allowed": ["example.com"],
    "proxy": ["127.0.0.1", 1],
}


@pytest.fixture
def preload() -> ModuleType:
    """The file as a module that has done nothing yet."""
    spec = spec_from_file_location("preload", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def look_up(preload: ModuleType, host: object, port: object, **told: object) -> tuple[object, object]:
    """Return whom the network is asked for when a program looks for a host."""
    found: tuple[object, object] = preload.Leading({**TOLD, **told}, lambda host, port, **_: (host, port)).look_up(
        host, port, type=1
    )
    return found


@pytest.mark.parametrize(
    ("host", "port"), [("api.evolink.ai", 443), ("API.evolink.ai.", "443"), (b"files.evolink.ai", 443)]
)
def test_the_api_is_led(preload: ModuleType, host: object, port: object) -> None:
    """The API's hosts are found at the simulator, however they are written."""
    assert look_up(preload, host, port) == ("127.0.0.1", 8443)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.2", "::1", "::", None, "", "example.com"])
def test_what_is_here_or_allowed_is_left_alone(preload: ModuleType, host: object) -> None:
    """This machine and hosts that are allowed are found as usual."""
    assert look_up(preload, host, 80) == (host, 80)
    assert look_up(preload, socket.gethostname(), 80) == (socket.gethostname(), 80)


@pytest.mark.parametrize("host", ["example.net", "192.0.2.1", "api.evolink.ai"])
def test_others_are_refused(preload: ModuleType, host: str) -> None:
    """Any other host is not found, nor is the API at another port; a proxy that is not there is no trouble."""
    with pytest.raises(socket.gaierror, match=f"{host} may not be reached: only the API and what is allowed may"):
        look_up(preload, host, 25)
    with pytest.raises(socket.gaierror):
        look_up(preload, host, None)


def test_the_proxy_is_told_of_who_is_refused(preload: ModuleType) -> None:
    """The proxy hears of each host that was to be reached, before the program hears that it may not."""
    with socket.create_server(("127.0.0.1", 0)) as proxy, ThreadPoolExecutor(1) as pool:
        heard = pool.submit(hear, proxy)
        with pytest.raises(socket.gaierror):
            look_up(preload, "example.net", 443, proxy=list(proxy.getsockname()))
        assert heard.result() == b"CONNECT example.net:443 HTTP/1.1\r\nHost: example.net:443\r\n\r\n"


def hear(proxy: socket.socket) -> bytes:
    """Return what comes, and refuse it."""
    connection, _ = proxy.accept()
    with connection:
        heard = connection.recv(1000)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    return heard


class Loader:
    """Loads a module that has a session in it."""

    def exec_module(self, module: Any) -> None:
        """Put it in."""
        module.ClientSession = type(
            "ClientSession", (), {"__init__": lambda self, **named: setattr(self, "given", named)}
        )


def test_sessions_of_aiohttp_go_by_the_proxy(preload: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a program says of it, a session of aiohttp heeds the variables; other modules are left alone."""
    finder = type("Finder", (), {"find_spec": staticmethod(lambda name, _: ModuleSpec(name, Loader()))})  # type: ignore[arg-type]
    monkeypatch.setattr(preload, "PathFinder", finder)
    spec = preload.Watch().find_spec("aiohttp.client", [])
    module: Any = ModuleType("aiohttp.client")
    spec.loader.exec_module(module)
    assert module.ClientSession(trust_env=False, timeout=3).given == {"trust_env": True, "timeout": 3}
    assert preload.Watch().find_spec("aiohttp.web") is None


def test_aiohttp_need_not_be_there(preload: ModuleType) -> None:
    """Who has no aiohttp is told so by Python."""
    assert preload.Watch().find_spec("aiohttp.client", []) is None


def test_nothing_is_done_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that is to be led nowhere is as it was."""
    monkeypatch.delenv("EVOLINK_LEAD", raising=False)
    monkeypatch.setattr(sys, "path", [PYTHON_FOLDER])
    before = socket.getaddrinfo, list(sys.meta_path)
    runpy.run_path(str(FILE), run_name="sitecustomize")
    assert (socket.getaddrinfo, list(sys.meta_path)) == before


def test_a_python_is_led(preload: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable, look-ups and imports are seen to from then on."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given: given)
    monkeypatch.setattr(sys, "meta_path", [])
    preload.lead(json.dumps(TOLD))
    found: Any = socket.getaddrinfo("api.evolink.ai", 443)
    assert found == ("127.0.0.1", 8443)
    assert [type(each).__name__ for each in sys.meta_path] == ["Watch"]


def test_a_file_of_the_same_name_is_loaded_too(tmp_path: Path) -> None:
    """What a program's Python loads by the same name is loaded after this, as if this were not there."""
    (tmp_path / "sitecustomize.py").write_text("print('loaded', __name__)")
    variables: Mapping[str, str] = {"PYTHONPATH": f"{PYTHON_FOLDER}:{tmp_path}", "EVOLINK_LEAD": json.dumps(TOLD)}
    program = "import socket; print(socket.getaddrinfo('api.evolink.ai', 443)[0][4])"
    printed = printed_by(sys.executable, "-c", program, environment=variables)
    assert printed == "loaded sitecustomize\n('127.0.0.1', 8443)\n"


def test_the_path_of_a_python_is_kept() -> None:
    """The folder of the preload stands before what is on Python's path already, and there only once."""
    lead = Lead("http://127.0.0.1:1", "https://127.0.0.1:2", "http://127.0.0.1:3")
    for inherited, path in (("", PYTHON_FOLDER), ("/own", f"{PYTHON_FOLDER}:/own")):
        once = client_environment("http://127.0.0.1:3", key="k", lead=lead, inherited={"PYTHONPATH": inherited})
        assert once["PYTHONPATH"] == path
        assert client_environment("http://127.0.0.1:3", key="k", lead=lead, inherited=once)["PYTHONPATH"] == path
