"""Logs that can be shown to anybody: no key, and of a prompt only how long it is."""

import logging

from .reading import Task

log = logging.getLogger("video-shop")
logging.getLogger("httpx").setLevel(logging.WARNING)


def log_create(task: Task, prompt: str) -> None:
    """Note that a task was created."""
    log.info("created %s, by a prompt of %d characters", task.id, len(prompt))
