"""What was answered so far of a use check: it stands in the address, so that nothing is kept and every page can be linked to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, TypeVar
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from charter.registry import queries as registry
from charter.rules.request import MOST_METRICS
from charter.rules.vocabulary import DecisionType, EvidenceKind, Grain
from governance.use_check.asked import EvidenceNamed, UseAsked
from ground import data_versions
from ground.errors import BadInput

Word = TypeVar("Word", bound=StrEnum)
# The questions, with the parts of the address that answer each.
STEPS = {
    "decision": ("decision",),
    "metrics": ("metrics",),
    "whose": ("grain", "cohort", "person"),
    "role": ("role_family",),
    "evidence": ("evidence", "kind"),
    "accountable": ("accountable",),
}
# Those that are asked where a decision wants more than a metric: evidence, or somebody who answers.
OF_PEOPLE = ("role", "evidence", "accountable")
AT_HAND = "at hand, not written down here"  # of evidence that no record tells of
_SEVERAL = frozenset({"metrics", "evidence", "kind"})


@dataclass(frozen=True)
class AnswersSoFar:
    """The parts of an address that answer the questions."""

    query: QueryDict

    @classmethod
    def of(cls, given: QueryDict) -> Self:
        """What an address says, without what no question asks."""
        kept = QueryDict(mutable=True)
        for names in STEPS.values():
            for name in names:
                if name in given:
                    kept.setlist(name, given.getlist(name)[:20])
        return cls(kept)

    def get(self, name: str) -> str:
        return str(self.query.get(name, ""))

    def get_list(self, name: str) -> list[str]:
        return [str(each) for each in self.query.getlist(name) if each]

    def answers(self, step: str) -> bool:
        return STEPS[step][0] in self.query

    def steps(self) -> list[str]:
        """The questions that this check asks, in their order."""
        asked = self._decision()
        declared = registry.read_decisions(data_versions.read())
        decision = declared.get(asked) if asked is not None else None
        wants_more = decision is not None and (
            decision.consequential or decision.evidence_needed or decision.accountable_needed
        )
        return [step for step in STEPS if wants_more or step not in OF_PEOPLE]

    def with_answer(self, step: str, given: dict[str, Any]) -> "AnswersSoFar":
        """The same with another answer to one question."""
        kept = self.query.copy()
        for name in STEPS[step]:
            kept.pop(name, None)
            _set(kept, name, given.get(name))
        return AnswersSoFar(kept)

    def address(self, step: str, *, check: bool = False) -> str:
        """The page of a question, or of all answers (`check`)."""
        url = reverse("use-check-review") if step == "check" else reverse("use-check-question", args=[step])
        query = self.query.copy()
        if check:
            query["back"] = "check"
        return f"{url}?{query.urlencode()}" if query else url

    def find_missing(self) -> str | None:
        """The first question that is not answered."""
        return next((step for step in self.steps() if not self.answers(step)), None)

    def read(self) -> UseAsked:
        """The check that the answers come to. Raises BadInput for an address that somebody changed."""
        decision, grain = self._decision(), _read(Grain, self.get("grain"))
        if decision is None or grain is None or not 1 <= len(self.get_list("metrics")) <= MOST_METRICS:
            raise BadInput("Answer the questions from the first on.", field="decision")
        return UseAsked(
            decision=decision,
            metrics=tuple(self.get_list("metrics")),
            grain=grain,
            cohorts=tuple(filter(None, [self.get("cohort")])),
            persons=tuple(filter(None, [self.get("person")])),
            role_family=self.get("role_family") or None,
            evidence=tuple(self._evidence()),
            accountable=self.get("accountable") or None,
        )

    def _evidence(self) -> list[EvidenceNamed]:
        kinds = [kind for text in self.get_list("kind") if (kind := _read(EvidenceKind, text)) is not None]
        keys = [key for text in self.get_list("evidence") if (key := _read_key(text)) is not None]
        return [
            *(EvidenceNamed(id=key) for key in keys),
            *(EvidenceNamed(kind=kind, ref=AT_HAND) for kind in kinds),
        ]

    def _decision(self) -> DecisionType | None:
        return _read(DecisionType, self.get("decision"))


def of_asked(asked: UseAsked) -> AnswersSoFar:
    """A check as the answers that come to it."""
    query = QueryDict(mutable=True)
    for name, value in {
        "decision": asked.decision.value,
        "metrics": asked.metrics,
        "grain": asked.grain.value,
        "cohort": next(iter(asked.cohorts), ""),
        "person": next(iter(asked.persons), ""),
        "role_family": asked.role_family,
        "evidence": [piece.id for piece in asked.evidence if piece.id is not None],
        "kind": [piece.kind.value for piece in asked.evidence if piece.kind is not None],
        "accountable": asked.accountable,
    }.items():
        _set(query, name, value)
    return AnswersSoFar(query)


def _set(query: QueryDict, name: str, value: Any) -> None:
    """Let an address say an answer; one that is empty is said as well, as it was given."""
    several = [str(each) for each in value or ()] if name in _SEVERAL else [str(value or "")]
    query.setlist(name, several or [""])


def _read(vocabulary: type[Word], text: str) -> Word | None:
    """A word of a vocabulary; None for another."""
    return next((word for word in vocabulary if word.value == text), None)


def _read_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
