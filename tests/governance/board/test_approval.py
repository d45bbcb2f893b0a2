"""What a case needs to pass, by how invasive its charter is."""

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured

from audits.ledger import services as ledger
from audits.ledger.models import Payload
from charter.registry import limits
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.board import approval, services
from governance.board.models import Case
from governance.board.states import CaseKind, SeatKind, Vote
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

LEGAL, HR, WORKER = SeatKind.LEGAL, SeatKind.HR, SeatKind.WORKER_REP
INVASIVE = "weekend-share"  # rated 3


def _standing(case: Case) -> str:
    return CharterVersion.objects.get(pk=case.charter_version_id).standing


@pytest.mark.parametrize(
    ("slug", "said", "standing"),
    [
        ("deployment-frequency", {HR: Vote.REJECT, LEGAL: Vote.REJECT}, StandingChoices.ACTIVE),  # 0: 4 of 6
        ("commit-count", {HR: Vote.REJECT, LEGAL: Vote.REJECT}, StandingChoices.REJECTED),  # 2
        ("commit-count", {HR: Vote.REJECT}, StandingChoices.ACTIVE),
        (INVASIVE, {HR: Vote.REJECT}, StandingChoices.REJECTED),
        (INVASIVE, {LEGAL: Vote.ABSTAIN}, StandingChoices.REJECTED),
        (INVASIVE, {WORKER: Vote.RECUSE}, StandingChoices.REJECTED),
        (INVASIVE, {HR: Vote.ABSTAIN}, StandingChoices.ACTIVE),
    ],
)
def test_a_more_invasive_charter_needs_more(by, slug, said, standing):
    """S108: higher levels demand more approvals."""
    case = factories.an_open_case(slug)
    factories.a_decided_case(case, said)
    assert _standing(case) == standing


def test_the_minutes_and_the_ledger_say_what_was_needed(by):
    """S108: why five approvals of five failed can be read where the outcome is."""
    case = factories.an_open_case(INVASIVE)
    lines = factories.a_decided_case(case, {LEGAL: Vote.ABSTAIN}).minutes.splitlines()
    assert lines[1:4] == [
        "5 of 5 votes cast were for it.",
        "This charter is rated 3 of 4 for invasiveness, so all votes cast must be for it. Legal and Worker "
        "representative must vote: where one of them abstains or stands back, it does not pass.",
        "Had to vote and did not: Legal.",
    ]
    told = msgspec.json.decode(ledger.read_payload(Payload.objects.get(entry__kind="board.case.decided")))
    assert told["needed"] == {"level": 3, "share": "1", "must_vote": ["legal", "worker_rep"]}


def test_taking_an_invasive_charter_out_of_use_is_no_harder(by):
    """S108: the level guards what comes into force; a suspension is ratified as any other case passes."""
    version, board = factories.an_active_charter(INVASIVE), factories.a_board()
    found = services.suspend(version=version, seat_kind=WORKER, reason="It is misread.", by=board[WORKER])
    case = found.case
    assert case.kind == CaseKind.SUSPENSION and approval.find_level(case) is None
    others = set(SeatKind) - {WORKER}
    services.cast_ballot(
        case=case, seat_kind=WORKER, vote=Vote.RECUSE, reason="I suspended it.", by=board[WORKER]
    )
    for seat in others:
        vote = Vote.REJECT if seat is HR else Vote.APPROVE
        services.cast_ballot(case=case, seat_kind=seat, vote=vote, reason="So be it.", by=board[seat])
    found.refresh_from_db()
    assert found.ratified_at is not None and found.lapsed_at is None


def test_what_is_needed_is_a_setting(by, settings):
    """Requirements, tensions: quorum is a setting, said as it is set; one that would loosen upward is refused."""
    case = factories.an_open_case("commit-count")
    settings.BOARD_APPROVAL, settings.BOARD_MUST_VOTE_FROM = ["1/2", "1/2", "5/6", "1", "1"], 2
    assert "at least 5 of every 6 votes cast" in approval.describe_bar(
        case
    ) and "Legal and Worker" in approval.describe_bar(case)
    settings.BOARD_APPROVAL = ["1", "1", "1/2", "1", "1"]
    with pytest.raises(ImproperlyConfigured, match="BOARD_APPROVAL"):
        approval.find_bar(case)
    settings.RETENTION_FACTS = ["P1Y", "P2Y", "P1Y", "P1Y", "P1Y"]
    with pytest.raises(ImproperlyConfigured, match="RETENTION_FACTS"):
        limits.read_levels()


def test_a_question_passes_as_the_least_invasive_charter_does(by):
    """S108: only what a charter may do grows with its level."""
    factories.a_board()
    case = services.open_case(kind=CaseKind.EDGE_CASE, subject="Rotas", question="Is a rota a team?", by=by)
    assert approval.describe_bar(case) == "At least 2 of every 3 votes cast must be for it."
