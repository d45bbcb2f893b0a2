"""An outcome as whoever it is about reads it, and rubrics for everybody."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.rules.vocabulary import DecisionType
from governance.calibration import packs, permissions, queries, services
from governance.calibration.screens.forms import RubricForm
from governance.calibration.screens.packs import list_told_proposals
from governance.calibration.screens.rounds import list_levels
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision


def outcome(request: PageRequest, key: UUID) -> HttpResponse:
    """One's own outcome with its explanation, and the ways to answer it; POST keeps that it was read."""
    item = queries.get_outcome(key, by=request.user)
    if request.method == "POST":
        services.acknowledge(item=item, by=request.user)
        messages.success(
            request, _("It is kept that you have read it. That says nothing of whether you agree.")
        )
        return redirect("calibration-outcome", key)
    told = list_told_proposals(item)
    given = {
        "item": item,
        "decision": name_decision(DecisionType(item.round.decision)),
        "now": told[0] if told else None,
        "earlier": told[1:],
        "again": queries.is_flagged(item),
        "pack": packs.read_pack(item),
        "appeal_url": f"{reverse('appeal-question', args=['about'])}?what=calibration&calibration={item.pk}",
    }
    return render(request, "calibration/outcome.html", given)


def rubrics(request: PageRequest) -> HttpResponse:
    """What each level means for each role family, with worked examples (S91)."""
    given = {
        "found": [(each, list_levels(each)) for each in queries.list_rubrics()],
        "keeps": permissions.keeps_rounds(request.user),
    }
    return render(request, "calibration/rubrics.html", given)


def rubric_new(request: PageRequest) -> HttpResponse:
    """Write what the levels of a role family mean from now on, beginning with what counts now."""
    family = request.GET.get("family", "")[:100]
    now = queries.find_rubric(family) if family else None
    form = RubricForm(
        request.POST if request.method == "POST" else None,
        initial=RubricForm.begin_with(now) if now else {"role_family": family},
    )
    if request.method == "POST" and form.accepted(
        lambda: services.write_rubric(
            role_family=form.cleaned_data["role_family"], levels=form.levels, by=request.user
        )
    ):
        messages.success(request, _("This counts from now on. Rounds that were announced keep theirs."))
        return redirect("calibration-rubrics")
    given = {
        "form": form,
        "title": _("What the levels mean"),
        "lead": _("Three levels, the lowest first, each with worked examples. No level says how many people reach it."),
        "button": _("Save the rubric"),
        "back_url": reverse("calibration-rubrics"),
        "back_label": _("Rubrics"),
    }  # fmt: skip
    return render(request, "calibration/write.html", given, status=form.status)
