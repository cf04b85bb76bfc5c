"""Results: clips, images and sounds rendered for tasks, and what can be told of files: the extra `media` (PyAV).

- `Studio` renders a `Picture`, examines a file (`Probe`) and draws contact sheets, in processes of its own.
- Without the extra `available` is false, and `MISSING` says what to do about it; a `Studio` can still examine files.

Only those processes import PyAV: a server starts as fast with it as without.
"""

from mock_server.media.picture import FRAME_RATE, SUFFIXES, Kind, Picture
from mock_server.media.probe import Probe, ProbeError
from mock_server.media.shelf import Video
from mock_server.media.studio import MISSING, MediaMissing, RenderError, Studio, available

__all__ = [
    "FRAME_RATE",
    "MISSING",
    "SUFFIXES",
    "Kind",
    "MediaMissing",
    "Picture",
    "Probe",
    "ProbeError",
    "RenderError",
    "Studio",
    "Video",
    "available",
]
