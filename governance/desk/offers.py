"""What the ask form lets one choose, and what it says about each choice before anything is asked."""

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from charter.registry import queries as registry
from charter.registry.models import DecisionKind, Metric
from charter.registry.states import Standing
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionGroup, Role
from governance.desk.context import today
from governance.people import queries as people
from governance.people.models import Cohort, CohortKind
from ground import clock

Choices = list[tuple[str, str]]
Groups = list[tuple[str, Choices]]

MONTHS_SHOWN = 60
GROUPS = {
    DecisionGroup.OPERATIONAL: gettext_lazy("Operations"),
    DecisionGroup.PLANNING: gettext_lazy("Planning"),
    DecisionGroup.DEVELOPMENT: gettext_lazy("Development"),
    DecisionGroup.PEOPLE: gettext_lazy("About a person"),
    DecisionGroup.ASSURANCE: gettext_lazy("Audits and law"),
}
KINDS = {
    CohortKind.TEAM: gettext_lazy("Teams"),
    CohortKind.VALUE_STREAM: gettext_lazy("Value streams"),
    CohortKind.ORG: gettext_lazy("Organisation"),
}
# Whose team one asks about first: the one that one leads.
LEADS = (Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.TEAM_MEMBER)


class Offer(Struct, frozen=True):
    """A metric to choose: whether its charter is in force, and the (decision, grain) pairs that it lists then."""

    slug: str
    name: str
    in_force: bool
    uses: frozenset[tuple[str, str]]

    def informs(self, decision: str) -> bool:
        return any(decision == listed for listed, _grain in self.uses)

    def hint(self, decision: str) -> str:
        """What is known before asking; nothing where the charter lists the decision, or none is chosen."""
        if not self.in_force:
            return _("Not approved: every use is refused")
        if decision and not self.informs(decision):
            return _("Its charter does not list this decision")
        return ""


class Offers(Struct, frozen=True):
    """All that can be chosen; `mine` is the cohort that the reader most likely asks about, `decision` what is chosen."""

    decision: str
    decisions: Groups
    metrics: tuple[Offer, ...]
    cohorts: Groups
    months: tuple[str, ...]  # closed ones, newest first, as 2026-03
    mine: str

    @property
    def names(self) -> dict[str, str]:
        """Metrics' names by slug."""
        return {offer.slug: offer.name for offer in self.metrics}

    @property
    def informing(self) -> str:
        """`10 of 12 metrics in force may inform this decision.`"""
        if not self.decision:
            return ""
        active = [offer for offer in self.metrics if offer.in_force]
        counts = {"listed": sum(offer.informs(self.decision) for offer in active), "active": len(active)}
        return (
            _("%(listed)s of %(active)s metrics in force may inform this decision. They come first.") % counts
        )

    def lists(self, request: Request) -> bool:
        """Whether the charters in force of all metrics asked for list this use; roles and rules still decide."""
        found = {offer.slug: offer for offer in self.metrics}
        use = (request.decision.value, request.grain.value)
        return all(slug in found and use in found[slug].uses for slug in request.metrics)


def offers(request: HttpRequest, decision: str) -> Offers:
    """What this reader can choose, with the metrics first that may inform the decision already chosen."""
    metrics = map(_offer, registry.list_of_metrics())
    cohorts = list(Cohort.objects.filter(retired_at__isnull=True).values_list("slug", "kind", "name"))
    return Offers(
        decision=decision,
        decisions=_decisions(),
        metrics=tuple(
            sorted(metrics, key=lambda offer: (bool(offer.hint(decision)), not offer.in_force, offer.name))
        ),
        cohorts=[
            (str(label), [(slug, name) for slug, of, name in cohorts if of == kind])
            for kind, label in KINDS.items()
        ],
        months=closed_months(today(request)),
        mine=_mine(request, [slug for slug, _kind, _name in cohorts]),
    )


def closed_months(day: date) -> tuple[str, ...]:
    """The last months that were over on this day, newest first."""
    ordinal = day.year * 12 + day.month - 1
    return tuple(
        f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(ordinal - 1, ordinal - 1 - MONTHS_SHOWN, -1)
    )


def _offer(metric: Metric) -> Offer:
    """What a draft plans to allow is not told."""
    version = metric.current
    if version is None or version.standing != Standing.ACTIVE or version.expires_at <= clock.now():
        return Offer(metric.slug, metric.name, in_force=False, uses=frozenset())
    allowed = registry.as_approved(version).which_decisions.allowed
    uses = frozenset((use.decision.value, grain.value) for use in allowed for grain in use.grains)
    return Offer(metric.slug, metric.name, in_force=True, uses=uses)


def _decisions() -> Groups:
    kinds = list(DecisionKind.objects.order_by("name"))
    return [
        (str(label), [(kind.slug, kind.name) for kind in kinds if kind.group == group])
        for group, label in GROUPS.items()
    ]


def _mine(request: HttpRequest, slugs: list[str]) -> str:
    """The team that the reader leads, else the one they are in."""
    found = people.cohorts_asked(slugs, user=request.user, on=today(request)).values()
    teams = [cohort for cohort in found if cohort.kind == CohortKind.TEAM]
    return next((cohort.slug for role in LEADS for cohort in teams if role in cohort.roles), "")
