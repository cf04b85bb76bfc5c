"""The views of the traffic and of the verdict in a real browser."""

import json
from typing import Any

import pytest

from contracts.judge import state_verdict
from contracts.recording.journal import read_journal
from contracts.report.verdicts.statement import Statement
from contracts.verdict import Rule, judge
from mock_server.dashboard import verdict
from tests.chromium import Tab
from tests.dashboard.conftest import Mock, button
from tests.serving import CREATE, example

HOSTILE = "<img src=x onerror=window.struck=1><script>window.struck=1</script>"
ROWS = "document.querySelectorAll('.row .what').length"
SAID = "document.querySelector('.tools p').innerText"
WHOLE = "document.querySelector('.whole').innerText"


def look_at(tab: Tab, view: str) -> None:
    """Open a view."""
    tab.run(f"location.hash = '#/{view}'")
    tab.wait("document.querySelector('.tools')")


def fill_in(tab: Tab, name: str, value: str) -> None:
    """Set a filter: write what it is, or choose it."""
    tab.run(
        f"{{ const it = document.querySelector('.filters [name={name}]');"
        f" if (it.type === 'checkbox') it.checked = {json.dumps(value == 'on')}; else it.value = {value!r};"
        " it.dispatchEvent(new Event('input', {bubbles: true})); }"
    )


def refuse(mock: Mock) -> None:
    """Ask for what cannot be."""
    assert mock.client.post(CREATE, json=example(duration=99)).status_code == 400


def test_traffic_as_it_comes(tab: Tab, mock: Mock) -> None:
    """A fault that strikes is in the list at once; what was refused says which clause it broke, and can be copied."""
    look_at(tab, "traffic")
    tab.wait(f"{SAID}.startsWith('No exchange yet')")
    name = mock.create()
    mock.control("POST", "plans", plans=["answer 503 on=query times=1"])
    mock.client.get(f"/v1/tasks/{name}")
    tab.wait("document.querySelector('.row .note')?.innerText === 'fault: answer 503'")
    refuse(mock)
    tab.wait(f"{ROWS} === 3")
    tab.click("document.querySelector('#exchange-3')")
    tab.wait(f"{WHOLE}.includes('Broken clauses')")
    assert "duration lies between 2 and 10" in tab.run(WHOLE)
    assert "nearest: 10" in tab.run(WHOLE)
    assert tab.run("location.hash") == "#/traffic/3"
    tab.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    tab.click(button("Copy as curl"))
    tab.wait("window.copied")
    copied = tab.run("window.copied")
    assert copied.startswith(f"curl -X POST '{mock.url}{CREATE}' -H ")
    assert '-H "authorization: Bearer $API_KEY"' in copied
    assert '"duration":99' in copied


def test_filters_hold_together(tab: Tab, mock: Mock) -> None:
    """Each narrows the list down, also what comes later, and one that is half written changes nothing."""
    name = mock.create(durration=5)
    mock.client.get(f"/v1/tasks/{name}")
    refuse(mock)
    look_at(tab, "traffic")
    tab.wait(f"{ROWS} === 3")
    fill_in(tab, "method", "POST")
    tab.wait(f"{ROWS} === 2")
    assert tab.run(SAID) == "2 of 3 exchanges, newest first."
    fill_in(tab, "status", "4")
    fill_in(tab, "status", "4xx")
    tab.wait(f"{ROWS} === 1")
    mock.client.get(f"/v1/tasks/{name}")
    refuse(mock)
    tab.wait(f"{ROWS} === 2")
    fill_in(tab, "status", "")
    fill_in(tab, "missed", "on")
    fill_in(tab, "text", "durration")
    tab.wait(f"{ROWS} === 1 && document.querySelector('#exchange-1')")
    fill_in(tab, "faults", "on")
    tab.wait(f"{SAID} === '0 of 5 exchanges, newest first.'")
    tab.wait("document.querySelector('[name=account]').options.length === 2")


def test_a_journal_of_any_length(tab: Tab, mock: Mock) -> None:
    """Only the exchanges in sight are drawn; the keyboard leads to the oldest, and what comes moves nothing."""
    for _ in range(150):
        mock.client.get("/v1/credits")
    look_at(tab, "traffic")
    tab.wait(f"{SAID} === '150 exchanges, newest first.' && {ROWS} > 10")
    assert tab.run("document.querySelectorAll('.row').length") < 50
    tab.run("document.querySelector('.exchanges').focus()")
    tab.press("ArrowDown", times=3)
    tab.wait(f"{WHOLE}.includes('148')")
    assert tab.run("document.querySelector('.exchanges').getAttribute('aria-activedescendant')") == "exchange-148"
    tab.run(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'End', bubbles: true, cancelable: true}))"
    )
    tab.wait("document.querySelector('#exchange-1[aria-selected=true] .what')")
    place = "document.querySelector('#exchange-1').getBoundingClientRect().top"
    before = tab.run(place)
    mock.client.get("/v1/credits")
    tab.wait(f"{SAID} === '151 exchanges, newest first.'")
    assert tab.run(place) == before
    tab.press("Enter")
    assert tab.run("document.activeElement.className") == "whole"
    mock.control("DELETE", "journal")
    tab.wait(f"{SAID}.startsWith('No exchange yet') && document.querySelectorAll('.row').length === 0")


def test_the_archive(tab: Tab, mock: Mock) -> None:
    """The button saves the journal as a HAR file."""
    mock.create()
    look_at(tab, "traffic")
    tab.run(
        "HTMLAnchorElement.prototype.click = function () { window.saved = this.download; };"
        " URL.createObjectURL = (blob) => { window.blob = blob; return '#'; }"
    )
    tab.click(button("Download HAR"))
    tab.wait("window.saved")
    assert tab.run("window.saved") == "evolink-mock.har"
    archive = json.loads(tab.run("window.blob.text()"))
    assert [entry["request"]["method"] for entry in archive["log"]["entries"]] == ["POST"]


@pytest.mark.parametrize("view", ["traffic/1", "verdict"])
def test_hostile_and_narrow(tab: Tab, mock: Mock, view: str) -> None:
    """By a server that hides nothing, a script and a host that is none stay text, and 400 pixels are enough."""
    mock.client.post(CREATE, json=example(prompt=HOSTILE, duration=99, **{HOSTILE: HOSTILE}))
    mock.client.get("/v1/credits", headers={"host": "[::<b>"})
    tab.resize(400, 800)
    look_at(tab, view)
    tab.wait("document.querySelector('main pre')")
    if view == "verdict":
        tab.run("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    else:
        tab.wait(f"{ROWS} === 2")
        assert HOSTILE in tab.run("document.querySelector('main').textContent")
    assert tab.run("window.struck") is None
    assert tab.run("document.querySelectorAll('main img, main script').length") == 0
    assert tab.run("document.documentElement.scrollWidth") == 400


def test_the_verdict_on_a_careless_client(tab: Tab, mock: Mock) -> None:
    """What it got wrong is grouped by rule, with advice and what shows it; the judge looks again when it is told to."""
    look_at(tab, "verdict")
    tab.wait(f"{SAID}.startsWith('No exchange yet')")
    refuse(mock)
    tab.wait(f"{SAID}.includes('1 exchange came since')")
    for _ in range(4):
        refuse(mock)
    tab.wait(f"{SAID}.includes('5 exchanges came since')")
    tab.click(button("Judge again"))
    tab.wait("document.querySelector('[data-rule=A8]') && document.querySelector('[data-rule=B7]')")
    assert "2 rules of the client's contract not kept" in tab.run(SAID)
    rule = "document.querySelector('[data-rule=A8]')"
    assert "What to do:" in tab.run(f"{rule}.innerText")
    assert tab.run(f"{rule}.querySelectorAll('.finding').length") == 3
    tab.click(button("Show 2 more findings"))
    assert tab.run(f"{rule}.querySelectorAll('.finding').length") == 5
    assert tab.run("document.querySelectorAll('[data-rule=B7] .excerpt .mark.bad').length") >= 2
    assert "not put to the test" in tab.run("document.querySelector('main').innerText")
    tab.click(f"{rule}.querySelector('summary')")
    tab.click(f"{rule}.querySelector('a')")
    tab.wait("document.querySelector('#exchange-1[aria-selected=true]')")


def test_a_rule_that_fails_itself(tab: Tab, mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told apart from rules that were broken, with what went wrong."""

    def judge_wrongly(journal: Any, callbacks: Any, _: object) -> Statement:
        record = read_journal(journal, callbacks=callbacks)
        return state_verdict(
            judge([Rule(id="X1", title="It divides.", check=lambda _: iter([None] * (1 // 0)))], record), record
        )

    monkeypatch.setattr(verdict, "find_judge", lambda: judge_wrongly)
    refuse(mock)
    look_at(tab, "verdict")
    tab.wait("document.querySelector('[data-rule=X1]')?.innerText.includes('ZeroDivisionError')")
    assert "no rule of the client's contract broken" in tab.run(SAID)
    assert "1 that could not be judged" in tab.run(SAID)


def test_a_dashboard_without_a_judge(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which command installs one."""
    tab.forgiven = "status of 501"
    monkeypatch.setattr(verdict, "entry_points", lambda **_: ())
    look_at(tab, "verdict")
    tab.wait(f"{SAID}.includes(\"pip install 'evolink-mock[contracts]'\")")
    assert tab.run("document.querySelector('#notice').hidden")
