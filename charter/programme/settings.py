"""Settings of the programme: which there are, what they are now, and the change of some by a case of the board (S7)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.ledger import services as ledger
from charter.programme.events import SettingsChanged
from charter.programme.models import DecisionKind, Programme
from charter.rules import words
from charter.rules.vocabulary import Grain
from governance.people.models import User
from ground import records
from ground.errors import BadInput, NotFound
from ground.promises import promised

# Values as JSON has them, by key: a field of the programme, or `promotion_evidence.evidence_needed` for one of a decision.
Settings = Mapping[str, Any]
# What holds settings.
Row: TypeAlias = Programme | DecisionKind
# What the registry has to say of changed settings and of the decisions as they would be: raises BadInput. Handed in, as the
# programme knows no metric and no charter (`charter.registry.settings_check`).
Check = Callable[[Settings, Sequence[DecisionKind]], None]
OF_DECISIONS = ("minimum_grain", "evidence_needed", "fairness_needed", "accountable_needed")


class SettingsGroup(NamedTuple):
    """Settings that are looked at together."""

    title: str | Promise
    keys: tuple[str, ...]


PARTS: Mapping[str, SettingsGroup] = MappingProxyType(
    {
        "groups": SettingsGroup(
            gettext_lazy("Small groups and single people"),
            (
                "minimum_group", "minimum_group_strain", "coverage_threshold", "least_events", "largest_share",
                "least_events_unnamed",
            ),
        ),
        "values": SettingsGroup(gettext_lazy("Months and quarters"), ("settling_days",)),
        "looking": SettingsGroup(
            gettext_lazy("Looking at single people"),
            (
                "looks_a_day", "enumeration_share", "enumeration_people", "enumeration_minutes", "hop_share",
                "hop_days", "ruling_days", "notice_delay_days",
            ),
        ),
        "charters": SettingsGroup(
            gettext_lazy("Charters and their reviews"),
            ("charter_months", "review_days", "review_notice_days", "untied_days", "expiry_reminder_days"),
        ),
        "visitors": SettingsGroup(gettext_lazy("Visitors without an account"), ("readable_by_visitors",)),
        "appeals": SettingsGroup(
            gettext_lazy("Appeals"),
            (
                "holiday_calendar", "appeal_acknowledge_days", "appeal_independence_days", "appeal_outcome_days",
                "appeal_extension_days", "appeal_urgent_days", "appeal_urgent_within_days",
                "appeal_second_filing_days", "appeal_second_outcome_days", "appeal_window_months",
            ),
        ),
        "audits": SettingsGroup(
            gettext_lazy("Audits, and how long things are kept"),
            ("sampled_share", "sampled_least", "sampled_days", "decisions_kept_months", "leavers_kept_months", "strain_kept_months"),
        ),
        "error-budgets": SettingsGroup(gettext_lazy("Error budgets"), ("error_budget_metric", "error_budget_limit")),
    }
)  # fmt: skip


class SettingChange(NamedTuple):
    """A changed setting: what it is, and was and would be, in words."""

    key: str
    label: str
    was: str
    becomes: str


class SettingRows:
    """The rows that hold the settings: the programme and each declared decision."""

    def __init__(self) -> None:
        programme = Programme.objects.first()
        if programme is None:
            raise NotFound(
                _("There is no programme yet. An administrator begins one on the page of the board.")
            )
        self._decisions = list(programme.decision_kinds.all())
        own = [(key, (programme, key)) for part in PARTS.values() for key in part.keys]
        of_decisions = [
            (f"{kind.slug}.{name}", (kind, name)) for kind in self._decisions for name in OF_DECISIONS
        ]
        # In the order in which they are read.
        self._held: dict[str, tuple[Row, str]] = dict([*own, *of_decisions])

    def decisions(self) -> list[DecisionKind]:
        """The declared decisions, by slug."""
        return self._decisions

    def all_keys(self) -> list[str]:
        """Every setting, in the order in which it is read."""
        return list(self._held)

    def row(self, key: str) -> Row:
        """The row that holds a setting. BadInput where there is no such setting."""
        if key not in self._held:
            raise BadInput(_("There is no setting “%(name)s”.") % {"name": key}, field=key)
        return self._held[key][0]

    def field(self, key: str) -> "models.Field[Any, Any]":
        """The field of its row that a setting is. BadInput as `row`."""
        return cast("models.Field[Any, Any]", self.row(key)._meta.get_field(self._held[key][1]))

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
        return words.level(Grain(str(value))) if key.endswith(".minimum_grain") else str(value)

    def lines(self, changes: Settings, former: Settings) -> list[SettingChange]:
        """Changes in words, in the order in which settings are read."""
        return [
            SettingChange(key, self.label(key), self.said(key, former[key]), self.said(key, changes[key]))
            for key in self.all_keys()
            if key in changes
        ]

    def touched(self, keys: Iterable[str]) -> list[tuple[Row, list[str]]]:
        """The rows that hold these settings, each with the fields at issue."""
        found: dict[Row, list[str]] = {}
        for row, name in map(self._held.__getitem__, keys):
            found.setdefault(row, []).append(name)
        return list(found.items())

    def take(self, key: str, value: object) -> None:
        """Give a setting a value, in memory. BadInput, naming it, where it cannot be that."""
        row, field = self.row(key), self.field(key)
        if isinstance(field, models.BooleanField) and not isinstance(value, bool):
            raise BadInput(_("Say true or false."), field=key)
        if isinstance(field, ArrayField) and not isinstance(value, list | str):
            raise BadInput(_("Give a list of numbers."), field=key)
        try:
            # A form's field first: a model's would take 5.7 for 5, and what is not a number for one.
            given = promised(field.formfield()).clean(value)
            setattr(row, field.name, field.clean(given, row))
        except ValidationError as error:
            raise BadInput(" ".join(error.messages), field=key) from error


def check_changes(changes: Settings, *, against: Check) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changes as they would be stored, without what is so already, and what these settings are now.

    BadInput, naming the setting where it is one, for what there is no setting for, what it cannot be, and what
    contradicts another; where nothing would change; and where an example of a charter in force would come out otherwise.
    """
    return _taken(SettingRows(), changes, against)


@transaction.atomic
def change_settings(*, changes: Settings, against: Check, case_id: UUID, by: User) -> None:
    """Change settings by a passed case. They hold from the next question and the next publishing on.

    BadInput as `checked`.
    """
    Programme.objects.select_for_update().first()
    rows = SettingRows()
    stored, former = _taken(rows, changes, against)
    for row, names in rows.touched(stored):
        row.case_id = case_id
        row.save(update_fields=[*names, "case_id"])
    ledger.append(SettingsChanged(case=case_id, changes=stored, former=former), by=by.actor)


def _taken(rows: SettingRows, changes: Settings, against: Check) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take changes into the rows, checked; what differs, and what it was."""
    former = {key: rows.value(key) for key in changes}
    for key, value in changes.items():
        rows.take(key, value)
    stored = {key: rows.value(key) for key in changes if rows.value(key) != former[key]}
    if not stored:
        raise BadInput(_("That is how it is already. Say what would change."), field="settings")
    for row, _names in rows.touched(stored):
        records.check(row)
    against(stored, rows.decisions())
    return stored, {key: former[key] for key in stored}
