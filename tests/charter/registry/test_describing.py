"""Sources: what an organisation says of its tables, what it may not say, and what stays as it was passed."""

import pytest
from msgspec.structs import replace

from audits.ledger.models import Entry
from charter.authoring import submission
from charter.registry import describing
from charter.registry.models.sources import Source
from charter.registry.queries import load_document
from charter.registry.source_descriptions import ColumnType, Meaning, SourceColumn
from charter.rules.vocabulary import BANNED_SOURCES, SourceKind
from governance.people.models import GrantedRole
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories


@pytest.fixture
def admin(database):
    factories.a_programme()
    return factories.an_administrator()


def describe(by, slug="reviews", kind=SourceKind.VERSION_CONTROL, **fields):
    return describing.describe_source(description=factories.a_description(slug, kind, **fields), by=by)


def test_an_organisation_describes_a_table_of_its_own(admin):
    """S15, S65: table, columns and what they are, kind, owner, cadence, region; with history on the log."""
    made = describe(admin)
    assert made.read() == factories.a_description("reviews", SourceKind.VERSION_CONTROL)
    assert (made.read().event_key, made.read().teams, made.described_by) == ("id", ("team",), admin)
    describe(admin)  # the same again
    describe(admin, name="Code reviews")
    entries = Entry.objects.filter(kind="registry.source.described").order_by("at")
    assert len(entries) == 2


@pytest.mark.parametrize("kind", sorted(BANNED_SOURCES))
def test_monitoring_is_refused_whatever_its_label(admin, kind):
    """AR01, S65: a presence feed under an innocent name is no source, and nothing of it is written."""
    with pytest.raises(BadInput, match="AR01") as caught:
        describe(admin, "team_wellbeing", kind, name="Team wellbeing", description="How well we are.")
    assert (caught.value.code, caught.value.field) == ("banned_source", "kind")
    assert not Source.objects.filter(slug="team_wellbeing").exists()


def test_what_turns_out_to_be_monitoring_is_banned_at_once(admin):
    """AR01, S65: the rule reads the kind from the record, so that charters in force are refused from that moment, for good."""
    version = factories.an_active_charter("lead-time-for-changes")
    assert "CH10" not in {found.rule for found in submission.lint_version(version)}
    described = describing.ban_source(
        source=Source.objects.get(slug="changes"), kind=SourceKind.PRESENCE, by=admin
    )
    assert described.kind == SourceKind.PRESENCE
    assert {found.rule for found in submission.lint_version(version) if found.level == "error"} >= {"CH10"}
    with pytest.raises(Conflict):
        describe(admin, "changes")
    with pytest.raises(BadInput):
        describing.ban_source(source=Source.objects.get(slug="commits"), kind=SourceKind.ROTA, by=admin)


def test_who_may_describe(admin):
    """S65: administrators and metric owners; being a superuser counts for nothing."""
    owner = factories.an_account("an-owner")
    factories.a_role(owner, GrantedRole.METRIC_OWNER)
    assert describe(owner).described_by == owner
    with pytest.raises(NotPermitted):
        describe(factories.an_account("root", is_superuser=True), "other")


def test_what_charters_were_passed_with_stays(admin):
    """S65: a source changes what approved charters read, so while they do it only grows."""
    factories.an_active_charter("lead-time-for-changes")
    before = Source.objects.get(slug="changes").read()
    columns = dict(before.columns)
    wider = replace(
        before, columns={**columns, "labels": SourceColumn(ColumnType.TEXT)}, owner="Another team"
    )
    describing.describe_source(description=wider, by=admin)
    for changed in (
        replace(wider, columns={name: col for name, col in columns.items() if name != "additions"}),
        replace(wider, columns={**columns, "author": SourceColumn(ColumnType.TEXT)}),
        replace(wider, columns={**columns, "merged_at": SourceColumn(ColumnType.DATE, Meaning.TIME)}),
        replace(wider, columns={**wider.columns, "reviewer": SourceColumn(ColumnType.TEXT, Meaning.PERSON)}),
        replace(wider, kind=SourceKind.ISSUE_TRACKER),
    ):
        with pytest.raises(Conflict) as caught:
            describing.describe_source(description=changed, by=admin)
        assert (caught.value.code, caught.value.extra["metrics"]) == (
            "source_in_use",
            ["lead-time-for-changes"],
        )
    free = replace(Source.objects.get(slug="work_items").read(), kind=SourceKind.VERSION_CONTROL)
    describing.describe_source(description=free, by=admin)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"id": "TEXT event_key", "team": "TEXT team"}, "columns"),
        ({"at": "TIMESTAMPTZ time", "a": "TEXT event_key", "b": "TEXT event_key"}, "columns"),
        ({"at": "BOOLEAN time", "day": "DATE time"}, "columns.at"),
        ({"at": "DATE time", "who": "DOUBLE person"}, "columns.who"),
    ],
)
def test_a_description_goes_together(admin, columns, field):
    """S15: bad input names its field."""
    with pytest.raises(BadInput) as caught:
        describe(admin, columns=columns)
    assert caught.value.field == field


def test_a_charter_reads_a_source_of_ones_own(admin):
    """S15: a charter is independent of the tool: it binds to what an organisation has described."""
    describe(
        admin,
        columns={
            "id": "TEXT event_key",
            "done": "TIMESTAMPTZ time",
            "who": "TEXT person",
            "squad": "TEXT team",
        },
    )
    document = factories.a_document("commit-count")
    facts = "SELECT done AS at, who AS person, squad AS team, 1 AS value FROM reviews"
    measure = replace(document.what.measure, sources=("reviews",), facts=facts)
    version = factories.an_active_charter(
        document=replace(document, what=replace(document.what, measure=measure))
    )
    assert load_document(version.pk).what.measure.sources == ("reviews",)
    assert describing.list_readers("reviews") == ["commit-count"]
