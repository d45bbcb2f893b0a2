"""Drafts: who sees, writes, shares, hands in and throws away, in which state; and what is saved."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

import msgspec
import pytest
from django.db import ProgrammingError, transaction
from guardian.core import ObjectPermissionChecker
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_users_with_perms
from msgspec.structs import replace

from audits.ledger.models import Entry, Payload
from charter.authoring import drafts, permissions
from charter.authoring.models import Draft
from charter.authoring.states import DraftRight
from charter.registry.charter_facts import parse_document
from charter.registry.document import Measure
from charter.registry.headings import Heading
from charter.registry.models.sources import Source
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Aggregation, Role, SourceKind
from governance.board.models import Case
from governance.board.proposals import propose
from governance.board.states import CaseState, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import AccountKind
from ground import clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@snapshots.fixture
def owner(founded):
    owner = factories.an_account("writer")
    factories.a_role(owner, Role.METRIC_OWNER)
    return owner


@snapshots.fixture
def draft(owner) -> Draft:
    return a_draft(owner)


def a_draft(owner, slug: str = "cycle-time", **fields) -> Draft:
    fields = {"document": factories.a_document(slug), **fields}
    return drafts.start_draft(programme=factories.a_programme(), by=owner, **fields)


def save(draft, heading, by, **parts) -> Draft:
    document = parse_document(draft.document)
    part = replace(getattr(document, heading.value), **parts)
    return drafts.save_heading(
        draft=draft, heading=heading, part=part, seen=drafts.hash_heading(draft, heading), by=by
    )


def why_not(check: Callable, user, draft) -> str | None:
    try:
        check(user, Draft.objects.get(pk=draft.pk))
    except DomainError as error:
        return error.code
    return None


@snapshots.fixture
def people(owner, draft):
    by = factories.system()
    found = {
        "owner": owner,
        "writer along": factories.an_account("editor"),
        "reader along": factories.an_account("reader"),
        "other owner": factories.an_account("other"),
        "board": factories.an_account("board"),
        "auditor": factories.an_account("auditor"),
        "administrator": factories.an_account("administrator"),
        "nobody": factories.an_account("nobody"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "system": by,
    }
    for name, role in [("other owner", Role.METRIC_OWNER), ("board", Role.BOARD_MEMBER), ("auditor", Role.AUDITOR),
                       ("administrator", Role.ADMIN)]:  # fmt: skip
        factories.a_role(found[name], role)
    drafts.share_draft(draft=draft, user=found["writer along"], right=DraftRight.WRITE, by=owner)
    drafts.share_draft(draft=draft, user=found["reader along"], right=DraftRight.READ, by=owner)
    return found


SEE = {"owner", "writer along", "reader along", "board", "auditor", "administrator", "system"}
EDIT = {"owner", "writer along", "system"}
END = {"owner", "system"}


@pytest.mark.parametrize("ended", ["open", "thrown away", "handed in"])
def test_who_may_do_what_with_a_draft_in_which_state(people, draft, owner, ended):
    """Issue 3, item 8 and Done when: who sees, edits and ends a draft; superusers count for nothing."""
    if ended == "thrown away":
        drafts.discard_draft(draft=draft, by=owner)
    elif ended == "handed in":
        propose(draft=draft, by=owner)
    over = None if ended == "open" else "draft_ended"
    for check, may in (
        (permissions.check_can_see_draft, SEE),
        (permissions.check_can_edit_draft, EDIT),
        (permissions.check_can_end_draft, END),
    ):
        goes_on = None if check is permissions.check_can_see_draft else over
        expected = {name: goes_on if name in may else "not_permitted" for name in people}
        assert {name: why_not(check, user, draft) for name, user in people.items()} == expected


def test_an_account_out_of_use_writes_no_more(people, draft):
    """DESIGN, Ground rules: an account that is closed can do nothing."""
    for name in ("owner", "writer along", "reader along"):
        people[name].is_active = False
        assert why_not(permissions.check_can_see_draft, people[name], draft) == "not_permitted"
        assert why_not(permissions.check_can_edit_draft, people[name], draft) == "not_permitted"


def test_the_doors_words_agree_with_the_checks(people, draft):
    """DESIGN, Style: can_x wraps check_can_x."""
    for name, user in people.items():
        assert permissions.can_see_draft(user, draft) == (name in SEE)
        assert permissions.can_edit_draft(user, draft) == (name in EDIT)
        assert permissions.can_end_draft(user, draft) == (name in END)


def test_only_metric_owners_begin_and_only_about_their_own(people, owner):
    """S2: a charter has an owner who answers for it; nobody changes another's."""
    with pytest.raises(NotPermitted, match="Only metric owners"):
        a_draft(people["nobody"], "pr-age")
    factories.an_active_charter("pr-size", owner=people["other owner"])
    with pytest.raises(NotPermitted, match="another owner"):
        a_draft(owner, "pr-size")
    assert a_draft(people["other owner"], "pr-size").owner == people["other owner"]


def test_a_draft_is_its_owners_whatever_the_file_says(draft, owner):
    """S2: the charter names the account that answers for it."""
    assert parse_document(draft.document).who.owner == "writer"
    assert draft.owner == owner


def test_one_draft_a_metric(draft, owner):
    """Issue 3, item 1: two who write about one metric would overwrite each other."""
    with pytest.raises(BadInput, match="Somebody is writing a charter of this metric already"):
        a_draft(owner)
    drafts.discard_draft(draft=draft, by=owner)
    assert a_draft(owner).pk != draft.pk


@pytest.mark.parametrize(("slug", "name"), [("", "X"), ("Not A Slug", "X"), ("fine", "   ")])
def test_a_metric_has_a_short_name_and_a_name(slug, name):
    """Issue 3, Bad input: refused with the field, nothing written."""
    with pytest.raises(BadInput):
        drafts.make_blank_charter(slug=slug, name=name)
    assert not Draft.objects.exists()


def test_a_heading_is_saved_and_logged_without_its_text(draft, owner):
    """Issue 3, item 1: saved as you go; a half-written sentence does not stand in the log for good."""
    before = Entry.objects.count()
    save(draft, Heading.WHY, owner, purpose="To see where work waits.")
    draft.refresh_from_db()
    assert parse_document(draft.document).why.purpose == "To see where work waits."
    assert Entry.objects.count() == before + 1
    save(draft, Heading.WHY, owner, purpose="To see where work waits.")
    assert Entry.objects.count() == before + 1  # nothing new, nothing written


def test_two_who_write_do_not_overwrite_each_other(people, draft):
    """Issue 3, item 1: the second to save the same heading is told; other headings are theirs to save."""
    stale = drafts.hash_heading(draft, Heading.WHY)
    save(draft, Heading.WHY, people["writer along"], purpose="Theirs.")
    document = parse_document(draft.document)
    with pytest.raises(Conflict) as caught:
        drafts.save_heading(
            draft=draft, heading=Heading.WHY, part=document.why, seen=stale, by=people["owner"]
        )
    assert caught.value.code == "heading_changed"
    save(draft, Heading.HARMS, people["owner"], caregivers="None that we know of.")
    draft.refresh_from_db()
    assert parse_document(draft.document).why.purpose == "Theirs."


def test_a_draft_is_shared_to_write_or_to_read_and_each_is_told_once(people, draft, owner):
    """Issue 3, item 8: shared with accounts in use, by the owner alone, each told with a link what they may do."""
    for name, says in (("writer along", "write along"), ("reader along", "can read the draft")):
        (notice,) = Notice.objects.filter(to=people[name])
        assert notice.path == f"/charters/{draft.pk}" and says in notice.subject
    machine = factories.an_account("bot", kind=AccountKind.MACHINE)
    for user, refusal in (
        (people["writer along"], "has that right already"),
        (owner, "owns the draft"),
        (machine, "a person’s"),
    ):
        with pytest.raises(BadInput, match=refusal) as caught:
            drafts.share_draft(draft=draft, user=user, right=DraftRight.WRITE, by=owner)
        assert caught.value.field == "user"
    drafts.unshare_draft(draft=draft, user=people["writer along"], by=owner)
    assert why_not(permissions.check_can_see_draft, people["writer along"], draft) == "not_permitted"
    for name in ("other owner", "reader along", "board", "superuser"):
        with pytest.raises(NotPermitted):
            drafts.share_draft(draft=draft, user=people["nobody"], right=DraftRight.READ, by=people[name])


def test_one_right_takes_the_place_of_the_other(people, draft, owner):
    """Issue 3, item 8: an account reads or writes along, and the table says since when and by whose leave."""
    user = people["reader along"]
    with clock.stopped_at(datetime(2026, 5, 4, 9, tzinfo=UTC)):
        drafts.share_draft(draft=draft, user=user, right=DraftRight.WRITE, by=owner)
    (share,) = draft.shares.filter(user=user)
    assert (share.right, share.given_by, share.given_at.date()) == (
        DraftRight.WRITE,
        owner,
        date(2026, 5, 4),
    )
    drafts.share_draft(draft=draft, user=user, right=DraftRight.READ, by=owner)
    assert why_not(permissions.check_can_edit_draft, user, draft) == "not_permitted"
    logged = Payload.objects.filter(entry__kind="registry.draft.shared")
    said = [msgspec.json.decode(each.body) for each in logged]
    assert sorted(each["right"] for each in said if each["user"] == str(user.pk)) == ["read", "read", "write"]


def test_superusers_get_nothing_from_guardian_or_django(people, draft):
    """DESIGN, Ground rules: guardian lets superusers through, so nothing that decides asks it.

    The attack: a superuser of an account in use, for whom Django and guardian say yes.
    """
    root = people["superuser"]
    assert root.has_perm("authoring.change_draft")
    assert ObjectPermissionChecker(root).has_perm("change_draft", draft)
    for check in (permissions.check_can_see_draft, permissions.check_can_edit_draft):
        assert why_not(check, root, draft) == "not_permitted"
    assert not drafts.list_drafts(root).exists()
    assert set(get_users_with_perms(draft)) == {people["writer along"], people["reader along"]}


def test_nothing_is_given_past_the_table_of_drafts(people, draft):
    """ADR 8: guardian's tables for objects of any kind stay empty, and what was given is never changed."""
    share = draft.shares.first()
    for statement in (
        lambda: assign_perm("authoring.change_draft", people["nobody"]),
        lambda: UserObjectPermission.objects.create(
            user=people["nobody"], permission=share.permission, content_object=draft
        ),
        lambda: draft.shares.update(user=people["nobody"]),
    ):
        with suppress(ProgrammingError), transaction.atomic():
            statement()
        assert why_not(permissions.check_can_see_draft, people["nobody"], draft) == "not_permitted"
    assert not UserObjectPermission.objects.exists()


def test_the_owner_and_a_registered_name_stay(draft, owner):
    """S2: who answers for a charter, and what a metric is called, change by no door of writing."""
    with pytest.raises(BadInput) as caught:
        save(draft, Heading.WHO, owner, owner="somebody else")
    assert caught.value.field == "who.owner"
    propose(draft=draft, by=owner)
    again = a_draft(owner, document=parse_document(draft.document))
    part = parse_document(again.document).what
    with pytest.raises(BadInput, match="its name stays") as caught:
        drafts.save_heading(
            draft=again,
            heading=Heading.WHAT,
            part=part,
            seen=drafts.hash_heading(again, Heading.WHAT),
            by=owner,
            name="New",
        )
    assert caught.value.field == "name"


def test_handing_in_makes_a_version_and_a_case(draft, owner):
    """Issue 3, item 1: submission registers, submits and puts to the board, in one transaction."""
    case = propose(draft=draft, by=owner)
    draft.refresh_from_db()
    version = draft.version
    assert (case.charter_version, case.state) == (version, CaseState.OPEN)
    version.refresh_from_db()
    assert (version.standing, version.submitted_by, version.metric.owner) == (
        StandingChoices.IN_REVIEW,
        owner,
        owner,
    )
    assert version.document == draft.document
    assert draft.ended_by == owner


def test_errors_block_and_nothing_is_registered(draft, owner):
    """S64 and AR01: a source that watches people is refused by name; nothing of it is registered."""
    on_the_log.make(
        Source, slug="badge_log", name="Badge log", kind=SourceKind.PRESENCE, description="Doors."
    )
    sql = "SELECT at, team, value FROM badge_log"
    save(draft, Heading.WHAT, owner, measure=Measure(("badge_log",), sql, Aggregation.MEDIAN))
    with pytest.raises(BadInput) as caught:
        propose(draft=draft, by=owner)
    found = caught.value.extra["findings"]
    assert any(each.rule == "CH10" and "presence monitoring, which is banned" in each.text for each in found)
    draft.refresh_from_db()
    assert draft.ended_at is None
    assert not Case.objects.exists() and not draft.programme.metrics.filter(slug="cycle-time").exists()


def test_an_example_with_another_verdict_blocks(draft, owner):
    """S134: examples are executable; a verdict that differs blocks submission."""
    correct = parse_document(draft.document).examples.correct
    wrong = replace(correct[0], request={**correct[0].request, "decision": "compensation"})
    save(draft, Heading.EXAMPLES, owner, correct=(wrong, *correct[1:]))
    with pytest.raises(BadInput, match="The example says permit, but the rules say deny"):
        propose(draft=draft, by=owner)


def test_a_rejected_charter_comes_back_changed_only(draft, owner):
    """S50: resubmission needs a change."""
    case = propose(draft=draft, by=owner)
    factories.a_decided_case(case, {SeatKind.LEGAL: Vote.VETO})
    version = draft.__class__.objects.get(pk=draft.pk).version
    again = a_draft(owner, document=parse_document(version.document), based_on=version)
    with pytest.raises(Conflict):
        propose(draft=again, by=owner)
    again.refresh_from_db()
    assert again.ended_at is None
    save(again, Heading.WHY, owner, purpose="To see where planned work waits, and nothing else.")
    assert propose(draft=again, by=owner).charter_version.number == version.number + 1


def test_a_draft_that_ended_is_not_handed_in(draft, owner):
    """Issue 3, Bad input: a transition outside the table is reached by no door."""
    propose(draft=draft, by=owner)
    with pytest.raises(Conflict, match="was handed in"):
        propose(draft=Draft.objects.get(pk=draft.pk), by=owner)
