// One call of the API, tried again where that can help: reads, and creates that have an idempotency key.

import { ApiError, errorOf } from "./errors.mjs";
import { pause, sleep } from "./waiting.mjs";

export const MAY_PASS = new Set([408, 425, 429, 500, 502, 503, 504]);
const MOST_ATTEMPTS = 5;

// Returns the JSON of an answer, and the answer; throws an ApiError, or what fetch and JSON.parse throw.
export async function call(api, path, request) {
  for (let attempt = 1; ; attempt += 1) {
    let answer;
    let trouble;
    try {
      answer = await api(path, request);
      if (answer.ok) return { body: JSON.parse(await answer.text()), answer };
      trouble = await errorOf(answer);
    } catch (error) {
      trouble = error;
    }
    if (attempt === MOST_ATTEMPTS || !mayPass(trouble)) throw trouble;
    await sleep(pause(attempt, answer));
  }
}

// Tells whether the same may work later: a lost answer may, a refusal of what was asked may not.
export function mayPass(trouble) {
  return !(trouble instanceof ApiError) || MAY_PASS.has(trouble.status);
}
