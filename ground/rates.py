"""How much of something is allowed in how much time."""

import re
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

_FORM = re.compile(r"(?P<most>[1-9]\d{0,8})/(?P<unit>s|sec|second|m|min|minute|h|hour|d|day)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Rate(NamedTuple):
    """At most so much in so many seconds."""

    most: int
    seconds: int


def parse_rate(text: str, *, setting: str) -> Rate:
    """A rate as a setting says it, such as `600/min`."""
    said = _FORM.fullmatch(text.strip())
    if said is None:
        raise ImproperlyConfigured(
            f"{setting} must be a number from 1 to 999999999 and s, min, hour or day, such as 600/min; it is {text!r}."
        )
    return Rate(int(said["most"]), _SECONDS[said["unit"][0]])
