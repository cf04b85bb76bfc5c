// One exchange of the journal, as a line that opens to all of it.

import { copyButton, curl } from "./copying.js";
import { element } from "./element.js";
import { dateTime, target } from "./words.js";

/** Return an exchange as an element; what is wrong with it is said in its line. */
export function exchangeItem(entry) {
  const bad = entry.status === null || entry.status >= 400;
  return element(
    "details", { class: "exchange" },
    element(
      "summary", {},
      element("span", { class: "at" }, dateTime(entry.at)),
      element("code", { class: "what" }, `${entry.method} ${target(entry.url)}`),
      element("code", { class: `came ${bad ? "ill" : "well"}` }, entry.status === null ? "no answer" : String(entry.status)),
      notes(entry).map((note) => element("span", { class: "note" }, note)),
    ),
    element("p", {}, copyButton(() => curl(entry), "Copy as curl")),
    element("div", { class: "sides" }, side("Request", entry.request), side("Answer", entry.answer)),
  );
}

/** Return what there is to say of an exchange besides its answer: faults, broken clauses in words, near misses. */
export function notes(entry) {
  return [
    ...entry.faults.map((fault) => `fault: ${fault}`),
    ...entry.near_misses.map(missed),
    ...entry.unknown_fields.map((field) => `${field} is described by no page`),
    ...entry.notes,
  ];
}

/** Say in words what was nearly right. */
export function missed({ field, clause, message, nearest }) {
  const right = nearest.length ? ` (nearest: ${nearest.map((form) => JSON.stringify(form)).join(", ")})` : "";
  return `${clause ? `${clause}: ` : ""}${field} ${message}${right}`.trim();
}

/** Return one side of an exchange: its headers, and its body if that is shown. */
export function side(title, message) {
  const headers = message.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const hidden = message.hidden && `${message.size} bytes that are not shown: ${message.hidden}`;
  return element(
    "div", {},
    element("h3", {}, title),
    element("pre", {}, headers),
    message.body ? element("pre", {}, pretty(message.body)) : element("p", { class: "soft" }, hidden || "no body"),
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
