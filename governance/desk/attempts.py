"""Failed sign-ins, counted by account and address in the cache, so that passwords cannot be tried at will."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

MOST = 5
FORGOTTEN_AFTER = 15 * 60  # seconds since the first of them


def spent(request: HttpRequest, username: str) -> bool:
    """Whether this account has been tried too often from this address."""
    return cache.get(_key(request, username), 0) >= MOST


def count(request: HttpRequest, username: str) -> None:
    """One more failure."""
    key = _key(request, username)
    cache.add(key, 0, FORGOTTEN_AFTER)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, FORGOTTEN_AFTER)


def forget(request: HttpRequest, username: str) -> None:
    """The right password was given."""
    cache.delete(_key(request, username))


def _key(request: HttpRequest, username: str) -> str:
    """Hashed, so that the cache holds no user names and takes any that is typed."""
    tried = f"{username.strip().casefold()}\0{request.META.get('REMOTE_ADDR', '')}"
    return f"sign-in:{hashlib.sha256(tried.encode()).hexdigest()}"
