"""What the record of a client shows: hosts, calls, tasks, downloads, callbacks and money."""

import pytest

from contracts.recording import ClientRecord, Event, View
from contracts.recording.origins import origin_of, redirect_of
from tests.rules.records import CAT, DOG, HOOK, KEY, LINK, ORIGIN, START, Traffic, shown

ELSEWHERE = "https://cdn.example.com/cat.mp4"


def test_nothing() -> None:
    """A record of nothing shows nothing."""
    record = ClientRecord()
    assert (record.asked, record.heard, record.api, record.calls, record.creates, record.queries) == ((),) * 6
    assert (dict(record.tasks), dict(record.struck), record.accounts, record.ended_at) == ({}, {}, frozenset(), 0.0)
    assert record.cost(CAT) is None
    assert record.view == View()


def test_the_whole_way() -> None:
    """A task is created, polled, ended, told of and fetched."""
    traffic = Traffic().create(asked={"callback_url": HOOK}).wait(5).poll().wait(5).poll("completed")
    record = traffic.hear(shown(CAT, "completed")).download().event().record
    task = record.tasks[CAT]
    assert [call.operation for call in record.calls][-1] == "download"
    assert (task.creation, task.callback_url) == (record.creates[0], HOOK)
    assert [sight.way for sight in task.sights] == ["create", "query", "query", "callback"]
    assert [sight.way for sight in task.answers] == ["create", "query", "query"]
    assert [poll.number for poll in task.polls] == [2, 3]
    assert [each.number for each in (*task.deliveries, *task.downloads)] == [4, 5]
    assert task.terminal is task.answers[2]
    assert task.notice is task.sights[3]
    assert task.known_at == record.asked[0].ended_at
    assert task.ended_at == record.asked[2].ended_at
    assert task.links == (LINK,)
    assert [round(gap.seconds, 2) for gap in task.gaps] == [5.01]
    assert record.accounts == {KEY}
    assert [each.number for each in record.elsewhere] == [5]
    assert [each.number for each in record.heard] == [4]
    assert record.ended_at == record.events[0].to


def test_a_task_that_is_only_polled() -> None:
    """It is known from the first poll on, and has no end, no links and no creation."""
    record = Traffic().refuse(500, task=CAT).refuse(404, task=CAT).record
    task = record.tasks[CAT]
    assert (task.known_at, task.ended_at, task.terminal, task.notice) == (START, None, None, None)
    assert (task.links, task.creation, task.callback_url, task.sights) == ((), None, None, ())
    assert len(task.polls) == 2


def test_links() -> None:
    """Links stand in results and in result_data; what is no text is none, and the last that were shown count."""
    changes = {"results": None, "result_data": [{"url": "https://files.evolink.ai/b.mp4"}, {"url": 7}, 7]}
    traffic = Traffic().create().poll("completed").poll("completed", changes={"results": [7, ELSEWHERE]})
    traffic.poll("completed", changes={**changes, "result_data": 7}).poll("completed", changes=changes)
    traffic.download().download("https://files.evolink.ai/b.mp4").ask("HEAD", ELSEWHERE)
    record = traffic.ask("POST", ELSEWHERE).record
    assert record.tasks[CAT].links == (ELSEWHERE,)
    assert [each.number for each in record.tasks[CAT].downloads] == [6, 7, 8]


def test_links_that_lead_on() -> None:
    """Where a link redirects to is part of the download; an operation of the API is not."""
    traffic = Traffic().create().poll("completed", changes={"results": [LINK, f"{ORIGIN}/v1/credits"]})
    traffic.download(status=302, told={"location": "//cdn.example.com/cat.mp4"}).download(ELSEWHERE)
    record = traffic.ask("GET", "/v1/credits").record
    assert [each.number for each in record.tasks[CAT].downloads] == [3, 4]
    assert [each.number for each in record.elsewhere] == [3, 4]


def test_results_on_the_host_of_the_api() -> None:
    """They are downloads, and no calls of the API."""
    link = f"{ORIGIN}/cat.mp4"
    record = Traffic().create().poll("completed", changes={"results": [link]}).download(link).record
    assert [each.number for each in record.api] == [1, 2]
    assert record.calls[-1].operation == "download"
    assert record.calls_of("download") == ()


def test_hosts_of_the_api() -> None:
    """The documented hosts, and whoever is asked for operations unless a redirect led there."""
    local = "http://127.0.0.1:8765"
    traffic = Traffic().ask("GET", f"{local}/v1/credits").ask("GET", f"{local}/other").ask("GET", "http://[::1]:9/x")
    traffic.ask(
        "GET", "https://files-api.evolink.ai/x", status=302, told={"location": "https://evil.example/v1/credits"}
    )
    traffic.ask("GET", "https://evil.example/v1/credits", status=307, told={"location": f"{local}/v1/credits"})
    record = traffic.record
    assert record.origins == {local, "https://files-api.evolink.ai"}
    assert [each.number for each in record.api] == [1, 2, 4]
    assert Traffic(apis=("https://evil.example",)).ask("GET", "https://evil.example/x").record.api


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://API.evolink.ai:443/x", "https://api.evolink.ai"),
        ("http://user@host:80/", "http://host"),
        ("http://host:8080/", "http://host:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("http://host:port/", "http://host"),
    ],
)
def test_origins(url: str, origin: str) -> None:
    """Scheme, host and port, the port only where it is not the usual one."""
    assert origin_of(url) == origin


def test_redirects() -> None:
    """A Location leads somewhere only with a status that says so."""
    first, second, third = (
        Traffic()
        .ask("GET", "/a", status=302, told={"location": "b"})
        .ask("GET", "/a", told={"location": "b"})
        .ask("GET", "/a", status=304)
        .record.asked
    )
    assert [redirect_of(each) for each in (first, second, third)] == [f"{ORIGIN}/b", None, None]


@pytest.mark.parametrize(("status", "leads"), [(299, 0), (300, 1), (399, 1), (400, 0), (None, 0)])
def test_statuses_that_redirect(status: int | None, leads: int) -> None:
    """All of three hundred and more do, and none of four hundred."""
    (exchange,) = Traffic().ask("GET", "/a", status=status, told={"location": "b"}).record.asked
    assert [redirect_of(exchange)] == [f"{ORIGIN}/b" if leads else None]


def test_creates_that_only_some_hosts_answer() -> None:
    """Who is asked for an image is the API if it answers with a task of its kind; a known host stays one."""
    image = ("POST", "https://a.example/v1/images/generations")
    assert Traffic().ask(*image, answer={"id": "task-unified-1-a"}).record.origins == {"https://a.example"}
    assert Traffic().ask(*image, answer={"id": "image-1"}).record.origins == set()
    assert Traffic().ask(*image, status=500).record.origins == set()
    moved = Traffic().ask("GET", "/v1/credits").ask("GET", "https://a.example/x", status=302, told={"location": ORIGIN})
    assert moved.ask("GET", "/v1/credits").record.origins == {ORIGIN}


def test_forged_callbacks() -> None:
    """A callback is no answer: what it says of an end counts as a notice alone."""
    record = Traffic().create().hear(shown(CAT, "completed")).hear(shown(DOG, "failed")).hear([7]).record
    assert record.tasks[CAT].terminal is None
    assert record.tasks[CAT].notice is not None
    assert record.tasks[DOG].known_at == float("inf")
    assert list(record.tasks) == [CAT, DOG]


def test_answers_of_other_hosts() -> None:
    """They show no task."""
    record = Traffic().create().ask("POST", "https://evil.example/v1/videos/generations", answer=shown(DOG)).record
    assert list(Traffic(apis=(ORIGIN,)).create().record.tasks) == [CAT]
    assert DOG in record.tasks  # it was asked for an operation, so it is taken for the API
    evil = Traffic(apis=(ORIGIN,)).create().ask("POST", "https://evil.example/v1/videos/generations", answer=shown(DOG))
    assert list(evil.record.tasks) == [CAT]


def test_money() -> None:
    """What is known costs what it costs; else what is charged, or set aside while it may be; nothing when released."""
    assert Traffic(charges={CAT: 5.0}).create().record.cost(CAT) == 5.0
    assert Traffic().create().record.cost(CAT) == 23.8
    assert Traffic().create().poll("completed").record.cost(CAT) == 23.8
    assert Traffic().create().poll("completed", changes={"billing": {"charged_credits": 20.5}}).record.cost(CAT) == 20.5
    assert Traffic().create().poll("failed").record.cost(CAT) == 0.0
    assert Traffic().create().poll(changes={"billing": {"charged_credits": 2}}).record.cost(CAT) == 23.8
    assert Traffic().create().record.cost(DOG) is None
    nothing = {"usage": None, "billing": None}
    assert Traffic().create(changes=nothing).record.cost(CAT) is None
    assert Traffic().create().poll("completed", changes=nothing).record.cost(CAT) == 23.8


def test_plans_that_struck() -> None:
    """By name, with the exchanges."""
    record = Traffic().refuse(503, faults=("busy",)).create(faults=("slow", "busy")).hear({}, faults=("twice",)).record
    struck = {name: [each.number for each in exchanges] for name, exchanges in record.struck.items()}
    assert struck == {"busy": [1, 2], "slow": [2], "twice": [3]}


def test_what_was_done_from_outside() -> None:
    """A wait in which the clock was moved by hand is not the client's."""
    record = Traffic().create().event("clock", 60).poll().record
    assert record.disturbed(record.asked[0].ended_at, record.asked[1].started_at)
    assert not record.disturbed(record.asked[1].started_at + 1, record.asked[1].started_at + 2)
    assert record.events == (Event(kind="clock", at=record.events[0].at, to=record.events[0].at + 60),)
