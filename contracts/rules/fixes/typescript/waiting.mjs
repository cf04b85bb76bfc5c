// How long to wait before the next attempt: as the API says, or else longer each time.

const LONGEST_ASKED = 3600;
const LONGEST_OWN = 30;

export const sleep = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));

export const luck = (low, high) => low + Math.random() * (high - low);

// Returns the seconds that Retry-After asks for; null if it asks for nothing that can be read.
export function retryAfter(answer) {
  const [text] = (answer?.headers.get("retry-after") ?? "").split(/(?<=[0-9]|GMT), /); // the first of several
  if (/^[0-9]+$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(answer?.headers.get("date") ?? new Date().toUTCString())) / 1000;
  return /GMT$/.test(text) && Number.isFinite(seconds) ? seconds : null;
}

// Returns for how many seconds to wait after the first, second, third... attempt, with some luck in it.
export function pause(attempt, answer) {
  const told = retryAfter(answer);
  if (told === null || told < 1) return Math.min(2 ** attempt, LONGEST_OWN) * luck(0.8, 1.2);
  if (told > LONGEST_ASKED) throw new RangeError(`come back after ${told} s`);
  return told * luck(1, 1.1);
}
