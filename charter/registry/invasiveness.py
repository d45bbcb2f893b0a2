"""What each level of invasiveness means, and what it demands (S108). Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from charter.registry.charter_facts import parse_duration
from charter.rules import words

# How long facts and published values may be kept at most, by level; unless settings of the site say otherwise.
FACTS = ("P5Y", "P37M", "P25M", "P13M", "P31D")
VALUES = ("P10Y", "P5Y", "P37M", "P25M", "P13M")
_MEANS = (
    "None: it says nothing about anybody, not even in a group",
    "Low: it speaks of a team's work, and of nobody in it",
    "Some: in a small team, people could recognise their own part",
    "High: it touches people's hours, health, load or opinions",
    "Highest: it is about one person",
)
_ASSESSED_FROM = 3


class InvasivenessLevel(Struct, frozen=True):
    """`facts` and `values` are how long these are kept at most, as ISO 8601 durations."""

    means: str
    facts: str
    values: str
    assessed: bool  # an impact assessment is linked, whatever the grain

    @property
    def demands(self) -> str:
        """What it demands beyond what every charter must say, in a sentence."""
        facts, values = words.duration(self.facts), words.duration(self.values)
        assessment = " It needs a link to an impact assessment." if self.assessed else ""
        return f"Facts are kept for {facts} at most, published values for {values}.{assessment}"


def build_levels(
    facts: Sequence[str] = FACTS, values: Sequence[str] = VALUES
) -> tuple[InvasivenessLevel, ...]:
    """The scale with these limits; ValueError where there is not one for each level, or one is longer than a lower level's."""
    for limits in (facts, values):
        kept = [estimate_days(limit) for limit in limits]
        if len(kept) != len(_MEANS) or kept != sorted(kept, reverse=True) or not all(kept):
            raise ValueError(f"five durations, each at most the one before it, not {', '.join(limits)}")
    rows = enumerate(zip(_MEANS, facts, values, strict=True))
    return tuple(InvasivenessLevel(*row, assessed=number >= _ASSESSED_FROM) for number, row in rows)


def estimate_days(duration: str) -> int:
    """About how many days a duration lasts, to compare it with another. ValueError for what is none."""
    day = date(2000, 1, 1)
    try:
        until: date = day + parse_duration(duration)
    except KeyError as error:
        raise ValueError(f"“{duration}” is no duration such as P13M") from error
    return (until - day).days


LEVELS = build_levels()
