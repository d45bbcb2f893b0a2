"""What a charter has its asker affirm, said where a session begins: on the receipt, and asked for by a refusal (issue 16, S104)."""

import psycopg
import pytest
from msgspec.structs import replace

from charter.registry.document import Allowed
from charter.rules.vocabulary import DecisionType, Grain
from governance.decisions.models import DecisionRecord
from governance.sql_door.greeting import read_greeting
from governance.sql_door.wire import Startup
from tests import factories
from tests.governance.decisions.conftest import publish_values
from tests.governance.sql_door.conftest import LEAD_TIME

pytestmark = pytest.mark.committed

WISH, OTHER = "The team itself has asked for this.", "Nobody is named in what comes of it."
CYCLE_TIME = "SELECT period, value FROM governed.cycle_time__team WHERE cohort = 'team:payments'"
OPTIONS = "-c charter.decision=retrospective"


@pytest.fixture
def bound(house) -> None:
    """Cycle time is for a retrospective where two sentences are affirmed."""
    base = factories.a_document("cycle-time")
    use = Allowed(DecisionType.RETROSPECTIVE, (Grain.TEAM,), affirm=(WISH, OTHER))
    kept = [each for each in base.which_decisions.allowed if each.decision is not use.decision]
    uses = replace(base.which_decisions, allowed=(use, *kept))
    publish_values(factories.an_active_charter("cycle-time", document=replace(base, which_decisions=uses)))


def escaped(*sentences: str) -> str:
    said = "|".join(sentences).replace(" ", r"\ ")
    return f"{OPTIONS} -c charter.affirms={said}"


def test_a_refusal_says_how_to_affirm_and_what_it_says_works(bound, opened):
    """The hint is what a client puts into its options, letter by letter."""
    with opened.connect() as client, pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        client.execute(CYCLE_TIME)
    hint = refused.value.diag.message_hint
    assert "AR14" in refused.value.diag.message_detail and "affirm" in hint
    said = hint.partition("options=")[2]
    with opened.connect(options=f"{OPTIONS} {said}") as client:
        assert client.execute(CYCLE_TIME).fetchall()
    record = DecisionRecord.objects.order_by("at", "id").last()
    assert record.verdict == "permit" and set(record.request["affirms"]) == {WISH, OTHER}


def test_half_of_it_or_other_words_affirm_nothing(bound, opened):
    """The refusal names what is still to be affirmed, and no sentence that no charter has is on the record."""
    half = escaped(WISH, "Nobody minds.")
    with opened.connect(options=half) as client, pytest.raises(psycopg.Error) as refused:
        client.execute(CYCLE_TIME)
    assert OTHER.replace(" ", r"\ ") in refused.value.diag.message_hint
    assert WISH.replace(" ", r"\ ") not in refused.value.diag.message_hint
    assert DecisionRecord.objects.get().request["affirms"] == [WISH]


def test_a_charter_that_asks_for_nothing_is_sent_nothing(bound, opened):
    """A session affirms once for all of its statements: where no charter asks for it, it is on no receipt."""
    with opened.connect(options=escaped(WISH, OTHER)) as client:
        assert client.execute(f"SELECT value FROM {LEAD_TIME} WHERE cohort = 'team:payments'").fetchall()
    assert DecisionRecord.objects.get().request.get("affirms", []) == []


def test_sentences_are_read_once_each():
    says = {"user": "ada", "options": escaped(WISH, OTHER, WISH)}
    terms = read_greeting(Startup(0, says=says), token=None).terms
    assert terms.affirms == (WISH, OTHER)
