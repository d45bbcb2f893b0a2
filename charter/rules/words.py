"""Plain words for the names that rules and requests use."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from charter.rules.request import Window
from charter.rules.vocabulary import Grain

GRAINS = {
    Grain.ORG: "organisation",
    Grain.VALUE_STREAM: "value stream",
    Grain.TEAM: "team",
    Grain.SERVICE: "service",
    Grain.ROTA: "rota",
    Grain.ROLE_COHORT: "role cohort",
    Grain.SELF: "own",
    Grain.PERSON: "person",
}
SPOKEN = {"one_on_one": "one-on-one", "ai_assist": "AI-assist", "on_call": "on-call"}
_ISO_DURATION = re.compile(
    r"P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<week>\d+)W)?(?:(?P<day>\d+)D)?"
    r"(?:T(?:(?P<hour>\d+)H)?(?:(?P<minute>\d+)M)?(?:(?P<second>\d+)S)?)?"
)
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def spoken(word: StrEnum) -> str:
    """`promotion_evidence` is said "promotion evidence"."""
    return SPOKEN.get(word.value) or word.value.replace("_", " ")


def sentence(text: str) -> str:
    """Begin with a capital, leaving the rest as it is."""
    return text[:1].upper() + text[1:]


def inside(name: str) -> str:
    """A name within a sentence: "Commit count" becomes "commit count", "SLO compliance" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as people do: "a, b and c"."""
    *head, tail = list(words) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def a(text: str) -> str:
    """`a("activity metric")` is "an activity metric"."""
    return f"{'an' if text[:1].lower() in 'aeiou' else 'a'} {text}"


def number(count: int) -> str:
    """Numbers up to ten are words."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def many(count: int, thing: str, things: str = "") -> str:
    """`many(2, "metric")` is "two metrics"."""
    return f"{number(count) if count else 'no'} {thing if count == 1 else things or thing + 's'}"


def level(grain: Grain) -> str:
    return GRAINS[grain]


def cohort(slug: str) -> str:
    """`team:forge-07` is said "team forge-07"."""
    kind, _, name = slug.partition(":")
    if kind == "org":
        return "the whole organisation"
    return f"{kind.replace('_', ' ')} {name.replace('+', ' and ')}" if name else slug


def cohorts(slugs: Iterable[str]) -> str:
    return listed(cohort(slug) for slug in slugs)


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def window(span: Window) -> str:
    """Half-open days are said with their last day, in whole months where they are."""
    last = span.end - timedelta(days=1)
    if span.start.day == 1 and span.end.day == 1:
        months = f"{span.start:%B %Y}", f"{last:%B %Y}"
        return months[0] if months[0] == months[1] else f"{months[0]} to {months[1]}"
    return f"{day(span.start)} to {day(last)}"


def duration(text: str | None) -> str:
    """Write an ISO 8601 duration in words: P13M is 13 months, P1Y6M is 1 year and 6 months.

    A text that is no such duration comes back as it is, so that a page shows what the charter says.
    """
    found = _ISO_DURATION.fullmatch(text) if text else None
    parts = [(int(n), unit) for unit, n in found.groupdict().items() if n] if found else []
    if not parts:
        return text or "–"
    return listed(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts)
