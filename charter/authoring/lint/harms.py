"""Answers about harm: written for the people they are about, or by rote. Pure."""

import re
from collections.abc import Iterator

from charter.registry.document import Harms
from charter.registry.finding import Fault, LintSubject

# Words below which no answer says who is harmed, how, and what prevents it.
FEWEST_WORDS = 6
GROUPS = ("disabled_workers", "caregivers", "nonstandard_schedules")
_WORD = re.compile(r"[^\W_]+")
# What says nothing whoever it is said of, however it is written.
_EMPTY = frozenset(
    {
        "no", "none", "no harm", "no harms", "no risk", "no risks", "nothing", "na", "n a", "not applicable", "no impact",
        "no effect", "does not apply", "not affected", "no issues", "no known harm", "none known", "there is none",
        "there is no harm", "no harm expected", "tbd", "todo",
    }
)  # fmt: skip
FIX = "Say who could be harmed, how, and what prevents it; if nobody, say why not."


def is_empty_phrase(answer: str) -> bool:
    """Whether an answer is one of those that say nothing: `No harm.`, `N/A`."""
    return " ".join(_WORD.findall(answer.lower())) in _EMPTY


def is_rote(harms: Harms, group: str) -> bool:
    """Whether what is said of a group was said by rote: an empty phrase, a few words, or the same as of another group."""
    answer = getattr(harms, group).strip()
    if not answer:
        return False
    others = [getattr(harms, other).strip().lower() for other in GROUPS if other != group]
    short = len(_WORD.findall(answer)) < FEWEST_WORDS
    return is_empty_phrase(answer) or short or answer.lower() in others


def lint_empty_phrases(draft: LintSubject) -> Iterator[Fault]:
    """“No harm” is no answer: it says neither who nor how nor what prevents it."""
    for group in GROUPS:
        answer = getattr(draft.document.harms, group)
        if is_empty_phrase(answer):
            yield Fault(f"harms.{group}", f"“{answer.strip()}” does not answer how it could harm them.", FIX)


def lint_rote_answers(draft: LintSubject) -> Iterator[Fault]:
    """An answer of a few words, or the same for two groups; the board is told."""
    harms = draft.document.harms
    for group in GROUPS:
        if is_rote(harms, group) and not is_empty_phrase(getattr(harms, group)):
            text = "This was answered in a few words, or as for another group. The board is told so."
            yield Fault(f"harms.{group}", text, FIX)
