"""Who is who in the sources: names that are one, names that are nobody's, and names that nobody can take."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audits.ledger.models import Entry
from governance.people import identities, services
from governance.people.models import Identity, TeamAlias
from governance.people.names import NOBODY, UNKNOWN, build_names, fold_name
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories

SHEETS = {
    "value_streams.csv": "slug,name\ncommerce,Commerce\n",
    "teams.csv": "slug,name,value_stream,context_class,valid_from,valid_to\nsearch,Search,commerce,rescue,2020-01-01,\n",
    "people.csv": "external_id,name,location,working_arrangement,role_family,employed_from,employed_to\n"
    "ann@example.org,Ann,,,,2020-01-01,\nbob,Bob,,,,2020-01-01,\n",
    "memberships.csv": "person,team,valid_from,valid_to\nann@example.org,search,2020-01-01,\n",
    "lines.csv": "person,manager,valid_from,valid_to\n",
}


@pytest.fixture
def ann(database):
    return factories.a_person("ann")


@pytest.fixture
def bob(database):
    return factories.a_person("bob")


def give(name, person, source="changes", by=None) -> Identity:
    return identities.give_identity(
        source=source, name=name, person=person, by=by or factories.an_administrator()
    )


@pytest.mark.parametrize("written", ["Ann", " ann ", "ａｎｎ", "an\u200bn", "\ufeffANN", "ann\u00a0"])
def test_names_are_compared_as_people_read_them(written):
    """S151: after NFKC, case folding and trimming, and without what nobody sees."""
    assert build_names(["ann"], []).people.find(written, []).holder == "ann"


@pytest.mark.parametrize("written", ["аnn", "ann.", "an n", "ibrahım", "İbrahim"])
def test_a_letter_that_looks_alike_is_another(written):
    """S151: fail closed. A Cyrillic a or a Turkish i is another letter, and the name then nobody's."""
    assert build_names(["ann", "ibrahim"], []).people.find(written, []) == UNKNOWN


def test_many_names_are_one_person(ann, bob):
    """S151: identities are many to a person, in one source or in all of them."""
    give("Ann-GH", ann)
    give("ann@example.org", ann, source="")
    names = identities.read_names().people
    assert {names.find(name, ["changes"]).holder for name in ("ann-gh", "ANN@example.org", "ann")} == {"ann"}
    assert names.find("ann-gh", ["work_items"]) == UNKNOWN
    assert names.find("ann@example.org", ["work_items"]).holder == "ann"


def test_a_bot_is_nobody(ann):
    """S151: bots are named as such."""
    give("dependabot[bot]", None)
    assert identities.read_names().people.find("Dependabot[bot]", ["changes"]) == NOBODY


def test_sources_that_do_not_agree_know_nobody(ann, bob):
    """S151: a name of several sources counts where it means one person in all of them."""
    give("kim", ann, source="changes")
    give("kim", bob, source="work_items")
    names = identities.read_names().people
    assert names.find("kim", ["work_items"]).holder == "bob"
    assert names.find("kim", ["changes", "work_items"]) == UNKNOWN


def test_what_somebody_is_called_here_is_nobody_elses(ann, bob):
    """S151: an alias cannot grab another's login, however it is written."""
    for name in ("bob", "BOB", "ｂｏｂ", "b\u200bob"):
        with pytest.raises(BadInput, match="nobody else"):
            give(name, ann)


def test_a_name_is_given_once(ann, bob):
    """S151: neither in the same source, nor by way of all sources, which would come before or after it."""
    give("ann-gh", ann)
    for source in ("changes", ""):
        with pytest.raises(Conflict):
            give("Ann-GH", bob, source=source)
    give("wide", ann, source="")
    with pytest.raises(Conflict):
        give("wide", bob, source="changes")


def test_a_name_is_moved_by_two_administrators(ann, bob):
    """S29, S151: one's own values follow one's names, so nobody moves a name alone to see somebody's."""
    first, second = factories.an_administrator("first"), factories.an_administrator("second")
    given = give("ann-gh", ann, by=first)
    identities.end_identity(identity=given, by=first)
    for person in (bob, None):
        with pytest.raises(NotPermitted, match="Another administrator"):
            give("ann-gh", person, by=first)
    give("ann-gh", bob, by=second)
    kinds = (
        Entry.objects.filter(kind__startswith="people.identity").order_by("at").values_list("kind", flat=True)
    )
    assert list(kinds) == ["people.identity.given", "people.identity.ended", "people.identity.given"]


def test_nobody_gives_a_name_to_themself(ann):
    """S151: as with roles."""
    own = factories.an_account("ann-account", person=ann)
    factories.a_role(own, "admin")
    with pytest.raises(NotPermitted, match="themself"):
        give("ann-gh", ann, by=own)
    with pytest.raises(NotPermitted, match="administrator"):
        give("ann-gh", ann, by=factories.an_account("nobody"))


def test_the_database_keeps_one_meaning_a_name(ann, bob):
    """DESIGN, style: promises are database constraints."""
    held = give("ann-gh", ann)
    for fields in (
        {"person": bob},
        {"person": None, "is_bot": False, "key": "x"},
        {"person": bob, "key": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Identity.objects.create(
                **{"source": "changes", "name": "x", "key": held.key, "given_by": held.given_by, **fields}
            )


def test_teams_and_services_have_names_as_well(database):
    """S77: what a source calls a team or a service; one that is none of ours is said to be."""
    search = factories.a_team("search")
    by = factories.an_administrator()
    identities.give_alias(source="deployments", name="Search squad", team=search, by=by)
    ours = identities.give_alias(source="", name="Agency", team=None, by=by)
    names = identities.read_names().teams
    assert names.find("SEARCH SQUAD", ["deployments"]).holder == "search"
    assert names.find("Search", ["deployments"]).holder == "search"
    assert names.find("agency", ["deployments"]) == NOBODY
    with pytest.raises(BadInput):
        identities.give_alias(source="", name="search", team=factories.a_team("payments"), by=by)
    identities.end_alias(alias=ours, by=by)
    assert identities.read_names().teams.find("agency", ["deployments"]) == UNKNOWN


def folder(path, **sheets):
    for file, text in {**SHEETS, **{f"{name}.csv": text for name, text in sheets.items()}}.items():
        (path / file).write_text(text)
    return path


def run(path):
    return services.import_organisation(folder=path, by=factories.system())


def problems(path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        run(path)
    return [str(problem) for problem in caught.value.extra["problems"]]


def test_identities_come_with_the_organisation(database, tmp_path):
    """S151: identities.csv and aliases.csv; an external id may be an e-mail address; the files are the whole truth."""
    given = "source,name,person,kind\nchanges,ann-gh,ann@example.org,person\n,renovate,,bot\n"
    path = folder(tmp_path, identities=given, aliases="source,name,team\n,Suche,search\n")
    report = run(path)
    assert (report.counts["identities.csv"].added, report.counts["aliases.csv"].added) == (2, 1)
    names = identities.read_names()
    assert names.people.find("Ann-GH", ["changes"]).holder == "ann@example.org"
    assert names.people.find("renovate", ["commits"]) == NOBODY
    assert names.teams.find("suche", ["commits"]).holder == "search"
    assert not run(path).changed_anything
    folder(tmp_path, identities="source,name,person,kind\n")
    assert run(path).counts["identities.csv"].changed == 2
    assert Identity.objects.filter(ended_at__isnull=False).count() == 2


def test_without_the_files_what_was_given_stays(database, tmp_path):
    """S151: who keeps names on the page leaves the files out."""
    path = folder(tmp_path)
    run(path)
    give("renovate", None)
    assert not run(path).changed_anything
    assert Identity.objects.get().ended_at is None
    assert TeamAlias.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("changes,x,nobody,person", "is not in people.csv"),
        ("changes,x,,person", "a bot has none"),
        ("changes,x,bob,bot", "a bot has none"),
        ("changes,x,bob,robot", "is not known"),
        ("Changes,x,bob,person", "is no source"),
        ("changes,,bob,person", "filled in"),
        ("changes,BOB,ann@example.org,person", "is what another is called here"),
        ("changes,Ann@Example.org,,bot", "is what another is called here"),
        ("changes,x,bob,person\nchanges,X,ann@example.org,person", "stands on row 2"),
        (",x,bob,person\nchanges,x,ann@example.org,person", "in every source"),
    ],
)
def test_a_fault_of_an_identity_is_told_by_its_place(database, tmp_path, row, says):
    """S151: the import's checks; nothing is imported."""
    found = problems(folder(tmp_path, identities=f"source,name,person,kind\n{row}\n"))
    assert any(line.startswith("identities.csv:") and says in line for line in found)
    assert not Identity.objects.exists()


def test_an_import_moves_no_name(database, tmp_path):
    """S29, S151: a name that is or was somebody's is moved by hand alone, and no new person comes to be called so."""
    header = "source,name,person,kind\n"
    path = folder(tmp_path, identities=f"{header}changes,gh-1,ann@example.org,person\n")
    run(path)
    for row in ("changes,GH-1,bob,person\n", ",gh-1,bob,person\n", "changes,gh-1,,bot\n"):
        assert "is or was somebody else" in problems(folder(tmp_path, identities=header + row))[0]
    (tmp_path / "identities.csv").unlink()
    people = SHEETS["people.csv"] + "gh-1,Eve,,,,2020-01-01,\n"
    assert "somebody else’s name" in problems(folder(tmp_path, people=people))[0]
    folder(tmp_path, identities=header)
    run(path)
    assert (
        "is or was somebody else"
        in problems(folder(tmp_path, identities=f"{header}changes,gh-1,bob,person\n"))[0]
    )


def test_a_suggestion_decides_nothing(ann):
    """S151: the nearest name is told to whoever looks, and used for nothing."""
    names = build_names(["ann-smith", "bob"], ["search"])
    assert names.people.suggest("ann.smith@example.org") == "ann-smith"
    assert names.teams.suggest("serach") == "search"
    assert names.people.suggest("zoe") is None
    assert names.people.find("ann.smith@example.org", []) == UNKNOWN
    assert fold_name("\u200b ") == "" and date(2020, 1, 1)
