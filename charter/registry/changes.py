"""What is checked of a change of the organisation or of a platform before it is recorded (S10)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.registry.states import ReviewKind
from ground.errors import BadInput


def check_change(kind: ReviewKind, says: str, on: date, today: date) -> None:
    if kind == ReviewKind.QUARTERLY:
        raise BadInput(_("A change is of the organisation or of a platform."), field="kind")
    if not says.strip():
        raise BadInput(_("Say what changed."), field="says")
    if on > today:
        raise BadInput(_("Record a change once it has happened."), field="on")


def check_known(named: Collection[str], found: QuerySet[Any], field: str) -> None:
    unknown = set(named) - set(found.values_list("slug", flat=True))
    if unknown:
        text = _("There is no “%(slug)s” among the %(field)s.")
        raise BadInput(text % {"slug": min(unknown), "field": field}, field=field)
