"""Acknowledging the rules."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from audits.ledger.models import Entry
from charter import rules
from charter.registry import services as registry
from governance.board import services as board
from governance.training import queries, services
from governance.training.models import Acknowledgement
from ground.errors import Conflict
from tests import factories


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_an_account_acknowledges_once(by):
    """S54, AR24: saying so again changes nothing, and others have not said so."""
    ana, rulebook = factories.an_account("ana"), factories.the_rules()
    assert not queries.has_acknowledged(ana, rulebook)
    first = services.acknowledge(rulebook_version=rulebook, by=ana)
    assert services.acknowledge(rulebook_version=rulebook, by=ana) == first
    assert Entry.objects.filter(kind="training.rules.acknowledged").count() == 1
    assert queries.has_acknowledged(ana, rulebook)
    assert not queries.has_acknowledged(by, rulebook)


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_a_new_version_asks_again(by):
    """AR24: acknowledgement is of one version; only what is in force can be acknowledged."""
    ana, old = factories.an_account("ana"), factories.the_rules()
    services.acknowledge(rulebook_version=old, by=ana)
    files = rules.builtin_files()
    name = next(name for name in files if name.endswith(".cedar"))
    new = registry.propose_rulebook(files={**files, name: files[name] + "\n// Read again.\n"}, by=by)
    with pytest.raises(Conflict):
        services.acknowledge(rulebook_version=new, by=ana)
    factories.a_decided_case(board.open_case(rulebook_version=new, by=by))
    assert not queries.has_acknowledged(ana, new)
    with pytest.raises(Conflict):
        services.acknowledge(rulebook_version=old, by=ana)
    services.acknowledge(rulebook_version=new, by=ana)
    assert queries.has_acknowledged(ana, new)


def test_two_clicks_are_one_acknowledgement(committed_db):
    """S54: recorded once, however fast one clicks."""
    ana, rulebook = factories.an_account("ana"), factories.the_rules()

    def acknowledge(_):
        try:
            return services.acknowledge(rulebook_version=rulebook, by=ana).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(acknowledge, range(4)))) == 1
    assert (
        Acknowledgement.objects.count()
        == Entry.objects.filter(kind="training.rules.acknowledged").count()
        == 1
    )
