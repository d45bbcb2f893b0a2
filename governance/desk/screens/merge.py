"""Merging two accounts: whom with whom, what would move, and the confirmation."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.desk import merging
from governance.people import merging as people
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.people.screens.accounts import get_account
from governance.ui.forms import ServiceForm


class IntoForm(ServiceForm):
    """The account that stays."""

    into = forms.CharField(
        label=gettext_lazy("User name of the account that stays"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the user name of the account that stays")},
    )

    def clean_into(self) -> User:
        found = User.objects.find(self.cleaned_data["into"])
        if found is None:
            raise forms.ValidationError(_("There is no account of this user name."))
        return found


class ProposeMergeForm(ServiceForm):
    """How one knows that both are one person's."""

    because = forms.CharField(
        label=gettext_lazy("How do you know that both are one person’s?"),
        help_text=gettext_lazy("It is kept on the log."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say how you know that both are one person’s")},
    )


class ConfirmMergeForm(ServiceForm):
    """That it is for good."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read what moves. It cannot be undone."),
        error_messages={"required": gettext_lazy("Say that you have read what moves")},
    )


def merge(request: PageRequest, key: UUID) -> HttpResponse:
    """Which account stays; then what would move; then, with a reason, it waits for a second administrator."""
    account = get_account(key)
    asked = IntoForm(request.GET if "into" in request.GET else None)
    if "into" not in request.GET or not asked.is_valid():
        status = 400 if "into" in request.GET else 200
        return render(request, "desk/merge_begin.html", {"form": asked, "account": account}, status=status)
    into = asked.cleaned_data["into"]
    found = merging.preview(account=account, into=into, by=request.user)
    form = ProposeMergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: merging.propose_merge(
            account=account, into=into, because=form.cleaned_data["because"], by=request.user
        )
    ):
        said = {"name": account.username, "into": into.username}
        text = _(
            "Merging “%(name)s” into “%(into)s” waits for a second administrator. Both accounts are told."
        )
        messages.success(request, text % said)
        return redirect("account", key=account.pk)
    given = {"form": form, "account": account, "into": into, "found": found, "plan": found.plan}
    return render(request, "desk/merge.html", given, status=form.status)


def confirm(request: PageRequest, key: UUID) -> HttpResponse:
    """What would move by now, who proposed it and why; then, as a second administrator, it is done."""
    proposal = people.get_waiting(key)
    people.check_can_confirm(request.user, proposal)
    account, into = proposal.account, proposal.into
    found = merging.preview(account=account, into=into, by=request.user)
    form = ConfirmMergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: merging.confirm_merge(proposal=proposal, by=request.user)
    ):
        said = {"name": account.username, "into": into.username}
        messages.success(request, _("“%(name)s” is merged into “%(into)s” and closed for good.") % said)
        return redirect("account", key=into.pk)
    given = {
        "form": form, "account": account, "into": into, "found": found, "plan": found.plan, "proposal": proposal
    }  # fmt: skip
    return render(request, "desk/merge.html", given, status=form.status)


@require_POST
def drop(request: PageRequest, key: UUID) -> HttpResponse:
    """Drop a merge that waits."""
    proposal = people.get_waiting(key)
    people.drop_merge(proposal=proposal, by=request.user)
    messages.success(request, _("The merge is dropped. Nothing has moved."))
    return redirect("account", key=proposal.account_id)
