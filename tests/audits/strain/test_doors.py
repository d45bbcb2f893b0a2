"""Nobody but the person sees strain of a person, by any door (S114)."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from audits.ledger import sequencer
from audits.packs import services as packs
from audits.packs.states import TakenKind
from audits.packs.taking import write_csv
from audits.strain.models import StrainAlert
from charter.registry.catalogue import read_starter_charters
from charter.rules.request import Request, Window
from charter.rules.vocabulary import Category, DecisionType, Grain, Period
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer
from governance.people.models import Person
from governance.people.scopes import Scope
from governance.training import services as training
from ground import clock
from tests import factories
from tests.audits.strain.conftest import CHOSEN, NOON, raise_one, run_clock, see, team
from tests.audits.strain.conftest import answer as pulse
from tests.governance.desk.test_line_doors import compare

# The one table of strain that names persons says that they are done with a pulse, and no more.
NAMES_PERSONS = {"strain.PulseTaken.person"}


def call(account, path, data=None, *, scope=Scope.WRITE):
    client = Client(headers={"Authorization": f"Token {factories.a_token(account, scope)}"})
    if data is None:
        return client.get(f"/api/v1/{path}")
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def test_no_table_of_strain_is_of_persons():
    found = {
        f"{model._meta.label}.{each.name}"
        for model in apps.get_app_config("strain").get_models()
        for each in model._meta.get_fields()
        if each.is_relation and each.related_model is Person
    }
    assert found == NAMES_PERSONS


def test_no_address_of_strain_takes_a_person():
    """Pages and the API: what a route of strain names is a team, an alert, a trade-off or a signal."""
    routes = [str(each) for each in _routes(get_resolver()) if "strain/" in str(each)]
    assert len(routes) > 20
    named = {re.search(r"(\w+)/(?:\(|<)", each).group(1) for each in routes if re.search(r"(\w+)/<", each)}
    assert named == {"teams", "alerts", "playbooks", "trade-offs"} or named == {
        "teams",
        "alerts",
        "playbooks",
        "offs",
    }


def _routes(resolver, before=""):
    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from _routes(each, path)
        else:
            yield path


def test_every_charter_of_strain_is_of_teams_alone():
    """S109, S110: so no door over the line can be asked of a person; AR02 and AR05 refuse it besides."""
    strained = [each for each in read_starter_charters().values() if each.what.category == Category.STRAIN]
    assert len(strained) >= 7
    assert all(set(each.what.grains) == {Grain.TEAM} for each in strained)


@pytest.mark.parametrize("who", ["lead", "hr", "boss", "board", "outsider"])
@pytest.mark.parametrize("use", ["load_balancing", "performance_rating"])
def test_every_door_of_the_line_refuses_strain_of_a_person(strain, who, use):
    """Pages, the API, the shell, the client, AuthZEN and assistants, alone and in batches: denied, and no row leaves."""
    question = {
        "decision": use, "metrics": ["incident-burden"], "grain": "person", "persons": ["atlas-2"],
        "window": {"from": "2026-01-01", "to": "2026-04-01"}, "period": "month",
    }  # fmt: skip
    said = compare(strain[who], question)
    assert said.verdict == "deny" and not said.rows and not said.paired
    assert {"AR05", "AR14"} & {rule["id"] for rule in said.rules}


@pytest.mark.parametrize("door", Door)
def test_no_door_there_is_gets_strain_of_a_person_from_the_line(strain, door):
    """SQL and whatever comes: they all ask the same function, which refuses before any row is read."""
    question = Request(
        decision=DecisionType.LOAD_BALANCING, metrics=("incident-burden",), grain=Grain.PERSON, persons=("atlas-2",),
        window=Window(start=date(2026, 1, 1), end=date(2026, 4, 1)), period=Period.MONTH,
    )  # fmt: skip
    for who in ("lead", "hr", "boss", "board", "outsider", "atlas-1"):
        said = answer(request=question, by=strain[who], door=door)
        assert not said.verdict.permits and not said.rows and not said.paired, who
    assert not DecisionRecord.objects.filter(door=door.value).exclude(content_hash="").exists()


def test_the_admin_shows_no_table_of_strain():
    assert not [each for each in site._registry if each._meta.app_label == "strain"]


def test_what_auditors_take_along_says_nothing_of_anybodys_strain(strain):
    """The evidence pack, and exports of the access log, after a signal, an observation, a pulse, an alert and a refused question."""
    auditor = factories.an_account("auditing")
    factories.a_role(auditor, "auditor")
    raise_one(strain)
    pulse(strain)
    compare(strain["lead"], {
        "decision": "load_balancing", "metrics": ["incident-burden"], "grain": "person", "persons": ["atlas-2"],
        "window": {"from": "2026-01-01", "to": "2026-04-01"}, "period": "month",
    })  # fmt: skip
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    sequencer.sequence()
    factories.as_owner("SET CONSTRAINTS ALL DEFERRED")
    with clock.stopped_at(NOON + timedelta(days=40)):
        pack = packs.ask_for_pack(since=date(2026, 4, 1), until=date(2026, 5, 1), by=auditor)
        pack = packs.make_pack(pack=pack, by=factories.system())
        assert not pack.failed_because
        bodies = _read_archive(packs.take_pack(pack=pack, by=auditor))
        exported = "".join(line for kind in TakenKind for line in write_csv(kind, by=auditor))
    told = "\n".join([*bodies.values(), exported])
    persons = Person.objects.filter(memberships__team__slug="atlas")
    assert not [each.name for each in persons if re.search(rf"\b{re.escape(each.name)}\b", told)]
    assert not re.search(r"late_work|no_breath|rarely|hardly", told), "nothing that was seen or answered"


def _read_archive(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_the_same_doors_tell_a_team_of_itself(strain):
    """So that they refuse for the person's sake, and not for want of a value."""
    question = {
        "decision": "retrospective", "metrics": ["incident-burden"], "grain": "team", "cohorts": ["team:atlas"],
        "window": {"from": "2026-01-01", "to": "2026-04-01"}, "period": "month",
    }  # fmt: skip
    training.acknowledge(rulebook_version=factories.the_rules(), by=strain["lead"])
    said = compare(strain["lead"], question)
    assert said.verdict == "permit" and len([row for row in said.rows or [] if row["value"]]) == 3


def test_what_the_api_tells_of_a_team_names_nobody_in_it(strain):
    alert = raise_one(strain)
    names = set(Person.objects.values_list("external_id", flat=True)) | set(
        Person.objects.values_list("name", flat=True)
    )
    for who in ("lead", "hr", "boss", "atlas-1"):
        for path in (
            "strain/alerts",
            f"strain/teams/{team('atlas').pk}",
            "strain/limits",
            "strain/recognitions",
        ):
            answered = call(strain[who], path)
            assert answered.status_code == 200, path
            words = set(re.findall(r'"((?:[^"\\]|\\.)*)"', answered.content.decode()))
            assert not words & names
    for who in ("outsider", "other-lead"):
        assert call(strain[who], f"strain/teams/{team('atlas').pk}").status_code == 403
        assert call(strain[who], f"strain/alerts/{alert.pk}/action", CHOSEN).status_code == 403
    assert call(strain["outsider"], "strain/alerts").json()["results"] == []


def test_the_api_takes_an_alert_from_end_to_end(strain):
    lead, key = strain["lead"], team("atlas").pk
    assert call(lead, f"strain/teams/{key}/observations", {"saw": ["coach"]}).status_code == 400
    assert call(lead, f"strain/teams/{key}/observations", {"saw": ["late_work"]}).status_code == 204
    run_clock()
    told = call(lead, f"strain/teams/{key}").json()
    assert told["clues"] == {"signal": True, "observation": True} and "not a diagnosis" in told["disclaimer"]
    assert told["signals"][0]["known"] == 13 and "value" not in json.dumps(told)
    alert = StrainAlert.objects.get()
    refused = call(lead, f"strain/alerts/{alert.pk}/action", {**CHOSEN, "remedy": "coach"})
    assert refused.status_code == 400 and "remedy" in refused.content.decode()
    assert call(lead, f"strain/alerts/{alert.pk}/action", CHOSEN).json()["state"] == "acting"
    followed = {"turnover": "less", "regressions": "same", "knowledge_lost": "unknown"}
    assert call(lead, f"strain/alerts/{alert.pk}/follow-ups", followed).status_code == 204
    assert call(strain["atlas-1"], "strain/pulse", {}).status_code == 404
    limits = {"team_kind": "platform", "because": "Enough.", "limits": {"nights": 2}}
    board = strain["board"]
    assert "nights" in call(board, "strain/limits", limits, scope=Scope.BOARD).content.decode()
    made = call(board, "strain/limits", {**limits, "limits": {"on_call": 2}}, scope=Scope.BOARD)
    assert made.status_code == 201


def test_the_api_keeps_playbooks_trade_offs_and_recognitions(strain):
    """S121, S125, S153: as on the pages, by the same services."""
    lead, hr, key = strain["lead"], strain["hr"], team("atlas").pk
    assert call(hr, "strain/alert-switches", {"signal": "leave", "on": True}).json()["code"] == "no_playbook"
    assert call(lead, "strain/playbooks", {"signal": "leave", "steps": "Ask."}).status_code == 403
    assert call(hr, "strain/playbooks", {"signal": "leave", "steps": "Ask."}).status_code == 204
    assert call(hr, "strain/alert-switches", {"signal": "leave", "on": True}).status_code == 204
    chosen = {
        "side": "product",
        "choice": "accept_risk",
        "because": "A fair begins.",
        "ends_on": "2026-05-01",
    }
    late = call(lead, f"strain/teams/{key}/trade-offs", {**chosen, "ends_on": "2027-05-01"})
    assert late.status_code == 400 and "ends_on" in late.content.decode()
    trade = call(lead, f"strain/teams/{key}/trade-offs", chosen).json()
    assert call(lead, f"strain/trade-offs/{trade['id']}/agreement", {}).status_code == 403
    assert call(strain["atlas-1"], f"strain/trade-offs/{trade['id']}/agreement", {}).json()["agreed_at"]
    (release,) = call(lead, "strain/releases").json()
    assert (release["appetite"], len(release["trade_offs"])) == ("unknown", 1)
    named = {"items": ["steady"], "words": "Kept going.", "agreed": False}
    assert call(lead, f"strain/teams/{key}/recognitions", named).status_code == 400
    assert call(lead, f"strain/teams/{key}/recognitions", {**named, "agreed": True}).status_code == 201
    assert call(strain["outsider"], "strain/recognitions").json()["results"][0]["words"] == "Kept going."


def test_the_command_does_what_the_clock_does(strain, capsys):
    see(strain)
    call_command("look_for_strain")
    assert "alerts raised: 1" in capsys.readouterr().out
    assert StrainAlert.objects.count() == 1


def test_every_page_of_strain_says_that_clues_are_no_diagnosis(browse, strain):
    """S117."""
    for path in ("/strain", f"/strain/teams/{team('atlas').pk}"):
        assert browse(path, by=strain["hr"]).says("Clues, not a diagnosis")
    for page in Path(settings.BASE_DIR, "templates", "strain").glob("*.html"):
        assert "score" not in page.read_text().lower()
