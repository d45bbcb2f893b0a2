"""What a case is about, in words, and what the board weighs: findings, harms, the checklist."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.authoring import submission
from charter.authoring.lint import Finding, Severity
from charter.authoring.lint.harms import is_rote
from charter.authoring.readability import Readability, measure_readability
from charter.registry import queries as registry
from charter.registry.diff import Difference, find_differences
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.registry.screens.openings import ShownOpening, show_charter_opening
from charter.registry.states import StandingChoices
from governance.board.models import Case

# Who could come to harm; each is asked about in every charter (S67).
GROUPS = {
    "disabled_workers": gettext_lazy("Disabled workers"),
    "caregivers": gettext_lazy("Caregivers"),
    "nonstandard_schedules": gettext_lazy("People with nonstandard schedules"),
}
IN_FORCE = frozenset({StandingChoices.ACTIVE, StandingChoices.SUSPENDED})
LEVELS = {
    Severity.ERROR: ("deny", gettext_lazy("Error")),
    Severity.WARNING: ("due", gettext_lazy("Warning")),
    Severity.NOTE: ("", gettext_lazy("Note")),
}


@dataclass(frozen=True)
class ChecklistQuestion:
    """One question of the board's checklist, with what the charter says to it; empty where it says nothing."""

    asks: str
    answer: str


@dataclass(frozen=True)
class CharterSummary:
    """What the board weighs of a charter version."""

    version: CharterVersion
    document: CharterDocument
    findings: tuple[tuple[str, str, Finding], ...]
    harms: tuple[tuple[str, str, bool], ...]  # group, answer, whether by rote
    reads: Readability | None
    checklist: tuple[ChecklistQuestion, ...]
    earlier: CharterVersion | None
    differences: tuple[Difference, ...]
    opening: ShownOpening | None


def name_case(case: Case) -> str:
    """`Lead time for changes, version 2`; the subject where the case has one of its own."""
    if case.subject:
        return case.subject
    if case.charter_version is not None:
        said = {"name": case.charter_version.metric.name, "number": case.charter_version.number}
        return _("%(name)s, version %(number)s") % said
    if case.rulebook_version is not None:
        return _("The rules, version %(number)s") % {"number": case.rulebook_version.number}
    return str(case.get_kind_display())


def summarise_charter(version: CharterVersion) -> CharterSummary:
    """A charter version with what its checks find and what it says to the checklist (S20, S67)."""
    document, earlier = registry.load_document(version.pk), _earlier(version)
    found = submission.lint_version(version)
    return CharterSummary(
        version=version,
        document=document,
        findings=tuple((*_level(each), each) for each in found),
        harms=tuple(
            (str(label), getattr(document.harms, field), is_rote(document.harms, field))
            for field, label in GROUPS.items()
        ),
        reads=measure_readability(document.what.definition),
        checklist=_checklist(document),
        earlier=earlier,
        differences=tuple(find_differences(registry.load_document(earlier.pk), document)) if earlier else (),
        opening=show_charter_opening(earlier, version),
    )


def _earlier(version: CharterVersion) -> CharterVersion | None:
    """The version that this one is read against: the one in force, else the one before it."""
    before = version.metric.versions.filter(number__lt=version.number)
    return min(before, key=lambda each: (each.standing not in IN_FORCE, -each.number), default=None)


def _level(finding: Finding) -> tuple[str, str]:
    shape, word = LEVELS[finding.level]
    return shape, str(word)


def _checklist(document: CharterDocument) -> tuple[ChecklistQuestion, ...]:
    """What every member asks themself before they vote; the charter's own words stand beside."""
    return (
        ChecklistQuestion(
            _("Could an employee outside engineering leadership explain it?"), document.what.affects_me
        ),
        ChecklistQuestion(_("Is it the least that serves the purpose?"), document.why.minimisation),
        ChecklistQuestion(_("Is it known how it could mislead?"), " ".join(document.what.gaming_risks)),
    )
