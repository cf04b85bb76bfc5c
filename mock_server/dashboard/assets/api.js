// How the dashboard asks the server: for JSON, in one universe, and with its token where it changes something.

const token = document.querySelector("meta[name=token]").content;
let universe = "default";

/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.code;
  }
}

/** Name the universe that everything is asked of from now on. */
export function choose(name) {
  universe = name;
}

/** Return the name of the universe that is looked at. */
export function chosen() {
  return universe;
}

/** Read something; parameters that are null are left out. */
export function read(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given).toString();
  return ask("GET", query ? `${path}?${query}` : path);
}

/** Change something. */
export function write(method, path, body = {}) {
  return ask(method, path, body);
}

async function ask(method, path, body) {
  const headers = { "x-mock-universe": universe };
  if (body !== undefined) Object.assign(headers, { "content-type": "application/json", "x-mock-token": token });
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: sent, cache: "no-store" });
  const told = await answer.json();
  if (answer.ok) return told;
  if (told.error.code === "forbidden_page") location.reload(); // the server has been started anew
  throw new Refused(answer.status, told.error);
}
