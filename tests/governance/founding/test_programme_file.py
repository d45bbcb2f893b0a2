"""Issue 15, item 2: a programme's file is refused with line and reason, before anything is written."""

import pytest

from audits.ledger.models import Entry
from charter.programme.models import Programme
from governance.founding import judging
from governance.founding.applying import Applying
from governance.founding.programme_file import read_programme_file
from governance.people.models import User
from governance.people.services import get_system_account
from ground.errors import BadInput
from tests.governance.founding.conftest import FILE


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("purpose:", "purpos:", 2, "There is no such key here"),  # a wrong key
        ("time_zone: Europe/Berlin", "time_zone: Europe/Berlyn", 4, "There is no time zone “Europe/Berlyn”"),
        ("{role: hr}", "{role: boss}", 9, "There is no role “boss”"),
        ("{role: auditor}", "{role: hr}", None, ""),  # no auditor named: whoever there is stays
        ("aud, name: Aud Auditor, roles: [{role: auditor}]", "aud, name: Aud", None, ""),
        ("[{role: admin}]", "[{role: admin}, {role: auditor}]", None, ""),  # aud audits too
        ("team: payments", "team: nowhere", 11, "There is no team “nowhere”"),
        ("role: manager, team: payments", "role: manager", 11, "held over a team"),
        ("person: p00", "person: p99", 11, "There is no person “p99”"),
        ("legal: seat-legal", "legal: ada", 22, "does not sit on it"),
        ("legal: seat-legal", "legal: seat-hr", 22, "has a seat already"),
        ("legal: seat-legal", "legal: nobody", 22, "There is no account “nobody”"),
        ("legal: seat-legal", "finance: seat-legal", 22, "There is no seat “finance”"),
        ("owner: olga", "owner: hana", 26, "does not hold the role metric_owner"),
        ("founder: ada", "founder: hana", 3, "does not hold the role admin"),
        ("change-failure-rate", "happiness", 27, "The catalogue has no “happiness”"),
        ("data_from: 2026-01-01", "data_from: 2026-13-01", 29, "is not a day"),
        ("organisation: organisation", "organisation: nowhere", 5, "There is no folder nowhere"),
        ("username: mo", "username: aud", 11, "given twice"),
        ("{role: admin}", "{role: admin, valid_from: 2026-02-01, valid_to: 2026-01-01}", 7, "ends after the day"),
    ],
)  # fmt: skip
def test_each_fault_with_its_line_and_nothing_is_written(by, folder, old, new, line, sentence):
    """Issue 15, bad input: a wrong key, a role and a zone that do not exist, and whatever else could be stumbled over."""
    assert old in FILE
    (folder / "programme.yaml").write_text(FILE.replace(old, new, 1))
    before = Entry.objects.count(), User.objects.count()
    if line is None:
        judging.check(read_programme_file(folder / "programme.yaml"))
    else:
        with pytest.raises(BadInput) as refused:
            list(Applying(read_programme_file(folder / "programme.yaml"), system=by).run())
        assert f"programme.yaml, line {line}" in refused.value.detail and sentence in refused.value.detail
        assert refused.value.extra["line"] == line
    assert (Entry.objects.count(), User.objects.count()) == before
    assert not Programme.objects.exists()


def test_an_administrator_is_not_the_only_auditor(by, folder):
    """Issue 15, bad input: an admin who is also the only auditor."""
    text = FILE.replace("aud, name: Aud Auditor, roles: [{role: auditor}]", "aud, name: Aud")
    (folder / "programme.yaml").write_text(
        text.replace("[{role: admin}]", "[{role: admin}, {role: auditor}]")
    )
    with pytest.raises(
        BadInput, match=r"line 7, .*“ada” administers and would be the only auditor"
    ) as refused:
        judging.check(read_programme_file(folder / "programme.yaml"))
    assert refused.value.field == "accounts[0].roles[1].role"


def test_the_organisations_own_faults_are_told_as_well(by, folder):
    """Issue 15, item 2: what the import would refuse is told by the check, row by row."""
    (folder / "organisation" / "memberships.csv").write_text(
        "person,team,valid_from,valid_to\np02,elsewhere,2024-01-01,\np98,search,2024-01-01,\n"
    )
    with pytest.raises(BadInput) as refused:
        judging.check(read_programme_file(folder / "programme.yaml"))
    told = "\n".join(refused.value.extra["findings"])
    assert "elsewhere" in told and "p98" in told and "memberships.csv" in told


def test_every_fault_is_told_at_once(by, folder):
    """Issue 15: a file is not mended one fault a run."""
    text = FILE.replace("Europe/Berlin", "Mars").replace("{role: hr}", "{role: boss}")
    (folder / "programme.yaml").write_text(text)
    with pytest.raises(BadInput) as refused:
        judging.check(read_programme_file(folder / "programme.yaml"))
    assert "Mars" in refused.value.detail and "boss" in refused.value.extra["findings"][0]


def test_what_was_begun_otherwise_stays(by, folder):
    """Issue 15: a name and a zone that were voted on are not changed by a file."""
    read = read_programme_file(folder / "programme.yaml")
    list(Applying(read, system=get_system_account()).run())
    (folder / "programme.yaml").write_text(FILE.replace("Europe/Berlin", "Europe/Paris"))
    with pytest.raises(BadInput, match="was begun with “Europe/Berlin” here"):
        judging.check(read_programme_file(folder / "programme.yaml"))
