"""A team's consent: given by its members themselves, two thirds of them, and nobody learns who (S127; issue 16)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from charter.registry.models import CharterVersion
from governance.board import consents, services
from governance.board.models import ConsentAnswer, Pilot, TeamConsent
from governance.board.scans import BOARD_CLOCK
from governance.board.states import PilotState, SeatKind
from governance.notices.models import Notice
from governance.people.models import Membership, Team, User
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.governance.board.test_pilots import COHORT, team, version
from tests.pages import browse

__all__ = ["browse", "team", "version"]
pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def house():
    """Nobody signs in but whom a test names."""
    return SimpleNamespace(manager=None)


@pytest.fixture
def asked(version) -> TeamConsent:
    return services.ask_for_consent(version=version, cohort=COHORT, by=version.metric.owner)


def say(consent: TeamConsent, agrees: bool, *members) -> None:
    for member in members:
        services.answer_consent(consent=consent, agrees=agrees, by=member)


def holds(consent: TeamConsent) -> bool:
    return TeamConsent.objects.get(pk=consent.pk).holds


def start(version: CharterVersion) -> Pilot:
    today = calendar.today()
    return services.start_pilot(
        version=version, cohort=COHORT, starts_on=today, days=42, by=version.metric.owner
    )


def test_two_thirds_of_all_members_give_it_and_nobody_for_them(asked, version, team):
    """S127: six of nine; those who say nothing count as those who do not agree. The owner cannot say it for them."""
    say(asked, True, *team[:5])
    say(asked, False, *team[5:8])
    assert not holds(asked)
    with pytest.raises(Conflict) as early:
        start(version)
    assert early.value.code == "no_consent"
    with pytest.raises(NotPermitted):
        say(asked, True, version.metric.owner)
    say(asked, True, team[8])
    assert holds(asked)
    assert start(version).consent_id == asked.pk


def test_an_answer_is_changed_and_consent_withdrawn_ends_its_pilot(asked, version, team):
    """A member may take it back; where fewer than two thirds agree, the pilot ends at once and is asked for anew."""
    say(asked, True, *team[:6])
    pilot = start(version)
    say(asked, True, team[0])  # said already: nothing changes
    assert ConsentAnswer.objects.count() == 6
    say(asked, False, team[0])
    assert not holds(asked) and Pilot.objects.get(pk=pilot.pk).state == PilotState.ENDED
    with pytest.raises(Conflict):
        say(asked, True, team[0])
    again = services.ask_for_consent(version=version, cohort=COHORT, by=version.metric.owner)
    say(again, True, *team[:6])
    assert holds(again)


def test_whoever_has_left_counts_no_more(asked, team):
    """Six of nine agree to be asked; of the eight that are left, five are too few."""
    say(asked, True, *team[:5])
    today = calendar.today()
    factories.change(Membership.objects.get(person=team[0].person), valid_to=today)
    say(asked, True, team[5])
    assert not holds(asked)
    say(asked, True, team[6])
    assert holds(asked)


def comes() -> User:
    """Somebody new in payments, from today on."""
    person = factories.a_person("newcomer", team=Team.objects.get(slug="payments"))
    factories.change(person.memberships.get(), valid_from=calendar.today())
    return factories.an_account("newcomer", person=person)


def passes() -> dict[str, int]:
    return BOARD_CLOCK.once(by=factories.system())


def test_consent_of_whoever_has_left_is_no_consent_of_the_team(asked, version, team):
    """Six of nine agreed; with three of them gone, three of six agree. Nobody has to answer anew for it to be noticed."""
    say(asked, True, *team[:6])
    pilot = start(version)
    today = calendar.today()
    assert passes()["consents withdrawn"] == 0
    factories.change(
        Membership.objects.get(person=team[8].person), valid_to=today
    )  # said nothing: six of eight
    assert passes()["consents withdrawn"] == 0
    for each in team[:3]:
        factories.change(Membership.objects.get(person=each.person), valid_to=today)
    assert passes()["consents withdrawn"] == 1 and not holds(asked) and passes()["consents withdrawn"] == 0
    assert Pilot.objects.get(pk=pilot.pk).state == PilotState.ENDED
    told = Notice.objects.filter(once=f"consent:{asked.pk}:withdrawn")
    assert [each.to for each in told] == [asked.asked_by]


def test_a_team_under_the_smallest_group_agrees_no_more_whatever_its_members_said(asked, team):
    """S127, attack: of four people each answer could be told by whether their consent goes on, so it ends, and none is given."""
    say(asked, True, *team[:6])
    for each in team[4:]:
        factories.change(Membership.objects.get(person=each.person), valid_to=calendar.today())
    assert passes()["consents withdrawn"] == 1 and not holds(asked)
    assert "too small to be asked" in Notice.objects.get(once=f"consent:{asked.pk}:withdrawn").text


def test_a_team_that_became_too_small_while_it_is_asked_gives_no_consent(asked, team):
    """The same before it is given: what the last one says would show by what came of it."""
    for each in team[1:]:
        factories.change(Membership.objects.get(person=each.person), valid_to=calendar.today())
    say(asked, True, team[0])
    assert not holds(asked)


def test_who_comes_later_is_asked_and_counts_after_two_weeks(asked, team):
    """Six of nine agreed; with one more, six of ten do not. They have as long to answer as the others had."""
    say(asked, True, *team[:6])
    now = clock.now()
    with clock.stopped_at(now + timedelta(days=1)):
        newcomer = comes()
        done = passes()
        assert (done["consents withdrawn"], done["newcomers asked for consent"]) == (0, 1)
        assert Notice.objects.get(once=f"consent:{asked.pk}", to=newcomer).subject.endswith("do you?")
        assert passes()["newcomers asked for consent"] == 0
    with clock.stopped_at(now + timedelta(days=14)):
        assert passes()["consents withdrawn"] == 0 and holds(asked)
    with clock.stopped_at(now + timedelta(days=16)):
        assert passes()["consents withdrawn"] == 1 and not holds(asked)


def test_a_newcomer_s_no_counts_at_once(asked, team):
    say(asked, True, *team[:6])
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        newcomer = comes()
        say(asked, False, newcomer)
    assert not holds(asked)


def test_nobody_learns_who_said_what(asked, team):
    """The log names the consent alone, sealed and by nobody; rows hold no account, time or order of who answered."""
    say(asked, True, *team[:6])
    told = Entry.objects.filter(kind__startswith="board.consent.").exclude(kind="board.consent.asked")
    written = [ledger.read_payload(each.payload).decode() for each in told]
    names = {str(each.pk) for each in team} | {str(each.person_id) for each in team}
    assert not any(name in text for name in names for text in written)
    assert {each.payload.actor for each in told} <= {"", "anonymous"}
    answered = told.filter(kind="board.consent.answered")
    assert set(answered.values_list("visibility", flat=True)) == {"sealed"} and answered.count() == 6
    names = {field.name for field in ConsentAnswer._meta.get_fields()}
    assert names == {"id", "consent", "voice", "agrees"}


def test_who_may_ask_and_whom(version, team):
    """The owner or the board, a registered team of the smallest group or more, once at a time."""
    with pytest.raises(NotPermitted):
        services.ask_for_consent(version=version, cohort=COHORT, by=team[0])
    member = factories.a_board()[SeatKind.LEGAL]
    with pytest.raises(BadInput):
        services.ask_for_consent(version=version, cohort="team:nobody", by=member)
    yesterday, large = calendar.today() - timedelta(days=1), team[4:]
    for each in large:
        factories.change(Membership.objects.get(person=each.person), valid_to=yesterday)
    with pytest.raises(BadInput) as small:
        services.ask_for_consent(version=version, cohort=COHORT, by=member)
    assert small.value.code == "too_few"
    for each in large:
        factories.change(Membership.objects.get(person=each.person), valid_to=None)
    services.ask_for_consent(version=version, cohort=COHORT, by=member)
    with pytest.raises(Conflict):
        services.ask_for_consent(version=version, cohort=COHORT, by=member)
    other = factories.an_active_charter("cycle-time")  # which asks for nobody's consent
    with pytest.raises(Conflict):
        services.ask_for_consent(version=other, cohort=COHORT, by=member)


def test_the_time_to_answer_ends(asked, team):
    say(asked, True, *team[:5])
    with clock.stopped_at(clock.now() + timedelta(days=14)):
        with pytest.raises(Conflict) as late:
            say(asked, True, team[5])
        assert late.value.code == "consent_over"
        assert not consents.list_open_consents(calendar.today()).exists()


def test_the_database_lets_no_pilot_run_without(version, team):
    """Neither without a consent of this team to this charter, nor with one that was withdrawn."""
    given = factories.a_consent(version, "team:search")
    today = calendar.today()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pilot.objects.create(
            charter_version=version, case_id=version.case_id, cohort=COHORT, consent=given, starts_on=today,
            ends_on=today + timedelta(days=42), started_by=team[0],
        )  # fmt: skip


def test_members_answer_on_a_page_and_over_the_api(browse, version, team):
    """Asked by the owner, answered by each for themselves; others read how it stands."""
    owner = version.metric.owner
    address = f"/metrics/{version.metric.slug}/consent"
    assert browse(address, by=team[0]).status == 403
    assert browse(address, by=owner, data={"cohort": ""}).status == 400
    assert browse(address, by=owner, data={"cohort": COHORT}).status == 302
    consent = TeamConsent.objects.get()
    page = f"/consents/{consent.pk}"
    assert browse(page, by=team[0]).says("Does your team agree", "kept without your name")
    assert browse(page, by=team[0], data={}).status == 400
    assert browse(page, by=owner, data={"agrees": "yes"}).status == 403
    for member in team[:5]:
        assert browse(page, by=member, data={"agrees": "yes"}).status == 302
    assert browse(page, by=owner).says(
        "Two thirds have not agreed yet", "Only the members of the team answer"
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {factories.a_token(team[5])}")
    assert (
        client.post(f"/api/v1/consents/{consent.pk}/answers", {"agrees": True}, format="json").status_code
        == 204
    )
    told = client.get(f"/api/v1/consents/{consent.pk}").json()
    assert told["agrees"] is True and "answers" not in told
    assert browse(address, by=owner).says("Teams that were asked", COHORT)
