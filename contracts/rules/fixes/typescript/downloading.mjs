// Results on disk: whole, videos, each in a file of its own, fetched as soon as the task has ended.

import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MAY_PASS } from "./calling.mjs";
import { fetchElsewhere } from "./connecting.mjs";
import { look } from "./following.mjs";
import { pause, sleep } from "./waiting.mjs";

const MOST_ATTEMPTS = 4;

// Fetches all results of a task; if a link leads nowhere, looks at the task once more, and then gives up.
export async function save(api, task, folder) {
  try {
    return await fetchAll(task, folder);
  } catch (error) {
    if (![403, 404, 410].includes(error.status)) throw error;
    return fetchAll((await look(api, task.id)).task, folder);
  }
}

async function fetchAll(task, folder) {
  const paths = task.results.map((_, place) => join(folder, `${encodeURIComponent(task.id)}-${place}.mp4`));
  for (const [place, link] of task.results.entries()) await fetchFile(link, paths[place]);
  return paths;
}

// Fetches a file under another name, and renames it when all of it is there; fetch throws if less comes.
async function fetchFile(link, path) {
  for (let attempt = 1; ; attempt += 1) {
    let answer;
    try {
      answer = await fetchElsewhere(link);
      if (!answer.ok) throw Object.assign(new Error(`${answer.status} for a result`), { status: answer.status });
      const kind = answer.headers.get("content-type") ?? "";
      if (!/^video\/|^application\/octet-stream/.test(kind)) throw Object.assign(new Error(kind), { status: 0 });
      await pipeline(Readable.fromWeb(answer.body), createWriteStream(`${path}.part`));
      return await rename(`${path}.part`, path);
    } catch (error) {
      const passes = error.status === undefined || MAY_PASS.has(error.status);
      if (attempt === MOST_ATTEMPTS || !passes) throw error;
    }
    await sleep(pause(attempt, answer));
  }
}
