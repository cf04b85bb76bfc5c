// A receiver: it notes which task was told of, and answers; the work is done after that, by what it reads itself.

import { createServer } from "node:http";

const LARGEST = 2 ** 20;

// Returns a server that answers callbacks at a path, just as it stands in callback_url. `note` stores the id of a task
// for good, and tells whether it is one of ours.
export function makeReceiver(note, path) {
  const server = createServer(async (request, response) => {
    response.writeHead(await receive(request, note, path)).end();
  });
  server.requestTimeout = 5_000;
  return server;
}

async function receive(request, note, path) {
  if (request.url !== path) return 404;
  if (request.method !== "POST") return 405;
  if (request.headers["content-type"]?.split(";")[0].trim() !== "application/json") return 415;
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > LARGEST) return 413;
    pieces.push(piece);
  }
  let task;
  try {
    task = JSON.parse(Buffer.concat(pieces).toString()).id;
  } catch {
    return 400;
  }
  try {
    return (await note(String(task))) ? 204 : 404;
  } catch {
    return 500;
  }
}
