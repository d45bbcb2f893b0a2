"""Sampled reviews from the draw to what was found (S59)."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from rest_framework.test import APIClient

from audits.ledger.models import Entry, Payload
from audits.reviews import permissions, queries, sampling, services
from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.scans import SAMPLED_REVIEWS
from audits.reviews.states import LookState
from governance.board.models import Case
from governance.board.permissions import find_proposers
from governance.decisions.models import DecisionRecord
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.audits.reviews.conftest import MAY

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


def scan() -> dict[str, int]:
    return SAMPLED_REVIEWS.once(by=factories.system())


@pytest.fixture
def drawn(in_may) -> list[SampledLook]:
    """Both looks of April, each with the auditor."""
    scan()
    return list(SampledLook.objects.select_related("decision").order_by("pk"))


def said(kind: str) -> list[dict]:
    return [json.loads(bytes(each.body)) for each in Payload.objects.filter(entry__kind=kind)]


def test_a_month_is_drawn_once_from_the_log_that_was_signed_after_it(in_may):
    """S59, issue 13 point 10: person-grain and consequential questions alone; the seed is the log's and stands on it."""
    assert scan() == {"months drawn": 1, "reviewers found": 2, "reviewers reminded": 0}
    assert scan() == {"months drawn": 0, "reviewers found": 0, "reviewers reminded": 0}
    made = SampleDraw.objects.get()
    asked = DecisionRecord.objects.filter(checked_only=False, grain="person")
    assert made.month == APRIL and made.population == asked.count() == 2
    [event] = said("reviews.sampled")
    assert made.seed == event["seed"] == sampling.make_seed(APRIL, bytes.fromhex(event["log_root"]))
    assert set(event["drawn"]) == {str(each.entry_id) for each in asked}


def test_nothing_is_drawn_before_the_log_was_signed_after_the_month(looked):
    with clock.stopped_at(MAY):
        assert queries.list_months_due(MAY.date()) == []
        with pytest.raises(Conflict):
            services.draw_month(month=APRIL, by=factories.system())
        with pytest.raises(NotPermitted):
            services.draw_month(month=APRIL, by=looked["auditor"])


def test_anybody_with_the_receipts_draws_it_again(drawn, tmp_path):
    """S59: reproducible, by one command from the database or from a list of receipts; another list is told as such."""
    out = StringIO()
    call_command("draw_again", "2026-04", stdout=out)
    assert set(out.getvalue().split()) == {str(each.decision.entry_id) for each in drawn}
    path = tmp_path / "receipts"
    path.write_text(f"{drawn[0].decision.entry_id}\n")
    with pytest.raises(CommandError, match="not those that could be drawn"):
        call_command("draw_again", "2026-04", receipts=str(path), stdout=StringIO())


def test_whoever_looked_or_leads_them_never_reviews_it(in_may):
    """Issue 13 point 10: outside the asker's line; where there is nobody it waits."""
    manager = in_may["manager"]
    boss = factories.a_person("boss")
    factories.change(manager, person=factories.a_person("manager-1", manager=boss))
    factories.change(in_may["auditor"], person=boss)
    scan()
    looks = SampledLook.objects.select_related("decision__actor", "reviewer")
    for each in looks:
        assert each.reviewer not in (manager, in_may["auditor"]) and permissions.can_review(
            each.reviewer, each
        )
        with pytest.raises(NotFound):
            queries.get_look(each.pk, by=in_may["auditor"])


def test_justified(drawn, in_may):
    look = services.conclude(look=drawn[0], finding=LookState.JUSTIFIED, because="", by=in_may["auditor"])
    assert look.concluded_at == MAY and said("reviews.concluded")[0]["finding"] == "justified"
    with pytest.raises(Conflict):
        services.conclude(look=look, finding=LookState.MISUSE, because="No", by=in_may["auditor"])


def test_unclear_is_asked_and_answered_without_names(drawn, in_may, browse):
    """Issue 13 point 10: the asker answers on a page of theirs, and neither side is told who the other is."""
    look, auditor, manager = drawn[0], in_may["auditor"], in_may["manager"]
    page = browse(f"/sampled-reviews/{look.pk}", by=auditor, data={"ask": "on", "ask-text": "What for?"})
    assert page.status == 302
    with pytest.raises(Conflict, match="Wait"):
        services.conclude(look=look, finding=LookState.JUSTIFIED, because="", by=auditor)
    notice = Notice.objects.get(to=manager, kind="reviews.asked")
    page = browse(notice.path, by=manager)
    assert page.says("What for?") and auditor.username not in page.text.lower().replace("a reviewer", "")
    assert browse(notice.path, by=manager, data={"text": ""}).status == 400
    assert browse(notice.path, by=manager, data={"text": "For the rating"}).status == 302
    assert browse(notice.path, by=manager, data={"text": "Again"}).status == 400
    page = browse(f"/sampled-reviews/{look.pk}", by=auditor)
    assert page.says("For the rating") and "manager)" not in page.text
    services.conclude(look=look, finding=LookState.JUSTIFIED, because="", by=auditor)


def test_who_does_not_answer_does_not_hold_it_up(drawn, in_may):
    services.ask(look=drawn[0], text="What for?", by=in_may["auditor"])
    with clock.stopped_at(MAY + timedelta(days=15)):
        assert scan()["reviewers reminded"] == 2 and scan()["reviewers reminded"] == 0
        assert Notice.objects.filter(to=in_may["auditor"], once__contains="late").count() == 2
        services.conclude(look=drawn[0], finding=LookState.JUSTIFIED, because="", by=in_may["auditor"])


def test_a_misuse_is_a_case_that_names_nobody(drawn, in_may):
    """Issue 13 point 10: misuse opens a case; whoever looked is told, speaks there, and does not vote on it."""
    auditor, manager = in_may["auditor"], in_may["manager"]
    with pytest.raises(BadInput) as refused:
        services.conclude(look=drawn[0], finding=LookState.MISUSE, because=" ", by=auditor)
    assert refused.value.field == "because"
    look = services.conclude(look=drawn[0], finding=LookState.MISUSE, because="No purpose", by=auditor)
    case = Case.objects.get(kind="misuse")
    assert look.case == case and manager.name.lower() not in (case.subject + case.question).lower()
    assert str(manager.pk) not in json.dumps(said("board.case.opened"))
    assert (
        manager.pk in find_proposers(case)
        and Notice.objects.get(to=manager, kind="decisions.misuse.case").path == f"/cases/{case.pk}"
    )


@pytest.mark.parametrize("who", ["manager", "employee", "stranger"])
def test_to_others_there_is_nothing(drawn, in_may, browse, who):
    user = in_may[who]
    assert browse("/sampled-reviews", by=user).status == 403
    assert browse(f"/sampled-reviews/{drawn[0].pk}", by=user).status == 404
    assert browse(f"/sampled-reviews/{drawn[0].pk}/answer", by=user).status == 404


def test_pages_and_api_say_the_same(drawn, in_may, browse):
    auditor = in_may["auditor"]
    page = browse("/sampled-reviews", by=auditor)
    assert page.says("April 2026", str(drawn[0].decision.entry_id)[:8])
    made = SampleDraw.objects.get()
    assert browse(f"/sampled-reviews/draws/{made.pk}", by=auditor).says(made.seed, made.frame_sha256)
    client = APIClient()
    client.force_authenticate(auditor, token="counted")
    [told] = client.get("/api/v1/sampled-reviews/draws").json()["results"]
    assert (told["seed"], told["drawn"], told["open"]) == (made.seed, 2, 2)
    looks = client.get("/api/v1/sampled-reviews").json()["results"]
    assert {each["receipt"] for each in looks} == {str(each.decision.entry_id) for each in drawn}
    one = client.post(
        f"/api/v1/sampled-reviews/{drawn[0].pk}/finding", {"finding": "justified"}, format="json"
    ).json()
    assert one["state"] == "justified" and "manager" not in json.dumps(one["look"]["who"]).split()[0]


def test_the_list_costs_the_same_however_many(drawn, in_may, django_assert_max_num_queries):
    """Every list query is pinned."""
    with django_assert_max_num_queries(1):
        assert len(list(queries.list_own(in_may["auditor"]))) == 2
    with django_assert_max_num_queries(1):
        assert [vars(each)["drawn"] for each in queries.list_draws()] == [2]


def test_another_takes_over_where_a_reviewer_can_no_more(drawn, in_may):
    grant = in_may["auditor"].role_grants.get()
    factories.change(grant, valid_to=MAY.date())
    assert scan()["reviewers found"] == 2
    assert not SampledLook.objects.filter(reviewer=in_may["auditor"]).exists()
    assert Entry.objects.filter(kind="reviews.reviewer").count() == 4
    assert not in_may["auditor"].role_grants.filter(role=GrantedRole.BOARD_MEMBER).exists()
