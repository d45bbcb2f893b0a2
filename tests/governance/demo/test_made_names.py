"""The made-up sources call people what sources do, so that the pages of sources have something true to show."""

import duckdb
import pytest

from governance.demo import made_names
from governance.demo.dataset import make_up_data_set
from governance.people.names import NameBook, SourceNames, build_names, fold_name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    data = make_up_data_set()
    path = tmp_path_factory.mktemp("demo") / "warehouse.duckdb"
    data.write_warehouse(path, lambda *_: None)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield data.organisation, connection


def names_of(organisation) -> SourceNames:
    plain = build_names(
        [each.external_id for each in organisation.people], [each.slug for each in organisation.teams]
    )
    people = {(row.source, fold_name(row.name)): row.person or None for row in organisation.identities}
    teams = {(row.source, fold_name(row.name)): row.team or None for row in organisation.aliases}
    return SourceNames(NameBook(people, plain.people.own), NameBook(teams, plain.teams.own))


def test_all_but_a_few_names_are_known(made):
    """Issue 10, item 4 of the demo: identities, a bot and unmatched names, few enough that values stay told."""
    organisation, connection = made
    names = names_of(organisation)
    authors = connection.sql("SELECT author, count(*) FROM changes GROUP BY ALL").fetchall()
    found = {name: names.people.find(name, ["changes"]) for name, _ in authors}
    assert {name for name in found if not found[name].known} == {made_names.CONTRACTOR}
    assert found[made_names.BOT].holder is None
    assert any("@" in name and each.holder for name, each in found.items())
    assert dict(authors)[made_names.CONTRACTOR] < 0.01 * sum(number for _, number in authors)
    teams = connection.sql("SELECT team, count(*) FROM deployments GROUP BY ALL").fetchall()
    lost = {name: number for name, number in teams if not names.teams.find(name, ["deployments"]).known}
    assert (
        set(lost) == {made_names.MISSPELT} and names.teams.suggest(made_names.MISSPELT) == made_names.OF_TEAM
    )
    assert lost[made_names.MISSPELT] < 0.01 * sum(number for _, number in teams)
