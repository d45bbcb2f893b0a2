"""Replays: what recorded questions would come to under a case, worked out part by part so that the job goes on where it stopped."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.board.models import Case
from governance.decisions.events import ReplayAsked, ReplayEnded, ReplayPartDecided
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL


class Replay(Record):
    """Questions recorded from `since` until `until`, decided anew as if a case had passed, or as a folder proposes.

    `folder` is the hash of what that holds. `result` is what may be told of it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="replays")
    folder = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    since = models.DateTimeField()
    until = models.DateTimeField()
    total = models.PositiveIntegerField()
    rulebook_hash = models.CharField(max_length=64)  # of the rules that it is held against
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    why = models.TextField(blank=True)  # it was stopped

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True),
                name="replay_one_a_case_at_a_time",
                violation_error_message=_("This case is being replayed already."),
            ),
            models.UniqueConstraint(
                fields=["folder"],
                condition=Q(ended_at__isnull=True) & ~Q(folder=""),
                name="replay_one_a_folder_at_a_time",
                violation_error_message=_("This folder is being replayed already."),
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, folder="") | (Q(case__isnull=True) & ~Q(folder="")),
                name="replay_of_a_case_or_a_folder",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="replay_goes_forward"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result__isnull=True, why="")
                | Q(ended_at__isnull=False, result__isnull=False, why="")
                | (Q(ended_at__isnull=False, result__isnull=True) & ~Q(why="")),
                name="replay_ended_with_its_result",
            ),
        ]
        triggers = [
            *tied(insert=[told(ReplayAsked)], update=[told(ReplayEnded)]),
            Trigger(
                name="ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.ended_at IS NOT NULL"),
                func=refuse("what has ended stays as it is", "ends_once"),
            ),
        ]


class ReplayPart(Record):
    """The cells of some recorded questions, and where the next part begins. Askers are keyed hashes of this replay alone."""

    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="parts")
    start = models.PositiveIntegerField()
    read = models.PositiveIntegerField()
    unreadable = models.PositiveIntegerField()
    last_at = models.DateTimeField()  # of the last question of the part
    last_id = models.UUIDField()
    cells = models.JSONField(blank=True)  # none where all came out alike

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["replay", "start"], name="replaypart_once")]
        triggers = [*tied(insert=[told(ReplayPartDecided, about="{row}.replay_id")])]
