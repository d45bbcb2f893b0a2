"""Asks others over HTTP: witnesses for their signature, a log for its tiles. Imports no Django.

No proxy, no redirect, no other scheme than HTTP, and never more than is expected of an answer.
"""

import http.client
import urllib.error
import urllib.request
from typing import IO, NamedTuple


class Unreachable(OSError):
    """Whoever was asked did not answer, or not as HTTP answers."""


class HttpAnswer(NamedTuple):
    """What came back: the status, what kind of body it says it has, and the body."""

    status: int
    kind: str
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is an answer: where one asks was named by whoever set it up."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def fetch(url: str, *, body: bytes | None = None, seconds: float, most: int) -> HttpAnswer:
    """GET, or POST a body; waits for so many seconds between two bytes. Raises Unreachable, also where more than `most` came."""
    if not url.startswith(("http://", "https://")):
        raise Unreachable(f"{url} is no address of HTTP.")
    headers = {"User-Agent": "metric-charter", "Content-Type": "text/plain"}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - the line above saw to that
    try:
        with _OPENER.open(request, timeout=seconds) as reply:
            return _read(reply, reply.status, reply.headers.get_content_type(), most)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error, error.code, error.headers.get_content_type(), most)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{url} does not answer.") from error


def _read(reply: IO[bytes], status: int, kind: str, most: int) -> HttpAnswer:
    body = reply.read(most + 1)
    if len(body) > most:
        raise Unreachable("The answer is longer than one of its kind can be.")
    return HttpAnswer(status, kind, body)
