// One loop that follows a task to its end.

import { call, mayPass } from "./calling.mjs";
import { readTask } from "./reading.mjs";
import { luck, pause, retryAfter, sleep } from "./waiting.mjs";

const [FIRST, GROWTH, RAREST] = [4, 1.3, 20];
const [NEW, MOST_EMPTY] = [30, 3];

// Asks for a task once; returns it, and for how many seconds the answer says to wait.
export async function look(api, id) {
  const { body, answer } = await call(api, `/v1/tasks/${encodeURIComponent(id)}`);
  return { task: readTask(body), told: retryAfter(answer) === null ? null : pause(0, answer) };
}

// Polls a task until it is completed, and returns it with its results.
export async function follow(api, task, { deadline = 3600 } = {}) {
  const began = performance.now();
  const age = () => (performance.now() - began) / 1000;
  let [interval, told, empty] = [FIRST, null, 0];
  while (!task.ended || (task.status === "completed" && !task.results.length && empty < MOST_EMPTY)) {
    if (age() > deadline) throw new Error(`${task.id} is still ${task.status} after ${deadline} s: ask for it later`);
    await sleep(told ?? interval * luck(0.8, 1.2));
    interval = Math.min(interval * GROWTH, RAREST);
    try {
      ({ task, told } = await look(api, task.id));
    } catch (error) {
      const isNew = error.status === 404 && age() < NEW;
      if (!isNew && !mayPass(error)) throw error;
    }
    empty += task.ended ? 1 : 0;
  }
  if (!task.results.length) throw new Error(`${task.id} is ${task.status}: ${task.error || "no results"}`);
  return task;
}
