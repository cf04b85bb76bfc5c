import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.ids import CountedDice
from mock_server.core.plans import (
    FAITHFUL,
    AnswerPlan,
    BodyPlan,
    CallbackPlan,
    DelayPlan,
    DisconnectPlan,
    FramingPlan,
    HeadPlan,
    LimitPlan,
    LinkPlan,
    Match,
    Occasion,
    Pause,
    Plan,
    PlanBook,
    PlanState,
    ReadsPlan,
    Script,
    Tally,
    TaskPlan,
    compile_plans,
    forget_task,
    forgive,
    note_task,
    open_state,
    read_words,
    short_name,
    strike,
    strike_task,
    tally,
    unused,
)
from mock_server.core.plans.match import Contains
from mock_server.core.plans.paths import MISSING, find_value, json_equal
from mock_server.core.types import SECOND
from tests.core.plans.conftest import NOW, account_of, dice, occasion

CREATE = "createAnything"
OPERATIONS = (CREATE, "getTaskDetail", "listTasks", "result", "callback")


def opened(words: str, *, now: int = NOW) -> tuple[PlanBook, PlanState]:
    """Compile plans in the short form, and set them."""
    book = compile_plans(read_words(words), account_of=account_of)
    return book, open_state(book, now=now)


def strikes(words: str, occasions: Iterable[Occasion]) -> list[tuple[str, ...]]:
    """Return which plans strike at one occasion after the other."""
    book, state = opened(words)
    return [strike(book, state, each).strikes for each in occasions]


def pattern(words: str, occasions: Iterable[Occasion]) -> str:
    """Return a cross for each occasion at which a plan strikes, and a dot for each other."""
    return "".join("x" if struck else "." for struck in strikes(words, occasions))


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ("", "xxxxxxxxxx"),
        ("nth=1", "x........."),
        ("nth=3", "..x......."),
        ("nth=2-4", ".xxx......"),
        ("nth=3+", "..xxxxxxxx"),
        ("nth=2n", ".x.x.x.x.x"),
        ("nth=1n", "xxxxxxxxxx"),
        ("nth=4n times=1", "...x......"),
        ("times=3", "xxx......."),
        ("nth=2+ times=2", ".xx......."),
        ("chance=0", ".........."),
        ("chance=1", "xxxxxxxxxx"),
        ("after=3", "...xxxxxxx"),
        ("before=3", "xxx......."),
        ("after=2 before=5 nth=2", "...x......"),
        ("after=2027-01-15T08:00:04Z", "....xxxxxx"),
        ("before=2027-01-15T08:00:04.000001Z", "xxxxx....."),
        ("task=task-5", ".....x...."),
        ("account=A", "xxxxx....."),
        ("account=sk-b", ".....xxxxx"),
        ("account=A task=task-5", ".........."),
        ("account=ACCOUNT-B task=task-5", ".....x...."),
        ("nth=2 each=account", ".x....x..."),
        ("times=1 each=account", "x....x...."),
        ("times=1 each=task", "xxxxxxxxxx"),
    ],
)
def test_which_of_ten_requests_are_struck(match: str, struck: str) -> None:
    """Ten queries a second apart, each of another task, the first five of one account, the rest of another."""
    assert NOW == 1_800_000_000 * SECOND
    queries = [
        occasion(now=NOW + number * SECOND, task=f"task-{number}", account="A" if number < 5 else "ACCOUNT-B")
        for number in range(10)
    ]
    assert pattern(f"answer 503 {match}", queries) == struck


@pytest.mark.parametrize(
    ("words", "struck"),
    [
        ("answer 503", "xxx.."),
        ("answer 503 on=create", "x...."),
        ("answer 503 on=createAnything", "x...."),
        ("answer 503 on=createAnotherThing", "....."),
        ("answer 503 on=query,list", ".xx.."),
        ("answer 503 on=getTaskDetail", ".x..."),
        ("answer 503 on=result", "...x."),
        ("delay 1 on=result,callback", "...xx"),
        ("reads behind=1", ".x..."),
        ("reads behind=1 on=list", "..x.."),
        ("limit tasks=2", "x...."),
        ("limit tasks=2 on=query", ".x..."),
        ("limit closed-models", "x...."),
        ("fail=service_error; callback never; link html", "....."),
    ],
)
def test_at_which_operations_a_plan_strikes(words: str, struck: str) -> None:
    """By short name or by id; without a name at each of the API, and not at links and callbacks."""
    assert pattern(words, [occasion(operation) for operation in OPERATIONS]) == struck


@pytest.mark.parametrize(
    ("operation", "short"),
    [
        (CREATE, "create"),
        ("getTaskDetail", "query"),
        ("listTasks", "list"),
        ("batchGetTasks", "batch"),
        ("getCredits", "credits"),
        ("listModels", "models"),
        ("getModel", "models"),
        ("uploadFileUrl", "upload"),
        ("getFilesQuota", "upload"),
        ("result", "result"),
        ("callback", "callback"),
    ],
)
def test_the_short_names(operation: str, short: str) -> None:
    """Each operation has one."""
    assert short_name(operation) == short


BODY = {"prompt": "A cat dances", "duration": 5, "audio": True, "urls": ["a", {"b": None}]}


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"duration": 5}, True),
        ({"duration": 5.0}, True),
        ({"duration": "5"}, False),
        ({"audio": True}, True),
        ({"audio": 1}, False),
        ({"duration": True}, False),
        ({"prompt": Contains("cat")}, True),
        ({"prompt": Contains("dog")}, False),
        ({"duration": Contains("5")}, False),
        ({"prompt": "A cat"}, False),
        ({"urls": ["a", {"b": None}]}, True),
        ({"urls": ["a", {"b": 0}]}, False),
        ({"urls": ["a"]}, False),
        ({"urls.0": "a"}, True),
        ({"urls.1.b": None}, True),
        ({"urls.1.c": None}, False),
        ({"urls.2": None}, False),
        ({"urls.x": None}, False),
        ({"urls.1": {"c": None}}, False),
        ({"prompt.0": "A"}, False),
        ({"duration": 5, "audio": False}, False),
        ({"duration": 5, "audio": True}, True),
    ],
    ids=range(22),
)
def test_what_a_body_must_have(fields: dict[str, Any], *, fits: bool) -> None:
    """Values are compared as JSON; a text can be looked for in another; a request without a body has none of it."""
    book = compile_plans((AnswerPlan(503, match=Match(fields=fields)),), account_of=account_of)
    state = open_state(book, now=NOW)
    assert bool(strike(book, state, occasion(CREATE, body=lambda: BODY)).strikes) is fits
    assert strike(book, state, occasion(CREATE)) is FAITHFUL
    assert strike(book, state, occasion(CREATE, body=lambda: [BODY])) is FAITHFUL


def test_a_body_is_decoded_only_if_a_plan_looks_at_it() -> None:
    """A plan of another operation, task or account does not."""
    book, state = opened("answer 503 on=create account=B fields.a=1; answer 500 on=query fields.a=1")
    looks: list[None] = []
    assert strike(book, state, occasion(CREATE, account="A", body=lambda: looks.append(None))) is FAITHFUL
    assert not looks
    assert strike(book, state, occasion(CREATE, account="B", body=lambda: looks.append(None))) is FAITHFUL
    assert looks == [None]


def test_tasks_can_be_named_by_number() -> None:
    """The number that a create would give, and later the number that the task got; others are not remembered."""
    book, state = opened("answer 503 task=2; answer 500 on=query task=4+")
    seen = []
    for name in ("task-a", "task-b", "task-c", "task-d"):
        seen.append(strike(book, state, occasion(CREATE)).strikes)
        note_task(book, state, name)
    assert seen == [(), ("answer 503",), (), ()]
    assert state.numbers == {"task-b": 2, "task-d": 4}
    queries = [strike(book, state, occasion(task=f"task-{name}")).strikes for name in "abcd"]
    assert queries == [(), ("answer 503",), (), ("answer 500",)]
    assert strike(book, state, occasion("listTasks")) is FAITHFUL
    later = open_state(book, now=NOW, tasks=1)
    assert strike(book, later, occasion(CREATE)).strikes == ("answer 503",)


def test_a_task_that_did_not_come_into_being_has_no_number() -> None:
    """The next one gets it."""
    book, state = opened("answer 503 task=2")
    for name in ("task-a", "task-b"):
        note_task(book, state, name)
    forget_task(state, "task-b")
    assert (state.tasks, state.numbers) == (1, {})
    note_task(book, state, "task-c")
    assert state.numbers == {"task-c": 2}


def test_a_condition_that_was_stored_is_one_again() -> None:
    """A plan that was written by msgspec as it is matches as the one that was read."""
    plan = AnswerPlan(503, match=Match(fields={"prompt": Contains("cat"), "duration": 5}))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=AnswerPlan) == plan
    assert Match(fields={"prompt": {"contains": "cat"}}).fields == {"prompt": Contains("cat")}


def test_of_plans_that_act_on_the_same_the_first_strikes() -> None:
    """The other one is not used up: its turn comes when the first is done."""
    struck = strikes("answer 503 times=1; answer 429 times=2; answer 500", [occasion()] * 5)
    assert struck == [("answer 503",), ("answer 429",), ("answer 429",), ("answer 500",), ("answer 500",)]


def test_plans_of_different_kinds_come_together() -> None:
    """Each says its part of the script; several of one kind too, where they act on different parts."""
    book, state = opened(
        "delay 1; delay 2 in-body pieces=3; delay 9; answer 503 phase=after; head headers.a=1; head headers.A=2;"
        "head status=200; body bom; body set.a=1; body html; framing chunked; disconnect after-response reset;"
        "reads behind=1; reads unknown-for=2; limit tasks=2 on=query; limit closed-models on=query; callback never"
    )
    assert strike(book, state, occasion()) == Script(
        strikes=(
            *("delay 1", "delay 2", "answer 503", "head", "head (3)", "body bom", "body", "framing chunked"),
            *("disconnect after-response", "reads", "reads (2)", "limit", "limit (2)"),
        ),
        closed_models=True,
        most_tasks=2,
        reads=(ReadsPlan(behind=1), ReadsPlan(unknown_for=2)),
        answer=AnswerPlan(503, phase="after"),
        heads=(HeadPlan(headers={"a": ("1",)}), HeadPlan(200)),
        bodies=(BodyPlan("bom"), BodyPlan(set={"a": 1})),
        framing=FramingPlan("chunked"),
        pauses=(Pause("before-work", 1), Pause("in-body", 2, 3)),
        disconnect=DisconnectPlan("after-response", "reset"),
    )


@pytest.mark.parametrize(
    ("words", "works"),
    [
        ("delay 1", True),
        ("answer 503", False),
        ("answer 503 phase=after", True),
        ("disconnect", True),
        ("disconnect phase=before", False),
        ("answer 503 phase=after; disconnect phase=before", False),
        ("answer 503; disconnect", False),
        ("limit requests=1", True),
    ],
)
def test_whether_the_work_is_done(words: str, *, works: bool) -> None:
    """It is, unless an answer or the end of the connection takes its place."""
    book, state = opened(words)
    assert strike(book, state, occasion()).works is works


def test_a_script_knows_its_pauses() -> None:
    """One for each point."""
    script = Script(pauses=(Pause("in-body", 2),))
    assert script.pause("in-body") == Pause("in-body", 2)
    assert script.pause("before-work") is None
    assert FAITHFUL.works
    assert not FAITHFUL.strikes


def test_a_rate_is_kept_for_each_account() -> None:
    """So many at once, then one at a time; who waits as long as told gets through; each account has its own."""
    book, state = opened("limit requests=2 on=query")
    answers = [strike(book, state, occasion(account="A", now=NOW + at * SECOND)).answer for at in (0, 0, 0, 10, 30, 31)]
    refused = [
        AnswerPlan(429, retry_after=("30",)),
        AnswerPlan(429, retry_after=("20",)),
        AnswerPlan(429, retry_after=("29",)),
    ]
    assert answers == [None, None, *refused[:2], None, refused[2]]
    assert strike(book, state, occasion(account="B")) is FAITHFUL
    assert tally(book, state) == (Tally("limit", 7, 3),)
    refusal = strike(book, state, occasion(account="A", now=NOW + 31 * SECOND))
    assert (refusal.works, refusal.strikes) == (False, ("limit",))


def test_an_answer_that_comes_first_takes_nothing_from_the_rate() -> None:
    """The request did not get as far as the limit."""
    book, state = opened("answer 503 times=3; limit requests=1")
    assert [strike(book, state, occasion()).strikes for _ in range(5)] == [("answer 503",)] * 3 + [(), ("limit",)]


def test_names_are_made_different() -> None:
    """By their kind and what they say first, or as they were given."""
    book, state = opened(
        "answer 503 on=list; answer 503; answer 500 name=mine; task stuck=5; fail=service_error; callback never"
    )
    names = ["answer 503", "answer 503 (2)", "mine", "task", "task failed", "callback never"]
    assert [line.name for line in tally(book, state)] == names
    assert strike(book, state, occasion()).strikes == ("answer 503 (2)",)
    assert tally(book, state)[:2] == (Tally("answer 503", 0, 0), Tally("answer 503 (2)", 1, 1))
    assert [line.name for line in unused(book, state)] == ["answer 503", *names[2:]]
    assert len(book) == 6


def test_a_book_holds_no_key() -> None:
    """The plans that it gives back name the account by its id, and compile to the same."""
    book, _ = opened("answer 503 account=sk-secret; answer 500 account=ABC; delay 1")
    assert [plan.match.account for plan in book.plans] == ["ACCOUNT-SECRET", "ABC", None]
    assert "sk-secret" not in repr(list(book))
    assert compile_plans(book.plans, account_of=account_of).plans == book.plans


def test_plans_can_be_added() -> None:
    """The earlier ones go on counting, and keep the instant at which they were set."""
    book, state = opened("answer 503 times=1 after=10; answer 500 nth=2")
    strike(book, state, occasion())
    more = compile_plans((*book.plans, AnswerPlan(418, match=Match(after=10))), account_of=account_of)
    later = open_state(more, now=NOW + 10 * SECOND, earlier=state)
    assert later is state
    seen = [strike(more, state, occasion(now=NOW + at * SECOND)).strikes for at in (10, 10, 20)]
    assert seen == [("answer 503",), (), ("answer 418",)]


def test_a_snapshot_goes_on_from_where_it_was_taken() -> None:
    """All that a universe remembers can be written down in the middle, and goes on from there."""
    words = "limit requests=2; answer 503 chance=50% each=task; reads behind=3 nth=2n each=account task=1+"
    book, state = opened(words)
    turns = [occasion(task=f"task-{number % 3}", account="AB"[number % 2]) for number in range(40)]
    for number in range(3):
        note_task(book, state, f"task-{number}")
    other = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PlanState)
    straight = [strike(book, state, turn) for turn in turns]
    broken = []
    for turn in turns:
        other = msgspec.json.decode(msgspec.json.encode(other), type=PlanState)
        broken.append(strike(book, other, turn))
    assert broken == straight
    assert other == state


def test_own_plans_come_first() -> None:
    """Plans that came with the request strike as they are, and keep others from acting on the same."""
    book, state = opened("answer 503 times=1; delay 1 at=in-head")
    own = read_words("answer 418; delay 2; callback never; fail=service_error; reads behind=5")
    script = strike(book, state, occasion(CREATE), own)
    assert script.strikes == ("answer 418", "delay 2", "delay 1")
    assert script.answer == AnswerPlan(418)
    assert tally(book, state)[0].struck == 0
    assert strike(book, state, occasion(), own).reads == (ReadsPlan(behind=5),)
    assert strike(*opened(""), occasion(CREATE), read_words("fail=service_error")) is FAITHFUL
    assert strike(*opened(""), occasion("result"), own).strikes == ("answer 418", "delay 2")


def test_of_own_plans_that_act_on_the_same_the_first_strikes() -> None:
    """As of a key's, and then of a header's."""
    book, state = opened("")
    assert strike(book, state, occasion(), read_words("answer 418; answer 503; delay 1")).strikes == (
        "answer 418",
        "delay 1",
    )


def test_what_is_planned_for_a_new_task() -> None:
    """Plans for tasks strike when one is made, not when it is asked for; own ones come first."""
    book, state = opened("fail=service_error nth=2n; callback never; answer 503; link html; link slow; task shows.id=x")
    assert strike(book, state, occasion(CREATE)).strikes == ("answer 503",)
    first = strike_task(book, state, occasion(CREATE))
    names = ("callback never", "link html", "link slow", "task")
    assert (first.strikes, first.plans) == (names, tuple(book.plans[index] for index in (1, 3, 4, 5)))
    own: tuple[Plan, ...] = (CallbackPlan("twice"), ReadsPlan(behind=3), AnswerPlan(418), LinkPlan("html"))
    second = strike_task(book, state, occasion(CREATE), own)
    assert second.strikes == ("callback twice", "reads", "link html", "task failed", "link slow", "task")
    assert AnswerPlan(418) not in second.plans
    assert strike_task(book, state, occasion(CREATE)).strikes == names


def test_a_task_that_did_not_come_into_being_is_not_counted() -> None:
    """A create that was refused, or seen before, takes no plan from the one that comes."""
    book, state = opened("fail=service_error nth=2; callback never times=1 each=account; link html account=B")
    strike_task(book, state, occasion(CREATE, account="A"))
    before = msgspec.json.encode(state)
    refused = strike_task(book, state, occasion(CREATE, account="A"))
    assert refused.strikes == ("task failed",)
    forgive(refused)
    assert msgspec.json.encode(state) == before
    assert strike_task(book, state, occasion(CREATE, account="A")).strikes == ("task failed",)
    twin = strike_task(book, state, occasion(CREATE, account="B"))
    assert twin.strikes == ("callback never", "link html")
    forgive(twin)
    assert strike_task(book, state, occasion(CREATE, account="B")).strikes == twin.strikes


def test_a_jitter_is_drawn() -> None:
    """A delay is longer by chance, never by more than that, and the same in every run; own delays too."""
    for words, own in (("delay 1 jitter=500ms", ""), ("", "delay 1 jitter=500ms")):
        runs = []
        for _ in range(2):
            book, state = opened(words)
            scripts = [strike(book, state, occasion(), read_words(own)) for _ in range(50)]
            runs.append([script.pauses[0].seconds for script in scripts])
        assert runs[0] == runs[1]
        assert len(set(runs[0])) > 40
        assert 1 <= min(runs[0]) < 1.1
        assert 1.4 < max(runs[0]) <= 1.5


def test_chance_follows_the_seed() -> None:
    """One seed gives one run; another gives another; about as many strike as were asked for."""

    def run(seed: bytes) -> str:
        return pattern(
            "answer 503 chance=30%",
            [occasion(dice=lambda purpose, count: CountedDice(seed, purpose, count)) for _ in range(400)],
        )

    assert run(b"one") == run(b"one")
    assert run(b"one") != run(b"two")
    assert 90 <= run(b"one").count("x") <= 150


matches = st.builds(
    Match,
    operation=st.lists(st.sampled_from(["create", "query", "listTasks", CREATE]), max_size=2).map(tuple),
    task=st.sampled_from([None, None, "task-0", "task-1", "1", "2+", "2n"]),
    account=st.sampled_from([None, None, "A", "sk-b"]),
    fields=st.sampled_from([{}, {}, {"a": 1}, {"a": Contains("x")}]),
    after=st.sampled_from([None, None, 2.0]),
    before=st.sampled_from([None, None, 6.0]),
    nth=st.sampled_from([None, None, "2", "1-3", "2+", "3n"]),
    each=st.sampled_from([None, "task", "account"]),
    chance=st.sampled_from([1, 1, 0.5]),
)
plans = st.lists(
    st.builds(AnswerPlan, st.integers(500, 502), match=matches, times=st.sampled_from([None, 1, 3]))
    | st.builds(DelayPlan, st.just(1.0), st.sampled_from(["in-head", "in-body"]), match=matches, times=st.none()),
    max_size=5,
).map(tuple)
turns: st.SearchStrategy[Any] = st.lists(
    st.tuples(
        st.sampled_from([CREATE, "getTaskDetail", "listTasks"]),
        st.sampled_from([None, "task-0", "task-1", "task-2"]),
        st.sampled_from(["A", "ACCOUNT-B"]),
        st.integers(0, 8),
        st.sampled_from([None, {"a": 1}, {"a": "xy"}, []]),
    ),
    max_size=20,
)


def chance(purpose: str, number: int) -> float:
    """Draw the chance of a request: dice are for eight of them, one after the other."""
    drawn = dice(purpose, number // 8)
    return [drawn.between(1, 1_000_000_000) for _ in range(8)][number % 8] / 1_000_000_000


def number_fits(said: str, number: int) -> bool:
    """Tell whether a number is among those that a text means, by its words."""
    first, last, kind = re.fullmatch(r"(\d+)-?(\d*)([+n]?)", said).groups()  # type: ignore[union-attr] # it is one
    if kind == "n":
        return number % int(first) == 0
    return number >= int(first) if kind else int(first) <= number <= int(last or first)


class Naive:
    """Goes through all plans for each request, in the words of the documentation."""

    def __init__(self, drawn: tuple[Plan, ...]) -> None:
        self._plans = drawn
        self.matched: Counter[tuple[int, str]] = Counter()
        self.struck: Counter[tuple[int, str]] = Counter()

    def strike(self, turn: Occasion) -> list[int]:
        """Return which plans strike."""
        found: list[int] = []
        for index, plan in enumerate(self._plans):
            match, subject = plan.match, ""
            if not self._fits(match, turn):
                continue
            if match.each:
                subject = (turn.task if match.each == "task" else turn.account) or ""
            self.matched[index, subject] += 1
            number = self.matched[index, subject]
            purpose = f"plan {index} {subject}" if match.each else f"plan {index}"
            if (
                (match.nth is None or number_fits(match.nth, number))
                and (plan.times is None or self.struck[index, subject] < plan.times)
                and not any(self._plans[other].slots() & plan.slots() for other in found)
                and chance(purpose, number) <= match.chance
            ):
                self.struck[index, subject] += 1
                found.append(index)
        return found

    def _fits(self, match: Match, turn: Occasion) -> bool:
        names = match.operation or ("create", "query", "list")
        number = {"task-0": 1, "task-1": 2, "task-2": 3, None: 4 if turn.operation == CREATE else 0}[turn.task]
        after = ((turn.now - NOW) / SECOND) if match.after or match.before else 0
        return (
            (turn.operation in names or short_name(turn.operation) in names)
            and (
                match.task is None
                or turn.task == match.task
                or (not match.task.startswith("task") and number_fits(match.task, number) and number > 0)
            )
            and (match.account is None or turn.account == (match.account if match.account == "A" else "ACCOUNT-B"))
            and (match.after is None or after >= match.after)  # type: ignore[operator] # drawn as a number
            and (match.before is None or after < match.before)  # type: ignore[operator] # the same
            and all(self._field_fits(wanted, find_value(turn.body(), path)) for path, wanted in match.fields.items())
        )

    def _field_fits(self, wanted: object, found: object) -> bool:
        if isinstance(wanted, Contains):
            return isinstance(found, str) and wanted.contains in found
        return found is not MISSING and json_equal(wanted, found)


@given(plans, turns)
def test_plans_strike_as_if_each_were_looked_at(drawn: tuple[Plan, ...], drawn_turns: list[Any]) -> None:
    """The index, the counts and the scripts agree with the naive way; none strikes more often than it may."""
    book = compile_plans(drawn, account_of=account_of)
    state, naive = open_state(book, now=NOW), Naive(drawn)
    for number in range(3):
        note_task(book, state, f"task-{number}")
    names = [ready.name for ready in book]
    for operation, task, account, second, body in drawn_turns:
        turn = occasion(
            operation, task=task, account=account, now=NOW + second * SECOND, body=lambda document=body: document
        )
        assert strike(book, state, turn).strikes == tuple(names[index] for index in naive.strike(turn))
    for index, line in enumerate(tally(book, state)):
        assert line.matched == sum(count for (plan, _), count in naive.matched.items() if plan == index)
        assert line.struck == sum(count for (plan, _), count in naive.struck.items() if plan == index)
    for (index, _), count in naive.struck.items():
        most = drawn[index].times
        assert most is None or count <= most


def test_a_thousand_plans_can_be_set() -> None:
    """A request sees only those of its task and account, in order among those for all."""
    words = [f"answer {400 + number % 100} task=task-{number}" for number in range(500)]
    words += [f"delay {number} account=A{number}" for number in range(499)]
    book, state = opened("; ".join([*words, "head status=200"]))
    script = strike(book, state, occasion(task="task-7", account="A9"))
    assert script.strikes == ("answer 407", "delay 9", "head")
    assert len(book.find("getTaskDetail", "task-7", "A9", creation=False)) == 3
    assert [line.matched for line in tally(book, state)].count(1) == 3


def test_limits_for_one_request() -> None:
    """A request can bring a limit that is not a rate."""
    plan = LimitPlan(tasks=0)
    assert strike(*opened(""), occasion(CREATE), (plan,)).most_tasks == 0
    assert strike_task(*opened(""), occasion(CREATE), (plan, TaskPlan(stuck=1))).plans == (TaskPlan(stuck=1),)
