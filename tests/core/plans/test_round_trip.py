import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import Plan, PlanError, read_json, read_plans, read_yaml, write_plans
from tests.core.plans.conftest import drawn_plans, readable

pytestmark = pytest.mark.uncounted

plans = st.lists(drawn_plans().map(readable), max_size=3).map(tuple)


@given(plans)
def test_what_is_written_reads_as_the_same(drawn: tuple[Plan, ...]) -> None:
    """As values, as JSON and as YAML."""
    written = write_plans(drawn)
    assert read_plans(written) == drawn
    assert read_json(json.dumps(written)) == drawn
    assert read_yaml(msgspec.yaml.encode(written)) == drawn


@given(plans)
def test_nothing_can_be_left_out(drawn: tuple[Plan, ...]) -> None:
    """A plan without one of the members that were written is another one, or none."""
    for plan, written in zip(drawn, write_plans(drawn), strict=True):
        for name in written:
            shorter = {member: value for member, value in written.items() if member != name}
            try:
                assert read_plans(shorter) != (plan,)
            except PlanError:
                continue


@given(plans)
def test_writing_again_changes_nothing(drawn: tuple[Plan, ...]) -> None:
    """What was read is written as it was."""
    written = write_plans(drawn)
    assert write_plans(read_plans(written)) == written
