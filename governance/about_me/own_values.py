"""One's own figures, asked of the line: nothing else gives a value, so that each has its receipt. They are stored nowhere."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from charter.programme.queries import get_programme
from charter.rules.request import Request
from charter.rules.vocabulary import Grain, Period
from governance.about_me.queries.included import IncludedMetric
from governance.decisions.models import Door
from governance.decisions.screens.months import list_closed_months
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people.models import User
from governance.ui.questions import month_window
from ground import calendar
from ground.errors import BadInput, Unavailable

MONTHS = 12  # that a figure goes back


class OwnAnswer(Struct, frozen=True):
    """A metric with the line's answer about oneself; where there are no values, why."""

    metric: IncludedMetric
    answer: Answer | None
    because: str = ""


def make_own_question(metric: IncludedMetric) -> Request:
    """The question of one's own values in the last closed months, of a metric whose charter opens them."""
    if metric.own_use is None:
        raise ValueError(metric.slug)
    months = list_closed_months(calendar.today() - timedelta(days=get_programme().settling_days))
    return Request(
        decision=metric.own_use,
        metrics=(metric.slug,),
        grain=Grain.SELF,
        window=month_window(months[MONTHS - 1], months[0]),
        period=Period.MONTH,
    )


def list_own_answers(user: User, included: Sequence[IncludedMetric], door: Door) -> Iterator[OwnAnswer]:
    """Each metric that opens its figures to those whose they are, asked now. Raises TooMuch where the account had its part."""
    for metric in included:
        if metric.own_use is not None:
            yield _ask(user, metric, door)


def _ask(user: User, metric: IncludedMetric, door: Door) -> OwnAnswer:
    try:
        given = answer(request=make_own_question(metric), by=user, door=door)
    except (BadInput, Unavailable) as error:
        return OwnAnswer(metric, None, error.detail)
    if given.verdict.permits:
        return OwnAnswer(metric, given)
    return OwnAnswer(metric, None, "; ".join(match.here for match in given.verdict.rules))
