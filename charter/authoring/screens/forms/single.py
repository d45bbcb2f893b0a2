"""The other headings that are one form: why, who, how long and harms."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from charter.authoring.screens.forms import fields
from charter.authoring.screens.forms.base import HeadingForm
from charter.registry import limits
from charter.registry.document import Access, CharterDocument, Harms, HowLong, Who, Why
from charter.registry.headings import LABELS, Heading
from charter.registry.screens.charter_page import ROLES
from charter.rules.vocabulary import DecisionType, Grain, Role
from governance.ui.forms import DayField


class WhyForm(HeadingForm):
    heading = Heading.WHY
    sections = (
        (_("What it is for"), "", ("purpose", "serves", "minimisation")),
        (_("What allows it"), _("Required where single people are shown to others."), ("legal_basis", "impact_assessment", "works_agreement", "clauses")),
        (_("From when"), _("No data from before the approval, unless the board agrees."), ("data_from", "backfill_because")),
    )  # fmt: skip

    purpose = fields.prose(LABELS["why.purpose"], _("What will somebody do better because of it?"))
    serves = fields.choose(LABELS["why.serves"], fields.decisions())
    minimisation = fields.prose(LABELS["why.minimisation"])
    legal_basis = fields.prose(LABELS["why.legal_basis"], rows=2)
    impact_assessment = fields.text(LABELS["why.impact_assessment"], _("A link or a reference."))
    works_agreement = fields.text(LABELS["why.works_agreement"], _("Where your organisation has one."))
    clauses = fields.ClauseRefs(
        label=LABELS["why.clauses"],
        help_text=_(
            "Of agreements on record, one a line: the agreement’s short name, a stroke, the clause, as in works-agreement/4.2."
        ),
        required=False,
        widget=forms.Textarea,
    )
    data_from = DayField(
        label=LABELS["why.data_from"],
        required=False,
        error_messages={"invalid": _("First day of data: give a day such as 2026-04-01")},
    )
    backfill_because = fields.prose(LABELS["why.backfill_because"], rows=2)

    @property
    def part(self) -> Why:
        return Why(**{**self.cleaned_data, "serves": self._words("serves", DecisionType)})


class WhoForm(HeadingForm):
    """Which levels each role may ask for: one group of levels a role."""

    heading = Heading.WHO

    contact = fields.text(
        LABELS["who.contact"], _("Whom an employee can ask: a role or a team, with where to find them.")
    )
    next_level = fields.text(LABELS["who.next_level"])

    def __init__(self, data: Any, *, document: CharterDocument) -> None:
        super().__init__(data, document=document)
        for role in Role:
            self.fields[f"role_{role.value}"] = fields.choose_many(
                str(ROLES[role]), fields.grains(self._offered(role))
            )
        roles = tuple(f"role_{role.value}" for role in Role)
        note = _("The levels that have a value are chosen under “What is measured”.")
        self.sections = (
            (_("Who may ask, at which level"), note, roles),
            (_("Who answers"), "", ("contact", "next_level")),
        )

    def place(self, name: str) -> str:
        held = [entry.role.value for entry in self.document.who.access]
        role = name.removeprefix("role_")
        if role in held:
            return f"who.access[{held.index(role)}]"
        return f"who.access.{role}" if role != name else f"who.{name}"

    def _offered(self, role: Role) -> list[Grain]:
        """One's own value is for oneself alone; other levels for the others."""
        granted = {
            grain for entry in self.document.who.access if entry.role is role for grain in entry.grains
        }
        some = set(self.document.what.grains) or {Grain.TEAM, Grain.VALUE_STREAM, Grain.ORG, Grain.SELF}
        fitting = {grain for grain in some if (grain is Grain.SELF) == (role is Role.SELF)}
        return [grain for grain in Grain if grain in fitting | granted]

    def _initial(self, document: CharterDocument) -> dict[str, Any]:
        granted: dict[str, list[str]] = {}
        for entry in document.who.access:
            granted.setdefault(f"role_{entry.role.value}", []).extend(entry.grains)
        return super()._initial(document) | granted

    @property
    def part(self) -> Who:
        chosen = {role: tuple(map(Grain, self.cleaned_data[f"role_{role.value}"])) for role in Role}
        before = [entry.role for entry in self.document.who.access]
        order = dict.fromkeys((*before, *Role))
        access = tuple(Access(role, chosen[role]) for role in order if chosen[role])
        given = {name: self.cleaned_data[name] for name in ("contact", "next_level")}
        return replace(self.document.who, access=access, **given)


class HowLongForm(HeadingForm):
    heading = Heading.HOW_LONG
    sections = (
        (_("Source facts"), _("The rows that values are worked out from."), ("facts", "facts_because")),
        (_("Published values"), _("What people get when they ask."), ("values", "values_because")),
    )

    facts = fields.Length(
        label=LABELS["how_long.facts"], help_text=_("Such as 13 months or 31 days."), required=False
    )
    facts_because = fields.prose(LABELS["how_long.facts_because"], rows=2)
    values = fields.Length(label=LABELS["how_long.values"], help_text=_("Such as 3 years."), required=False)
    values_because = fields.prose(LABELS["how_long.values_because"], rows=2)

    @property
    def part(self) -> HowLong:
        return HowLong(**self.cleaned_data)


# What a vote on a charter of each level needs, in words; from the app that votes.
_votes: list[Callable[[], Sequence[str]]] = []


def say_votes_needed(votes_needed: Callable[[], Sequence[str]]) -> None:
    """Say beside each level of invasiveness what passes such a charter."""
    _votes[:] = [votes_needed]


def _demands() -> dict[str, str]:
    """What each level of invasiveness demands of the charter, and of the vote on it."""
    demands = [level.demands for level in limits.read_levels()]
    if _votes:
        rows = zip(demands, _votes[0](), strict=True)
        demands = [f"{demand} {_('Before the board,')} {needed}" for demand, needed in rows]
    return {str(number): demand for number, demand in enumerate(demands)}


class HarmsForm(HeadingForm):
    heading = Heading.HARMS
    sections = (
        (
            _("Whom it could harm"),
            _("Say how, and what prevents it. “No harm” needs a reason too."),
            ("disabled_workers", "caregivers", "nonstandard_schedules"),
        ),
        (_("How far it intrudes"), _("The more it does, the more it demands."), ("invasiveness",)),
    )

    disabled_workers = fields.prose(
        LABELS["harms.disabled_workers"],
        _("Could somebody who works in another rhythm, or with assistive technology, look worse by it?"),
    )
    caregivers = fields.prose(
        LABELS["harms.caregivers"],
        _("What does it show while somebody is away, or works short days, to care for others?"),
    )
    nonstandard_schedules = fields.prose(
        LABELS["harms.nonstandard_schedules"],
        _("What does it make of part-time work, shifts and other time zones?"),
    )
    invasiveness = fields.pick(
        LABELS["harms.invasiveness"],
        [(str(number), f"{number}. {level.means}") for number, level in enumerate(limits.read_levels())],
        {},
    )

    def __init__(self, data: Any, *, document: CharterDocument) -> None:
        super().__init__(data, document=document)
        self.fields["invasiveness"].widget.choice_hints = _demands()

    @property
    def part(self) -> Harms:
        level = self.cleaned_data["invasiveness"]
        return Harms(**{**self.cleaned_data, "invasiveness": int(level) if level else None})
