// What happened to one task, as marks on its lane: each has a place, a look, and facts in words.

import { dayTime } from "./words.js";

/** Return the marks of a task in order: its requests, the attempts at its callback, and its end if it has ended. */
export function marksOf(lane, exchanges, now) {
  const marks = [...exchanges.map(requestMark), ...lane.attempts.map(attemptMark)];
  if (lane.ends_at !== null && lane.ends_at <= now) marks.push(endMark(lane));
  return marks.sort((a, b) => a.at - b.at);
}

/** Return the mark of a request. */
export function requestMark(exchange) {
  const bad = exchange.status === null || exchange.status >= 400;
  return {
    at: exchange.at,
    kind: exchange.method === "POST" ? "create" : "poll",
    bad,
    struck: exchange.faults.length > 0,
    facts: [
      `${exchange.method} ${exchange.operation ?? "unknown path"}`,
      answered(exchange.status),
      ...faults(exchange.faults),
      ...exchange.clauses.map((clause) => `broke ${clause}`),
      `at ${dayTime(exchange.at)}`,
    ],
  };
}

function attemptMark(attempt, index) {
  return {
    at: attempt.started_at,
    kind: "callback",
    bad: !(attempt.status >= 200 && attempt.status < 300),
    struck: attempt.faults.length > 0,
    facts: [
      `callback, attempt ${index + 1}`,
      attempt.error ?? answered(attempt.status),
      ...faults(attempt.faults),
      `at ${dayTime(attempt.started_at)}`,
    ],
  };
}

function endMark(lane) {
  return {
    at: lane.ends_at,
    kind: "end",
    bad: lane.outcome !== "completed",
    struck: false,
    facts: [lane.error && lane.outcome === "failed" ? `failed: ${lane.error}` : lane.outcome, `at ${dayTime(lane.ends_at)}`],
  };
}

function answered(status) {
  return status === null ? "no answer" : `answered ${status}`;
}

function faults(names) {
  return names.map((name) => `fault: ${name}`);
}
