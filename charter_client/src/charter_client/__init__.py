"""Ask a Metric Charter installation from Python: values with their receipts, checks, typed refusals."""

from charter_client.answers import Answer, Checked, Row
from charter_client.clients import AsyncCharter, Charter
from charter_client.errors import CharterError, NotAnswered, Problem, ProofFailed, Referred, Refused
from charter_client.proofs import Verified
from charter_client.receipts import Receipt, RuleMatch

__all__ = [
    "Answer",
    "AsyncCharter",
    "Charter",
    "CharterError",
    "Checked",
    "NotAnswered",
    "Problem",
    "ProofFailed",
    "Receipt",
    "Referred",
    "Refused",
    "Row",
    "RuleMatch",
    "Verified",
]
