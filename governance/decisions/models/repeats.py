"""Answers kept for a while under the key that their asker gave, so that asking again is not asking twice."""

from django.conf import settings
from django.db import models

from audits.ledger.models import Entry
from audits.ledger.ties import tied, told_by
from governance.decisions.events import QuestionAnswered, QuestionChecked
from ground import clock
from ground.models import Record


class KeptAnswer(Record):
    """One answer under one key of one account. `sealed` opens with the asker's key alone, which is kept nowhere."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key_hash = models.CharField(max_length=64)
    asked_hash = models.CharField(max_length=64)  # of the question, and of whether rows were asked for
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            # Two workers that are asked the same at once: the second waits here, and writes nothing.
            models.UniqueConstraint(fields=["account", "key_hash"], name="keptanswer_once"),
        ]
        indexes = [models.Index(fields=["kept_at"], name="keptanswer_at")]
        triggers = [*tied(insert=[told_by("entry_id", QuestionAnswered, QuestionChecked)])]
