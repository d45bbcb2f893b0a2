"""Django's admin shows the registry and changes nothing in it."""

import pytest
from django.apps import apps
from django.contrib import admin

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "model", apps.get_app_config("registry").get_models(), ids=lambda model: model.__name__
)
def test_the_admin_is_read_only(model, rf):
    """DESIGN ground rules: the admin is read-only, for superusers too; issue 3: no transition by the admin."""
    shown = admin.site._registry[model]
    request = rf.get("/")
    request.user = factories.an_account("root", is_superuser=True, is_staff=True)
    assert shown.has_view_permission(request)
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)
