"""Addresses of this machine alone, which need no HTTPS: what is sent to them leaves it by no wire. No Django."""

from collections.abc import Collection
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_of_this_machine(address: str) -> bool:
    """Whether a site at this address is reached from this machine alone, and without HTTPS."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"} and parts.port != 0
        )
    except ValueError:  # a port that is no number
        return False


def are_of_this_machine(hosts: Collection[str]) -> bool:
    """Whether each name means this machine, so that nobody reaches a site without HTTPS by another."""
    return set(hosts) <= set(LOOPBACK)
