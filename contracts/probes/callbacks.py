"""Probes of callbacks: to receivers that answer well, badly and not at all, and to those that must not be called."""

from typing import Final

from contracts.probes.hooks import SILENCE
from contracts.probes.probe import Probe
from contracts.probes.session import Session

_GRACE: Final = 75.0
"""For how many seconds a callback is waited for: longer than the rules do."""

_SCHEDULE: Final = 12.0
"""How many seconds four attempts take, and some more in which there must be no fifth."""

_ALIKE: Final = {"prompt": "A person dancing [mock: task waits=5 runs=15]"}
"""A prompt by which tasks of a simulator take the same time; to others it is a prompt."""

_INTERNAL: Final = ("10.1.2.3", "127.0.0.1", "192.168.0.7", "localhost")
_BAD_URLS: Final = (
    "http://hooks.example.com/plain",
    "hooks.example.com",
    f"https://hooks.example.com/{'a' * 2_048}",
    *(f"https://{host}/hook" for host in _INTERNAL),
)
"""Callback URLs that break the contract, each in one way."""


def call_back(session: Session) -> None:
    """Create a task with a callback URL, and wait for its end and its callback."""
    hooks = session.hooks()
    url = hooks.url()
    task = session.create(callback_url=url)
    session.follow(task)
    session.wait_until(lambda: hooks.received(url) > 0, _GRACE)
    session.wait(_SCHEDULE)
    session.look(task)


def answer_badly(session: Session) -> None:
    """Answer callbacks of one task with errors, of another with a redirect, and at the same time of a third well."""
    hooks = session.hooks()
    urls = hooks.url(500, 503, 404, 400, 500), hooks.url(302, 429, 204), hooks.url(200)
    tasks = [session.create(callback_url=url, **_ALIKE) for url in urls]
    for task in tasks:
        session.follow(task)
    session.wait_until(lambda: hooks.received(urls[0]) > 3 and hooks.received(urls[1]) > 1, _GRACE)  # noqa: PLR2004
    session.wait(_SCHEDULE)
    for task in tasks:
        session.look(task)


def keep_waiting(session: Session) -> None:
    """Never answer a callback; a simulator is told to end the task at once."""
    hooks = session.hooks()
    url = hooks.url(SILENCE)
    task = session.create(callback_url=url)
    if session.simulated:
        with session.by_hand() as control:
            control.finish_task(task)
    session.follow(task)
    session.wait_until(lambda: hooks.received(url) > 0, _GRACE)


def be_untrusted(session: Session) -> None:
    """Have a callback sent to a receiver with a certificate that nobody vouches for."""
    _stay_silent(session, session.hooks(trusted=False).url())


def be_inward(session: Session) -> None:
    """Have a callback sent to a host that leads to an internal address."""
    _stay_silent(session, session.hooks(internal=True).url())


def _stay_silent(session: Session, url: str) -> None:
    task = session.create(callback_url=url)
    session.follow(task)
    session.wait(_GRACE)
    session.look(task)


def give_bad_urls(session: Session) -> None:
    """Ask for tasks with callback URLs that break the contract, until one is accepted."""
    session.ask("GET", "/v1/tasks")
    session.balance()
    for url in _BAD_URLS:
        if session.submit(callback_url=url).succeeded:
            break
    session.ask("GET", "/v1/tasks")
    session.balance()


def restart_amid(session: Session) -> None:
    """Restart the server while attempts at a callback fail, of which the last would not."""
    hooks = session.hooks()
    url = hooks.url(500, 500, 500)
    task = session.create(callback_url=url)
    session.follow(task)
    session.wait_until(lambda: hooks.received(url) > 0, _GRACE)
    before = hooks.received(url)
    session.restart()
    session.wait_until(lambda: hooks.received(url) > before, _GRACE)
    session.look(task)


PROBES: Final = (
    Probe(
        id="callback",
        title="Creates a task with a callback URL and waits for the callback.",
        rules=("K1", "K2", "K3", "K8", "K12"),
        run=call_back,
        orders=({},),
        needs=("receiver",),
    ),
    Probe(
        id="retries",
        title="Answers callbacks with errors and redirects, and at the same time another well.",
        rules=("K4", "K6", "K10", "K1"),
        run=answer_badly,
        orders=(_ALIKE,) * 3,
        needs=("receiver",),
    ),
    Probe(
        id="patience",
        title="Never answers a callback, until its sender gives up.",
        rules=("K5",),
        run=keep_waiting,
        orders=({},),
        needs=("receiver",),
        in_real_time=True,
    ),
    Probe(
        id="certificate",
        title="Has a callback sent to a receiver with a bad certificate.",
        rules=("K8",),
        run=be_untrusted,
        orders=({},),
        needs=("unsafe receiver",),
    ),
    Probe(
        id="inward",
        title="Has a callback sent to a host that leads to an internal address.",
        rules=("K7",),
        run=be_inward,
        orders=({},),
        needs=("inward receiver",),
    ),
    Probe(
        id="bad-urls",
        title="Asks for tasks with bad callback URLs, until one is accepted.",
        rules=("K9",),
        run=give_bad_urls,
        orders=({},),
    ),
    Probe(
        id="restart-amid",
        title="Restarts the server while attempts at a callback fail.",
        rules=("K11", "L15"),
        run=restart_amid,
        orders=({},),
        needs=("receiver", "restart"),
    ),
)
"""The probes of callbacks."""
