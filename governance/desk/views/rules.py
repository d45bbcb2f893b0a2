"""The rules in force, for everybody, and saying that one has read them."""

from collections.abc import Iterable
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from charter.registry import queries as registry
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from charter.rules import Rule
from governance.board import queries as board
from governance.board.states import SeatKind
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.people.models import User
from governance.training import services as training
from governance.training.models import Acknowledgement
from ground.errors import Conflict

# Families of rules, in the order in which people ask about them.
FAMILIES = {
    "surveillance": gettext_lazy("What may never be watched"),
    "people": gettext_lazy("Decisions about a person"),
    "rankings": gettext_lazy("Rankings, lists and scores"),
    "activity": gettext_lazy("Activity is not performance"),
    "classes": gettext_lazy("Keeping unlike things apart"),
    "disclosure": gettext_lazy("Small groups and single people"),
    "use": gettext_lazy("What a charter allows"),
    "fairness": gettext_lazy("Fairness"),
}
# Whom to ask about a rule: the seat that stands for those it protects, then the one that knows its law.
CONTACT, NEXT_LEVEL = SeatKind.WORKER_REP, SeatKind.LEGAL


@opens_to(signed_in)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules in force by family, or those that a word is found in (S54, S85)."""
    word = request.GET.get("text", "").strip()[:100]
    version = _in_force()
    everything = registry.rulebook(version.pk).rules if version else ()
    found = [rule for rule in everything if _speaks_of(rule, word)]
    given = {
        "families": _families(found),
        "found": len(found),
        "total": len(everything),
        "word": word,
        "version": version,
        "acknowledged": _acknowledged(request.user, version),
    }
    return render(request, "desk/rules.html", given)


@opens_to(signed_in)
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it says, why, what to do instead, who can waive it, whom to ask (S78)."""
    version = _in_force()
    everything = registry.rulebook(version.pk).rules if version else ()
    found = next((rule for rule in everything if rule.id == rule_id.upper()), None)
    if found is None:
        raise Http404
    seats = {holders.seat: holders for holders in board.seats(today(request))}
    given = {
        "rule": found,
        "family": FAMILIES.get(found.family, found.family.capitalize()),
        "version": version,
        "contact": seats[CONTACT],
        "next_level": seats[NEXT_LEVEL],
    }
    return render(request, "desk/rule.html", given)


@opens_to(signed_in)
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that one has read this version of the rules (AR24, S54)."""
    version = RulebookVersion.objects.filter(number=_number(request)).first()
    if version is None:
        raise Http404
    try:
        training.acknowledge(rulebook_version=version, by=request.user)
    except Conflict as error:
        messages.warning(request, error.detail)
    else:
        messages.success(
            request, _("You have acknowledged the rules, version %(number)s.") % {"number": version.number}
        )
    return redirect("rules")


def _number(request: HttpRequest) -> int:
    given = request.POST.get("number", "")
    if not (given.isascii() and given.isdigit() and len(given) < 9):
        raise Http404
    return int(given)


def _in_force() -> RulebookVersion | None:
    return RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).defer("files").first()


def _acknowledged(user: User, version: RulebookVersion | None) -> Acknowledgement | None:
    """The reader's acknowledgement of these rules, else their last one."""
    given = list(Acknowledgement.objects.filter(user=user).select_related("rulebook_version")[:20])
    own = next((each for each in given if version and each.rulebook_version_id == version.pk), None)
    return own or next(iter(given), None)


def _speaks_of(rule: Rule, word: str) -> bool:
    said = " ".join((rule.id, rule.title, rule.text, rule.why, rule.fix)).casefold()
    return all(part in said for part in word.casefold().split())


def _families(found: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    """Rules under their families, in the order of FAMILIES, then any that an organisation added."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    ranked = sorted(found, key=lambda rule: (order.get(rule.family, len(order)), rule.family, rule.id))
    grouped = groupby(ranked, key=lambda rule: rule.family)
    return [(str(FAMILIES.get(family, family.capitalize())), list(members)) for family, members in grouped]
