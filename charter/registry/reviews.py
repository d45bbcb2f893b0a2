"""Reviews of what charters allow: every quarter in one sitting, and after a change that reaches them (S9, S10, S11).

`start_review` and `record_change` open a review, `decide` takes what the board says of single charters, `close_review`
confirms the rest, and `justify` says why a flagged charter stays. A confirmed charter is due again after the programme's
`review_days`; a flagged one stays due, so that it is retired or justified before it is suspended as overdue.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.ledger import services as ledger
from charter.programme.models import Programme
from charter.registry import permissions
from charter.registry.changes import check_change, check_known
from charter.registry.events import ReviewClosed, ReviewConfirmed, ReviewFlagged, ReviewOpened
from charter.registry.models import CharterVersion, Review, ReviewItem
from charter.registry.models.sources import Source
from charter.registry.states import (
    REVIEW_TRANSITIONS,
    ReviewKind,
    ReviewReason,
    ReviewResult,
    StandingChoices,
)
from charter.rules.vocabulary import Grain
from governance.notices.services import notify
from governance.people.models import Team, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict

# A change gives the board this long to look at what it reaches.
CHANGE_DAYS = 30
# Values of these speak of groups, whose members a change of the organisation moves.
GROUPS = (Grain.TEAM, Grain.VALUE_STREAM, Grain.SERVICE, Grain.ROTA, Grain.ROLE_COHORT)
GOVERNS = (StandingChoices.ACTIVE, StandingChoices.SUSPENDED)
_SETTLED = {ReviewResult.CONFIRMED: ReviewConfirmed, ReviewResult.FLAGGED: ReviewFlagged}


@dataclass(frozen=True)
class Due:
    """When the matrix is to be reviewed, and when it was last."""

    on: date
    last: date | None
    overdue: bool
    open: Review | None  # the quarterly review that has been started


# Reads


def find_due_review(programme: Programme, today: date) -> Due | None:
    """When the next quarterly review is due: within `review_days` of the last, or of approval; None before approval."""
    quarterly = programme.reviews.filter(kind=ReviewKind.QUARTERLY)
    newest = list(quarterly.order_by("-opened_at")[:2])
    going_on = next((review for review in newest if review.closed_at is None), None)
    closed = next((review for review in newest if review.closed_at is not None), None)
    began = closed.closed_at if closed else programme.approved_at
    if began is None:
        return None
    last = began.astimezone(ZoneInfo(programme.time_zone)).date()
    on = last + timedelta(days=programme.review_days)
    return Due(on, last if closed else None, today > on, going_on)


def list_open_reviews(programme: Programme) -> QuerySet[Review]:
    """Reviews that are going on, the one that is due first first."""
    return programme.reviews.filter(closed_at__isnull=True).order_by("due_on", "opened_at")


def list_items_to_review(review: Review) -> QuerySet[ReviewItem]:
    """Charters of a review that somebody has to look at one by one, those nobody has looked at yet."""
    pending = review.items.filter(result=ReviewResult.PENDING).exclude(reason=ReviewReason.REST)
    return pending.select_related("charter_version__metric__owner", "since").order_by(
        "charter_version__metric__name", "pk"
    )


def list_changes(programme: Programme) -> QuerySet[Review]:
    """Recorded changes, newest first, each with how many charters it reaches (`reached`)."""
    found = programme.reviews.exclude(kind=ReviewKind.QUARTERLY).select_related("opened_by")
    return found.annotate(reached=Count("items")).order_by("-opened_at", "-id")


def list_flags(programme: Programme) -> QuerySet[ReviewItem]:
    """Flags of closed reviews that stand: the charter still governs and was not confirmed since."""
    since = ReviewItem.objects.filter(
        charter_version=OuterRef("charter_version"),
        result=ReviewResult.CONFIRMED,
        decided_at__gt=OuterRef("decided_at"),
    )
    found = ReviewItem.objects.filter(
        ~Exists(since),
        review__programme=programme,
        review__closed_at__isnull=False,
        result=ReviewResult.FLAGGED,
        charter_version__standing__in=GOVERNS,
    )
    return found.select_related("charter_version__metric", "decided_by").order_by("-decided_at", "pk")


def find_affected(
    programme: Programme, kind: ReviewKind, sources: Collection[str] = ()
) -> QuerySet[CharterVersion]:
    """Charters that a change reaches: of sources, those that read one; else those that speak of groups of people."""
    found = CharterVersion.objects.filter(metric__programme=programme, standing__in=GOVERNS)
    if kind == ReviewKind.MIGRATION and sources:
        found = found.filter(document__what__measure__sources__has_any_keys=list(sources))
    else:
        found = found.filter(document__what__grains__has_any_keys=[grain.value for grain in GROUPS])
    return found.order_by("pk")


# Writes


@transaction.atomic(durable=True)
def start_review(*, programme: Programme, by: User) -> Review:
    """Open the quarterly review of every charter that governs, or give the one that is open (S9)."""
    permissions.check_can_review(by)
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    going_on = programme.reviews.filter(kind=ReviewKind.QUARTERLY, closed_at__isnull=True).first()
    if going_on is not None:
        return going_on
    today = calendar.today()
    when = find_due_review(programme, today)
    if when is None:
        raise Conflict(
            _("The programme is not approved yet, so there is nothing to review."),
            code="programme_not_approved",
        )
    review = records.insert(
        Review(
            programme=programme,
            kind=ReviewKind.QUARTERLY,
            due_on=when.on,
            opened_at=clock.now(),
            opened_by=by,
        )
    )
    _add_items(review, _reasons(programme))
    ledger.append(ReviewOpened(**_recorded(review), items=review.items.count()), by=by.actor)
    return review


@transaction.atomic(durable=True)
def record_change(
    *,
    programme: Programme,
    kind: ReviewKind,
    says: str,
    on: date,
    by: User,
    teams: Collection[str] = (),
    sources: Collection[str] = (),
) -> Review:
    """Record a change of the organisation or of a platform; every charter that it reaches is then due within a month.

    `says` is what changed, in a sentence. A change that reaches no charter is kept as a review that is closed already.
    BadInput for a team or source that nobody knows: misspelt, the change would reach nothing and say so to nobody.
    """
    permissions.check_can_record_change(by)
    today = calendar.today()
    check_change(kind, says, on, today)
    check_known(teams, Team.objects.filter(slug__in=teams), "teams")
    check_known(sources, Source.objects.filter(slug__in=sources), "sources")
    reached = list(find_affected(programme, kind, sources))
    now = clock.now()
    review = records.insert(
        Review(
            programme=programme,
            kind=kind,
            says=says.strip(),
            happened_on=on,
            teams=sorted(teams),
            sources=sorted(sources),
            due_on=today + timedelta(days=CHANGE_DAYS),
            opened_at=now,
            opened_by=by,
            **({} if reached else {"closed_at": now, "closed_by": by}),
        )
    )
    _add_items(review, ((version, ReviewReason.AFFECTED) for version in reached))
    sooner = Q(review_due_on__isnull=True) | Q(review_due_on__gt=review.due_on)
    CharterVersion.objects.filter(sooner, pk__in=[version.pk for version in reached]).update(
        review_due_on=review.due_on
    )
    ledger.append(_opened_by_change(review, reached), by=by.actor)
    return review


@transaction.atomic(durable=True)
def decide_items(
    *,
    review: Review,
    by: User,
    confirmed: Mapping[UUID, str] | None = None,
    flagged: Mapping[UUID, str] | None = None,
) -> int:
    """Confirm and flag single charters of an open review, each by its item and with a note; a flag needs one.

    Gives how many are still to be looked at. Conflict where one was decided meanwhile, or the review has ended.
    """
    permissions.check_can_review(by)
    review = _locked(review)
    wanted = {
        **{key: (ReviewResult.CONFIRMED, note.strip()) for key, note in (confirmed or {}).items()},
        **{key: (ReviewResult.FLAGGED, note.strip()) for key, note in (flagged or {}).items()},
    }
    items = {item.pk: item for item in _items(review.items.filter(pk__in=wanted))}
    if len(items) != len(wanted):
        raise BadInput(_("One of these charters is not part of this review."), field="items")
    for key, (result, note) in wanted.items():
        _settle(items[key], result, note, by)
    _confirm_versions(review, [items[key] for key in (confirmed or {})])
    return list_items_to_review(review).count()


@transaction.atomic(durable=True)
def close_review(*, review: Review, by: User) -> Review:
    """End a review: whatever did not change and was not flagged is confirmed in one go.

    Raises Conflict while a charter is still to be looked at. What governs no longer lapses.
    """
    permissions.check_can_review(by)
    review = _locked(review)
    gone = _items(
        review.items.filter(result=ReviewResult.PENDING).exclude(charter_version__standing__in=GOVERNS)
    )
    _settle_all(gone, ReviewResult.LAPSED, by)
    if left := list_items_to_review(review).count():
        text = ngettext(
            "%(left)s charter is still to be looked at.",
            "%(left)s charters are still to be looked at.",
            left,
        )
        raise Conflict(text % {"left": left}, code="review_unfinished")
    rest = _items(review.items.filter(result=ReviewResult.PENDING))
    _settle_all(rest, ReviewResult.CONFIRMED, by)
    _confirm_versions(review, rest)
    review.closed_at, review.closed_by = clock.now(), by
    review.save(update_fields=["closed_at", "closed_by"])
    closed = ReviewClosed(
        **_recorded(review),
        confirmed=[item.charter_version_id for item in rest],
        lapsed=[item.charter_version_id for item in gone],
    )
    ledger.append(closed, by=by.actor)
    return review


@transaction.atomic(durable=True)
def justify(*, item: ReviewItem, note: str, by: User) -> ReviewItem:
    """Say why a flagged charter stays, which confirms it; retiring it is the other way out (S11)."""
    permissions.check_can_review(by)
    if not note.strip():
        raise BadInput(_("Say why this metric stays."), field="note")
    item = _items(ReviewItem.objects.select_for_update(of=("self",)).filter(pk=item.pk))[0]
    _settle(item, ReviewResult.CONFIRMED, note.strip(), by)
    _confirm_versions(item.review, [item])
    return item


def _locked(review: Review) -> Review:
    """The review as it is now, held; Conflict where it has ended."""
    review = Review.objects.select_for_update(of=("self",)).select_related("programme").get(pk=review.pk)
    if review.closed_at is not None:
        raise Conflict(_("This review has ended."), code="review_closed")
    return review


def _items(found: QuerySet[ReviewItem]) -> list[ReviewItem]:
    return list(found.select_related("review__programme", "charter_version__metric__owner"))


def _add_items(review: Review, versions: Iterable[tuple[CharterVersion, ReviewReason]]) -> None:
    confirmed = _confirmed_last(review.programme)
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                review=review,
                charter_version=version,
                since_id=confirmed.get(version.metric_id),
                reason=reason,
            )
            for version, reason in versions
        ],
        batch_size=1000,
    )


def _reasons(programme: Programme) -> list[tuple[CharterVersion, ReviewReason]]:
    """Every charter that governs, with why it has to be looked at."""
    governs = CharterVersion.objects.filter(metric__programme=programme, standing__in=GOVERNS)
    none = set(governs.filter(document__which_decisions__allowed=[]).values_list("pk", flat=True))
    doubted = set(list_flags(programme).values_list("charter_version_id", flat=True))
    confirmed = _confirmed_last(programme)
    return [
        (version, _reason(version, doubted, none, confirmed.get(version.metric_id)))
        for version in governs.defer("document").order_by("pk")
    ]


def _reason(
    version: CharterVersion, doubted: set[UUID], none: set[UUID], confirmed: UUID | None
) -> ReviewReason:
    why = (
        (version.pk in doubted, ReviewReason.FLAGGED),
        (version.pk in none, ReviewReason.UNTIED),
        (version.standing == StandingChoices.SUSPENDED, ReviewReason.SUSPENDED),
        (confirmed is None, ReviewReason.NEW),
        (confirmed != version.pk, ReviewReason.CHANGED),
    )
    return next((reason for holds, reason in why if holds), ReviewReason.REST)


def _confirmed_last(programme: Programme) -> dict[UUID, UUID]:
    """The version of each metric that a review confirmed last."""
    found = ReviewItem.objects.filter(review__programme=programme, result=ReviewResult.CONFIRMED)
    found = found.order_by("charter_version__metric_id", "-decided_at").distinct("charter_version__metric_id")
    return dict(found.values_list("charter_version__metric_id", "charter_version_id"))


def _settle(item: ReviewItem, result: ReviewResult, note: str, by: User) -> None:
    """Decide one charter by the table, in the log, and tell the owner where it was flagged."""
    REVIEW_TRANSITIONS.check(item.result, result)
    if result == ReviewResult.FLAGGED and not note:
        name = item.charter_version.metric.name
        raise BadInput(_("Say why you flag %(metric)s.") % {"metric": name}, field=f"note-{item.pk}")
    item.result, item.note, item.decided_at, item.decided_by = result, note, clock.now(), by
    item.save(update_fields=["result", "note", "decided_at", "decided_by"])
    settled = _SETTLED[result](
        **_recorded(item.review), item=item.pk, charter_version=item.charter_version_id, note=note
    )
    ledger.append(settled, by=by.actor)
    if result == ReviewResult.FLAGGED:
        _tell_owner(item, by)


def _settle_all(items: list[ReviewItem], result: ReviewResult, by: User) -> None:
    """Decide many in one statement; the entry of the closing names them."""
    ReviewItem.objects.filter(pk__in=[item.pk for item in items]).update(
        result=result, decided_at=clock.now(), decided_by=by
    )


def _confirm_versions(review: Review, items: list[ReviewItem]) -> None:
    """What is confirmed is due again after the programme's quarter."""
    programme = review.programme
    again = calendar.today() + timedelta(days=programme.review_days)
    CharterVersion.objects.filter(pk__in=[item.charter_version_id for item in items]).update(
        review_due_on=again
    )


def _tell_owner(item: ReviewItem, by: User) -> None:
    metric = item.charter_version.metric
    notify(
        to=metric.owner,
        kind="charter.flagged",
        subject=_("The review flagged %(metric)s") % {"metric": metric.name},
        text=_("The board’s reason: %(note)s Say why the metric stays, or propose to retire it.")
        % {"note": item.note},
        path=f"/metrics/{metric.slug}",
        once=f"charter.flagged:{item.pk}",
        by=by,
    )


def _recorded(review: Review) -> dict[str, Any]:
    return {"review": review.pk, "review_kind": review.kind, "due_on": review.due_on}


def _opened_by_change(review: Review, reached: list[CharterVersion]) -> ReviewOpened:
    return ReviewOpened(
        **_recorded(review),
        items=len(reached),
        charter_versions=[version.pk for version in reached],
        says=review.says,
        happened_on=review.happened_on,
        teams=review.teams,
        sources=review.sources,
    )
