"""The steps of the container file, taken without a container: in a folder in place of /, and by the user of the file.

`.ci/release` runs this; no other run of the tests collects it. What an engine does besides, such as a root that cannot
be written to, is not tried: but the user owns nothing here except /state, and root owns the rest.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.release.container import Instruction, read_context, read_stages
from tests.release.project import ROOT
from tests.running import PATIENCE, clean, run_program, wait_until

BUILD, RUN = read_stages()
IS_ROOT = os.getuid() == 0
PORT = "8765"


@dataclass(frozen=True)
class Container:
    """What has been built: the folder that is its /, its variables, and the user that its programs run as."""

    root: Path
    variables: Mapping[str, str]
    user: int | None

    def run(self, words: list[str]) -> "subprocess.Popen[bytes]":
        """Start a program in it."""
        program = shutil.which(words[0], path=self.variables["PATH"])
        assert program is not None
        return subprocess.Popen(
            [program, *words[1:]],
            cwd=self.root / "state",
            env=clean(self.variables),
            stdout=subprocess.DEVNULL,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )

    @contextmanager
    def serving(self, *options: str) -> Iterator[httpx2.Client]:
        """Run what it is for, on a free port, until it is stopped as an engine stops it: that ends well."""
        ready = self.root / "state" / "ready"
        command = [*only("ENTRYPOINT").words, "--port", "0", "--ready-file", str(ready), *options]
        process = self.run(command)
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None, "the container serves")
            told = json.loads(ready.read_text("utf-8"))
            headers = {"Authorization": f"Bearer {told['key']}"}
            with httpx2.Client(base_url=told["url"], headers=headers, trust_env=False) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0

    def check(self, port: int | None) -> int:
        """Return what the health check ends with."""
        words = [word.replace(PORT, str(port)) for word in only("HEALTHCHECK").words]
        return self.run(words).wait(PATIENCE)


def only(name: str) -> Instruction:
    """Return the one instruction of this name in the stage that runs."""
    (found,) = (instruction for instruction in RUN if instruction.name == name)
    return found


def find_python(user: int | None) -> str:
    """Return a Python that the user may run: one under the home of root is none."""
    found = [
        f"{sys.base_prefix}/bin/python3",
        *filter(None, map(shutil.which, ("python3.13", "python3.12", "python3.11"))),
    ]
    for python in [*found, "/usr/bin/python3"]:
        try:
            new = "import sys; sys.exit(sys.version_info < (3, 11))"
            if subprocess.run([python, "-c", new], user=user, cwd="/", check=False, env={}).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python 3.11 is installed where other users than root may run it")


@pytest.fixture(scope="module")
def container() -> Container:
    """Take the steps of both stages, with the wanted extras left out."""
    user = int(only("USER").text.split(":")[0]) if IS_ROOT else None
    root = ROOT / "build" / "release" / "container"
    shutil.rmtree(root, ignore_errors=True)
    (root / "source").mkdir(parents=True)
    for name in read_context():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / "source" / name)
    subprocess.run([find_python(user), "-m", "venv", root / "image"], check=True)
    (step,) = (instruction.text for instruction in BUILD if instruction.name == "RUN")
    path = f"{root}/image/bin:{os.environ['PATH']}"
    for place in ("/opt/", "/state"):
        step = step.replace(f" {place}", f" {root}{place}")
    ended = run_program(
        "sh", "-ec", step, folder=root / "source", environment={"PATH": path, "PYTHONWARNINGS": ""}, patience=300
    )
    assert ended.returncode == 0, ended.stderr
    shutil.rmtree(root / "source")
    if user is not None:
        os.chown(root / "state", user, user)
    said = dict(word.split("=", 1) for word in shlex.split(only("ENV").text))
    places = {"PATH": said["PATH"].replace("/opt/", f"{root}/opt/").replace("$PATH", path), "TMPDIR": f"{root}/state"}
    return Container(root, {**said, **places, "HOME": "/"}, user)


def test_it_serves_and_keeps_its_state(container: Container) -> None:
    """A task that it made is there when it has been stopped and started again."""
    request = {"model": "wan2.6-text-to-video", "prompt": "A person dancing"}
    kept = str(container.root / "state" / "kept.db")
    with container.serving("--state", kept) as client:
        task = client.post("/v1/videos/generations", json=request).raise_for_status().json()["id"]
    with container.serving("--state", kept) as client:
        assert client.get(f"/v1/tasks/{task}").raise_for_status().json()["id"] == task


def test_its_health_is_told(container: Container) -> None:
    """While it serves, and no longer."""
    with container.serving() as client:
        assert container.check(client.base_url.port) == 0
    assert container.check(client.base_url.port) == 1


def test_other_containers_control_it_by_a_name_that_was_allowed(container: Container) -> None:
    """The API answers to each name, the control API to this machine's and to those of --allow-host."""
    named = {"Host": f"evolink-mock:{PORT}"}
    with container.serving() as client:
        assert client.get("/v1/credits", headers=named).status_code == 200
        assert client.get("/_mock/health", headers=named).status_code == 403
    with container.serving("--allow-host", "evolink-mock") as client:
        assert client.get("/_mock/health", headers=named).status_code == 200


@pytest.mark.skipif(not IS_ROOT, reason="without root all belongs to one user")
def test_it_writes_nowhere_else(container: Container) -> None:
    """All that its user has written is in /state."""
    with container.serving("--no-access-log") as client:
        client.get("/v1/credits").raise_for_status()
    written = [path for path in container.root.rglob("*") if path.lstat().st_uid == container.user]
    assert [path for path in written if not path.is_relative_to(container.root / "state")] == []
