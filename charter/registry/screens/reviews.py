"""Reviews of the matrix: starting one, the one sitting in which it is done, what stands flagged, and what opens one."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.programme.models import Programme
from charter.registry import permissions, queries, reviews
from charter.registry.models import Review, ReviewItem
from charter.registry.models.sources import Source
from charter.registry.screens.allowed_uses import LEVELS
from charter.registry.screens.forms import FLAG, KEEP, ChangeForm, SittingForm
from charter.registry.screens.page_context import programme, today
from charter.registry.states import ReviewKind, ReviewReason, ReviewResult
from charter.rules import words
from governance.people.models import Team
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision
from ground.errors import BadInput, Conflict, DomainError

# Charters that one sitting shows at once; more come on the next page of it.
AT_ONCE = 50
PAST = 12
SHOWN = 200  # of those that are confirmed together


def reviews_page(request: PageRequest) -> HttpResponse:
    """When the next review is due, what is going on, what stands flagged, and the reviews that were; POST starts one."""
    found = get_object_or_404(Programme)
    if request.method == "POST":
        return _start(request, found)
    given = {
        "due": reviews.find_due_review(found, today(request)),
        "going_on": list(reviews.list_open_reviews(found)),
        "flagged": list(reviews.list_flags(found)),
        "past": list(found.reviews.filter(closed_at__isnull=False).select_related("closed_by")[:PAST]),
        "reviews_it": permissions.can_review(request.user),
        "records_changes": permissions.can_record_change(request.user),
    }
    return render(request, "registry/reviews.html", given)


def review(request: PageRequest, review: str) -> HttpResponse:
    """One sitting: what changed or was flagged one by one, and the rest in one go (S9)."""
    found = get_object_or_404(Review.objects.select_related("programme", "closed_by", "opened_by"), pk=review)
    if found.closed_at is not None:
        return _ended(request, found)
    items = list(reviews.list_items_to_review(found)[:AT_ONCE])
    form = SittingForm(items, _given(request, items))
    if form.is_bound and form.is_valid():
        return _sit(request, found, form)
    left = reviews.list_items_to_review(found).count()
    rest = found.items.filter(result=ReviewResult.PENDING, reason=ReviewReason.REST).order_by(
        "charter_version__metric__name"
    )
    given = {
        "review": found,
        "form": form,
        "items": [(item, form[f"result-{item.pk}"], form[f"note-{item.pk}"], _uses(item)) for item in items],
        "left": left,
        "more": left > AT_ONCE,
        "rest": rest.count(),
        "rest_items": [
            (item, _uses(item)) for item in rest.select_related("charter_version__metric")[:SHOWN]
        ],
    }
    return render(request, "registry/review.html", given, status=400 if form.errors else 200)


def _given(request: PageRequest, items: Sequence[ReviewItem]) -> QueryDict | None:
    """What was said; with `rest` what was left open stays as it is, so that one step confirms what nobody objects to."""
    if request.method != "POST":
        return None
    given = request.POST.copy()
    for item in items:
        if "rest" in given and not given.get(f"result-{item.pk}"):
            given[f"result-{item.pk}"] = KEEP
    return given


def _uses(item: ReviewItem) -> list[str]:
    """The uses that a charter lists, each in a few words, which is what the review is about."""
    allowed = queries.load_document(item.charter_version_id).which_decisions.allowed
    return [
        f"{words.sentence(name_decision(use.decision))}: {words.listed(LEVELS[grain] for grain in use.grains)}"
        for use in allowed
    ]


@require_POST
def justify(request: PageRequest, item: str) -> HttpResponse:
    """Say why a flagged charter stays (S11)."""
    permissions.check_can_review(request.user)
    found = get_object_or_404(ReviewItem, pk=item)
    try:
        reviews.justify(item=found, note=request.POST.get("note", "")[:2000], by=request.user)
    except (BadInput, Conflict) as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("It stays, with the reason that you gave."))
    return redirect("reviews")


def record_change(request: PageRequest) -> HttpResponse:
    """Record a change of the organisation or of a platform, which opens a review of what it reaches (S10)."""
    teams = [(team.slug, team.name) for team in Team.objects.on(today(request))]
    sources = [(source.slug, source.name) for source in Source.objects.all()]
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, teams=teams, sources=sources)
    if form.is_bound and form.is_valid() and (opened := _record(request, form)):
        count = opened.items.count()
        if not count:
            messages.success(request, _("Recorded. It reaches no charter that is in force."))
        else:
            said = _("Recorded. %(count)s charters are to be reviewed by %(day)s.")
            messages.success(request, said % {"count": count, "day": f"{opened.due_on:%-d %B %Y}"})
        return redirect("reviews")
    return render(request, "registry/record_change.html", {"form": form}, status=400 if form.errors else 200)


def _start(request: PageRequest, found: Programme) -> HttpResponse:
    try:
        opened = reviews.start_review(programme=found, by=request.user)
    except Conflict as error:
        messages.error(request, error.detail)
        return redirect("reviews")
    return redirect("review", opened.pk)


def _sit(request: PageRequest, found: Review, form: SittingForm) -> HttpResponse:
    """Keep what was said, and end the review where nothing is left to look at."""
    try:
        left = reviews.decide_items(
            review=found, confirmed=form.notes(KEEP), flagged=form.notes(FLAG), by=request.user
        )
        if not left:
            reviews.close_review(review=found, by=request.user)
    except Conflict as error:
        messages.error(request, error.detail)
        return redirect("review", found.pk)
    if left:
        messages.success(request, _("Kept. Here are the next ones."))
    else:
        messages.success(request, _("The review has ended. What was not flagged is confirmed."))
    return redirect("review", found.pk)


def _ended(request: PageRequest, found: Review) -> HttpResponse:
    """What a review that has ended came to."""
    items = found.items.select_related("charter_version__metric").order_by("charter_version__metric__name")
    confirmed = items.filter(result=ReviewResult.CONFIRMED)
    given = {
        "review": found,
        "confirmed": confirmed.count(),
        "lapsed": items.filter(result=ReviewResult.LAPSED).count(),
        "flagged": list(items.filter(result=ReviewResult.FLAGGED)),
        "noted": list(confirmed.exclude(note="")[:AT_ONCE]),
    }
    return render(request, "registry/review_ended.html", given)


def _record(request: PageRequest, form: ChangeForm) -> Review | None:
    said = form.cleaned_data
    try:
        if (found := programme(request)) is None:
            raise Conflict(_("There is no programme yet that a change could belong to."))
        return reviews.record_change(
            programme=found,
            kind=ReviewKind(said["kind"]),
            says=said["says"],
            on=said["on"],
            teams=said["teams"],
            sources=said["sources"],
            by=request.user,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.detail)
        return None
