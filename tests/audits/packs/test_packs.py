"""Evidence packs: asked for, made with progress, signed, and checked by an outsider."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from audits.ledger import sequencer
from audits.ledger import services as ledger
from audits.ledger.models import Entry, LogPlace, Payload
from audits.packs import parts, services
from audits.packs.events import PackFailed
from audits.packs.models import EvidencePack, PackFile
from audits.packs.scans import EVIDENCE_PACKS
from audits.packs.states import PackState
from governance.notices.models import Notice
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db
APRIL = {"since": date(2026, 4, 1), "until": date(2026, 5, 1)}


def scan() -> dict[str, int]:
    return EVIDENCE_PACKS.once(by=factories.system())


@pytest.fixture
def made(people) -> EvidencePack:
    services.ask_for_pack(**APRIL, by=people["auditor"])
    assert scan() == {"packs made": 1}
    return EvidencePack.objects.get()


def read(pack: EvidencePack) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bytes(PackFile.objects.get(pack=pack).body))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pack_says_what_an_outsider_asks_for_first(made, people):
    """Issue 13 point 9: verdicts by rule, reviews, appeals' figures, erasures, checkpoints and the verifier's result."""
    files = read(made)
    assert {f"{name}.json" for name in parts.PARTS} <= set(files)
    verdicts = json.loads(files["verdicts.json"])
    assert verdicts["questions"] == {"permit": 1, "deny": 1, "refer": 0}
    assert {each["rule"] for each in verdicts["by_rule"]} >= {"AR04", "AR05"}
    log = json.loads(files["log.json"])
    assert log["verifier"]["entries"] == LogPlace.objects.count() and log["first_checkpoint"] is None
    everything = b"".join(files.values()).decode()
    assert not any(each in everything for each in ("payments-", "For the review", str(people["manager"].pk)))


def test_an_outsider_checks_it_without_us(made, tmp_path):
    """The list of files is signed by the key of receipts; one changed byte shows."""
    for name, body in read(made).items():
        (tmp_path / name).write_bytes(body)
    manifest = (tmp_path / "MANIFEST").read_text()
    listed = {name: digest for digest, name in (line.split("  ") for line in manifest.splitlines())}
    assert all(
        hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
        for name, digest in listed.items()
    )
    assert set(listed) == set(read(made)) - {"MANIFEST", "MANIFEST.sig"}
    check = [sys.executable, "check.py"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "MANIFEST").write_text(manifest.replace("0", "1", 1))
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_the_verifier_looks_at_the_whole_log(db):
    """What it says is what an outsider's copy says: a log that holds, and one in which an entry was exchanged."""
    for _ in range(3):
        with transaction.atomic():
            ledger.append(PackFailed(pack=uuid4(), because="x"), by="x")
    sequencer.sequence()
    told = parts.verify_log()
    assert (told["holds"], told["entries"], told["checkpoints"], told["faults"]) == (True, 3, 1, [])
    factories.as_owner("UPDATE ledger_entry SET leaf = 'other'")
    assert parts.verify_log()["holds"] is False


def test_it_is_dated_and_stays_as_it_was_made(made, people):
    """A dated read-only snapshot: the entry holds its hash, and nothing makes it again."""
    body = bytes(PackFile.objects.get(pack=made).body)
    assert hashlib.sha256(body).hexdigest() == made.sha256 and len(body) == made.size
    said = json.loads(bytes(Payload.objects.get(entry__kind="packs.made").body))
    assert (said["sha256"], said["manifest_sha256"]) == (made.sha256, made.manifest_sha256)
    assert scan() == {"packs made": 0} and made.done == made.parts == len(parts.PARTS)
    with pytest.raises(Conflict):
        services.make_pack(pack=made, by=factories.system())
    assert Notice.objects.get(to=people["auditor"], kind="packs.pack").path == f"/packs/{made.pk}"


def test_what_cannot_be_made_says_why(people, monkeypatch):
    def fail(_days):
        raise Conflict("The log is broken.")

    services.ask_for_pack(**APRIL, by=people["auditor"])
    monkeypatch.setattr(parts, "PARTS", {"verdicts": parts.count_verdicts, "log": fail})
    scan()
    pack = EvidencePack.objects.get()
    assert (pack.state, pack.done, pack.failed_because) == (PackState.FAILED, 1, "The log is broken.")


@pytest.mark.parametrize(
    "days",
    [
        {"since": date(2026, 4, 1), "until": date(2026, 6, 1)},
        {"since": date(2026, 4, 1), "until": date(2026, 4, 1)},
        {"since": date(2020, 4, 1), "until": date(2026, 4, 1)},
    ],
)
def test_days_that_are_over_alone(people, days):
    with pytest.raises(BadInput) as refused:
        services.ask_for_pack(**days, by=people["auditor"])
    assert refused.value.field == "until"


@pytest.mark.parametrize("who", ["manager", "employee", "stranger"])
def test_auditors_and_the_board_alone(made, people, browse, who):
    with pytest.raises(NotPermitted):
        services.ask_for_pack(**APRIL, by=people[who])
    assert browse("/packs", by=people[who]).status == 403
    assert browse(f"/packs/{made.pk}/take", by=people[who], data={}).status == 403


def test_the_board_downloads_it_and_that_is_on_the_log(made, people, browse):
    board = people["board"]
    assert browse(f"/packs/{made.pk}", by=board).says(made.sha256, "sha256sum --check MANIFEST")
    client = Client()
    client.force_login(board)
    reply = client.post(f"/packs/{made.pk}/take")
    assert hashlib.sha256(reply.content).hexdigest() == made.sha256 == reply["X-SHA256"]
    assert Entry.objects.filter(kind="packs.taken").count() == 1


def test_the_page_and_the_api_ask_alike(people, browse):
    auditor = people["auditor"]
    assert browse("/packs", by=auditor, data={"since": "2026-04-01", "until": "2026-05-01"}).status == 302
    assert browse("/packs", by=auditor, data={"since": "2026-04-01", "until": ""}).status == 400
    client = APIClient()
    client.force_authenticate(auditor, token="counted")
    asked = client.post("/api/v1/packs", {"since": "2026-04-01", "until": "2026-05-01"}, format="json")
    assert asked.status_code == 202 and asked.json()["state"] == "asked"
    address = f"/api/v1/packs/{asked.json()['id']}"
    assert client.post(f"{address}/take").status_code == 409
    assert browse(f"/packs/{asked.json()['id']}", by=auditor).says(f"0 of {len(parts.PARTS)} parts")
    scan()
    assert client.get(address).json()["state"] == "made"
    assert client.post(f"{address}/take")["Content-Type"] == "application/zip"
