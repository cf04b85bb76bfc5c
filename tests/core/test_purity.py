import re
from importlib.resources import files

import pytest

SOURCES = {
    source.name: source.read_text("utf-8")
    for source in files("mock_server.core").iterdir()
    if source.name.endswith(".py")
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_core_names_no_model(name: str) -> None:
    """What belongs to one model is in its file; the rules know none by name."""
    assert not re.search(r"wan2|seedance|kling", SOURCES[name], re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_core_never_asks_what_time_it_is(name: str) -> None:
    """The time comes in as an argument: nothing that would read a clock is called."""
    assert not re.search(r"datetime\.now|\.today\(|utcnow|time\.time|perf_counter|monotonic", SOURCES[name])


def test_the_core_is_there_to_be_read() -> None:
    """The two tests above read every module of the core."""
    assert {"billing.py", "ids.py", "timeline.py", "views.py"} <= set(SOURCES)
