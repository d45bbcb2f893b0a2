"""What is said of a decided question: by its entry of the log, and by its record."""

from typing import Any

from msgspec import Struct

from charter.rules.request import Request
from charter.rules.verdict import Verdict
from governance.decisions.events import QuestionAnswered, QuestionChecked
from governance.decisions.facts import access_history
from governance.decisions.facts.gathering import GatheredFacts
from governance.decisions.models import Door
from governance.decisions.models.kept_charters import shorten
from governance.decisions.rows.reading import Reading
from governance.decisions.services.receipts import hash_rows
from governance.people.models import User


class Asking(Struct, frozen=True):
    """Who asks, at which door, whether for rows as well, and through which enforcement point."""

    by: User
    door: Door
    rows: bool = True
    through: User | None = None


class Decided(Struct, frozen=True):
    """A request, what was true of it, what the rules said, and what leaves."""

    request: Request
    gathered: GatheredFacts
    verdict: Verdict
    reading: Reading

    def says(self, asking: Asking) -> dict[str, Any]:
        """What both the entry and the record say."""
        leaves = asking.rows and self.verdict.permits
        return {
            "request": self.request,
            "verdict": self.verdict.outcome.value,
            "rules": sorted({match.id for match in self.verdict.rules}),
            "obligations": list(self.verdict.obligations),
            "rulebook_hash": self.gathered.rulebook.content_hash,
            "content_hash": hash_rows(self.reading.leaving) if leaves else "",
            "snapshot": self.reading.snapshot or "",
            "paired": [each.recorded for each in self.reading.paired],
            "subjects": list(self.gathered.persons),
            "door": asking.door.value,
            "checked_only": not asking.rows,
        }

    def make_event(self, said: dict[str, Any], asking: Asking) -> QuestionAnswered | QuestionChecked:
        """The event of the log; `said` is what it `says`."""
        event = QuestionAnswered if asking.rows else QuestionChecked
        through = asking.through.pk if asking.through is not None else None
        return event(**said, charters=self.gathered.charters, through=through)

    def list_columns(self, said: dict[str, Any], asking: Asking) -> dict[str, Any]:
        """All columns of the record but its entry; `said` is what it `says`."""
        request, facts, matches = self.request, self.gathered.facts, self.verdict.rules
        return {
            **said,
            "at": facts[0].at,
            "actor": asking.by,
            "through": asking.through,
            "reason": request.reason or "",
            "window_from": request.window.start,
            "window_to": request.window.end,
            "own_facts": [shorten(one) for one in facts],
            "matches": matches,
            "refused_for": access_history.list_refused_for(facts, matches),
            "metrics": list(request.metrics),
            "cohorts": list(request.cohorts),
            "use": request.decision.value,
            "consequential": facts[0].decision.consequential,
            "grain": request.grain.value,
            "roles": sorted(facts[0].actor.roles),
        }
