"""Limits, playbooks and what weeks said are written once; sealed answers are erased with their pulse."""

from audits.strain.models import (
    AlertFollowUp,
    AlertSwitch,
    LoadObservation,
    LoadProposal,
    PulseEnvelope,
    PulseResult,
    PulseRound,
    PulseTaken,
    StrainAlert,
    StrainPlaybook,
    StrainReport,
    TeamRecognition,
    TeamSignal,
    TradeOff,
)
from ground.grants import ADD, ADD_AND_REMOVE, add_and_change

GRANTS = {
    LoadProposal: ADD,
    StrainPlaybook: ADD,
    AlertSwitch: add_and_change("is_on", "playbook", "switched_at", "switched_by"),
    TeamSignal: ADD,
    StrainAlert: add_and_change("state", "owner", "remedy", "doing", "due_on", "chosen_at", "eased_at"),
    StrainReport: ADD,
    AlertFollowUp: ADD,
    PulseRound: add_and_change("closed_at"),
    PulseTaken: ADD,
    PulseEnvelope: ADD_AND_REMOVE,
    PulseResult: ADD,
    LoadObservation: ADD,
    TradeOff: add_and_change("agreed_at", "agreed_by"),
    TeamRecognition: ADD,
}
