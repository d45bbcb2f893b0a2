"""What an asker holds over the cohorts and persons that they ask about."""

import pytest

from charter.rules.vocabulary import Role as Word
from governance.people import cohorts, queries
from governance.people.models import GrantedRole
from ground import calendar, data_versions
from tests import factories

pytestmark = pytest.mark.django_db

COHORTS = (
    "team:checkout",
    "team:payments",
    "team:search+tiny",
    "value_stream:commerce",
    "value_stream:finding",
    "org:all",
)


@pytest.fixture
def teams():
    """Two streams: commerce with checkout and payments, finding with search and a team of two beside it."""
    made = {
        "checkout": factories.a_team("checkout", people=6),
        "payments": factories.a_team("payments", people=6),
        "search": factories.a_team("search", people=6, value_stream="finding"),
        "tiny": factories.a_team("tiny", people=2, value_stream="finding"),
    }
    cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
    return made


def held(user) -> dict[str, set[Word]]:
    found = queries.read_cohorts_asked(COHORTS, user=user, on=calendar.today())
    assert set(found) == set(COHORTS)
    return {slug: set(each.roles) for slug, each in found.items() if each.roles}


@pytest.mark.parametrize(
    ("led", "over"),
    [
        (["payments"], {"team:payments"}),
        (["payments", "checkout"], {"team:payments", "team:checkout", "value_stream:commerce"}),
        (["tiny"], {"team:search+tiny"}),
        (["payments", "checkout", "search", "tiny"], set(COHORTS)),
    ],
)
def test_a_manager_holds_the_role_over_cohorts_of_teams_they_lead(teams, led, over):
    """S60: any team of a merged cohort, all teams of a larger one; never the organisation for one team."""
    manager = factories.an_account("lead")
    for slug in led:
        factories.a_role(manager, GrantedRole.MANAGER, team=teams[slug])
    assert {slug for slug, roles in held(manager).items() if Word.MANAGER in roles} == over


def test_a_value_stream_lead_holds_it_over_the_stream_and_its_teams(teams):
    """S60: not over another stream, nor the organisation."""
    lead = factories.an_account("lead")
    factories.a_role(lead, GrantedRole.VALUE_STREAM_LEAD, value_stream=teams["search"].value_stream)
    assert held(lead) == {
        "team:search+tiny": {Word.VALUE_STREAM_LEAD},
        "value_stream:finding": {Word.VALUE_STREAM_LEAD},
    }


def test_a_member_belongs_to_every_cohort_that_their_team_is_in(teams):
    """S42: the team itself."""
    person = teams["payments"].memberships.first().person
    member = factories.an_account("member", person=person)
    assert set(held(member)) == {"team:payments", "value_stream:commerce", "org:all"}


def test_the_line_reads_asker_cohorts_and_persons_at_once(teams, django_assert_num_queries):
    """Issue 2, Measured: one statement, and none while the data version is the same."""
    person = teams["payments"].memberships.first().person
    manager = factories.an_account("lead", person=factories.a_person("boss"))
    factories.a_role(manager, GrantedRole.MANAGER, team=teams["payments"])
    seen = data_versions.read()
    ask = {"cohorts": COHORTS, "persons": (person.external_id, "nobody"), "own": True, "accountable": "lead"}
    today = calendar.today()
    with django_assert_num_queries(1):
        found = queries.read_people_facts(seen, manager.pk, manager.person_id, today, **ask)
    with django_assert_num_queries(0):
        queries.read_people_facts(seen, manager.pk, manager.person_id, today, **ask)
    assert found.asker.person == "boss" and found.accountable
    assert set(found.persons) == {person.external_id, "boss"}
    assert found.persons[person.external_id].roles == {Word.MANAGER}
    assert found.persons["boss"].roles == {Word.SELF}
