"""Issue 15, item 1: an installation and a demo leave each other alone, and what was set up is not thrown away."""

import io
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from governance.demo.supervisor import DemoSupervisor
from governance.installation import kept, supervising
from governance.installation.answers import FirstAdministrator, SetupAnswers
from governance.installation.commands import read_port, take_answers
from governance.installation.starting import InstallationSupervisor
from ground import clean
from ground.errors import BadInput, Conflict

ANSWERS = SetupAnswers(
    name="Forge", purpose="To help.", administrator=FirstAdministrator("ada", "Ada", "ada@example.org")
)


@pytest.fixture
def var(settings, tmp_path, monkeypatch) -> Path:
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def supervisor(port: int | None = None, **more: object) -> InstallationSupervisor:
    answers = SetupAnswers(**{**{name: getattr(ANSWERS, name) for name in ANSWERS.__struct_fields__}, **more})
    return InstallationSupervisor(answers=answers, port=port, with_parent=False, say=lambda _line: None)


def test_a_folder_that_holds_a_demo_is_no_installations(var):
    """The demo's database would become the programme's."""
    (var / "demo").mkdir()
    (var / "demo" / "state.json").write_text("{}")
    with pytest.raises(Conflict, match="holds a demo"):
        supervisor().check()


def test_a_folder_that_holds_an_installation_is_no_demos(var, settings):
    settings.DEBUG = True
    kept.keep_answers(var, ANSWERS)
    demo = DemoSupervisor(data="", port=8000, with_parent=False, say=lambda _line: None)
    with pytest.raises(Conflict, match="holds an installation"):
        demo.check()


def test_an_installation_is_not_cleaned_away(tmp_path, capsys):
    """Its keys are in there: without them nothing that it sealed opens again."""
    (tmp_path / "var" / "installation").mkdir(parents=True)
    assert clean.main(tmp_path) == 1
    assert (tmp_path / "var" / "installation").exists()
    assert "holds an installation" in capsys.readouterr().err


def test_where_nobody_is_there_to_be_asked_a_file_is(var, monkeypatch):
    """Issue 15, item 1: automation is told what to give, and nothing is written."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(BadInput, match="--answers FILE"):
        take_answers(None, lambda _line: None)
    assert list(var.iterdir()) == []


def test_questions_that_end_before_their_end_leave_nothing(var, monkeypatch):
    """Issue 15, bad input: interrupted while it asks, it has written nothing."""

    def ended(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", ended)
    with pytest.raises(BadInput):
        take_answers(None, lambda _line: None)
    assert not (var / "installation").exists()


def test_what_was_answered_once_is_not_asked_again(var):
    """Issue 15, item 1: safe to run again."""
    kept.keep_answers(var, ANSWERS)
    assert take_answers(None, lambda _line: None) == ANSWERS


def test_another_port_moves_an_address_of_this_machine_alone(var):
    assert supervisor(port=9000).site == "http://127.0.0.1:9000"
    assert supervisor(address="http://127.0.0.1:8001").site == "http://127.0.0.1:8001"
    assert supervisor(port=9000, address="https://charter.example.org").site == "https://charter.example.org"
    assert read_port("") is None and read_port("80") == 80


def test_where_the_sql_door_opens(var, monkeypatch):
    """Issue 20, 2: at the port that is told or 5433; one that is taken is refused where it was named, and else said."""
    said = list[str]()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(supervising, "DOOR_PORT", int(port))
        assert supervising.find_door_port({}, said.append) == 0 and f"Port {port}" in said[0]
        with pytest.raises(Conflict, match="SQL_DOOR_PORT="):
            supervising.find_door_port({"SQL_DOOR_PORT": port}, said.append)
    assert supervising.find_door_port({}, said.append) == int(port)
    assert supervising.find_door_port({"SQL_DOOR_PORT": "0"}, said.append) == 0
    monkeypatch.setenv("DATABASE_URL", "postgresql://mc_runtime@db/charter")
    assert supervising.find_door_port({}, said.append) == 0 and "GOVERNED_DATABASE_URL" in said[-1]


def test_a_database_of_ones_own_is_migrated_by_its_owner_and_run_by_the_other(var, monkeypatch):
    """Issue 15, item 1: exchanged, the product would run as whoever may change the log."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://mc_runtime@db/charter")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://mc_owner@db/charter")
    found = supervisor()._start_database(ExitStack())
    assert (found.owner, found.runtime) == (
        "postgresql://mc_owner@db/charter",
        "postgresql://mc_runtime@db/charter",
    )
