"""A decision as a line of the access log: in pseudonyms, and without what a reader may not know."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from audits.access_log import permissions, queries
from charter.rules import words
from charter.rules.vocabulary import DecisionType
from governance.decisions import naming
from governance.decisions import permissions as decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.services.receipts import list_charters
from governance.people.models import User
from governance.people.pseudonyms import KnownNames
from governance.ui import questions


class Line(Struct, frozen=True):
    """One decision. `reason` is blank for administrators, as people write names into it."""

    id: UUID
    at: datetime
    who: str
    what: str
    use: str
    window: str
    asked_about: tuple[str, ...]
    reason: str
    decision: DecisionRecord

    @property
    def said(self) -> dict[str, Any]:
        """As the API and exports have it."""
        of = self.decision
        return {
            "id": str(self.id),
            "at": self.at.isoformat(),
            "who": self.who,
            "asked_about": list(self.asked_about),
            "metrics": list(of.metrics),
            "cohorts": list(of.cohorts),
            "grain": of.grain,
            "decision": of.use,
            "question": self.what,
            "from": of.window_from.isoformat(),
            "to": of.window_to.isoformat(),
            "reason": self.reason or None,
            "verdict": of.verdict,
            "rules": list(of.rules),
            "checked_only": of.checked_only,
            "door": of.door,
            "through": of.through.username if of.through is not None else None,
            "receipt": str(of.entry_id),
        }


class Teller:
    """Tells decisions, with `reasons` where the reader may know them; what it needs for all of them is read once."""

    def __init__(self, *, reasons: bool) -> None:
        self._reasons = reasons
        self._known = KnownNames()

    def tell(self, found: Iterable[DecisionRecord]) -> list[Line]:
        """The lines of these decisions; metrics are named as they are called now."""
        some = list(found)
        names = queries.name_metrics({slug for each in some for slug in each.metrics})
        return [self._line(each, names) for each in some]

    def _line(self, decision: DecisionRecord, names: dict[str, str]) -> Line:
        said = naming.put_in_words(decision, names, self._known, with_reason=self._reasons)
        parts = (words.sentence(said.metrics), said.whose, *said.extras)
        return Line(
            id=decision.pk,
            at=decision.at,
            who=naming.call_asker(decision),
            what=", ".join(parts),
            use=words.sentence(questions.name_decision(DecisionType(decision.use))),
            window=said.window,
            asked_about=tuple(naming.call_person(each) for each in decision.subjects),
            reason=said.reason,
            decision=decision,
        )


# What was true, as far as it is told: whether values are held, or somebody has disputed one, is no part of it.
FACTS = (
    "at", "actor", "charter", "decision", "cohorts", "beside", "fairness_until", "waived", "accountable_human", "looking",
)  # fmt: skip


def tell_facts(decision: DecisionRecord) -> list[dict[str, Any]]:
    """What was true of each metric when it was decided."""
    return [{name: each[name] for name in FACTS if name in each} for each in decision.facts]


def tell_decision(decision: DecisionRecord, *, by: User) -> dict[str, Any]:
    """One decision in full, in pseudonyms; its names too where the reader has asked for them."""
    [line] = Teller(reasons=permissions.reads_reasons(by)).tell([decision])
    return {
        **line.said,
        "facts": tell_facts(decision),
        "matches": decision.matches,
        "obligations": list(decision.obligations),
        "charters": list_charters(decision),
        "rulebook_hash": decision.rulebook_hash,
        "snapshot": decision.snapshot or None,
        "content_hash": decision.content_hash or None,
        "names": tell_names(decision) if reads_names(by, decision) else None,
    }


def reads_names(by: User, decision: DecisionRecord) -> bool:
    """Whether the reader asked who stands behind this decision and said why, not long ago."""
    return decisions.can_ask_for_names(by) and decisions.sees_names(by, decision)


def tell_names(decision: DecisionRecord) -> dict[str, Any]:
    """Who stands behind one decision, for whoever may read it by name."""
    asker = decision.actor
    return {
        "asker": {
            "name": asker.name,
            "username": asker.username,
            "person": asker.person.external_id if asker.person is not None else None,
        },
        "asked_about": [
            {"person": external_id, "name": name or _("No longer known")}
            for external_id, name in queries.name_persons(decision.subjects)
        ],
        "accountable": decision.request.get("accountable"),
        "reason": decision.request.get("reason"),
    }


def list_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of one metric in the order in which they are kept: what each is called, and what it was."""
    return [(path, _say(value)) for path, value in _flatten("", facts)]


def _flatten(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            spoken = name.replace("_", " ")
            yield from _flatten(f"{path}, {spoken}" if path else words.sentence(spoken), each)
    else:
        yield path, value


def _say(value: Any) -> str:
    if value in (None, "", [], ()):
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(map(_say, value))
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_say(each)}" for name, each in value.items())
    return str(value).replace("_", " ")
