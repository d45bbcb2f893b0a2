"""Who may not is told so before anything that they sent is judged: every address of the API that writes (issue 9)."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from governance.people.models import User
from ground.rates import Rate
from tests import factories
from tests.access.world import World

# What anybody with an account may do, so that what they send is judged.
ANYBODY = {
    "/api/v1/cases": "Anybody with an account may ask the board for a ruling.",
    "/api/v1/waivers": "Or for a waiver.",
    "/api/v1/checks": "Anybody may ask; the rules answer.",
    "/api/v1/queries": "As checks.",
    "/api/v1/use-checks": "As checks.",
    "/api/v1/use-checks/files": "As checks, of many uses.",
    "/api/v1/context-notes": "Whoever a note is about may write it, and who that is depends on what is sent.",
    "/api/v1/contract/acknowledgements": "Each for oneself.",
    "/api/v1/rules/acknowledgements": "Each for oneself.",
    "/api/v1/notices/read": "One's own.",
}
# What anybody may read, so that it is told from what is not there.
READABLE = {
    "/api/v1/views/{slug}": "Views are listed to everybody.",
    "/api/v1/views/{slug}/class": "As views.",
    "/api/v1/views/{slug}/expectations": "As views.",
    "/api/v1/views/{slug}/metrics": "As views.",
    "/api/v1/views/{slug}/metrics/{metric}": "As views.",
    "/api/v1/drafts/{key}/headings/{heading}": "Headings are the same of every draft, and its key is random.",
    "/api/v1/drafts/{key}/shares/{username}": "A draft's key is random; of its accounts nothing is told.",
}

Answer = int


def list_writes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and the body that the document describes, of every address that writes."""
    document: Any = SchemaGenerator().get_schema(public=True)
    parts = document["components"]["schemas"]
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("post", "put", "patch", "delete"):
                yield method, address, _body(operation, parts)


def _body(operation: Any, parts: Any) -> dict[str, Any]:
    """What is well-formed, and names nothing that is there."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    schema = parts[schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    return {name: _value(each, parts) for name, each in schema.get("properties", {}).items()}


def _value(schema: Any, parts: Any) -> Any:
    for within in ("allOf", "oneOf", "anyOf"):
        if within in schema:
            return _value(schema[within][0], parts)
    if "$ref" in schema:
        return _value(parts[schema["$ref"].split("/")[-1]], parts)
    if "enum" in schema:
        return schema["enum"][0]
    made = {"uuid": str(uuid4()), "date": "2026-03-01", "date-time": "2026-03-01T00:00:00Z"}
    by_type = {"integer": 1, "boolean": True, "array": [], "object": {}, "number": 1}
    return made.get(schema.get("format"), by_type.get(str(schema.get("type")), "no-such"))


def fill(address: str, world: World, *, missing: bool) -> str:
    """The address with keys of objects that are there, or of none."""

    def key(found: re.Match[str]) -> str:
        name, before = found[1], address[: found.start()]
        if missing:
            return str(uuid4()) if name in ("key", "entry", "condition") else "no-such"
        return str(find(name, before, world))

    return re.sub(r"\{(\w+)\}", key, address)


def find(name: str, before: str, world: World) -> object:
    """Something that is there, and that the outsider has nothing to do with."""
    from audits.access_log.models import SavedSearch
    from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
    from audits.findings.models import AuditFinding
    from audits.packs.models import EvidencePack
    from audits.retention.models import LegalHold
    from audits.reviews.models import SampledLook
    from audits.strain.models import StrainAlert, TradeOff
    from charter.measures.models import Revision
    from charter.registry.models import ReviewItem
    from governance.agreements.models import AgreementVersion
    from governance.appeals.models import Appeal
    from governance.authzen.models import EnforcementPoint
    from governance.board.models import Condition, Invitation, Term, Waiver
    from governance.calibration.models import CalibrationItem, CalibrationRound
    from governance.decisions.models import DecisionRecord
    from governance.evidence.models import EvidenceRecord
    from governance.notices.models import Notice
    from governance.people.models import Cohort, Identity, MergeProposal, TeamAlias, User

    of_pages = {
        "cases": "case", "consents": "consent", "context-notes": "note", "drafts": "charter-draft", "holds": "hold-release", "pilots": "pilot",
        "receipts": "refer", "reviews": "review", "views": "view",
    }  # fmt: skip
    rows: dict[str, Any] = {
        "flagged": ReviewItem, "invitations": Invitation, "terms": Term, "notices": Notice, "rulings": Waiver, "waivers": Waiver,
        "identities": Identity, "team-aliases": TeamAlias, "revisions": Revision, "access-log": DecisionRecord,
        "searches": SavedSearch, "appeals": Appeal, "enforcement-points": EnforcementPoint,
        "evidence": EvidenceRecord, "outcomes": OutcomeSet, "audits": FairnessAudit, "tasks": VarianceTask,
        "sampled-reviews": SampledLook, "findings": AuditFinding, "legal-holds": LegalHold, "packs": EvidencePack,
        "accounts": User, "agreements": AgreementVersion, "merges": MergeProposal,
    }  # fmt: skip
    last = before.rstrip("/").split("/")[-1]
    if "/strain/" in before:
        rows |= {"alerts": StrainAlert, "teams": Cohort, "trade-offs": TradeOff}
    if "/calibration/" in before:
        rows |= {"rounds": CalibrationRound, "packs": CalibrationItem, "outcomes": CalibrationItem}
    fixed = {"kind": "rules", "heading": "what", "username": "owner", "metric": "lead-time-for-changes"}
    if name in fixed:
        return fixed[name]
    if name == "condition":
        found: Any = Condition.objects.first()
        return found.pk
    if last in of_pages:
        return world.objects[of_pages[last]][0][1][0]
    row: Any = rows[last].objects.first()
    return row.pk if row else uuid4()


@pytest.fixture
def outsider(world: World) -> User:
    """An account of nobody who works here, with no role."""
    return factories.an_account("outsider")


@pytest.mark.proof(alone=True)
def test_who_may_not_is_told_so_whatever_they_send(world, outsider, settings):
    """Issue 9: permission before validation, and one answer for what is out of reach and what is not there."""
    settings.API_RATE = Rate(100_000, 1)  # more is sent than anybody may
    token, faults = factories.a_token(outsider), {}
    for method, address, body in list_writes():
        if fault := find_fault(world, token, method, address, body):
            faults[method, address] = fault
    assert not faults, "\n".join(f"{key}: {said}" for key, said in faults.items())


def find_fault(world: World, token: str, method: str, address: str, body: object) -> str:
    """What is wrong with the answers of an address, blank for nothing."""

    def ask(path: str, sent: object) -> Answer:
        given: Any = {"content_type": "application/json", "headers": {"Authorization": f"Token {token}"}}
        response = Client().generic(method.upper(), path, json.dumps(sent), **given)
        return response.status_code

    there, nowhere = fill(address, world, missing=False), fill(address, world, missing=True)
    told = [ask(there, sent) for sent in ({}, {"favourite": 1}, body, [])]
    gone = [ask(nowhere, sent) for sent in ({}, body)]
    refused = set(told) <= {403, 404}
    if address in ANYBODY:
        return "refused, though anybody may" if refused else ""
    if not refused or told != [told[0]] * len(told):
        return f"judged before refused: {told}"
    # A key of ours is random, so that nobody tries it; a name can be.
    guessed = set(re.findall(r"\{(\w+)\}", address)) - {"key", "entry", "condition"}
    if guessed and gone != [told[0]] * len(gone) and address not in READABLE:
        return f"what is there reads {told[0]}, what is not {gone}"
    return ""
