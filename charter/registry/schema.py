"""The charter document as JSON Schema, for editors and other tools. Generated from the types that read charters. Pure."""

from typing import Any

import msgspec

from charter.registry.document import SCHEMA_VERSION, CharterDocument

PAGE = "docs/reference/charter-schema.json"
CONTENT_TYPE = "application/schema+json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_charter_schema() -> dict[str, Any]:
    """The schema of this version of the charter document; `version` is what a charter says under `charter`."""
    schema = msgspec.json.schema(CharterDocument, schema_hook=_anything)
    return {
        "$schema": DIALECT,
        "$id": f"urn:metric-charter:schema:charter:{SCHEMA_VERSION}",
        "version": SCHEMA_VERSION,
        **schema,
    }


def format_schema() -> str:
    """The schema as it is committed and served, with its keys in one order."""
    return (
        msgspec.json.format(msgspec.json.encode(build_charter_schema(), order="sorted"), indent=2).decode()
        + "\n"
    )


def _anything(wanted: type) -> dict[str, Any]:
    """Any value, which the request of an example is made of; nothing else in a charter is untyped."""
    if wanted is object:
        return {"description": "Any value, as the request would have it."}
    raise NotImplementedError(wanted)
