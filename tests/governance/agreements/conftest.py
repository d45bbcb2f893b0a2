"""Agreements of tests, and what lets the board pass them."""

from datetime import date
from typing import Any

from governance.agreements import services
from governance.agreements.agreement_text import (
    AgreementKind,
    AgreementParty,
    AgreementTerm,
    AgreementText,
    AssessedRisk,
    Assessment,
    AssessmentOutcome,
    Clause,
    ClauseBounds,
    Level,
    RiskMeasure,
)
from governance.agreements.models import AgreementVersion
from governance.agreements.scans import AGREEMENT_CLOCK
from governance.people.models import User
from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped
from tests.pages import browse

__all__ = ["browse", "governed", "house", "stopped"]

PARTIES = (AgreementParty("Works council", "employees"), AgreementParty("Management", "the employer"))


def a_text(**fields: Any) -> AgreementText:
    """A works agreement of one clause, whole, from this April on."""
    said: dict[str, Any] = {
        "slug": "works-agreement",
        "kind": AgreementKind.WORKS_AGREEMENT,
        "title": "Developer analytics",
        "term": AgreementTerm("2026-04-01"),
        "parties": PARTIES,
        "scope": "Metrics of delivery.",
        "basis": "§ 87 (1) no. 6 BetrVG",
        "clauses": (Clause("4", "No values of single persons."),),
    }
    return AgreementText(**{**said, **fields})


def binding(number: str = "4", **binds: Any) -> AgreementText:
    """The same, whose clause binds this."""
    return a_text(clauses=(Clause(number, "As agreed.", ClauseBounds(**binds)),))


def an_assessment(**fields: Any) -> AgreementText:
    """An impact assessment with all its headings."""
    found = Assessment(
        (
            AssessedRisk(
                "Managers rank people", Level.HIGH, Level.LOW, (RiskMeasure("No person level", "IT"),)
            ),
        ),
        "The council agrees.",
        "",
        "The officer advises to go ahead.",
        AssessmentOutcome.WITH_MEASURES,
    )
    said = {
        "slug": "assessment",
        "kind": AgreementKind.ASSESSMENT,
        "title": "Assessment",
        "clauses": (),
        "assessment": found,
    }
    return a_text(**{**said, **fields})


def put(text: AgreementText, by: User | None = None) -> AgreementVersion:
    """A version that is before the board."""
    version = services.write_agreement(text=text, by=by or factories.an_administrator("admin"))
    services.put_to_board(version=version, by=version.written_by)
    return AgreementVersion.objects.get(pk=version.pk)


def passed(text: AgreementText) -> AgreementVersion:
    """A version that the board has passed."""
    version = put(text)
    factories.a_decided_case(version.case)
    return AgreementVersion.objects.select_related("case").get(pk=version.pk)


def run_clock() -> dict[str, int]:
    return AGREEMENT_CLOCK.once(by=factories.system())


def day(text: str) -> date:
    return date.fromisoformat(text)
