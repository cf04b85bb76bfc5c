// The parts of what is shown of a task: each makes one section of what the server told.

import { copyButton } from "./copying.js";
import { element } from "./element.js";
import { table } from "./tables.js";
import { credits, dateTime, duration, ended, json } from "./words.js";

const ACCEPTED =
  " The request was accepted, so every clause held. Prompts are hidden, as in the journal, unless the server shows secrets.";

/** Its state in one line, and when what happens to it. */
export function life({ task }) {
  const after = (seconds) => `${dateTime(seconds)} (+${duration(seconds - task.created_at)})`;
  const at = (seconds) => (seconds === null ? "not planned" : after(seconds));
  const bar = element("progress", { max: 100, value: task.progress, "aria-label": "progress" });
  return [
    element(
      "p", {},
      element("span", { class: `state ${task.status}` }, task.status), " ", bar, ` ${task.progress} %`,
      task.held && element("b", {}, " held by hand"),
    ),
    facts([
      ["model", task.model],
      ["account", `${task.account} (group ${task.group})`],
      ["created", dateTime(task.created_at)],
      ["starts", at(task.starts_at)],
      [ended(task.status) ? "ended" : "ends", at(task.ends_at)],
      task.waited ? ["waited for a slot", duration(task.waited)] : null,
      [ended(task.status) ? "outcome" : "planned outcome", task.error ? `${task.outcome}: ${task.error}` : task.outcome],
    ]),
  ];
}

/** Its result: played where a browser can. */
export function result({ task, link }, universe) {
  if (link === "none") return [element("p", { class: "soft" }, "No result: there is one when the task is completed.")];
  const source = `/_mock/dashboard/results/${encodeURIComponent(universe)}/${encodeURIComponent(task.id)}`;
  const kind = { mp4: "video", mp3: "audio", png: "img" }[task.result.split(".").pop()];
  return [
    kind && element(kind, { src: source, controls: kind !== "img", preload: "auto", class: "played", "aria-label": "result" }),
    element(
      "p", { class: "soft" },
      link === "expired" && "Its link has expired for clients; here it still plays. ",
      element("a", { href: source, download: "" }, "Download"),
      " Played here, it leaves no trace in the journal.",
    ),
  ];
}

/** The body that a query gets now. */
export function seen({ seen: body }) {
  if (body === null) return [element("p", {}, "A client would get 404: plans keep the task from being found.")];
  return [element("p", {}, copyButton(() => json(body), "Copy JSON")), element("pre", {}, json(body))];
}

/** Its request, field by field, with the clauses that each field was held to. */
export function request({ task, checked }) {
  const given = Object.entries(flat(task.request));
  const fields = [...new Set(["", ...given.map(([field]) => field), ...checked.map((each) => each.field)])];
  const values = Object.fromEntries(given);
  const rows = fields.map((field) => {
    const clauses = checked.filter((each) => each.field === field);
    const given = field in values ? shown(values[field]) : soft("not given");
    const held = clauses.map(({ clause, says }) =>
      element("li", {}, element("b", { class: "held", title: "It held" }, "✓ "), element("code", {}, clause), ` ${says}`));
    return [field || "the body", field && given, held.length ? element("ul", {}, held) : soft("described by no clause")];
  });
  return [
    element("p", {}, copyButton(() => json(task.request), "Copy JSON"), soft(ACCEPTED)),
    table(["field", "value", "held to"], rows, "request"),
  ];
}

/** Its ledger. */
export function ledger({ task }) {
  const rows = task.ledger.map((line) => [line.kind, credits(line.credits), dateTime(line.at)]);
  return [table(["entry", "amount", "at"], rows)];
}

/** Its callbacks with each attempt; `again` sends one anew. */
export function callbacks({ callbacks: all, task }, again) {
  if (!all.length) return [element("p", { class: "soft" }, "None: the request named no callback_url.")];
  return all.map((callback) => {
    const rows = callback.attempts.map(({ started_at, status, error, faults }, index) =>
      [index + 1, dateTime(started_at), status ?? "no answer", error ?? "", faults.join(", ")]);
    const due = callback.due_at === null ? "" : ` Next attempt at ${dateTime(callback.due_at)}.`;
    return element(
      "div", { class: "callback" },
      element("p", {}, element("span", { class: "state" }, callback.state), " ", element("code", {}, callback.url), due),
      rows.length ? table(["attempt", "at", "answer", "error", "faults"], rows) : soft("Not sent yet."),
      ended(task.status) && element("button", { type: "button", onclick: () => again(callback) }, "Redeliver"),
    );
  });
}

function facts(pairs) {
  const pair = ([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value));
  return element("dl", { class: "pairs" }, pairs.filter(Boolean).map(pair));
}

function soft(words) {
  return element("span", { class: "soft" }, words);
}

function shown(value) {
  return element("code", {}, typeof value === "string" ? value : JSON.stringify(value));
}

/** Return fields within fields under one name each, such as model_params.shot_type. */
function flat(value, within = "") {
  return Object.assign({}, ...Object.entries(value).map(([name, inner]) => {
    const path = within + name;
    const nested = inner !== null && typeof inner === "object" && !Array.isArray(inner);
    return nested && Object.keys(inner).length ? flat(inner, `${path}.`) : { [path]: inner };
  }));
}
