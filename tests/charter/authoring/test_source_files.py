"""Sources as files beside charters: linted with them, planned, applied and exported."""

import pytest
from django.core.management import CommandError, call_command

from charter.registry import catalogue
from charter.registry.models.sources import Source
from charter.registry.source_files import dump_source, read_source
from charter.rules.vocabulary import SourceKind
from ground.errors import BadInput
from tests import factories


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources").mkdir()
    return tmp_path


def put(folder, description) -> None:
    (folder / "sources" / f"{description.slug}.yaml").write_text(dump_source(description))


def lint(folder, capsys) -> str:
    with pytest.raises(SystemExit) as ended:
        call_command("charter", "lint", str(folder))
    assert ended.value.code == 1
    return capsys.readouterr().out


@pytest.mark.parametrize("source", catalogue.read_starter_sources(), ids=lambda source: source.slug)
def test_a_source_reads_back_as_it_was_written(source):
    """S15: a file says the whole of a source."""
    assert read_source(dump_source(source), name="x.yaml").description == source
    assert not list(source.find_faults())


def test_a_presence_feed_under_an_innocent_name_is_found_in_its_file(folder, capsys):
    """AR01, S65: lint needs no database to refuse it, and says on which line."""
    put(folder, factories.a_description("team_wellbeing", SourceKind.PRESENCE))
    said = lint(folder, capsys)
    assert "sources/team_wellbeing.yaml:3" in said and "AR01" in said


@pytest.mark.parametrize(
    ("changed", "says"),
    [("kind: issue_tracker", "kind: badge"), ("type: TEXT", "type: VARCHAR"), ("means: time", "means: when"), ("region: EU", "regoin: EU")],
)  # fmt: skip
def test_a_fault_of_a_source_file_is_told_by_its_place(folder, capsys, changed, says):
    """S15: file, line and key."""
    put(folder, factories.a_description("reviews"))
    path = folder / "sources" / "reviews.yaml"
    path.write_text(path.read_text().replace(changed, says, 1))
    assert "sources/reviews.yaml:" in lint(folder, capsys)


def test_a_charter_of_the_folder_binds_to_its_sources(folder, capsys):
    """S15: a charter that reads a source of the folder is linted against what that describes."""
    from charter.registry.charter_files import dump_charter

    text = (
        dump_charter(factories.a_document("commit-count"))
        .replace("commits\n", "reviews\n")
        .replace("- commits", "- reviews")
    )
    (folder / "commit-count.yaml").write_text(text)
    put(
        folder,
        factories.a_description(
            "reviews", columns={"committed_at": "TIMESTAMPTZ time", "author": "TEXT", "team": "TEXT team"}
        ),
    )
    said = lint(folder, capsys)
    assert "CH13" in said and "as it stands" in said


def test_plan_apply_and_export_take_sources_along(database, folder, capsys):
    """S15: applying describes sources at once, as no board is asked about them; a second time changes nothing."""
    factories.a_programme()
    by = factories.an_administrator()
    put(folder, factories.a_description("reviews"))
    call_command("charter", "plan", str(folder))
    assert "+ source reviews: new" in capsys.readouterr().out
    call_command("charter", "apply", str(folder), "--as", by.username)
    assert "Described 1 sources." in capsys.readouterr().out
    assert Source.objects.get(slug="reviews").read() == factories.a_description("reviews")
    call_command("charter", "plan", str(folder))
    assert "= source reviews" in capsys.readouterr().out
    call_command("charter", "export", str(folder / "out"))
    assert len(list((folder / "out" / "sources").glob("*.yaml"))) == Source.objects.count()
    call_command("charter", "plan", str(folder / "out"))
    assert "source" in (said := capsys.readouterr().out) and "~ source" not in said


def test_apply_says_which_file_cannot_be_taken(database, folder):
    """S65: a source that charters read stays as they were passed with; the file and line are told."""
    factories.an_active_charter("lead-time-for-changes")
    put(folder, factories.a_description("changes"))
    with pytest.raises(
        (BadInput, CommandError), match=r"sources/changes.yaml, line 1.*lead-time-for-changes"
    ):
        call_command("charter", "apply", str(folder), "--as", factories.an_administrator().username)
