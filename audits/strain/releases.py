"""Error budgets of teams and what follows for releases: the appetite, the policy, and what both sides chose (S153). Reads."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.strain.limits import HELD_FROM
from audits.strain.models import TradeOff
from audits.strain.states import ReleaseAppetite
from charter.measures.models import PublishedValue
from charter.programme.queries import get_programme
from charter.rules.vocabulary import Period
from governance.people.models import Cohort
from ground import calendar

POLICIES = {
    ReleaseAppetite.USUAL: _("Releases go on as planned."),
    ReleaseAppetite.REDUCED: _(
        "The error budget is used up. Non-urgent releases wait, and what makes the service hold comes first."
    ),
    ReleaseAppetite.HELD: _(
        "The error budget is used up twice over. Nothing is released but what mends the service or closes a hole."
    ),
    ReleaseAppetite.UNKNOWN: _("No month of the error budget is told of this team, so no policy follows."),
}


class TeamReleases(NamedTuple):
    """A team's newest told month of its error budget, the appetite that follows, and the trade-offs that hold or wait.

    What was used is told by the line alone; here stands what follows from it, and from which month (None where none is told).
    """

    cohort: Cohort
    appetite: ReleaseAppetite
    month: date | None
    trades: tuple[TradeOff, ...]

    @property
    def is_reduced(self) -> bool:
        """Whether less is released than usual: slower delivery is then risk management, and no shortfall."""
        return self.appetite in {ReleaseAppetite.REDUCED, ReleaseAppetite.HELD}


def find_appetite(used: float | None, limit: float) -> ReleaseAppetite:
    """The appetite for releases where so much of the budget is used, and it burns from `limit` on. Pure."""
    if used is None:
        return ReleaseAppetite.UNKNOWN
    if used > limit * HELD_FROM:
        return ReleaseAppetite.HELD
    return ReleaseAppetite.REDUCED if used > limit else ReleaseAppetite.USUAL


def read_releases(cohorts: Sequence[Cohort]) -> list[TeamReleases]:
    """The releases of these teams, in their order; a month that is withheld says nothing."""
    programme = get_programme()
    newest: dict[UUID, PublishedValue] = {}
    rows = PublishedValue.objects.filter(
        metric__slug=programme.error_budget_metric, cohort__in=cohorts, period_kind=Period.MONTH.value, superseded_at__isnull=True
    )  # fmt: skip
    for each in rows.order_by("starts_on"):
        newest[each.cohort_id] = each
    trades = _read_trades(cohorts)
    return [
        _put(each, newest.get(each.pk), programme.error_budget_limit, trades.get(each.pk, ()))
        for each in cohorts
    ]


def find_trade_off(key: UUID) -> TradeOff | None:
    """A trade-off with its team."""
    return TradeOff.objects.select_related("cohort").filter(pk=key).first()


def _put(
    cohort: Cohort, value: PublishedValue | None, limit: float, trades: Sequence[TradeOff]
) -> TeamReleases:
    used = value.value if value is not None and not value.withheld else None
    return TeamReleases(
        cohort,
        find_appetite(used, limit),
        value.starts_on if value is not None and used is not None else None,
        tuple(trades),
    )


def _read_trades(cohorts: Sequence[Cohort]) -> dict[UUID, list[TradeOff]]:
    found: dict[UUID, list[TradeOff]] = {}
    rows = TradeOff.objects.filter(cohort__in=cohorts, ends_on__gte=calendar.today())
    for each in rows.select_related("written_by", "agreed_by", "cohort").order_by("-starts_on", "-id"):
        found.setdefault(each.cohort_id, []).append(each)
    return found
