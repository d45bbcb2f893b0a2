"""What an operator runs by hand: progress, and an exit that says failure."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from charter.registry.models import CharterVersion, Source
from tests import factories

pytestmark = pytest.mark.django_db


def load(**options) -> str:
    said = StringIO()
    call_command("load_catalogue", stdout=said, **options)
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
