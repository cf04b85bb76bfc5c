"""Clients that do not trust this server's certificate: what they say in the handshake is told, with the way out."""

import logging
import ssl
from pathlib import Path
from typing import Final

_ALERTS: Final = frozenset({"TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"})
"""What OpenSSL calls the alerts (RFC 8446, section 6.2) of who will not have a certificate."""

logger = logging.getLogger(__name__)


def tell_of_distrust(context: ssl.SSLContext, ca_file: Path) -> ssl.SSLContext:
    """Return a server's context, which from now on logs each client that will not have its certificate.

    Without that, such a client ends with an error about certificates and the server knows nothing of it: no request
    has come. A client that hangs up without a word is not told of; Node does so.
    """

    class Handshake(ssl.SSLObject):
        """The server's side of one connection, while who is there is found out."""

        def do_handshake(self) -> None:
            """Shake hands, and tell why not."""
            try:
                super().do_handshake()
            except ssl.SSLError as error:
                if error.reason in _ALERTS:
                    logger.warning(
                        "A client does not trust the certificate of this server and sent no request:"
                        ' start it in a shell after eval "$(evolink-mock env)", or let it trust the CA in %s',
                        ca_file,
                    )
                raise

    context.sslobject_class = Handshake
    return context
