"""Dead-man switch: tells a watcher outside that a queue still works. Silence, not a message, is the alarm."""

import http.client
import logging
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)


def ping(queue: str) -> None:
    """Ask the address of PING_<QUEUE>, if there is one. Never raises: a watcher that is down must stop no work."""
    address = settings.PINGS.get(queue)
    if not address:
        return
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        connection.getresponse().read(100)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("the watcher of queue %s was not reached: %s", queue, type(error).__name__)
    finally:
        connection.close()
