"""A small organisation as files, and a programme's file beside it."""

from pathlib import Path

import pytest

TEAMS = ("payments", "search")
ORGANISATION = {
    "value_streams.csv": "slug,name\nshop,Shop\n",
    "teams.csv": "slug,name,value_stream,context_class,valid_from,valid_to\n"
    + "".join(f"{team},{team.title()},shop,greenfield,2024-01-01,\n" for team in TEAMS),
    "people.csv": "external_id,name,location,working_arrangement,role_family,employed_from,employed_to\n"
    + "".join(f"p{number:02},Person {number},,,engineering,2024-01-01,\n" for number in range(20)),
    "memberships.csv": "person,team,valid_from,valid_to\n"
    + "".join(f"p{number:02},{TEAMS[number % 2]},2024-01-01,\n" for number in range(2, 20)),
    "lines.csv": "person,manager,valid_from,valid_to\n"
    + "".join(f"p{number:02},p{number % 2:02},2024-01-01,\n" for number in range(2, 20)),
}

SEATS = ("engineering", "product", "hr", "legal", "security", "worker_rep")
FILE = (
    """name: Forge
purpose: To help teams see their own work.
founder: ada
time_zone: Europe/Berlin
organisation: organisation
accounts:
  - {username: ada, name: Ada Admin, email: ada@example.org, roles: [{role: admin}]}
  - {username: aud, name: Aud Auditor, roles: [{role: auditor}]}
  - {username: hana, name: Hana HR, roles: [{role: hr}]}
  - {username: olga, name: Olga Owner, roles: [{role: metric_owner}]}
  - {username: mo, name: Mo Manager, person: p00, roles: [{role: manager, team: payments}]}
"""
    + "".join(
        f"  - {{username: seat-{seat.replace('_', '-')}, name: Seat {seat}, roles: [{{role: board_member}}]}}\n"
        for seat in SEATS
    )
    + "seats:\n"
    + "".join(f"  {seat}: seat-{seat.replace('_', '-')}\n" for seat in SEATS)
    + """catalogue:
  owner: olga
  charters: [lead-time-for-changes, change-failure-rate]
backfill:
  data_from: 2026-01-01
  because: Teams want to see this year.
"""
)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with the organisation's files and `programme.yaml`."""
    (tmp_path / "organisation").mkdir()
    for name, text in ORGANISATION.items():
        (tmp_path / "organisation" / name).write_text(text)
    (tmp_path / "programme.yaml").write_text(FILE)
    return tmp_path
