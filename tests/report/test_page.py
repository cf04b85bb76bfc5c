"""The report of a test: complete, closed to the outside, and without what must not be shown."""

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest

from contracts.recording.exchange import Exchange
from contracts.report.exchanges import pretty
from contracts.report.history import History
from contracts.report.html import write_html
from contracts.report.lanes import MOST_TASKS
from contracts.report.markup import Html, element, join
from contracts.report.scale import make_scale
from contracts.report.timeline import happenings
from contracts.report.verdicts.statement import state
from mock_server.journal.entries import Message
from mock_server.journal.near_misses import NearMiss
from tests.report.elements import DRAWN, TAGS, Elements
from tests.report.facts import (
    attempt,
    creation,
    delivery,
    entry,
    line,
    move,
    plan,
    record,
    task,
    violation,
)
from tests.report.verdicts.reports import exchange, finding, full_report, report, rule

EVIL = "</style></title><script>alert('1')</script>\"><img src=x onerror=alert(2)>&amp;"


def evil_record() -> History:
    """Return a record in which every text tries to be markup."""
    message = Message(headers=((EVIL, EVIL),), body=EVIL, size=9, hidden=None)
    miss = NearMiss(field=EVIL, clause=EVIL, message=EVIL, nearest=(EVIL, {EVIL: 1}))
    texts = dict.fromkeys(("url", "method", "http_version", "connection", "id", "operation"), EVIL)
    lists = dict.fromkeys(("clauses", "unknown_fields", "faults", "notes"), (EVIL,))
    facts: dict[str, Any] = {**texts, **lists}
    exchange = entry(
        1,
        request=message,
        answer=message,
        near_misses=(miss,),
        **facts,
    )
    held = task(id=EVIL, model=EVIL, group=EVIL, request={EVIL: EVIL}, error=EVIL, status="failed")
    return record(
        node=EVIL,
        universe=EVIL,
        outcome="failed",
        failure=EVIL,
        entries=(exchange,),
        tasks=(held,),
        callbacks=(delivery(attempt(60, None, EVIL, EVIL), of=EVIL),),
        plans=(plan(EVIL, 0),),
        moves=(move(0, 60),),
        violations=(violation(1, EVIL),),
    )


def test_nothing_from_outside_is_markup() -> None:
    """Whatever is written in the report is text of it, and no element or attribute that it does not have."""
    page = Elements(write_html(evil_record()))
    assert {tag for tag, _ in page.found} <= TAGS | DRAWN
    assert not any(name.startswith("on") for _, attributes in page.found for name in attributes)
    assert page.text.count("<script>alert('1')</script>") > 20


def test_the_page_needs_nothing_else() -> None:
    """It refers to nothing but itself, and its policy allows nothing but its own style."""
    written = write_html(record(entries=(entry(1),)))
    page = Elements(written)
    (policy,) = [meta["content"] or "" for meta in page.named("meta") if "http-equiv" in meta]
    (style,) = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not any({"src", "style"} & attributes.keys() for _, attributes in page.found)
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page.found)
    assert "url(" not in style
    assert "@import" not in style


def test_what_the_judge_found() -> None:
    """The broken rules by grade, with what shows them: requests are in the list below, callbacks stand there."""
    given = full_report()
    judged = state(given)
    page = Elements(write_html(record(entries=(entry(1), entry(2))), judged))
    rules = [attributes["id"] for attributes in page.named("details") if "rule-" in (attributes["id"] or "")]
    assert rules == ["rule-L4", "rule-L5", "rule-P2"]
    for part in (
        "What the judge found",
        "expectedprogress of at least 40",
        "What to do: Keep",
        "Callbacks that show it",
    ):
        assert part in page.text
    places = [attributes.get("id") for _, attributes in page.found if attributes.get("id")]
    assert len(places) == len(set(places))
    links = {(link["href"] or "").removeprefix("#") for link in page.named("a") if (link["href"] or "")[:1] == "#"}
    assert links <= set(places)


@pytest.mark.parametrize("exchanges", [(), (exchange(1),)])
def test_a_verdict_without_findings(exchanges: tuple[Exchange, ...]) -> None:
    """There is nothing to say of it; and without callbacks none are shown."""
    assert "the judge" not in write_html(record(), state(report(rule("L4", None))))
    found = write_html(record(), state(report(rule("L4", finding(1)), exchanges=exchanges)))
    assert "What the judge found" in found
    assert "Callbacks that show it" not in found


def test_links_lead_to_exchanges() -> None:
    """From the drawing and from what was broken to the request that is meant."""
    page = Elements(write_html(record(entries=(entry(1), creation(2)), violations=(violation(2),))))
    targets = [attributes["id"] for attributes in page.named("details")]
    assert targets == ["exchange-1", "exchange-2"]
    assert [attributes["href"] for attributes in page.named("a")] == ["#exchange-2", "#exchange-1", "#exchange-2"]


def test_an_empty_test() -> None:
    """A test that failed before its first request has a report that says so."""
    page = Elements(write_html(record(outcome="error", failure="E  fixture 'x' not found, sk-1234567890")))
    assert "no request reached the simulator" in page.text
    assert "fixture 'x' not found" in page.text
    assert "sk-1234567890" not in page.text
    assert page.named("svg") == []
    assert "broken" not in re.sub(r"<style>.*</style>", "", write_html(record()), flags=re.DOTALL)


def test_what_was_not_kept() -> None:
    """What the journal could not keep is said, and why a body is not shown."""
    hidden = Message(headers=(), body=None, size=70_000, hidden="it is longer than 65536 bytes")
    page = Elements(write_html(record(dropped=3, entries=(entry(1, request=hidden),))))
    assert "could not keep the first 3 requests" in page.text
    assert "70000 bytes that are not shown: it is longer than 65536 bytes" in page.text
    assert "no body" in page.text


def test_the_lanes() -> None:
    """Each kind of thing has a lane if there is anything of it; requests are marks by how they went."""
    made = record(
        entries=(creation(1, status=503, faults=("answer 503",)), creation(2), entry(3, at=9, status=404)),
        tasks=(task(),),
        callbacks=(delivery(attempt(60)),),
        moves=(move(0, 9),),
    )
    page = Elements(write_html(made))
    names, drawn = page.named("svg")
    assert names["height"] == drawn["height"]
    counts = {name: page.of_class(name) for name in ("of-5", "of-4", "of-2", "ring", "pending", "processing", "arrow")}
    assert counts == {"of-5": 1, "of-4": 1, "of-2": 2, "ring": 1, "pending": 1, "processing": 1, "arrow": 1}
    assert [attributes["class"] for attributes in page.named("polyline")] == ["reserved", "charged"]
    quiet = Elements(write_html(record(entries=(entry(1),))))
    assert all(lane not in quiet.text for lane in ("callbacks", "…7cvnl5zw"))
    assert quiet.named("polyline") == []


def test_money_ends_where_the_ledger_does() -> None:
    """The steps of a generation go from nothing to its reserve and back, and the charge stays."""
    made = record(tasks=(task(ledger=(line("reserve", 4, 0), line("charge", 1, 60), line("release", 3, 60))),))
    reserved, charged = (
        [float(point.split(",")[1]) for point in str(attributes["points"]).split()]
        for attributes in Elements(write_html(made)).named("polyline")
    )
    assert (reserved[0], min(reserved), reserved[-1]) == (20, -20, 20)
    assert (charged[0], charged[-1]) == (20, 10)


def test_tasks_that_cost_nothing() -> None:
    """A ledger of nothing is a flat line."""
    made = record(tasks=(task(ledger=(line("reserve", 0, 0),)),))
    for attributes in Elements(write_html(made)).named("polyline"):
        assert {point.split(",")[1] for point in str(attributes["points"]).split()} == {"20"}


def test_many_tasks() -> None:
    """So many have a lane; the others are counted there, and all of them are in the list."""
    tasks = tuple(task(id=f"task-unified-1757169743-{number:08}", ledger=()) for number in range(MOST_TASKS + 3))
    page = Elements(write_html(record(tasks=tasks)))
    assert "3 more" in page.text
    assert all(page.text.count(each.id) > 1 for each in tasks)


def test_a_move_before_the_first_thing() -> None:
    """A clock that was moved before anything happened is drawn from the edge."""
    assert 'd="M0 0 ' in write_html(record(entries=(entry(1, at=10),), moves=(move(0, 10),)))


@pytest.mark.parametrize("gap", [0.001, 1, 86_400])
def test_the_scale(gap: float) -> None:
    """Instants are in order, crowded ones have room, and a long test is not much wider than a short one."""
    entries = tuple(entry(number, at=gap * (number // 3)) for number in range(1, 300))
    scale = make_scale(happenings(record(entries=entries)))
    places = list(scale.places.values())
    assert places == sorted(places)
    assert all(after - before >= 30 for before, after in pairwise(places))
    assert 800 <= scale.width <= 9_000


def test_bodies() -> None:
    """JSON is given line breaks; what is none, or cannot be read so deep, stays as it is."""
    assert pretty('{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty("<html>") == "<html>"
    assert pretty("[" * 100_000).startswith("[[")


def test_markup() -> None:
    """Attributes and children are escaped, None is nothing, and markup stays."""
    made: Any = element("p", "a < b", None, Html("<b>"), class_='"x"', data_of=1.5, title=None)
    assert made == '<p class="&quot;x&quot;" data-of="1.5">a &lt; b<b></p>'
    assert join("&", None, Html("&amp;")) == "&amp;&amp;"


def test_a_real_generation(generation: History, secrets: tuple[str, ...]) -> None:
    """The report of what a simulator told has each request with its bodies, and no secret."""
    written = write_html(generation)
    page = Elements(written)
    assert not any(secret in written for secret in secrets)
    assert [meta["id"] for meta in page.named("details") if "id" in meta] == [
        f"exchange-{number}" for number in range(1, len(generation.entries) + 1)
    ]
    assert "Nearest right form: 10" in page.text
    assert '"status": "completed"' in page.text
    assert "never used" in page.text
