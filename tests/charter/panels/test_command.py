"""Claims on `manage.py scan`: it goes by the sources that are described here and the charters in force."""

from io import StringIO

from django.core.management import call_command

from charter.registry.describing import describe_source
from charter.rules.vocabulary import SourceKind
from tests import factories

COLUMNS = {"plugh": "TEXT person", "at": "TIMESTAMP time"}


def run_scan(*arguments: object) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("scan", *(str(each) for each in arguments), stdout=out, stderr=out)
    except SystemExit as error:
        code = int(error.code)
    return code, out.getvalue()


def test_a_described_source_and_a_charter_in_force_are_known(tmp_path, active_charter):
    described = factories.a_description("widgets", SourceKind.MONITORING, columns=COLUMNS)
    describe_source(description=described, by=factories.an_administrator())
    (tmp_path / "a.sql").write_text("SELECT plugh FROM widgets", encoding="utf-8")
    (tmp_path / "b.sql").write_text("SELECT count(*) FROM deployments", encoding="utf-8")
    code, told = run_scan(tmp_path, "--format", "json")
    assert code == 1 and "widgets.plugh" in told
    assert "governed.deployment_frequency__org" in told and "governed.lead_time" not in told


def test_without_a_charter_in_force_no_view_is_named(tmp_path, founded):
    (tmp_path / "b.sql").write_text("SELECT count(*) FROM deployments", encoding="utf-8")
    code, told = run_scan(tmp_path, "--format", "json")
    assert code == 0 and "governed." not in told
