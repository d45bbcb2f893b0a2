"""What is filed, as the API and the pages give it: into the words that the services take. Judges nothing but form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from governance.appeals.states import AboutKind
from governance.appeals.words import AppealAbout, ContextSaid
from ground.errors import BadInput
from ground.parsing import read_day

_VALUE = {"metric", "cohort", "person", "from", "to"}


def read_about(given: Mapping[str, Any]) -> AppealAbout:
    """`{"receipt": id}`, `{"value": {…}}`, `{"rule": "AR07"}`, `{"charter": slug}`, `{"calibration": id}` or nothing. Raises BadInput naming `about`."""
    if not given:
        return AppealAbout()
    if len(given) > 1:
        raise BadInput(_("An appeal is about one thing. File one for each."), field="about")
    ((what, said),) = given.items()
    if what == "value":
        return _read_value(said)
    if what not in ("receipt", "rule", "charter", "calibration") or not isinstance(said, str):
        raise BadInput(
            _("Say what it is about: a receipt, a value, a rule, a charter or an outcome of calibration."),
            field="about",
        )
    return _read_named(what, said)


def _read_named(what: str, said: str) -> AppealAbout:
    if what == "receipt":
        return AppealAbout(kind=AboutKind.RECEIPT, entry=read_receipt(said))
    if what == "rule":
        return AppealAbout(kind=AboutKind.RULE, rule=said)
    if what == "calibration":
        return AppealAbout(kind=AboutKind.CALIBRATION, calibration=_read_outcome(said))
    return AppealAbout(kind=AboutKind.CHARTER, metrics=(said,))


def _read_outcome(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        text = _("Name the outcome as its page and the API do.")
        raise BadInput(text, field="about", code="no_outcome") from None


def read_receipt(said: str) -> UUID:
    """The number of a receipt. Raises BadInput."""
    try:
        return UUID(said)
    except ValueError:
        text = _("Enter the receipt’s number as it stands on the answer.")
        raise BadInput(text, field="about", code="no_receipt") from None


def _read_value(said: object) -> AppealAbout:
    if (
        not isinstance(said, dict)
        or not set(said) <= _VALUE
        or not all(isinstance(each, str) for each in said.values())
    ):
        raise BadInput(
            _("Say of a value its metric, its cohort or person, and from when to when."), field="about"
        )
    if bool(said.get("cohort")) == bool(said.get("person")):
        raise BadInput(_("A value is of a cohort or of a person. Name one of them."), field="about")
    return AppealAbout(
        kind=AboutKind.VALUE,
        metrics=(said.get("metric", ""),),
        cohorts=(said["cohort"],) if said.get("cohort") else (),
        person=said.get("person", ""),
        starts_on=read_day(said.get("from", ""), field="about"),
        ends_on=read_day(said.get("to", ""), field="about"),
    )


def read_context(given: Mapping[str, Any]) -> ContextSaid:
    """One time that matters, as the API gives it, checked for its form."""
    return ContextSaid(given["kind"], given["from"], given["to"], given["says"])
