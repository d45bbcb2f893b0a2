"""One's tokens: which there are, making one, which is shown once, revoking, and confirming a machine's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.people import permissions, tokens
from governance.people.models import Token
from governance.people.requests import PageRequest
from governance.people.screens.forms import TokenForm
from governance.people.screens.own_tables import TokenFilter, TokenTable
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 25


def list_tokens(request: PageRequest) -> HttpResponse:
    """One's own and those of one's machines; an administrator also sees all other machines'."""
    narrowed = TokenFilter(request.GET, queryset=tokens.list_own_first(request.user))
    table = TokenTable(narrowed.qs, reader=request.user)
    table.caption = _("Tokens")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "people/tokens.html", narrowed, table)


def tokens_csv(request: PageRequest) -> HttpResponseBase:
    """The tokens that the page would list, all of them; what each is called and may do, and nothing that lets one in."""
    narrowed = TokenFilter(request.GET, queryset=tokens.list_own_first(request.user))
    narrowing.check_readable(narrowed)
    table = TokenTable(narrowed.qs, reader=request.user, exclude=("acts",))
    return sheets.stream_table("tokens.csv", table, request)


def make_token(request: PageRequest) -> HttpResponse:
    """Make one; the answer shows it, this once."""
    form = TokenForm(request.POST or None, by=request.user)
    made: list[tuple[Token, str]] = []
    if request.method == "POST" and form.accepted(
        lambda: made.append(tokens.make_token(**form.cleaned_data, by=request.user))
    ):
        token, secret = made[0]
        return render(request, "people/token_made.html", {"token": token, "secret": secret})
    return render(request, "people/token_new.html", {"form": form}, status=form.status)


def revoke_token(request: PageRequest, key: UUID) -> HttpResponse:
    """Revoke one, after one page that says what follows."""
    token = tokens.get_token(key, by=request.user)
    if request.method == "POST":
        tokens.revoke_token(token=token, by=request.user)
        messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "people/token_revoke.html", {"token": token})


def confirm_token(request: PageRequest, key: UUID) -> HttpResponse:
    """Confirm a machine's, after one page that says what it may do and who made it."""
    token = tokens.get_token(key, by=request.user)
    permissions.check_can_confirm_token(request.user, token)
    if request.method == "POST":
        tokens.confirm_token(token=token, by=request.user)
        messages.success(request, _("The token “%(name)s” is confirmed.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "people/token_confirm.html", {"token": token})
