"""Django's admin writes nothing and answers about nothing but what its lists show, superusers included."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from knox.models import get_token_model

from charter.registry.models import CharterVersion, Metric
from governance.board.models import Case, Comment
from governance.people.models import Cohort, Person, RoleGrant, User
from ground.admin_site import ReadOnlyAdmin, ReadOnlySite
from tests import factories
from tests.proof import whole_or_short

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

EVERY = [each for each in apps.get_models() if not each._meta.swapped]


@pytest.fixture
def root():
    return factories.an_account("root", is_superuser=True, is_staff=True, password=factories.PASSWORD)


@pytest.fixture
def client(root):
    client = Client(raise_request_exception=False)
    client.force_login(root)
    return client


@pytest.fixture
def charters() -> dict[str, CharterVersion]:
    """One that everybody may read, and one that was handed in and is open to few."""
    return {"active": factories.an_active_charter(), "submitted": factories.a_submitted_charter("pr-size")}


def address(model: type[Model], *rest: object) -> str:
    return "/".join(("/admin", model._meta.app_label, str(model._meta.model_name), *map(str, rest), ""))


def registered() -> list[tuple[type[Model], admin.ModelAdmin]]:
    return list(admin.site._registry.items())


WAYS = ("add", "change", "delete", "action")


@pytest.mark.proof
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_written_whatever_a_package_registers(client, root, way):
    """Issue 9: a superuser made a token for any account at /admin/knox/authtoken/add/, and could write auth.Group."""
    to = {"add": ("add",), "change": (root.pk, "change"), "delete": (root.pk, "delete"), "action": ()}[way]
    sent = {
        "action": "delete_selected",
        "_selected_action": root.pk,
        "post": "yes",
        "name": "mine",
        "user": root.pk,
    }
    # In short each class in one of the ways.
    for model in EVERY[WAYS.index(way) * whole_or_short(0, 1) :: whole_or_short(1, len(WAYS))]:
        before = model._default_manager.count()
        assert client.post(address(model, *to), sent).status_code in {403, 404}, model
        assert model._default_manager.count() == before, model


def test_what_a_package_registers_for_itself_is_left_out():
    """Issue 9: knox's form made tokens with nothing on the log."""
    assert Group not in admin.site._registry and get_token_model() not in admin.site._registry
    site = ReadOnlySite()
    site.register(Group)
    site.register(Group, type("TheirAdmin", (admin.ModelAdmin,), {}))
    assert not site._registry


def test_every_class_is_read_only_and_says_what_it_lists(rf, root):
    """Issue 9: a test walks the registry; of a record its page shows what the list shows, and search is in the list too."""
    request = rf.get("/")
    request.user = root
    assert len(registered()) > 8
    for _model, shown in registered():
        assert isinstance(shown, ReadOnlyAdmin) and not shown.inlines and shown.get_actions(request) == {}
        assert "__str__" not in shown.list_display
        assert {*shown.list_filter, *shown.search_fields} <= {*shown.list_display}
        assert shown.get_fields(request) == tuple(shown.list_display)


@pytest.mark.parametrize(
    "path", ["password_change/", "autocomplete/", "r/1/01890000-0000-7000-8000-000000000000/"]
)
def test_djangos_own_addresses_write_and_tell_nothing(client, path):
    """Issue 9: a password was changed there with nothing on the log; `r/` told which records exist."""
    assert client.get(f"/admin/{path}").status_code == 404
    assert client.post(f"/admin/{path}", {}).status_code in {403, 404}


@pytest.mark.parametrize(
    "model", [User, Person, RoleGrant, Case, Comment, apps.get_model("axes.AccessAttempt")]
)
def test_what_no_page_shows_everybody_is_not_there(client, model):
    """Issue 9: the admin shows nobody more than the product's own pages."""
    assert client.get(address(model)).status_code == 404


def _hidden() -> list[tuple[type[Model], str]]:
    """Every field that a list does not show, and of every relation a field beyond it."""
    found = []
    for model, shown in registered():
        for field in model._meta.get_fields():
            beyond = f"{field.name}__pk" if field.is_relation else field.name
            if field.name not in shown.list_filter:
                found += [(model, f"{beyond}__startswith"), (model, field.name)]
    return found


@pytest.mark.proof(alone=True)
def test_a_filter_answers_about_nothing_that_the_list_does_not_filter_by(client):
    """Issue 9: `?password__startswith=` and `?opened_by__exact=` answered about fields that pages hide."""
    for model, lookup in [*_hidden(), (Metric, "owner__password__startswith"), (Cohort, "kind__startswith")]:
        answer = client.get(address(model), {lookup: "a"})
        assert answer.status_code == 400, (model, lookup)


def test_the_filters_beside_a_list_work(client):
    """Least surprise: the links that the page itself offers."""
    for model, shown in registered():
        for name in shown.list_filter:
            assert client.get(address(model), {f"{name}__exact": "team"}).status_code == 200


def test_a_record_is_found_by_its_key_alone(client):
    """Issue 9: `_to_field` would answer about any field that another table refers to."""
    assert client.get(address(Cohort, "org", "change") + "?_to_field=slug").status_code in {302, 400}


def test_every_page_that_is_left_opens_and_shows_its_list_alone(client, charters):
    """The window works: lists, and one record of each as its list has it."""
    opened = set()
    for model, shown in registered():
        assert client.get(address(model)).status_code == 200, model
        record = shown.get_queryset(client.get("/").wsgi_request).first()
        if record is not None:
            page = client.get(address(model, record.pk, "change"))
            assert page.status_code == 200 and b'type="submit"' not in page.content.split(b'id="content"')[1]
            opened.add(model)
    assert {CharterVersion, Metric} <= opened


def test_versions_that_are_open_to_few_are_not_there(client, rf, charters):
    """Issue 9: a charter that was handed in is its owner's and the board's to read."""
    shown = admin.site.get_model_admin(CharterVersion).get_queryset(rf.get("/"))
    assert list(shown) == [charters["active"]]
    assert client.get(address(CharterVersion, charters["active"].pk, "change")).status_code == 200
    assert client.get(address(CharterVersion, charters["submitted"].pk, "change")).status_code == 302


def test_one_signs_out_of_it(client):
    """Not every POST changes something: the refusal of writing took signing out as well."""
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/").status_code in {200, 302}
    assert client.get("/admin/").status_code == 302


def test_without_being_staff_there_is_no_window(client, root):
    """Permissions: it asks for staff, and signing in otherwise."""
    client.force_login(factories.an_account("plain", is_superuser=True))
    assert client.get("/admin/").status_code == 302
