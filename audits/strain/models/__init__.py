"""What is kept of strain, by what it is about."""

from audits.strain.models.actions import AlertFollowUp, StrainAlert, StrainReport
from audits.strain.models.paths import TeamRecognition, TradeOff
from audits.strain.models.pulses import LoadObservation, PulseEnvelope, PulseResult, PulseRound, PulseTaken
from audits.strain.models.signals import AlertSwitch, LoadProposal, StrainPlaybook, TeamSignal

__all__ = [
    "AlertFollowUp",
    "AlertSwitch",
    "LoadObservation",
    "LoadProposal",
    "PulseEnvelope",
    "PulseResult",
    "PulseRound",
    "PulseTaken",
    "StrainAlert",
    "StrainPlaybook",
    "StrainReport",
    "TeamRecognition",
    "TeamSignal",
    "TradeOff",
]
