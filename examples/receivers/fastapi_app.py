"""A receiver of callbacks in FastAPI that does it right.

    EVOLINK_API_KEY=... uvicorn fastapi_app:app --port 3000

1. Answer 2xx at once: the service waits ten seconds and tries four times in all. The work comes after the answer.
2. Believe nothing but the task's id. Callbacks are not signed, so anybody can send one; the API says what happened.
3. Act once for each task. A callback comes again whenever the service did not see the answer to it.
4. Pass over what is new: fields and statuses that this program does not know.

A callback is only the fast way to hear of a task's end. What is missed, in a restart or while the API cannot be asked,
is found by looking from time to time at the tasks that have not ended yet.
"""

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, Field


class Callback(BaseModel):
    """All that is taken from a callback. Whatever else is in it is passed over."""

    id: str = Field(pattern=r"^task-unified-[0-9]+-[a-z0-9]+$")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database and the way to the API."""
    app.state.database = sqlite3.connect(os.environ.get("RECEIVER_DATABASE", "receiver.db"))
    app.state.database.execute("CREATE TABLE IF NOT EXISTS ended (task_id TEXT PRIMARY KEY)")
    url = os.environ.get("EVOLINK_BASE_URL", "https://api.evolink.ai")
    headers = {"authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers) as app.state.api:
        yield
    app.state.database.close()


app = FastAPI(lifespan=lifespan)


@app.post("/evolink", status_code=204)
async def receive(callback: Callback, background: BackgroundTasks) -> None:
    """Take note of a callback, and answer before anything is done about it."""
    background.add_task(settle, callback.id)


async def settle(task_id: str) -> None:
    """Ask the API how the task stands, and act on that."""
    answer = await app.state.api.get(f"/v1/tasks/{task_id}")
    if answer.status_code in {403, 404}:
        return  # no task of ours: somebody made this up
    answer.raise_for_status()
    task = answer.json()
    if task["status"] in {"completed", "failed", "cancelled"} and is_first(app.state.database, task_id):
        act(task)


def is_first(database: sqlite3.Connection, task_id: str) -> bool:
    """Tell whether this task ends for the first time. The key of the table decides, also between several processes."""
    with database:
        return database.execute("INSERT OR IGNORE INTO ended VALUES (?)", [task_id]).rowcount == 1


def act(task: dict[str, Any]) -> None:
    """Do what the end of a task means to you. Here it is printed."""
    print(task["id"], task["status"], *task.get("results") or [], flush=True)
