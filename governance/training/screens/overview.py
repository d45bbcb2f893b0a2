"""What is asked of the reader, and what they hold."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from charter.registry.screens.page_context import badge, today
from governance.people.requests import PageRequest
from governance.training import permissions, queries


def training(request: PageRequest) -> HttpResponse:
    """The rules, the contract and the course: what is done, what is not, and until when it lasts (AR24, S54, S133)."""
    on, found = today(request), queries.read_readiness(request.user)
    given = {
        "readiness": found,
        "attests": found.attests(on),
        "cut": found.attested is not None and found.attested.until < found.attested.valid_until,
        "asked": is_asked_to_train(request),
        "takes": permissions.can_take(request.user),
        "sees_names": permissions.can_see_names(request.user),
        "publishes": permissions.can_publish_course(request.user),
    }
    return render(request, "training/training.html", given)


def attestation(request: PageRequest) -> HttpResponse:
    """What the reader attests, to print."""
    found = queries.find_attestation(request.user)
    if found is None:
        return redirect("training")
    given = {"attestation": found, "counts": found.until >= today(request)}
    return render(request, "training/attestation.html", given)


def is_asked_to_train(request: PageRequest) -> bool:
    """Whether the reader looks at other people's values by role, and so is asked to take the course."""
    held = badge(request)
    return permissions.can_take(request.user) and any(held.holds(role) for role in permissions.ASKED)
