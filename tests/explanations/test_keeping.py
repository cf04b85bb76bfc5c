"""The fix that outlives a crash, in both languages."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from contracts import Evolink
from contracts.proof import prove, write_text
from tests.explanations.conftest import FIXES
from tests.running import PATIENCE

pytestmark = pytest.mark.uncounted

_TYPESCRIPT: Final = """
import { existsSync } from "node:fs";
const { Ticket } = await import(process.argv[1]);
const [first, second] = [new Ticket("ticket"), new Ticket("ticket")];
first.keep("task-1");
const third = new Ticket("ticket");
third.done();
console.log(JSON.stringify([first.key === second.key, second.task, third.task, existsSync("ticket")]));
"""


def test_a_client_that_is_killed(part: Callable[[str], ModuleType]) -> None:
    """It goes on with the order that it finds, and forgets it when it is done."""

    def run(evolink: Evolink, directory: Path) -> None:
        ticket = part("keeping").Ticket(directory / "ticket.json")
        body = part("asking").write_body("A cat dances", ["https://example.com/a.mp4"])
        with part("connecting").connect(evolink.key, evolink.url) as client:
            if ticket.task is None:
                ticket.keep(part("creating").create(client, body, key=ticket.key).id)
            reading = part("reading")
            task = part("following").follow(client, reading.Task(ticket.task, "pending"))
            part("downloading").save(client, task, directory)
        ticket.done()
        assert not (directory / "ticket.json").exists()

    kills = [f"{step}/killed-{when}" for step in ("create", "processing") for when in ("waiting", "after")]
    proof = prove(run, cells=kills)
    assert len(proof.of("green")) == len(kills), write_text(proof)
    assert not [tried for tried in proof.tried if tried.findings]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_typescript(tmp_path: Path) -> None:
    """It keeps the key from before the request, and the task from the answer on."""
    module = (FIXES / "typescript" / "keeping.mjs").as_uri()
    command = ["node", "--input-type=module", "-e", _TYPESCRIPT, module]
    told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
    assert json.loads(told) == [True, None, "task-1", False]
