"""The board's seats: who sits where, and one page for each thing that may be done about it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.registry.screens.page_context import programme
from governance.board import councils, permissions, seating, services
from governance.board.models import Case, Term
from governance.board.screens.seat_rows import list_invitation_rows, list_seat_rows, tell_term
from governance.board.screens.voter import explain_refusal
from governance.board.seat_names import SeatName
from governance.board.states import NOTICE_DAYS, CaseKind
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest
from governance.people.screens.fields import AccountField
from governance.ui.forms import DayField, ServiceForm
from ground import calendar
from ground.reading import one_reading

NOTICE = timedelta(days=NOTICE_DAYS)


class TermForm(ServiceForm):
    """Who is to sit, from when on."""

    user = AccountField(
        label=_lazy("Who?"),
        help_text=_lazy("Their user name."),
        error_messages={"required": _lazy("Enter a user name")},
    )
    valid_from = DayField(
        label=_lazy("First day"),
        help_text=_lazy("At least three days from now: the whole board is told before."),
    )


class ProposeForm(ServiceForm):
    """Whom a case would put on a seat, and why."""

    user = AccountField(
        label=_lazy("Who?"),
        help_text=_lazy("Their user name."),
        error_messages={"required": _lazy("Enter a user name")},
    )
    alternate = forms.TypedChoiceField(
        label=_lazy("As what?"),
        choices=[("yes", _lazy("Alternate")), ("no", _lazy("Member"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        initial="yes",
        error_messages={"required": _lazy("Choose as what")},
    )
    question = forms.CharField(
        label=_lazy("Why?"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _lazy("Say why")},
    )


class EndTermForm(ServiceForm):
    """When a term ends."""

    last_day = DayField(label=_lazy("Last day"))
    called = {"valid_to": "last_day"}


def board(request: PageRequest) -> HttpResponse:
    """Who sits where, since and until when and by whom, and what is under way; before a founding, how far it is."""
    found = programme(request)
    if found is None or permissions.find_draft() is not None:
        return _to_be(request)
    on = calendar.today()
    with one_reading():
        own = permissions.find_member_seat(request.user)
        given = {
            "seats": list_seat_rows(on),
            "own": own,
            "administers": can_administer(request.user),
            "proposes": not explain_refusal(permissions.check_can_name_by_case, request.user),
            "waiting": seating.list_to_confirm(request.user, on),
        }
    return render(request, "board/seats.html", given)


def _to_be(request: PageRequest) -> HttpResponse:
    """The page of the board before there is one."""
    draft = permissions.find_draft()
    invitations = list(seating.list_invitations(request.user))
    given = {
        "programme": draft,
        "founds": permissions.founds(request.user, draft),
        "may_begin": draft is None and can_administer(request.user),
        "rows": list_invitation_rows(invitations),
        "own": next(
            (each for each in invitations if each.user_id == request.user.pk and each.ended_at is None), None
        ),
        "case": seating.find_open_founding(request.user),
        "missing": services.list_missing() if draft else [],
    }
    return render(request, "board/seats_to_be.html", given)


def term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """One term, with what the reader may do about it."""
    found = _found(term_id)
    user = request.user
    given = _about(found) | {
        "may_confirm": permissions.can_confirm(user, found),
        "may_decline": not explain_refusal(permissions.check_can_decline, user, found),
        "may_end": found.confirmed_at is not None
        and (found.valid_to is None or found.valid_to > calendar.today())
        and not explain_refusal(permissions.check_can_end_term, user, found, calendar.today() + NOTICE),
    }
    return render(request, "board/term.html", given)


def confirm(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Confirm who is to be a member."""
    found = _found(term_id)
    permissions.check_can_confirm(request.user, found)
    if request.method == "POST":
        services.confirm_member(term=found, by=request.user)
        messages.success(request, _("You have confirmed %(name)s.") % {"name": found.user.name})
        return redirect("board-term", term_id=term_id)
    return render(request, "board/term_confirm.html", _about(found))


def decline(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Decline a seat that one was proposed for."""
    found = _found(term_id)
    permissions.check_can_decline(request.user, found)
    if request.method == "POST":
        services.decline_seat(term=found, by=request.user)
        messages.success(request, _("You have declined the seat. The board is told."))
        return redirect("board")
    return render(request, "board/term_decline.html", _about(found))


def end(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Let a term end on a day."""
    found = _found(term_id)
    permissions.check_can_end_term(request.user, found, calendar.today() + NOTICE)
    form = EndTermForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: services.end_term(term=found, valid_to=_out(form.cleaned_data["last_day"]), by=request.user)
    ):
        messages.success(request, _("The term ends. The board is told."))
        return redirect("board")
    at_once = not explain_refusal(permissions.check_can_end_term, request.user, found, calendar.today())
    given = _about(found) | {"form": form, "at_once": at_once, "days": NOTICE_DAYS}
    return render(request, "board/term_end.html", given, status=form.status)


def name_alternate(request: PageRequest, seat: str) -> HttpResponse:
    """Name an alternate for the seat that one is member of."""
    return _fill(request, councils.find_seat(seat), alternate=True)


def propose_member(request: PageRequest, seat: str) -> HttpResponse:
    """Propose a member for a vacant seat, as an administrator."""
    return _fill(request, councils.find_seat(seat), alternate=False)


def put_to_the_board(request: PageRequest, seat: str) -> HttpResponse:
    """Put to the vote who is to sit on a seat."""
    kind = councils.find_seat(seat)
    permissions.check_can_name_by_case(request.user)
    form = ProposeForm(request.POST or None)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, kind, form))):
        messages.success(request, _("The case is open. Every seat can see it now."))
        return redirect("case", case_id=opened[0].pk)
    return render(
        request,
        "board/seat_propose.html",
        {"form": form, "seat": kind, "days": NOTICE_DAYS},
        status=form.status,
    )


def _fill(request: PageRequest, kind: SeatName, *, alternate: bool) -> HttpResponse:
    permissions.check_can_propose_for_seat(request.user, kind, alternate=alternate)
    form = TermForm(request.POST or None, initial={"valid_from": calendar.today() + NOTICE})
    if request.method == "POST" and form.accepted(
        lambda: services.fill_seat(seat_kind=kind, alternate=alternate, by=request.user, **form.cleaned_data)
    ):
        said = {"name": form.cleaned_data["user"].name}
        messages.success(request, _("%(name)s is named. The whole board is told.") % said)
        return redirect("board")
    given = {"form": form, "seat": kind, "alternate": alternate, "days": NOTICE_DAYS}
    return render(request, "board/seat_fill.html", given, status=form.status)


def _open(request: PageRequest, kind: SeatName, form: ProposeForm) -> Case:
    given = form.cleaned_data
    said = {"name": given["user"].name, "seat": kind.label}
    return services.open_case(
        kind=CaseKind.SEAT,
        subject=(
            _("%(name)s as alternate on the seat “%(seat)s”")
            if given["alternate"]
            else _("%(name)s as member on the seat “%(seat)s”")
        )
        % said,
        question=given["question"],
        details={"seat": kind, "user": given["user"], "alternate": given["alternate"]},
        by=request.user,
    )


def _about(found: Term) -> dict[str, Any]:
    row = tell_term(found, calendar.today())
    return {
        "term": found,
        "row": row,
        "seat": found.seat.named,
        "title": f"{found.user.name}, {found.seat}",
    }


def _found(term_id: UUID) -> Term:
    related = Term.objects.select_related("seat", "user", "announced_by", "case")
    return get_object_or_404(related.prefetch_related("confirmations__user"), pk=term_id)


def _out(last_day: date) -> date:
    return last_day + timedelta(days=1)
