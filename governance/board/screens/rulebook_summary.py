"""A rulebook before the board: what changes rule by rule, and which examples would come out otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy

from charter.registry import queries as registry
from charter.registry import rulebooks
from charter.registry.models import RulebookVersion
from charter.registry.screens.openings import ShownOpening, show_rules_opening
from charter.rules import (
    ChangeKind,
    Rule,
    Rulebook,
    RulebookError,
    RuleChange,
    Verdict,
    compare_rulebooks,
    examples,
)
from charter.rules.examples import RuleExample
from charter.rules.vocabulary import Outcome, Waivable
from governance.board.models import Case
from governance.board.states import CaseState
from ground.errors import Unavailable
from ground.promises import promised

KINDS = {
    ChangeKind.ADDED: gettext_lazy("Added"),
    ChangeKind.DROPPED: gettext_lazy("Dropped"),
    ChangeKind.REWORDED: gettext_lazy("Said otherwise"),
    ChangeKind.CONDITION: gettext_lazy("Stops something else"),
}
MEANS = {
    ChangeKind.ADDED: gettext_lazy("A new rule. What it stops, it would stop for everybody."),
    ChangeKind.DROPPED: gettext_lazy(
        "This rule would be gone. What it stops now, it would not stop any more."
    ),
    ChangeKind.REWORDED: gettext_lazy("Only its words change. It stops what it stops now."),
    ChangeKind.CONDITION: gettext_lazy(
        "What it stops changes. Read its condition, or ask whoever proposed it."
    ),
}
WORDS = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("What it says"),
    "why": gettext_lazy("Why it exists"),
    "fix": gettext_lazy("What to do"),
    "effect": gettext_lazy("What it does"),
    "waivable": gettext_lazy("Who can waive it"),
}
EFFECTS = {
    Outcome.PERMIT: gettext_lazy("It allows."),
    Outcome.DENY: gettext_lazy("It refuses."),
    Outcome.REFER: gettext_lazy("It sends the question to the board."),
}
WAIVERS = {Waivable.NEVER: gettext_lazy("No one"), Waivable.BOARD: gettext_lazy("The board")}


@dataclass(frozen=True)
class ChangesSummary:
    """One rule that changes: how, what that means, and its words; `was` and `now` are both there where they differ."""

    change: RuleChange
    rule: Rule
    kind: str
    means: str
    lines: tuple[tuple[str, str, str], ...]  # label, was, would be


@dataclass(frozen=True)
class MovedExample:
    """An example that would come out otherwise."""

    example: RuleExample
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class RulebookSummary:
    """What the board weighs of a rulebook. `problem` says why it could not be put in force as things stand."""

    before: RulebookVersion | None
    changes: tuple[ChangesSummary, ...]
    moved: tuple[MovedExample, ...]
    total: int
    comparable: bool
    problem: str
    opening: ShownOpening | None
    template: ClassVar[str] = "board/parts/rulebook_summary.html"


def summarise_rulebook(case: Case) -> RulebookSummary:
    """A case's rulebook against the one that it replaced, or would replace; before the first, all rules are new."""
    version = promised(case.rulebook_version)
    before = rulebooks.find_previous_rulebook(version)
    old, new = read_rulebook(before.pk if before else None), read_rulebook(version.pk)
    return RulebookSummary(
        before=before,
        changes=tuple(summarise_changes(change) for change in compare_rulebooks(old, new))
        if old and new
        else (),
        moved=tuple(_moved(before, version)) if before else (),
        total=len(new.rules) if new else 0,
        comparable=bool(old and new),
        problem=rulebooks.describe_obstacle(version) if case.state == CaseState.OPEN else "",
        opening=_opening(before, version),
    )


def _opening(before: RulebookVersion | None, version: RulebookVersion) -> ShownOpening | None:
    """What the rules would permit that those before do not; None where this version cannot work one of them out."""
    try:
        old = registry.load_rulebook(before.pk) if before else None
        return show_rules_opening(old, registry.load_rulebook(version.pk))
    except Unavailable:
        return None


def read_rulebook(version: UUID | None) -> Rulebook | None:
    """None where there is none, or none that can be read any more."""
    try:
        return registry.load_rulebook_as_written(version) if version else None
    except RulebookError:
        return None


def summarise_changes(change: RuleChange, means: Mapping[ChangeKind, object] = MEANS) -> ChangesSummary:
    """A change in words; `means` says what each kind comes to, by default if the board agreed."""
    kind = change.kind
    return ChangesSummary(change, change.rule, str(KINDS[kind]), str(means[kind]), tuple(_lines(change)))


def _lines(change: RuleChange) -> Iterator[tuple[str, str, str]]:
    for field, label in WORDS.items():
        was, now = _word(change.old, field), _word(change.new, field)
        if was != now and (field != "title" or (was and now)):  # a new rule's title is its heading
            yield str(label), was, now


def _word(rule: Rule | None, field: str) -> str:
    if rule is None:
        return ""
    value = getattr(rule, field)
    said: dict[str, Mapping[Any, object]] = {"effect": EFFECTS, "waivable": WAIVERS}
    return str(said.get(field, {}).get(value, value))


def _moved(before: RulebookVersion, version: RulebookVersion) -> Iterator[MovedExample]:
    """The built-in examples, asked of both; nothing where one of them cannot be worked out by this version."""
    try:
        old, new = registry.load_rulebook(before.pk), registry.load_rulebook(version.pk)
    except Unavailable:
        return
    for example in _asked(old, new):
        was, now = (examples.run(example, book).verdict for book in (old, new))
        if (was.outcome, _ids(was)) != (now.outcome, _ids(now)):
            yield MovedExample(example, was, now)


def _asked(*books: Rulebook) -> Iterable[RuleExample]:
    return (
        example for example in examples.BUILTIN_EXAMPLES if all(example.rule in book.by_id for book in books)
    )


def _ids(verdict: Verdict) -> set[str]:
    return {match.id for match in verdict.rules}
