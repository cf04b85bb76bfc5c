"""What sends the requests: wrk where it is installed, else a generator in Python, which can limit the figures."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import msgspec

from benchmarks.load import CONNECTIONS, Measured
from benchmarks.processes import pinned

WRK: Final = shutil.which("wrk")
SCRIPT: Final = Path(__file__).with_name("requests.lua")


def load(port: int, requests: list[str], seconds: float) -> Measured:
    """Load a server from core 1 for some seconds, after a warm-up, with requests drawn from a list."""
    if WRK is None:
        return load_in_python(port, requests, seconds)
    load_with_wrk(WRK, port, requests, 1)
    return load_with_wrk(WRK, port, requests, seconds)


def load_with_wrk(wrk: str, port: int, requests: list[str], seconds: float) -> Measured:
    """Load a server with wrk."""
    with NamedTemporaryFile() as file:
        file.write("\0".join(requests).encode())
        file.flush()
        options = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds:.0f}s"]
        command = [*pinned(1), wrk, *options, "--script", str(SCRIPT), f"http://127.0.0.1:{port}", "--", file.name]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(said.splitlines()[-1], type=Measured)


def load_in_python(port: int, requests: list[str], seconds: float) -> Measured:
    """Load a server with our own generator."""
    order = json.dumps({"port": port, "seconds": seconds, "requests": requests})
    command = [*pinned(1), sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=order.encode(), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def generator() -> str:
    """Say what sends the requests."""
    return "wrk" if WRK else "the generator in Python (wrk is not installed)"
