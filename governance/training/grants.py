"""Courses, attempts and what they attest are written once; of an attempt, that it ended."""

from governance.training.models import (
    Acknowledgement,
    Attempt,
    AttemptAnswer,
    Attestation,
    ContractAcknowledgement,
    Course,
    Question,
)
from ground.grants import ADD, add_and_change

GRANTS = {
    Acknowledgement: ADD,
    ContractAcknowledgement: ADD,
    Course: ADD,
    Question: ADD,
    Attempt: add_and_change("ended_at"),
    AttemptAnswer: ADD,
    Attestation: ADD,
}
