"""What an operator runs by hand: progress, and an exit that says failure."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from charter.registry.models import CharterVersion, Review
from charter.registry.models.sources import Source
from governance.people.models import GrantedRole
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def load(**options) -> str:
    return run("load_catalogue", **options)


def run(command: str, *arguments: str, **options) -> str:
    said = StringIO()
    call_command(command, *arguments, stdout=said, **options)
    return said.getvalue()


def test_the_catalogue_is_loaded_with_progress_and_again_without_change(by):
    """Issue 2, clause 2, DESIGN Interfaces: each command prints progress on long work."""
    factories.a_programme()
    factories.an_account("owner")
    said = load(owner="owner")
    count = CharterVersion.objects.count()
    assert f"charter {count}/{count}: work-in-progress@1 (draft)" in said
    assert Source.objects.filter(slug="changes").exists()
    assert "decisions: 0 new of 22" in load(owner="owner")
    assert CharterVersion.objects.count() == count >= 14


@pytest.mark.stands_on()
def test_without_a_programme_it_fails_and_says_so(by):
    """DESIGN Interfaces: exits non-zero on failure."""
    with pytest.raises(CommandError, match="no programme"):
        load(owner="owner")


def test_an_unknown_owner_is_named(by):
    """DESIGN Interfaces: the message says what to mend."""
    factories.a_programme()
    with pytest.raises(CommandError, match="nobody-here"):
        load(owner="nobody-here")
    assert not CharterVersion.objects.exists()


CHANGE = ("org_change", "--says", "Search joined payments.", "--on", "2026-03-02")


def test_a_change_is_recorded_by_hand_and_says_what_it_reaches(by):
    """S10: a command records a change, in somebody's name, and tells which charters are to be reviewed."""
    version, owner = factories.an_active_charter(), factories.an_account("owner")
    factories.a_role(owner, GrantedRole.METRIC_OWNER)
    factories.a_team("search")
    said = run("record_change", *CHANGE, "--team", "search", "--as", "owner")
    review = Review.objects.get()
    assert (review.opened_by, review.teams, review.happened_on) == (owner, ["search"], date(2026, 3, 2))
    assert f"1/1 {version.metric.slug}" in said and f"/matrix/review/{review.pk}" in said
    unread = Source.objects.exclude(slug__in=version.document["what"]["measure"]["sources"]).first()
    moved = run("record_change", "migration", *CHANGE[1:], "--source", unread.slug)
    assert moved == "Recorded. It reaches no charter that is in force.\n"
    assert Review.objects.latest("opened_at").opened_by == by


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--team", "serach"), "There is no “serach” among the teams"),
        (("--on", "2999-01-01"), "once it has happened"),
        (("--says", " "), "Say what changed"),
        (("--as", "nobody-here"), "nobody-here"),
        (("--as", "stranger"), "Only administrators and metric owners"),
    ],
)
def test_a_change_that_cannot_be_recorded_fails_and_says_why(by, more, said):
    """S10, DESIGN Interfaces: exits non-zero on failure, and nothing is recorded."""
    factories.an_active_charter()
    factories.an_account("stranger")
    with pytest.raises(CommandError, match=said):
        run("record_change", *CHANGE, *more)
    assert not Review.objects.exists()


@pytest.mark.stands_on()
def test_a_change_needs_a_programme(by):
    """DESIGN Interfaces: the message says what to mend."""
    with pytest.raises(CommandError, match="no programme"):
        run("record_change", *CHANGE)
