// A create that is paid for once, whatever happens to its answer.

import { call, mayPass } from "./calling.mjs";
import { readTask } from "./reading.mjs";

// Asks for one video. `key` is the idempotency key: randomUUID(), made once where the video is wanted, and kept with
// the order. `known` has the ids of the tasks that were created before.
export async function create(api, body, { key, known = [] }) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  try {
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    return readTask((await call(api, "/v1/videos/generations", request)).body);
  } catch (error) {
    if (error.status === 409) return findNew(api, known);
    if (!mayPass(error) || error instanceof RangeError) throw error;
    throw new Error(`the task may have been created: look for it in the list. ${error.message}`, { cause: error });
  }
}

// Returns the newest task that nobody knows of: the one that an answer was lost of.
async function findNew(api, known) {
  const { body } = await call(api, "/v1/tasks");
  const found = body.data.map(readTask).find((task) => !known.includes(task.id));
  if (found === undefined) throw new Error("the key has been used, and no new task is in the list");
  return found;
}
