"""The dashboard in a real browser: what a person sees of a task and does to it."""

import pytest

from tests.chromium import Tab
from tests.dashboard.conftest import DASHBOARD, Mock, button, put

pytestmark = pytest.mark.uncounted

HOSTILE = "<img src=x onerror=window.struck=1><script>window.struck=1</script>"


def test_a_generation_from_create_to_a_result_that_plays(tab: Tab, mock: Mock) -> None:
    """A task appears as it is created, moves with the clock, opens by a click, and in the end its video plays."""
    tab.wait("document.body.innerText.includes('No task yet')")
    name = mock.create()
    tab.wait("document.querySelector('.lane .state')?.textContent === 'pending'")
    mock.control("POST", "clock", advance=60)
    mock.client.get(f"/v1/tasks/{name}")
    tab.wait("document.querySelector('.lane .state').textContent.startsWith('processing')")
    tab.wait("document.querySelector('.lane .mark.poll.good')")
    tab.click("document.querySelector('.lane a')")
    tab.wait(f"document.querySelector('h2 code')?.textContent === {name!r}")
    tab.wait("document.querySelector('[data-part=result]').innerText.includes('No result')")
    mock.control("POST", "clock", until=name)
    tab.wait("document.querySelector('[data-part=life] .state.completed')")
    tab.wait("document.querySelector('video').readyState > 1")
    tab.run("(async () => { const it = document.querySelector('video'); it.muted = true; await it.play(); })()")
    tab.wait("document.querySelector('video').currentTime > 0")
    rows = tab.run("[...document.querySelectorAll('[data-part=ledger] tbody tr')].map((row) => row.cells[0].innerText)")
    assert rows == ["reserve", "charge"]
    assert "MODEL-REQ" in tab.run("document.querySelector('[data-part=request]').innerText")
    operations = {entry["operation"] for entry in mock.control("GET", "journal")["entries"]}
    assert "result" not in operations, "looking at a result is no request of a client's"


def test_a_fault_that_is_set_by_hand_strikes_in_sight(tab: Tab, mock: Mock) -> None:
    """Where a plan strikes a poll, its mark has a ring, pointing at it tells which fault it was, and it is counted."""
    name = mock.create()
    tab.run("location.hash = '#/plans'")
    tab.wait("document.querySelector('[data-part=plans]')?.innerText.includes('everything goes as the pages say')")
    tab.forgiven = "status of 400"
    put(tab, "a plan in words", "answr 503")
    tab.wait("document.querySelector('#notice').innerText.includes('answr')")
    tab.run("document.activeElement.value = ''")
    put(tab, "a plan in words", "answer 503 on=query times=1")
    tab.wait("document.querySelector('#notice').hidden")
    tab.wait("document.querySelector('[data-part=plans] td b')?.textContent === '0'")
    assert mock.client.get(f"/v1/tasks/{name}").status_code == 503
    tab.wait("document.querySelector('[data-part=plans] td b').textContent === '1'")
    tab.run("location.hash = '#/tasks'")
    tab.wait("document.querySelector('.lane:not(.other) .mark.poll.bad .ring')")
    tab.point("document.querySelector('.lane:not(.other) .mark.poll.bad')")
    tab.wait("document.querySelector('.facts').innerText.includes('answered 503')")
    assert "fault: answer" in tab.run("document.querySelector('.facts').innerText")


def test_a_hand_reaches_in(tab: Tab, mock: Mock) -> None:
    """A task is held, released and failed with a code by buttons; what cannot be done any more has no button."""
    name = mock.create()
    mock.control("POST", "clock", advance=30)
    tab.run(f"location.hash = '#/task/{name}'")
    for words, said in (("Hold", "Release"), ("Release", "Hold")):
        tab.wait(f"document.querySelector('[data-part=hand]')?.innerText.includes({words!r})")
        tab.click(button(words))
        tab.wait(f"document.querySelector('[data-part=hand]').innerText.includes({said!r})")
    tab.wait("document.querySelector('[data-part=hand] select').options.length > 3")
    tab.run("document.querySelector('[data-part=hand] select').value = 'content_policy_violation'")
    tab.click(button("Fail with"))
    tab.wait("document.querySelector('[data-part=life] .state.failed')")
    assert "content_policy_violation" in tab.run("document.querySelector('[data-part=life]').innerText")
    assert "has ended" in tab.run("document.querySelector('[data-part=hand]').innerText")
    assert mock.client.get(f"/v1/tasks/{name}").json()["error"]["code"] == "content_policy_violation"


def test_time_is_moved_by_hand(tab: Tab, mock: Mock) -> None:
    """Buttons advance the clock, step it and let it run; what that did is said, and seen by clients."""
    name = mock.create(callback_url="https://hooks.example.com/done")
    tab.run("location.hash = '#/plans'")
    tab.wait("document.querySelector('[data-part=clock] b')?.textContent === 'frozen'")
    before = mock.control("GET", "clock")["now"]
    tab.click(button("+1 min"))
    tab.wait("document.querySelector('[role=status].soft').innerText.includes('0 callback attempts made')")
    assert mock.control("GET", "clock")["now"] == before + 60
    put(tab, "how far, such as 90s, 1.5h or 7d", "10m")
    tab.wait("document.querySelector('[role=status].soft').innerText.includes('4 callback attempts made')")
    assert mock.client.get(f"/v1/tasks/{name}").json()["status"] == "completed"
    tab.click(button("Real time"))
    tab.wait("document.querySelector('[data-part=clock] b').textContent === 'real'")
    assert mock.control("GET", "clock")["mode"] == "real"


def test_scenarios_money_and_universes(tab: Tab, mock: Mock) -> None:
    """One click sets a scenario, an account gets credits, another universe is entered, and one is begun anew."""
    mock.create()
    tab.run("location.hash = '#/plans'")
    tab.wait("document.querySelectorAll('[data-part=scenarios] tbody tr').length > 30")
    tab.click(button("Only flaky"))
    tab.wait("document.querySelectorAll('[data-part=plans] tbody tr').length === 4")
    tab.click(button("Forget all"))
    tab.wait("document.querySelector('[data-part=plans] p')")
    (account,) = mock.control("GET", "accounts")["accounts"]
    put(tab, f"credits for {account['id']}", "12.5")
    tab.wait("document.querySelector('[data-part=accounts] tbody').innerText.includes('12.5')")
    tab.click(button("Begin this one anew"))
    assert len(mock.control("GET", "tasks")["tasks"]) == 1
    tab.click(button("Forget its tasks, accounts, plans and journal?"))
    tab.wait("document.querySelector('[data-part=accounts] p')")
    put(tab, "name of a universe", "elsewhere")
    tab.wait("document.querySelector('#universe').value === 'elsewhere'")
    mock.create(headers={"x-mock-universe": "elsewhere"})
    tab.wait("document.querySelector('[data-part=universes] tbody').innerText.includes('elsewhere')")
    tab.run("location.hash = '#/tasks'")
    tab.wait("document.querySelectorAll('.lane a').length === 1")


def test_a_callback_is_redelivered(tab: Tab, mock: Mock) -> None:
    """Its attempts are listed with what came of each, and a button makes new ones."""
    name = mock.create(callback_url="https://hooks.example.com/done")
    mock.control("POST", "clock", advance=600)
    tab.run(f"location.hash = '#/task/{name}'")
    tab.wait("document.querySelectorAll('[data-part=callbacks] tbody tr').length === 4")
    assert "no route" in tab.run("document.querySelector('[data-part=callbacks]').innerText")
    tab.click(button("Redeliver"))
    tab.wait("document.querySelectorAll('[data-part=callbacks] tbody tr').length > 4")


def test_what_clients_write_stays_text(tab: Tab, mock: Mock) -> None:
    """A script in a prompt, shown by a server that hides nothing, is read and not run."""
    name = mock.create(prompt=HOSTILE)
    tab.run(f"location.hash = '#/task/{name}'")
    tab.wait("document.querySelector('[data-part=request] table')")
    tab.wait("document.querySelector('.exchange')")
    assert HOSTILE in tab.run("document.querySelector('[data-part=request]').textContent")
    assert tab.run("window.struck") is None
    assert tab.run("document.querySelectorAll('main img, main script').length") == 0


def test_by_keyboard_alone(tab: Tab, mock: Mock) -> None:
    """Tab leads to the lanes, arrows through tasks and what happened to them, Enter opens one, and Escape goes back."""
    names = [mock.create() for _ in range(3)]
    mock.client.get(f"/v1/tasks/{names[1]}")
    tab.wait("document.querySelectorAll('.lane a').length === 3")
    tab.wait("document.querySelector('.lane:not(.other) .mark.poll')")
    tab.run("document.querySelector('input[type=search]').focus()")
    tab.press("Tab")
    assert tab.run("document.activeElement.title") == names[2]
    tab.press("ArrowDown")
    assert tab.run("document.activeElement.title") == names[1]
    assert names[1] in tab.run("document.querySelector('.facts').innerText")
    tab.press("ArrowRight", times=2)
    assert "GET getTaskDetail" in tab.run("document.querySelector('.facts').innerText")
    tab.press("Enter")
    tab.wait(f"document.querySelector('h2 code')?.textContent === {names[1]!r}")
    tab.press("Tab")
    tab.press("Escape")
    tab.wait("document.querySelector('.board')")


def test_light_dark_and_narrow(tab: Tab, mock: Mock) -> None:
    """It follows the system until a theme is chosen, which it remembers; at 400 pixels nothing is cut off."""
    mock.create()
    paper = "getComputedStyle(document.body).backgroundColor"
    tab.prefer("dark")
    dark = tab.run(paper)
    tab.prefer("light")
    assert tab.run(paper) == "rgb(255, 255, 255)" != dark
    tab.click("document.querySelector('#theme')")
    tab.click("document.querySelector('#theme')")
    assert tab.run(paper) == dark
    tab.resize(400, 800)
    tab.open(mock.url + DASHBOARD)
    tab.wait("document.querySelector('.lane a')")
    assert tab.run(paper) == dark
    assert tab.run("document.documentElement.scrollWidth") == 400


def test_newest_first_by_page_and_filter(tab: Tab, mock: Mock) -> None:
    """Of many tasks the newest have lanes; the rest are on further pages, or found by what they are."""
    names = [mock.create() for _ in range(27)]
    mock.control("POST", f"tasks/{names[0]}/cancel")
    tab.wait("document.querySelectorAll('.lane a').length === 25")
    tab.click(button("older"))
    tab.wait("document.querySelectorAll('.lane a').length === 2")
    tab.click("document.querySelector('.filters select')")
    tab.run(
        "{ const it = document.querySelector('.filters select'); it.value = 'cancelled'; "
        "it.dispatchEvent(new Event('change')); }"
    )
    tab.wait("document.querySelectorAll('.lane a').length === 1")
    assert tab.run("document.querySelector('.lane a').title") == names[0]


def test_without_events_the_dashboard_asks(tab: Tab, mock: Mock) -> None:
    """Where nothing is told, as behind a proxy that holds streams back, what happens is seen all the same."""
    tab.call("Network.setBlockedURLs", urlPatterns=[{"urlPattern": "*://*:*/_mock/dashboard/events*", "block": True}])
    tab.run("document.querySelector('#universe').dispatchEvent(new Event('change'))")
    tab.wait("document.querySelector('#live').textContent.startsWith('asking')")
    mock.create()
    tab.wait("document.querySelector('.lane a')")
    tab.forgiven = "/_mock/dashboard/events"


@pytest.mark.parametrize("name", ["nothing", "task/task-unified-1-gone"])
def test_addresses_that_lead_nowhere(tab: Tab, name: str) -> None:
    """An unknown view is the first one, and a task that is not there is said to be so."""
    tab.forgiven = "status of 404"
    tab.run(f"location.hash = '#/{name}'")
    if name == "nothing":
        tab.wait("document.querySelector('.board')")
    else:
        tab.wait("document.querySelector('#notice').innerText.includes('no task')")
