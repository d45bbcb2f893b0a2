"""Issue 10, 6: what somebody asks or votes with is text, though no record holds it in the open when it is written."""

import pytest

from governance.board import services
from governance.board.models import Ballot
from governance.board.states import SeatKind, Vote
from governance.ui.sheets import stream_csv
from ground.errors import BadInput
from tests import factories
from tests.governance.decisions.test_answer import ask

BAD = ["so\u200b", "a\u202eb", "\ufeffso"]


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_what_is_asked_with_is_text(house, bad):
    for field, given in {
        "reason": {"reason": bad},
        "accountable": {"accountable": bad},
        "evidence[0].ref": {"evidence": [{"kind": "design_review", "ref": bad}]},
    }.items():
        with pytest.raises(BadInput) as refused:
            ask(house.manager, **given)
        assert refused.value.field == field


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_a_sealed_reason_is_text(house, bad):
    """Otherwise its case could never be closed, as opening the ballot would be refused."""
    legal = factories.a_board()[SeatKind.LEGAL]
    case = factories.an_open_case("deployment-frequency")
    with pytest.raises(BadInput) as refused:
        services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.REJECT, by=legal, reason=bad)
    assert refused.value.field == "reason" and not Ballot.objects.filter(case=case).exists()


@pytest.mark.parametrize("begins", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", ids=ascii)
def test_no_name_is_run_by_a_spreadsheet(begins):
    sheet = b"".join(stream_csv("x.csv", ["name"], [[f"{begins}HYPERLINK(1)"]])).decode()
    assert sheet.splitlines()[1].lstrip('"').startswith("'")
