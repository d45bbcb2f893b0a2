"""The charter document as JSON Schema: committed, served, and true of what is read."""

import json
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from charter.registry import catalogue, schema
from charter.registry.document import SCHEMA_VERSION

SCHEMA = json.loads(schema.format_schema())


def test_the_committed_schema_is_the_generated_one(settings):
    """Issue 3, item 2: a published JSON Schema; it cannot fall behind the types."""
    assert (Path(settings.BASE_DIR) / schema.PAGE).read_text(encoding="utf-8") == schema.format_schema()
    call_command("charter_schema", "--check")


def test_the_schema_has_a_version_of_its_own():
    """Issue 3, item 2: versioned; the version is what a charter says of itself under `charter`."""
    assert SCHEMA["version"] == SCHEMA_VERSION
    assert SCHEMA["$id"].endswith(f":{SCHEMA_VERSION}")
    version = SCHEMA["$defs"]["CharterDocument"]["properties"]["charter"]
    assert (version["minimum"], version["maximum"]) == (SCHEMA_VERSION, SCHEMA_VERSION)


def test_every_part_refuses_unknown_keys():
    """Issue 3, bad input: an editor marks an unknown key as the reader would."""
    parts = [part for part in SCHEMA["$defs"].values() if part.get("type") == "object"]
    assert len(parts) >= 10
    assert all(part["additionalProperties"] is False for part in parts)


@pytest.mark.parametrize("slug", sorted(catalogue.read_starter_charters()))
def test_starter_charters_use_only_what_the_schema_knows(slug):
    """Issue 3, item 2: the schema describes the files as they are written."""
    text = (catalogue.FOLDER / "charters" / f"{slug}.yaml").read_text(encoding="utf-8")
    check(yaml.load(text, Loader=yaml.BaseLoader), SCHEMA)  # noqa: S506 (it makes texts alone)


def check(value: object, part: dict) -> None:
    """Every key is a property of its part, every required one is there, every word of an enum is in it."""
    while "$ref" in part:
        part = SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in part:
        check(value, next(other for other in part["anyOf"] if other.get("type") != "null"))
    elif isinstance(value, dict) and "properties" in part:
        assert set(part.get("required", ())) <= set(value) <= set(part["properties"])
        for key, inner in value.items():
            check(inner, part["properties"][key])
    elif isinstance(value, list) and "items" in part:
        for inner in value:
            check(inner, part["items"])
    elif "enum" in part:
        assert value in part["enum"]


@pytest.mark.django_db
def test_the_schema_is_served_to_everyone(client):
    """Issue 3, item 2: published; an editor fetches it without a token."""
    response = client.get("/api/v1/charter-schema")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/schema+json")
    assert response.json() == SCHEMA
