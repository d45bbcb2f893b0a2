"""The tables of what source systems call persons and teams. Read as part of `models`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.people.events import (
    IdentityEnded,
    IdentityGiven,
    OrganisationImported,
    TeamAliasEnded,
    TeamAliasGiven,
)
from ground import clock
from ground.models import Record

# An import says for all of its rows how many it gave and ended.
_IMPORTED = told(OrganisationImported, about="")

NAME_LENGTH = 200


class SourceName(Record):
    """A name in one source, or in every source where `source` is blank, from when it was given until it was ended.

    `key` is the name as it is compared (`names.fold_name`). An ended row stays: it says whose the name was.
    """

    source = models.CharField(_("source"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    key = models.CharField(max_length=NAME_LENGTH, editable=False)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "people.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["source", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key"],
                condition=Q(ended_at__isnull=True),
                name="%(class)s_means_one",
                violation_error_message=_("This name is given already."),
            ),
            models.CheckConstraint(condition=~Q(key=""), name="%(class)s_is_a_name"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="%(class)s_ended_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source or '*'}: {self.name}"


class Identity(SourceName):
    """What a source calls a person, or a bot, which is nobody."""

    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="identities"
    )
    is_bot = models.BooleanField(_("bot"), default=False)

    class Meta(SourceName.Meta):
        constraints = [
            *SourceName.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person__isnull=True, is_bot=True) | Q(person__isnull=False, is_bot=False),
                name="identity_is_a_person_or_a_bot",
                violation_error_message=_("Name a person, or say that it is a bot."),
            ),
        ]
        triggers = [*tied(insert=[told(IdentityGiven), _IMPORTED], update=[told(IdentityEnded), _IMPORTED])]


class TeamAlias(SourceName):
    """What a source calls a team, or a service that a team looks after; without a team, one that is not ours."""

    team = models.ForeignKey(
        "people.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="aliases"
    )

    class Meta(SourceName.Meta):
        triggers = [*tied(insert=[told(TeamAliasGiven), _IMPORTED], update=[told(TeamAliasEnded), _IMPORTED])]
