"""What every test of the project starts from, the examples included."""

import gc
import os
from collections.abc import Generator

import pytest
from coverage import Coverage
from hypothesis import Phase, settings

settings.register_profile("evolink", deadline=None)  # how long an example takes is no test: machines are busy
settings.register_profile(  # a mutant is to be told from the code by the same few examples each time
    "mutants", deadline=None, derandomize=True, database=None, max_examples=25, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("evolink")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run coroutines on asyncio."""
    return "asyncio"


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Return three workers for two processors: tests wait for programs that they started."""
    return (yield) * 3 // 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what is counted first, and in both parts what is slow: nobody waits for it at the end."""
    items.sort(key=lambda item: (is_uncounted(item), item.get_closest_marker("slow") is None))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Count nothing any more, here or in programs that are started, once a test comes that is not counted."""
    if is_uncounted(item):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
        counting = Coverage.current()
        if counting is not None:
            counting.stop()


def is_uncounted(item: pytest.Item) -> bool:
    """Tell whether every line is reached without a test."""
    return item.get_closest_marker("uncounted") is not None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is collected, then or later: it is much, and it stays; and seldom in the rest."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()
