"""A charter version as a proof reads it: for persons and for groups, as if it were in force."""

from collections.abc import Mapping
from datetime import date

from charter.registry.charter_facts import build_charter_facts
from charter.registry.document import CharterDocument
from charter.registry.source_descriptions import SourceDescription
from charter.rules.proof.known import KnownCharter
from charter.rules.vocabulary import Standing


def read_known_charter(
    document: CharterDocument, *, number: int, sources: Mapping[str, SourceDescription], today: date
) -> KnownCharter:
    """The charter of a document, whose fairness audit is taken as passed: what it could permit at most."""
    of_person, of_groups = (
        build_charter_facts(
            document,
            version=number,
            standing=Standing.ACTIVE,
            in_force=True,
            sources=sources,
            today=today,
            grain_is_person=personal,
        )
        for personal in (True, False)
    )
    return KnownCharter(of_person, of_groups, audited=True)
