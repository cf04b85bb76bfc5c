"""The hosts of the API, as its pages name them (OP-SERVER), and this machine's own."""

from typing import Final

API_HOST: Final = "api.evolink.ai"
FILES_HOST: Final = "files.evolink.ai"

API_HOSTS: Final = (API_HOST, "files-api.evolink.ai", FILES_HOST)
"""Where tasks are created and asked for, where files are uploaded, and where results and files are fetched."""

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
"""The names of this machine."""

API_ORIGINS: Final = frozenset(f"https://{host}" for host in API_HOSTS)
"""The origins of the API."""

RESULTS_ORIGIN: Final = f"https://{FILES_HOST}"
"""What the real API's links begin with."""
