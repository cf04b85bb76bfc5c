// How values are written: times of the universe, lengths of time, money, JSON.

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000]];

/** Write an instant (seconds since the epoch) as date and time, UTC. */
export function dateTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** Write an instant as the time of its day, UTC. */
export function dayTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}

/** Write a length of time in the units in which it is read best: 0.25 s, 5 min 3 s, 1 d. */
export function duration(seconds) {
  let rest = Math.round(seconds * 1000);
  const parts = [];
  for (const [unit, size] of UNITS) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  if (rest || !parts.length) parts.push(`${parts.length ? Math.round(rest / 1000) : shorter(rest / 1000)} s`);
  return parts.join(" ");
}

/** Write an amount of credits. */
export function credits(amount) {
  return `${amount} ${amount === 1 ? "credit" : "credits"}`;
}

/** Write a count of things. */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Write a value as JSON for people. */
export function json(value) {
  return JSON.stringify(value, null, 2);
}

/** Tell whether a status is one that a task does not leave. */
export function ended(status) {
  return ["completed", "failed", "cancelled"].includes(status);
}

/** Return the part of a task's id by which people tell tasks apart. */
export function shortId(id) {
  return `…${id.slice(-8)}`;
}

/** Return the path and query of an exchange's URL; what a client wrote as its host may make it none that can be parsed. */
export function target(url) {
  return url.replace(/^[a-z]+:\/\/[^/]*/, "");
}

function shorter(seconds) {
  return seconds >= 10 ? Math.round(seconds) : Number(seconds.toPrecision(2));
}
