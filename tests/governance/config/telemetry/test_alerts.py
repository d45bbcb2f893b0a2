"""Rules for alerts: each asks of what is exported, and says what an operator does."""

import re

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from governance.config.operating_settings import read_operating
from governance.config.telemetry import door, requests
from governance.desk import installation_state
from ground import clock
from tests import databases, factories
from tests.governance.decisions.screens.test_receipts import place_all

RULES = yaml.safe_load((databases.PROJECT / "deploy" / "alerts.yaml").read_text())["groups"][0]["rules"]
SEVERITIES = {"page", "ticket"}


@pytest.mark.django_db
def test_each_rule_asks_of_what_is_exported_and_nothing_is_exported_in_vain(
    by, settings, tmp_path, monkeypatch
):
    """Issue 19, 4: a rule over a name that nobody exports never fires."""
    factories.the_rules()
    place_all()
    settings.OPERATING = read_operating({"CERTIFICATE_FILES": "none.pem", "SQL_DOOR_PORT": "1"}, tmp_path)
    settings.BACKUP_FOLDER = str(tmp_path)
    source = installation_state.SourceState("reviews", True, clock.now(), False, 0, 0)
    monkeypatch.setattr(installation_state, "list_sources", lambda: [source])
    told = {each.name for each in text_string_to_metric_families(door.write().decode())}
    of_requests = {f"{requests.NAME}_count", f"{requests.NAME}_bucket"}
    asked = {name for rule in RULES for name in re.findall(r"\bmetric_charter_\w+", rule["expr"])}
    assert asked <= told | of_requests
    # That a scan was late for how long is for charts; it is the others that somebody is woken for.
    assert (
        told - asked
        == {"metric_charter_scan_last_sign_age_seconds", "metric_charter_log_waiting_entries"} - asked
    )


def test_each_rule_says_what_to_do_and_where_it_is_written():
    """Issue 19, 4: what an operator should be woken for, with the remedy."""
    assert len({rule["alert"] for rule in RULES}) == len(RULES) > 10
    for rule in RULES:
        said = rule["annotations"]
        assert rule["labels"]["severity"] in SEVERITIES
        assert len(said["summary"]) > 20 and len(said["description"]) > 40, rule["alert"]
        path, _, anchor = said["runbook"].partition("#")
        headings = re.findall(r"^#+ (.*)$", (databases.PROJECT / path).read_text(), re.MULTILINE)
        assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, rule["alert"]
