"""What every test of the project starts from, the examples included."""

import gc
from collections.abc import Generator

import pytest
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
    """Begin with what is slow, in whatever order the rest is: nobody waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


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
