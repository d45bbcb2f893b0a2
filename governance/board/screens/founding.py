"""Beginning a programme and founding it: one page for each thing to do, for the founder and for those who are invited."""

from typing import NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from charter.programme.models import Programme
from charter.programme.permissions import check_can_establish
from charter.registry.screens.page_context import programme
from governance.board import councils, permissions, queries, seating, services
from governance.board.models import Case, Invitation
from governance.board.programme import begin_programme, furnish_programme
from governance.board.screens.voter import explain_refusal
from governance.people.models import User
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from governance.people.screens.fields import AccountField
from governance.ui.forms import DayField, ServiceForm


class BeginForm(ServiceForm):
    """What a programme is called, and what it is for."""

    name = forms.CharField(
        label=_lazy("What is it called?"),
        max_length=200,
        error_messages={"required": _lazy("Give it a name")},
    )
    purpose = forms.CharField(
        label=_lazy("What is it for?"),
        help_text=_lazy("Everybody reads this, and the first board votes on it."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _lazy("Say what it is for")},
    )
    time_zone = forms.CharField(
        label=_lazy("Time zone"),
        help_text=_lazy("In which its days begin and end, such as Europe/Berlin."),
        max_length=64,
        initial="UTC",
        error_messages={"required": _lazy("Enter a time zone")},
    )


class InviteForm(ServiceForm):
    """Whom the founder asks."""

    user = AccountField(
        label=_lazy("Who?"),
        help_text=_lazy("Their user name."),
        error_messages={"required": _lazy("Enter a user name")},
    )


class FoundForm(ServiceForm):
    """What the founding asks beside the programme."""

    data_from = DayField(
        label=_lazy("First day of data"),
        help_text=_lazy(
            "For charters that were written before the programme is in force and give no reason of their own. Leave it "
            "empty, and they use nothing from before their approval."
        ),
        required=False,
    )
    because = forms.CharField(
        label=_lazy("Why are data from before needed?"),
        max_length=5000,
        widget=forms.Textarea,
        required=False,
    )


def begin(request: PageRequest) -> HttpResponse:
    """Begin the programme, with what comes with the product; whoever does invites its first board. There is one."""
    if programme(request) is not None:
        return redirect("board")
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.accepted(lambda: _begin(request, form)):
        messages.success(request, _("The programme is begun. Invite its first board."))
        return redirect("board")
    return render(request, "board/begin.html", {"form": form}, status=form.status)


@require_POST
def furnish(request: PageRequest) -> HttpResponse:
    """Give the programme what comes with the product and is missing, where beginning it was cut short."""
    permissions.check_can_invite(request.user)
    draft = permissions.find_draft()
    if draft is not None:
        furnish_programme(programme=draft, by=request.user)
    messages.success(request, _("Decisions, sources and rules are there."))
    return redirect("board")


def invite(request: PageRequest, seat: str) -> HttpResponse:
    """Invite somebody to a seat of the first board."""
    permissions.check_can_invite(request.user)
    kind = councils.find_seat(seat)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: services.invite_member(seat_kind=kind, by=request.user, **form.cleaned_data)
    ):
        messages.success(
            request, _("%(name)s is invited and told.") % {"name": form.cleaned_data["user"].name}
        )
        return redirect("board")
    return render(request, "board/invite.html", {"form": form, "seat": kind}, status=form.status)


def invitation(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """One invitation: accepted or declined by whoever is invited, withdrawn by the founder."""
    found = seating.get_invitation(invitation_id, by=request.user)
    given = {
        "invitation": found,
        "seat": found.seat.named,
        "yours": found.user_id == request.user.pk,
        "may_accept": not explain_refusal(permissions.check_can_accept, request.user, found),
        "may_end": not explain_refusal(permissions.check_can_end_invitation, request.user, found),
    }
    return render(request, "board/invitation.html", given)


@require_POST
def accept(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """Accept one's own."""
    found = seating.get_invitation(invitation_id, by=request.user)
    services.accept_invitation(invitation=found, by=request.user)
    messages.success(
        request, _("You have accepted the seat. The founding is put to your vote once six have.")
    )
    return redirect("board")


@require_POST
def end_invitation(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """Decline one's own, or withdraw it."""
    found = seating.get_invitation(invitation_id, by=request.user)
    services.end_invitation(invitation=found, by=request.user)
    messages.success(request, _("The invitation has ended."))
    return redirect("board")


def found(request: PageRequest) -> HttpResponse:
    """Put the founding to the vote."""
    permissions.check_can_found(request.user)
    form = FoundForm(request.POST or None)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(
        lambda: opened.append(services.found_programme(by=request.user, **form.cleaned_data))
    ):
        messages.success(request, _("The founding is put to the vote. Those who accepted are told."))
        return redirect("case", case_id=opened[0].pk)
    given = {
        "form": form,
        "invitations": [each for each in seating.list_invitations(request.user) if each.ended_at is None],
    }
    return render(request, "board/found.html", given, status=form.status)


def _begin(request: PageRequest, form: BeginForm) -> None:
    given = form.cleaned_data
    begin_programme(slug=slugify(given["name"])[:100] or "programme", by=request.user, **given)


def check_can_begin(request: PageRequest) -> None:
    """Raise NotPermitted unless the reader may begin a programme."""
    check_can_establish(request.user)


class FoundingStep(NamedTuple):
    """The next thing that somebody does for the founding: what, why, and where."""

    what: str
    why: str
    url: str


def list_founding_steps(user: User, found: Programme | None) -> list[FoundingStep]:
    """What waits for an account until the programme is in force."""
    if found is None:
        if not can_administer(user):
            return []
        why = _("Until there is one nothing can be measured, asked or decided here.")
        return [FoundingStep(_("Begin the programme"), why, reverse("board-begin"))]
    steps = [step for each in seating.list_invitations(user).filter(user=user) if (step := _answer(each))]
    case = seating.find_open_founding(user)
    if case is not None and case in queries.list_cases_to_vote_on(user):
        why = _("You have accepted a seat. Those who have are the first board once they have passed it.")
        steps.append(
            FoundingStep(_("Vote on the founding of the programme"), why, reverse("case", args=[case.pk]))
        )
    if case is None and permissions.founds(user, permissions.find_draft()):
        why = _("It is in force once six members have accepted and passed its founding.")
        steps.append(FoundingStep(_("Go on with founding the programme"), why, reverse("founding")))
    return steps


def _answer(invitation: Invitation) -> FoundingStep | None:
    """An invitation that waits for its answer."""
    if invitation.ended_at is not None or invitation.accepted_at is not None:
        return None
    why = _("%(name)s founds the programme and asks you to sit on its first board.")
    return FoundingStep(
        _("You are invited to the seat “%(seat)s”") % {"seat": invitation.seat},
        why % {"name": invitation.invited_by.name},
        reverse("board-invitation", args=[invitation.pk]),
    )
