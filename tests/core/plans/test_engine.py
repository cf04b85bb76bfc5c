import msgspec
import pytest

from mock_server.core.ids import CountedDice
from mock_server.core.plans import (
    FAITHFUL,
    AnswerPlan,
    BodyPlan,
    CallbackPlan,
    DisconnectPlan,
    FramingPlan,
    HeadPlan,
    LimitPlan,
    LinkPlan,
    Match,
    Pause,
    Plan,
    PlanState,
    ReadsPlan,
    Script,
    Tally,
    TaskPlan,
    compile_plans,
    forgive,
    note_task,
    open_state,
    read_words,
    strike,
    strike_task,
    tally,
    unused,
)
from mock_server.core.types import SECOND
from tests.core.plans.books import CREATE, opened, pattern, strikes
from tests.core.plans.conftest import NOW, account_of, occasion


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
    """A request can bring a limit that is not a rate; it strikes where it can be felt."""
    plan = LimitPlan(tasks=0)
    assert strike(*opened(""), occasion(CREATE), (plan,)).most_tasks == 0
    assert strike(*opened(""), occasion("getTaskDetail"), (plan,)) is FAITHFUL
    assert strike_task(*opened(""), occasion(CREATE), (plan, TaskPlan(stuck=1))).plans == (TaskPlan(stuck=1),)
