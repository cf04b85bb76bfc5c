# ruff: noqa: INP001 - a folder for PYTHONPATH, no package
"""Leads a Python program to the simulator where it takes no notice of proxies: aiohttp, and connections of its own.

Python loads this before the program, and finds it by PYTHONPATH. EVOLINK_LEAD says where the API's hosts are, who else
may be reached, and whom to tell of those who may not. TLS is not touched: the name that is asked for, and checked,
stays the API's. It stands alone, since the program's Python may have nothing else installed, and may be old.
"""

import json
import os
import socket
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any


class Leading:
    """Looks up the addresses of hosts as the network would, but for those that it leads or refuses.

    Args:
        told: What EVOLINK_LEAD says: `led`, `allowed` and `proxy`.
        look_up: How addresses are found otherwise.
    """

    def __init__(self, told: Any, look_up: Any) -> None:
        self._led = told["led"]
        self._allowed = told["allowed"]
        self._proxy = told["proxy"]
        self._look_up = look_up

    def look_up(self, host: Any, port: Any, *more: Any, **named: Any) -> Any:
        """Return the addresses of a host, in the place of `socket.getaddrinfo`.

        Raises:
            socket.gaierror: The host may not be reached.
        """
        name = _read(host).lower().rstrip(".")
        place = self._led.get(f"{name}:{_read(port)}")
        if place is not None:
            host, port = place
        elif name and name not in self._allowed and not _is_here(name):
            self._tell(name, _read(port))
            reason = f"{name} may not be reached: only the API and what is allowed may"
            raise socket.gaierror(socket.EAI_NONAME, reason)
        return self._look_up(host, port, *more, **named)

    def _tell(self, host: str, port: str) -> None:
        """Tell the proxy who was to be reached, for it sees nothing else of that."""
        if not port.isdigit():
            return
        place = f"{host}:{port}"
        try:
            with socket.socket(socket.AF_INET) as teller:
                teller.connect(tuple(self._proxy))
                teller.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
                teller.recv(1)
        except OSError:
            return


class Watch:
    """Waits for aiohttp to be imported, and lets its sessions go by the proxy, as other libraries do by themselves."""

    def find_spec(self, name: str, path: Any = None, _: Any = None) -> Any:
        """Return how aiohttp's module of sessions is imported; nothing for any other module."""
        spec = PathFinder.find_spec(name, path) if name == "aiohttp.client" else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_change(module: Any) -> None:
                execute(module)
                _trust_variables(module.ClientSession)

            spec.loader.exec_module = execute_and_change  # type: ignore[method-assign] # this loader is for this module
        return spec


def _trust_variables(session: Any) -> None:
    begin = session.__init__

    def begin_trusting(self: Any, *given: Any, **named: Any) -> None:
        named["trust_env"] = True
        begin(self, *given, **named)

    session.__init__ = begin_trusting


def _read(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1")
    return "" if value is None else str(value)


def _is_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host in {"localhost", socket.gethostname().lower()} or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def load_next(own: Path) -> None:
    """Load the file of this name that Python would have loaded, if it were not for this one, which lies in `own`."""
    others = [path for path in sys.path if Path(path).resolve() != own]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


def lead(text: str) -> None:
    """Lead what this Python does from now on, if EVOLINK_LEAD says where."""
    if text:
        socket.getaddrinfo = Leading(json.loads(text), socket.getaddrinfo).look_up
        sys.meta_path.insert(0, Watch())


if __name__ == "sitecustomize":
    lead(os.environ.get("EVOLINK_LEAD", ""))
    load_next(Path(__file__).resolve().parent)
