// One limiter for all that is asked with a key: a 429 holds back every request, and not just its own.

import { retryAfter, sleep } from "./waiting.mjs";

// Returns what sends requests as `api` does, each when its turn has come.
export function limit(api) {
  let until = 0;
  return async (path, request) => {
    for (let left; (left = until - performance.now() / 1000) > 0; ) await sleep(left);
    const answer = await api(path, request);
    if (answer.status === 429) {
      until = Math.max(until, performance.now() / 1000 + Math.min(retryAfter(answer) || 1, 3600));
    }
    return answer;
  };
}
