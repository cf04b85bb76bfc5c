"""What probes order: the cheapest task that there is, and changes to it; and what that costs at most."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice
from typing import Any, Final

from contracts.invariants.money.prices import load_prices, read_order
from openapi.operations import load_operations

CREATE: Final = load_operations().of_models[next(iter(load_prices()))]
"""The operation that creates the tasks that are ordered: those of the first model whose price the judge knows."""

_CHEAPEST: Final = {"duration": 2, "quality": "720p", "generate_audio": False}


def order(clips: Sequence[str] = (), *, videos: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the body of a request for a task.

    Args:
        clips: The reference videos to choose from; those of the published example if there are none.
        videos: How many of them there are to be, all different; a negative number turns their order round.
        changes: Other fields than those of the cheapest task.
    """
    published: Any = CREATE.request_example
    known = clips or published["video_urls"]
    chosen = [_tell_apart(clip, place // len(known)) for place, clip in enumerate(islice(cycle(known), abs(videos)))]
    return {**published, **_CHEAPEST, "video_urls": chosen[:: -1 if videos < 0 else 1], **changes}


def _tell_apart(clip: str, earlier: int) -> str:
    """Return a URL of the same video that was not named before; one with a fragment of its own is left as it is."""
    return f"{clip}#{earlier + 1}" if earlier and "#" not in clip else clip


def most_credits(orders: Iterable[Mapping[str, Any]]) -> float:
    """Return what tasks cost at most that these changes ask for."""
    return sum(_cost(order(**changes)) for changes in orders)


def _cost(body: Mapping[str, Any]) -> float:
    wanted = read_order(body)
    assert wanted is not None, "the price of the published example is known"  # noqa: S101 - it comes with the judge
    return wanted.cost(wanted.most_input)
