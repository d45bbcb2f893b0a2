"""Decisions about requests: what was asked, what was true, what the rules said."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audits.ledger.models import Entry
from audits.ledger.packing import PackedJSONField
from audits.ledger.ties import tied, told_by
from charter.programme.models import choices
from charter.rules.vocabulary import Outcome
from governance.decisions.events import QuestionAnswered, QuestionChecked
from governance.decisions.models.kept_charters import complete
from ground import clock
from ground.models import Record


class Door(models.TextChoices):
    """Where a request came in; every door calls the same service."""

    SCREEN = "screen", _("Screen")
    API = "api", _("API")
    SHELL = "shell", _("Shell")
    AUTHZEN = "authzen", _("AuthZEN")
    ASSISTANT = "assistant", _("Assistant")
    SQL = "sql", _("SQL")


class ReasonWords(models.Func):
    """The words of the reason that was given, as they are looked for: whole, in small letters."""

    function = "to_tsvector"
    template = "%(function)s('simple', %(expressions)s)"
    output_field = SearchVectorField()

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__("reason")


class DecisionRecord(Record):
    """One request, decided: facts, rulebook, verdict, and the hash of the rows that left. Written once."""

    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="decisions",
        db_index=False,  # `decision_actor_at` begins with it
    )
    door = models.CharField(max_length=10, choices=Door)
    # The enforcement point that asked for the actor; null where the actor asked.
    through = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    checked_only = models.BooleanField()  # a check: no rows were asked for
    # What is read whole is packed: the database looks into what has a column of its own.
    request = PackedJSONField()
    # Of the request, as they are searched.
    reason = models.CharField(max_length=500, blank=True)
    window_from = models.DateField()
    window_to = models.DateField()  # is out
    own_facts = PackedJSONField()  # as `shorten` leaves them
    metrics = ArrayField(models.CharField(max_length=100))
    cohorts = ArrayField(models.CharField(max_length=200))
    subjects = ArrayField(models.CharField(max_length=100))  # external ids of persons asked about
    use = models.CharField(max_length=40)  # the decision that the values are for
    consequential = models.BooleanField()  # whether that was one about people, when it was asked
    grain = models.CharField(max_length=20)
    roles = ArrayField(
        models.CharField(max_length=30)
    )  # that the asker held at that time over what was asked
    verdict = models.CharField(max_length=10, choices=choices(Outcome))
    rules = ArrayField(models.CharField(max_length=20))
    # The metrics that it was refused for because of its use: what a later question may go round.
    refused_for = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    matches = PackedJSONField()  # each rule as it was told to the asker
    obligations = PackedJSONField()
    rulebook_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64, blank=True)  # of the rows, blank where none left
    snapshot = models.CharField(
        max_length=80, blank=True
    )  # the newest that rows came from, blank where none left
    paired = models.JSONField(
        default=list
    )  # the metrics told beside those asked for, each with its own verdict
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        ordering = ["-at"]
        indexes = [
            # The access log, newest first, and its counts: they are read from the index alone.
            models.Index(
                fields=["at", "id"], include=["verdict", "use", "grain", "checked_only"], name="decision_at"
            ),
            models.Index(fields=["actor", "-at"], name="decision_actor_at"),
            # Few of what anybody asks is refused or about single people: what looking needs to know is found at once.
            models.Index(
                fields=["actor", "at"],
                condition=models.Q(verdict__in=[Outcome.DENY.value, Outcome.REFER.value], checked_only=False),
                name="decision_refused",
            ),
            models.Index(
                fields=["actor", "at"],
                condition=models.Q(verdict=Outcome.PERMIT.value, checked_only=False) & ~models.Q(subjects=[]),
                name="decision_looks",
            ),
            GinIndex(fields=["metrics"], name="decision_metrics"),
            GinIndex(fields=["cohorts"], name="decision_cohorts"),
            GinIndex(fields=["subjects"], name="decision_subjects"),
            GinIndex(fields=["rules"], name="decision_rules"),
            GinIndex(fields=["roles"], name="decision_roles"),
            GinIndex(ReasonWords(), name="decision_reason"),
        ]
        triggers = [*tied(insert=[told_by("entry_id", QuestionAnswered, QuestionChecked)])]

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """What was true of each metric, as JSON; the request stands beside them."""
        return complete(self.own_facts)
