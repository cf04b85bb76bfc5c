"""Libraries that are waited for: opened at once or on import, closed together, and imported as ever."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from contracts.drive.libraries import Libraries

NAMES = ("evolink_first", "evolink_second")

Follow = Callable[[str], Callable[[ModuleType], AbstractContextManager[None]]]


@pytest.fixture(autouse=True)
def _libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two libraries that nobody has imported."""
    for name in NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("LOADER = __spec__.loader, __loader__\nCOMPLETE = True\n", "utf-8")
        (tmp_path / name / "data.txt").write_text(name, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture
def happened() -> list[str]:
    """What was opened and closed."""
    return []


@pytest.fixture
def follow(happened: list[str]) -> Follow:
    """How to note what happens to libraries."""

    def follow(who: str) -> Callable[[ModuleType], AbstractContextManager[None]]:
        @contextmanager
        def opening(library: ModuleType) -> Iterator[None]:
            assert library.COMPLETE
            happened.append(f"{who} opens {library.__name__}")
            yield
            happened.append(f"{who} closes {library.__name__}")

        return opening

    return follow


def test_now_or_later(happened: list[str], follow: Follow) -> None:
    """What is there is opened at once, in the order given; what is not when it is imported, and only once."""
    import_module(NAMES[1])
    with Libraries(dict.fromkeys(NAMES, follow("it"))):
        assert happened == ["it opens evolink_second"]
        first = import_module(NAMES[0])
        importlib.reload(first)
        assert happened == ["it opens evolink_second", "it opens evolink_first"]
    assert happened[2:] == ["it closes evolink_first", "it closes evolink_second"]


def test_never(happened: list[str], follow: Follow) -> None:
    """What is imported afterwards is not opened, even if it was found before; nothing is left behind."""
    before = sys.meta_path.copy()
    with Libraries(dict.fromkeys(NAMES, follow("it"))):
        assert sys.meta_path[1:] == before
        spec = importlib.util.find_spec(NAMES[0])
    assert sys.meta_path == before
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    import_module(NAMES[1])
    assert happened == []


def test_one_within_another(happened: list[str], follow: Follow) -> None:
    """Who waits longest is first, and closes last."""
    with Libraries({NAMES[0]: follow("outer")}), Libraries({NAMES[0]: follow("inner")}):
        import_module(NAMES[0])
    assert happened == [f"{who} {NAMES[0]}" for who in ("outer opens", "inner opens", "inner closes", "outer closes")]


def test_a_library_is_as_ever(follow: Follow) -> None:
    """It has its own loader, also while it is loaded, and what is in its folder; its source can be had before."""
    with Libraries({NAMES[0]: follow("it")}):
        spec = importlib.util.find_spec(NAMES[0])
        assert spec is not None
        assert spec.loader is not None
        assert spec.loader.get_source(NAMES[0]).endswith("COMPLETE = True\n")  # type: ignore[attr-defined]
        module = import_module(NAMES[0])
        assert type(module.__loader__) is SourceFileLoader
        assert [*module.LOADER] == [module.__loader__] * 2
        assert module.__spec__ is not None
        assert module.__spec__.loader is module.__loader__
        assert files(NAMES[0]).joinpath("data.txt").read_text("utf-8") == NAMES[0]


def test_a_library_that_is_not_there(happened: list[str], follow: Follow, tmp_path: Path) -> None:
    """It is missed in the way of Python; a folder of its name that has no code in it is none either."""
    (tmp_path / "evolink_folder").mkdir()
    with Libraries(dict.fromkeys(["evolink_missing", "evolink_folder"], follow("it"))):
        with pytest.raises(ModuleNotFoundError, match="No module named 'evolink_missing'"):
            import_module("evolink_missing")
        assert import_module("evolink_folder").__file__ is None
    del sys.modules["evolink_folder"]
    assert happened == []


def test_a_library_that_cannot_be_opened(happened: list[str], follow: Follow) -> None:
    """Whoever opens it learns why, and what was opened before is closed."""

    def refuse(library: ModuleType) -> AbstractContextManager[None]:
        raise LookupError(library.__name__)

    before = sys.meta_path.copy()
    for name in NAMES:
        import_module(name)
    with (
        pytest.raises(LookupError, match=NAMES[1]),
        Libraries({NAMES[0]: follow("it"), NAMES[1]: refuse}),
    ):
        pass
    assert happened == ["it opens evolink_first", "it closes evolink_first"]
    assert sys.meta_path == before


def test_on_any_thread(happened: list[str], follow: Follow) -> None:
    """However many import a library at once, it is opened once."""
    with Libraries({NAMES[0]: follow("it")}), ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(import_module, [NAMES[0]] * 16))) == 1
    assert happened == ["it opens evolink_first", "it closes evolink_first"]
