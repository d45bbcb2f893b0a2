"""The API's own document: whole, valid, and of every address."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def document() -> dict:
    """The document, made without a warning and valid by OpenAPI's own schema."""
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", "--format", "openapi-json", stdout=out)
    return json.loads(out.getvalue())


def test_every_address_of_the_api_is_in_the_document(document):
    """Issue 3, item 8: REST for all of it, and OpenAPI for all of REST."""
    known = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}
    found = {
        "/" + _plain(first.pattern) + _plain(pattern.pattern)
        for first in get_resolver().url_patterns
        if isinstance(first, URLResolver) and str(first.pattern).startswith("api/v1")
        for pattern in first.url_patterns
    }
    assert found == known and len(found) > 50


def test_every_body_and_reply_has_a_form(document):
    """DESIGN, Interfaces: what is sent and what comes back is described, and who may ask is said."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            replies = {code: each for code, each in said["responses"].items() if code in {"200", "201"}}
            assert all(each.get("content") for each in replies.values()), (method, path)
            assert said.get("security") or path == "/api/v1/charter-schema", (method, path)
            assert said.get("description"), (method, path)


def _plain(pattern: object) -> str:
    """An address without the kinds of its parts."""
    return "<".join(part.split(":", 1)[-1] for part in str(pattern).split("<"))


@pytest.mark.django_db
def test_the_document_asks_the_database_nothing(django_assert_num_queries):
    """Issue 9: a web server makes it as it starts, which must not need a database that answers, nor keep a connection."""
    with django_assert_num_queries(0):
        SchemaGenerator().get_schema(request=None, public=True)
