"""What the log keeps of appeals. All but named ones are sealed: no reader of the log learns whose they are, or what they say."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfAppeal(Event):
    visibility = Visibility.SEALED
    retention = Retention.PERSONAL
    names_row = "appeal"

    appeal: UUID
    appeal_kind: str

    @property
    def seen_as(self) -> Visibility:
        """An appeal by name is on the log as what is asked of people is; any other is sealed."""
        return Visibility.RESTRICTED if self.appeal_kind == "named" else Visibility.SEALED


class AppealFiled(_OfAppeal):
    kind = "appeals.filed"
    sentence = _("An appeal was filed, about: %(about)s. Held with it: %(held)s values.")

    about: str
    held: int
    due: Mapping[str, date]


class AppealAcknowledged(_OfAppeal):
    kind = "appeals.acknowledged"
    sentence = _("An appeal was acknowledged. It is urgent: %(urgent)s.")

    urgent: bool


class AppealAssigned(_OfAppeal):
    kind = "appeals.assigned"
    sentence = _("An appeal has a handler, who stands in no reporting line of those it is about.")

    handler: UUID
    instead_of: UUID | None


class AppealConflictDeclared(_OfAppeal):
    kind = "appeals.conflict"
    sentence = _("The handler of an appeal declared a conflict and handles it no more: %(why)s")

    handler: UUID
    why: str


class AppealMessageWritten(_OfAppeal):
    kind = "appeals.message"
    sentence = _("A message of an appeal was written, by: %(voice)s.")

    message: UUID
    voice: str


class AppealExtended(_OfAppeal):
    kind = "appeals.extended"
    sentence = _("The outcome of an appeal was put off until %(until)s: %(why)s")

    until: date
    why: str


class AppealWithdrawn(_OfAppeal):
    kind = "appeals.withdrawn"
    sentence = _("An appeal was withdrawn by whoever filed it.")


class AppealDecided(_OfAppeal):
    kind = "appeals.decided"
    sentence = _("An appeal was decided at instance %(instance)s: %(finding)s.")

    outcome: UUID
    instance: int
    finding: str
    remedy: str
    metrics: Sequence[str]


class AppealFollowedUp(_OfAppeal):
    kind = "appeals.followed_up"
    sentence = _(
        "Whoever filed an appeal was asked, %(days)s days after, whether anybody treated them worse, and answered."
    )

    follow_up: UUID
    days: int


class AppealFollowUpAsked(_OfAppeal):
    kind = "appeals.follow_up_asked"
    sentence = _("Whoever filed an appeal is asked, %(days)s days after, whether anybody treated them worse.")

    follow_up: UUID
    days: int


class PresumptionAnswered(_OfAppeal):
    kind = "appeals.presumption_answered"
    sentence = _(
        "Somebody outside of the contested line wrote why its decisions about an appellant are no retaliation."
    )

    why: str


class AppealWatched(_OfAppeal):
    """The same of each appeal each week, whatever was found: neither that it stands here nor how long it is tells of anything."""

    kind = "appeals.watched"
    sentence = _(
        "It was looked whether those whose use was contested decided about whoever filed an appeal. Found: %(found)s."
    )

    found: int
    asked: UUID | None


class AppealSecondAsked(_OfAppeal):
    kind = "appeals.second"
    sentence = _("Whoever filed an appeal asked other people to look at it again.")


class AppealClosed(_OfAppeal):
    kind = "appeals.closed"
    sentence = _("An appeal is closed: its outcome is final.")


class AppealHoldsLifted(_OfAppeal):
    kind = "appeals.holds_lifted"
    sentence = _("What an appeal held is under review no more: %(released)s holds.")

    released: int


class AppealClockMissed(_OfAppeal):
    kind = "appeals.clock_missed"
    sentence = _("A clock of an appeal was missed, and the board told: %(clock)s, due on %(due)s.")

    clock: str
    due: date


class AppellantOpened(_OfAppeal):
    kind = "appeals.identity_opened"
    sentence = _("The handler of a confidential appeal looked who filed it, which was told to whoever did.")

    handler: UUID
