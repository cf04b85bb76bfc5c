"""M1 to M9: for each a record that keeps it, and records that break it just so."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.verdict import Grade
from tests.invariants.stories import (
    CAT,
    DOG,
    LINK,
    OTHER,
    START,
    VIDEO,
    Story,
    check_broken,
    check_sound,
    check_untested,
    name,
    outcome,
    row,
    shown,
)
from tests.tables import by_table

TWO = ["https://example.com/a.mp4", "https://example.com/b.mp4"]
TEXT: dict[str, Any] = {"model": "wan2.6-text-to-video", "video_urls": None}
BRIEF: dict[str, Any] = {"model": "wan2.6-image-to-video-flash", "video_urls": None, "duration": 2}
"""What is asked of models that take no videos, so that only the output is billed."""


def reserved(credits_reserved: Any) -> dict[str, Any]:
    """Return the changes of a new task that reserves so much."""
    return {"usage": {"credits_reserved": credits_reserved}, "billing": None}


def price(
    credits_reserved: Any = 23.8,
    *,
    lengths: Mapping[str, float] = {},
    first: float | None = None,
    other: Mapping[str, Any] = {},
    **asked: Any,
) -> Story:
    """Ask for a task that reserves so much, maybe after another one for the same videos."""
    story = Story(media=lengths)
    if first is not None:
        story.create(DOG, asked={**asked, **other}, changes=reserved(first))
    return story.create(asked=asked, changes=reserved(credits_reserved))


def ending(status: str = "completed", *, left: float | None = None, start: Any = 1000, **changes: Any) -> Story:
    """Read what is left, have a task end, and read it again."""
    costs = 23.8 if status == "completed" else 0
    story = Story().balance(start).create().balance(start - 23.8).see("processing")
    story.see(status, changes=changes).list(row(status=status, credits_used=costs))
    return story.balance(start - costs if left is None else left)


def billing(**changes: Any) -> dict[str, Any]:
    """Return the billing of a completed task, otherwise."""
    usual: dict[str, Any] = shown(CAT, "completed")["billing"]
    return {**usual, **changes}


def produced(used: float = 23.8, *, length: float = 5.2, reserve: float = 23.8, **asked: Any) -> Story:
    """Have a task completed whose result lasts so long, and be charged so much."""
    story = Story(media={LINK: length, VIDEO: 5.0} if asked.pop("known", True) else {})
    story.create(asked=asked, changes=reserved(reserve))
    usage = {"credits_reserved": reserve, "credits_used": used}
    shows = {"video_duration": length} if not story.record.media else {}
    return story.see("completed", changes={"usage": usage, "billing": None, **shows})


def poor(*, left: Any = 20, status: int = 402, asked: Mapping[str, Any] = {}, token: Any = None) -> Story:
    """Ask for a task with so much left."""
    story = Story().balance(left, token=token).list()
    if status == 402:
        return story.refuse(402, asked=asked).list()
    return story.create(asked=asked)


def leaky(*rows: Any, before: int = 0, **facts: Any) -> Story:
    """Be refused, and list tasks before and after it."""
    return Story().balance(5).list(total=before).refuse(402).list(*rows, **facts)


def repeated(task: str = CAT, *, spent: float = 23.8) -> Story:
    """Ask for a task twice with one key, and read what is left before and after."""
    told = {"idempotency-replayed": "true"} if task == CAT else {}
    return Story().balance(1000).create(again="k").create(task, again="k", told=told).balance(1000 - spent)


def crowd(*, left: float = 50, third: int = 402) -> Story:
    """Ask for three tasks at once."""
    story = Story().balance(left)
    for place, tail in enumerate("ab"):
        story.create(name(tail), at=START + 1 + place / 10, took=1)
    if third == 402:
        return story.refuse(402, at=START + 1.5, took=1)
    return story.create(name("c"), at=START + 1.5, took=1)


SOUND: list[tuple[str, Callable[[], Story]]] = [
    ("M1", price),
    ("M1", lambda: price(16.66, lengths={VIDEO: 2.0})),
    ("M1", lambda: price(16.66)),
    ("M1", lambda: price(9, duration=2, generate_audio=False)),
    ("M1", lambda: price(9, first=9, duration=2, generate_audio=False, other={"duration": 3})),
    ("M1", lambda: price(39.746, quality="1080p")),
    ("M1", lambda: price(39.746, first=23.8, quality="1080p", other={"quality": "720p"})),
    ("M1", lambda: price(23.681, lengths=dict.fromkeys([*TWO, "https://c"], 30.0), video_urls=[*TWO, "https://c"])),
    ("M1", lambda: price(23.8, lengths=dict.fromkeys(TWO, 30.0), video_urls=TWO)),
    ("M2", ending),
    ("M2", lambda: Story().create().see("completed").balance(50).balance(50)),
    ("M2", lambda: Story().balance(50).balance(50).create()),
    ("M2", lambda: ending("failed")),
    ("M2", lambda: ending("cancelled")),
    ("M2", lambda: ending(billing=None, usage={"credits_used": 23.8, "cost": {"credits": 23.8}})),
    ("M3", lambda: ending("failed")),
    ("M1", lambda: price(23.8, **TEXT)),
    ("M1", lambda: price(39.746, first=23.8, **TEXT, quality="1080p", other={"quality": "720p"})),
    ("M1", lambda: price(6, **BRIEF)),
    ("M4", produced),
    ("M4", lambda: produced(19.04, length=4.0, **TEXT)),
    ("M8", lambda: price(23.8, first=23.8, **TEXT)),
    ("M4", lambda: produced(21.42, length=4.0)),
    ("M4", lambda: produced(9, length=2.0, reserve=9, generate_audio=False, duration=2)),
    ("M4", lambda: produced(9, length=2.0, reserve=9, generate_audio=False, duration=2, known=False)),
    ("M5", poor),
    ("M5", lambda: poor(left=23.8, status=200)),
    ("M5", lambda: poor(left=100, token={"remaining_credits": 5, "unlimited_credits": False})),
    ("M5", lambda: poor(left=5, token={"remaining_credits": 5, "unlimited_credits": True})),
    ("M5", lambda: leaky(row(), before=5)),
    ("M5", lambda: Story().refuse(402).list()),
    ("M6", repeated),
    ("M7", lambda: price(39.746, first=23.8, quality="1080p", other={"quality": "720p"})),
    ("M7", lambda: price(23.8, first=11.9, other={"generate_audio": False})),
    ("M7", lambda: price(23.8, first=39.746, other={"quality": "1080p"})),
    ("M8", lambda: price(23.8, first=23.8, video_urls=TWO, other={"video_urls": TWO[::-1]})),
    ("M9", crowd),
    ("M9", lambda: crowd(left=80, third=200)),
]

BROKEN: list[tuple[str, Callable[[], Story], str, str]] = [
    ("M1", lambda: price(50), "11.9 to 23.8 credits", "50"),
    ("M1", lambda: price(8, generate_audio=False, duration=2), "9 to", "8"),
    ("M1", lambda: price(18, lengths={VIDEO: 2.0}), "16.66 credits for 2 + 5 s, or 23.8 if unmeasured", "18"),
    (
        "M1",
        lambda: price(30, first=16.66, quality="1080p", other={"quality": "720p"}),
        "27.8222 credits, as the same videos counted 2 s before",
        "30",
    ),
    ("M2", lambda: ending(left=900), "0.0000 credits less", "less"),
    (
        "M2",
        lambda: ending("failed", left=976.2),
        "-23.8000 credits less, for task-unified-1757169743-aaaaacat",
        "0.0000 less",
    ),
    ("M2", lambda: ending(billing=billing(charged_credits=20)), "23.8 credits in all", "20 and 0"),
    (
        "M2",
        lambda: ending(billing=billing(reserved_credits=5, charged_credits=5), usage=None),
        "23.8 credits reserved",
        "5",
    ),
    ("M2", lambda: ending(usage={"credits_used": 20}), "23.8 credits charged, wherever", "credits_used 20"),
    ("M2", lambda: ending(usage={"cost": {"credits": 2}}), "23.8 credits charged, wherever", "cost 2"),
    ("M2", lambda: Story().balance(10).balance(9), "0.0000 credits less, for no task", "1.0000 less"),
    ("M3", lambda: ending("failed", billing=billing(charge_status="released", charged_credits=5)), "no credits", "5"),
    ("M3", lambda: ending("cancelled", left=976.2), "-23.8000 credits less", "0.0000 less"),
    ("M4", lambda: produced(length=3.0), "19.04 to 19.04 credits for 3 s of output", "23.8"),
    ("M4", lambda: produced(length=3.0, known=False), "19.04 to 19.04", "23.8"),
    ("M5", lambda: poor(left=100), "a task, as it costs at most 23.8 of 100 credits", "402"),
    ("M5", lambda: poor(left=20, status=200), "402, as 23.8 credits are more than 20", "a task"),
    ("M5", lambda: leaky(row()), "no task after a request that was refused", f"{CAT} in the list"),
    ("M6", lambda: repeated(DOG), "one task that is paid for", f"2 tasks: {CAT}, {DOG}"),
    ("M6", lambda: repeated(spent=47.6), "23.8000 credits less", "47.6000 less"),
    ("M7", lambda: price(23.8, first=23.8, other={"quality": "1080p"}), "more credits for 1080p", "23.8 against 23.8"),
    ("M1", lambda: price(47.6, **TEXT), "23.8 credits for 0 + 5 s", "47.6"),
    ("M1", lambda: price(5, **BRIEF), "6 credits for 0 + 2 s", "5"),
    ("M4", lambda: produced(23.8, length=4.0, **TEXT), "19.04 to 19.04 credits for 4 s of output", "23.8"),
    ("M8", lambda: price(20, first=23.8, **TEXT), "23.8 credits", "20"),
    (
        "M7",
        lambda: price(20, first=23.8, other={"generate_audio": False}),
        "with sound than without",
        "20 against 23.8",
    ),
    ("M8", lambda: price(20, first=23.8, video_urls=TWO, other={"video_urls": TWO[::-1]}), "23.8 credits", "20"),
    ("M9", lambda: crowd(third=200), "at most 50 credits reserved", "71.4"),
]

SILENT: list[tuple[str, Callable[[], Story]]] = [
    ("M1", lambda: price("much")),
    ("M1", lambda: price(model="other")),
    ("M1", lambda: price(model=7)),
    ("M1", lambda: price(quality="4k")),
    ("M1", lambda: price(quality=7)),
    ("M1", lambda: price(duration="5")),
    ("M1", lambda: price(duration=True)),
    ("M1", lambda: price(video_urls=[])),
    ("M1", lambda: price(video_urls="x")),
    ("M1", lambda: Story().ask("POST", "/v1/videos/generations", raw=b"[]", answer=shown())),
    ("M2", lambda: Story().balance("much").balance(5)),
    ("M2", lambda: Story().balance(5, at=START, took=2).balance(4, at=START + 1)),
    ("M2", lambda: Story(alone=False).balance(5).balance(4)),
    ("M2", lambda: Story().balance(5).event("hand").balance(4)),
    ("M2", lambda: Story().balance(5).refuse(500).balance(4)),
    ("M2", lambda: Story().balance(5).create(changes={"usage": None, "billing": None}).balance(4)),
    ("M2", lambda: Story().ask("GET", "/v1/credits", answer=[]).balance(5)),
    ("M4", lambda: Story().create().see("completed")),
    ("M4", lambda: produced(model="other")),
    ("M7", lambda: price(23.8, first=7.9492, **TEXT, other={**BRIEF, "duration": 5, "quality": "1080p"})),
    ("M7", lambda: price(11.9, **BRIEF)),
    ("M5", lambda: poor(left="much", status=200)),
    ("M5", lambda: Story(alone=False).balance(5).create()),
    ("M5", lambda: Story().balance(5).event("hand").create()),
    ("M5", lambda: Story().balance(500).refuse(500).create()),
    ("M5", lambda: Story().create(key=OTHER)),
    ("M6", lambda: Story().create(again="k").wait(24 * 3600).create(DOG, again="k")),
    ("M9", lambda: Story().create().create(DOG)),
    ("M9", lambda: Story().create(at=START, took=1).create(DOG, at=START + 0.5, took=1).create(name("c"))),
    ("M9", lambda: Story().balance(50).refuse(402, at=START + 5, took=1).refuse(402, at=START + 5, took=1)),
]


test_what_keeps_a_rule = by_table(check_sound, SOUND)
test_what_breaks_a_rule = by_table(check_broken, BROKEN)
test_what_says_nothing_of_a_rule = by_table(check_untested, SILENT)


def test_what_nobody_saw_is_not_held_against_anyone() -> None:
    """A task that may have ended, or may not have been created yet, leaves room for either."""
    begun = Story().balance(1000).create(at=START + 2, took=2)
    for left in (1000, 976.2):
        assert (
            outcome("M2", Story().balance(1000).create(at=START + 1, took=9).balance(left, at=START + 2)).findings == ()
        )
    for left in (1000, 985, 976.2):
        assert outcome("M2", begun.wait(200).balance(left)).findings == ()
    unbooked = {"billing": {"charge_status": "reserved"}, "usage": {"credits_reserved": 23.8}}
    for left in (1000, 976.2):
        story = Story().balance(1000).create().see("failed", changes=unbooked).balance(left)
        assert outcome("M2", story).grade is Grade.PASS
    silent = {"billing": None, "usage": {"credits_reserved": 23.8}}
    story = Story().balance(1000).create().see("completed", changes=silent).balance(980)
    assert outcome("M2", story).grade is Grade.PASS
    said = {"billing": {"charge_status": "charged"}, "usage": {"credits_reserved": 23.8}}
    story = Story().balance(1000).create().see("completed", changes=said).balance(980)
    assert outcome("M2", story).grade is Grade.PASS


def test_a_402_may_come_while_others_are_created() -> None:
    """What they set aside may have been set aside before it."""
    story = Story().balance(40).create(at=START + 1, took=2).refuse(402, at=START + 2, took=2)
    assert outcome("M5", story).grade is Grade.PASS


def test_a_402_for_what_has_no_known_price() -> None:
    """The refusal is looked at for what it leaves; the price is not."""
    assert outcome("M5", poor(left=1000, asked={"model": "other"})).findings == ()


def test_no_leak_is_told_of_where_another_request_may_have_made_the_task() -> None:
    """One whose answer was lost, or that is not ours."""
    lost = Story().refuse(500).balance(5).list().refuse(402).list(row())
    assert outcome("M5", lost).findings == ()
    shared = Story(alone=False).list().refuse(402).list(row())
    assert outcome("M5", shared).findings == ()
