"""What could anyone learn about me: nobody can, proved, or the request that does it, with its conditions."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from charter.rules import words
from charter.rules.proof.certificate import Learner
from charter.rules.vocabulary import DecisionType
from governance.about_me.certified import COLUMNS, OwnCertificate, certify_own, list_rows
from governance.about_me.permissions import get_own_person
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision
from governance.ui.sheets import stream_csv
from ground.errors import Unavailable

LEARNERS = {
    Learner.MANAGER: _("My manager"),
    Learner.HR: _("HR"),
    Learner.ANYONE: _("Anyone, whatever their role"),
}


class LearnForm(forms.Form):
    """For which decision, and by whom."""

    decision = forms.ChoiceField(
        label=_("For which decision"),
        choices=lambda: [(each.value, words.sentence(name_decision(each))) for each in DecisionType],
        initial=DecisionType.PERFORMANCE_RATING,
        error_messages={"invalid_choice": _("For which decision: choose one from the list")},
    )
    who = forms.ChoiceField(
        label=_("Who would learn it"),
        choices=[(each.value, said) for each, said in LEARNERS.items()],
        initial=Learner.ANYONE,
        error_messages={"invalid_choice": _("Who would learn it: choose one from the list")},
    )


def learn(request: PageRequest) -> HttpResponse:
    """Worked out for the reader when they ask; only they see it, and it is kept nowhere."""
    get_own_person(request.user)
    form = LearnForm(request.GET or None)
    given: dict[str, Any] = {"form": form, "found": None, "unavailable": ""}
    if form.is_bound and form.is_valid():
        try:
            given |= _describe(_certify(form))
        except Unavailable as error:
            given["unavailable"] = error.detail
    return render(request, "about_me/learn.html", given, status=400 if form.errors else 200)


def learn_csv(request: PageRequest) -> HttpResponseBase:
    """The same as a table to take away."""
    get_own_person(request.user)
    form = LearnForm(request.GET)
    if not form.is_valid():
        return render(request, "about_me/learn.html", {"form": form, "found": None}, status=400)
    return stream_csv("what-anyone-could-learn-about-me.csv", COLUMNS, list_rows(_certify(form)))


def _certify(form: LearnForm) -> OwnCertificate:
    return certify_own(DecisionType(form.cleaned_data["decision"]), Learner(form.cleaned_data["who"]))


def _describe(found: OwnCertificate) -> dict[str, Any]:
    return {"found": found, "decision": name_decision(found.decision), "who": LEARNERS[found.learner]}
