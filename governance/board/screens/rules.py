"""The rules in force, for everybody, and saying that one has read them."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from charter.registry.models import RulebookVersion
from charter.registry.screens.page_context import today
from governance.board import queries as board
from governance.board.filters import RuleNarrowing
from governance.board.rules_now import CONTACT, NEXT_LEVEL, RuleNow, narrow_rules, read_rules_now
from governance.board.screens import case_details, rule_changes
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.training import services as training
from governance.training.models import Acknowledgement
from ground.errors import Conflict
from ground.parsing import read_number

# Families of rules, in the order in which people ask about them.
FAMILIES = {
    "surveillance": gettext_lazy("What may never be watched"),
    "people": gettext_lazy("Decisions about a person"),
    "rankings": gettext_lazy("Rankings, lists and scores"),
    "activity": gettext_lazy("Activity is not performance"),
    "classes": gettext_lazy("Keeping unlike things apart"),
    "disclosure": gettext_lazy("Small groups and single people"),
    "use": gettext_lazy("What a charter allows"),
    "context": gettext_lazy("What else was going on"),
    "fairness": gettext_lazy("Fairness"),
    "looking": gettext_lazy("Limits of looking"),
    "appeals": gettext_lazy("Disputes, and those who raise them"),
}


class _FamilyNarrowing(RuleNarrowing):
    """The families are those that the rules have, the built-in ones in the order of FAMILIES."""

    def __init__(self, given: QueryDict, rules: Iterable[RuleNow]) -> None:
        super().__init__(given)
        found = [each.rule.family for each in _by_family(rules)]
        offered = [("", _("Everything")), *((family, _named(family)) for family in dict.fromkeys(found))]
        self.fields["family"] = forms.ChoiceField(label=_("About"), choices=offered, required=False)


def rules(request: PageRequest) -> HttpResponse:
    """All rules in force by family with their examples, run now, or those that a word is found in (S54, S85)."""
    on = today(request)
    now = read_rules_now(on)
    form = _FamilyNarrowing(request.GET, now.rules)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = _by_family(narrow_rules(now.rules, **chosen))
    acknowledged = _acknowledged(request.user, now.version) if request.user.is_authenticated else None
    given = {
        "now": now,
        "form": form,
        "families": [
            (_named(family), list(members))
            for family, members in groupby(found, lambda each: each.rule.family)
        ],
        "found": len(found),
        "total": len(now.rules),
        "narrowed": any(chosen.values()),
        "waived": [(waiver, case_details.last_day(waiver.ends_on)) for waiver in now.waivers],
        "acknowledged": acknowledged,
        "since": rule_changes.compare_acknowledged(acknowledged, now.version),
        **_whom_to_ask(on),
    }
    return render(request, "board/rules.html", given, status=200 if form.is_valid() else 400)


def rule(request: PageRequest, rule_id: str) -> HttpResponse:
    """One rule: what it says, why, its examples run now, what to do instead, what is waived of it, whom to ask (S78)."""
    on = today(request)
    now = read_rules_now(on, only=rule_id.upper())
    if not now.rules:
        raise Http404
    (found,) = now.rules
    given = {
        "now": now,
        "each": found,
        "rule": found.rule,
        "family": _named(found.rule.family),
        "waived": [(waiver, case_details.last_day(waiver.ends_on)) for waiver in found.waivers],
        **_whom_to_ask(on),
    }
    return render(request, "board/rule.html", given)


@require_POST
def acknowledge_rules(request: PageRequest) -> HttpResponse:
    """Say that one has read this version of the rules (AR24, S54)."""
    version = RulebookVersion.objects.filter(number=read_number(request.POST.get("number", ""))).first()
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


def _whom_to_ask(on: date) -> dict[str, board.Holders]:
    """The holders of the two seats on a day (S78)."""
    seats = {holders.seat: holders for holders in board.list_seats(on)}
    return {"contact": seats[CONTACT], "next_level": seats[NEXT_LEVEL]}


def _acknowledged(user: User, version: RulebookVersion | None) -> Acknowledgement | None:
    """The reader's acknowledgement of these rules, else their last one."""
    given = list(
        Acknowledgement.objects.filter(user=user)
        .select_related("rulebook_version")
        .order_by("-rulebook_version__number")[:20]
    )
    own = next((each for each in given if version and each.rulebook_version_id == version.pk), None)
    return own or next(iter(given), None)


def _by_family(rules: Iterable[RuleNow]) -> list[RuleNow]:
    """Rules in the order of FAMILIES, then any that an organisation added."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    return sorted(
        rules, key=lambda each: (order.get(each.rule.family, len(order)), each.rule.family, each.rule.id)
    )


def _named(family: str) -> str:
    return str(FAMILIES.get(family) or family.replace("_", " ").replace("-", " ").capitalize())
