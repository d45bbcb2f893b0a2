"""What all management commands do alike: typed errors end them with a sentence and an exit code, pages are compared."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import OperationalError

from governance.config.refusals import Refusal
from ground import commands
from ground.errors import BadInput, DomainError


class Refusing(commands.Command):
    """Always refuses, with what stands beside its sentence."""

    def handle(self, *args: object, **options: object) -> None:
        raise BadInput("Nothing can be done.", findings=["a: is wrong", "b: is wrong too"])


class WithoutDatabase(commands.Command):
    """Finds no database."""

    def handle(self, *args: object, **options: object) -> None:
        raise OperationalError("connection is bad: no such socket")


def test_a_database_that_is_away_is_told_with_what_to_do():
    """Issue 15, item 1: a sentence and a remedy, where a traceback was."""
    with pytest.raises(CommandError, match=r"make start.*no such socket") as raised:
        call_command(WithoutDatabase())
    assert raised.value.returncode == commands.BROKEN


class TellingApart(Refusing):
    def find_exit_code(self, error: DomainError) -> int:
        return commands.BROKEN


@pytest.mark.parametrize(("command", "code"), [(Refusing, 1), (TellingApart, 2)])
def test_a_typed_error_ends_a_command_with_its_sentence(command, code):
    """DESIGN, Interfaces: exits non-zero on failure; the findings come first, a line each."""
    errors = StringIO()
    with pytest.raises(CommandError, match=r"^Nothing can be done\.$") as raised:
        call_command(command(stderr=errors))
    assert raised.value.returncode == code
    assert errors.getvalue() == "a: is wrong\nb: is wrong too\n"


def test_a_page_is_written_compared_and_written_again(tmp_path, settings):
    """A page that fell behind fails, and the sentence says what writes it."""
    settings.BASE_DIR = tmp_path
    command = commands.Command(stdout=StringIO())
    with pytest.raises(CommandError, match=r"docs/page.md is out of date. Run manage.py draw\."):
        command.write_page("docs/page.md", "new", check=True, again="draw")
    command.write_page("docs/page.md", "new", check=False, again="draw")
    command.write_page("docs/page.md", "new", check=True, again="draw")
    with pytest.raises(CommandError, match="out of date"):
        command.write_page("docs/page.md", "newer", check=True, again="draw")


@pytest.mark.parametrize("day", ["20260105", "yesterday"])
@pytest.mark.parametrize(
    "line", [("publish", "--through"), ("record_change", "org_change", "--says", "x", "--on")]
)
def test_days_are_read_as_everywhere(line, day):
    """Issue 8, 2: one way to read a day."""
    with pytest.raises(CommandError, match="not a day as in 2026-01-31"):
        call_command(*line, day)


def test_every_command_of_ours_shares_this():
    """Issue 8, 2: one way to report errors; Django's own, which ours only extend or refuse in its place, keep theirs."""
    root = Path(commands.__file__).parents[1]
    ours = [name for name, app in get_commands().items() if (root / app.replace(".", "/")).is_dir()]
    loaded = {name: load_command_class(get_commands()[name], name) for name in ours}
    others = {name for name, command in loaded.items() if not isinstance(command, commands.Command)}
    extended, refused = (
        {"migrate", "makemigrations", "makemigrations_anew"},
        {"changepassword", "createsuperuser"},
    )
    assert others == extended | refused and len(loaded) > 10
    assert all(isinstance(loaded[name], Refusal) for name in refused)
