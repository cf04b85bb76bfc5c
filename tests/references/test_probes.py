"""Contents are looked at once each."""

from pathlib import Path

import httpx2
import pytest

from mock_server.media.probe import Probe, ProbeError
from mock_server.media.probes import Probes
from mock_server.media.studio import Studio
from tests.files.uploading import stored
from tests.references.videos import counted, video

pytestmark = pytest.mark.anyio


class Watched(Studio):
    """A studio that notes what it is asked, and knows only videos that are called so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def probe(self, path: Path) -> Probe:
        """Note, and make something up."""
        self.asked.append(path.name)
        if path.name == "text":
            raise ProbeError("is no video")
        return Probe(
            container="mp4",
            length=len(self.asked),
            width=1,
            height=1,
            frame_rate=30.0,
            codec="h264",
            has_audio=False,
            size=1,
        )


async def test_a_content_is_looked_at_once() -> None:
    """As long as it is remembered; the first gives way, and what cannot be read is not remembered."""
    studio = Watched()
    probes = Probes(studio, most=2)
    for digest in ("a", "b", "a", "b", "c", "b", "c", "a"):
        await probes.probe(digest, Path(digest))
    assert studio.asked == ["a", "b", "c", "a"]
    for _ in range(2):
        with pytest.raises(ProbeError):
            await probes.probe("text", Path("text"))
    assert studio.asked[4:] == ["text", "text"]


async def test_the_same_file_again_costs_nothing(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is called, and whoever asks."""
    asked = []
    probe = Studio.probe

    async def noted(studio: Studio, path: Path) -> Probe:
        asked.append(path.name)
        return await probe(studio, path)

    monkeypatch.setattr(Studio, "probe", noted)
    links = [(await stored(client, video(), file_name=name))["file_url"] for name in ("a.mp4", "b.mp4")]
    for link in [*links, *links]:
        assert await counted(client, link) == 3
    assert len(asked) == 1
