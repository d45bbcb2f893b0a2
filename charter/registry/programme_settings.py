"""Settings of the programme: which there are, what they are now, and the change of some by a case of the board (S7)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.ledger import services as ledger
from charter.registry import rulebooks
from charter.registry.models import DecisionKind, Metric, Programme
from charter.rules import words
from charter.rules.vocabulary import Grain
from governance.people.models import User
from ground import records
from ground.errors import BadInput, NotFound

# Values as JSON has them, by key: a field of the programme, or `promotion_evidence.evidence_needed` for one of a decision.
Settings = Mapping[str, Any]
OF_DECISIONS = ("minimum_grain", "evidence_needed", "fairness_needed", "accountable_needed")


class Part(NamedTuple):
    """Settings that are looked at together."""

    title: str
    keys: tuple[str, ...]


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "groups": Part(
            gettext_lazy("Small groups and single people"),
            (
                "minimum_group", "minimum_group_strain", "coverage_threshold", "least_events", "largest_share",
                "least_events_unnamed",
            ),
        ),
        "looking": Part(
            gettext_lazy("Looking at single people"),
            (
                "looks_a_day", "enumeration_share", "enumeration_people", "enumeration_minutes", "hop_share",
                "hop_days", "ruling_days", "notice_delay_days",
            ),
        ),
        "charters": Part(
            gettext_lazy("Charters and their reviews"),
            ("charter_months", "review_days", "review_notice_days", "untied_days", "expiry_reminder_days"),
        ),
        "error-budgets": Part(gettext_lazy("Error budgets"), ("error_budget_metric", "error_budget_limit")),
    }
)  # fmt: skip


class Line(NamedTuple):
    """A changed setting: what it is, and was and would be, in words."""

    key: str
    label: str
    was: str
    becomes: str


class Rows:
    """The rows that hold the settings: the programme and each declared decision."""

    def __init__(self) -> None:
        programme = Programme.objects.first()
        if programme is None:
            raise NotFound(_("There is no programme yet."))
        self._decisions = list(programme.decision_kinds.all())
        own = [(key, (programme, key)) for part in PARTS.values() for key in part.keys]
        of_decisions = [
            (f"{kind.slug}.{name}", (kind, name)) for kind in self._decisions for name in OF_DECISIONS
        ]
        # In the order in which they are read.
        self._held: dict[str, tuple[models.Model, str]] = dict([*own, *of_decisions])

    def decisions(self) -> list[DecisionKind]:
        """The declared decisions, by slug."""
        return self._decisions

    def all_keys(self) -> list[str]:
        """Every setting, in the order in which it is read."""
        return list(self._held)

    def row(self, key: str) -> models.Model:
        """The row that holds a setting. BadInput where there is no such setting."""
        if key not in self._held:
            raise BadInput(_("There is no setting “%(name)s”.") % {"name": key}, field=key)
        return self._held[key][0]

    def field(self, key: str) -> models.Field:
        """The field of its row that a setting is. BadInput as `row`."""
        return self.row(key)._meta.get_field(self._held[key][1])

    def value(self, key: str) -> Any:
        """What a setting is now. BadInput as `row`."""
        return getattr(self.row(key), self._held[key][1])

    def values(self) -> dict[str, Any]:
        """Every setting as it is now."""
        return {key: self.value(key) for key in self.all_keys()}

    def label(self, key: str) -> str:
        """`Smallest group of people`; `Promotion evidence: pieces of other evidence needed`."""
        row, label = self.row(key), str(self.field(key).verbose_name)
        return f"{row.name}: {words.inside(label)}" if isinstance(row, DecisionKind) else label

    def said(self, key: str, value: object) -> str:
        """A value as people read it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return words.listed(map(str, value)) if value else _("none")
        return words.level(Grain(value)) if key.endswith(".minimum_grain") else str(value)

    def lines(self, changes: Settings, former: Settings) -> list[Line]:
        """Changes in words, in the order in which settings are read."""
        return [
            Line(key, self.label(key), self.said(key, former[key]), self.said(key, changes[key]))
            for key in self.all_keys()
            if key in changes
        ]

    def touched(self, keys: Iterable[str]) -> list[tuple[models.Model, list[str]]]:
        """The rows that hold these settings, each with the fields at issue."""
        found: dict[models.Model, list[str]] = {}
        for row, name in map(self._held.__getitem__, keys):
            found.setdefault(row, []).append(name)
        return list(found.items())

    def take(self, key: str, value: object) -> None:
        """Give a setting a value, in memory. BadInput, naming it, where it cannot be that."""
        row, field = self.row(key), self.field(key)
        if isinstance(field, models.BooleanField) and not isinstance(value, bool):
            raise BadInput(_("Say true or false."), field=key)
        try:
            # A form's field first: a model's would take 5.7 for 5, and what is not a number for one.
            setattr(row, field.name, field.clean(field.formfield().clean(value), row))
        except ValidationError as error:
            raise BadInput(" ".join(error.messages), field=key) from error


def checked(changes: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changes as they would be stored, without what is so already, and what these settings are now.

    BadInput, naming the setting where it is one, for what there is no setting for, what it cannot be, and what
    contradicts another; where nothing would change; and where an example of a charter in force would come out otherwise.
    """
    return _taken(Rows(), changes)


@transaction.atomic
def change_settings(*, changes: Settings, case_id: UUID, by: User) -> None:
    """Change settings by a passed case. They hold from the next question and the next publishing on.

    BadInput as `checked`.
    """
    Programme.objects.select_for_update().first()
    rows = Rows()
    stored, former = _taken(rows, changes)
    for row, names in rows.touched(stored):
        row.case_id = case_id
        row.save(update_fields=[*names, "case_id"])
    payload = {"case": case_id, "changes": stored, "former": former}
    ledger.append(kind="registry.settings.changed", payload=payload, by=by.actor)


def _taken(rows: Rows, changes: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take changes into the rows, checked; what differs, and what it was."""
    former = {key: rows.value(key) for key in changes}
    for key, value in changes.items():
        rows.take(key, value)
    stored = {key: rows.value(key) for key in changes if rows.value(key) != former[key]}
    if not stored:
        raise BadInput(_("That is how it is already. Say what would change."), field="settings")
    for row, _names in rows.touched(stored):
        records.check(row)
    _check_metric(stored)
    if any("." in key for key in stored):
        rulebooks.check_leave_examples(rows.decisions())
    return stored, {key: former[key] for key in stored}


def _check_metric(changes: Settings) -> None:
    slug = changes.get("error_budget_metric")
    if slug is not None and not Metric.objects.filter(slug=slug).exists():
        text = _("There is no metric called “%(slug)s”.") % {"slug": slug}
        raise BadInput(text, field="error_budget_metric")
