"""Writing a charter: who may, what lint says beside which field, what is saved, and what stands in the way of the board."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from charter.authoring import drafts
from charter.authoring.models import Draft
from charter.authoring.screens import pages
from charter.authoring.states import DraftRight
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.headings import Heading
from charter.registry.models.sources import Source
from charter.rules.vocabulary import Role, SourceKind
from governance.board.models import Case
from governance.board.states import SeatKind, Vote
from governance.people.models import User
from tests import factories, on_the_log, snapshots
from tests.pages import Page

SLUG = "cycle-time"


@snapshots.fixture
def owner(governed) -> User:
    """A metric owner who owns nothing yet."""
    owner = factories.an_account("writer")
    factories.a_role(owner, Role.METRIC_OWNER)
    return owner


def a_draft(owner: User, slug: str = SLUG, document: CharterDocument | None = None) -> Draft:
    return drafts.start_draft(
        programme=factories.a_programme(), document=document or factories.a_document(slug), by=owner
    )


@snapshots.fixture
def draft(owner) -> Draft:
    """A draft that begins with a charter of the catalogue."""
    return a_draft(owner)


@snapshots.fixture
def empty(owner) -> Draft:
    """A draft that says nothing yet."""
    return a_draft(owner, document=drafts.make_blank_charter(slug="wait-for-review", name="Wait for review"))


def typed(draft: Draft, heading: Heading, button: str = "go", **changes: object) -> dict[str, object]:
    """What a browser sends when the page of a heading is sent as it was shown, but for `changes`."""
    document = parse_document(draft.document)
    form: Any = pages.FORMS[heading](None, document=document)
    data: dict[str, object] = {"seen": drafts.hash_heading(draft, heading), button: "on"}
    for name, each in getattr(form, "sets", {}).items():
        data |= {f"{name}-TOTAL_FORMS": len(each.forms), f"{name}-INITIAL_FORMS": each.initial_form_count()}
    for one in (getattr(form, "sets", None) and form.forms) or [form]:
        for bound in one:
            value = bound.field.prepare_value(bound.value())
            if value is not None and value is not False and value != "":
                data[bound.html_name] = list(value) if isinstance(value, tuple | list) else value
    return {name: value for name, value in (data | changes).items() if value is not None}


def the_case() -> Case:
    """The case about the draft's metric."""
    return Case.objects.get(charter_version__metric__slug=SLUG)


def url(draft: Draft, heading: Heading) -> str:
    return reverse("charter-heading", args=[draft.pk, heading.slug])


def saved(draft: Draft) -> CharterDocument:
    return parse_document(Draft.objects.values_list("document", flat=True).get(pk=draft.pk))


Save = Callable[..., Page]


@pytest.fixture
def save(browse, owner) -> Save:
    def _save(
        draft: Draft, heading: Heading, button: str = "go", by: User = owner, **changes: object
    ) -> Page:
        draft.refresh_from_db()
        return browse(url(draft, heading), by=by, data=typed(draft, heading, button, **changes))

    return _save


def starters() -> list[str]:
    from charter.registry import catalogue

    # Two have another owner in the database.
    return sorted({*catalogue.read_starter_charters()} - {"lead-time-for-changes", "commit-count"})


@pytest.mark.parametrize("slug", starters())
def test_what_is_sent_as_it_was_shown_changes_nothing(owner, save, slug):
    """Issue 3, item 1: saved as you go; no charter of the catalogue loses a word on its way through the form."""
    draft = a_draft(owner, slug)
    before = saved(draft)
    for heading in Heading:
        assert save(draft, heading).status == 302
        assert saved(draft) == before, heading


def test_what_is_typed_is_saved_and_leads_to_the_next_heading(owner, empty, save):
    """Issue 3, item 1: one heading a page, saved as you go."""
    page = save(empty, Heading.WHY, purpose="To see where work waits.\r\nAnd why.", data_from="2026-04-01")
    assert page.response["Location"] == url(empty, Heading.WHO)
    why = saved(empty).why
    assert (why.purpose, str(why.data_from)) == ("To see where work waits.\nAnd why.", "2026-04-01")


@pytest.mark.parametrize(
    ("button", "leads_to"),
    [("leave", "/charters/{id}"), ("stay", "/charters/{id}/harms"), ("go", "/charters/{id}/check")],
)
def test_each_button_goes_where_it_says(owner, empty, save, button, leads_to):
    """Issue 3, item 1: save and continue, save and leave."""
    page = save(empty, Heading.HARMS, button, caregivers="None that we know of.")
    assert page.response["Location"] == leads_to.format(id=empty.pk)
    assert saved(empty).harms.caregivers == "None that we know of."


@pytest.mark.parametrize(
    ("typed_as", "kept"),
    [
        ("13 months", "P13M"),
        ("p31d", "P31D"),
        ("1 year and 6 months", "P1Y6M"),
        ("2 weeks", "P2W"),
        ("", None),
    ],
)
def test_lengths_of_time_are_typed_as_people_say_them(empty, save, typed_as, kept):
    """S3: retention is machine-readable, and nobody need know ISO 8601."""
    assert save(empty, Heading.HOW_LONG, facts=typed_as).status == 302
    assert saved(empty).how_long.facts == kept


@pytest.mark.parametrize(
    ("heading", "changes", "says"),
    [
        (Heading.HOW_LONG, {"facts": "a while"}, "Write a length of time such as 13 months"),
        (Heading.HOW_LONG, {"facts": "3 months, or so"}, "Write a length of time"),
        (Heading.WHY, {"data_from": "yesterday"}, "give a day such as 2026-04-01"),
        (Heading.WHY, {"serves": "spying"}, "choose from the list"),
        (Heading.WHAT, {"title": " "}, "Give the metric a name"),
        (Heading.WHAT, {"facts": "SELECT 1"}, "Choose how the facts become one value"),
        (Heading.WHAT, {"counter_metric": "Not One!"}, "is no short name"),
        (Heading.WHICH_DECISIONS, {"allowed-0-affirm": "We were asked to."}, "Choose a decision"),
        (Heading.EXAMPLES, {"correct-0-says": "May I?"}, "Choose what it must get"),
        (Heading.EXAMPLES, {"correct-0-says": "May I?", "correct-0-more": "&a b"}, "Anything else"),
        (Heading.HARMS, {"invasiveness": "7"}, "choose from the list"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_saved(empty, save, heading, changes, says):
    """DESIGN, Accessibility: summary first, then beside the field; Bad input: nothing applied."""
    before = saved(empty)
    page = save(empty, heading, **changes)
    assert page.status == 400
    assert page.says("There is a problem", says) and page.html.count("govuk-error-message") >= 1
    assert "<title>Error:" in page.html
    assert saved(empty) == before


def test_a_row_is_added_and_taken_out(draft, save):
    """Issue 3, item 1: which decisions, one a row, with room for one more."""
    count = len(saved(draft).which_decisions.allowed)
    save(
        draft,
        Heading.WHICH_DECISIONS,
        **{f"allowed-{count}-decision": "tooling_investment", f"allowed-{count}-grains": ["team"]},
    )
    allowed = saved(draft).which_decisions.allowed
    assert len(allowed) == count + 1 and allowed[-1].decision == "tooling_investment"
    draft.refresh_from_db()
    save(draft, Heading.WHICH_DECISIONS, **{"allowed-0-DELETE": "on"})
    assert saved(draft).which_decisions.allowed == allowed[1:]


def test_findings_stand_beside_their_field(browse, owner, draft, save):
    """Issue 3, item 1: lint beside the field it concerns, with its level, its rule and how to mend it."""
    save(draft, Heading.WHAT, unit="", facts="SELECT at, team, value FROM somewhere", provenance="")
    page = browse(url(draft, Heading.WHAT), by=owner)
    assert page.says("Error CH02: The charter does not give a unit.", "How to mend it: Name what one is")
    assert page.says(
        "Warning CH50:", "Error CH13: The query reads somewhere, which the charter does not declare"
    )
    unit = page.html.index('id="id_unit"')
    finding = page.html.index('id="id_unit_findings"')
    assert unit < finding < page.html.index('id="id_category"')
    assert 'aria-describedby="id_unit_helptext id_unit_findings"' in page.html


def test_an_empty_heading_does_not_begin_with_errors(browse, owner, empty):
    """DESIGN, Wording: nobody is blamed for what they have not begun; from the check page it is said."""
    assert "CH0" not in browse(url(empty, Heading.WHY), by=owner).text
    assert browse(f"{url(empty, Heading.WHY)}?all=1", by=owner).says("CH01", "The charter does not say why")


def test_the_definition_says_how_it_reads(browse, owner, draft):
    """S17: a readability score, in words."""
    assert browse(url(draft, Heading.WHAT), by=owner).says("How it reads:", "years of school")


def test_speed_and_volume_ask_for_a_counter_metric(browse, owner, draft, save):
    """S26: the pairing is prompted for."""
    factories.an_active_charter("slo-compliance")
    save(draft, Heading.WHAT, counter_metric=None)
    page = browse(url(draft, Heading.WHAT), by=owner)
    assert page.says(
        "What would get worse if people pushed it?", "slo-compliance (SLO compliance)", "Error CH25"
    )


def test_invasiveness_says_what_it_demands(browse, owner, draft, save):
    """S108: higher levels demand shorter retention, more weighing and more approvals."""
    page = browse(url(draft, Heading.HARMS), by=owner)
    assert page.says(
        "Facts are kept for 31 days at most, published values for 13 months. It needs a link to an impact assessment.",
        "Before the board, at least 3 of every 4 votes cast must be for it.",
        "Before the board, all votes cast must be for it. Legal and Worker representative must vote",
    )
    save(draft, Heading.HARMS, invasiveness="4")
    assert browse(url(draft, Heading.HOW_LONG), by=owner).says(
        "Error CH55", "at invasiveness 4, 31 days is the most"
    )


def test_examples_are_tried_as_they_stand(browse, owner, draft, save):
    """S134: the verdict of the engine stands beside what was expected."""
    page = browse(url(draft, Heading.EXAMPLES), by=owner)
    assert page.says("It gets what it says. Expected: allowed. The rules say: allowed.")
    assert page.says("Expected: not allowed by", "AR14")
    save(draft, Heading.EXAMPLES, "stay", **{"correct-0-decision": "compensation"})
    page = browse(url(draft, Heading.EXAMPLES), by=owner)
    assert page.says("It gets something else. Expected: allowed. The rules say: not allowed by", "AR14")
    save(draft, Heading.EXAMPLES, "stay", **{"correct-0-more": "colour: red"})
    assert browse(url(draft, Heading.EXAMPLES), by=owner).says(
        "It cannot be tried. The example is no request"
    )


def test_the_second_to_save_is_shown_what_the_first_wrote(browse, owner, draft):
    """Issue 3, item 1: nothing that somebody typed is lost, theirs or yours."""
    mine = typed(draft, Heading.WHY, purpose="Mine.")
    theirs = typed(draft, Heading.WHY, purpose="Theirs.")
    assert browse(url(draft, Heading.WHY), by=owner, data=theirs).status == 302
    page = browse(url(draft, Heading.WHY), by=owner, data=mine)
    assert page.status == 409
    assert (
        page.says("Somebody else saved this heading", "What is saved now", "Theirs.") and "Mine." in page.html
    )
    draft.refresh_from_db()
    both = mine | {"seen": drafts.hash_heading(draft, Heading.WHY), "purpose": "Theirs. Mine."}
    assert browse(url(draft, Heading.WHY), by=owner, data=both).status == 302
    assert saved(draft).why.purpose == "Theirs. Mine."


def test_the_list_of_tasks_says_how_far_each_heading_is(browse, owner, empty, save):
    """Issue 3, item 1: a list with the state of each heading."""
    save(empty, Heading.WHY, purpose="To see where work waits.")
    page = browse(f"/charters/{empty.pk}", by=owner)
    assert page.says(
        "0 of 7 headings are done", "What is measured Not started", "Why it is measured 3 things to mend"
    )


def test_all_answers_are_checked_before_the_board_has_them(browse, owner, draft):
    """Issue 3, item 1: check your answers, then hand in; a case is open and nobody can use the metric yet."""
    page = browse(f"/charters/{draft.pk}/check", by=owner)
    assert page.says("Nothing stands in the way", "Allowed: retrospective", "What happens next")
    sent = browse(f"/charters/{draft.pk}/check", by=owner, data={})
    assert sent.response["Location"] == f"/metrics/{SLUG}"
    assert the_case().opened_by == owner
    assert browse(f"/charters/{draft.pk}", by=owner).says("This draft was handed in.")
    assert browse(url(draft, Heading.WHY), by=owner).status == 409


def test_errors_stand_in_the_way_with_links_to_their_fields(browse, owner, draft, save):
    """S64, AR01: refused for a surveillance source, by rule, and led to the field."""
    on_the_log.make(
        Source, slug="badge_log", name="Badge log", kind=SourceKind.PRESENCE, description="Doors."
    )
    what = browse(url(draft, Heading.WHAT), by=owner)
    assert what.says("Banned: presence monitoring (AR01).")
    save(draft, Heading.WHAT, sources=["badge_log"], facts="SELECT at, team, value FROM badge_log")
    page = browse(f"/charters/{draft.pk}/check", by=owner, data={})
    assert page.status == 400
    assert page.says(
        "2 things stand in the way", "The source “badge_log” is presence monitoring, which is banned"
    )
    assert f'href="{url(draft, Heading.WHAT)}?all=1#id_sources_0"' in page.html
    assert not Case.objects.filter(charter_version__metric__slug=SLUG).exists()


def test_a_mismatching_example_stands_in_the_way(browse, owner, draft, save):
    """S134: the check page leads to the example."""
    save(draft, Heading.EXAMPLES, **{"correct-0-decision": "compensation"})
    page = browse(f"/charters/{draft.pk}/check", by=owner)
    assert page.says("CH43 The example says permit, but the rules say deny")
    assert f'href="{url(draft, Heading.EXAMPLES)}?all=1#correct-0"' in page.html


def test_every_link_to_a_field_leads_to_one(browse, owner, empty):
    """DESIGN, Accessibility: an error leads to its field."""
    import re

    page = browse(f"/charters/{empty.pk}/check", by=owner)
    links = re.findall(r'href="(/charters/[^"]+)#([^"]+)"', page.html)
    assert len(links) >= 12
    for path, anchor in links:
        assert f'id="{anchor}"' in browse(path.replace("&amp;", "&"), by=owner).html


def test_former_reasons_are_shown_when_it_comes_back(browse, owner, draft):
    """S50: resubmission shows why the board refused it, and the same again is refused."""
    browse(f"/charters/{draft.pk}/check", by=owner, data={})
    factories.a_decided_case(the_case(), {SeatKind.LEGAL: Vote.VETO})
    started = browse("/charters/new", by=owner, data={"start": "version", "metric": SLUG})
    again = started.response["Location"]
    for path in (again, f"{again}/check"):
        page = browse(path, by=owner)
        assert page.says("Why the board refused it before", "veto is right", "about version 1")
    assert browse(f"{again}/check", by=owner, data={}).status == 409


def test_who_may_open_which_page(browse, house, owner, draft):
    """Issue 3, item 8: who sees a draft and who edits it; the board reads, others do not."""
    board, editor = factories.an_account("reader"), factories.an_account("editor")
    factories.a_role(board, Role.BOARD_MEMBER)
    drafts.share_draft(draft=draft, user=editor, right=DraftRight.WRITE, by=owner)
    paths = (
        f"/charters/{draft.pk}",
        f"/charters/{draft.pk}/check",
        url(draft, Heading.WHY),
        f"/charters/{draft.pk}/discard",
        "/charters/new",
    )
    said = {
        user.username: [browse(path, by=user).status for path in paths]
        for user in (owner, editor, board, house.manager)
    }
    assert said == {
        "writer": [200, 200, 200, 200, 200],
        "editor": [200, 200, 200, 403, 403],
        "reader": [200, 200, 403, 403, 403],
        "manager": [403, 403, 403, 403, 403],
    }  # fmt: skip
    assert "Hand in to the board" not in browse(paths[1], by=editor).text
    assert browse(paths[1], by=editor, data={}).status == 403
    assert browse("/charters/7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", by=owner).status == 404
    assert browse(f"/charters/{draft.pk}/secrets", by=owner).status == 404


def test_readers_and_writers_are_added_and_taken_out(browse, owner, draft):
    """Issue 3, item 8: the owner shares a draft by user name, to read or to write, and takes it back."""
    factories.an_account("colleague")
    path, page = f"/charters/{draft.pk}/writers", f"/charters/{draft.pk}"
    write, read = ({"user": "colleague", "right": right} for right in ("write", "read"))
    for data, says in (
        ({**write, "user": "nobody-here"}, "Name somebody whose account is a person’s and in use."),
        ({"user": "colleague"}, "Choose whether they read or write along"),
        ({"right": "read"}, "Enter a user name"),
        ({**write, "user": "writer"}, "This account owns the draft"),
    ):
        refused = browse(path, by=owner, data=data)
        assert refused.status == 400 and refused.says(says)
    assert browse(path, by=owner, data=write).status == 302
    assert browse(page, by=owner).says("Colleague Writes along since")
    assert browse(path, by=owner, data=write).says("This account has that right already")
    assert browse(path, by=owner, data=read).status == 302
    assert browse(page, by=owner).says("Colleague Reads along since")
    assert browse(path, by=owner, data={"user": "colleague", "remove": "on"}).status == 302
    assert not draft.shares.exists()
    assert browse(path, by=owner).status == 405


def test_a_draft_is_thrown_away_after_one_question(browse, owner, draft):
    """Issue 3, item 1: what was begun can be ended; a link alone does not."""
    assert browse(f"/charters/{draft.pk}/discard", by=owner).says("Throw this draft away?")
    draft.refresh_from_db()
    assert draft.ended_at is None
    assert browse(f"/charters/{draft.pk}/discard", by=owner, data={}).response["Location"] == "/charters"
    assert (
        "Cycle time"
        not in browse("/charters", by=owner).text.split("Registered")[0].split("Being written")[1]
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose how you want to begin"),
        ({"start": "blank"}, "Give the metric a short name"),
        ({"start": "blank", "name": "Wait", "slug": "No Slug"}, "small letters, digits and hyphens only"),
        ({"start": "version"}, "Choose one of your metrics"),
        ({"start": "catalogue", "starter": "lead-time-for-changes"}, "is not one of the available choices"),
        ({"start": "blank", "name": "Mine now", "slug": "commit-count"}, "another owner"),
    ],
)
def test_what_cannot_be_begun(browse, owner, data, says):
    """Issue 3, Bad input: said beside its field; another's metric stays theirs."""
    page = browse("/charters/new", by=owner, data=data)
    assert page.status in (400, 403) and page.says(says)
    assert not Draft.objects.exists()


def test_my_charters_are_mine(browse, house, owner, draft):
    """DESIGN, Pages by role: an owner sees which charter needs them, and finds them in the navigation."""
    factories.an_active_charter("pr-age", owner=owner)
    page = browse("/charters", by=owner)
    assert page.says("Being written", "Cycle time", "Registered", factories.a_document("pr-age").name)
    assert "Lead time" not in page.text
    assert ("My charters", "/charters", True) in [
        (str(a), b, c) for a, b, c in page.response.context["page"]["nav"]
    ]
    assert browse("/charters?name=zzzz", by=owner).says("Nothing fits all of these")
    empty = browse("/charters", by=house.manager)
    assert empty.says("You are not writing a charter", "You own no metric yet")
    assert "My charters" not in [str(label) for label, *_ in empty.response.context["page"]["nav"]]


def test_a_board_member_reads_what_changed(browse, house, owner, draft, save):
    """Issue 3, item 1: a diff between versions, field by field, in words."""
    browse(f"/charters/{draft.pk}/check", by=owner, data={})
    factories.a_decided_case(the_case())
    started = browse("/charters/new", by=owner, data={"start": "version", "metric": SLUG})
    again = Draft.objects.get(ended_at=None)
    save(again, Heading.HOW_LONG, facts="6 months")
    assert browse(f"{started.response['Location']}/check", by=owner, data={}).status == 302
    board = factories.an_account("reader")
    factories.a_role(board, Role.BOARD_MEMBER)
    page = browse(f"/metrics/{SLUG}/versions/1/2", by=board)
    assert page.says(
        "What changed from version 1 to 2",
        "1 field says something else",
        "How long facts are kept 13 months 6 months",
    )
    assert "P6M" not in page.text and "{" not in page.text
    assert page.says("What it would permit") and (
        page.says("It would permit nothing new") or page.says("It would permit something new")
    )
    assert browse(f"/metrics/{SLUG}/versions/1/2", by=house.stranger).status == 403
    assert browse(f"/metrics/{SLUG}/versions/1/9", by=board).status == 404
    assert browse(f"/metrics/{SLUG}/versions/1/1", by=board).says("Both versions say the same")
    assert f'href="/metrics/{SLUG}/versions/1/2"' in browse(f"/metrics/{SLUG}?version=2", by=board).html


@pytest.mark.parametrize("path", ["", "/what", "/which-decisions", "/examples", "/check"])
def test_no_row_costs_a_query(owner, draft, path):
    """DESIGN, Style: query counts do not grow with what is written."""
    document = parse_document(draft.document)

    def count() -> int:
        client = Client()
        client.force_login(owner)
        client.get("/charters")  # what is read once a process
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(f"/charters/{draft.pk}{path}").status_code == 200
        return len(found)

    before = count()
    allowed = document.which_decisions.allowed
    more = msgspec.structs.replace(document.examples, correct=document.examples.correct * 4)
    grown = msgspec.structs.replace(document, examples=more)
    on_the_log.update(Draft.objects.filter(pk=draft.pk), document=msgspec.to_builtins(grown))
    assert allowed and count() == before <= 24


def test_the_list_costs_the_same_whatever_its_length(owner, draft):
    """DESIGN, Style: every list has a pinned query count."""

    def count() -> int:
        client = Client()
        client.force_login(owner)
        with CaptureQueriesContext(connection) as found:
            client.get("/charters")
        return len(found)

    factories.an_active_charter("work-in-progress", owner=owner)
    before = count()
    for slug in ("pr-age", "pr-size", "slo-compliance"):
        a_draft(owner, slug)
    factories.an_active_charter("incident-burden", owner=owner)
    assert count() == before <= 16


def test_pages_hold_no_scripts_and_no_inline_styles(browse, owner, draft):
    """DESIGN, Parts: everything works under a policy that allows no inline script or style."""
    for path in (
        "/charters",
        "/charters/new",
        f"/charters/{draft.pk}",
        f"/charters/{draft.pk}/check",
        *(url(draft, each) for each in Heading),
    ):
        page = browse(path, by=owner)
        assert page.status == 200 and "<script" not in page.html and " style=" not in page.html
