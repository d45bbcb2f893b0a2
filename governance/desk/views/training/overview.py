"""What is asked of the reader, and what they hold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from governance.desk.context import is_asked_to_train, today
from governance.desk.openings import opens_to, signed_in
from governance.training import permissions, queries


@opens_to(signed_in, stored=False)
def training(request: HttpRequest) -> HttpResponse:
    """The rules, the contract and the course: what is done, what is not, and until when it lasts (AR24, S54, S133)."""
    on, found = today(request), queries.readiness(request.user)
    given = {
        "readiness": found,
        "attests": found.attests(on),
        "cut": found.attested is not None and found.attested.until < found.attested.valid_until,
        "asked": is_asked_to_train(request),
        "takes": permissions.can_take(request.user),
        "sees_names": permissions.can_see_names(request.user),
        "publishes": permissions.can_publish_course(request.user),
    }
    return render(request, "desk/training/training.html", given)


@opens_to(signed_in, stored=False)
def attestation(request: HttpRequest) -> HttpResponse:
    """What the reader attests, to print."""
    found = queries.attestation(request.user)
    if found is None:
        return redirect("training")
    given = {"attestation": found, "counts": found.until >= today(request)}
    return render(request, "desk/training/attestation.html", given)
