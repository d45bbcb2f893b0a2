"""Words that several resources of the API have under one name: `kind` of a case, of a review; `state` of a pilot."""

from audits.strain.pulse import PulseWord
from charter.rules.vocabulary import ContextKind, EvidenceKind, Grain, Outcome

API_ENUMS: dict[str, str | list[tuple[str, str]]] = {
    "CaseKind": "governance.board.states.CaseKind",
    "CaseState": "governance.board.states.CaseState",
    "ConditionKind": "governance.board.states.ConditionKind",
    "PilotState": "governance.board.states.PilotState",
    "Said": "governance.board.states.Said",
    "ReviewKind": "charter.registry.states.ReviewKind",
    "ReviewResult": "charter.registry.states.ReviewResult",
    "CharterStanding": "charter.registry.states.StandingChoices",
    "CohortKind": "governance.people.models.CohortKind",
    "AgreementStanding": "governance.agreements.states.AgreementStanding",
    "AppealKind": "governance.appeals.states.AppealKind",
    "EvidenceState": "governance.evidence.states.EvidenceState",
    "BulkState": "governance.use_check.states.BulkState",
    "FollowedBy": "audits.strain.states.FollowedBy",
    "PulseWordEnum": [(word.value, word.value) for word in PulseWord],
    "RoundState": "governance.calibration.states.RoundState",
    "EvidenceKindEnum": [(kind.value, kind.value.replace("_", " ")) for kind in EvidenceKind],
    "ContextKindEnum": [(kind.value, kind.value.replace("_", " ")) for kind in ContextKind],
    "GrainEnum": [(grain.value, grain.value.replace("_", " ")) for grain in Grain],
    "OutcomeEnum": [(outcome.value, outcome.value) for outcome in Outcome],
}
