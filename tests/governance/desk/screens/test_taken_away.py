"""Lists are narrowed, and taken away as they are narrowed: search, days and CSV where the rows are open to the reader."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from charter.registry.models.sources import Source
from charter.rules.vocabulary import DecisionType, Grain
from governance.board import services as board
from governance.board.states import CaseKind, ConditionKind, SeatKind, Vote
from governance.decisions.models import DecisionRecord
from governance.decisions.services import refer_to_board
from governance.saved_views import services as views
from governance.saved_views.models import ViewClass
from ground import calendar
from tests import factories
from tests.governance.notices.test_services import tell
from tests.pages import QUESTION


def a_waiver(house: Any, browse: Any) -> str:
    details = {
        "rule_id": "AR26",
        "metric": "commit-count",
        "starts_on": calendar.today(),
        "ends_on": calendar.today() + timedelta(days=30),
        "reason": "A migration needs it.",
    }
    asked = {"kind": CaseKind.WAIVER, "subject": "Waiver of AR26", "question": "May we?", "details": details}
    member = factories.a_board()[SeatKind.HR]
    factories.votes(board.open_case(**asked, by=member), {SeatKind.HR: Vote.RECUSE})
    return "AR26"


def a_pilot(house: Any, browse: Any) -> str:
    """The team payments tries out the change failure rate."""
    legal, case = factories.a_board()[SeatKind.LEGAL], factories.an_open_case("change-failure-rate")
    value = {"cohort": "team:payments", "days": 42}
    board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=legal)
    factories.votes(case)
    factories.a_consent(case.charter_version)
    board.start_pilot(
        version=case.charter_version,
        cohort="team:payments",
        starts_on=calendar.today(),
        days=42,
        by=legal,
    )
    return "Change failure rate"


def a_view(house: Any, browse: Any) -> str:
    views.make_view(
        slug="team-flow",
        name="Team flow",
        purpose="To find where work gets stuck.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=DecisionType.RETROSPECTIVE,
        grain=Grain.TEAM,
        cohorts=["team:payments"],
        metrics=[house.lead_time.metric],
        by=house.manager,
    )
    return "Team flow"


def a_ruling(house: Any, browse: Any) -> str:
    """A question that the rules leave to the board, put to it."""
    for decision in ("performance_rating", "staffing"):
        browse("/ask", data=QUESTION | {"decision": decision})
    refer_to_board(decision=DecisionRecord.objects.get(verdict="refer"), by=house.manager)
    return "AR13"


def a_notice(house: Any, browse: Any) -> str:
    tell(house.manager, subject="Lead time expires in 30 days")
    return "Lead time expires in 30 days"


def a_source(house: Any, browse: Any) -> str:
    return Source.objects.order_by("slug").values_list("name", flat=True)[0]


# What makes a row, the list it stands on, filters that keep it, and filters that leave it out.
LISTS = [
    (a_waiver, "waivers", "standing=in_force&rule=ar26", "standing=over"),
    (a_waiver, "waivers", "since=2020-01-01", "until=2020-01-01"),
    (a_pilot, "pilots", "state=running&metric=failure", "state=ended"),
    (a_ruling, "rulings", "rule=ar13&standing=asked", "until=2020-01-01"),
    (a_view, "views", "text=flow", "text=zzzz"),
    (a_notice, "notices", "show=unread&text=expires", "since=2999-01-01"),
    (a_source, "sources", "", "name=zzzz"),
]


@pytest.mark.parametrize(("make", "address", "keeps", "leaves_out"), LISTS)
def test_a_list_is_taken_away_as_it_is_narrowed(house, browse, make, address, keeps, leaves_out):
    """UTF-8 with its mark, a row for each that the page would list; the page says the same."""
    word = make(house, browse)
    assert word in take_away(house.manager, f"/{address}.csv?{keeps}")
    assert len(take_away(house.manager, f"/{address}.csv?{leaves_out}").splitlines()) == 1
    assert browse(f"/{address}?{keeps}").says(word, "Download as a table")
    assert browse(f"/{address}?{leaves_out}").says("Show all")


@pytest.mark.parametrize("address", ["waivers", "pilots", "rulings", "notices", "cases"])
def test_what_is_no_day_is_told_beside_its_field(house, browse, address):
    """The page says so with 400; a file, which has no field, refuses as a whole."""
    page = browse(f"/{address}?since=tomorrow")
    assert page.status == 400 and page.says("enter a day such as 2026-04-14")
    client = Client()
    client.force_login(house.manager)
    assert client.get(f"/{address}.csv?since=tomorrow").status_code == 400


def take_away(by: Any, path: str) -> str:
    """The whole of a file as the account gets it."""
    client = Client()
    client.force_login(by)
    answer: Any = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")
