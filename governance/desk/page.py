"""What every page shows around its content: who reads it, where they can go, and under which programme."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from charter.registry import rulebooks
from charter.registry.queries import RULES_OUTDATED
from charter.registry.screens.page_context import badge, programme, today
from governance.board.permissions import sits
from governance.board.queries import list_visible_cases
from governance.board.states import CaseKind, CaseState
from governance.desk import urls
from governance.notices import queries as notices
from governance.people.models import User
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from governance.ui.navigation import Navigation

NAVIGATION = Navigation(urls.urlpatterns)


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: worked out when a template first asks for it, three statements then."""
    return {"page": SimpleLazyObject(lambda: _page(request))}


def _page(request: HttpRequest) -> dict[str, Any]:
    footer = NAVIGATION.list_footer(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"footer": footer, "nav": []}
    found = programme(request)
    version = found.rules_in_force if found else None
    return {
        "programme": found.name if found else "",
        "today": today(request),
        "unread": notices.count_unread(user),
        "role_line": badge(cast("PageRequest", request)).line,
        "nav": NAVIGATION.list_main(request),
        "footer": footer,
        "outdated": _outdated(user) if version and rulebooks.is_outdated(version) else None,
    }


def _outdated(user: User) -> dict[str, Any] | None:
    """What is told to those who can mend it, where the rules in force are of an earlier version of the product."""
    if not (can_administer(user) or sits(user)):
        return None
    before_the_board = list_visible_cases(user).filter(state=CaseState.OPEN, kind=CaseKind.RULEBOOK)
    return {"sentence": RULES_OUTDATED, "case": before_the_board.first()}
