"""The signals of strain: of which metric each is, what of its events counts, and which way strain lies. Pure."""

from enum import StrEnum
from typing import NamedTuple

from audits.strain.statistics import StrainedBy

SHORT_REST_DAYS = 7.0  # between two severe incidents: less is no recovery


class SignalKind(StrEnum):
    """What weeks may say of strain (S109, S110, S111)."""

    ON_CALL = "on_call"
    AFTER_HOURS = "after_hours"
    EMERGENCY = "emergency"
    SHORT_REST = "short_rest"
    STALLED = "stalled"
    SWITCHING = "switching"
    LEAVE = "leave"


class WeekCounted(StrEnum):
    """What of a week's events is counted; each is whole."""

    EVENTS = "events"
    TOTAL = "total"  # their values added up, such as hours
    ONES = "ones"  # those whose value is 1
    SHORT = "short"  # those whose value is under SHORT_REST_DAYS


class SignalDefinition(NamedTuple):
    """One signal: the slug of its metric, what is counted of it, and which way strain lies."""

    metric: str
    counted: WeekCounted
    strained_by: StrainedBy = StrainedBy.MORE


SIGNALS = {
    SignalKind.ON_CALL: SignalDefinition("incident-burden", WeekCounted.TOTAL),
    SignalKind.AFTER_HOURS: SignalDefinition("after-hours-interruption-rate", WeekCounted.EVENTS),
    SignalKind.EMERGENCY: SignalDefinition("emergency-work", WeekCounted.ONES),
    SignalKind.SHORT_REST: SignalDefinition("recovery-time", WeekCounted.SHORT),
    SignalKind.STALLED: SignalDefinition("pr-stall-time", WeekCounted.TOTAL),
    SignalKind.SWITCHING: SignalDefinition("context-switching", WeekCounted.TOTAL),
    SignalKind.LEAVE: SignalDefinition("leave-use", WeekCounted.EVENTS, StrainedBy.FEWER),
}
