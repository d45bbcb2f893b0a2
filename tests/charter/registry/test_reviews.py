"""Reviews: what is due when, what one sitting does, and what a change opens."""

from datetime import date, timedelta

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction

from audits.ledger.models import Entry
from charter.programme import contract
from charter.programme.models import Contract, Programme
from charter.registry import reviews, services
from charter.registry.models import Review, ReviewItem
from charter.registry.models.sources import Source
from charter.registry.states import ReviewKind, ReviewReason, ReviewResult
from governance.people.models import GrantedRole
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@snapshots.fixture
def version(founded):
    return factories.an_active_charter()


def close(review: Review, by, flagged=()) -> None:
    """End a review, confirming all but these versions."""
    items = list(reviews.list_items_to_review(review))
    doubts = {item.pk: "Why?" for item in items if item.charter_version in flagged}
    reviews.decide_items(
        review=review,
        by=by,
        confirmed={each.pk: "" for each in items if each.pk not in doubts},
        flagged=doubts,
    )
    reviews.close_review(review=review, by=by)


def start(by) -> Review:
    return reviews.start_review(programme=Programme.objects.get(), by=by)


def test_the_matrix_is_due_within_92_days(version, by):
    """S9: due at most 92 days after the last review, and the programme cannot set more."""
    programme = version.metric.programme
    today = calendar.today()
    assert reviews.find_due_review(programme, today).on == today + timedelta(days=92)
    close(start(by), by)
    after = reviews.find_due_review(programme, today + timedelta(days=93))
    assert (after.on, after.last, after.overdue) == (today + timedelta(days=92), today, True)
    with pytest.raises(BadInput, match="92 days"):
        factories.settings(review_days=93)


def test_a_second_review_looks_at_what_changed_and_confirms_the_rest(version, by):
    """Issue 3, item 5: shows what changed or was flagged, and confirms the rest in one go."""
    other = factories.an_active_charter("lead-time-for-changes")
    third = factories.an_active_charter("change-failure-rate")
    close(start(by), by, flagged=[other])
    document = msgspec.structs.replace(factories.a_document(version.metric.slug), name="Deployments")
    newer = factories.an_active_charter(version.metric.slug, document=document)
    review = start(by)
    reasons = {item.charter_version_id: (item.reason, item.since_id) for item in review.items.all()}
    assert reasons == {
        newer.pk: (ReviewReason.CHANGED, version.pk),
        other.pk: (ReviewReason.FLAGGED, None),
        third.pk: (ReviewReason.REST, third.pk),
    }
    with pytest.raises(Conflict) as caught:
        reviews.close_review(review=review, by=by)
    assert caught.value.code == "review_unfinished"
    close(review, by)
    assert set(review.items.values_list("result", flat=True)) == {ReviewResult.CONFIRMED}
    assert not reviews.list_flags(version.metric.programme).exists()


def test_confirming_makes_a_charter_due_in_a_quarter_and_flagging_does_not(version, by):
    """S9, S11: what is confirmed is due again 92 days on; what is flagged stays due, so that the clock suspends it."""
    other = factories.an_active_charter("lead-time-for-changes")
    with clock.stopped_at(clock.now() + timedelta(days=60)):
        close(start(by), by, flagged=[other])
        again = calendar.today() + timedelta(days=92)
    version.refresh_from_db()
    assert version.review_due_on == again
    before = other.review_due_on
    other.refresh_from_db()
    assert other.review_due_on == before
    notice = other.metric.owner.notices.get(kind="charter.flagged")
    assert "Why?" in notice.text
    item = ReviewItem.objects.get(charter_version=other)
    reviews.justify(item=item, note="The teams use it.", by=by)
    other.refresh_from_db()
    assert other.review_due_on == calendar.today() + timedelta(days=92)
    with pytest.raises(Conflict):
        reviews.justify(item=item, note="Again.", by=by)


def test_there_is_one_quarterly_review_at_a_time(version, by):
    """Issue 3, item 5: starting it twice gives the one that is open; decided items and ended reviews stay so."""
    review = start(by)
    assert start(by) == review
    item = review.items.get()
    reviews.decide_items(review=review, by=by, confirmed={item.pk: ""})
    with pytest.raises(Conflict):
        reviews.decide_items(review=review, by=by, flagged={item.pk: "Too late."})
    reviews.close_review(review=review, by=by)
    with pytest.raises(Conflict):
        reviews.close_review(review=review, by=by)
    with pytest.raises(BadInput):
        reviews.decide_items(review=start(by), by=by, confirmed={item.pk: ""})


def test_what_no_longer_governs_lapses(version, by):
    """Issue 3, item 5: a charter retired during the review needs no vote."""
    review = start(by)
    services.retire(version=version, by=by)
    reviews.close_review(review=review, by=by)
    assert review.items.get().result == ReviewResult.LAPSED


def test_an_org_change_reaches_charters_of_groups(version, by):
    """S10: recording it opens an out-of-cycle review of every affected metric, due within a month."""
    today = calendar.today()
    factories.a_team("search")
    change = {"programme": version.metric.programme, "by": by, "says": "Teams merged.", "on": today}
    review = reviews.record_change(kind=ReviewKind.ORG_CHANGE, teams=["search"], **change)
    assert review.items.get().reason == ReviewReason.AFFECTED
    version.refresh_from_db()
    assert version.review_due_on == review.due_on == today + timedelta(days=30)
    close(review, by)
    version.refresh_from_db()
    assert version.review_due_on == today + timedelta(days=92)
    assert {"registry.review.opened", "registry.review.closed"} <= set(
        Entry.objects.values_list("kind", flat=True)
    )


def test_a_migration_reaches_charters_that_read_its_sources(version, by):
    """S10: of sources, those charters that read one; what reaches nothing is recorded and closed."""
    source = factories.a_document(version.metric.slug).what.measure.sources[0]
    change = {"programme": version.metric.programme, "by": by, "says": "Moved.", "on": calendar.today()}
    assert reviews.record_change(kind=ReviewKind.MIGRATION, sources=[source], **change).items.count() == 1
    unread = Source.objects.exclude(slug=source).first().slug
    elsewhere = reviews.record_change(kind=ReviewKind.MIGRATION, sources=[unread], **change)
    assert elsewhere.items.count() == 0 and elsewhere.closed_at is not None
    with pytest.raises(BadInput):
        reviews.record_change(kind=ReviewKind.MIGRATION, **{**change, "on": date(2999, 1, 1)})
    with pytest.raises(BadInput):
        reviews.record_change(kind=ReviewKind.QUARTERLY, **change)
    for misspelt in ({"sources": [source, "chagnes"]}, {"teams": ["serach"]}):
        with pytest.raises(BadInput, match=r"There is no “(chagnes|serach)”"):
            reviews.record_change(kind=ReviewKind.MIGRATION, **misspelt, **change)


@pytest.mark.parametrize(
    ("role", "reviews_it", "records"),
    [(None, False, False), (GrantedRole.ADMIN, False, True), (GrantedRole.METRIC_OWNER, False, True),
     (GrantedRole.BOARD_MEMBER, True, False), (GrantedRole.HR, False, False)],
)  # fmt: skip
def test_who_reviews_and_who_records_changes(version, role, reviews_it, records):
    """S9, S10: the board reviews; administrators and owners record; being a superuser counts for nothing."""
    account = factories.an_account("somebody", is_staff=True, is_superuser=True)
    if role is not None:
        factories.a_role(account, role)
    programme = version.metric.programme
    change = {"kind": ReviewKind.MIGRATION, "says": "Moved.", "on": calendar.today()}
    for may, act in (
        (reviews_it, lambda: reviews.start_review(programme=programme, by=account)),
        (records, lambda: reviews.record_change(programme=programme, by=account, **change)),
    ):
        if may:
            act()
        else:
            with pytest.raises(NotPermitted):
                act()


@pytest.mark.stands_on()
def test_a_contract_is_published_by_hr_and_never_changes(by):
    """S133, S135: versioned; three blocks that the database demands; the same text is the same version."""
    text = {"can": "A", "cannot": "B", "disputes": "C"}
    first = contract.publish(**text, by=by)
    assert contract.publish(**text, by=by) == first
    assert contract.publish(**{**text, "can": "D"}, by=by).number == 2
    assert contract.find_contract_in_force().number == 2
    with pytest.raises(NotPermitted):
        contract.publish(**text, by=factories.an_account("somebody"))
    with pytest.raises(BadInput):
        contract.publish(**{**text, "disputes": " "}, by=by)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Contract.objects.update(can="Anything.")
    assert not connection.needs_rollback


@pytest.mark.stands_on()
def test_the_page_says_that_a_change_has_no_programme_to_belong_to(client):
    """S10, bad input: before there is a programme, said on the form."""
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    client.force_login(admin)
    change = {"kind": "org_change", "says": "Search joined payments.", "on": "2020-03-02"}
    reply = client.post("/matrix/change", change)
    assert reply.status_code == 400
    assert "There is no programme yet" in reply.content.decode()
