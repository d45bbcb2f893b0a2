"""Questions drawn by a seed, so that each run asks the same: what people ask, what nobody may ask, and what is no question."""

import random
from typing import Any

from charter.rules.vocabulary import DecisionType, EvidenceKind, Grain

METRICS = ("lead-time-for-changes", "commit-count", "no-such-metric")
COHORTS = ("team:payments", "team:search", "org:everyone", "team:nobody")
PERSONS = ("payments-1", "payments-2", "search-1", "nobody-1")
FLAGS: dict[str, Any] = {
    "order_by": "value", "limit": 3, "percentile": True, "compare": True, "combine": "score", "time_filter": "weekend",
    "export": True, "accountable": "manager", "view": "performance", "reason": "Because.",
    "evidence": [{"kind": EvidenceKind.DESIGN_REVIEW.value, "ref": "DR-12"}],
}  # fmt: skip


def make_questions(count: int, *, seed: int = 14) -> list[dict[str, Any]]:
    """So many questions; about every third is an ordinary one."""
    drawn = random.Random(seed)  # noqa: S311 - the same each time
    return [_ordinary(drawn) if drawn.random() < 0.35 else _odd(drawn) for _ in range(count)]


def _ordinary(drawn: random.Random) -> dict[str, Any]:
    month = drawn.randint(1, 3)
    return {
        "decision": drawn.choice(["retrospective", "staffing", "portfolio_planning"]),
        "metrics": [drawn.choice(METRICS[:2])],
        "grain": "team",
        "cohorts": [drawn.choice(COHORTS[:2])],
        "window": {"from": f"2026-{month:02d}-01", "to": "2026-04-01"},
        "period": "month",
    }


def _odd(drawn: random.Random) -> dict[str, Any]:
    grain = drawn.choice(list(Grain)).value
    question = {
        **_ordinary(drawn),
        "decision": drawn.choice(list(DecisionType)).value,
        "metrics": drawn.sample(METRICS, drawn.choice([1, 1, 2])),
        "grain": grain,
        "cohorts": [] if grain == "self" else drawn.sample(COHORTS, drawn.choice([1, 1, 2])),
    }
    if grain == "person" and drawn.random() < 0.7:
        question |= {"cohorts": [], "persons": drawn.sample(PERSONS, drawn.choice([1, 2]))}
    for name in drawn.sample(list(FLAGS), drawn.choice([0, 0, 1, 2])):
        question[name] = FLAGS[name]
    return question
