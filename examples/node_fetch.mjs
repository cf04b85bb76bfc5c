// Make a video with Node's own fetch (18 or later): create a task, follow it to its end, download the result.
//
//     EVOLINK_API_KEY=sk-... node node_fetch.mjs [FILE]
//
// Against a simulator: EVOLINK_BASE_URL=http://127.0.0.1:8765 EVOLINK_API_KEY=sk-mock-default EVOLINK_POLL_SECONDS=1

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const BASE_URL = process.env.EVOLINK_BASE_URL ?? "https://api.evolink.ai";
const API_KEY = process.env.EVOLINK_API_KEY;
const REQUEST = {
  model: "wan2.6-reference-video-flash",
  prompt: "character1 dances on a roof at dusk",
  video_urls: ["https://example.com/dancer.mp4"],
  duration: 5,
};
const POLL_SECONDS = Number(process.env.EVOLINK_POLL_SECONDS ?? 8);
const DEADLINE_SECONDS = 15 * 60;
const TRIES = 4;
const MAY_PASS = new Set([429, 500, 502, 503, 504]);

async function main() {
  if (!API_KEY) throw new Error("set EVOLINK_API_KEY to your key");
  const target = process.argv[2] ?? "video.mp4";
  // One key for one wish: however often the request is sent, one task is created and paid for.
  const once = { "Idempotency-Key": randomUUID(), "Content-Type": "application/json" };
  const created = await call("POST", "/v1/videos/generations", once, JSON.stringify(REQUEST));
  console.log("created", created.id);
  const task = await follow(created.id);
  if (task.status !== "completed") throw new Error(`${task.status}: ${task.error.code}: ${task.error.message}`);
  console.log("result", task.results[0]);
  await download(task.results[0], target);
  console.log("saved", target);
}

// Ask for a task until it has ended.
async function follow(id) {
  const deadline = performance.now() + DEADLINE_SECONDS * 1000;
  for (;;) {
    const task = await call("GET", `/v1/tasks/${id}`);
    if (task.status !== "pending" && task.status !== "processing") return task;
    if (performance.now() > deadline) {
      throw new Error(`${id} is still ${task.status} at ${task.progress} %; ask again later`);
    }
    console.log(`${task.status} ${task.progress} %`);
    await sleep(POLL_SECONDS * 1000);
  }
}

// Send a request, and again what may pass; any other error is thrown in the API's own words.
async function call(method, path, headers = {}, body = undefined) {
  let problem;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    let pause = 2 ** attempt;
    try {
      const response = await fetch(BASE_URL + path, {
        method,
        headers: { Authorization: `Bearer ${API_KEY}`, ...headers },
        body,
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      problem = explain(response.status, text);
      if (!MAY_PASS.has(response.status)) break;
      pause = pauseSeconds(response, attempt);
    } catch (error) {
      problem = `no answer: ${error.cause ?? error}`;
    }
    if (attempt < TRIES) await sleep(pause * 1000);
  }
  throw new Error(`${method} ${path}: ${problem}`);
}

// Read the error of an answer; one that does not come from the API has another form.
function explain(status, text) {
  try {
    const { code, message } = JSON.parse(text).error;
    return `${status} ${code}: ${message}`;
  } catch {
    return `${status} ${text.slice(0, 200)}`;
  }
}

// How long to wait: as long as the server says, else longer each time.
function pauseSeconds(response, attempt) {
  const told = response.headers.get("Retry-After") ?? "";
  return /^\d+$/.test(told) ? Number(told) : 2 ** attempt;
}

// Save a result. Links need no key, so none is sent; they hold for 24 hours.
async function download(link, target) {
  const response = await fetch(link);
  if (!response.ok) throw new Error(`GET ${link}: ${response.status}`);
  await writeFile(target, response.body);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
