// Make a video with Node's own fetch (20 or later), and be sure of it: one task, one charge, one whole file.
//
//     EVOLINK_API_KEY=sk-... node client.mjs clip.mp4 --prompt "character1 dances" --video https://example.com/a.mp4
//
// EVOLINK_BASE_URL leads elsewhere, to a simulator for instance. What came of it is printed as a line of JSON. Until the
// file is there, clip.mp4.task.json has what is needed to go on with the task that is paid for, after whatever ended this.

import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { parse } from "node:path";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const AGENT = "node-example/1.0";
const MODEL = "wan2.6-reference-video-flash";
const TRIES = 5;
const [FIRST_POLL, LONGEST_PAUSE, LONGEST_HINT, DEADLINE] = [4, 30, 3600, 1800]; // seconds
const [ANSWER_TIMEOUT, FILE_TIMEOUT] = [60, 900];
const [LARGEST_FILE, LONGEST_PROMPT] = [2 * 1024 ** 3, 1500];

/** There is no video. `status` is that of the answer, `code` is the API's own word for the error. */
export class VideoError extends Error {
  constructor(message, { status, code, pause = 0 } = {}) {
    super(message);
    this.name = this.constructor.name;
    Object.assign(this, { status, code, pause });
  }
}

export class BadRequest extends VideoError {} // the request is wrong
export class Unauthorized extends VideoError {} // the key is wrong
export class OutOfCredits extends VideoError {} // the account cannot pay for the task: top it up
export class Forbidden extends VideoError {} // the key has no right to that
export class NotFound extends VideoError {} // there is no such task, or a link leads nowhere any more
export class GenerationFailed extends VideoError {} // the task has ended without a video
export class TimedOut extends VideoError {} // the task goes on, and so does this program when it is started again
export class Interrupted extends VideoError {} // the program is to end
export class Passing extends VideoError {} // it may work another time; `pause` is the wait that the server asks for
export class RateLimited extends Passing {} // there were too many requests
export class ServerTrouble extends Passing {} // the server could not answer
export class Unreachable extends Passing {} // no answer came: nobody knows what became of the request
export class Unreadable extends Passing {} // what came is not what it should be: no JSON, half a file, no video

const ERRORS = { 401: Unauthorized, 402: OutOfCredits, 403: Forbidden, 404: NotFound, 410: NotFound };
Object.assign(ERRORS, { 408: ServerTrouble, 425: ServerTrouble, 429: RateLimited });

/** What is kept until the file is there: the request, its idempotency key, and the task as soon as it has an id. */
class Ticket {
  constructor(output, request) {
    Object.assign(this, { path: `${output}.task.json`, request, key: randomUUID(), task: null });
  }

  /** Take up what an earlier start has left, if it was to make the same. */
  async resume() {
    try {
      const { request, key, task } = JSON.parse(await readFile(this.path, "utf8"));
      if (JSON.stringify(request) === JSON.stringify(this.request) && key) Object.assign(this, { key, task });
    } catch (error) {
      if (error.code !== "ENOENT" && !(error instanceof SyntaxError)) throw error;
    }
  }

  /** Write it down, so that a crash at any instant leaves the old state or the new one. */
  async keep() {
    const { request, key, task } = this;
    await writeFile(`${this.path}.part`, JSON.stringify({ request, key, task }));
    await rename(`${this.path}.part`, this.path);
  }
}

/** Makes videos. The key goes to the API alone, and to no host where files are. `stop` ends whatever is under way. */
export class Videos {
  #key;
  #url;
  #stop;

  constructor({ key, url = "https://api.evolink.ai", stop }) {
    this.#key = key;
    this.#url = url;
    this.#stop = stop;
  }

  /** Make a video, and return what came of it. */
  async make(ticket, output) {
    if (!ticket.task) {
      await ticket.keep();
      ticket.task = await this.#patiently(() => this.create(ticket));
      await ticket.keep();
    }
    const task = await this.follow(ticket.task);
    if (task.status !== "completed") {
      await rm(ticket.path);
      const code = String(task.error?.code ?? task.status);
      const failure = new GenerationFailed(`${code}: ${task.error?.message}`, { code });
      return { ...tell(failure), facts: { code, charged_credits: task.billing?.charged_credits } };
    }
    let saved;
    try {
      saved = await this.download(task, output);
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof Forbidden)) throw error;
      saved = await this.download(await this.follow(ticket.task), output); // links work for 24 hours; these are fresh
    }
    await rm(ticket.path);
    return { outcome: "completed", ...saved[0] };
  }

  /** Ask for a task, and return its id; however often the request is sent with one key, there is one task. */
  async create({ request, key }) {
    const headers = { "Idempotency-Key": key, "Content-Type": "application/json" };
    const [body] = await this.#ask("POST", "/v1/videos/generations", headers, JSON.stringify(request));
    if (typeof body.id !== "string") throw new Unreadable("the answer to the request for a task names none");
    return body.id;
  }

  /** Ask for a task until it has ended, less and less often; what fails meanwhile does not end it. */
  async follow(id) {
    const until = performance.now() + DEADLINE * 1000;
    let [pause, usual, failures, last] = [FIRST_POLL, FIRST_POLL, 0, "nothing"];
    while (performance.now() < until) {
      await this.#sleep(pause);
      try {
        const [task, hint] = await this.#ask("GET", `/v1/tasks/${encodeURIComponent(id)}`);
        if (task.status === "completed" && !linksIn(task).length) throw new Unreadable(`${id} has no results`);
        if (["completed", "failed", "cancelled"].includes(task.status)) return task;
        usual = Math.min(usual * 1.25, LONGEST_PAUSE);
        [pause, failures, last] = [hint || jittered(usual), 0, `the status ${JSON.stringify(task.status)}`];
      } catch (error) {
        const final = error instanceof NotFound || error instanceof Unreadable; // a new task may be unknown for a moment
        failures += 1;
        if (!(error instanceof Passing || final) || (final && failures === TRIES)) throw error;
        [pause, last] = [pauseAfter(error, failures), error.message];
      }
    }
    throw new TimedOut(`${id} had not ended after ${DEADLINE} s; the last that was heard of it: ${last}`);
  }

  /** Save all results in order, and return where they are, with their digests. */
  async download(task, output) {
    const { dir, name, ext } = parse(output);
    const saved = [];
    for (const [place, link] of linksIn(task).entries()) {
      const path = place === 0 ? output : `${dir || "."}/${name}-${place + 1}${ext}`;
      saved.push({ path, sha256: await this.#patiently(() => this.#save(link, path)) });
    }
    return saved;
  }

  /** Save a file under its name only when all of it is there; return its digest. */
  async #save(link, path) {
    const part = `${path}.part`;
    const digest = createHash("sha256");
    let [size, head] = [0, ""];
    const check = async function* check(pieces) {
      for await (const piece of pieces) {
        head ||= Buffer.from(piece).toString("latin1", 4, 8);
        size += piece.length;
        if (head !== "ftyp" || size > LARGEST_FILE) throw new Unreadable("no MP4 video that can be taken");
        digest.update(piece);
        yield piece;
      }
    };
    try {
      const response = await this.#fetch(link, FILE_TIMEOUT, { headers: { "Accept-Encoding": "identity" } });
      if (!response.ok || !response.body) throw await problemIn(response);
      await pipeline(Readable.fromWeb(response.body), check, createWriteStream(part));
      const told = response.headers.get("Content-Length") ?? String(size);
      if (!size || told !== String(size)) throw new Unreadable(`the file is not whole: ${size} bytes came`);
      await rename(part, path);
      return digest.digest("hex");
    } catch (error) {
      throw error instanceof VideoError ? error : this.#unreachable(`GET ${link}`, error);
    } finally {
      await rm(part, { force: true });
    }
  }

  /** Send one request; return the body of the answer, and for how many seconds it asks to wait. */
  async #ask(method, path, headers = {}, body = undefined) {
    const all = { Authorization: `Bearer ${this.#key}`, Accept: "application/json", ...headers };
    const response = await this.#fetch(this.#url + path, ANSWER_TIMEOUT, { method, headers: all, body, redirect: "manual" });
    if (!response.ok) throw await problemIn(response);
    const broken = (error) => Promise.reject(this.#unreachable(`${method} ${path}`, error));
    const found = parsed(await response.text().catch(broken));
    if (!found) throw new Unreadable(`${method} ${path}: the answer is no JSON object`, { status: response.status });
    return [found, secondsToWait(response)];
  }

  async #fetch(url, seconds, { headers, ...options }) {
    const signal = AbortSignal.any([this.#stop, AbortSignal.timeout(seconds * 1000)]);
    try {
      return await fetch(url, { ...options, headers: { "User-Agent": AGENT, ...headers }, signal });
    } catch (error) {
      throw this.#unreachable(url, error);
    }
  }

  #unreachable(what, error) {
    if (this.#stop.aborted) return this.#stop.reason;
    return new Unreachable(`${what}: no whole answer: ${error.cause?.message ?? error.message}`);
  }

  /** Do something, and again if what goes wrong may pass. */
  async #patiently(act) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Passing) || attempt === TRIES) throw error;
        await this.#sleep(pauseAfter(error, attempt));
      }
    }
  }

  async #sleep(seconds) {
    await sleep(seconds * 1000, undefined, { signal: this.#stop }).catch(() => {
      throw this.#stop.reason;
    });
  }
}

/** Return for how many seconds to wait: as long as the server says, else longer each time, and never in step. */
function pauseAfter(error, attempt) {
  if (error.pause > LONGEST_HINT) throw new VideoError(`${error.message}; it is to be tried in ${error.pause} s`, error);
  return error.pause ? error.pause * 1.05 : jittered(Math.min(2 ** attempt, LONGEST_PAUSE));
}

function jittered(seconds) {
  return seconds * (0.85 + 0.3 * Math.random());
}

/** Read Retry-After, seconds or a date; 0 if it says nothing that can be read, or less than a second. */
function secondsToWait({ headers }) {
  const text = headers.get("Retry-After") ?? "";
  const now = Date.parse(headers.get("Date") ?? "") || Date.now();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds >= 1 ? seconds : 0;
}

/** Return the error that an answer tells, by its status; whatever else is in it may be missing. */
async function problemIn(response) {
  const { status, statusText } = response;
  const told = parsed(await response.text().catch(() => ""))?.error;
  const Kind = ERRORS[status] ?? (status >= 500 ? ServerTrouble : BadRequest);
  const facts = { status, code: String(told?.code ?? status), pause: secondsToWait(response) };
  return new Kind(`${status}: ${told?.message ?? statusText}`, facts);
}

function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}

function linksIn(task) {
  return Array.isArray(task.results) ? task.results.filter((link) => typeof link === "string") : [];
}

/** Return the outcome that an error is. */
function tell(error) {
  const outcome = error instanceof GenerationFailed ? "failed" : error instanceof TimedOut ? "timeout" : "error";
  return { outcome, error: error.name, message: error.message, facts: { status: error.status, code: error.code } };
}

/** Do what the command line says; 0 if there is a video in the end. */
export async function main(args, { env = process.env, stop = new AbortController().signal, print = console.log } = {}) {
  const options = { prompt: { type: "string" }, video: { type: "string", multiple: true } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [output] = positionals;
  if (!env.EVOLINK_API_KEY || !output || !values.prompt || !values.video || [...values.prompt].length > LONGEST_PROMPT) {
    console.error("usage: EVOLINK_API_KEY=... node client.mjs FILE --prompt TEXT --video URL [--video URL ...]");
    return 2;
  }
  const request = { model: MODEL, prompt: values.prompt, video_urls: values.video };
  const ticket = new Ticket(output, request);
  let came;
  try {
    await ticket.resume();
    came = await new Videos({ key: env.EVOLINK_API_KEY, url: env.EVOLINK_BASE_URL, stop }).make(ticket, output);
  } catch (error) {
    came = tell(error);
  }
  print(JSON.stringify({ ...came, task: ticket.task, wanted: request }));
  return came.outcome === "completed" ? 0 : 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Interrupted("the program was stopped; start it again to go on"));
  for (const name of ["SIGTERM", "SIGINT"]) process.once(name, stop);
  process.exitCode = await main(process.argv.slice(2), { stop: stopping.signal });
}
