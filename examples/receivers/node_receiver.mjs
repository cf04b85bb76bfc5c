// A receiver of callbacks in Node 18 or later that does it right, without any dependency.
//
//     EVOLINK_API_KEY=... PORT=3000 node node_receiver.mjs
//
// 1. Answer 2xx at once: the service waits ten seconds and tries four times in all. The work comes after the answer.
// 2. Believe nothing but the task's id. Callbacks are not signed, so anybody can send one; the API says what happened.
// 3. Act once for each task. A callback comes again whenever the service did not see the answer to it.
// 4. Pass over what is new: fields and statuses that this program does not know.
//
// A callback is only the fast way to hear of a task's end. What is missed, in a restart or while the API cannot be
// asked, is found by looking from time to time at the tasks that have not ended yet.

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const API = process.env.EVOLINK_BASE_URL ?? "https://api.evolink.ai";
const ENDED = process.env.RECEIVER_FOLDER ?? "ended";
const TASK_ID = /^task-unified-[0-9]+-[a-z0-9]+$/;
const LONGEST_CALLBACK = 1_000_000;

const server = createServer(async (request, response) => {
  if (request.method !== "POST" || request.url !== "/evolink") return response.writeHead(404).end();
  const taskId = await readTaskId(request);
  if (taskId === undefined) return response.writeHead(400).end();
  response.writeHead(204).end();
  settle(taskId).catch((error) => console.error(error));
});

// Returns the id of the task that a callback is about; undefined if it is about none.
async function readTaskId(request) {
  try {
    let text = "";
    for await (const piece of request.setEncoding("utf8")) {
      text += piece;
      if (text.length > LONGEST_CALLBACK) return undefined;
    }
    const id = JSON.parse(text)?.id;
    return typeof id === "string" && TASK_ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

// Asks the API how the task stands, and acts on that.
async function settle(taskId) {
  const headers = { authorization: `Bearer ${process.env.EVOLINK_API_KEY}` };
  const answer = await fetch(`${API}/v1/tasks/${taskId}`, { headers });
  if (answer.status === 403 || answer.status === 404) return; // no task of ours: somebody made this up
  if (!answer.ok) throw new Error(`the API answered ${answer.status} for ${taskId}`);
  const task = await answer.json();
  if (["completed", "failed", "cancelled"].includes(task.status) && isFirst(taskId)) act(task);
}

// Tells whether this task ends for the first time. A file can be created once only; so can a row with a unique key.
function isFirst(taskId) {
  try {
    writeFileSync(join(ENDED, taskId), "", { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

// Does what the end of a task means to you. Here it is printed.
function act(task) {
  console.log(task.id, task.status, ...(task.results ?? []));
}

mkdirSync(ENDED, { recursive: true });
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.error(`listening on http://127.0.0.1:${server.address().port}`);
});
