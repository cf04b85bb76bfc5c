"""Results: clips, images and sounds rendered for tasks, and what can be told of files: the extra `media` (PyAV).

- `studio.Studio` renders a `picture.Picture`, examines a file (`probe.Probe`) and draws contact sheets, in processes of
  its own.
- Without the extra `studio.available` is false, and `studio.MISSING` says what to do about it; a `Studio` can still
  examine files.

Only those processes import PyAV, and nothing of the server: both start as fast as they can.
"""
