"""What the log keeps of strain: limits, playbooks, signals told, alerts and what was done; of no person, and no answer."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfStrain(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE


class LoadProposed(_OfStrain):
    kind = "strain.load.proposed"
    visibility = Visibility.OPEN
    sentence = _("Limits of a healthy load were put to the board, for teams of this kind: %(team_kind)s.")
    names_row = "proposal"

    proposal: UUID
    team_kind: str
    signals: Sequence[str]
    case: UUID


class PlaybookWritten(_OfStrain):
    kind = "strain.playbook.written"
    visibility = Visibility.OPEN
    sentence = _("A playbook was written, of what is done where this signal shows strain: %(signal)s.")
    names_row = "playbook"

    playbook: UUID
    signal: str


class AlertSwitched(_OfStrain):
    kind = "strain.alert.switched"
    visibility = Visibility.OPEN
    sentence = _("Alerts of a signal of strain (%(signal)s) were switched on or off: on is %(on)s.")
    names_row = "switch"

    switch: UUID
    signal: str
    on: bool
    playbook: UUID


class SignalsTold(_OfStrain):
    """`through` is the first day after the newest week; counts of teams and signals alone."""

    kind = "strain.signals.told"
    sentence = _("Signals of strain were told, %(told)s of them, up to %(through)s.")

    through: date
    told: int


class AlertRaised(_OfStrain):
    kind = "strain.alert.raised"
    sentence = _("Clues of strain of %(cohort)s came together, and an alert was raised.")
    names_row = "alert"

    alert: UUID
    cohort: str
    signals: Sequence[str]
    clues: Sequence[str]
    owner: UUID | None


class ActionChosen(_OfStrain):
    kind = "strain.action.chosen"
    sentence = _("What is done about an alert of strain was chosen, until %(due_on)s: %(remedy)s.")
    names_row = "alert"

    alert: UUID
    remedy: str
    due_on: date


class AlertHandedOver(_OfStrain):
    kind = "strain.alert.handed_over"
    sentence = _("An alert of strain was given to another owner, as its owner has left.")
    names_row = "alert"

    alert: UUID
    owner: UUID | None


class AlertEased(_OfStrain):
    kind = "strain.alert.eased"
    sentence = _("The signals of an alert of strain are within their limits again.")
    names_row = "alert"

    alert: UUID


class FollowUpWritten(_OfStrain):
    kind = "strain.follow_up.written"
    sentence = _("What followed an alert of strain was written down, to see whether what was done helped.")
    names_row = "follow_up"

    follow_up: UUID
    alert: UUID


class StrainReported(_OfStrain):
    kind = "strain.reported"
    sentence = _("Strain of %(cohort)s was put to the board: %(why)s.")
    names_row = "report"

    report: UUID
    cohort: str
    why: str
    case: UUID


class PulseOpened(_OfStrain):
    kind = "strain.pulse.opened"
    visibility = Visibility.OPEN
    sentence = _("The pulse of a month was opened, until %(closes_on)s.")
    names_row = "pulse"

    pulse: UUID
    closes_on: date


class PulseDone(_OfStrain):
    """That somebody is done with a pulse: they answered, or passed it over, which is told alike."""

    kind = "strain.pulse.done"
    retention = Retention.PERSONAL
    sentence = _("Somebody is done with a pulse: they answered, or passed it over.")

    pulse: UUID


class PulseClosed(_OfStrain):
    kind = "strain.pulse.closed"
    visibility = Visibility.OPEN
    sentence = _(
        "A pulse was closed. Of %(cohorts)s groups enough people answered; what was sealed is erased."
    )
    names_row = "pulse"

    pulse: UUID
    cohorts: int


class LoadObserved(_OfStrain):
    kind = "strain.load.observed"
    retention = Retention.PERSONAL
    sentence = _("Somebody who leads %(cohort)s said what they saw of its load.")
    names_row = "observation"

    observation: UUID
    cohort: str


class TradeOffWritten(_OfStrain):
    kind = "strain.trade_off.written"
    sentence = _(
        "A trade-off between releases and reliability was written down for %(cohort)s, until %(ends_on)s."
    )
    names_row = "trade_off"

    trade_off: UUID
    cohort: str
    choice: str
    ends_on: date


class TradeOffAgreed(_OfStrain):
    kind = "strain.trade_off.agreed"
    sentence = _("The other side agreed to a trade-off between releases and reliability.")
    names_row = "trade_off"

    trade_off: UUID


class TeamRecognised(_OfStrain):
    kind = "strain.team.recognised"
    visibility = Visibility.OPEN
    sentence = _("%(cohort)s was recognised for its healthy path, as the team wished.")
    names_row = "recognition"

    recognition: UUID
    cohort: str
    items: Sequence[str]
