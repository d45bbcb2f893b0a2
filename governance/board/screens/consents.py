"""A team's consent: asked by the owner or the board, answered by each member on a page that tells nobody what they said."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion
from charter.registry.screens.page_context import today
from charter.registry.states import StandingChoices
from charter.rules import words
from governance.board import consents, permissions, services
from governance.board.models import TeamConsent
from governance.board.screens.forms import AskTeamForm, ConsentForm
from governance.board.screens.voter import explain_refusal
from governance.people.models import Cohort, CohortKind
from governance.people.requests import PageRequest


def consent(request: PageRequest, consent_id: UUID) -> HttpResponse:
    """What a team is asked, and how it stands; its members answer here."""
    found = get_object_or_404(consents.list_consents(), pk=consent_id)
    refusal = explain_refusal(permissions.check_can_answer_consent, request.user, found)
    form = ConsentForm(request.POST or None)
    if request.method == "POST":
        permissions.check_can_answer_consent(request.user, found)
        if form.accepted(lambda: _answer(request, found, form)):
            messages.success(request, _("Thank you. Your answer counts, and nobody learns what it was."))
            return redirect("consent", consent_id=consent_id)
    given = {
        "consent": found,
        "team": words.cohort(found.cohort),
        "form": form if not refusal else None,
        "over": found.given_at is None and today(request) >= found.answer_by,
    }
    return render(request, "board/consent.html", given, status=form.status)


def _answer(request: PageRequest, found: TeamConsent, form: ConsentForm) -> None:
    services.answer_consent(consent=found, agrees=form.cleaned_data["agrees"] == "yes", by=request.user)


def ask_team(request: PageRequest, slug: str) -> HttpResponse:
    """Ask a team whether it agrees to the charter that governs a metric."""
    version = _governing(slug)
    permissions.check_can_ask_of(request.user, version)
    teams = [
        (each, words.sentence(words.cohort(each)))
        for each in Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True)
        .order_by("slug")
        .values_list("slug", flat=True)
    ]
    form = AskTeamForm(request.POST or None, teams=teams, initial={"cohort": request.GET.get("cohort", "")})
    asked: list[TeamConsent] = []
    if request.method == "POST" and form.accepted(
        lambda: asked.append(
            services.ask_for_consent(version=version, cohort=form.cleaned_data["cohort"], by=request.user)
        )
    ):
        messages.success(request, _("The members of the team are asked, each by a message."))
        return redirect("consent", consent_id=asked[0].pk)
    given = {
        "metric": version.metric,
        "form": form,
        "asked": consents.list_consents().filter(charter_version=version)[:20],
    }
    return render(request, "board/consent_ask.html", given, status=form.status)


def _governing(slug: str) -> CharterVersion:
    standing = [StandingChoices.PILOT, StandingChoices.ACTIVE]
    found = CharterVersion.objects.filter(metric__slug=slug, standing__in=standing)
    version = found.select_related("metric__programme").first()
    if version is None:
        raise Http404
    return version
