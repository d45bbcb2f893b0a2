"""Issue 15, item 4: ready descriptions of tools that many have: read strictly, sound, and laid beside what is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter import rules
from charter.authoring import lint
from charter.authoring.linting import judge_starters
from charter.registry import catalogue, examples, ready
from charter.registry.charter_files import dump_charter, parse_charter
from charter.registry.facts_columns import check_columns
from charter.registry.ready.matching import Fit, find_matches, match_ready
from charter.registry.source_files import dump_source, read_source
from ground.errors import BadInput
from ground.strict_yaml import parse_yaml

READY = ready.read_ready_descriptions()
KEYS = {"lead-time-for-changes", "deployment-frequency", "change-failure-rate", "time-to-restore-service"}
SOURCES = [
    pytest.param(each, id=f"{slug}-{each.slug}") for slug, found in READY.items() for each in found.sources
]


def live(slug: str) -> dict[str, dict[str, str]]:
    """A warehouse that holds a tool's tables just as its ready description says."""
    return {
        source.slug: {name: column.type.value for name, column in source.columns.items()}
        for source in READY[slug].sources
    }


def test_which_there_are():
    assert set(READY) == {"apache-devlake", "four-keys", "github-export", "gitlab-export", "grimoirelab"}
    assert {slug: KEYS - set(found.charters) for slug, found in READY.items()} == {
        "apache-devlake": set(),
        "four-keys": {"change-failure-rate"},
        "github-export": {"change-failure-rate", "time-to-restore-service"},
        "gitlab-export": {"change-failure-rate"},
        "grimoirelab": KEYS - {"lead-time-for-changes"},
    }


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_is_sound_and_a_source_file_as_people_write_one(source):
    assert list(source.find_faults()) == []
    assert read_source(dump_source(source), name="a.yaml").description == source


@pytest.mark.parametrize("found", READY.values(), ids=list(READY))
def test_what_is_said_beside_them(found):
    """What it lacks is told in sentences, added columns are among those described, and files are told by their slugs."""
    columns = {f"{source.slug}.{name}" for source in found.sources for name in source.columns}
    assert set(found.added) <= columns
    assert found.lacks and all(sentence.endswith(".") for sentence in found.lacks)
    assert (ready.FOLDER / f"{found.slug.replace('-', '_')}.yaml").exists()


@pytest.mark.parametrize("found", READY.values(), ids=list(READY))
def test_adapted_charters_are_without_fault(found):
    """They pass lint and their own examples, bound to the columns described, as people's would have to."""
    charters = ready.adapt_charters(found)
    judged = judge_starters(
        rules.compile_rulebook(rules.builtin_files()),
        {charter.metric: charter for charter in charters},
        sources=found.sources,
    )
    known = {source.slug for source in found.sources}
    for charter in charters:
        assert charter.what.measure is not None and set(charter.what.measure.sources) <= known
        findings = lint.lint(
            charter,
            sources=judged.sources,
            known_metrics=judged.others,
            minimum_grains=judged.minimum_grains,
        )
        assert findings == []
        assert (
            list(examples.find_mismatches(charter, judged.rulebook, judged.sources, others=judged.others))
            == []
        )
        assert parse_charter(dump_charter(charter), name="a.yaml") == charter


@pytest.mark.parametrize("found", READY.values(), ids=list(READY))
def test_no_starter_charter_binds_as_it_stands(found):
    """As the how-to says: where all tables of one are called alike, their columns are not."""
    sources = {source.slug: source for source in found.sources}
    for starter in catalogue.read_starter_charters().values():
        measure = starter.what.measure
        assert measure is not None
        with pytest.raises(BadInput):
            check_columns(measure, sources)


def test_what_a_charter_does_not_say_otherwise_stays():
    """Purpose, harms and forbidden uses are the starter's; of a grain that it lost, nothing is left."""
    starter = catalogue.read_starter_charters()["lead-time-for-changes"]
    adapted = {each.metric: each for each in ready.adapt_charters(READY["four-keys"])}[starter.metric]
    assert (adapted.why, adapted.harms) == (starter.why, starter.harms)
    assert adapted.which_decisions.forbidden == starter.which_decisions.forbidden
    assert adapted.what.counter_metric == starter.what.counter_metric
    told = [clause.grains for clause in adapted.who.access]
    told += [clause.grains for clause in adapted.which_decisions.allowed]
    assert {grain.value for grains in told for grain in grains} == {"team", "value_stream", "org"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lacks:", "laks:"),
        ("means: team", "means: squad"),
        ("aggregation: rate", "aggregation: rat"),
        ("slug: ", "slug: &a "),
    ],
)
def test_a_file_is_read_strictly(old, new):
    text = (ready.FOLDER / "four_keys.yaml").read_text()
    assert old in text
    with pytest.raises(BadInput) as refused:
        parse_yaml(text.replace(old, new, 1), ready.ReadyDescription, name="four_keys.yaml")
    assert refused.value.detail.startswith("four_keys.yaml, line ")


@pytest.mark.parametrize("slug", READY)
def test_it_fits_its_own_tables_and_no_other_tool_s(slug):
    found = match_ready(READY[slug], live(slug))
    assert (found.fit, found.lost) == (Fit.FITS, ())
    assert tuple(each.begun for each in found.tables) == READY[slug].sources
    assert [match.ready.slug for match in find_matches(READY.values(), live(slug))] == [slug]


def test_the_starter_sources_are_taken_for_no_tool():
    tables = {
        source.slug: {name: column.type.value for name, column in source.columns.items()}
        for source in catalogue.read_starter_sources()
    }
    assert find_matches(READY.values(), tables) == []
    assert find_matches(READY.values(), {}) == []


def test_almost_says_what_is_missing():
    """Without one table and two columns, of which one is there as a text, the rest can be begun from."""
    tables = live("apache-devlake")
    del tables["incidents"], tables["pull_requests"]["closed_date"]
    tables["pull_requests"]["additions"] = "TEXT"
    found = match_ready(READY["apache-devlake"], tables)
    assert found.fit is Fit.ALMOST
    assert found.lost == ("incidents", "pull_requests.closed_date", "pull_requests.additions")
    begun = {each.table: each.begun for each in found.usable}
    assert "incidents" not in begun and not {"closed_date", "additions"} & set(begun["pull_requests"].columns)


def test_four_keys_as_it_is_made_lacks_the_team():
    tables = live("four-keys")
    del tables["deployments"]["team"], tables["incidents"]["team"]
    found = match_ready(READY["four-keys"], tables)
    assert (found.fit, found.lost) == (Fit.ALMOST, READY["four-keys"].added)


@pytest.mark.parametrize(
    ("found", "column", "read_as"),
    [
        ("TIMESTAMP", "merged_at", "TIMESTAMP"),  # MySQL and MariaDB keep no zone
        ("DATE", "merged_at", "DATE"),
        ("TEXT", "merged_at", None),
        ("TEXT", "id", "TEXT"),
        ("DOUBLE", "id", None),
        ("INTEGER", "draft", "INTEGER"),  # MariaDB keeps truths as numbers
        ("TEXT", "draft", None),
        ("JSON", "state", None),
    ],
)
def test_types_are_those_that_are_there(found, column, read_as):
    tables = live("gitlab-export")
    tables["merge_requests"][column] = found
    table = match_ready(READY["gitlab-export"], tables).tables[0]
    assert table.whole is (read_as is not None)
    begun = table.begun.columns.get(column)
    assert (begun.type.value if begun else None) == read_as


@given(data=st.data(), slug=st.sampled_from(sorted(READY)))
def test_whatever_is_begun_is_there_and_sound(data, slug):
    """However much of a tool's tables is missing, a beginning names only what is there, and what is lost is the rest."""
    whole = live(slug)
    kept = {
        table: {name: columns[name] for name in data.draw(st.sets(st.sampled_from(sorted(columns))))}
        for table, columns in whole.items()
        if data.draw(st.booleans())
    }
    found = match_ready(READY[slug], kept)
    for each in found.usable:
        assert set(each.begun.columns) <= set(kept[each.table])
        assert list(each.begun.find_faults()) == []
    assert (found.fit is Fit.FITS) == (kept == whole) == (found.lost == ())
