"""Agreements with their versions and documents, notices of their end, and what goes beyond them (S145, S158)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.models import CharterVersion, Source
from governance.agreements.agreement_text import AgreementKind, AgreementText, read_stored
from governance.agreements.events import (
    AgreementChanged,
    AgreementEnds,
    AgreementPut,
    AgreementWritten,
    DepartureFound,
    DocumentAdded,
    EndNoticed,
)
from governance.agreements.states import DepartureAbout
from governance.board.models import Case, ties
from governance.board.states import CaseKind
from ground import clock
from ground.models import Record, is_slug
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL
KIND_WORDS = {
    AgreementKind.WORKS_AGREEMENT: _("Works agreement"),
    AgreementKind.ASSESSMENT: _("Impact assessment"),
    AgreementKind.LEGAL_BASIS: _("Legal basis"),
}


class AgreementVersion(Record):
    """One version of an agreement, in force on its days once its case is passed, until a later version is.

    `text` is as in `AgreementText`; what is found and sorted by stands in columns beside it. It is changed until it comes before
    the board, and never afterwards.
    """

    slug = models.SlugField(max_length=100)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=[(kind.value, word) for kind, word in KIND_WORDS.items()])
    title = models.CharField(max_length=200)
    text = models.JSONField()
    content_hash = models.CharField(max_length=64)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # by its own term
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="agreement"
    )
    # Where notice was given: the first day on which it is in force no longer.
    ended_on = models.DateField(null=True, blank=True)
    end_because = models.TextField(blank=True)
    end_given_at = models.DateTimeField(null=True, blank=True)
    end_given_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["slug", "-number"]
        constraints = [
            is_slug("slug", name="agreementversion_slug_is_plain"),
            models.UniqueConstraint(fields=["slug", "number"], name="agreementversion_once_a_number"),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(case__isnull=True),
                name="agreementversion_one_being_written",
                violation_error_message=_(
                    "A version of this agreement is being written already. Change that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    ended_on__isnull=True,
                    end_because="",
                    end_given_at__isnull=True,
                    end_given_by__isnull=True,
                )
                | (
                    Q(ended_on__isnull=False, end_given_at__isnull=False, end_given_by__isnull=False)
                    & ~Q(end_because="")
                ),
                name="agreementversion_end_says_why_and_by_whom",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AgreementWritten, says={"content_hash": "{row}.content_hash"})],
                update=[
                    told(AgreementChanged, AgreementPut, says={"content_hash": "{row}.content_hash"}),
                    told(AgreementEnds, says={"ends_on": "{row}.ended_on"}),
                ],
            ),
            Trigger(
                name="stays_as_it_was_put",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.case_id IS NOT NULL AND (OLD.case_id, OLD.text, OLD.content_hash, OLD.title, OLD.begins_on, OLD.ends_on)"
                    " IS DISTINCT FROM (NEW.case_id, NEW.text, NEW.content_hash, NEW.title, NEW.begins_on, NEW.ends_on)"
                ),
                func=refuse("what came before the board stays as it was put", "stays_as_it_was_put"),
            ),
            ties.once("ended_on"),
        ]

    def __str__(self) -> str:
        return self.title

    def read(self) -> AgreementText:
        return read_stored(self.text)


class AgreementDocument(Record):
    """A file of an agreement, as it was signed or handed over; its hash stands in the log."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "sha256"],
                name="agreementdocument_once_a_version",
                violation_error_message=_("This document is there already."),
            )
        ]
        triggers = [
            *tied(insert=[told(DocumentAdded, says={"sha256": "{row}.sha256"})]),
            Trigger(
                name="comes_before_it_is_put",
                definer=True,  # the version is held meanwhile, so that it is not put between the look and the write
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
PERFORM FROM agreements_agreementversion WHERE id = NEW.version_id AND case_id IS NULL FOR SHARE;
IF NOT FOUND THEN
    {refuse("no file comes to what came before the board", "comes_before_it_is_put")}
END IF;
RETURN NEW;
""",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EndNotice(Record):
    """The owner of a charter that rests on an agreement was told that it ends; on `suspends_on` the charter is suspended.

    They are told again where it comes to end earlier; the earliest day counts.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="end_notices")
    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    suspends_on = models.DateField()

    class Meta:
        ordering = ["given_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "charter_version", "suspends_on"], name="endnotice_once_a_charter_and_day"
            )
        ]
        triggers = [*tied(insert=[told(EndNoticed, says={"suspends_on": "{row}.suspends_on"})])]


class Departure(Record):
    """Something goes beyond a clause that is in force: its case says whether it may (S158)."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="departures")
    clause = models.CharField(max_length=20)
    about = models.CharField(max_length=20, choices=DepartureAbout)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    charter_version = models.ForeignKey(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    setting = models.CharField(max_length=150, blank=True)  # its key
    says = models.TextField()
    found_at = models.DateTimeField(default=clock.now)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="departure")

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    about=DepartureAbout.SYSTEM,
                    source__isnull=False,
                    charter_version__isnull=True,
                    setting="",
                )
                | Q(
                    about=DepartureAbout.CHARTER,
                    source__isnull=True,
                    charter_version__isnull=False,
                    setting="",
                )
                | (
                    Q(about=DepartureAbout.SETTING, source__isnull=True, charter_version__isnull=True)
                    & ~Q(setting="")
                ),
                name="departure_is_about_one_thing",
            ),
            models.UniqueConstraint(fields=["version", "clause", "source"], name="departure_once_a_system"),
            models.UniqueConstraint(
                fields=["version", "clause", "setting"],
                condition=~Q(setting=""),
                name="departure_once_a_setting",
            ),
            models.UniqueConstraint(
                fields=["version", "clause", "charter_version"], name="departure_once_a_charter"
            ),
        ]
        triggers = [
            *tied(insert=[told(DepartureFound, says={"case": "{row}.case_id"})]),
            ties.while_open(kind=CaseKind.DEPARTURE),
        ]
