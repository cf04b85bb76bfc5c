"""Whatever a server answers, a rule says what it thinks of it, and does not fail itself."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.invariants import RULES
from contracts.verdict import judge
from tests.invariants.stories import CAT, FIRST, HOOK, LINK, OTHER, Story, row, shown, wanted

pytestmark = pytest.mark.uncounted

scalars = (
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
)
whole = {**shown(CAT, "completed"), **row(status="failed")}


def bodies(usual: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return bodies that are nearly as they should be: a value here and there is anything."""
    fields = [*usual, "has_results", "error", "results", "result_data", "video_duration", "credits_used"]
    nested = st.sampled_from(["usage", "billing", "task_info", "error"]).flatmap(
        lambda name: st.dictionaries(
            st.sampled_from(
                ["credits_reserved", "charge_status", "refund_status", "can_cancel", "estimated_time", "code"]
            ),
            values,
            max_size=3,
        ).map(lambda inner: {name: inner})
    )
    changes = st.dictionaries(st.sampled_from(fields), values, max_size=3)
    return st.builds(lambda one, other: {**usual, **one, **other}, changes, nested | st.just({})) | values


headers = st.dictionaries(
    st.sampled_from(
        ["retry-after", "date", "allow", "content-range", "content-type", "idempotency-replayed", "location"]
    ),
    st.sampled_from(["", "0", "9" * 400, "true", "Sun, 06 Nov 0001 08:49:37 GMT", "bytes 0-1/2", "http://[", "\u0663"]),
)
statuses = st.sampled_from([200, 201, 204, 206, 302, 304, 400, 401, 402, 404, 405, 409, 413, 416, 429, 500, 503])
requests = st.fixed_dictionaries({}, optional=dict.fromkeys(wanted(), values)) | values


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_rule_fails(data: st.DataObject) -> None:
    """Answers, requests, headers and callbacks of any shape."""
    story = Story(media={LINK: 5.0}, pace=data.draw(st.sampled_from([0, 1.0, 60.0])))
    story.create(asked={"callback_url": HOOK}, again="k")
    for _ in range(data.draw(st.integers(1, 6))):
        facts: dict[str, Any] = {
            "status": data.draw(statuses),
            "told": data.draw(headers),
            "key": data.draw(st.sampled_from([FIRST, OTHER, None])),
        }
        path = data.draw(
            st.sampled_from(["/v1/videos/generations", "/v1/tasks/batch", "/v1/tasks", f"/v1/tasks/{CAT}"])
        )
        method = "POST" if path.endswith(("generations", "batch")) else "GET"
        answer = data.draw(bodies(whole) | st.lists(bodies(whole), max_size=2).map(lambda rows: {"data": rows}))
        story.ask(method, path, sent=data.draw(requests), answer=answer, **facts)
        odd = data.draw(
            st.sampled_from(["/v1/credits", "/api/v1/files/list", "/v1/models", "/v1/nowhere?page_size=x", LINK])
        )
        story.ask(data.draw(st.sampled_from(["GET", "HEAD", "PUT"])), odd, answer=data.draw(values), **facts)
        story.hear(data.draw(bodies(shown(CAT, "completed"))), status=facts["status"], told=facts["told"])
        story.event(data.draw(st.sampled_from(["clock", "hand", "restart", "stall"])), data.draw(st.floats(0, 100)))
    assert {each.rule.id: each.error for each in judge(RULES, story.record).outcomes if each.error} == {}
