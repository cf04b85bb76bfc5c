"""Worked examples of every kind, in the short form: what a reference is made of, and what tests go through."""

from collections.abc import Mapping
from typing import Final

import msgspec


class Example(msgspec.Struct, frozen=True):
    """Plans in the short form, and what they make happen."""

    words: str
    says: str


EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "answer": (
        Example("answer 503 retry-after=2 on=create times=2", "the first two creates are refused for two seconds"),
        Example("answer 500 phase=after on=create nth=1", "a task is created and paid for, and the answer denies it"),
        Example("answer 402 on=create task=4+", "the credits run out after three tasks"),
        Example("answer 401 nth=9+", "the key is revoked after eight requests"),
        Example("answer 401 after=60", "the key is revoked after a minute"),
        Example('answer 403 on=create fields.prompt={"contains":"cat"}', "prompts with a cat are refused"),
        Example("answer 404 on=query nth=1-3 each=task", "each task is unknown for its first three reads"),
        Example('answer 502 text="Bad gateway" content-type=text/html', "a proxy answers"),
        Example('answer 200 json={"error":{"code":500}} on=query', "an error comes with 200"),
        Example("answer 418", "a status comes that no page describes"),
        Example("answer 204 on=query", "there is no content where there should be some"),
        Example("answer 307 headers.location=/v1/tasks on=list", "a redirect leads to itself"),
        Example("answer 429 retry-after=0", "Retry-After is zero"),
        Example("answer 429 retry-after=-1", "Retry-After is negative"),
        Example("answer 429 retry-after=1.5", "Retry-After has a fraction"),
        Example("answer 429 retry-after=soon", "Retry-After is no number and no date"),
        Example("answer 429 retry-after=31536000", "Retry-After is a year"),
        Example("answer 429 retry-after=date+30", "Retry-After is a date"),
        Example("answer 429 retry-after=date-30", "Retry-After is a date that has passed"),
        Example("answer 429 retry-after=2,60", "Retry-After comes twice"),
    ),
    "head": (
        Example("head without=content-type on=query", "the Content-Type is missing"),
        Example("head headers.date=date-3600", "the clock of the service is an hour behind"),
        Example("head status=202 on=query", "the true body comes with another status"),
        Example("head headers.cache-control=max-age=600 headers.age=599", "an answer is old, and may be kept"),
    ),
    "body": (
        Example("body truncated:80 on=query chance=10%", "one answer of ten is cut"),
        Example("body html on=query nth=2", "the second answer is an HTML page with 200"),
        Example("body padded:5000000 on=list", "the list is five megabytes longer"),
        Example("body too-long on=query", "the body is shorter than its length"),
        Example("body set.results=null on=query", "results are null"),
        Example("body without=status,usage.billing_rule on=query", "members are missing that must be there"),
        Example('body set.progress="half" set.extra=1 on=query', "a member is of another type, and one is unknown"),
    ),
    "framing": (
        Example("framing bad-chunk on=query times=1", "a chunk has a size that is no number"),
        Example("framing provisional:20", "twenty provisional answers go before each"),
        Example("framing huge-header:100000 on=credits", "a header is longer than clients read"),
    ),
    "delay": (
        Example("delay 2 on=create", "each create takes two seconds longer"),
        Example("delay 100ms jitter=400ms", "the network takes 0.1 to 0.5 seconds"),
        Example("delay 5 in-head on=query", "the head comes in pieces over five seconds"),
        Example("delay 3 before-body on=query", "the body is late"),
        Example("delay 30 in-body pieces=60 on=result", "the file comes in sixty pieces over half a minute"),
    ),
    "disconnect": (
        Example("disconnect on=create nth=1", "the first create is carried out, and its answer is lost"),
        Example("disconnect phase=before on=create nth=1", "the first create is lost on the way"),
        Example("disconnect in-body reset on=query chance=10%", "one answer of ten is reset in its middle"),
        Example("disconnect in-head offset=12 on=query", "twelve bytes of the head come"),
        Example("disconnect after-head half-close", "there is a head and no body, and we go on reading"),
        Example("disconnect after-response reset", "the connection is reset once the answer is out"),
        Example("stall in-body percent=90 on=result", "the file stops at nine tenths"),
        Example("disconnect in-body on=callback nth=1", "the first callback breaks off"),
    ),
    "reads": (
        Example("reads unknown-for=5", "tasks are unknown for five seconds"),
        Example("reads behind=30", "what is shown is half a minute old"),
        Example("reads behind=30 nth=2n each=task", "every second read of a task is old"),
    ),
    "limit": (
        Example("limit requests=60", "there is a request a second, and sixty at once after a pause"),
        Example("limit tasks=2", "an account can have two tasks under way"),
        Example("limit closed-models", "no model may be used"),
    ),
    "task": (
        Example("fail=content_policy_violation at=60%", "the task fails when it has come to 60 %"),
        Example("cancel at=95%", "the task is cancelled shortly before its end"),
        Example("task outcome=completed at=10%", "the task is done much earlier than it seemed"),
        Example("fail=service_error at=0 waits=0", "the task fails at once"),
        Example("task stuck=42%", "the task stays at 42 % for ever"),
        Example("task slower=10", "all takes ten times as long"),
        Example("task waits=0 runs=0", "the task is done at the next read"),
        Example("task waits=5m", "the work begins after five minutes"),
        Example("task runs=90", "the work takes a minute and a half"),
        Example("task estimate=5", "five seconds are announced, whatever the truth"),
        Example("task length=3", "the video is shorter than was asked for, and costs less"),
        Example("task progress=regressing progress-from=70", "progress falls back from 70 to 0"),
        Example("task progress=overflowing", "progress goes on above 100"),
        Example("task progress=missing", "progress is not there"),
        Example("task progress=null", "progress is null"),
        Example("task progress=text", "progress is a text"),
        Example("task shows.status=paused during=processing", "the status is one that no page describes"),
        Example("task results=missing", "the task is completed, and there are no results"),
        Example("task results=empty", "the task is completed, and its results are empty"),
        Example("fail=unknown_error results=always", "a failed task shows results"),
        Example("task shows.model=another-model", "another model is shown than was asked for"),
        Example("task shows.id=task-unified-1757169743-00000000", "another id is shown"),
        Example("task hides=task_info.can_cancel", "a member is missing that should be there"),
    ),
    "link": (
        Example("link expires:60", "the link holds for a minute"),
        Example("link redirect origin=http://127.0.0.1:9000", "the file is somewhere else"),
        Example("link status:404", "the file is not there"),
        Example("link html", "the link leads to an HTML page"),
        Example("link corrupted; link no-range", "a byte is wrong, and parts cannot be fetched"),
        Example("link slow:30", "the file takes half a minute"),
    ),
    "callback": (
        Example("callback never", "no callback is sent"),
        Example("callback=late:30", "the callback comes half a minute after the end"),
        Example("callback twice on=create nth=2n", "every second task has two callbacks"),
    ),
}
"""Of each kind, by its name."""
