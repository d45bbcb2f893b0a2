"""Permissions on single objects: given to people in use, and never asked of guardian or Django."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from charter.authoring.models import Draft
from governance.board.models import HANDLE, Case
from governance.people.models import AccountKind
from governance.people.object_permissions import check_can_be_given, find_permission
from ground.errors import BadInput
from tests import databases, factories

pytestmark = pytest.mark.django_db


def test_the_permissions_that_rooms_give_are_djangos_own():
    """Issue 3, item 8: Django's record of each permission is there after migrating."""
    for model, codename in ((Draft, "view_draft"), (Draft, "change_draft"), (Case, HANDLE)):
        assert find_permission(model, codename).content_type.model_class() is model
    with pytest.raises(Permission.DoesNotExist):
        find_permission(Draft, "burn_draft")


def test_who_can_be_given_one(by):
    """Issue 3, item 8: a person's account in use; no machine, the system account included."""
    gone = factories.an_account("gone")
    gone.is_active = False
    for user in (gone, by, factories.an_account("bot", kind=AccountKind.MACHINE)):
        with pytest.raises(BadInput) as caught:
            check_can_be_given(user)
        assert caught.value.field == "user"
    check_can_be_given(factories.an_account())


def test_nothing_asks_django_or_guardian():
    """DESIGN, Ground rules: both let superusers through; doors call our `check_can_x` alone."""
    asked = re.compile(r"\.(has_perms?|has_module_perms|get_all_permissions|add_obj_perm)\(")
    wings = ("audits", "charter", "governance", "ground")
    sources = [path for wing in wings for path in (databases.PROJECT / wing).rglob("*.py")]
    assert not [path for path in sources if asked.search(path.read_text())]
    templates = (databases.PROJECT / "templates").rglob("*.html")
    assert not [path for path in templates if re.search(r"[{ (]perms\.", path.read_text())]
    account = get_user_model()
    assert not hasattr(account, "add_obj_perm") and not account.objects.filter(username="AnonymousUser")
