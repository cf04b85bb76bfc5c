"""What the judge of clients takes for ten thousand exchanges of one client, by what that did."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from contracts.recording import ClientRecord, Exchange, View
from contracts.rules import ALL_RULES
from contracts.verdict import judge

EXCHANGES: Final = 10_000
EXCHANGES_QUICK: Final = 2_000
ROUNDS: Final = 7
ORIGIN: Final = "https://api.evolink.ai"
HOOK: Final = "https://hooks.example.com/done"
_BEGUN: Final = 1_757_169_743
_TASK_TIME: Final = 90


class Story:
    """What a client does, told one after the other; each exchange takes a tenth of a second."""

    def __init__(self) -> None:
        self.asked: list[Exchange] = []
        self.heard: list[Exchange] = []
        self._now = float(_BEGUN)

    def __len__(self) -> int:
        return len(self.asked) + len(self.heard)

    @property
    def record(self) -> ClientRecord:
        """The record of it, in which nothing has been read yet."""
        return ClientRecord(
            exchanges=tuple(map(msgspec.structs.replace, self.asked)),
            received=tuple(map(msgspec.structs.replace, self.heard)),
            view=View(sees=frozenset({"keys", "bodies", "receiver"})),
        )

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def ask(self, method: str, url: str, answer: Any, *, sent: Any = None, status: int = 200, **told: str) -> None:
        """Have the client ask something; `told` are headers of the answer."""
        key = {"authorization": "Bearer key-1a2b3c4d"} if url.startswith(ORIGIN) else {}
        headers = {**key, "user-agent": "shop/1.0", **({} if sent is None else {"content-type": "application/json"})}
        self.asked.append(
            self._exchange(
                method=method,
                url=url,
                request_headers=tuple(headers.items()),
                request_body=b"" if sent is None else json.dumps(sent).encode(),
                status=status,
                response_headers=(("content-type", "application/json"), *_named(told)),
                response_body=json.dumps(answer).encode(),
            )
        )

    def hear(self, body: Any) -> None:
        """Have the client called back."""
        self.heard.append(
            self._exchange(
                method="POST",
                url=HOOK,
                request_headers=(("content-type", "application/json"),),
                request_body=json.dumps(body).encode(),
                status=204,
            )
        )

    def create(self, place: int, *, status: int = 200, **told: str) -> str:
        """Have the client ask for a task, and return its id."""
        task = f"task-unified-{_BEGUN + place}-{place:08d}"
        body = {"model": "wan2.6-reference-video-flash", "prompt": f"Cat {place}", "callback_url": HOOK, "duration": 5}
        sent = {**body, "video_urls": ["https://example.com/cat.mp4"]}
        self.ask("POST", f"{ORIGIN}/v1/videos/generations", shown(task, "pending"), sent=sent, status=status, **told)
        return task

    def poll(self, task: str, status: str) -> None:
        """Have the client ask for a task's state."""
        self.ask("GET", f"{ORIGIN}/v1/tasks/{task}", shown(task, status))

    def _exchange(self, **facts: Any) -> Exchange:
        start, self._now = self._now, self._now + 0.11
        return Exchange(number=len(self) + 1, started_at=start, ended_at=start + 0.1, **facts)


def _named(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name.replace("_", "-"), value) for name, value in told.items())


def shown(task: str, status: str) -> dict[str, Any]:
    """Return a task as the API shows it."""
    done = status == "completed"
    return {
        "created": _BEGUN,
        "id": task,
        "model": "wan2.6-reference-video-flash",
        "object": "video.generation.task",
        "progress": 100 if done else 40,
        "status": status,
        "task_info": {"can_cancel": True, "estimated_time": _TASK_TIME},
        "type": "video",
        "usage": {"billing_rule": "per_second", "credits_reserved": 23.8, "user_group": "default"},
        **({"results": [f"https://files.evolink.ai/{task}.mp4"]} if done else {}),
    }


def generations(story: Story, place: int) -> None:
    """A video: created, of ten once after a refusal, polled until it is there, and fetched."""
    if place % 10 == 0:
        story.create(place, status=503, retry_after="7")
        story.wait(7)
    task = story.create(place)
    for pause in range(5, 15):
        story.wait(pause)
        story.poll(task, "processing")
    story.poll(task, "completed")
    story.ask("GET", f"https://files.evolink.ai/{task}.mp4", "video")


def callbacks(story: Story, place: int) -> None:
    """A video whose callback comes twice, and is looked up before the result is fetched."""
    task = story.create(place)
    story.wait(_TASK_TIME)
    story.hear(shown(task, "completed"))
    story.hear(shown(task, "completed"))
    story.poll(task, "completed")
    story.ask("GET", f"https://files.evolink.ai/{task}.mp4", "video")


def one_task(story: Story, place: int) -> None:
    """One video, polled and polled."""
    task = story.create(0) if place == 0 else f"task-unified-{_BEGUN}-{0:08d}"
    story.wait(5)
    story.poll(task, "processing")


def trouble(story: Story, place: int) -> None:
    """A video whose polls fail most of the time."""
    task = story.create(place)
    for _ in range(20):
        story.wait(10)
        story.ask("GET", f"{ORIGIN}/v1/tasks/{task}", {"error": {"message": "No."}}, status=503, retry_after="10")


def lost_ids(story: Story, place: int) -> None:
    """A video, and polls of ids that nobody ever gave."""
    story.create(place)
    for number in range(9):
        story.wait(5)
        told = {"error": {"code": "task_not_found", "message": "No.", "type": "invalid_request_error"}}
        story.ask("GET", f"{ORIGIN}/v1/tasks/task-unified-{place:05d}-{number}", told, status=404)


def lists(story: Story, place: int) -> None:
    """A video, and lists of the ten last ones."""
    story.create(place)
    story.wait(5)
    rows = [shown(f"task-unified-{_BEGUN + each}-{each:08d}", "processing") for each in range(place, place - 10, -1)]
    story.ask("GET", f"{ORIGIN}/v1/tasks", {"object": "list", "data": rows, "has_more": True})


CLIENTS: Final[dict[str, Callable[[Story, int], None]]] = {
    "videos, polled": generations,
    "videos, called back": callbacks,
    "one video, polled": one_task,
    "polls that fail": trouble,
    "polls of lost ids": lost_ids,
    "lists": lists,
}
"""What clients do, each as a step that is repeated."""


def run(*, quick: bool) -> None:
    """Judge the record of each client by all rules, in rounds, and print the median and the slowest rules."""
    number, rounds = (EXCHANGES_QUICK, 1) if quick else (EXCHANGES, ROUNDS)
    print(f"{f'{number:,} exchanges, {len(ALL_RULES)} rules':32}{'judged in, s':>14}{'worst':>9}   slowest rules, ms")
    for name, step in CLIENTS.items():
        story = tell(step, number)
        times = [measure(story.record) for _ in range(rounds)]
        slowest = ", ".join(f"{rule} {seconds * 1_000:.0f}" for seconds, rule in find_slowest(story.record))
        print(f"{name:32}{statistics.median(times):14.2f}{max(times):9.2f}   {slowest}", flush=True)


def tell(step: Callable[[Story, int], None], number: int) -> Story:
    """Repeat a step until there are so many exchanges."""
    story, place = Story(), 0
    while len(story) < number:
        step(story, place)
        place += 1
    return story


def measure(record: ClientRecord) -> float:
    """Return the seconds of CPU that it takes to judge a record, reading its bodies included."""
    begun = time.process_time()
    judge(ALL_RULES, record)
    return time.process_time() - begun


def find_slowest(record: ClientRecord, most: int = 3) -> list[tuple[float, str]]:
    """Return the rules that take longest, with their seconds, once everything that they share has been read."""
    judge(ALL_RULES, record)
    times: list[tuple[float, str]] = []
    for rule in ALL_RULES:
        begun = time.process_time()
        judge((rule,), record)
        times.append((time.process_time() - begun, rule.id))
    return sorted(times, reverse=True)[:most]
