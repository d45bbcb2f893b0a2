"""The line behind AuthZEN: each evaluation is a check, with its receipt, of whoever is its subject."""

from governance.authzen.line import searching, translating
from governance.authzen.line.callers import AuthzenCaller, find_subject
from governance.authzen.line.replies import tell
from governance.authzen.wire.deciding import AccessDecision, SearchPage
from governance.authzen.wire.messages import Evaluation, Search
from governance.decisions.models import Door
from governance.decisions.requests.cost import charged
from governance.decisions.services import answer


class LineDecider:
    """Answers as the line does. What an enforcement point asks for others is paid by it, and it stands in the record."""

    def evaluate(self, asked: Evaluation, caller: AuthzenCaller) -> AccessDecision:
        subject = find_subject(asked.subject, caller)
        translating.check_is_metric(asked.resource)
        request = translating.translate(asked.action.name, asked.resource.id, asked.context)
        with charged((request,), account=caller.user.pk):
            given = answer(
                request=request,
                by=subject,
                door=Door.AUTHZEN,
                rows=False,
                is_charged=True,
                through=caller.user if subject.pk != caller.user.pk else None,
            )
        ignored = translating.list_ignored(
            asked.context, subject=asked.subject, action=asked.action, resource=asked.resource
        )
        return tell(given, ignored)

    def search(self, asked: Search, caller: AuthzenCaller) -> SearchPage:
        return searching.search(asked, caller)
