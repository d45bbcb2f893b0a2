"""Counts in the Redis that CACHE_URL names: a key a window, which Redis removes when the window is over."""

from functools import cache
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ground.rates import Rate
from ground.spent import NotCounted, Spent

PREFIX = "metric-charter:count:"
_SECONDS = 2.0  # for which a request waits for Redis at most, before it is refused

# Redis runs a script alone. A window longer than one that begins now is that of a slower rate before: it is shortened.
_SPEND = """
local cost, most, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = spent + cost <= most
if granted then spent = redis.call('INCRBY', KEYS[1], cost) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > window then
    redis.call('PEXPIRE', KEYS[1], window)
    left = window
end
return {granted and 1 or 0, spent, math.max(left, 1)}
"""


def spend(url: str, key: str, rate: Rate, cost: int) -> Spent:
    """As `counts.spend` promises."""
    try:
        granted, spent, left = _script(url)(keys=[PREFIX + key], args=[cost, rate.most, rate.seconds * 1000])
    except redis.RedisError as away:
        raise NotCounted from away
    return Spent(bool(granted), spent, left / 1000)


@cache
def _script(url: str) -> Any:
    """The script, on connections that all threads share. It is tried a second time, and so may count twice rather than never."""
    client = redis.Redis.from_url(
        url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=Retry(NoBackoff(), 1)
    )
    return client.register_script(_SPEND)
