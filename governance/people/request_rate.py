"""How often one account may ask the API (setting API_RATE), counted in the statement that every request sends first.

All tokens of an account count together. A token that is nobody's counts for the address that it came from, so that guessing
is held back as well.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from msgspec import Struct
from rest_framework.exceptions import Throttled

from governance.people.sign_in import address
from ground import counts, data_versions
from ground.counts import Spent
from ground.data_versions import Versions
from ground.statements import Read

_KEY = """coalesce(
    (SELECT 'account ' || user_id FROM people_token WHERE digest = %(digest)s::text), %(origin)s::text)"""


class _Used(Struct, frozen=True):
    """Whether the time of last use was written."""

    used: bool


# Written at most once an hour a token, and in the statement that is sent anyway. One that is over or waits is not used.
_LAST_USE = Read(
    "SELECT used FROM last_use",
    _Used,
    first="""last_use AS (
    UPDATE people_token SET last_used_at = statement_timestamp()
    WHERE digest = %(digest)s::text AND expires_at > statement_timestamp()
      AND (confirmed_by_id IS NOT NULL OR EXISTS (SELECT FROM people_user u WHERE u.id = user_id AND u.kind <> 'machine'))
      AND (last_used_at IS NULL OR last_used_at < statement_timestamp() - interval '1 hour')
    RETURNING true AS used
)""",
)
_NETWORK_BITS = 64  # of an IPv6 address: whoever has one has all that begin like it


def origin(request: HttpRequest) -> str:
    """The key of where a request comes from. Nobody chooses it: what a client says of itself is not heard (BEHIND_PROXY)."""
    return describe_origin(address(request) or "::")


@lru_cache(maxsize=10_000)
def describe_origin(of: str) -> str:
    """The key of an address that somebody was seen at."""
    seen: IPv4Address | IPv6Address | IPv6Network = ip_address(of)
    if isinstance(seen, IPv6Address):
        seen = seen.ipv4_mapped or IPv6Network((int(seen), _NETWORK_BITS), strict=False)
    return f"address {seen}"


def count_and_read_versions(digest: str, *, origin: str) -> Versions:
    """Count a request for its token's account, note its use and read the data versions, in one statement.

    Raises Throttled, Unavailable.
    """
    spent, rows, _used = counts.spend_beside(
        data_versions.ALL,
        _LAST_USE,
        key=_KEY,
        rate=settings.API_RATE,
        parameters={"digest": digest, "origin": origin},
    )
    _check(spent)
    return data_versions.by_name(rows)


def count(account: object | None, *, origin: str) -> None:
    """Count a request for an account, or for where it comes from. Raises Throttled, Unavailable."""
    _check(counts.spend(origin if account is None else f"account {account}", settings.API_RATE))


def _check(spent: Spent) -> None:
    if not spent.granted:
        raise Throttled(spent.wait)
