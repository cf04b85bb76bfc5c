"""One client for the API, and another one, without the key, for everything else."""

import httpx

API = "https://api.evolink.ai"
AGENT = {"User-Agent": "video-shop/2.1"}
PATIENCE = httpx.Timeout(60, connect=10)


def connect(key: str, url: str = API) -> httpx.Client:
    """Return the client for the API: make it once, and use it for all requests."""
    headers = {**AGENT, "Authorization": f"Bearer {key}", "Accept": "application/json"}
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, follow_redirects=False)


def connect_elsewhere() -> httpx.Client:
    """Return a client for the links of results: it has no key that a redirect could carry away."""
    return httpx.Client(headers=AGENT, timeout=PATIENCE, follow_redirects=True)
