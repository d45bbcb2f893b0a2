"""Many use checks at once: what is known is read once for all, and the rules are asked once for each set of facts.

Two rows whose facts differ only in what those concerned are called get the same answer, as no rule reads a name.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from msgspec import Struct, field
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.rules.facts import Facts
from charter.rules.outlook import place
from charter.rules.request import Evidence, Request
from charter.rules.vocabulary import EvidenceKind, Grain, Outcome, Role, View
from governance.decisions.facts.outlook import Ahead
from governance.decisions.requests.form import check_form
from governance.people.models import User
from governance.use_check import queries
from governance.use_check.accountable import ANSWERING, check_accountable
from governance.use_check.asked import UseAsked
from governance.use_check.changes import (
    NO_WISH,
    ChangeSearch,
    UseChange,
    Wish,
    list_frames,
    list_others,
    read_views,
)
from governance.use_check.models import RoleProfile
from governance.use_check.places import KIND_OF, Places
from governance.use_check.requests import RequestMaker
from governance.use_check.rows import read_row
from governance.use_check.statements import say_change
from governance.use_check.states import ANSWER_OF
from ground import data_versions
from ground.errors import BadInput, DomainError

PROBLEM = "problem"  # what a row is answered that cannot be read


class RowAnswer(Struct, frozen=True, array_like=True):
    """The answer of one row: yes, no, board or problem, the ids of the rules, the changes in words, what is wrong with it."""

    answer: str
    rules: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    problem: str = ""


class _ReadyUse(Struct, frozen=True):
    """A row that can be judged."""

    request: Request
    profile: RoleProfile | None


class JudgedRows(Struct, frozen=True):
    """The answer of each row, in order, and the rules by which they were found; blank where no row could be read."""

    answers: tuple[RowAnswer, ...]
    rulebook_hash: str


def judge_rows(header: Sequence[str], rows: Sequence[Sequence[str]], *, by: User) -> JudgedRows:
    """Judge rows as the line would answer the account that sent them. Writes nothing."""
    reader = _RowReader.of(header, by)
    keys = [reader.without_note(row) for row in rows]
    told: dict[tuple[str, ...], RowAnswer] = {}
    ready: dict[tuple[str, ...], _ReadyUse] = {}
    for key, row in dict(zip(keys, rows, strict=True)).items():
        found = reader.read(row)
        if isinstance(found, _ReadyUse):
            ready[key] = found
        else:
            told[key] = found
    judge = _Judge.read([each.request for each in ready.values()], by) if ready else None
    if judge is not None:
        told |= {key: judge.answer(each) for key, each in ready.items()}
    rulebook = judge.ahead.rulebook.content_hash if judge is not None else ""
    return JudgedRows(tuple(told[key] for key in keys), rulebook)


class _RowReader(Struct, frozen=True):
    """What rows are checked by before anything is decided."""

    header: tuple[str, ...]
    by: User
    maker: RequestMaker
    groups: frozenset[str]
    decisions: frozenset[str]
    _fit: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, header: Sequence[str], by: User) -> Self:
        places = Places.read(by=by, persons=())
        declared = registry.read_decisions(data_versions.read())
        return cls(
            tuple(header),
            by,
            RequestMaker.of(by),
            frozenset(places.groups),
            frozenset(each.value for each in declared),
        )

    def without_note(self, row: Sequence[str]) -> tuple[str, ...]:
        """What of a row decides: all but the sender's own note."""
        return tuple(cell for name, cell in zip(self.header, row, strict=True) if name != "note")

    def read(self, row: Sequence[str]) -> _ReadyUse | RowAnswer:
        try:
            return self._read(read_row(dict(zip(self.header, row, strict=True))))
        except DomainError as error:
            named = f"{error.field}: " if error.field else ""
            return RowAnswer(PROBLEM, problem=f"{named}{error.detail}")

    def _read(self, asked: UseAsked) -> _ReadyUse:
        request = self.maker.make(asked)
        check_form(request)
        self._check_names(request)
        profile = queries.get_profile_for(asked.role_family, request, by=self.by)
        self._check_accountable(request)
        return _ReadyUse(request, profile)

    def _check_names(self, request: Request) -> None:
        """Raise BadInput for names that name nothing, and for groups of another level."""
        for slug in request.metrics:
            if slug not in self.maker.views:
                raise BadInput(f"There is no metric called {slug}.", field="metrics")
        for slug in request.cohorts:
            if slug not in self.groups:
                raise BadInput(f"There is no cohort called {slug}.", field="cohorts")
            kind = KIND_OF.get(request.grain)
            if kind is not None and not slug.startswith(f"{kind.value}:"):
                raise BadInput(f"{slug} is not a cohort of kind {kind.value}.", field="cohorts")
        if request.decision.value not in self.decisions:
            raise BadInput("The programme has not declared this decision.", field="decision")

    def _check_accountable(self, request: Request) -> None:
        if request.accountable is None:
            return
        key = (request.accountable, request.cohorts, request.persons)
        if key not in self._fit:
            try:
                check_accountable(request, by=self.by)
            except BadInput as unfit:
                self._fit[key] = unfit.detail
            else:
                self._fit[key] = ""
        if self._fit[key]:
            raise BadInput(self._fit[key], field="accountable", code="accountable_unfit")


class _Judge(Struct, frozen=True):
    """All that is known of the questions of some rows, and what was decided of each set of facts."""

    by: User
    ahead: Ahead
    places: Places
    views: Mapping[str, View | None]
    names: Mapping[str, str]
    _decided: dict[object, tuple[Outcome, tuple[str, ...]]] = field(default_factory=dict)
    _changed: dict[object, tuple[UseChange, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, requests: Sequence[Request], by: User) -> Self:
        persons = {name for each in requests for name in each.persons}
        places = Places.read(by=by, persons=persons)
        framed = [frame for each in requests for frame in list_frames(each, places)]
        others = [replace(each, metrics=list_others(each)) for each in _first_of_decisions(requests)]
        wide = [*framed, *(each for each in others if each.metrics)]
        ahead = Ahead.read([replace(each, accountable=None) for each in wide], by=by)
        names = {each.slug: each.name for each in registry.read_uses(data_versions.read())}
        return cls(by, ahead, places, read_views(), names)

    def answer(self, ready: _ReadyUse) -> RowAnswer:
        request = ready.request
        key = self._as_facts(request)
        if key not in self._decided:
            self._decided[key] = self._decide(request)
        outcome, rules = self._decided[key]
        if outcome is Outcome.REFER or (outcome is Outcome.PERMIT and self._reads_coverage(request)):
            # Rulings are of these very people, and so is their coverage.
            outcome, rules = self._decide(request)
        changes = () if outcome is Outcome.PERMIT else self._find_changes(ready)
        told = tuple(say_change(each, request, self.names) for each in changes)
        return RowAnswer(ANSWER_OF[outcome].value, rules, told)

    def _find_changes(self, ready: _ReadyUse) -> tuple[UseChange, ...]:
        """The changes that were found of the same facts at every level, of these people."""
        request, wish = ready.request, _wish_of(ready.profile)
        frames = list_frames(request, self.places)
        answers = self._can_answer(request, self._known(request))
        wish = replace(wish, account=self.by.username if answers else None)
        key = (wish, *(self._as_facts(frame) for frame in frames))
        if key not in self._changed:
            search = ChangeSearch(request, wish, self.ahead.rulebook, self.views)
            framed = [(frame, self._known(frame)) for frame in frames]
            self._changed[key] = search.run(framed, list_others(request))
        levels = {frame.grain: frame for frame in frames}
        return tuple(_of_people(each, levels, request) for each in self._changed[key])

    def _known(self, request: Request) -> Mapping[str, Facts]:
        named = request.accountable is not None
        known = self.ahead.known(request)
        return (
            {slug: replace(one, accountable_human=named) for slug, one in known.items()} if named else known
        )

    def _decide(self, request: Request) -> tuple[Outcome, tuple[str, ...]]:
        verdict = self.ahead.decide(request, accountable=request.accountable is not None)
        return verdict.outcome, tuple(sorted({match.id for match in verdict.rules}))

    def _reads_coverage(self, request: Request) -> bool:
        return bool(request.persons) and self.ahead.decisions[request.decision].consequential

    def _can_answer(self, request: Request, known: Mapping[str, Facts]) -> bool:
        """Whether the account itself may answer for a decision about these people, as `can_answer` says it."""
        own, actor = self.ahead.found.asker.person, next(iter(known.values())).actor
        concerned = own in request.persons or Role.TEAM_MEMBER in actor.roles
        return actor.human and not concerned and bool(actor.roles & ANSWERING)

    def _as_facts(self, request: Request) -> tuple[Facts, ...]:
        """The facts of a question without what those concerned are called."""
        return tuple(_without_names(one) for one in place(self._known(request), request))


def _without_names(one: Facts) -> Facts:
    """The facts with names counted: rules count, and read no name but those of the cohorts of a pilot."""
    request = one.request
    pieces = dict.fromkeys((piece.kind, piece.ref.strip()) for piece in request.evidence)
    blank = replace(
        request,
        cohorts=request.cohorts if one.charter.pilot_cohorts else ("",) * len(request.cohorts),
        persons=("",) * len(request.persons),
        evidence=tuple(Evidence(kind, str(place)) for place, (kind, _ref) in enumerate(pieces)),
        accountable="somebody" if request.accountable is not None else None,
    )
    return replace(one, request=blank, cohorts=tuple(replace(each, slug="") for each in one.cohorts))


def _of_people(change: UseChange, levels: Mapping[Grain, Request], asked: Request) -> UseChange:
    """A change that was found of others with the same facts, of those whom this question is about."""
    level = levels.get(change.request.grain, asked)
    request = replace(change.request, cohorts=level.cohorts, persons=level.persons)
    return replace(change, request=request)


def _wish_of(profile: RoleProfile | None) -> Wish:
    return Wish(tuple(EvidenceKind(kind) for kind in profile.evidence_kinds)) if profile else NO_WISH


def _first_of_decisions(requests: Iterable[Request]) -> list[Request]:
    return list({each.decision: each for each in requests}.values())
