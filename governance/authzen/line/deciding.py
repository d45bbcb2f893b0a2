"""The line behind AuthZEN: each evaluation is a check, with its receipt, of whoever is its subject."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from charter.rules.request import Request
from governance.authzen.line import searching, translating
from governance.authzen.line.callers import AuthzenCaller, find_subject
from governance.authzen.line.replies import tell
from governance.authzen.wire.deciding import AccessDecision, SearchPage
from governance.authzen.wire.messages import Evaluation, Search
from governance.decisions.models import Door
from governance.decisions.requests.cost import charged
from governance.decisions.services import answer, answer_all
from governance.decisions.services.answers import Answer
from governance.people.models import User
from ground.errors import BadInput, DomainError, TooMuch


class _Understood(Struct, frozen=True):
    """An evaluation, whose it is, and the request that it is."""

    asked: Evaluation
    subject: User
    request: Request

    @property
    def whose(self) -> UUID:
        return self.subject.pk


_Given = AccessDecision | DomainError


class LineDecider:
    """Answers as the line does. What an enforcement point asks for others is paid by it, and it stands in the record."""

    def evaluate(self, asked: Evaluation, caller: AuthzenCaller) -> AccessDecision:
        one = _understand(asked, caller)
        with charged((one.request,), account=caller.user.pk):
            given = answer(
                request=one.request,
                by=one.subject,
                door=Door.AUTHZEN,
                rows=False,
                is_charged=True,
                through=_find_point(one, caller),
            )
        return _tell(one, given)

    def evaluate_each(self, asked: Sequence[Evaluation], caller: AuthzenCaller) -> list[_Given]:
        """Those that follow one another about one subject are decided in one transaction."""
        understood = [_try_to_understand(one, caller) for one in asked]
        given: list[_Given] = []
        for _whose, found in groupby(understood, key=_find_whose):
            run = list(found)
            given += [one for one in run if isinstance(one, DomainError)]
            together = [one for one in run if isinstance(one, _Understood)]  # a run is all of one kind
            given += self._decide_run(together, caller) if together else []
        return given

    def _decide_run(self, run: Sequence[_Understood], caller: AuthzenCaller) -> list[_Given]:
        """All of one subject's; one by one where together they cost more than may be asked at once."""
        requests = [one.request for one in run]
        try:
            with charged(requests, account=caller.user.pk, is_batch=True):
                found = answer_all(
                    requests=requests,
                    by=run[0].subject,
                    door=Door.AUTHZEN,
                    rows=False,
                    through=_find_point(run[0], caller),
                )
        except (BadInput, TooMuch):
            return [self._try(one.asked, caller) for one in run]
        return [_tell(one, each) if isinstance(each, Answer) else each for one, each in zip(run, found, strict=True)]  # fmt: skip

    def _try(self, asked: Evaluation, caller: AuthzenCaller) -> _Given:
        try:
            return self.evaluate(asked, caller)
        except DomainError as error:
            return error

    def search(self, asked: Search, caller: AuthzenCaller) -> SearchPage:
        return searching.search(asked, caller)


def _understand(asked: Evaluation, caller: AuthzenCaller) -> _Understood:
    subject = find_subject(asked.subject, caller)
    translating.check_is_metric(asked.resource)
    request = translating.translate(asked.action.name, asked.resource.id, asked.context)
    return _Understood(asked, subject, request)


def _try_to_understand(asked: Evaluation, caller: AuthzenCaller) -> _Understood | DomainError:
    try:
        return _understand(asked, caller)
    except DomainError as error:
        return error


def _find_whose(one: _Understood | DomainError) -> UUID | None:
    return one.whose if isinstance(one, _Understood) else None


def _find_point(one: _Understood, caller: AuthzenCaller) -> User | None:
    """The enforcement point that asks for somebody else; None where somebody asks for themself."""
    return caller.user if one.subject.pk != caller.user.pk else None


def _tell(one: _Understood, given: Answer) -> AccessDecision:
    asked = one.asked
    ignored = translating.list_ignored(
        asked.context, subject=asked.subject, action=asked.action, resource=asked.resource
    )
    return tell(given, ignored)
