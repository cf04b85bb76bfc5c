// What can be copied: a button beside it, and a request as a line of curl.

import { element } from "./element.js";

const SAID_MS = 1500;
const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding"]);

/** Return a button that copies what `text` returns. */
export function copyButton(text, words = "Copy") {
  const button = element("button", { type: "button", class: "copy" }, words);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = words; }, SAID_MS);
  });
  return button;
}

/** Write an exchange of the journal as a line for a shell. Keys are hidden in the journal: set API_KEY to yours. */
export function curl(entry) {
  const headers = entry.request.headers.filter(([name]) => !LEFT_OUT.has(name));
  const parts = ["curl", ...(entry.method === "GET" ? [] : ["-X", entry.method]), quoted(entry.url)];
  for (const [name, value] of headers) parts.push("-H", header(name, value));
  if (entry.request.body !== null && entry.request.body !== "") parts.push("--data-raw", quoted(entry.request.body));
  return parts.join(" ");
}

function header(name, value) {
  return name === "authorization" ? '"authorization: Bearer $API_KEY"' : quoted(`${name}: ${value}`);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
