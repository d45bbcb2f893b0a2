"""What a column of a table that nobody has described probably holds, by its name. Pure.

A name that says nothing is unresolved, which counts as reached: guesses only ever find harmless what is plainly so.
"""

import re
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from charter.panels.reaching import Holds
from charter.rules.vocabulary import SourceKind
from ground.strict_yaml import read_yaml


class NameWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Words in the names of columns, by what a column that has one holds."""

    person: frozenset[str]
    free_text: frozenset[str]
    team: frozenset[str]
    time: frozenset[str]
    amount: frozenset[str]
    plain: frozenset[str]


_WORDS = read_yaml(Path(__file__).parent / "known_names.yaml", NameWords)

_HOURS = re.compile(
    r"(^|_)(weekend|weekends|after_?hours|evening|evenings|overtime|nights?|weekday|dow|day_?of_?week|hour_?of_?day|"
    r"authored_local|online|working_?hours|late_?night)(_|$)|^(hour|hours_of_day)$"
)
_PERSON_TABLE = re.compile(
    r"(^|_)(users?|accounts?|persons?|people|employees?|members?|developers?|authors?|engineers?|contributors?|staff|"
    r"identit(y|ies)|profiles?|roster)(_|$)"
)
_THINGS = re.compile(
    r"(^|_)(boards?|repos?|repositor(y|ies)|projects?|teams?|services?|pipelines?|environments?|products?|jobs?|builds?|deployments?|labels?)$"
)
_KINDS: tuple[tuple[re.Pattern[str], SourceKind], ...] = tuple(
    (re.compile(rf"(^|_)({words})(s|es)?(_|$)"), kind)
    for words, kind in (
        ("keystroke|keyboard|mouse|keylog", SourceKind.KEYBOARD),
        ("screen|screenshot|screen_time|window_title", SourceKind.SCREEN),
        ("sentiment|emotion|tone", SourceKind.SENTIMENT),
        ("presence|online_status|availability_status|idle_time", SourceKind.PRESENCE),
        ("survey|wellness|wellbeing|well_being|burnout|mood|stress|pulse|enps|happiness", SourceKind.SURVEY),
        ("copilot|assistant|ai_usage|ai_session", SourceKind.AI_ASSISTANT),
        ("rota|oncall|on_call|shift", SourceKind.ROTA),
        ("slack|chat|mail|email|channel_message", SourceKind.MESSAGES),
        ("incident|outage|alert|page", SourceKind.INCIDENT_TRACKER),
        ("deploy|deployment|pipeline|build|cicd|workflow_run|release", SourceKind.DELIVERY_PIPELINE),
        ("issue|ticket|jira|story|epic|sprint|worklog", SourceKind.ISSUE_TRACKER),
        ("commit|pull_request|merge_request|pr|review|code_review|push|push_event|diff", SourceKind.VERSION_CONTROL),
    )
)  # fmt: skip
_BY = re.compile(r"_by$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=20_000)
def guess_column(table: str, column: str) -> Holds:
    """What a column holds, by its name and its table's: a person above all else that its words might say."""
    name = _CAMEL.sub("_", column).lower()
    words = [word.rstrip("0123456789") or "1" for word in re.split(r"[^a-z0-9]+", name) if word]
    if _HOURS.search(name):
        return Holds.WORKING_TIME
    if set(words) & _WORDS.amount:
        return Holds.PLAIN
    if set(words) & _WORDS.person or _BY.search(name):
        return Holds.PERSON
    if set(words) & _WORDS.free_text:
        return Holds.FREE_TEXT
    return _guess_rest(_CAMEL.sub("_", table).lower(), name, words)


def _guess_rest(table: str, name: str, words: list[str]) -> Holds:
    if names_people(table) and name in ("id", "name", "uid", "uuid", "key", "slug"):
        return Holds.PERSON
    if words and words[-1] in _WORDS.time:
        return Holds.TIME
    if name == "name":
        return Holds.TEAM if _THINGS.search(table) else Holds.UNRESOLVED
    if set(words) & _WORDS.team and set(words) <= _WORDS.team | _WORDS.plain | {"name", "slug"}:
        return Holds.TEAM
    plain = words and all(word in _WORDS.plain or word in _WORDS.time or word == "1" for word in words)
    return Holds.PLAIN if plain else Holds.UNRESOLVED


def names_people(table: str) -> bool:
    """Whether a table is one of people, by its name."""
    return _PERSON_TABLE.search(table) is not None


def guess_kind(table: str) -> SourceKind | None:
    """How a table comes to know what it knows, by its name; None where that says nothing."""
    name = _CAMEL.sub("_", table).lower()
    return next((kind for pattern, kind in _KINDS if pattern.search(name)), None)
