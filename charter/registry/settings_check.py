"""What metrics and charters have to say before settings of the programme change."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from charter.programme.models import DecisionKind
from charter.programme.settings import Settings
from charter.registry import rulebooks
from charter.registry.models import Metric
from ground.errors import BadInput


def check_settings(changes: Settings, decisions: Sequence[DecisionKind]) -> None:
    """Raise BadInput where changed settings name no metric, or would change what a charter in force promises.

    `decisions` are the declared ones as they would be.
    """
    _check_metric(changes)
    if any("." in key for key in changes):
        rulebooks.check_leave_examples(decisions)


def _check_metric(changes: Settings) -> None:
    slug = changes.get("error_budget_metric")
    if slug is not None and not Metric.objects.filter(slug=slug).exists():
        text = _("There is no metric called “%(slug)s”.") % {"slug": slug}
        raise BadInput(text, field="error_budget_metric")
