"""What an error budget that burns means for delivery, told beside values of delivery (S153)."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.strain import releases
from audits.strain.releases import TeamReleases
from charter.registry.models import CharterVersion
from charter.rules.request import Request
from charter.rules.vocabulary import Category
from governance.people.models import Cohort, CohortKind

DELIVERY = frozenset({Category.DELIVERY, Category.FLOW})


@dataclass(frozen=True)
class ReleaseNotes:
    """The teams of a question whose releases are reduced, each with the policy that follows."""

    lines: tuple[tuple[TeamReleases, str], ...]
    template: str = "strain/release_notes.html"


def tell_release_appetite(asked: Request, versions: Sequence[CharterVersion]) -> ReleaseNotes | None:
    """That fewer releases are risk management, where a question is about delivery of teams whose error budget burns."""
    if not any(
        each.document["what"].get("category") in DELIVERY
        for each in versions
        if each.metric.slug in asked.metrics
    ):
        return None
    cohorts = list(Cohort.objects.filter(slug__in=asked.cohorts, kind=CohortKind.TEAM).order_by("name"))
    reduced = [each for each in releases.read_releases(cohorts) if each.is_reduced] if cohorts else []
    if not reduced:
        return None
    return ReleaseNotes(tuple((each, str(releases.POLICIES[each.appetite])) for each in reduced))  # fmt: skip
