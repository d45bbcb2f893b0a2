"""Context notes: typed periods in which something else was going on, with who says so and who confirmed it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.registry.models import Metric
from charter.rules.vocabulary import ContextKind
from governance.board.models import Case
from governance.decisions.events import NoteConfirmed, NoteProposed, NoteTurnedDown
from governance.decisions.models.holds import days, or_none
from governance.decisions.states import ABOUT, About, NoteState
from governance.people.models import Person, Team
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL
_IN_USE = Q(turned_down_at__isnull=True)
_CONFIRMED = _IN_USE & Q(confirmed_at__isnull=False)
_STRETCH = Q(kind=ContextKind.STRETCH.value)
_UNRULED = Q(case__isnull=True)
_WHOSE: list[tuple[str | Combinable, str]] = [
    (or_none("team"), RangeOperators.EQUAL),
    (or_none("person"), RangeOperators.EQUAL),
]
_SAME: list[tuple[str | Combinable, str]] = [
    ("kind", RangeOperators.EQUAL),
    *_WHOSE,
    (or_none("metric"), RangeOperators.EQUAL),
    ("service", RangeOperators.EQUAL),
    (days(), RangeOperators.OVERLAPS),
]
_TOUCHING: list[tuple[str | Combinable, str]] = [*_WHOSE, (days(touching=True), RangeOperators.OVERLAPS)]
_TWICE = _("There is a note of this kind for part of that time already.")
_TOO_CLOSE = _("A stretch period cannot follow another at once, nor overlap it. Ask the review board first.")


class ContextNote(Record):
    """What was going on for a team (perhaps with one of its services) or a person, over a window. `ends_on` is out.

    It speaks of every metric unless one is named. It settles nothing before somebody else has confirmed it; until
    then decisions about people wait for that (AR16).
    """

    kind = models.CharField(max_length=30, choices=choices(ContextKind))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    service = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    # The case about a stretch that follows another at once; only where it was passed may the note be confirmed.
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    metric = models.ForeignKey(Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    starts_on = models.DateField()
    ends_on = models.DateField()
    says = models.CharField(max_length=300)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    turned_down_at = models.DateTimeField(null=True, blank=True)
    turned_down_by = models.ForeignKey(
        _USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    turned_down_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="contextnote_ends_after_it_begins",
                violation_error_message=_("The window must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=False, person__isnull=True)
                | Q(team__isnull=True, person__isnull=False, service=""),
                name="contextnote_of_a_team_or_a_person",
                violation_error_message=_("A note is about a team, or about a person."),
            ),
            models.CheckConstraint(
                condition=~Q(says=""),
                name="contextnote_says_what",
                violation_error_message=_("Say what was going on."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="contextnote_confirmed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="contextnote_not_confirmed_by_its_proposer",
                violation_error_message=_("Nobody confirms a note of their own."),
            ),
            models.CheckConstraint(
                condition=Q(turned_down_at__isnull=True, turned_down_by__isnull=True, turned_down_because="")
                | (
                    Q(turned_down_at__isnull=False, turned_down_by__isnull=False) & ~Q(turned_down_because="")
                ),
                name="contextnote_turned_down_at_by_and_why",
            ),
            # Of one's own, and of what is confirmed: what one person proposes keeps nobody else from proposing.
            ExclusionConstraint(
                name="contextnote_not_twice_by_one",
                expressions=[("proposed_by", RangeOperators.EQUAL), *_SAME],
                condition=_IN_USE,
                violation_error_message=_TWICE,
            ),
            ExclusionConstraint(
                name="contextnote_once_a_time",
                expressions=_SAME,
                condition=_CONFIRMED,
                violation_error_message=_TWICE,
            ),
            ExclusionConstraint(
                name="contextnote_stretches_apart_by_one",
                expressions=[("proposed_by", RangeOperators.EQUAL), *_TOUCHING],
                condition=_IN_USE & _STRETCH & _UNRULED,
                violation_error_message=_TOO_CLOSE,
            ),
            ExclusionConstraint(
                name="contextnote_stretches_apart",
                expressions=_TOUCHING,
                condition=_CONFIRMED & _STRETCH & _UNRULED,
                violation_error_message=_TOO_CLOSE,
            ),
            ExclusionConstraint(
                name="contextnote_stretches_never_overlap",
                expressions=[*_WHOSE, (days(), RangeOperators.OVERLAPS)],
                condition=_CONFIRMED & _STRETCH,
                violation_error_message=_TOO_CLOSE,
            ),
        ]
        triggers = [
            *tied(insert=[told(NoteProposed)], update=[told(NoteConfirmed, NoteTurnedDown)]),
            Trigger(
                name="confirmed_by_its_case",
                definer=True,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.case_id IS NOT NULL AND NEW.confirmed_at IS NOT NULL"),
                func=f"""
IF NOT EXISTS (SELECT FROM board_boardoutcome WHERE case_id = NEW.case_id AND approved) THEN
    {refuse("the board has not let this stretch follow another", "contextnote_confirmed_by_its_case")}
END IF;
RETURN NEW;
""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about.label}: {self.team or self.person}"

    @property
    def about(self) -> About:
        """What its kind means."""
        return ABOUT[ContextKind(self.kind)]

    @property
    def state(self) -> NoteState:
        """How far it is settled."""
        if self.turned_down_at is not None:
            return NoteState.TURNED_DOWN
        return NoteState.CONFIRMED if self.confirmed_at is not None else NoteState.PROPOSED

    @property
    def private(self) -> bool:
        """Whether others are told its group alone: what keeps a person away is their own affair."""
        return self.person_id is not None and self.about.private
