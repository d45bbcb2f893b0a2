"""What every page shows around its content: who reads it, where they can go, and under which programme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from charter.registry import rulebooks
from charter.registry.models import Programme, RulebookVersion
from charter.registry.queries import RULES_OUTDATED
from charter.registry.states import RulebookState
from charter.rules.vocabulary import Role
from governance.board.permissions import sits
from governance.board.queries import visible_cases
from governance.board.states import CaseKind, CaseState
from governance.notices import queries as notices
from governance.people.models import Membership, RoleGrant, User
from governance.people.permissions import can_administer
from governance.training import permissions as training
from ground import clock

# What a role is called beside its holder's name; the first that one holds is said.
ROLE_WORDS = {
    Role.MANAGER: _("manager"),
    Role.VALUE_STREAM_LEAD: _("value stream lead"),
    Role.BOARD_MEMBER: _("review board"),
    Role.AUDITOR: _("auditor"),
    Role.HR: _("HR"),
    Role.METRIC_OWNER: _("metric owner"),
    Role.LEADERSHIP: _("leadership"),
    Role.ADMIN: _("administrator"),
    Role.TEAM_MEMBER: _("employee"),
}
PAGES = {
    "home": _("Home"),
    "charters": _("My charters"),
    "metrics": _("Metrics"),
    "ask": _("Ask"),
    "views": _("Views"),
    "my-answers": _("My answers"),
    "rules": _("Rules"),
    "cases": _("Cases"),
    "minutes": _("Minutes"),
    "matrix": _("Matrix"),
    "contract": _("The contract"),
    "records": _("Records"),
    "context": _("Context"),
    "holds": _("Under review"),
    "receipts": _("Receipts"),
}
# Who asks comes to asking soonest; who reads, to the rules; who checks, to receipts.
ASKS = ("home", "metrics", "ask", "views", "my-answers", "context", "rules")
READS = ("home", "contract", "metrics", "rules", "ask", "my-answers", "context")
WRITES = ("home", "charters", "metrics", "matrix", "ask", "my-answers", "context", "rules")
SITS = ("home", "cases", "matrix", "metrics", "rules", "minutes", "ask", "my-answers")
CHECKS = ("home", "receipts", "holds", "records", "metrics", "rules", "ask", "my-answers")
KEEPS = ("home", "contract", "records", "matrix", "context", "metrics", "rules", "ask", "views", "my-answers")
NAVIGATION = {
    Role.MANAGER: ASKS,
    Role.VALUE_STREAM_LEAD: ASKS,
    Role.LEADERSHIP: ASKS,
    Role.AUDITOR: CHECKS,
    Role.BOARD_MEMBER: SITS,
    Role.METRIC_OWNER: WRITES,
    Role.HR: KEEPS,
    Role.ADMIN: KEEPS,
}
# Pages that stand under another in the navigation.
UNDER = {
    "metric": "metrics",
    "answer": "ask",
    "versions": "metrics",
    "charter-new": "charters",
    "charter-draft": "charters",
    "charter-writers": "charters",
    "charter-discard": "charters",
    "charter-check": "charters",
    "charter-heading": "charters",
    **dict.fromkeys(
        ("case", "case-ballot", "case-comment", "case-condition", "case-new", "cases-batch"), "cases"
    ),
    **dict.fromkeys(("waivers", "waiver-ask", "rulings", "pilots", "pilot", "pilot-start"), "cases"),
    **dict.fromkeys(("metric-suspend", "metric-bring-back", "hold-place"), "metrics"),
    **dict.fromkeys(("note", "note-propose", "team-context"), "context"),
    "hold-release": "holds",
    **dict.fromkeys(("reviews", "review", "record-change"), "matrix"),
    **dict.fromkeys(("contract-publish", "contract-metrics"), "contract"),
    "record": "records",
    **dict.fromkeys(
        ("view", "view-new", "view-open", "view-metric", "view-class", "view-expectation", "view-retire"),
        "views",
    ),
    "rule": "rules",
    **dict.fromkeys(("settings", "settings-change"), "rules"),
    **dict.fromkeys(
        ("training", "training-attestation", "training-question", "training-result", "training-managers"),
        "rules",
    ),
    "training-publish": "rules",
    "acknowledge": "rules",
    "receipt": "my-answers",
    "contest": "my-answers",
    "refer": "my-answers",
}
FOOTER = (
    ("contract", _("The contract")),
    ("matrix", _("Matrix")),
    ("views", _("Views")),
    ("rules", _("All rules")),
    ("settings", _("Settings")),
    ("training", _("Training")),
    ("minutes", _("Minutes of the board")),
    ("dispute", _("Dispute something")),
    ("accessibility", _("Accessibility")),
)
_RULES_IN_FORCE = Subquery(RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).values("pk")[:1])


@dataclass(frozen=True)
class Badge:
    """An account's roles today, each with the slug of what it is held over (empty for none), its own team's last."""

    roles: tuple[tuple[Role, str], ...]

    @property
    def chief(self) -> Role | None:
        """The role that decides which pages come first."""
        held = {role for role, _ in self.roles}
        return next((role for role in ROLE_WORDS if role in held), None)

    @property
    def line(self) -> str:
        """`manager, payments`."""
        if self.chief is None:
            return ""
        scope = next((scope for role, scope in self.roles if role is self.chief and scope), "")
        return ", ".join(filter(None, (str(ROLE_WORDS[self.chief]), scope)))

    def holds(self, role: Role) -> bool:
        return any(role is held for held, _ in self.roles)


def house(request: HttpRequest) -> dict[str, Any]:
    """The context processor: worked out when a template first asks for it, three statements then."""
    return {"house": SimpleLazyObject(lambda: _house(request))}


def programme(request: HttpRequest) -> Programme | None:
    """The one programme with `rules_in_force`, the key of its rulebook, read once a request."""
    if not hasattr(request, "_programme"):
        request._programme = Programme.objects.annotate(rules_in_force=_RULES_IN_FORCE).first()
    return request._programme


def today(request: HttpRequest) -> date:
    """The present day in the programme's time zone."""
    found = programme(request)
    return clock.today(found.time_zone if found else "UTC")


def badge(request: HttpRequest) -> Badge:
    """What the reader is here today, read once a request."""
    if not hasattr(request, "_badge"):
        request._badge = Badge(_roles(request.user, today(request)))
    return request._badge


def is_asked_to_train(request: HttpRequest) -> bool:
    """Whether the reader looks at other people's values by role, and so is asked to take the course."""
    held = badge(request)
    return training.can_take(request.user) and any(held.holds(role) for role in training.ASKED)


def _house(request: HttpRequest) -> dict[str, Any]:
    footer = [(label, reverse(page)) for page, label in FOOTER]
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"footer": footer[1:][-1:], "nav": []}
    found = programme(request)
    held = badge(request)
    version = found.rules_in_force if found else None
    return {
        "programme": found.name if found else "",
        "today": today(request),
        "unread": notices.unread(user),
        "role_line": held.line,
        "nav": _navigation(request, _pages(held)),
        "footer": footer,
        "outdated": _outdated(user) if version and rulebooks.is_outdated(version) else None,
    }


def _outdated(user: User) -> dict[str, Any] | None:
    """What is told to those who can mend it, where the rules in force are of an earlier version of the house."""
    if not (can_administer(user) or sits(user)):
        return None
    before_the_board = visible_cases(user).filter(state=CaseState.OPEN, kind=CaseKind.RULEBOOK)
    return {"sentence": RULES_OUTDATED, "case": before_the_board.first()}


def _pages(held: Badge) -> Sequence[str]:
    """The pages of the role that comes first; whoever also writes charters finds them after home."""
    pages = NAVIGATION.get(held.chief, READS)
    if held.holds(Role.METRIC_OWNER) and "charters" not in pages:
        return (pages[0], "charters", *pages[1:])
    return pages


def _navigation(request: HttpRequest, pages: Sequence[str]) -> list[tuple[str, str, bool]]:
    here = request.resolver_match.url_name if request.resolver_match else ""
    here = UNDER.get(here, here)
    return [(PAGES[page], reverse(page), page == here) for page in pages]


def _roles(user: User, on: date) -> tuple[tuple[Role, str], ...]:
    """Roles granted and the team belonged to, in one statement."""
    granted = RoleGrant.objects.on(on).filter(user=user).order_by()
    member = Membership.objects.on(on).filter(person=user.person_id).order_by()
    as_member = Value(Role.TEAM_MEMBER.value, output_field=CharField())
    found = granted.values_list("role", "team__slug", "value_stream__slug").union(
        member.values_list(as_member, "team__slug", Value(None, output_field=CharField())), all=True
    )
    return tuple(sorted((Role(role), team or stream or "") for role, team, stream in found))
