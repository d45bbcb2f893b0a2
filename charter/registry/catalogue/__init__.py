"""The starter catalogue: sources and charters as files beside this one. Pure."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from charter.registry.charter_files import parse_charter
from charter.registry.document import CharterDocument
from charter.registry.source_descriptions import SourceDescription
from ground.strict_yaml import read_yaml

FOLDER = Path(__file__).parent


@cache
def read_starter_sources() -> tuple[SourceDescription, ...]:
    """The tables of a fresh install."""
    return read_yaml(FOLDER / "sources.yaml", tuple[SourceDescription, ...])


@cache
def read_starter_charters() -> Mapping[str, CharterDocument]:
    """The starter charters by the slug of their metric."""
    files = sorted((FOLDER / "charters").glob("*.yaml"))
    documents = [parse_charter(file.read_bytes(), name=file.name) for file in files]
    return {document.metric: document for document in documents}
