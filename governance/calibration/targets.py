"""Texts that state how many people may come out where: refused, whatever they are called (AR17). Pure.

What was achieved may be told in numbers ("failures fell by 30 %"); how people are to be spread may not.
"""

import re

_PEOPLE = r"(?:people|persons|employees|staff|engineers|developers|reports|team members|everybody|everyone|ratings?|levels?|(?:the|our|each|every) (?:team|group|cohort|department))"
_NUMBER = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|a (?:third|quarter|half|tenth|fifth))"
_SHARE = rf"{_NUMBER}\s*(?:%|per ?cent|percent)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bquotas?\b",
        r"\b(?:forced|target|fixed|expected|desired|planned) (?:distribution|curve|spread|ranking|share)\b",
        r"\bbell[- ]?(?:shaped )?curve\b",
        r"\b(?:on|to|along|fit) (?:a|the) curve\b",
        r"\b(?:stack|forced|force)[- ]?rank(?:ing|ed|s)?\b",
        rf"\b(?:top|bottom|best|worst|lowest|highest|upper|lower)\s+(?:{_SHARE}|{_NUMBER} (?:people|persons|of)|quartile|decile)",
        rf"{_SHARE}\s+of\s+(?:all\s+|our\s+|the\s+)*{_PEOPLE}",
        rf"{_NUMBER} (?:in|out of) (?:{_NUMBER}) (?:people|may|can|must|should|has to|have to)\b",
        rf"\b(?:at most|at least|no more than|not more than|no fewer than|exactly|up to|a maximum of|a minimum of|only)\s+(?:{_SHARE}|{_NUMBER})\s+(?:(?:people|persons|of {_PEOPLE}|per team|in each team|in every team|in a team)|(?:may|can|must|should) )",
        r"\b(?:average|mean) (?:rating|level) (?:must|should|has to|may not|cannot)\b",
    )
)


def find_target(text: str) -> str:
    """The words in which a text says how many people may come out where; blank where it does not."""
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return found.group(0).strip()
    return ""
