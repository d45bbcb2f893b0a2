"""A folder tried on what was asked before, though nobody has put it to the board (issue 16)."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from msgspec.structs import replace

from audits.ledger.models import Entry
from charter.registry import catalogue
from charter.registry import queries as registry
from charter.registry.charter_files import dump_charter
from charter.rules.vocabulary import DecisionType, Outcome
from governance.decisions import queries
from governance.decisions.management.commands import replay as replay_command
from governance.decisions.models import Replay, ReplayPart
from governance.decisions.replay import counting
from governance.decisions.replay.folders import hash_folder, read_proposal
from governance.decisions.services import replays
from ground import clock
from ground.errors import BadInput, NotPermitted
from tests import factories
from tests.charter.rules.rulebooks import policy
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.test_answer import ask

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("governed")]

LARGER = "minimum_group: 10\nminimum_group_strain: 10\n"
NOT_STAFFING = policy('when { context.decision == Decision::"retrospective" }')


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml").replace("_cedar", ".cedar")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def tried(folder: Path, by) -> dict[counting.Moved, counting.CellTally]:
    """What a folder would change of what was asked at noon."""
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        call_command(
            "replay", "--folder", str(folder), "--as", by.username, stdout=StringIO(), stderr=StringIO()
        )
    parts = ReplayPart.objects.filter(replay__folder=hash_folder(folder))
    return counting.add_up(counting.from_plain(each.cells) for each in parts)


def moves(found: dict[counting.Moved, counting.CellTally]) -> set[tuple[Outcome, Outcome]]:
    return {(moved.before, moved.after) for moved in found}


def test_settings_rules_and_charters_of_a_folder_are_tried(house, tmp_path):
    """Each alone refuses what was permitted; the log says that it was tried, and keeps the hash alone."""
    ask(house.manager)
    refused = {(Outcome.PERMIT, Outcome.DENY)}
    settings = write(tmp_path / "settings", settings_yaml=LARGER)
    assert moves(tried(settings, house.auditor)) == refused
    own = write(tmp_path / "own", rules__ours_cedar=NOT_STAFFING)
    ((_moved, tally),) = tried(own, house.auditor).items()
    assert tally.rules == {"ORG01"}
    charter = write(tmp_path / "charter", charters__lead_yaml=_without_retrospective())
    assert moves(tried(charter, house.auditor)) == refused
    together = write(tmp_path / "both", settings_yaml=LARGER, rules__ours_cedar=NOT_STAFFING)
    ((_moved, tally),) = tried(together, house.auditor).items()
    assert tally.rules == {"AR12", "ORG01"}
    entries = Entry.objects.filter(kind="decisions.replay.asked")
    assert entries.count() == 4 and not Replay.objects.filter(ended_at__isnull=True).exists()


def _without_retrospective() -> str:
    base = catalogue.read_starter_charters()["lead-time-for-changes"]
    uses = base.which_decisions
    kept = tuple(use for use in uses.allowed if use.decision is not DecisionType.RETROSPECTIVE)
    return dump_charter(replace(base, which_decisions=replace(uses, allowed=kept)))


def test_what_changes_nothing_changes_nothing(house, tmp_path):
    """Guards the tests above: the charter in force, once more, comes out alike."""
    ask(house.manager)
    same = dump_charter(catalogue.read_starter_charters()["lead-time-for-changes"])
    assert tried(write(tmp_path, charters__lead_yaml=same), house.auditor) == {}


def test_it_goes_on_where_it_stopped_and_says_how_far_it_is(house, tmp_path, monkeypatch):
    """The same folder, by its content; the clock leaves it to whoever has the folder."""
    monkeypatch.setattr(replays, "A_PART", 2)
    folder = write(tmp_path, settings_yaml=LARGER)
    for _each in range(5):
        ask(house.manager)
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        replay = replays.ask_for_folder_replay(folder=hash_folder(folder), by=house.auditor)
        in_force = registry.find_rulebook(replay.rulebook_hash)
        proposal = read_proposal(folder, in_force)
        deciding = replays.begin_deciding(replay, in_force, proposal)
        replays.decide_part(replay=replay, deciding=deciding, by=house.auditor)
        assert queries.list_waiting_replays() == []
        out, told = StringIO(), StringIO()
        call_command("replay", "--folder", str(folder), "--as", "auditor", stdout=out, stderr=told)
    assert json.loads(out.getvalue())["read"] == 5 and Replay.objects.count() == 1
    assert told.getvalue().splitlines() == [
        "4 of 5 questions are decided anew.",
        "5 of 5 questions are decided anew.",
    ]
    assert [part.start for part in ReplayPart.objects.all()] == [0, 2, 4]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds neither"),
        ({"settings_yaml": "minimum_gruop: 9\n"}, "There is no setting"),
        ({"settings_yaml": "minimum_group: many\n"}, "number"),
        ({"rules__ours_cedar": 'permit (principal, action, resource);'}, "exactly one permit"),
        ({"charters__lead_yaml": "metric: lead-time\n"}, "lead.yaml"),
    ],
)  # fmt: skip
def test_a_folder_that_the_board_could_not_be_asked_about_is_not_tried(house, tmp_path, files, said):
    with pytest.raises(BadInput) as refused:
        read_proposal(write(tmp_path, **files), registry.load_rulebook(factories.the_rules().pk))
    assert said in refused.value.detail
    assert not Replay.objects.exists()


@pytest.mark.parametrize(
    ("files", "said"), [({"settings_yaml__x": "1"}, "settings.yaml"), ({"rules": "x", "settings_yaml": LARGER}, "rules")]
)  # fmt: skip
def test_a_part_of_the_wrong_kind_is_named(house, tmp_path, files, said):
    """A folder where a file is read, or a file where a folder is, is no fault of the program's and is not passed over."""
    write(tmp_path, **files)
    for read in (hash_folder, lambda folder: read_proposal(folder, factories.the_rules())):
        with pytest.raises(BadInput) as refused:
            read(tmp_path)
        assert said in refused.value.detail and refused.value.field == "folder"


def test_a_folder_that_changes_while_it_is_read_is_not_tried(house, tmp_path, monkeypatch):
    """Its hash is on the log, so it is of what was tried."""
    write(tmp_path, settings_yaml=LARGER)

    def change(folder, in_force):
        write(folder, settings_yaml=LARGER + "# later\n")
        return read_proposal(folder, in_force)

    monkeypatch.setattr(replay_command, "read_proposal", change)
    with pytest.raises(CommandError, match="changed while it was read"):
        tried(tmp_path, house.auditor)
    assert not Replay.objects.exists()


def test_only_who_weighs_cases_tries_one(house, tmp_path):
    with pytest.raises(NotPermitted):
        replays.ask_for_folder_replay(folder="0" * 64, by=house.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Replay.objects.create(
            asked_by=house.auditor, since=NOON - timedelta(days=1), until=NOON, total=0, rulebook_hash="0"
        )
