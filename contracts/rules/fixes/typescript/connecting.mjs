// One way to the API, with the key, and another one, without it, for everything else. fetch keeps connections itself.

const API = "https://api.evolink.ai";
const AGENT = { "User-Agent": "video-shop/2.1" };
const PATIENCE = 60_000;

// Returns what sends requests to the API: make it once, and use it for all.
export function connect(key, url = API) {
  return (path, { method = "GET", headers = {}, body } = {}) =>
    fetch(new URL(path, url), {
      method,
      body,
      headers: { ...AGENT, Accept: "application/json", ...headers, Authorization: `Bearer ${key}` },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
}

// Fetches the link of a result: there is no key that a redirect could carry away.
export function fetchElsewhere(link) {
  return fetch(link, { headers: AGENT, signal: AbortSignal.timeout(10 * PATIENCE) });
}
