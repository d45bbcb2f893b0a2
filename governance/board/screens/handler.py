"""Saying who prepares a case for the board, and stepping down from it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from governance.board import permissions, queries, services
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.people.requests import PageRequest
from governance.people.screens.fields import AccountField
from governance.ui.forms import ServiceForm


class HandlerForm(ServiceForm):
    """Who is to prepare a case for the board."""

    handler = AccountField(
        label=_lazy("Who?"),
        help_text=_lazy("Their user name. Not whoever proposes the case."),
        error_messages={"required": _lazy("Enter a user name")},
    )


def name_handler(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Name who handles a case."""
    found = queries.get_case(case_id, by=request.user)
    permissions.check_can_name_handler(request.user, found)
    form = HandlerForm(request.POST or None)
    if request.method == "POST" and form.accepted(lambda: _name(request, found, form)):
        handler = form.cleaned_data["handler"]
        messages.success(request, _("%(name)s handles this case now.") % {"name": handler.name})
        return redirect("case", case_id=case_id)
    given = {"case": found, "title": case_summary.name_case(found), "form": form}
    return render(request, "board/handler.html", given, status=form.status)


@require_POST
def release_handler(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Let nobody handle the case any more; one who steps down may not see it afterwards."""
    found = queries.get_case(case_id, by=request.user)
    services.release_handler(case=found, by=request.user)
    messages.success(request, _("Nobody handles “%(case)s” now.") % {"case": case_summary.name_case(found)})
    return redirect("cases")


def _name(request: PageRequest, case: Case, form: HandlerForm) -> None:
    services.name_handler(case=case, handler=form.cleaned_data["handler"], by=request.user)
