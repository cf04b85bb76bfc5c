"""What videos are, looked up once for each content: the same content is the same video, whatever it is called."""

from pathlib import Path
from typing import Final

from mock_server.media.probe import Probe
from mock_server.media.studio import Studio

MOST_PROBES: Final = 1_024
"""How many contents are remembered unless another number is given."""


class Probes:
    """Tells what videos are, and remembers it.

    Args:
        studio: Who looks.
        most: How many contents are remembered; the ones that were looked at first give way.
    """

    def __init__(self, studio: Studio, *, most: int = MOST_PROBES) -> None:
        self._studio = studio
        self._most = most
        self._known: dict[str, Probe] = {}

    async def probe(self, digest: str, path: Path) -> Probe:
        """Return what a content is, by its digest, or by looking at the file that has it.

        Raises:
            ProbeError: It is no video that can be read. That is not remembered: it may be for want of time.
        """
        known = self._known.get(digest)
        if known is None:
            known = await self._studio.probe(path)
            self._known[digest] = known
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
        return known
