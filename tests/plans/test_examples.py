"""Every worked example: it reads the same in each form, and strikes in a server that has it."""

import json
import re
from typing import Final

import msgspec
import pytest

from docs.draw_plans import own_words, python_source
from mock_server import plans as exported
from mock_server.assembly import read_server_plans
from mock_server.core.errors import InvalidRequest
from mock_server.core.plans import (
    EXAMPLES,
    HEADER,
    KINDS,
    read_directive,
    read_header,
    read_json,
    read_words,
    read_yaml,
    write_plans,
)
from mock_server.settings import Settings
from openapi.operations import load_operations
from tests.plans.driving import HOOK, IN_PROCESS, LONGEST_TASK, Drive, Driven
from tests.plans.executing import executed
from tests.serving import CREATE, example

pytestmark = pytest.mark.uncounted

WORDS: Final = [each.words for examples in EXAMPLES.values() for each in examples]
"""All examples, in words."""

ROUNDS: Final = 8
"""How often the round of requests is made at most until all plans have struck."""

RATE: Final = 61
"""More requests at once than any limit of an example allows."""


@pytest.mark.parametrize("words", WORDS)
def test_an_example_reads_the_same_in_each_form(words: str) -> None:
    """In words, as JSON, as YAML, as Python, and as a setting."""
    plans = read_words(words)
    written = write_plans(plans)
    assert read_json(json.dumps(written)) == plans
    assert read_yaml(msgspec.yaml.encode(written)) == plans
    assert executed(python_source(plans)) == plans
    for given in ((words,), tuple(written)):
        assert read_server_plans(Settings(plans=given), (), load_operations()) == plans
    assert read_server_plans(Settings(), plans, load_operations()) == plans


@pytest.mark.parametrize("words", WORDS)
def test_an_example_reads_the_same_with_a_request(words: str) -> None:
    """What plans for one request is the same in the header, in words or JSON, and in a prompt."""
    own = own_words(words)
    plans = read_words(own)
    written = json.dumps(write_plans(plans))
    if own.startswith("limit requests"):
        with pytest.raises(InvalidRequest, match="a limit of requests; it plans for one request, its own"):
            read_header(own)
    else:
        assert read_header(own) == read_header(written) == plans
        if not re.search(r"[\[\]]", own):
            assert read_directive(f"A cat [mock: {own}] dances") == plans


async def go_round(driven: Driven) -> None:
    """Do what there is to do: create, read in each way, wait, fetch; and more at once than a minute allows."""
    for prompt in ("A cat", "A dog"):
        await driven.send("POST", CREATE, json=example(prompt=prompt, callback_url=HOOK))
    tasks = (await driven.control.list_tasks()).tasks
    for seconds in (0, 20, 41, LONGEST_TASK):
        await driven.advance(seconds)
        for task in tasks[-4:]:
            await driven.ask(f"/v1/tasks/{task.id}")
            await driven.ask(task.result)
        for path in ("/v1/tasks", "/v1/credits", "/v1/models"):
            await driven.ask(path)
        await driven.send("POST", "/v1/tasks/batch", json={"task_ids": [task.id for task in tasks[-4:]]})
    await driven.statuses(RATE)


@IN_PROCESS
@pytest.mark.anyio
@pytest.mark.parametrize("words", WORDS)
async def test_an_example_strikes(words: str, drive: Drive) -> None:
    """Each of its plans, sooner or later, in a server that was told of it by the control API."""
    driven = await drive()
    shown = await driven.control.add_plans(plans=words)
    assert shown.unused == tuple(plan.name for plan in shown.plans) != ()
    for _ in range(ROUNDS):
        await go_round(driven)
        shown = await driven.control.list_plans()
        if not shown.unused:
            break
    assert shown.unused == ()
    told = {name for exchange in driven.exchanges for name in exchange.faults}
    assert told >= {plan.name for plan in shown.plans if plan.plan.get("match", {}).get("operation") != "callback"}
    assert (await driven.control.show_health()).status == "ok"


@IN_PROCESS
@pytest.mark.anyio
@pytest.mark.parametrize("words", [words for words in WORDS if not words.startswith("limit requests")])
async def test_an_example_strikes_with_its_request(words: str, drive: Drive) -> None:
    """In the header of a request, by itself."""
    driven = await drive()
    await driven.create()
    own, kind = own_words(words), KINDS[read_words(words)[0].kind]
    path = f"/v1/tasks/{driven.tasks[0]}"
    if kind.at_creation or "create" in kind.operations:
        await driven.create(headers={HEADER: own})
    else:
        await driven.ask(path, headers={HEADER: own})
    await driven.ask(path)
    struck = [exchange.faults for exchange in driven.exchanges if exchange.operation]
    assert struck == [(), tuple(plan.label for plan in read_words(own)), ()]


def test_what_python_needs_is_in_one_place() -> None:
    """All kinds, the match, and what reads and writes."""
    assert {kind.__name__ for kind in KINDS.values()} <= set(exported.__all__)
    assert all(hasattr(exported, name) for name in exported.__all__)
