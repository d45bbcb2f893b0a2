"""The page of the log: how far it reaches, who vouches for it, how to verify it, and what it cannot show."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from audits.ledger import store, witnesses
from audits.ledger.keys import list_verifiers
from audits.ledger.notes import parse_note
from audits.ledger.policies import WitnessPolicy
from governance.people.requests import PageRequest
from ground.errors import Conflict


def log(request: PageRequest) -> HttpResponse:
    """Names nobody, and says what nobody could show without witnesses."""
    newest, placed = store.find_checkpoint(), store.count_places()
    try:
        policy, at_fault = witnesses.find_policy(), ""
    except Conflict as error:
        policy, at_fault = WitnessPolicy(), error.detail
    standings = list(witnesses.list_standings(policy))
    given = {
        "newest": newest,
        "waiting": placed - (newest.size if newest else 0),
        "is_late": store.is_late(),
        "signers": [each.name for each in parse_note(newest.note).signatures] if newest else [],
        "keys": [each.format() for each in list_verifiers()],
        "asks": policy.asks,
        "at_fault": at_fault,
        "standings": standings,
        "publishing_waits": policy.asks and witnesses.is_waiting(policy, standings),
        "entries_public": settings.LEDGER_ENTRIES_PUBLIC,
        "address": request.build_absolute_uri("/log/checkpoint"),
    }
    return render(request, "desk/log.html", given)
