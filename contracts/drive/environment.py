"""The variables by which clients of other processes and languages are told where the API is, and whom to trust."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_KEY: Final = "EVOLINK_API_KEY"
_API: Final = ("EVOLINK_BASE_URL", "EVOLINK_API_BASE", "EVOLINK_API_BASE_URL", "EVOLINK_CONTROL_BASE")
_FILES: Final = ("EVOLINK_FILES_BASE_URL", "EVOLINK_FILES_API_BASE")
_TRUST: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_NO_PROXY: Final = ("NO_PROXY", "no_proxy")
_HERE: Final = "127.0.0.1,localhost"


def client_environment(url: str, *, key: str, ca_file: Path | None = None) -> Mapping[str, str]:
    """Return what is set for a client: the API's address under the names that clients read, a key, and no proxy.

    With `ca_file` its certificates are the ones to trust; most clients then trust no others.
    """
    trust = {} if ca_file is None else dict.fromkeys(_TRUST, str(ca_file))
    return {
        _KEY: key,
        **dict.fromkeys((*_API, *_FILES), url),
        **dict.fromkeys(_NO_PROXY, _HERE),
        **trust,
    }
