"""What questions hold until their transaction ends, and what is read first, by which all else is known to be true."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from charter.registry import locks
from charter.rules.facts import Facts
from charter.rules.request import Request
from charter.rules.verdict import Verdict
from governance.decisions.facts import access_history
from governance.decisions.facts.access_history import GrantedQuestion, RefusedQuestion
from governance.decisions.models import kept_charters
from governance.people.models import User
from ground import clock, data_versions, statements
from ground.data_versions import Versions
from ground.statements import Asked
from ground.traces import traced


class Held(Struct, frozen=True):
    """The metrics that are shared, what has changed since we last looked, and what was refused to the asker lately.

    What is decided here of one question counts for those after it, as if it had been committed.
    """

    # Of a metric, itself and, where rows are asked for, its counter-metric.
    shared: Mapping[str, tuple[str, ...]]
    seen: Versions
    refused: tuple[RefusedQuestion, ...]
    kept: frozenset[str] = frozenset()  # hashes of what is written of charters already
    several: bool = False
    refused_here: dict[object, RefusedQuestion] = field(default_factory=dict)
    granted_here: list[GrantedQuestion] = field(default_factory=list)

    def shared_by(self, request: Request) -> tuple[str, ...]:
        """What is shared for one of the questions, always in one order."""
        return tuple(sorted({slug for metric in request.metrics for slug in self.shared[metric]}))

    def refused_of(self, request: Request) -> tuple[RefusedQuestion, ...]:
        """What was refused of the metrics of one of the questions, newest first."""
        if not self.several:
            return self.refused
        shared = frozenset(self.shared_by(request))
        every = (*reversed(self.refused_here.values()), *self.refused)
        return tuple(replace(each, metrics=each.metrics & shared) for each in every if each.metrics & shared)

    def note(
        self, request: Request, facts: Sequence[Facts], verdict: Verdict, persons: Iterable[str]
    ) -> None:
        """Let the questions after it in this transaction know of one that was asked for rows, as `access_history` reads it."""
        at, use, grain, people = facts[0].at, request.decision, request.grain.value, frozenset(persons)
        if verdict.permits:
            asked = frozenset(request.metrics), frozenset(request.cohorts)
            self.granted_here.append(GrantedQuestion(at, use, grain, *asked, people))
        elif metrics := frozenset(access_history.list_refused_for(facts, verdict.rules)):
            key = (use, grain, request.cohorts, people, metrics)
            self.refused_here.pop(key, None)  # the newest counts, and stands last
            self.refused_here[key] = RefusedQuestion(at, use, grain, metrics, request.cohorts, people)


class HoldSent(Struct, frozen=True):
    """What was sent to hold the metrics; `read` gives what is known since."""

    shared: Mapping[str, tuple[str, ...]]
    asked: Asked
    several: bool

    def read(self) -> Held:
        seen, refused, kept = self.asked.found()
        before = tuple(each for each in refused if each.metrics)
        there = frozenset(each.hash for each in kept)
        return Held(self.shared, data_versions.by_name(seen), before, there, self.several)


@traced("line.hold")
def hold(requests: Sequence[Request], *, by: User, rows: bool) -> HoldSent:
    """Share the metrics until the transaction ends, then see what has changed since we last looked, and what was refused.

    A hold, a suspension or a revision takes a metric alone, so that none slips between facts and rows. In one pipeline.
    """
    metrics = sorted({slug for each in requests for slug in each.metrics})
    if rows:
        shared = locks.share_with_counters(metrics)
    else:
        locks.share_metrics(metrics)
        shared = {slug: (slug,) for slug in metrics}
    decisions = {each.decision.value for each in requests}
    parameters = access_history.make_refused_parameters(
        decisions.pop() if len(decisions) == 1 else "",
        {slug for slugs in shared.values() for slug in slugs},
        by=by.pk,
        now=clock.now(),
    )
    parameters["met"] = kept_charters.list_met(metrics)
    asked = statements.ask(
        data_versions.ALL, access_history.REFUSED, kept_charters.KEPT, parameters=parameters
    )
    return HoldSent(shared, asked, several=len(requests) > 1)
